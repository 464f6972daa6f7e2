-- harm: fails (42703): there is no such column
alter table orders alter column delivery_by set default 'post';

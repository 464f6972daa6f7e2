-- harm: locks: every row is read while nobody may read
alter table orders alter column delivered_by set not null;

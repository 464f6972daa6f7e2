alter table tasks add column note text not null default '';

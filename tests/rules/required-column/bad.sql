alter table tasks add column note text not null default '';
alter table tasks alter column note drop default;

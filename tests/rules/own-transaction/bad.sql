begin;
alter table tasks add column note text;
commit;

alter table tasks add column note text;

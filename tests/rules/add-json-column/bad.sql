alter table tasks add column extra json;

alter table tasks add column high text;

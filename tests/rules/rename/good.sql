alter table tasks add column name varchar(100);

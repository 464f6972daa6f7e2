drop view titles;
alter table tasks alter column title type text;
create view titles as select title from tasks;

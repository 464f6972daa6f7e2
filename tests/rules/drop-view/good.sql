create or replace view titles as select title, done from tasks;

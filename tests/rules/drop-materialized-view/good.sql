create view current_titles as select title from tasks;

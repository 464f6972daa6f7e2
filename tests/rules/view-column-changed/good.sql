create or replace view open_tasks as select id, title, priority from tasks where not done;

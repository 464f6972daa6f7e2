create or replace view open_tasks as select id from tasks where not done;

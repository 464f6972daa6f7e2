update tasks set priority = 3 where id in (select id from tasks where priority is null order by id limit 1000);

delete from tasks where id in (select id from tasks where done order by id limit 1000);

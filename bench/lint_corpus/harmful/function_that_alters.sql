create function migrate_sessions() returns void language plpgsql as $$
begin
  alter table sessions alter column kind type varchar(10);
end
$$;
-- harm: locks: the function writes the whole table again
select migrate_sessions();
drop function migrate_sessions();

-- harmless: made for the night, and called by nobody yet
create procedure forget_sessions() language plpgsql as $$
begin
  loop
    delete from sessions where id in (select id from sessions where expires_at < now() limit 1000);
    exit when not found;
    commit;
  end loop;
end
$$;

alter table tasks add column changed_at timestamptz;
create function stamp() returns trigger language plpgsql as $$
begin
  new.changed_at := now();
  return new;
end
$$;
create trigger tasks_stamp before update on tasks for each row execute function stamp();

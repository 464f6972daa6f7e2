-- harm: locks: two tables are written again, by statements that are made when they run
do $$
declare
  one text;
begin
  for one in select table_name from information_schema.tables where table_name in ('orders', 'sessions') loop
    execute format('alter table %I add column row_id uuid not null default gen_random_uuid()', one);
  end loop;
end
$$;

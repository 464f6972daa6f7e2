-- harmless: columns without a default, in a loop
do $$
declare
  name text;
begin
  foreach name in array array['customers', 'orders', 'sessions'] loop
    execute format('alter table %I add column if not exists deleted_at timestamptz', name);
  end loop;
end
$$;

-- harm: breaks: the release asks for the old name from this moment on
do $$
begin
  if exists (select from information_schema.columns where table_name = 'customers' and column_name = 'city') then
    alter table customers rename column city to town;
  end if;
end
$$;

-- harmless: a type that nobody has yet
do $$
begin
  if not exists (select from pg_type where typname = 'shipping_method') then
    create type shipping_method as enum ('post', 'courier');
  end if;
end
$$;

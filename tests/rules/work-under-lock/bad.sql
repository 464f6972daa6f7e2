do $$
begin
  alter table tasks add column token uuid default gen_random_uuid();
end
$$;

do $$
begin
  alter table tasks add column token uuid;
end
$$;

do $$
begin
  perform count(*) from tasks;
end
$$;
alter table tasks add column note text;

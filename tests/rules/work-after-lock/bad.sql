alter table tasks add column note text;
do $$
begin
  perform count(*) from tasks;
end
$$;

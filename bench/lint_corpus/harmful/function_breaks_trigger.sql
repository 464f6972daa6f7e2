-- harm: breaks: the trigger of the customers calls it, and their every update fails
create or replace function touch() returns trigger language plpgsql as $$
begin
  new.changed_at := now();
  return new;
end
$$;

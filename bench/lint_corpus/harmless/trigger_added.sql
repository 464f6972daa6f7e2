-- harmless: a trigger that works, on a table that takes it in an instant
create table order_history (order_id bigint not null, status order_status not null, at timestamptz not null);
create function keep_history() returns trigger language plpgsql as $$
begin
  insert into order_history values (new.id, new.status, now());
  return null;
end
$$;
create trigger orders_history after update of status on orders for each row execute function keep_history();

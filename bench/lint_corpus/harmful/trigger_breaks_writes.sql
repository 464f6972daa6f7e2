-- harm: breaks: the table has no such column, so every update of an order fails
create trigger orders_touch before update on orders for each row execute function touch();

-- harmless: the same name and arguments, and an answer of the same type
create or replace function order_label(number integer) returns text language sql immutable
as $$ select 'ORD-' || number $$;

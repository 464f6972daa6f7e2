drop function order_label(integer);
-- harm: breaks: the release gives an integer, and there is none that takes it
create function order_label(number uuid) returns text language sql immutable as $$ select 'O-' || number $$;

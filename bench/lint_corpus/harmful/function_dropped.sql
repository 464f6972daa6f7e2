-- harm: breaks: a query of the release calls it
drop function order_label(integer);

-- harm: breaks: the release saves a cart with on conflict (customer_id)
drop index carts_customer_id_idx;

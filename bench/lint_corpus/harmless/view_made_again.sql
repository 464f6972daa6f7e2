-- harmless: dropped and there again in the same transaction, with its right; nobody sees it missing
drop view open_orders;
create view open_orders as
select o.currency, o.id, o.number, o.customer_id, o.total
from orders as o
where o.status = 'paid';
grant select on open_orders to lint_corpus_shop;

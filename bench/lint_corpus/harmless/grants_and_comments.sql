-- harmless: rights that grow, and words
grant select on vouchers to lint_corpus_shop;
comment on column orders.total is 'With taxes, in the currency of the order.';
comment on table orders is 'What customers bought; drop table and truncate are never to be used on it.';

-- harm: breaks: the release leaves the column out when it takes an order
alter table orders alter column currency drop default;

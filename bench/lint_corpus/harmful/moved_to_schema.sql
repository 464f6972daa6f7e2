create schema accounting;
-- harm: breaks: the release looks for the table where it was
alter table order_items set schema accounting;

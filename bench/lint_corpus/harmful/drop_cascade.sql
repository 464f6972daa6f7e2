-- harm: loses: the totals go with the orders' column, unnamed
alter table orders drop column customer_id cascade;

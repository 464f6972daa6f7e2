-- harm: loses: customers, and the orders with them
truncate customers cascade;

-- harm: locks: the CHECK on the column is proved again by reading every row
alter table orders alter column coupon type varchar(40);

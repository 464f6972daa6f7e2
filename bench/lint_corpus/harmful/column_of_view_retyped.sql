-- harm: fails (0A000): a view returns the column
alter table orders alter column total type numeric(14, 2);

-- harmless: an empty table becomes a partition, and there is no default partition to look into
create table metrics_2027 (like metrics including all);
alter table metrics attach partition metrics_2027 for values from ('2027-01-01') to ('2028-01-01');

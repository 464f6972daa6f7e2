-- harm: locks: every value is tried against the new limit, and the table is written again
alter table customers alter column phone type varchar(15);

-- harm: locks: a column of a domain with a CHECK makes PostgreSQL write the table again
alter table customers add column discount percent;

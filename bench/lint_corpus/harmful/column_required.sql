-- harm: fails (23502): the rows that are there have no value
alter table customers add column tax_number varchar(20) not null;

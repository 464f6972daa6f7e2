-- phase: contract
alter table tasks drop column title cascade;

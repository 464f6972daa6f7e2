-- phase: contract
drop view titles;
alter table tasks drop column title;

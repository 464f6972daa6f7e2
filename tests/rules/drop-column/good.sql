-- phase: contract
alter table tasks drop column priority;

-- phase: contract
drop table tasks;

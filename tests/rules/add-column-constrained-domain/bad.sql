alter table tasks add column points positive;

alter table tasks add column code text unique;

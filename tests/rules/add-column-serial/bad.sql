alter table tasks add column number bigserial;

-- harmless: all that the expression calls is immutable
alter table customers add column labels jsonb not null default jsonb_build_object('source', lower('IMPORT'));

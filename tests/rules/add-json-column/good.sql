alter table tasks add column extra jsonb;

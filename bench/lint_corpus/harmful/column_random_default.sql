-- harm: locks: every row gets its own value, so the table is written again
alter table orders add column public_id uuid not null default gen_random_uuid();

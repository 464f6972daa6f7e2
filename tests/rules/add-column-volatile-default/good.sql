alter table tasks add column made_at timestamptz not null default now(), add column token uuid;
alter table tasks alter column token set default gen_random_uuid();

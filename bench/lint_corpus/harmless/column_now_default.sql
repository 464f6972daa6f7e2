-- harmless: now() is the same for every row, so it is kept in the catalog, too
alter table orders add column imported_at timestamptz not null default now();

-- harmless: a constant default is kept in the catalog, and no row is written
alter table orders add column is_gift boolean not null default false;

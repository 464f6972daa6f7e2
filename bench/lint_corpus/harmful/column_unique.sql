-- harm: locks: the index of the new column is built while nobody may read
alter table orders add column external_id text unique;

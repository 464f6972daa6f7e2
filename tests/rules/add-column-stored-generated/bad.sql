alter table tasks add column low text generated always as (lower(title)) stored;

-- harmless: three rows are indexed faster than a query is planned
create index countries_name_idx on countries (name);

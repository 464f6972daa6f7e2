-- harmless: a new extension, which nothing uses yet
create extension if not exists pg_trgm;

create unlogged table sessions (id bigint primary key);

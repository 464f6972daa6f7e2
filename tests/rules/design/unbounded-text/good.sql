create domain slug as text check (char_length(value) <= 50);
create table things (
    title varchar(200), body text check (char_length(body) <= 10000), state text check (state in ('open', 'closed')),
    slug slug, size integer
);
create table names (
    name text primary key check (length(name) between 1 and 50), upper text generated always as (upper(name)) stored
);
create table nicknames (name text references names, why text check (why = 'short'));

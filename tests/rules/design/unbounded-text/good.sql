create domain slug as text check (char_length(value) <= 50);
create table things (
    title varchar(200), body text check (char_length(body) <= 10000), state text check (state in ('open', 'closed')),
    slug slug, size integer
);

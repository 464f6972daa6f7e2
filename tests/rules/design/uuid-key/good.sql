create table things (id uuid primary key default gen_random_uuid());
-- a natural key, a key that is another table's, and one of two columns
create table countries (code varchar(2) primary key);
create table details (thing_id uuid primary key references things);
create table positions (thing_id uuid references things, position integer, primary key (thing_id, position));

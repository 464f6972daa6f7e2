create table things (id uuid unique not null);

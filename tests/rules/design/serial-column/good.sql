create table things (number integer generated always as identity);

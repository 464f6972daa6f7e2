create table counted (id bigint generated always as identity primary key);
create table given (id uuid primary key);
create table small (id smallint primary key);
create table plain (id integer primary key);

create table counted (id bigint generated always as identity primary key);
create table given (id uuid primary key);

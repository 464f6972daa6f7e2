create or replace function one() returns integer language sql as 'select 2 - 1';

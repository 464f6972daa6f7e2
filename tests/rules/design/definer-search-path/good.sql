create function one() returns integer language sql security definer set search_path = '' as 'select 1';
create function two() returns integer language sql as 'select 2';

create function one() returns integer language sql security definer as 'select 1';

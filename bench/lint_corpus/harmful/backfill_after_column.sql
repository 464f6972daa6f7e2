alter table customers add column search_name text;
-- harm: locks: the lock of the statement before lets nobody read while every customer is written
update customers set search_name = lower(name);

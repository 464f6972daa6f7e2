alter table tasks alter column priority type bigint;

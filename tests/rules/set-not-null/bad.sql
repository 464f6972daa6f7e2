alter table tasks alter column priority set not null;

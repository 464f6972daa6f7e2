alter table tasks alter column title type integer;

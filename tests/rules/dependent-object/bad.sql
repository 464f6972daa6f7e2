alter table tasks alter column title type text;

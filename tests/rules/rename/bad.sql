alter table tasks rename column title to name;

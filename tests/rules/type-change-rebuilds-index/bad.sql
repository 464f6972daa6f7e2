alter table tasks alter column title type varchar(200);

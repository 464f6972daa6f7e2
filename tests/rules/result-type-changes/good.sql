alter table tasks add column note varchar(200);

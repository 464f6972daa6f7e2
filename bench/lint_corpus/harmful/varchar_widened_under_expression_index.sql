-- harm: locks: the index on lower(email) is built again while nobody may read
alter table customers alter column email type varchar(250);

-- harm: locks: the index is sorted in another way, so it is built again while nobody may read
alter table customers alter column city type varchar(60) collate "C";

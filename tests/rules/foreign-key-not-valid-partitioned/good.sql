alter table logs_1 add constraint logs_1_owner_id_fkey foreign key (owner_id) references owners (id) not valid;

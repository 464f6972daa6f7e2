alter table logs add constraint logs_owner_id_fkey foreign key (owner_id) references owners (id) not valid;

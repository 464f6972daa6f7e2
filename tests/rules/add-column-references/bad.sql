alter table tasks add column owner_id bigint default 1 references projects (id);

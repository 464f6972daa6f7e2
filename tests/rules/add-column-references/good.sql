alter table tasks add column owner_id bigint references projects (id);

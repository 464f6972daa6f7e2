alter table tasks add constraint tasks_project_id_fkey foreign key (project_id) references projects (id);

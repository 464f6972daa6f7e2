alter table tasks add constraint k2 foreign key (project_id) references projects (id) not valid;

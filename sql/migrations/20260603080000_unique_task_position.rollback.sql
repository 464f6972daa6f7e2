-- Build the old index of projects again and drop the rule of positions.
--
-- transactional: false

create index concurrently tasks_project_id_idx on tasks (project_id);

comment on index tasks_project_id_idx is
    'The tasks of a project (list_project_tasks); also serves the foreign key to projects.';

alter table tasks drop constraint tasks_project_id_position_key;

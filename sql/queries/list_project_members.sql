-- Who are the members of a project, the strongest role first?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: project_members_pkey
-- $1: project id

select m.user_id, m.role, m.assigned_at
from project_members as m
where m.project_id = $1
order by m.role, m.assigned_at;

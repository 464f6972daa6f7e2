-- Who are the members of a project, the strongest role first?
-- who: the application, as todo_app; row-level security adds its own condition
-- index: project_members_pkey
-- $1: project id
-- given: select p.id, p.user_id as "app.user_id" from project_members as m join projects as p on p.id = m.project_id
--   group by p.id order by count(*) desc, p.id offset 20 limit 1

select m.user_id, m.role, m.assigned_at
from project_members as m
where m.project_id = $1
order by m.role, m.assigned_at;

-- Which projects is a user a member of, and in which role?
-- who: the application, as todo_app; row-level security adds its own condition
-- note: an index-only scan: role is included in the index
-- index: project_members_user_id_project_id_role_idx
-- $1: user id
-- given: select user_id, user_id as "app.user_id" from project_members
--   group by user_id order by count(*) desc, user_id offset 20 limit 1

select m.project_id, m.role
from project_members as m
where m.user_id = $1
order by m.project_id;

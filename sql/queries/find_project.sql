-- Which live project of a user has this name, whatever the case?
-- who: the application, as todo_app; row-level security adds its own condition
-- note: lower() is not leakproof, so under row-level security the server tests the names of all the user's rows
-- (PostgreSQL manual, "Row Security Policies"); these are few
-- index: projects_user_id_lower_idx
-- $1: user id
-- $2: name
-- given: select user_id, user_id as "app.user_id", upper(name) from projects
--   where archived_at is null order by id limit 1

select p.id, p.name, p.color
from projects as p
where p.user_id = $1
  and lower(p.name) = lower($2)
  and p.archived_at is null;

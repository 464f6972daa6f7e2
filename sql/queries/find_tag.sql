-- Which tag of a user is this word, whatever the case?
-- who: the application, as todo_app; row-level security adds its own condition
-- note: lower() is not leakproof, so under row-level security the server tests the names of all the user's rows
-- (PostgreSQL manual, "Row Security Policies"); these are few
-- index: tags_user_id_lower_idx
-- $1: user id
-- $2: word
-- given: select user_id, user_id as "app.user_id", upper(name) from tags order by id limit 1

select g.id, g.name, g.color
from tags as g
where g.user_id = $1
  and lower(g.name) = lower($2);

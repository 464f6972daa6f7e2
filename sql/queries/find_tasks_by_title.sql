-- Which tasks of a user have this in the title?
-- who: a search service whose role bypasses row-level security; it asks for the owner itself
-- note: under row-level security an operator that is not leakproof is no index condition, so as todo_app the server
-- reads the user's rows by another index and tests them one by one (PostgreSQL manual, "Row Security Policies")
-- index: tasks_title_idx
-- $1: user id
-- $2: pattern of at least three letters, such as %milk%
-- given: select user_id, '%' || right(title, 6) || '%' from tasks order by id limit 1

select t.id, t.title, t.status
from tasks as t
where t.title ilike $2
  and t.user_id = $1
  and t.deleted_at is null
order by t.title
limit 20;

-- Which tasks of a user carry all of these labels?
-- who: a search service whose role bypasses row-level security; it asks for the owner itself
-- note: under row-level security an operator that is not leakproof is no index condition, so as todo_app the server
-- reads the user's rows by another index and tests them one by one (PostgreSQL manual, "Row Security Policies")
-- index: tasks_tags_idx
-- $1: user id
-- $2: labels, a text[]
-- given: select user_id, tags[2:2] from tasks where cardinality(tags) = 2 order by id limit 1

select t.id, t.title, t.tags
from tasks as t
where t.tags @> $2
  and t.user_id = $1
  and t.deleted_at is null
order by t.created_at desc;

-- Which tasks of a user did an integration mark so?
-- who: a search service whose role bypasses row-level security; it asks for the owner itself
-- note: under row-level security an operator that is not leakproof is no index condition, so as todo_app the server
-- reads the user's rows by another index and tests them one by one (PostgreSQL manual, "Row Security Policies")
-- index: tasks_metadata_idx
-- $1: user id
-- $2: what the metadata must contain, such as {"source": "voice"}
-- given: select user_id, metadata from tasks where (metadata ->> 'score')::int > 900 order by id limit 1

select t.id, t.title, t.metadata
from tasks as t
where t.metadata @> $2
  and t.user_id = $1
  and t.deleted_at is null
order by t.created_at desc;

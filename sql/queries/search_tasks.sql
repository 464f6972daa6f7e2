-- Which tasks of a user speak of these words, the best match first?
-- who: a search service whose role bypasses row-level security; it asks for the owner itself
-- note: under row-level security an operator that is not leakproof is no index condition, so as todo_app the server
-- reads the user's rows by another index and tests them one by one (PostgreSQL manual, "Row Security Policies")
-- index: tasks_search_vector_idx
-- $1: user id
-- $2: words as people type them into a search box
-- given: select user_id, right(title, 6) from tasks order by id limit 1

select t.id, t.title, ts_rank(t.search_vector, words) as rank
from tasks as t, websearch_to_tsquery('english', $2) as words
where t.search_vector @@ words
  and t.user_id = $1
  and t.deleted_at is null
order by rank desc, t.created_at desc
limit 50;

-- Index labels, metadata, words and titles of tasks, while the application works.
--
-- why: each kind of search has its own operator, and each operator its own GIN index
-- effect: none on data; four builds that let readers and writers pass (share update exclusive lock on tasks)
-- risk: low
-- phase: expand
-- transactional: false
-- depends: 20260323100000_add_task_search

create index concurrently tasks_tags_idx on tasks using gin (tags);

comment on index tasks_tags_idx is 'Tasks that carry all of some labels, by @> (find_tasks_by_label).';

create index concurrently tasks_metadata_idx on tasks using gin (metadata jsonb_path_ops);

comment on index tasks_metadata_idx is
    'Tasks whose metadata contains a key and value, by @> (find_tasks_by_metadata); jsonb_path_ops is half the size '
    'of the default.';

create index concurrently tasks_search_vector_idx on tasks using gin (search_vector);

comment on index tasks_search_vector_idx is 'Tasks by words, by @@ (search_tasks).';

create index concurrently tasks_title_idx on tasks using gin (title gin_trgm_ops);

comment on index tasks_title_idx is 'Tasks by any part of the title while it is typed, by ilike (find_tasks_by_title).';

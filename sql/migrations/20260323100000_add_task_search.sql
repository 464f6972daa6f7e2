-- Add free labels, metadata and full-text search to tasks.
--
-- why: people search for words; integrations keep their own keys on a task
-- effect: rewrites tasks, because a stored generated column is computed for each row; an access exclusive lock on tasks
--         as long as that takes (about a minute for a million rows, measured on a small machine)
-- risk: high
-- mitigation: measure on a branch of production; announce a pause; a short lock_timeout with retries, so that the wait
--             for the lock hinders nobody
-- rollback: 1. checkpoint: no release that reads tags, metadata or search_vector is running
--           2. save tags and metadata if they matter: create table tasks_labels as select id, tags, metadata from tasks
--           3. roll back this file: the columns go, without a rewrite
-- phase: expand

-- trusted: the owner of the database may create it
create extension if not exists pg_trgm;

-- lint: ignore add-column-stored-generated because the pause is announced, and a trigger would be one more to keep
alter table tasks
    add column tags text[] not null default '{}',
    add column metadata jsonb not null default '{}',
    add column search_vector tsvector generated always as (
        setweight(to_tsvector('english'::regconfig, coalesce(title, '')), 'A')
        || setweight(to_tsvector('english'::regconfig, coalesce(description, '')), 'B')
    ) stored,
    add constraint tasks_tags_check check (cardinality(tags) <= 20 and array_position(tags, null) is null),
    add constraint tasks_metadata_check check (jsonb_typeof(metadata) = 'object');

comment on column tasks.tags is
    'Free labels typed into the task, at most 20, none null; the tags that a user keeps are in task_tags.';
comment on column tasks.metadata is 'What integrations keep on the task: a JSON object.';
comment on column tasks.search_vector is
    'Words of title (weight A) and description (weight B) in English, for full-text search; generated.';

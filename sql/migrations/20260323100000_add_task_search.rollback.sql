-- Drop free labels, metadata and full-text search from tasks.
--
-- The extension goes too; if something else has come to use it, the statement fails and nothing changes.

alter table tasks
    drop constraint tasks_metadata_check,
    drop constraint tasks_tags_check,
    drop column search_vector,
    drop column metadata,
    drop column tags;

drop extension pg_trgm;

-- Let the name of a tag have 50 characters instead of 30.
--
-- why: German users ran into the end of the field
-- effect: none on existing data; an access exclusive lock on tags while tags_user_id_lower_idx is built again: a longer
--         varchar needs no rewrite, but an index on an expression of it does not stay; sessions prepare their statements
--         on tags again
-- risk: medium
-- mitigation: run it in a quiet hour, with a short lock_timeout; tags is small
-- rollback: 1. checkpoint: select count(*) from tags where length(name) > 30 is 0, else the owners shorten them
--           2. roll back this file
-- phase: expand
-- depends: 20260119083000_create_tags

-- lint: ignore type-change-rebuilds-index because tags is small
-- lint: ignore result-type-changes because no session of ours keeps prepared statements
alter table tags alter column name type varchar(50);

-- Let the name of a tag have 50 characters instead of 30.
--
-- why: German users ran into the end of the field
-- effect: none on existing data; an access exclusive lock on tags for an instant: a longer varchar needs no rewrite
--         and no new index
-- risk: low
-- phase: expand
-- depends: 20260119083000_create_tags

alter table tags alter column name type varchar(50);

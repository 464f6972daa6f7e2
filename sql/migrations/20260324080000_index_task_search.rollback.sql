-- Drop the indexes of labels, metadata, words and titles, while the application works.
--
-- transactional: false

drop index concurrently tasks_title_idx;

drop index concurrently tasks_search_vector_idx;

drop index concurrently tasks_metadata_idx;

drop index concurrently tasks_tags_idx;

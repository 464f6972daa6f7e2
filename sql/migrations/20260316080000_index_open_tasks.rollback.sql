-- Drop the indexes of open tasks and of the trash, while the application works.
--
-- transactional: false

drop index concurrently tasks_user_id_deleted_at_idx;

drop index concurrently tasks_user_id_due_at_idx;

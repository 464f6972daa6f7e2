-- Index the open tasks by due time and the trash by time of deletion, while the application works.
--
-- why: the two lists that people look at most read the whole of a user's tasks
-- effect: none on data; two builds that let readers and writers pass (share update exclusive lock on tasks)
-- risk: low
-- phase: expand
-- transactional: false
-- depends: 20260309101500_add_task_lifecycle

create index concurrently tasks_user_id_due_at_idx on tasks (user_id, due_at)
    where deleted_at is null and status in ('todo', 'in_progress');

comment on index tasks_user_id_due_at_idx is
    'A user''s open tasks by due time (list_due_tasks); closed and deleted ones, most of the table, are left out.';

create index concurrently tasks_user_id_deleted_at_idx on tasks (user_id, deleted_at desc)
    where deleted_at is not null;

comment on index tasks_user_id_deleted_at_idx is 'A user''s trash, last thrown away first (list_trash).';

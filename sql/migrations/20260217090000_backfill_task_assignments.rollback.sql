-- Keep the copied rows: they repeat tasks.assignee_id, which is still there.
--
-- Deleting them here could not tell a copied row from one that the trigger or a person made; the rollback of the expand
-- step drops them all.

select 'task_assignments keeps its rows' as note;

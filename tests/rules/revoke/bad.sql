revoke select on tasks from public;

create policy tasks_support on tasks for select to pg_monitor using (true);

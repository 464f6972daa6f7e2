create policy tasks_select on tasks for select to public using (true);
alter table tasks enable row level security;

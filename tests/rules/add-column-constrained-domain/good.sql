alter table tasks add column points integer, add constraint tasks_points_check check (points > 0) not valid;

-- Drop the recurrence of tasks and its types: tasks come once.

alter table tasks drop column recurrence;

drop type recurrence;

drop type recurrence_frequency;

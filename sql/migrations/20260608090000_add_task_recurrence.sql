-- Let a task come again: every so many days, weeks, months or years, perhaps until a day.
--
-- why: rent is due every month
-- effect: none on existing data: a nullable column; an access exclusive lock on tasks for an instant, and a scan of it
--         for the check
-- risk: low
-- phase: expand
-- depends: 20260518090000_create_todo_app_role

create type recurrence_frequency as enum ('daily', 'weekly', 'monthly', 'yearly');

comment on type recurrence_frequency is 'The unit of a recurrence.';

create type recurrence as (
    frequency recurrence_frequency,
    every smallint,
    until date
);

comment on type recurrence is 'How often a task comes again: every so many units, until a day or without end.';
comment on column recurrence.frequency is 'The unit.';
comment on column recurrence.every is 'How many units lie between two times.';
comment on column recurrence.until is 'The last day on which it may come; null for ever.';

-- a composite type has no constraints of its own; num_nonnulls tells null from a row of nulls, "is null" does not
-- lint: ignore add-check because tasks is read in less than a second, and the header says so
alter table tasks
    add column recurrence recurrence,
    add constraint tasks_recurrence_check check (
        num_nonnulls(recurrence) = 0
        or num_nonnulls((recurrence).frequency, (recurrence).every) = 2 and (recurrence).every between 1 and 366
    );

comment on column tasks.recurrence is 'How the task comes again when it is done; null when it does not.';

grant update (recurrence) on tasks to todo_app;

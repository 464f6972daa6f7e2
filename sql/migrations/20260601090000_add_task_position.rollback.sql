-- Drop the position of tasks; the order that people made is lost.

create or replace function normalize_task() returns trigger
language plpgsql
as $$
begin
    -- a task is done at a time, and only a task that is done; reopening forgets the time
    if new.status <> 'done' then
        new.completed_at := null;
    elsif new.completed_at is null then
        new.completed_at := now();
    end if;
    return new;
end
$$;

comment on function normalize_task() is 'Trigger: keeps tasks.completed_at true to tasks.status.';

alter table tasks drop column position;

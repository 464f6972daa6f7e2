-- Keep the columns of a task true to each other: completed_at to status, position to deleted_at.

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
    -- the place of a task in the trash is free for another
    if new.deleted_at is not null then
        new.position := null;
    end if;
    return new;
end
$$;

revoke execute on function normalize_task() from public;

comment on function normalize_task() is
    'Trigger: keeps tasks.completed_at true to tasks.status, and takes the position from a task in the trash.';

create or replace trigger tasks_normalize
    before insert or update on tasks
    for each row execute function normalize_task();

-- Keep updated_at true on every table that has it.

create or replace function set_updated_at() returns trigger
language plpgsql
as $$
begin
    -- now() is the start of the transaction: all rows that change together carry the same time
    new.updated_at := now();
    return new;
end
$$;

revoke execute on function set_updated_at() from public;

comment on function set_updated_at() is
    'Trigger: sets updated_at to the time of the transaction, whatever the client sent.';

create or replace trigger projects_set_updated_at
    before update on projects
    for each row execute function set_updated_at();

create or replace trigger project_members_set_updated_at
    before update on project_members
    for each row execute function set_updated_at();

create or replace trigger tasks_set_updated_at
    before update on tasks
    for each row execute function set_updated_at();

create or replace trigger task_assignments_set_updated_at
    before update on task_assignments
    for each row execute function set_updated_at();

create or replace trigger tags_set_updated_at
    before update on tags
    for each row execute function set_updated_at();

create or replace trigger comments_set_updated_at
    before update on comments
    for each row execute function set_updated_at();

create or replace trigger attachments_set_updated_at
    before update on attachments
    for each row execute function set_updated_at();

create or replace trigger time_blocks_set_updated_at
    before update on time_blocks
    for each row execute function set_updated_at();

create or replace trigger user_settings_set_updated_at
    before update on user_settings
    for each row execute function set_updated_at();

-- Assert that Better Auth's table of users is there and has the shape that every later migration relies on.
--
-- why: each row of ours belongs to a user, and users are another system's; better one clear sentence now than a
--      foreign key that fails in the fifth file
-- effect: none on data; reads the catalog, locks nothing
-- risk: low
-- phase: expand

do $$
declare
    users constant regclass := to_regclass('public.users');
    id_column pg_catalog.pg_attribute;
begin
    if users is null then
        raise exception 'table public.users does not exist'
            using errcode = 'undefined_table',
                  hint = 'let Better Auth create its tables first (npx auth migrate), or load '
                         'sql/external/better_auth.sql into a development database';
    end if;

    select a.* into id_column
    from pg_catalog.pg_attribute as a
    where a.attrelid = users
      and a.attname = 'id'
      and not a.attisdropped;

    if not found then
        raise exception 'table public.users has no column id'
            using errcode = 'undefined_column',
                  hint = 'configure Better Auth with the field name "id" for its user table';
    end if;

    if id_column.atttypid <> 'uuid'::regtype then
        raise exception 'column public.users.id is of type %, and must be uuid',
            format_type(id_column.atttypid, id_column.atttypmod)
            using errcode = 'datatype_mismatch',
                  hint = 'configure Better Auth with advanced.database.generateId = "uuid"';
    end if;

    if not exists (
        select
        from pg_catalog.pg_index as i
        where i.indrelid = users
          and i.indisunique
          and i.indisvalid
          and i.indimmediate
          and i.indpred is null
          and i.indnkeyatts = 1
          and i.indkey[0] = id_column.attnum
    ) then
        raise exception 'column public.users.id is not unique, so that nothing can reference it'
            using errcode = 'invalid_foreign_key',
                  hint = 'ask the owner of the table for: alter table users add primary key (id)';
    end if;

    if not has_column_privilege(users, 'id', 'references') then
        raise exception 'role % may not reference public.users', current_user
            using errcode = 'insufficient_privilege',
                  hint = format('ask the owner of the table for: grant references (id) on users to %I', current_user);
    end if;
end
$$;

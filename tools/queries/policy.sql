-- Which row-level security policies are there, for whom, and what do they let through?
select
  format('%I.%I.%I', n.nspname, c.relname, p.polname) as name,
  array['table ' || format('%I.%I', n.nspname, c.relname)] as parents,
  case p.polcmd
    when 'r' then 'select'
    when 'a' then 'insert'
    when 'w' then 'update'
    when 'd' then 'delete'
    else 'all'
  end as command,
  p.polpermissive as permissive,
  array(
    select role.name
    from unnest(p.polroles) as r
    cross join lateral (
      select
        case
          when r = 0 then 'public'
          else coalesce(nullif(r::regrole::text, current_setting('schema_tools.owner', true)), '(owner)')
        end as name
    ) as role
    order by role.name
  ) as roles,
  pg_get_expr(p.polqual, p.polrelid) as using,
  pg_get_expr(p.polwithcheck, p.polrelid) as check
from pg_policy as p
join pg_class as c on c.oid = p.polrelid
join pg_namespace as n on n.oid = c.relnamespace
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and c.relname not in ('_yoyo_migration', '_yoyo_log', '_yoyo_version', 'yoyo_lock')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_class'::regclass
      and e.objid = c.oid
      and e.deptype = 'e'
  )
order by name;

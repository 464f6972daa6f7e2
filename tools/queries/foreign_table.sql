-- Which foreign tables are there, and where do their rows come from?
select
  format('%I.%I', n.nspname, c.relname) as name,
  array['schema ' || quote_ident(n.nspname)] || array(
    select 'table ' || i.inhparent::regclass::text
    from pg_inherits as i
    where i.inhrelid = c.oid
      and c.relispartition
  ) as parents,
  coalesce(nullif(c.relowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  quote_ident(s.srvname) as server,
  array(
    select quote_ident(a.attname)
    from pg_attribute as a
    where a.attrelid = c.oid
      and a.attnum > 0
      and not a.attisdropped
    order by a.attnum
  ) as columns,
  array(
    select i.inhparent::regclass::text
    from pg_inherits as i
    where i.inhrelid = c.oid
      and not c.relispartition
    order by i.inhseqno
  ) as inherits,
  case
    when c.relispartition then (select i.inhparent::regclass::text from pg_inherits as i where i.inhrelid = c.oid)
  end as partition_of,
  case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end as partition_bound,
  case
    when f.ftoptions is null then '{}'
    -- a secret is a fact, and not for a snapshot
    else array(
      select case
        when o ~* '^[^=]*(pass(word|wd|code|phrase|file)|secret|token|credentials?|(api|access|private|account)_?key)='
          then split_part(o, '=', 1) || '=***'
        else regexp_replace(o, '://[^/@]*@', '://***@')
      end
      from unnest(f.ftoptions) as o
      order by o
    )
  end as options
from pg_foreign_table as f
join pg_class as c on c.oid = f.ftrelid
join pg_namespace as n on n.oid = c.relnamespace
join pg_foreign_server as s on s.oid = f.ftserver
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  and not exists (
    select from pg_depend as e
    where e.refclassid = 'pg_extension'::regclass
      and e.classid = 'pg_class'::regclass
      and e.objid = c.oid
      and e.deptype = 'e'
  )
order by name;

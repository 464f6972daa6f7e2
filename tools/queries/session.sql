-- How must a session be set so that every database prints its objects alike, and who is its main owner?
set local search_path = '';
set local jit = off;
set local datestyle = 'ISO, YMD';
set local intervalstyle = 'postgres';
set local timezone = 'UTC';
set local lc_monetary = 'C';
set local extra_float_digits = 1;
set local quote_all_identifiers = off;
set local bytea_output = 'hex';
set local xmlbinary = 'base64';
set local standard_conforming_strings = on;
set local lock_timeout = '2s';
-- Role names differ between databases: the owner of the database, if it owns a relation of the user's, else the
-- role that owns most of them, is written (owner) by the other queries.
select set_config('schema_tools.owner', coalesce(main.owner::regrole::text, ''), true) as owner
from (
  select coalesce(
    (
      select c.relowner
      from pg_class as c
      join pg_namespace as n on n.oid = c.relnamespace
      cross join pg_database as d
      where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        and d.datname = current_database()
        and n.nspname !~ '^pg_'
        and n.nspname not in ('information_schema', 'schema_tools')
        and c.relname not in ('_yoyo_migration', '_yoyo_log', '_yoyo_version', 'yoyo_lock')
        and not exists (
          select from pg_depend as e
          where e.refclassid = 'pg_extension'::regclass
            and e.classid = 'pg_class'::regclass
            and e.objid = c.oid
            and e.deptype = 'e'
        )
      group by c.relowner, d.datdba
      order by c.relowner = d.datdba desc, count(*) desc, c.relowner::regrole::text
      limit 1
    ),
    (select datdba from pg_database where datname = current_database())
  ) as owner
) as main;

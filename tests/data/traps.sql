-- A schema that shadows what PostgreSQL has: its operators, its functions, its catalogs. Each trap does what the
-- original does, and counts (pg_stat_user_functions). The owner of a database can put the schema before pg_catalog.
create schema traps;

do $traps$
declare
  one record;
begin
  for one in
    select o.oprname, l.typname as lefts, r.typname as rights, o.oprresult::regtype as result
    from pg_operator as o
    join pg_type as l on l.oid = o.oprleft
    join pg_type as r on r.oid = o.oprright
    where l.typtype in ('b', 'r') and r.typtype in ('b', 'r')
  loop
    execute format(
      'create function traps.%I(a pg_catalog.%I, b pg_catalog.%I) returns %s immutable language plpgsql as'
      ' $$ begin return a operator(pg_catalog.%s) b; end $$',
      'operator ' || one.oprname, one.lefts, one.rights, one.result, one.oprname
    );
    execute format(
      'create operator traps.%s (function = traps.%I, leftarg = pg_catalog.%I, rightarg = pg_catalog.%I)',
      one.oprname, 'operator ' || one.oprname, one.lefts, one.rights
    );
  end loop;
  for one in
    select p.proname, pg_get_function_identity_arguments(p.oid) as arguments, p.proretset,
      pg_get_function_result(p.oid) as result, p.pronargs
    from pg_proc as p
    where p.pronamespace = 'pg_catalog'::regnamespace
      and p.prokind = 'f'
      and p.provariadic = 0
      and p.pronargs < 5
      and pg_get_function_identity_arguments(p.oid) !~ '(OUT |internal|cstring|any|pg_ddl|")'
      and pg_get_function_result(p.oid) !~ '(void|internal|cstring|any|trigger|pg_ddl|TABLE|SETOF|handler|record|")'
      and p.proname ~ '^(pg_|has_|current_|set_|to_|format|quote|coalesce|concat|left|right|count|now|clock|age|upper|lower|extract|regexp|array|json|string|length|make|unnest|inet|txid|col_|obj_|version)'
  loop
    execute format(
      'create function traps.%I(%s) returns %s language plpgsql as $$ begin return pg_catalog.%I(%s); end $$',
      one.proname, one.arguments, one.result, one.proname,
      (select string_agg('$' || n, ', ') from generate_series(1, one.pronargs) as n)
    );
  end loop;
  create function traps.sprung() returns boolean language plpgsql as 'begin return true; end';
  for one in
    select c.relname, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
    from pg_class as c
    join pg_attribute as a on a.attrelid = c.oid
    where c.relnamespace = 'pg_catalog'::regnamespace
      and c.relkind in ('r', 'v')
      and a.attnum > 0
      and a.atttypid::regtype::text !~ 'anyarray|pg_statistic' -- which a view cannot have
    group by c.relname
  loop
    execute format(
      'create view traps.%1$I as select %2$s from pg_catalog.%1$I where traps.sprung()', one.relname, one.columns
    );
  end loop;
end
$traps$;

-- Which functions, procedures and aggregates are there, and what do they do?
select
  format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) as name,
  array['schema ' || quote_ident(n.nspname)] || case
    -- what reads and writes the values of a base type goes with it
    when l.lanname in ('c', 'internal') then array(
      select 'base type ' || format_type(t.oid, null)
      from pg_type as t
      where t.oid = any (p.prorettype || p.proargtypes::oid[])
        and t.typtype = 'b'
        and t.oid >= 16384
        and p.oid in (t.typinput, t.typoutput, t.typreceive, t.typsend)
      order by 1
    )
    else '{}'
  end as parents,
  coalesce(nullif(p.proowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  case p.prokind
    when 'f' then 'function'
    when 'p' then 'procedure'
    when 'a' then 'aggregate'
    else 'window'
  end as routine,
  pg_get_function_arguments(p.oid) as arguments,
  pg_get_function_result(p.oid) as returns,
  l.lanname as language,
  coalesce(pg_get_function_sqlbody(p.oid), replace(p.prosrc, E'\r\n', E'\n')) as body,
  p.probin as library,
  case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
  case p.proparallel when 's' then 'safe' when 'r' then 'restricted' else 'unsafe' end as parallel,
  p.proisstrict as strict,
  p.prosecdef as security_definer,
  p.proleakproof as leakproof,
  p.procost::text as cost,
  p.prorows::text as rows,
  case when p.prosupport <> 0 then p.prosupport::regproc::text end as support,
  case when p.proconfig is null then '{}' else array(select s from unnest(p.proconfig) as s order by s) end as config,
  case when p.protrftypes is null then '{}' else array(select format_type(t, null) from unnest(p.protrftypes) as t) end
    as transforms,
  case
    when p.prokind = 'a' then (
      select array_remove(
        array[
          'kind ' || g.aggkind::text,
          'direct arguments ' || g.aggnumdirectargs,
          'sfunc ' || g.aggtransfn::text,
          'stype ' || format_type(g.aggtranstype, null),
          case when g.aggtransspace <> 0 then 'sspace ' || g.aggtransspace end,
          case when g.aggfinalfn <> 0 then 'finalfunc ' || g.aggfinalfn::text || ' ' || g.aggfinalmodify::text end,
          case when g.aggfinalextra then 'finalfunc_extra' end,
          case when g.aggcombinefn <> 0 then 'combinefunc ' || g.aggcombinefn::text end,
          case when g.aggserialfn <> 0 then 'serialfunc ' || g.aggserialfn::text end,
          case when g.aggdeserialfn <> 0 then 'deserialfunc ' || g.aggdeserialfn::text end,
          'initcond ' || g.agginitval,
          case when g.aggmtransfn <> 0 then 'msfunc ' || g.aggmtransfn::text end,
          case when g.aggminvtransfn <> 0 then 'minvfunc ' || g.aggminvtransfn::text end,
          case when g.aggmtranstype <> 0 then 'mstype ' || format_type(g.aggmtranstype, null) end,
          case when g.aggmtransspace <> 0 then 'msspace ' || g.aggmtransspace end,
          case when g.aggmfinalfn <> 0 then 'mfinalfunc ' || g.aggmfinalfn::text || ' ' || g.aggmfinalmodify::text end,
          case when g.aggmfinalextra then 'mfinalfunc_extra' end,
          'minitcond ' || g.aggminitval,
          case when g.aggsortop <> 0 then 'sortop ' || g.aggsortop::regoperator::text end
        ],
        null
      )
      from pg_aggregate as g
      where g.aggfnoid = p.oid
    )
    else '{}'
  end as aggregate
from pg_proc as p
join pg_namespace as n on n.oid = p.pronamespace
join pg_language as l on l.oid = p.prolang
where n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'schema_tools')
  -- members of extensions, and the constructors that come with a range type
  and not exists (
    select from pg_depend as e
    where e.classid = 'pg_proc'::regclass
      and e.objid = p.oid
      and e.deptype in ('e', 'i')
  )
order by name;

-- Which subscriptions are there? The connection holds a secret, and most roles may not see it: it is not read.
select
  quote_ident(s.subname) as name,
  '{}'::text[] as parents,
  coalesce(nullif(s.subowner::regrole::text, current_setting('schema_tools.owner', true)), '(owner)') as owner,
  s.subenabled as enabled,
  array(select quote_ident(p) from unnest(s.subpublications) as p order by 1) as publications,
  quote_ident(s.subslotname) as slot,
  s.subbinary as binary,
  -- a truth value before PostgreSQL 16
  case s.substream::text when 't' then 'on' when 'true' then 'on' when 'p' then 'parallel' else 'off' end as streaming,
  s.subtwophasestate <> 'd' as two_phase,
  s.subdisableonerr as disable_on_error,
  s.subsynccommit as synchronous_commit,
  s.subpasswordrequired as password_required,
  s.subrunasowner as run_as_owner,
  s.suborigin as origin,
  s.subfailover as failover
-- what an older server lacks comes from the first row source: a name is looked for in pg_subscription first
from (
  select true as subpasswordrequired, false as subrunasowner, 'any' as suborigin, false as subfailover
) as older
cross join lateral (
  select
    oid, subdbid, subname, subowner, subenabled, subpublications, subslotname, subbinary, substream, subtwophasestate,
    subdisableonerr, subsynccommit, subpasswordrequired, subrunasowner, suborigin, subfailover
  from pg_subscription
) as s
join pg_database as d on d.oid = s.subdbid
where d.datname = current_database()
order by name;

-- Who has an account of their own on a foreign server? Its options hold secrets, and most roles may not see them.
select
  format(
    '%s for %s',
    quote_ident(m.srvname),
    case
      when m.umuser = 0 then 'public'
      else coalesce(nullif(m.umuser::regrole::text, current_setting('schema_tools.owner', true)), '(owner)')
    end
  ) as name,
  array['foreign server ' || quote_ident(m.srvname)] as parents
from pg_user_mappings as m
order by name;

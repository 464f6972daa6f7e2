-- Which extensions are there in another version than the server has for them?
select
  quote_ident(e.name) as name,
  e.installed_version as installed,
  e.default_version as available
from pg_available_extensions as e
where e.installed_version <> e.default_version
order by e.name;

-- harmless: the function says that it is immutable, so it is called once
create function default_language() returns text language sql immutable as $$ select 'de' $$;
alter table customers add column language text not null default default_language();

"""The catalog of a database at work, made again on scratch, where what it brings along may do no harm."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from typing import Any

import psycopg
from psycopg import conninfo, sql

from tools import baseline, catalog, database, drift, scratch, subset
from tools.catalog import Catalog
from tools.database import Connection
from tools.errors import Trouble
from tools.kinds import Object

KEEPER = "schema_tools_keeper"
# The first role of a server cannot give its rights up, so it gets another name, and another role gets its own
CONFINED = """
alter role {role} rename to schema_tools_first;
create role {role} login createdb createrole;
grant pg_read_all_stats to {role};
grant set on parameter session_replication_role to {role};
alter database {name} owner to {role};
"""
LENT = """
do $$
declare
  statement text;
begin
  for statement in
    select pg_catalog.format('grant %I to {role} with admin option', rolname)
    from pg_catalog.pg_roles
    where not rolsuper and rolname !~ '^pg_' and rolname <> {literal}
    union all
    select pg_catalog.format('grant usage on foreign data wrapper %I to {role}', fdwname)
    from pg_catalog.pg_foreign_data_wrapper
  loop
    execute statement;
  end loop;
end
$$
"""


def make(cluster: scratch.Cluster, found: Catalog, *, ours: bool) -> str:
    """Make a database with this catalog, and return its URL; `ours`: the server is, and its role loses its rights.

    The functions of a CHECK or a trigger run with the rights of who writes the row. Whoever may make a table in the
    database at work could run programs on this machine, if that were a superuser here.
    """
    url = cluster.create()
    wanted = _tamed(found) if ours else found
    with _loading(url, found, ours=ours) as connection:
        script = drift.mend(drift.find(wanted, catalog.read(connection), ()), head="a database", destructive=False)
        connection.execute(script.encode())
    return url


@contextmanager
def _loading(url: str, found: Catalog, *, ours: bool) -> Iterator[Connection]:
    """Open a connection that loads it, where the roles and the extensions that it names are there."""
    named = drift.mend(drift.find(found, Catalog(), ()), head="a database", destructive=False)
    roles = baseline.roles_of(named).encode()  # a script makes no roles: they are the server's
    try:
        if ours:
            _confine(url, found, roles)
        with database.connect(url, application="tools lint") as connection:
            if not ours:
                connection.execute(roles)
            yield connection
    except psycopg.Error as error:
        raise Trouble(
            f"the catalog of the database cannot be made on scratch: {database.reason(error)}:"
            " take its history with tools new --baseline, then lint the file"
        ) from error


def _tamed(found: Catalog) -> Catalog:
    """Return the catalog as one role may make it: all is its own, and what only a superuser makes is left out."""
    wide = (one for one in found.publications if one.all_tables or one.schemas)
    rest = subset.without(found, [one.key for one in (*found.event_triggers, *found.subscriptions, *wide)])
    return subset.select(rest, _owned)


def _owned(item: Object) -> Object:
    changed: Any = {"owner": "(owner)"}
    return replace(item, **changed) if any(one.name == "owner" for one in fields(item)) else item


def _confine(url: str, found: Catalog, roles: bytes) -> None:
    """Leave the role of the URL no rights but to its databases; what takes more is done before."""
    with database.connect(url, application="tools lint") as connection:
        connection.execute(sql.SQL("create role {} login superuser").format(sql.Identifier(KEEPER)))
        role, name = sql.Identifier(connection.info.user), sql.Identifier(connection.info.dbname)
        literal = sql.Literal(connection.info.user)
    with database.connect(conninfo.make_conninfo(url, user=KEEPER), application="tools lint") as connection:
        connection.execute(sql.SQL(CONFINED).format(role=role, name=name))
        connection.execute(roles)
        for one in found.extensions:
            schema, extension = sql.SQL(one.schema), sql.SQL(one.name)  # the catalog has quoted them
            with suppress(psycopg.Error):  # what needs it says that it is missing
                connection.execute(sql.SQL("create schema if not exists {} authorization {}").format(schema, role))
                connection.execute(
                    sql.SQL("create extension if not exists {} schema {} cascade").format(extension, schema)
                )
        connection.execute(sql.SQL(LENT).format(role=role, literal=literal))

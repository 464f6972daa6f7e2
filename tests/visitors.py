"""An application's way in: a login that is bound by the policies, direct or through PgBouncer."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from garden import ALICE, BOB
from psycopg import conninfo, sql

from tools import database


@contextmanager
def login(url: str) -> Iterator[str]:
    """Sign up Alice and Bob, make a role that may do what todo_app may, and return the URL for it."""
    name = sql.Identifier(role := f"web_{secrets.token_hex(6)}")
    with psycopg.connect(url, autocommit=True) as conn:
        for user, person in ((ALICE, "Alice"), (BOB, "Bob")):
            conn.execute(
                "insert into users (id, name, email, email_verified) values (%s, %s, %s, true)",
                (user, person, f"{person}@example.org"),
            )
        conn.execute(sql.SQL("create role {} login password 'web' in role todo_app").format(name))
        try:
            yield conninfo.make_conninfo(**{**database.parse(url), "user": role, "password": "web"})
        finally:
            conn.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [role])
            conn.execute(sql.SQL("drop owned by {}").format(name))
            conn.execute(sql.SQL("drop role {}").format(name))

"""The reader: what it takes from a connection and leaves of it, and the snapshot it writes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from unittest import mock

import pytest
from psycopg.pq import TransactionStatus
from tiny import rows, wait_until

from tools import __version__, catalog, database, drift, scratch
from tools.catalog import Catalog
from tools.errors import Trouble

BASE = (Path(__file__).parent / "data" / "base.sql").read_bytes()


@pytest.fixture(scope="module")
def base(cluster: scratch.Cluster) -> Iterator[database.Connection]:
    url = cluster.create()
    with database.connect(url, application="tests") as connection:
        connection.execute(BASE)
        yield connection
    cluster.drop(url)


def test_each_kind_has_its_query_and_each_query_its_kind() -> None:
    kinds = {kind.kind.replace(" ", "_") for kind in catalog.members().values()}
    assert {path.stem for path in catalog.QUERIES.glob("*.sql")} == kinds | {"session", "census", "digest"}


def test_each_query_opens_with_its_question() -> None:
    first = {path.name: path.read_text().splitlines()[0] for path in catalog.QUERIES.glob("*.sql")}
    assert [name for name, line in first.items() if not re.match(r"-- [A-Z].*\?", line)] == []


def test_each_query_runs_by_itself_and_names_the_fields(base: database.Connection) -> None:
    for kind in catalog.members().values():
        query = catalog.QUERIES / f"{kind.kind.replace(' ', '_')}.sql"
        with base.cursor() as cursor:
            cursor.execute(query.read_bytes())
            assert [column.name for column in cursor.description or ()] == [f.name for f in fields(kind)]


def test_every_object_of_the_census_is_read(base: database.Connection) -> None:
    assert catalog.read(base).unread == ()


@pytest.mark.parametrize("member", catalog.members())
def test_what_no_query_reads_is_named(member: str, base: database.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    there = {item.key for item in getattr(catalog.read(base), member)}
    # what everybody may do is a difference from the standard, and no object by itself
    there = {key for key in there if not key.endswith(" to public")}
    others = {name: kind for name, kind in catalog.members().items() if name != member}
    monkeypatch.setattr(catalog, "members", lambda: others)
    catalog._question.cache_clear()
    try:
        unread = catalog.read(base).unread
    finally:
        catalog._question.cache_clear()
    assert there
    assert set(unread) == there


def test_census_names_what_is_in_a_catalog_that_it_does_not_know(base: database.Connection) -> None:
    text = (catalog.QUERIES / "census.sql").read_text()
    listed = "    'pg_policy'::regclass, 'pg_proc'::regclass,"
    assert listed in text
    with base.transaction(force_rollback=True):
        base.execute("set local search_path = ''")
        found = base.execute(text.replace(listed, "    'pg_proc'::regclass,").encode()).fetchall()
    assert ("policy", "mine on app.tasks") in found


def test_snapshot_keeps_what_is_unread() -> None:
    found = Catalog(server_version="19.1", unread=("property graph app.g",))
    assert catalog.from_json(catalog.to_json(found, tool_version="1")).unread == found.unread


def test_base_has_every_kind(base: database.Connection) -> None:
    found = catalog.read(base)
    assert [member for member in catalog.members() if not getattr(found, member)] == []


def test_names_are_unique_and_sorted(base: database.Connection) -> None:
    found = catalog.read(base)
    for member in catalog.members():
        names = [item.name for item in getattr(found, member)]
        assert names == sorted(set(names))


def test_parents_are_objects_of_the_catalog(base: database.Connection) -> None:
    found = catalog.read(base)
    keys = {item.key for item in catalog.objects(found)}
    strays = {parent for item in catalog.objects(found) for parent in item.parents} - keys
    # a materialized view's columns are part of it, domain constraints of their domain
    assert strays == {"column app.task_counts.user_id"}


def test_what_is_known_is_not_read_where_the_server_has_its_digests(base: database.Connection) -> None:
    known = catalog.digested(base, catalog.read(base))
    assert catalog.is_one(known, catalog.read(base, known))
    assert not catalog.is_one(known, catalog.read(base))
    with base.transaction(force_rollback=True):
        base.execute("create table another ()")
        assert not catalog.is_one(known, catalog.read(base, known))


def test_what_another_major_printed_is_read(base: database.Connection) -> None:
    known = replace(catalog.digested(base, catalog.read(base)), server_version="14.1")
    assert not catalog.is_one(known, catalog.read(base, known))


def test_a_digest_counts_rows_and_hashes_them_in_any_order(base: database.Connection) -> None:
    around = (catalog.QUERIES / "digest.sql").read_text()

    def digest(query: str) -> str:
        (found,) = base.execute(around.replace("(select)", f"({query})").encode()).fetchall()
        return str(found[0])

    assert digest("values (1, 'a'), (2, 'b')") == digest("values (2, 'b'), (1, 'a')")
    digests = {
        digest(query) for query in ("select 1 where false", "select 1", "select 2", "select 1 union all select 1")
    }
    assert len(digests) == 4


def test_connection_is_left_as_found(base: database.Connection) -> None:
    base.execute("set search_path = app, side")
    before = base.execute("select name, setting from pg_settings where name <> 'transaction_isolation'").fetchall()
    catalog.read(base)
    after = base.execute("select name, setting from pg_settings where name <> 'transaction_isolation'").fetchall()
    base.execute("reset search_path")
    assert before == after
    assert base.info.transaction_status == TransactionStatus.IDLE


def test_reading_is_one_snapshot_that_cannot_write(base: database.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    level = "select current_setting('transaction_isolation'), current_setting('transaction_read_only')"
    monkeypatch.setattr(catalog, "_question", lambda: f"select 1; {level}; select 2")
    monkeypatch.setattr(catalog, "_unread", lambda *_: ())
    seen = mock.Mock(return_value=catalog.Catalog())
    monkeypatch.setattr(catalog, "_catalog", seen)
    catalog.read(base)
    assert seen.call_args.args[0] == [[("repeatable read", "on")]]


def test_open_transaction_is_read_as_it_stands_and_left_as_found(base: database.Connection) -> None:
    with base.transaction(force_rollback=True):
        base.execute("set local search_path = app; create table app.fresh (id integer)")
        assert "app.fresh" in {table.name for table in catalog.read(base).tables}
        assert base.execute("select current_setting('search_path')").fetchone() == ("app",)
        base.execute("create table written_after (id integer)")
    assert "app.fresh" not in {table.name for table in catalog.read(base).tables}


def test_role_without_rights_reads_the_same(base: database.Connection) -> None:
    expected = catalog.read(base)
    with base.transaction(force_rollback=True):
        base.execute("create role nobody_at_all; set local role nobody_at_all")
        assert catalog.read(base) == expected


def test_main_owner_has_no_name(base: database.Connection, make_database: Callable[[str], str]) -> None:
    expected = catalog.read(base)
    with database.connect(make_database("")) as connection, connection.transaction(force_rollback=True):
        connection.execute("create role somebody superuser; set local role somebody")
        connection.execute(BASE)
        assert drift.diff(expected, catalog.read(connection)) == ()


def test_role_that_owns_one_of_many_has_its_name(base: database.Connection) -> None:
    with base.transaction(force_rollback=True):
        base.execute("create role somebody; alter table app.notes owner to somebody")
        owners = {table.name: table.owner for table in catalog.read(base).tables}
    assert (owners["app.notes"], owners["app.users"]) == ("somebody", "(owner)")


def test_locked_table_is_a_sentence(make_database: Callable[[str], str]) -> None:
    url = make_database("create table t (a integer check (a > 0)); create view v as select a from t")
    with database.connect(url) as locker, database.connect(url) as reader, locker.transaction():
        locker.execute("alter table t add b integer; lock table v in access exclusive mode")
        with pytest.raises(Trouble, match="another session holds a lock"):
            catalog.read(reader)


def test_what_is_dropped_while_we_read_is_not_there(make_database: Callable[[str], str]) -> None:
    url = make_database("create table t (a integer); create view v as select a from t; create table u (b integer)")
    with (
        database.connect(url, application="tests") as dropper,
        database.connect(url, application="the reader") as reader,
        ThreadPoolExecutor() as pool,
    ):
        with dropper.transaction():
            dropper.execute("drop view v; drop table t")
            reading = pool.submit(catalog.read, reader)
            query = (
                "select pid from pg_stat_activity where application_name = 'the reader' and wait_event_type = 'Lock'"
            )
            wait_until(lambda: rows(url, query))
        found = reading.result()
    assert [one.name for one in (*found.tables, *found.views)] == ["public.u"]


def test_what_is_never_still_is_a_sentence(base: database.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    raising = "do $$ begin raise internal_error using message = 'cache lookup failed for relation 7'; end $$"
    monkeypatch.setattr(catalog, "_question", lambda: raising)
    with pytest.raises(Trouble, match=r"^the catalog changes while it is read .*cache lookup failed for relation 7"):
        catalog.read(base)
    assert base.info.transaction_status == TransactionStatus.IDLE


def test_snapshot_comes_back_as_it_was(base: database.Connection) -> None:
    found = catalog.read(base)
    again = catalog.from_json(catalog.to_json(found, tool_version="1.2.3"))
    assert again == found
    assert again.server_version == found.server_version
    assert [item.parents for item in catalog.objects(again)] == [item.parents for item in catalog.objects(found)]


def test_snapshot_has_one_object_a_line(base: database.Connection) -> None:
    found = catalog.read(base)
    text = catalog.to_json(found, tool_version="1.2.3")
    lines = [json.loads(line.rstrip(",")) for line in text.splitlines() if line.startswith('{"')]
    assert len(lines) == sum(1 for _ in catalog.objects(found))
    assert all(list(line) == sorted(line) for line in lines)
    head = json.loads(text)
    assert (head["format"], head["tool_version"], head["fingerprint"]) == (1, "1.2.3", catalog.fingerprint(found))


def test_snapshot_of_an_empty_catalog_is_json() -> None:
    assert catalog.from_json(catalog.to_json(Catalog(), tool_version="1")) == Catalog()


SNAPSHOT = catalog.to_json(Catalog(server_version="18.0"), tool_version=__version__)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "this is not a snapshot"),
        ("[]", "this is not a snapshot"),
        ("{}", "this is not a snapshot"),
        (SNAPSHOT.replace('"format": 1', '"format": 2'), "format 2"),
        (SNAPSHOT.replace('"objects": [', '"objects": [{"kind": "wormhole", "name": "x"}'), "unknown"),
        (SNAPSHOT.replace('"objects": [', '"objects": [{"kind": "schema", "name": "x", "color": 1}'), "unknown"),
        (SNAPSHOT.replace('"objects": [', '"objects": [{"kind": "schema", "name": "x"}'), "was edited"),
    ],
)
def test_no_snapshot_is_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Trouble, match=sentence):
        catalog.from_json(text)


def test_fingerprint_is_of_the_objects_alone(base: database.Connection) -> None:
    found = catalog.read(base)
    other = Catalog(**{f.name: getattr(found, f.name) for f in fields(found) if f.name != "server_version"})
    assert catalog.fingerprint(other) == catalog.fingerprint(found)
    with base.transaction(force_rollback=True):
        base.execute("comment on table app.users is 'x'")
        assert catalog.fingerprint(catalog.read(base)) != catalog.fingerprint(found)


def test_check_of_the_whole_row_goes_with_its_table_alone(make_database: Callable[[str], str]) -> None:
    text = (
        "create table t (a integer, constraint c check (t is not null and a is null), constraint w check (t is null))"
    )
    with database.connect(make_database(text)) as connection:
        (named, whole) = catalog.read(connection).constraints
    assert (named.parents, whole.parents) == (("table public.t", "column public.t.a"), ("table public.t",))


def test_identity_of_a_partition_is_its_parent_s(make_database: Callable[[str], str]) -> None:
    """Since 17 a partition has the identity, and no sequence of its own; before, it could not have one."""
    url = make_database("create table a (id int) partition by range (id); create table b partition of a default")
    with database.connect(url, application="tests") as connection:
        if connection.info.server_version >= 170_000:
            connection.execute(
                "drop table a; create table a (id int generated always as identity) partition by list (id)"
            )
            connection.execute("create table b partition of a default")
        columns = {column.name: column for column in catalog.read(connection).columns}
    assert columns["public.b.id"].identity == columns["public.a.id"].identity
    assert columns["public.b.id"].identity_options == ()


def test_no_secret_of_a_foreign_server_is_read(make_database: Callable[[str], str]) -> None:
    secrets = "password 'hunter2', \"passWord\" 'hunter2', api_key 'hunter2', aws_secret_access_key 'hunter2'"
    shown = "password_required 'false', host 'h', url 'https://u:hunter2@h/x'"
    url = make_database(
        f"create foreign data wrapper w options ({secrets}, {shown});"
        f"create server s foreign data wrapper w options ({secrets}, {shown});"
        f"create foreign table t (a int) server s options ({secrets}, {shown});"
        f"create user mapping for current_user server s options ({secrets});"
    )
    with database.connect(url, application="tests") as connection:
        found = catalog.read(connection)
    text = catalog.to_json(found, tool_version="1")
    assert "hunter2" not in text
    given = [
        *(one.options for one in found.foreign_data_wrappers),
        *(one.options for one in found.foreign_servers),
        *(one.options for one in found.foreign_tables),
    ]
    for options in given:
        assert {"password_required=false", "host=h", "url=https://***@h/x", "passWord=***"} <= set(options)

"""Parts of a catalog: what a model can say of it, what is left of another system's tables, what goes with an object."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from test_drift import CHANGES, corpus, parts

from tools import catalog, database, drift, scratch, subset
from tools.catalog import Catalog

SAID = {  # what a comparison with models tells, kind by kind; all else it leaves to the comparison with the database
    "table": {"partition_key"},
    "column": {"type", "collation", "nullable", "default", "generated", "expression", "identity", "identity_options"},
    "constraint": {
        *("type", "columns", "expression", "references", "referenced_columns", "match", "on_update", "on_delete"),
        *("on_delete_columns", "deferrable", "deferred", "validated", "enforced", "no_inherit", "period", "include"),
        *("nulls_not_distinct", "triggers"),
    },
    "index": {"table", "method", "keys", "include", "predicate", "unique", "nulls_not_distinct", "options"},
    "enum": {"labels"},
    "domain": {"type", "collation", "nullable", "default", "constraints"},
    "comment": {"text"},
}


@pytest.fixture(scope="module")
def base(cluster: scratch.Cluster) -> Iterator[database.Connection]:
    with corpus(cluster) as connection:
        yield connection


@pytest.fixture
def read_sql(make_database: Callable[[str], str]) -> Callable[[str], Catalog]:
    """Return a function that reads what the SQL makes in a database of its own."""

    def read(text: str) -> Catalog:
        with database.connect(make_database(text), application="tests") as connection:
            return catalog.read(connection)

    return read


def told(expected: Catalog, actual: Catalog) -> set[str]:
    return {f"{one.change} {one.kind} {one.name}" for one in drift.diff(expected, actual)}


def keys(found: Catalog) -> set[str]:
    return {item.key for item in catalog.objects(found)}


@pytest.mark.parametrize("kind", SAID)
def test_a_change_counts_where_a_model_can_say_it(kind: str, base: database.Connection) -> None:
    expected = catalog.read(base)
    said: set[str] = set()
    unsaid: set[str] = set()  # what only a newer server can say
    for scene in CHANGES:
        word, about, facts = parts(scene.heads[0])
        if (word, about) != ("changed", kind):
            continue
        if base.info.server_version // 10000 < scene.since:
            unsaid |= set(facts)
            continue
        with base.transaction(force_rollback=True):
            base.execute(scene.sql.encode())
            actual = catalog.read(base, expected)
        found = drift.diff(subset.sayable(expected), subset.sayable(actual))
        said |= {fact for one in found if one.kind == kind for fact in one.facts}
    assert SAID[kind] - unsaid <= said <= SAID[kind]


def test_of_what_a_model_has_no_word_for_nothing_is_left(read_sql: Callable[[str], Catalog]) -> None:
    made = subset.sayable(
        read_sql(
            "create table t (id int primary key); create materialized view m as select id from t;"
            "create index on m (id); create table parts (id int) partition by range (id);"
            "create table parts_1 partition of parts for values from (1) to (2); comment on column parts_1.id is 'x';"
            "create function f() returns int language sql as 'select 1'; create view v as select id from t;"
            "create policy p on t using (true); comment on table t is 'x'; comment on column t.id is 'x';"
            "comment on index t_pkey is 'x'; comment on constraint t_pkey on t is 'x'; comment on view v is 'x';"
            "comment on column v.id is 'x'; comment on materialized view m is 'x'; comment on schema public is 'x'"
        )
    )
    assert keys(made) == {
        "table public.t",
        "column public.t.id",
        "constraint public.t.t_pkey",
        "comment table public.t",
        "comment column public.t.id",
        "table public.parts",
        "column public.parts.id",
    }


THEIRS = """
create table realms (id int primary key);
create table people (id int primary key, realm int references realms, mail text unique, name text not null default 'x');
comment on table people is 'theirs'; comment on column people.id is 'theirs'; grant select on people to public;
create index on people (name);
"""
OURS = """
create table notes (id int primary key, writer int references people, mail text references people (mail),
  next int references notes);
comment on table notes is 'ours';
"""
EXTERNAL = frozenset({"table public.realms", "table public.people"})


def test_what_we_point_to_is_what_counts_of_another_systems_tables(read_sql: Callable[[str], Catalog]) -> None:
    counted = subset.referenced(read_sql(THEIRS + OURS), EXTERNAL)
    assert counted == {"table public.people", "column public.people.id", "column public.people.mail"}


# What is done to the tables of both, and what of it the contract holds them to
BROKEN = [
    ("alter table people drop column name, add nick text; drop table realms cascade", []),
    ("comment on table people is null; comment on column people.id is 'x'", []),
    ("alter table people alter mail set not null, alter mail set default 'x'; revoke select on people from public", []),
    ("alter table people alter id type bigint", ["changed column public.people.id"]),
    ("drop table people cascade", ["missing table public.people", *(f"missing constraint public.notes.notes_{name}_fkey"
     for name in ("writer", "mail"))]),
    ("comment on table notes is null", ["missing comment table public.notes"]),
    ("alter table notes alter next set not null", ["changed column public.notes.next"]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "seen"), BROKEN, ids=[sql for sql, _ in BROKEN])
def test_the_contract_is_held(sql: str, seen: list[str], read_sql: Callable[[str], Catalog]) -> None:
    expected, actual = read_sql(THEIRS + OURS), read_sql(f"{THEIRS}{OURS};{sql}")
    counted = subset.referenced(expected, EXTERNAL)
    assert told(*(subset.contract(one, EXTERNAL, counted) for one in (expected, actual))) == set(seen)


def test_what_goes_with_an_object_goes_all_the_way_down(read_sql: Callable[[str], Catalog]) -> None:
    found = read_sql(THEIRS + OURS)
    left = keys(subset.without(found, ["table public.people"]))
    assert left == {key for key in keys(found) if "people" not in key}

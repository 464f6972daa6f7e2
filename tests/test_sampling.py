"""Made-up rows: as many as there should be, the same each time, and none that a constraint refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tiny import rows, value

from tools import catalog, database, sampling, scratch
from tools.sampling import Sampled

# One table each, with what its rows must keep
TABLES = {
    "a code": "create table t (code varchar(3) primary key check (code ~ '^[A-Z]{2}$'))",
    "a slug": "create table t (slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'))",
    "a length": "create table t (code text not null check (char_length(code) = 12))",
    "a list": "create table t (state text not null check (state in ('open', 'closed')))",
    "numbers": "create table t (a smallint not null check (a between 1 and 5), b numeric(4, 2) not null check (b > 0))",
    "two together": "create table t (a int not null, b int not null, check (a < b and b < 4), check (a > 0))",
    "one of three": "create table t (a int, b int, c int, check (num_nonnulls(a, b, c) = 1))",
    "digest": "create table t (sum bytea not null check (octet_length(sum) = 32))",
    "a domain": "create domain d as int check (value between 10 and 20) not null; create table t (d d)",
    "an enum": "create type e as enum ('it''s', 'b'); create table t (e e not null, es e[])",
    "a composite": "create type c as (a int, b text); create table t (c c not null)",
    "no overlap": "create table t (during tstzrange not null, exclude using gist (during with &&))",
    "deferrable": "create table t (place int not null unique deferrable)",
    "identity": "create table t (id int generated always as identity, twice int generated always as (id * 2) stored)",
    "partitions": "create table t (day date not null) partition by range (day);"
    "create table t_1 partition of t for values from ('1999-01-01') to ('1999-02-01')",
    "a list of partitions": "create table t (kind text primary key) partition by list (kind);"
    "create table t_1 partition of t for values in ('x')",
    "itself": "create table t (id int primary key, above int not null references t)",
    "names": 'create table "T .x" ("select" int primary key, "A b" text check ("A b" <> \'\'))',
    "n": "create table t (n int not null, made text not null, parent int, p0 int)",
    "nothing": "create table t ()",
}

FAMILY = """
create table tenants (id uuid primary key);
create table people (tenant_id uuid references tenants, id int generated always as identity,
    primary key (tenant_id, id));
create table projects (id bigint primary key, tenant_id uuid not null references tenants, owner_id int not null,
    foreign key (tenant_id, owner_id) references people);
create table members (project_id bigint references projects, tenant_id uuid, person_id int,
    primary key (project_id, person_id), foreign key (tenant_id, person_id) references people);
"""


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_a_table_gets_rows_that_it_takes(text: str, make_database: Callable[[str], str]) -> None:
    (found,) = fill(make_database(text))
    assert (found.reason, found.rows > 0) == (None, True)


NUMBERS = """
create table ns (n int, at int, primary key (n, at));
create table below (n int not null, at int not null, key0 text, foreign key (n, at) references ns);
"""


def test_a_parent_may_have_a_column_of_any_name(make_database: Callable[[str], str]) -> None:
    assert [(found.reason, found.rows > 1) for found in fill(make_database(NUMBERS))] == [(None, True)] * 2


@pytest.mark.parametrize("text", [FAMILY], ids=["family"])
def test_children_have_parents(text: str, make_database: Callable[[str], str]) -> None:
    url = make_database(text)
    assert all(found.rows > 1 for found in fill(url))
    for table, key in (("projects", "tenant_id, owner_id"), ("members", "tenant_id, person_id")):
        assert value(url, f"select count(*) from {table} where ({key}) not in (select tenant_id, id from people)") == 0


def test_it_is_the_same_each_time(make_database: Callable[[str], str]) -> None:
    urls = [make_database(FAMILY), make_database(FAMILY)]
    for url in urls:
        fill(url)
    assert rows(urls[0], "select * from members order by 1, 3") == rows(urls[1], "select * from members order by 1, 3")


def test_rows_that_are_there_stay(make_database: Callable[[str], str]) -> None:
    url = make_database("create table a (id int primary key); create table b (id int); insert into a values (77)")
    assert [found.table for found in fill(url)] == ["public.b"]
    assert rows(url, "select * from a") == [(77,)]


def test_a_table_that_takes_nothing_says_why(make_database: Callable[[str], str]) -> None:
    url = make_database("create table a (id int check (id > 3 and id < 3) not null); create table b (p int not null)")
    assert fill(url, rows=3) == (
        Sampled(table="public.a", rows=0, reason=sampling.NONE),
        Sampled(table="public.b", rows=3),
    )


def test_every_table_of_this_repository_gets_rows(database_url: str, cluster: scratch.Cluster) -> None:
    found = {one.table: one.rows for one in fill(database_url)}
    assert len(found) > 10
    assert [name for name, number in found.items() if not number] == []


def fill(url: str, rows: int = 20) -> tuple[Sampled, ...]:
    with database.connect(url, application="tests") as connection:
        return sampling.fill(connection, catalog.read(connection), rows=rows)

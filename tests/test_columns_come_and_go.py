"""The script where a column comes or goes, and something else speaks of it: whatever the pair, the order works."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tools import catalog, database, drift

FUNCTION = "create function f() returns trigger language plpgsql as 'begin return new; end';"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What stands beside a table that has the column `b`, and beside one that has not."""

    with_b: str
    without: str
    needs: int = 150000

    def wide(self) -> str:
        return f"create table t (id int primary key, a int, b int); {self.with_b}"

    def narrow(self) -> str:
        return f"create table t (id int primary key, a int); {self.without}"


def pair(with_b: str, without: str = "", needs: int = 150000) -> Pair:
    return Pair(with_b=with_b, without=without, needs=needs)


EXCLUDE = "alter table t add constraint t_ex exclude"
PAIRS = {
    "exclusion constraint": pair(f"{EXCLUDE} using gist (int4range(a, b) with &&)"),
    "two columns of an exclusion constraint": pair(
        f"alter table t add c int; {EXCLUDE} using gist (int4range(b, c) with &&)"
    ),
    "other exclusion constraint": pair(
        f"{EXCLUDE} using gist (int4range(a, b) with &&)", f"{EXCLUDE} using gist (int4range(a, a + 1) with &&)"
    ),
    "exclusion constraint with a predicate": pair(
        f"{EXCLUDE} using btree (a with =) where (b > 0)", f"{EXCLUDE} using btree (a with =)"
    ),
    "generated column": pair("alter table t add c int generated always as (b * 2) stored"),
    "generated column that is computed anew": pair(
        "alter table t add c int generated always as (b * 2) stored",
        "alter table t add c int generated always as (a * 2) stored",
    ),
    "column that is no longer generated": pair(
        "alter table t add c int generated always as (b * 2) stored", "alter table t add c int"
    ),
    "index": pair("create index t_i on t (a, b)", "create index t_i on t (a)"),
    "check": pair("alter table t add constraint t_c check (a > b)", "alter table t add constraint t_c check (a > 0)"),
    "key": pair("alter table t drop constraint t_pkey, add primary key (id, b)"),
    "unique constraint": pair(
        "alter table t add constraint t_u unique (a, b)", "alter table t add constraint t_u unique (a)"
    ),
    "unique constraint that is pointed to": pair(
        "alter table t add constraint t_u unique (a, b);"
        "create table k (a int, b int, foreign key (a, b) references t (a, b))",
        "alter table t add constraint t_u unique (a); create table k (a int, b int, foreign key (a) references t (a))",
    ),
    "foreign key": pair(
        "create table k (id int primary key); alter table t add constraint t_f foreign key (b) references k",
        "create table k (id int primary key); alter table t add constraint t_f foreign key (a) references k",
    ),
    "foreign key to it": pair(
        "alter table t add unique (b); create table k (x int references t (b))", "create table k (x int)"
    ),
    "statistics": pair("create statistics t_s on a, b from t", "create statistics t_s on a, id from t"),
    "trigger of it": pair(
        f"{FUNCTION} create trigger g before update of b on t for each row execute function f()",
        f"{FUNCTION} create trigger g before update of a on t for each row execute function f()",
    ),
    "trigger with a condition": pair(
        f"{FUNCTION} create trigger g before update on t for each row when (new.b > 1) execute function f()",
        f"{FUNCTION} create trigger g before update on t for each row execute function f()",
    ),
    "policy": pair("create policy p on t using (b > 0)", "create policy p on t using (a > 0)"),
    "policy of another table": pair(
        "create table o (x int); create policy p on o using (exists (select from t where b = x))",
        "create table o (x int); create policy p on o using (true)",
    ),
    "rule": pair(
        "create rule r as on update to t do also select new.b", "create rule r as on update to t do also select new.a"
    ),
    "view": pair("create view v as select sum(b) as s from t", "create view v as select sum(a) as s from t"),
    "views on views": pair(
        "create view v as select a, b from t; create view w as select b from v",
        "create view v as select a from t; create view w as select a from v",
    ),
    "materialized view": pair(
        "create materialized view m as select a, b from t; create index m_i on m (b)",
        "create materialized view m as select a from t; create index m_i on m (a)",
    ),
    "function that PostgreSQL reads": pair(
        "create function g() returns bigint language sql begin atomic select sum(b) from t; end",
        "create function g() returns bigint language sql begin atomic select sum(a) from t; end",
    ),
    "function that is in a default": pair(
        "create function g() returns bigint language sql begin atomic select sum(b) from t; end;"
        "create table q (x bigint default g())",
        "create table q (x bigint)",
    ),
    "function that computes from it": pair(
        "create function h(int) returns int immutable language sql as 'select $1';"
        "alter table t add c int generated always as (h(b)) stored"
    ),
    "columns of a publication": pair(
        "create publication p for table t (id, b)", "create publication p for table t (id, a)"
    ),
    "rows of a publication": pair(
        "create publication p for table t where (b > 0)", "create publication p for table t where (id > 0)"
    ),
    "identity": pair("alter table t alter b set not null, alter b add generated always as identity"),
    "sequence of its own": pair("create sequence s owned by t.b; alter table t alter b set default nextval('s')"),
    "sequence that another column takes": pair(
        "create sequence s owned by t.b; alter table t alter b set default nextval('s'), alter a set default"
        " nextval('s')",
        "create sequence s; alter table t alter a set default nextval('s')",
    ),
    "sequence that stays": pair("create sequence s increment by 2 owned by t.b", "create sequence s"),
    "virtual column": pair("alter table t add c int generated always as (b + a) virtual", needs=180000),
    "view that is another one": pair("create view v as select b from t"),
    "function that is another one": pair(
        "create function g() returns bigint language sql begin atomic select sum(b) from t; end"
    ),
    "constraint that keeps its name": pair(
        "alter table t add constraint t_c check (b > 0)", "alter table t add constraint t_c check (a > 0)"
    ),
}


@pytest.fixture
def connection(make_database: Callable[[str], str]) -> Iterator[database.Connection]:
    with database.connect(make_database("")) as connection:
        connection.execute("set client_min_messages = error")
        yield connection


def made(connection: database.Connection, text: str) -> catalog.Catalog:
    connection.execute(text.encode())
    return catalog.read(connection)


@pytest.mark.parametrize("back", [False, True], ids=["goes", "comes"])
@pytest.mark.parametrize("name", PAIRS)
def test_the_order_works(name: str, *, back: bool, connection: database.Connection) -> None:
    one = PAIRS[name]
    if connection.info.server_version < one.needs:
        pytest.skip(f"needs PostgreSQL {one.needs // 10_000}")
    wanted, there = (one.wide(), one.narrow()) if back else (one.narrow(), one.wide())
    with connection.transaction(force_rollback=True):
        expected = made(connection, wanted)
    with connection.transaction(force_rollback=True):
        found = drift.find(expected, made(connection, there))
        gentle = drift.mend(found, head="test", destructive=False)
        with connection.transaction(force_rollback=True):
            connection.execute(gentle.encode())
            left = drift.diff(expected, catalog.read(connection))
            assert [one for one in left if not is_order(one) and not is_waiting(one, gentle)] == [], gentle
        connection.execute(drift.mend(found, head="test", destructive=True).encode())
        left = drift.diff(expected, catalog.read(connection))
        assert [difference for difference in left if not is_order(difference)] == []


def is_waiting(difference: drift.Difference, script: str) -> bool:
    """Tell whether the script has what mends it as a comment."""
    return difference.hint is not None and f"\n-- {difference.hint.partition(';')[0]};" in script


def is_order(difference: drift.Difference) -> bool:
    return difference.facts.keys() == {"columns"}

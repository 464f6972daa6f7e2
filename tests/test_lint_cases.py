"""Cases of the rules that their pairs do not show: what is no finding after all, what is said, and of which line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from test_lint_rules import found

from tools import database, scratch
from tools.config import Project

BEFORE = """
create table a (id int primary key, note varchar(20) default 'x', code int not null default 0 unique);
create table b (id int, a_id int references a (id), unique (a_id));
create table c (id int);
create table p (n int, at timestamptz) partition by range (n, at);
create table l (at timestamptz) partition by list (at);
create view v as select id from a;
create type mood as enum ('good');
create domain email as text;
create materialized view m as select 1 as one;
create function f(int) returns int language sql as 'select 1';
create index c_idx on c (id);
create schema s;
create sequence q;
create table docs (doc json);
grant select on c to public;
grant select, insert on c to pg_monitor;
"""
OWN = "-- transactional: own\n"
FALSE = "-- transactional: false\n"
CONTRACT = "-- phase: contract\n"
# What is lost, renamed or refused; each line of a file with what is found in it
CASES: list[tuple[str, list[str]]] = [
    ("alter table c set schema s;", ["1 rename"]),
    ("alter type mood set schema s;", ["1 rename"]),
    ("alter view v rename to w;", ["1 rename"]),
    ("alter type mood rename to moods;", ["1 rename"]),
    ("alter domain email rename to mail;", ["1 rename"]),
    ("alter materialized view m rename to n;", ["1 rename"]),
    ("alter sequence q rename to r;", ["1 rename"]),
    ("alter schema s rename to t;", ["1 rename"]),
    ("alter function f(int) rename to g;", ["1 rename"]),
    ("alter table c rename id to number;", ["1 rename"]),
    ("alter index c_idx rename to c_other_idx;", []),
    ("alter table a rename constraint a_code_key to a_code;", []),
    ("create type t as enum ('x'); alter type t rename to u;", []),
    ("alter type mood rename value 'good' to 'fine';", ["1 rename"]),
    ("create table t (id int); alter table t rename to u;", []),
    ("alter table c rename to d; create view c as select * from d;", []),
    (CONTRACT + "alter table c rename to d;", []),
    (CONTRACT + "drop table c;", []),
    ("alter table a add constraint code check (code > 0) not valid;", []),
    ("alter table c add column n int generated always as identity;", ["1 add-column-serial"]),
    ("alter table a alter note drop default;", []),
    ("alter table a drop constraint a_code_key;", ["1 conflict-target-dropped"]),
    ("alter table b drop constraint b_a_id_key;", ["1 conflict-target-dropped"]),
    (
        "alter table a drop constraint a_code_key;\nalter table a add constraint a_code_key unique (code, id);",
        ["2 add-unique", "2 conflict-target-dropped"],
    ),
    (
        "create unique index a_code_idx on a (code);\nalter table a drop constraint a_code_key;",
        ["1 create-index"],
    ),
    (
        "create index a_code_idx on a (code);\nalter table a drop constraint a_code_key;",
        ["1 create-index", "2 conflict-target-dropped"],
    ),
    ("create table t (id int); alter table t enable row level security;", []),
    ("alter table c set (fillfactor = 70);\nrevoke select on c from public;", ["2 revoke"]),
    ("grant all on c to public;", []),
    ("create table j (d json);", []),
    ("alter table docs alter doc set default '{}';", []),
    ("create table t (id int not null);", []),
    ("alter table c add column g int not null generated always as (1) stored;", ["1 add-column-stored-generated"]),
    (CONTRACT + "revoke select on c from public;", []),
    ("alter sequence q as smallint;", []),
    ("update c set id = (select 1);", ["1 many-rows-at-once"]),
    ("update c set id = 1 where id in (select id from c limit 1000);", []),
    ("delete from c where id is not null or true;", ["1 many-rows-at-once"]),
    ("create table t (id int);\ntruncate t;\ndelete from t;\nupdate t set id = 1;", []),
    ("drop table a;", ["1 dependent-object"]),
    ("drop index a_code_key;", ["1 index-of-constraint"]),
    ("drop view v;\ndrop table c cascade;", ["1 drop-view", "2 drop-table"]),
    ("begin;\ncreate index concurrently on c (id);\ncommit;", ["1 own-transaction", "2 concurrently-in-transaction"]),
    ("select 1;\nbegin;\nselect 2;\ncommit;", ["2 own-transaction"]),
    (OWN + "begin;\nalter table c add column more int;\ncommit;", []),
    ("select 1;\ncreate index concurrently on c (id);", ["2 concurrently-in-transaction"]),
    ("create index if not exists c_id_idx on c (id);", ["1 create-index"]),
    ("create table p1 partition of p default; create table l1 partition of l default;", []),
    ("alter table c add column more int;\nselect count(*) from a;", ["2 work-after-lock"]),
    ("insert into c values (1);\nselect count(*) from a;", []),
    (FALSE + "alter table c add column more int;\nselect count(*) from a;", []),
    (FALSE + "do $$ begin perform 1; commit; end $$;\ncreate index on c (id);", ["3 create-index"]),
    (FALSE + "create index on c (id);\ncreate index on c (id, id);", ["2 create-index", "3 create-index"]),
    (
        FALSE + "alter table c add check (id is not null or true);\nalter table c add check (id is null or true);",
        ["2 add-check", "3 add-check"],
    ),
    ("alter table c add column more int;\nalter table c add check (id is not null or true);", ["2 add-check"]),
    (
        OWN + "begin;\nalter table c add column more int;\ncommit;\nbegin;\nselect count(*) from a;\ncommit;",
        [],
    ),
    (OWN + "begin;\nalter table c add column more int;\nselect count(*) from a;\ncommit;", ["4 work-after-lock"]),
]
DEFERRED = "create table t (id int references a deferrable initially deferred);\ninsert into t values (-1);"
AT_THE_END = 'at the end of the transaction: insert or update on table "t" violates foreign key constraint "t_id_fkey"'
OF_UNKNOWN_SIZE = "(of unknown size)"
# Files with one finding, and what it says
SAID = [
    ("alter type mood rename to moods;", "mood is called moods now, and the release asks for mood"),
    ("alter function f(int) rename to g;", "f is called g now, and the release asks for f"),
    ("alter table c set schema s;", "c is called s.c now, and the release asks for c"),
    ("revoke select on c from public;", "table public.c to public: the release may need it"),
    ("revoke insert on c from pg_monitor;", "insert on table public.c to pg_monitor: the release may need it"),
    ("update c set id = 1;", f"changes 100 % of the rows of public.c {OF_UNKNOWN_SIZE} in one transaction"),
    ("delete from b;", f"deletes every row of public.b {OF_UNKNOWN_SIZE}"),
    ("delete from c;", f"deletes every row of public.c {OF_UNKNOWN_SIZE}"),
    ("truncate c;", f"empties public.c {OF_UNKNOWN_SIZE}"),
    (
        CONTRACT + "alter table c add column more int;\ndrop table a cascade;",
        "cascade drops, without naming it: constraint public.b.b_a_id_fkey, view public.v",
    ),
    (
        "create table p1 partition of p for values from (1, '2026-01-01 00:00+00') to (1, '2026-02-01');",
        "2026-02-01 is read in the time zone of the session",
    ),
    (
        "create table l1 partition of l for values in ('2026-01-01');",
        "2026-01-01 is read in the time zone of the session",
    ),
    (DEFERRED, f"{AT_THE_END} (23503)"),
    (FALSE + DEFERRED, f"{AT_THE_END} (23503)"),
    (
        FALSE + "insert into c values (1);\ninsert into c values ('x');",
        'invalid input syntax for type integer: "x" (22P02)',
    ),
    (OWN + "savepoint s;", "SAVEPOINT can only be used in transaction blocks (25P01)"),
    (
        "create index c_id_idx on c (id);",
        f"builds public.c_id_idx on public.c {OF_UNKNOWN_SIZE} while nobody may write to it (ShareLock)",
    ),
    (
        "alter table c add check (id is not null or true);",
        f"reads all of public.c {OF_UNKNOWN_SIZE} while nobody may read or write it (AccessExclusiveLock)",
    ),
    (
        "alter table c add column u uuid default gen_random_uuid();",
        f"writes all of public.c {OF_UNKNOWN_SIZE} again while nobody may read or write it (AccessExclusiveLock)",
    ),
    (
        "lock table c in exclusive mode;\n-- lint: ignore many-rows-at-once because a test\nupdate c set id = 1;",
        f"reads all of public.c {OF_UNKNOWN_SIZE} while nobody may write to it (ExclusiveLock)",
    ),
    (
        "alter table c add column more int;\nselect count(*) from a;",
        f"reads all of public.a {OF_UNKNOWN_SIZE} while an earlier statement has locked public.c (AccessExclusiveLock)",
    ),
]


@pytest.fixture(scope="module")
def url(cluster: scratch.Cluster) -> Iterator[str]:
    """A database with the tables of all cases: each file is measured on a copy."""
    made = cluster.create()
    with database.connect(made, application="tests") as connection:
        connection.execute(BEFORE.encode())
    yield made
    cluster.drop(made)


@pytest.mark.parametrize(("text", "findings"), CASES, ids=[text for text, _ in CASES])
def test_what_is_found(
    text: str, findings: list[str], cluster: scratch.Cluster, url: str, project: Project, tmp_path: Path
) -> None:
    (tmp_path / "try.sql").write_text(text)
    shown = [f"{one.line} {one.rule}" for one in found(cluster, url, project, tmp_path / "try.sql")]
    assert shown == findings


@pytest.mark.parametrize(("text", "message"), SAID, ids=[text for text, _ in SAID])
def test_what_is_said(
    text: str, message: str, cluster: scratch.Cluster, url: str, project: Project, tmp_path: Path
) -> None:
    (tmp_path / "try.sql").write_text(text)
    assert [one.message for one in found(cluster, url, project, tmp_path / "try.sql")] == [message]

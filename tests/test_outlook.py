"""The plan: what each pending statement locks and works, who is in its way now, and what its way back loses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pooler import pooled
from psycopg import errors, sql
from tiny import A, Answer, B, C, Files, apply, call, rows, value, write_history

from tools import bulletin, database, neighbours, sizes
from tools.config import Project
from tools.effects import MODES

TABLES = """
create table big (id int primary key, note varchar(20), owner int);
create table small (id int primary key);
create table parted (id int) partition by range (id);
create table parted_1 partition of parted for values from (0) to (100);
"""
ROWS = """
insert into big select n, 'x', 1 from generate_series(1, 20000) as n;
insert into small select generate_series(1, 5);
insert into parted select generate_series(1, 50);
"""
TOKEN = "alter table big add column token uuid default gen_random_uuid()"


@pytest.fixture
def live(empty_url: str, tmp_path: Path) -> tuple[str, Project]:
    """A database with a large table, a small one and a partitioned one, and the project that made it."""
    project = write_history(tmp_path, {A: TABLES})
    apply(empty_url, project)
    rows(empty_url, ROWS)
    rows(empty_url, "analyze")
    return empty_url, project


def plan(live: tuple[str, Project], *arguments: str, **files: str | tuple[str, str | None]) -> Answer:
    """Write the pending files, b and c, and plan them."""
    url, project = live
    names = {"b": B, "c": C}
    pending: Files = {names[name]: text for name, text in files.items()}
    write_history(project.directory, pending)
    return call(project, "plan", "-u", url, *arguments)


def measured(live: tuple[str, Project], text: str, down: str | None = None) -> Any:
    answer = plan(live, "-f", "json", b=(text, down))
    assert answer.code == 0, answer.err
    return json.loads(answer.out)["steps"][0]["measured"]


@pytest.fixture
def session(live: tuple[str, Project]) -> Iterator[Callable[[str], int]]:
    """Return a function that runs a statement in a transaction which stays open, and returns the process id."""
    opened: list[psycopg.Connection[Any]] = []

    def hold(statement: str) -> int:
        connection = psycopg.connect(live[0], application_name="shop")
        opened.append(connection)
        connection.execute(statement.encode())
        return connection.info.backend_pid

    yield hold
    for connection in opened:
        connection.close()


def anonymous(text: str) -> str:
    """Return a text without what differs from run to run."""
    text = re.sub(r"pid \d+ \(shop, role \w+, ([a-z ]+), for \d+ s\)", r"pid N (shop, \1)", text)
    return re.sub(r"[\d.]+ [kM]B", "SIZE", text)


def test_the_plan_in_words(live: tuple[str, Project], session: Callable[[str], int]) -> None:
    session("select * from big limit 1")
    up = f"-- Add a token.\n-- risk: low\n-- phase: expand\n{TOKEN};\nupdate small set id = id where id < 3;"
    outside = "-- transactional: false\ncreate index concurrently big_owner_idx on big (owner);\ndrop table small"
    answer = plan(live, b=(up, "alter table big drop column token"), c=outside)
    assert answer.code == 0, answer.err
    assert anonymous(answer.out).splitlines() == [
        f"{B}  (risk high though its header says low, migrate though its header says expand)",
        "    Add a token.",
        "    alter table big add column token uuid default gen_random_uuid()",
        "        public.big (about 20,000 rows, SIZE): AccessExclusiveLock: writes all of it again; builds"
        " public.big_pkey; readers and writers wait while it works",
        "    update small set id = id where id < 3",
        "        public.small (about 5 rows, SIZE): RowExclusiveLock: changes 2 of the 5 rows that it was tried on;"
        " readers go on, who writes to the same rows waits for the commit",
        "    hazard add-column-volatile-default, line 4: writes all of public.big (about 20,000 rows) again while"
        " nobody may read or write it (AccessExclusiveLock)",
        "    in its way now: pid N (shop, idle in transaction) holds AccessShareLock on public.big",
        f"    way back: {B}.rollback.sql: loses column public.big.token; rows were changed in public.small:"
        " tools verify says what comes back",
        f"{C}  (risk high, contract, outside a transaction)",
        "    create index concurrently big_owner_idx on big (owner)",
        "        outside any transaction",
        "        public.big (about 20,000 rows, SIZE): ShareUpdateExclusiveLock: builds public.big_owner_idx;"
        " readers and writers go on",
        "    drop table small",
        "        in transaction 2 of the file",
        "        public.small (about 5 rows, SIZE): AccessExclusiveLock: readers and writers wait for a moment",
        "    hazard drop-table, line 3: table public.small is dropped, and the release may still use it",
        "    waits for transactions that are open: the oldest is pid N (shop, idle in transaction)",
        "    no way back: it has no rollback file",
        "the oldest open transaction: pid N (shop, idle in transaction)",
        "2 to apply",
    ]
    url, project = live
    assert value(url, "select to_regclass('big_owner_idx')") is None
    assert call(project, "status", "-u", url).out.endswith("1 applied, 2 pending\n")


@pytest.mark.parametrize(
    ("text", "table", "mode", "waiting", "lasts"),
    [
        ("alter table big add column a int", "big", "AccessExclusiveLock", "both", "moment"),
        (TOKEN, "big", "AccessExclusiveLock", "both", "work"),
        (TOKEN.replace("big", "small"), "small", "AccessExclusiveLock", "both", "moment"),
        ("create index on big (owner)", "big", "ShareLock", "writers", "work"),
        ("create index on small (id)", "small", "ShareLock", "writers", "moment"),
        ("alter table small add column a int; create index on big (owner)", "small", "AccessExclusiveLock", "both",
         "transaction"),
        ("create index on big (owner); alter table small add column a int", "small", "AccessExclusiveLock", "both",
         "moment"),
        ("-- transactional: false\nalter table small add column a int; create index on big (owner)", "small",
         "AccessExclusiveLock", "both", "moment"),
        ("do $$ begin alter table big add check (id > 0); end $$", "big", "AccessExclusiveLock", "both", "work"),
        ("alter table big add check (id > 0) not valid", "big", "AccessExclusiveLock", "both", "moment"),
        ("truncate big", "big", "AccessExclusiveLock", "both", "moment"),
        ("reindex index big_pkey", "big", "ShareLock", "writers", "work"),
        ("reindex index big_pkey", "big_pkey", "AccessExclusiveLock", "both", "work"),
        ("update big set note = 'y'", "big", "RowExclusiveLock", "nobody", "work"),
        ("update big set note = 'y' where id < 5000", "big", "RowExclusiveLock", "nobody", "work"),
        ("update big set note = 'y' where id = 1", "big", "RowExclusiveLock", "nobody", "moment"),
        ("comment on table big is 'large'", "big", "ShareUpdateExclusiveLock", "nobody", "moment"),
        ("create table child (id int references small)", "small", "ShareRowExclusiveLock", "writers", "moment"),
        ("create table parted_2 partition of parted for values from (100) to (200)", "parted", "AccessExclusiveLock",
         "both", "moment"),
    ],
)  # fmt: skip
def test_who_waits_and_for_how_long(
    text: str, table: str, mode: str, waiting: str, lasts: str, live: tuple[str, Project]
) -> None:
    found = measured(live, text)
    seen = [one for statement in found["statements"] for one in statement["expected"]]
    (one,) = (one for one in seen if one["relation"] == f"public.{table}")
    words = {(True, True): "both", (False, True): "writers", (False, False): "nobody"}
    assert (one["mode"], words[one["readers_wait"], one["writers_wait"]], one["lasts"]) == (mode, waiting, lasts)


def test_the_modes_that_wait_for_each_other_are_postgresql_s(live: tuple[str, Project]) -> None:
    """Each mode is asked for while each other one is held."""
    lock = sql.SQL("lock table small in {} mode nowait")
    words = {mode: sql.SQL(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", mode.removesuffix("Lock"))) for mode in MODES}
    with database.connect(live[0]) as holder, database.connect(live[0]) as other:
        for held in MODES:
            with holder.transaction():
                holder.execute(lock.format(words[held]))
                refused = set()
                for mode in MODES:
                    try:
                        with other.transaction():
                            other.execute(lock.format(words[mode]))
                    except errors.LockNotAvailable:
                        refused.add(mode)
            assert {mode for mode in MODES if held in neighbours.CONFLICTS[mode]} == refused


def test_who_is_in_the_way(live: tuple[str, Project], session: Callable[[str], int]) -> None:
    reader, writer = session("select * from big limit 1"), session("update small set id = id")
    for text, expected in (
        ("alter table big add column a int", {(reader, "public.big", "AccessShareLock")}),
        ("create index on big (owner)", set()),
        ("create index on small (id)", {(writer, "public.small", "RowExclusiveLock")}),
        ("update small set id = id", set()),
    ):
        answer = json.loads(plan(live, "-f", "json", b=text).out)
        found = answer["steps"][0]["measured"]["in_the_way"]
        assert {(one["session"]["pid"], one["relation"], one["mode"]) for one in found} == expected
        assert all(one["session"]["application"] == "shop" and one["session"]["age"] >= 0 for one in found)
        assert answer["oldest_transaction"]["pid"] == reader


@pytest.mark.parametrize("held", ["AccessShareLock", "RowExclusiveLock"])
@pytest.mark.parametrize(
    ("text", "modes"),
    [
        ("create index concurrently big_id_idx on big (id)", {"RowExclusiveLock"}),
        ("drop index concurrently big_owner_idx", {"AccessShareLock", "RowExclusiveLock"}),
        ("reindex table concurrently big", {"AccessShareLock", "RowExclusiveLock"}),
        ("alter table parted detach partition parted_1 concurrently", {"AccessShareLock", "RowExclusiveLock"}),
        ("vacuum big", set()),
    ],
)
def test_whom_a_statement_outside_a_transaction_waits_for(
    text: str, modes: set[str], held: str, live: tuple[str, Project], session: Callable[[str], int]
) -> None:
    """The plan says it, and PostgreSQL does it."""
    url, project = live
    write_history(project.directory, {B: "create index big_owner_idx on big (owner)"})
    apply(url, project)
    mode = "access share" if held == "AccessShareLock" else "row exclusive"
    pid = session(f"lock table only {'parted' if 'parted' in text else 'big'} in {mode} mode")
    answer = json.loads(plan(live, "-f", "json", c=f"-- transactional: false\n{text}").out)
    found = answer["steps"][0]["measured"]
    assert [one["session"]["pid"] for one in found["in_the_way"]] == [pid] * (held in modes)
    assert found["waits_for_transactions"] == text.startswith(("create", "reindex"))
    with database.connect(url) as connection:
        connection.execute("set statement_timeout = '300ms'")
        try:
            connection.execute(text.encode())
            waited = False
        except errors.QueryCanceled:
            waited = True
    assert waited == (held in modes)


def test_a_table_that_is_locked_keeps_nobody_waiting(live: tuple[str, Project], session: Callable[[str], int]) -> None:
    url, _ = live
    rows(url, "create table fresh (id int); insert into fresh values (1)")
    session("lock table fresh, parted, small in access exclusive mode")
    with database.connect(url) as connection:
        connection.execute("set lock_timeout = '50ms'")
        found = sizes.ask(connection)
        around = neighbours.ask(connection, ["public.big", "public.small", "public.gone"])
        assert found.major == connection.info.server_version // 10_000
    assert (found.of("public.fresh"), found.of("public.small"), found.of("public.parted")) == (None, 5, 50)
    assert around.bytes == {"public.big": value(url, "select pg_total_relation_size('big')")}
    answer = plan(live, b="alter table small add column a int")
    assert answer.code == 0, answer.err
    assert "public.small (about 5 rows): AccessExclusiveLock" in answer.out
    assert "holds AccessExclusiveLock on public.small" in answer.out


def test_what_is_emptied_and_what_is_not_there_yet(live: tuple[str, Project]) -> None:
    lines = plan(live, b="create table fresh (id int); truncate small", c="alter table fresh add column a int").out
    assert re.search(r"public\.small \(about 5 rows, SIZE\): AccessExclusiveLock: empties it; ", anonymous(lines))
    assert "public.fresh (empty): AccessExclusiveLock: readers and writers wait for a moment\n" in lines


def test_what_has_no_rows_of_its_own_has_no_size(live: tuple[str, Project]) -> None:
    url, project = live
    write_history(project.directory, {B: "create view seen as select id from big"})
    apply(url, project)
    answer = plan(live, c="drop view seen")
    assert "        public.seen: AccessExclusiveLock: readers and writers wait for a moment\n" in answer.out
    (one,) = json.loads(plan(live, "-f", "json").out)["steps"][0]["measured"]["tables"]
    assert (one["relation"], one["rows"]) == ("public.seen", None)


def test_the_size_of_a_partitioned_table_is_that_of_its_partitions(live: tuple[str, Project]) -> None:
    (one,) = measured(live, "comment on table parted is 'in parts'")["tables"]
    size = value(live[0], "select pg_total_relation_size('parted_1')")
    assert (one["relation"], one["rows"], one["bytes"]) == ("public.parted", 50, size)


@pytest.mark.parametrize(
    ("up", "down", "expected"),
    [
        ("alter table big add column a int", "alter table big drop column a", {"loses": ["column public.big.a"]}),
        ("create table c (id int)", "drop table c", {"loses": ["table public.c"]}),
        ("alter table big drop column note", "alter table big add column note varchar(20)",
         {"empty": ["column public.big.note"]}),
        ("delete from small where id = 1", "select 1", {"changes": ["public.small"]}),
        ("delete from small; drop table small", "create table small (id int primary key)",
         {"empty": ["table public.small"]}),
        ("truncate big", "select 1", {"changes": ["public.big"]}),
        ("create index on big (owner)", "drop index big_owner_idx", {}),
        ("create schema s; alter table small set schema s; alter table big rename to large", "alter table large rename"
         " to big; alter table s.small set schema public; drop schema s", {}),
        ("alter table big rename note to said; alter table big drop owner", "alter table big add owner int; alter table"
         " big rename said to note", {"empty": ["column public.big.owner"]}),
        ("alter table big rename to large; alter table large drop owner", "alter table large add owner int; alter table"
         " large rename to big", {"empty": ["table public.big"]}),
        ("alter table small rename to few", "drop table few; create table small (id int primary key)",
         {"loses": ["table public.few"]}),
        ("alter table big add column a int", "alter table big drop column b",
         {"reason": 'column "b" of relation "big" does not exist'}),
    ],
)  # fmt: skip
def test_the_way_back(up: str, down: str, expected: dict[str, Any], live: tuple[str, Project]) -> None:
    nothing: dict[str, Any] = {"loses": [], "empty": [], "changes": [], "reason": None}
    assert measured(live, up, down)["back"] == nothing | expected


def test_ways_back_are_tried_newest_first(live: tuple[str, Project]) -> None:
    pair = ("alter table big add column a int", "alter table big drop column a")
    again = ("alter table big add column b int default 1", "alter table big drop column b; update big set a = 1")
    answer = plan(live, b=pair, c=again)
    assert f"way back: {C}.rollback.sql: loses column public.big.b\n" in answer.out
    assert f"way back: {B}.rollback.sql: loses column public.big.a\n" in answer.out
    answer = plan(live, c=("alter table big add column b int", "raise it"))
    assert f'way back: {C}.rollback.sql fails: syntax error at or near "raise"\n' in answer.out
    assert f"way back: {B}.rollback.sql, which was not tried\n" in answer.out
    assert f"note: the way back of {C} fails, so nothing after it was looked at\n" in answer.out
    answer = plan(live, c=("alter table big add column b int", "-- nobody wrote it"))
    assert f"note: the way back of {C} has no statement\n" in answer.out


def test_a_file_that_fails(live: tuple[str, Project]) -> None:
    answer = plan(live, b="alter table big add column id int", c="select 1")
    assert (answer.code, answer.err) == (0, "")
    assert '        fails on scratch: column "id" of relation "big" already exists (42701)\n' in answer.out
    assert f"note: {B} fails, so nothing after it was looked at\n" in answer.out
    steps = json.loads(plan(live, "-f", "json").out)["steps"]
    assert steps[0]["measured"]["statements"][0]["failure"]["sqlstate"] == "42701"
    assert steps[1]["measured"] is None


def test_another_major_version_is_said(live: tuple[str, Project], monkeypatch: pytest.MonkeyPatch) -> None:
    ask = sizes.ask
    monkeypatch.setattr(sizes, "ask", lambda connection: replace(ask(connection), major=99))
    assert re.search(r"note: measured on PostgreSQL 1\d, and the database is 99: --scratch", plan(live, b=TOKEN).out)


def test_where_nobody_may_see_who_is_at_work_the_rest_is_shown(
    live: tuple[str, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise errors.InsufficientPrivilege("permission denied for view pg_locks")

    monkeypatch.setattr(neighbours, "ask", refuse)
    answer = plan(live, b=TOKEN)
    assert "public.big (about 20,000 rows): AccessExclusiveLock: writes all of it again" in answer.out
    assert "note: no right to see who is at work on the database: permission denied for view pg_locks: " in answer.out


def test_rows_are_copied_where_nobody_says_otherwise(live: tuple[str, Project]) -> None:
    for words, changed in (((), 400), (("--no-sample",), 0), (("--scratch-url", live[0]), 0)):
        answer = plan(live, *words, "-f", "json", b="update big set note = 'y' where note = 'x'")
        (one,) = json.loads(answer.out)["steps"][0]["measured"]["statements"][0]["expected"]
        assert (one["changed"], one["tried_on"] > 0) == (changed, True), words


def test_of_many_that_are_in_the_way_the_oldest_are_shown(
    live: tuple[str, Project], session: Callable[[str], int]
) -> None:
    pids = [session("select * from big limit 1") for _ in range(7)]
    answer = plan(live, b="alter table big add column a int")
    assert [int(pid) for pid in re.findall(r"in its way now: pid (\d+) ", answer.out)] == pids[:5]
    assert "    in its way now: 2 more\n" in answer.out


def test_a_session_that_is_not_shown() -> None:
    prepared = neighbours.Session(pid=None, role=None, application=None, state=None, age=None)
    assert bulletin.session(prepared) == "a prepared transaction (see pg_prepared_xacts)"
    other = replace(prepared, pid=7, role="app")
    assert bulletin.session(other) == "pid 7 (no application name, role app, state unknown, of unknown age)"


def test_a_file_that_is_measured_without_rows_says_so(live: tuple[str, Project]) -> None:
    text = "alter table big add foreign key (owner) references small; update big set note = 'y'"
    rows(live[0], "update big set owner = 7")
    answer = plan(live, b=text)
    assert (
        f"note: {B} was measured without rows in public.big, public.small: how many it changes is unknown" in answer.out
    )


def test_without_scratch_the_plan_is_shown_and_says_so(live: tuple[str, Project]) -> None:
    nowhere = plan(live, "--scratch-bindir", "/nowhere", b=TOKEN)
    assert nowhere.code == 0
    assert nowhere.out.startswith(f"{B}\n    {TOKEN}\nnote: locks were not measured: no program postgres in /nowhere: ")
    without = plan(live, "--no-measure")
    assert without.out == f"{B}\n    {TOKEN}\nnote: locks were not measured: --no-measure\n1 to apply\n"
    found = json.loads(plan(live, "--no-measure", "-f", "json").out)
    assert (found["measured"], found["steps"][0]["measured"]) == (False, None)


def test_many_files_are_measured_where_somebody_asks_for_it(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {f"202602010000{n:02}_x": f"create table x{n} (id int)" for n in range(21)})
    answer = call(project, "plan", "-u", empty_url)
    assert answer.out.endswith(
        "    create table x20 (id int)\nnote: locks were not measured: 21 files are more than 20, and it would take a"
        " while: see --measure, or --to\n21 to apply\n"
    )
    assert json.loads(call(project, "plan", "-f", "json", "--measure", "-u", empty_url).out)["measured"] is True
    (project.migrations / "20260201000020_x.sql").unlink()
    assert json.loads(call(project, "plan", "-f", "json", "-u", empty_url).out)["measured"] is True


def test_what_would_be_refused_is_not_measured(live: tuple[str, Project]) -> None:
    url, project = live
    write_history(project.directory, {C: "create table c ()"})
    apply(url, project)
    answer = plan(live, "-f", "json", b=TOKEN)
    assert answer.code == 2
    found = json.loads(answer.out)
    assert (found["measured"], len(found["refusals"])) == (False, 1)
    late = json.loads(plan(live, "-f", "json", "--allow-late").out)
    assert (late["measured"], late["steps"][0]["late"]) == (True, True)
    assert late["steps"][0]["measured"]["tables"][0]["relation"] == "public.big"


def test_a_role_that_may_only_read_its_ledger(live: tuple[str, Project], session: Callable[[str], int]) -> None:
    url, _ = live
    session("select * from big limit 1")
    role = sql.Identifier(name := f"reader_{value(url, 'select current_database()')}")
    with database.connect(url) as owner:
        owner.execute(sql.SQL("create role {} login password 'reads'").format(role))
        owner.execute(sql.SQL("grant select on public._yoyo_migration to {}").format(role))
        try:
            where = database.parse(url) | {"user": name, "password": "reads"}
            reader = " ".join(f"{key}='{value}'" for key, value in where.items())
            answer = plan((reader, live[1]), b=TOKEN)
        finally:
            owner.execute(sql.SQL("drop owned by {}; drop role {}").format(role, role))
    assert (answer.code, answer.err) == (0, "")
    assert "public.big (about 20,000 rows, " in answer.out
    assert re.search(r"in its way now: pid \d+ \(shop, role \w+, state unknown, of unknown age\) holds", answer.out)
    assert "are not shown to this role: grant pg_read_all_stats to it" in answer.out


def test_a_database_that_refuses_to_be_written_to(live: tuple[str, Project]) -> None:
    url, _ = live
    name = value(url, "select current_database()")
    rows(url, f"alter database {name} set default_transaction_read_only = on")
    assert "public.big (about 20,000 rows, " in plan(live, b=TOKEN).out


def test_through_a_pooler(live: tuple[str, Project]) -> None:
    url, project = live
    with pooled(url) as through:
        answer = plan((through, project), b=TOKEN)
    assert (answer.code, answer.err) == (0, "")
    assert re.search(r"public.big \(about 20,000 rows, .*\): AccessExclusiveLock: writes all of it again", answer.out)


def test_a_body_keeps_its_lines_in_markdown(live: tuple[str, Project]) -> None:
    text = "create function f() returns int language plpgsql as $$\nbegin -- now\n    return 1;\nend $$"
    assert f"\n{text};\n" in plan(live, "-f", "markdown", b=text).out


def test_the_plan_in_markdown(live: tuple[str, Project], session: Callable[[str], int]) -> None:
    session("select * from big limit 1")
    answer = plan(
        live, "-f", "markdown", b=("-- Add | a token.\n-- risk: low\n" + TOKEN, "alter table big drop column token")
    )
    assert anonymous(answer.out) == (
        "**Plan:** 1 to apply\n\n"
        "| migration | what | risk | phase |\n| --- | --- | --- | --- |\n"
        f"| `{B}` | Add &#124; a token. | high though its header says low | expand |\n\n"
        f"**`{B}`**\n\n"
        "| table | strongest lock | work | readers and writers |\n| --- | --- | --- | --- |\n"
        "| `public.big (about 20,000 rows, SIZE)` | AccessExclusiveLock | writes all of it again; builds"
        " public.big&#95;pkey | readers and writers wait while it works |\n\n"
        "- hazard add-column-volatile-default, line 3: writes all of public.big (about 20,000 rows) again while nobody"
        " may read or write it (AccessExclusiveLock)\n"
        "- in its way now: pid N (shop, idle in transaction) holds AccessShareLock on public.big\n"
        f"- way back: {B.replace('_', '&#95;')}.rollback.sql: loses column public.big.token\n\n"
        "<details><summary>Statements</summary>\n\n```sql\n"
        f"-- {B}\n{TOKEN};\n"
        "--   public.big (about 20,000 rows, SIZE): AccessExclusiveLock: writes all of it again; builds"
        " public.big_pkey; readers and writers wait while it works\n```\n\n</details>\n\n"
        "- the oldest open transaction: pid N (shop, idle in transaction)\n"
    )

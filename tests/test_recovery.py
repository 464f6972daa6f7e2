"""Killed outside a transaction, at each point that leaves something: after one rerun the catalog is as undisturbed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import A, B, applied, apply, rows, start, value, wait_for_query, wait_until, write_history

from tools import catalog, database, drift, runner
from tools.catalog import Catalog
from tools.config import Project
from tools.errors import Trouble
from tools.failure import Failed
from tools.runner import Options

OUTSIDE = "-- transactional: false\n"
GROUND = """
create table t (id int, note text);
insert into t select n, repeat('x', 10) from generate_series(1, 100) as n;
create index t_old on t (note);
create table parts (id int) partition by range (id);
create table parts_1 partition of parts for values from (1) to (9);
create schema aside;
create table aside.u (id int);
create index u_old on aside.u (id);
create table aside.days (id int) partition by range (id);
create table aside.days_1 partition of aside.days for values from (1) to (9);
"""
WRITER, READER = "insert into t values (0)", "select * from t"
SNAPSHOT = "set transaction isolation level repeatable read; select 1"
LEFT_INVALID = "select 1 from pg_index where not indisvalid"
PENDING = "select 1 from pg_inherits where inhdetachpending"

# what the file says; who stands in its way; what is seen half done in the catalog
HALF_DONE = {
    "index, before the build": ("create index concurrently i on t (id)", WRITER, LEFT_INVALID),
    "index, after the build": ("create unique index concurrently i on aside.u (id)", SNAPSHOT, LEFT_INVALID),
    "index without a name, in another schema": (
        "create index concurrently on aside.u ((id + 1))",
        SNAPSHOT,
        LEFT_INVALID,
    ),
    "index without a name": (
        "create index concurrently on public.t (lower(note) desc, id) include (id) where id > 1",
        SNAPSHOT,
        LEFT_INVALID,
    ),
    "index if not exists": ("create index concurrently if not exists i on t (id)", WRITER, LEFT_INVALID),
    "reindex index": (
        "reindex index concurrently t_old",
        SNAPSHOT,
        f"{LEFT_INVALID} and indexrelid::regclass::text ~ 'new'",
    ),
    "reindex table": ("reindex table concurrently t", SNAPSHOT, f"{LEFT_INVALID} having count(*) = 2"),
    "reindex, after the swap": (
        "reindex table concurrently public.t",
        READER,
        f"{LEFT_INVALID} and indexrelid::regclass::text ~ '_ccold$'",
    ),
    "reindex schema": ("reindex schema concurrently public", SNAPSHOT, LEFT_INVALID),
    "reindex database": ("reindex (concurrently) database {database}", SNAPSHOT, LEFT_INVALID),
    "drop index": ("drop index concurrently t_old", READER, LEFT_INVALID),
    "detach": (
        "alter table aside.days detach partition aside.days_1 concurrently",
        "select * from aside.days",
        PENDING,
    ),
}


def read(url: str) -> Catalog:
    with database.connect(url, application="tests") as connection:
        return catalog.read(connection)


def says(url: str, project: Project) -> list[str]:
    said: list[str] = []
    runner.apply(url, project, Options(patience=10.0), say=said.append)
    return said


def undisturbed(make_database: Callable[[str], str], directory: Path, text: str) -> Catalog:
    url = make_database(GROUND)
    apply(url, write_history(directory, {A: f"{OUTSIDE}{in_database(text, url)};"}))
    return read(url)


def in_database(text: str, url: str) -> str:
    return text.replace("{database}", str(database.parse(url)["dbname"]))


def kill(process: subprocess.Popen[str], url: str, pid: int, how: str) -> None:
    """Kill the client, the session of the server, or both; afterwards neither is there."""
    if how != "client":
        rows(url, f"select pg_terminate_backend({pid})")
    if how != "server":
        process.kill()
    process.communicate()
    wait_until(lambda: not rows(url, f"select 1 from pg_stat_activity where pid = {pid}"))


SAMPLE = ("index without a name", "reindex, after the swap", "detach")  # what is left does not depend on who died
CASES = [(name, "server") for name in HALF_DONE] + [(name, how) for name in SAMPLE for how in ("client", "both")]


@pytest.mark.parametrize(("name", "how"), CASES)
def test_half_done(name: str, how: str, make_database: Callable[[str], str], tmp_path: Path) -> None:
    text, in_the_way, half = HALF_DONE[name]
    url = make_database(GROUND)
    project = write_history(tmp_path / "one", {A: f"{OUTSIDE}{in_database(text, url)};"})
    with database.connect(url, application="a report") as other:
        other.execute(b"begin")
        other.execute(in_the_way.encode())
        process = start(project, "apply", "-u", url)
        pid = wait_for_query(url, text.partition(" ")[0])
        wait_until(lambda: rows(url, half))
        kill(process, url, pid, how)
        other.execute("rollback")
    assert rows(url, half), "it was not half done"
    said = says(url, project)
    assert said[0] == f"{A}: continues at statement 1 of 1"
    assert applied(url) == [A]
    assert (rows(url, LEFT_INVALID), rows(url, PENDING)) == ([], [])
    assert drift.diff(undisturbed(make_database, tmp_path / "two", text), read(url)) == ()
    assert ("half detached" if name == "detach" else "was left invalid") in "".join(said) or name == "drop index"


DONE = {  # statements that may be killed between their end and their note; what the rerun must not make again
    "create index concurrently i on t (id)": "select 'i'::regclass::oid",
    "create index concurrently on t (id)": (
        "select string_agg(indexrelid::text, '') from pg_index where indrelid = 't'::regclass"
    ),
    "drop index concurrently aside.u_old": None,
    "reindex table concurrently t": None,
    "reindex schema public": None,
    "reindex (concurrently) database": None,
    "reindex system {database}": None,
    "alter table parts detach partition parts_1 concurrently": None,
    "vacuum t": None,
    "create database {other}": "select oid from pg_database where datname = '{other}'",
    "drop database {other}": None,
    "create tablespace {other} location ''": "select oid from pg_tablespace where spcname = '{other}'",
    "drop tablespace {other}": None,
    "create subscription {other} connection 'host=nowhere' publication p with (connect = false)": (
        "select oid from pg_subscription where subname = '{other}'"
    ),
    "drop subscription {other}": None,
    "alter system set log_min_messages = 'warning'": None,
    "discard all": None,
}
BEFORE = {
    "drop database {other}": "create database {other}",
    "drop tablespace {other}": "set allow_in_place_tablespaces = on; create tablespace {other} location ''",
    "drop subscription {other}": (
        "create subscription {other} connection 'host=nowhere' publication p with (connect = false, slot_name = none)"
    ),
}
AFTER = {
    "create database {other}": ["drop database {other}"],
    "create tablespace {other} location ''": ["drop tablespace {other}"],
    "create subscription {other} connection 'host=nowhere' publication p with (connect = false)": [
        "alter subscription {other} set (slot_name = none)",
        "drop subscription {other}",
    ],
    "alter system set log_min_messages = 'warning'": ["alter system reset log_min_messages"],
}
# Dies as by SIGKILL when the statement has ended and is to be noted
DIES_BEFORE_THE_NOTE = """
import os, signal, sys
from pathlib import Path
from tools import config, notes, runner
notes.Notes.write = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
runner.apply(sys.argv[1], config.load(Path(sys.argv[2])), runner.Options())
"""
# Dies when the intent is noted and the statement has not been sent
DIES_AT_ONCE = """
import os, signal, sys
from pathlib import Path
from tools import autocommit, config, runner
autocommit._run_alone = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
runner.apply(sys.argv[1], config.load(Path(sys.argv[2])), runner.Options())
"""


@pytest.mark.parametrize("text", DONE)
@pytest.mark.filterwarnings("ignore")
def test_killed_between_the_statement_and_its_note(text: str, empty_url: str, tmp_path: Path) -> None:
    if text.endswith(" database") and value(empty_url, "show server_version_num") < "160000":
        pytest.skip("PostgreSQL 16 reindexes the database without its name")
    text, other = in_database(text, empty_url), f"other_{database.parse(empty_url)['dbname']}"
    rows(empty_url, GROUND)
    for statement in BEFORE.get(text, "").format(other=other).split("; "):
        if statement:
            _settled(empty_url, statement)
    first = "set allow_in_place_tablespaces = on;\n"
    project = write_history(tmp_path, {A: f"{OUTSIDE}{first}{text.format(other=other)};"})
    command = [sys.executable, "-c", DIES_BEFORE_THE_NOTE, empty_url, str(tmp_path)]
    try:
        assert subprocess.run(command, check=False).returncode == -9
        assert value(empty_url, "select statements_done from schema_tools.log") == 1
        question = (DONE.get(text) or "select 1").format(other=other)
        before = rows(empty_url, question)
        assert before, "the statement had not ended"
        assert says(empty_url, project)[0] == f"{A}: continues at statement 2 of 2"
        assert rows(empty_url, question) == before
        assert applied(empty_url) == [A]
    finally:
        for statement in AFTER.get(text, []):
            rows(empty_url, statement.format(other=other))


THEIRS = {
    "create database {other}": "create database {other}",
    "create index concurrently i on t (id)": "create index i on t (note)",
    "alter table parts detach partition parts_1 concurrently": (
        "update pg_inherits set inhdetachpending = true where inhrelid = 'parts_1'::regclass"
    ),
}


@pytest.mark.parametrize("text", THEIRS)
def test_what_was_there_before_is_not_taken_for_done(text: str, empty_url: str, tmp_path: Path) -> None:
    """Killed between the intent and the statement: what somebody had made long before is none of our work."""
    other = f"other_{database.parse(empty_url)['dbname']}"
    rows(empty_url, GROUND)
    rows(empty_url, THEIRS[text].format(other=other))
    project = write_history(tmp_path, {A: f"{OUTSIDE}{text.format(other=other)};"})
    command = [sys.executable, "-c", DIES_AT_ONCE, empty_url, str(tmp_path)]
    try:
        assert subprocess.run(command, check=False).returncode == -9
        with pytest.raises(Failed, match=r"already (exists|pending)"):
            apply(empty_url, project)
        assert applied(empty_url) == []
    finally:
        for statement in AFTER.get(text, []):
            rows(empty_url, statement.format(other=other))


def _settled(url: str, statement: str) -> None:
    with database.connect(url, application="tests") as connection:
        if "tablespace" in statement:
            connection.execute("set allow_in_place_tablespaces = on")
        connection.execute(statement.encode())


def test_validate_goes_on_where_it_was(empty_url: str, tmp_path: Path) -> None:
    """Killed between a constraint that is not valid yet and its validation, which is harmless where it is valid."""
    rows(empty_url, f"{GROUND}; create table gate (id int)")
    add = "alter table t add constraint positive check (id >= 0) not valid;"
    validate = "alter table t validate constraint positive;"
    text = "\n".join((add, "insert into gate values (1);", validate, validate))
    project = write_history(tmp_path, {A: OUTSIDE + text})
    with database.connect(empty_url, application="a report") as other:
        other.execute("begin; lock table gate in exclusive mode")
        process = start(project, "apply", "-u", empty_url)
        pid = wait_for_query(empty_url, "insert into gate")
        kill(process, empty_url, pid, "both")
        other.execute("rollback")
    assert value(empty_url, "select not convalidated from pg_constraint where conname = 'positive'")
    assert says(empty_url, project) == [f"{A}: continues at statement 2 of 4"]
    assert value(empty_url, "select convalidated from pg_constraint where conname = 'positive'")
    assert (applied(empty_url), value(empty_url, "select count(*) from gate")) == ([A], 1)


LEFT = "create unique index concurrently i on t (id)"


def _leave_invalid(url: str) -> None:
    """Leave an INVALID index that no run of ours made."""
    rows(url, "create table t (id int); insert into t values (1), (1)")
    with pytest.raises(Exception, match="could not create unique index"):
        rows(url, LEFT)


@pytest.mark.parametrize("words", ["concurrently if not exists", "concurrently", "if not exists"])
def test_an_invalid_index_of_somebody_else_is_refused(words: str, empty_url: str, tmp_path: Path) -> None:
    _leave_invalid(empty_url)
    made = value(empty_url, "select 'i'::regclass::oid")
    project = write_history(tmp_path, {A: f"{OUTSIDE}create index {words} i on t (id);"})
    for _ in range(2):
        with pytest.raises(Trouble, match=r"index public\.i is there and invalid, and it is not") as caught:
            apply(empty_url, project)
        assert 'drop index concurrently "public"."i", or reindex index concurrently "public"."i"' in str(caught.value)
    assert rows(empty_url, "select 'i'::regclass::oid, indisvalid from pg_index where indexrelid = 'i'::regclass") == [
        (made, False)
    ]
    assert applied(empty_url) == []
    rows(empty_url, "drop index concurrently i")
    apply(empty_url, project)
    assert applied(empty_url) == [A]


def test_an_invalid_copy_of_somebody_else_is_named_and_stays(empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, f"{GROUND}; create index theirs_ccnew on t (id)")
    rows(empty_url, "update pg_index set indisvalid = false where indexrelid = 'theirs_ccnew'::regclass")
    project = write_history(tmp_path, {A: f"{OUTSIDE}reindex table concurrently t;"})
    with database.connect(empty_url) as other:
        other.execute("begin isolation level repeatable read; select 1")
        process = start(project, "apply", "-u", empty_url)
        pid = wait_for_query(empty_url, "reindex")
        wait_until(lambda: rows(empty_url, f"{LEFT_INVALID} and indexrelid::regclass::text = 't_old_ccnew'"))
        kill(process, empty_url, pid, "server")
        other.execute("rollback")
    said = says(empty_url, project)
    assert "public.theirs_ccnew is invalid, and it is not this run's work: it stays" in said
    assert "public.t_old_ccnew was left invalid: dropping it and reindexing again" in said
    assert rows(empty_url, "select indexrelid::regclass::text from pg_index where not indisvalid") == [
        ("theirs_ccnew",)
    ]


def test_who_may_not_drop_a_copy_in_pg_toast_goes_on(empty_url: str, tmp_path: Path) -> None:
    role = f"owner_{database.parse(empty_url)['dbname']}"
    rows(empty_url, f"{GROUND}; create role {role} login; alter table t owner to {role}")
    rows(empty_url, f"grant create on schema public to {role}; grant create on database {role[6:]} to {role}")
    url = empty_url.replace("postgres@", f"{role}@", 1)
    project = write_history(tmp_path, {A: f"{OUTSIDE}reindex table concurrently t;"})
    with database.connect(empty_url) as other:
        other.execute("begin isolation level repeatable read; select 1")
        process = start(project, "apply", "-u", url)
        pid = wait_for_query(empty_url, "reindex")
        wait_until(lambda: rows(empty_url, f"{LEFT_INVALID} having count(*) = 2"))
        kill(process, empty_url, pid, "server")
        other.execute("rollback")
    said = says(url, project)
    assert any(line.startswith("this role may not drop pg_toast.pg_toast_") for line in said), said
    assert applied(empty_url) == [A]
    assert value(empty_url, "select indisvalid from pg_index where indexrelid = 't_old'::regclass")
    rows(empty_url, f"drop owned by {role} cascade")
    rows(empty_url, f"drop role {role}")


def test_an_unnamed_index_of_somebody_else_is_not_ours(empty_url: str, tmp_path: Path) -> None:
    """What is younger than our note and another index is not our statement's, nor what is the same and older."""
    rows(empty_url, f"{GROUND}; create index older on t (id)")
    rows(empty_url, "update pg_index set indisvalid = false where indexrelid = 'older'::regclass")
    project = write_history(tmp_path, {A: f"{OUTSIDE}create index concurrently on t (id);"})
    with database.connect(empty_url) as other:
        other.execute("begin; insert into t values (1)")
        process = start(project, "apply", "-u", empty_url)
        pid = wait_for_query(empty_url, "create index")
        wait_until(lambda: rows(empty_url, f"{LEFT_INVALID} and indexrelid::regclass::text = 't_id_idx'"))
        kill(process, empty_url, pid, "server")
        other.execute("rollback; create index theirs on t (note, id)")
    assert "public.t_id_idx was left invalid: dropping it and building it again" in says(empty_url, project)
    question = "select indexrelid::regclass::text, indisvalid from pg_index where indrelid = 't'::regclass order by 1"
    assert rows(empty_url, question) == [("older", False), ("t_id_idx", True), ("t_old", True), ("theirs", True)]


def test_what_the_server_refused_is_not_taken_for_done(empty_url: str, tmp_path: Path) -> None:
    for text, reason in (
        ("drop index concurrently typo", 'index "typo" does not exist'),
        ("alter table t detach partition u concurrently", 'relation "u" is not a partition of relation "t"'),
    ):
        rows(empty_url, "drop table if exists t, u; create table t (id int) partition by range (id); create table u ()")
        project = write_history(tmp_path, {A: f"{OUTSIDE}{text};"})
        for _ in range(3):
            with pytest.raises(Failed, match=reason):
                apply(empty_url, project)
    assert applied(empty_url) == []


@pytest.mark.parametrize("valid", [True, False])
def test_what_somebody_makes_after_a_refusal_is_not_ours(valid: bool, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"{OUTSIDE}create index concurrently i on t (id);"})
    with pytest.raises(Failed, match='relation "t" does not exist'):
        apply(empty_url, project)
    rows(empty_url, "create table t (id int, other int); create index i on t (other)")
    rows(empty_url, f"update pg_index set indisvalid = {valid} where indexrelid = 'i'::regclass")
    made = value(empty_url, "select 'i'::regclass::oid")
    for _ in range(2):
        with pytest.raises(Trouble, match="already exists" if valid else "it is not this run's work"):
            apply(empty_url, project)
    assert value(empty_url, "select 'i'::regclass::oid") == made
    assert applied(empty_url) == []


def test_an_index_that_another_run_builds_is_waited_for(empty_url: str, tmp_path: Path) -> None:
    """Somebody builds it by hand, in the moment after the kill: theirs is waited for, and not dropped."""
    rows(empty_url, GROUND)
    project = write_history(tmp_path, {A: f"{OUTSIDE}create index concurrently if not exists i on t (id);"})
    told: list[str] = []
    with database.connect(empty_url, application="a report") as writer:
        writer.execute("begin; insert into t values (0)")
        by_hand = subprocess.Popen([sys.executable, "-c", BY_HAND, empty_url, "create index concurrently i on t (id)"])
        wait_until(lambda: rows(empty_url, LEFT_INVALID))

        def tell(line: str) -> None:
            told.append(line)
            if writer.info.transaction_status:
                writer.execute("rollback")

        runner.apply(empty_url, project, Options(patience=10.0), tell=tell)
        assert by_hand.wait(20) == 0
    assert any("public.i is being built by pid" in line and "waiting for writers before build" in line for line in told)
    assert (applied(empty_url), rows(empty_url, LEFT_INVALID)) == ([A], [])


BY_HAND = """
import sys
from tools import database
with database.connect(sys.argv[1], application="by hand") as connection:
    connection.execute(sys.argv[2].encode())
"""
# A client whose server cannot find out that it is gone: what runs goes on to its end
UNCHECKED = """
import sys
from pathlib import Path
from tools import config, envelope, runner
runner.CHECK_CLIENT = envelope.CHECK_CLIENT = "client_connection_check_interval = 0"
runner.apply(sys.argv[1], config.load(Path(sys.argv[2])), runner.Options())
"""


def test_the_old_session_is_waited_for_and_shown(empty_url: str, tmp_path: Path) -> None:
    """The client is killed, its build goes on; the next run shows who holds the lock and how far it is, and goes on."""
    rows(empty_url, GROUND)
    project = write_history(tmp_path, {A: f"{OUTSIDE}create index concurrently i on t (id);", B: "create table b ()"})
    with database.connect(empty_url, application="a report") as writer:
        writer.execute("begin; insert into t values (0)")
        process = subprocess.Popen([sys.executable, "-c", UNCHECKED, empty_url, str(tmp_path)])
        wait_until(lambda: rows(empty_url, LEFT_INVALID))
        pid = value(empty_url, "select pid from pg_stat_progress_create_index")
        made = value(empty_url, "select 'i'::regclass::oid")
        process.kill()
        process.wait()
        said: list[str] = []
        told: list[str] = []

        def tell(line: str) -> None:
            told.append(line)
            if len(told) == 2:
                writer.execute("rollback")

        runner.apply(empty_url, project, Options(patience=20.0), say=said.append, tell=tell)
    assert said[0].startswith(f"waiting for tools apply (pid {pid}, role postgres")
    assert f"waiting for tools apply, pid {pid}: create index, waiting for writers before build" in told[0]
    assert "waits for pid" in told[0]
    assert "a report" in told[0]
    assert value(empty_url, "select 'i'::regclass::oid") == made, "the build of the killed run was thrown away"
    assert (applied(empty_url), rows(empty_url, LEFT_INVALID)) == ([A, B], [])

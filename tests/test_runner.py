"""The runner: each file and its ledger row are one transaction, and a failure says where, why and what now."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import (
    AB,
    A,
    B,
    C,
    Files,
    applied,
    apply,
    call,
    ended,
    relations,
    rows,
    start,
    value,
    wait_for_query,
    wait_until,
    write_history,
)

from tools import database, history, ledger, lock, migrations, runner, scratch
from tools.errors import Trouble
from tools.failure import Failed
from tools.runner import Options

MAKE_DATABASE = Callable[[str], str]

# A file that fails, and what must be said: line, column, SQLSTATE, and words of the answer
BROKEN = {
    "syntax": ("create table x ();\ncreate tabel y ();\n", 2, 8, "42601", ['syntax error at or near "tabel"']),
    "no position": ("create table x ();\n\n  drop table nobody;", 3, 3, "42P01", ['table "nobody" does not exist']),
    "after letters": ("select 'ä€😀';\nselect * from nobody;", 2, 15, "42P01", ['"nobody" does not exist']),
    "after a comment": ("-- why\n/* a /* b */ c */\nselect 1;\nselect 1/0;", 4, 1, "22012", ["division by zero"]),
    "in a block": (
        "create table x ();\ndo $$ begin\n  raise exception 'no' using detail = 'this', hint = 'that';\nend $$;",
        2,
        1,
        "P0001",
        ["detail: this", "hint: that", "context: PL/pgSQL function inline_code_block line 2 at RAISE"],
    ),
    "at commit": (
        "create table x (id int primary key);\n"
        "create table y (id int references x deferrable initially deferred);\ninsert into y values (1);",
        3,
        26,
        "23503",
        ["detail: Key (id)=(1) is not present"],
    ),
    "quote": ("create table x ();\nselect 'it", 2, 8, "42601", ["unterminated quoted string"]),
    "dollar": ("create table x ();\nselect $$it", 2, 8, "42601", ["unterminated dollar-quoted string"]),
    "comment": ("create table x (); /* it", 1, 20, "42601", ["unterminated /* comment"]),
    "extension": ("create extension plpgsql", 1, 1, "42710", ['extension "plpgsql" already exists']),
    "role": ("create role postgres", 1, 1, "42710", ['role "postgres" already exists', "hint: a role belongs to the"]),
    "ledger": ("drop schema schema_tools cascade;", 1, 34, "ST003", ["the ledger is gone", "hint: a migration must"]),
    "public": ("drop schema public cascade;\ncreate schema public;", 2, 22, "ST003", ["the ledger is gone"]),
    "own row": ("delete from public._yoyo_migration;", 1, 36, "ST003", ["the ledger was changed"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_changes_nothing_and_says_where(name: str, empty_url: str, tmp_path: Path) -> None:
    text, line, column, sqlstate, words = BROKEN[name]
    project = write_history(tmp_path, {A: "create table a (id int)", B: text, C: "create table c (id int)"})
    with pytest.raises(Failed) as caught:
        apply(empty_url, project)
    failed = caught.value
    assert (failed.path, failed.line, failed.column) == (f"sql/migrations/{B}.sql", line, column)
    assert failed.sqlstate == sqlstate
    assert failed.source == text.splitlines()[line - 1]
    assert str(failed).splitlines()[2].index("^") == len(f"{line} | ") + column - 1
    assert failed.state == "the file before it is applied and stays so; of this one nothing was changed"
    assert str(failed).endswith(failed.state)
    assert all(word in str(failed) for word in words)
    assert "None" not in str(failed)
    assert "install it" not in str(failed)
    assert "ledger is gone' using" not in str(failed), "the runner's own SQL is shown"
    assert applied(empty_url) == [A]
    assert relations(empty_url) == {"a"}
    assert value(empty_url, "select count(*) from schema_tools.log") == 1


# A file that cannot run as its directives say, and the sentence that refuses it
REFUSED = {
    "begin": ("create table x ();\nbegin;", "2:1: 'begin', and transactions are the runner's"),
    "commit": ("create table x (); commit;\ncreate table y ();", "1:20: 'commit', and transactions are the runner's"),
    "rollback": ("rollback", "1:1: 'rollback', and"),
    "index": (
        "create table x (id int);\ncreate index concurrently on x (id);",
        "2:1: create index concurrently cannot run inside a transaction: move it to a file of its own",
    ),
    "vacuum": (
        "/* ä */ vacuum",
        "1:9: vacuum cannot run inside a transaction: write -- transactional: false at the top",
    ),
    "system": ("alter system set jit = off", "1:1: alter system cannot run inside a transaction"),
    "database": ("create database x", "1:1: create database cannot run inside a transaction"),
    "strings": (
        "set standard_conforming_strings = off;\nselect 'a\\nb'",
        "2:8: 'a\\nb' is read with standard_conforming_strings on: write E'...'",
    ),
    "connect": ("\\connect other\n", "1:1: \\connect is a command of psql"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_run_is_refused_before_anything_runs(name: str, empty_url: str, tmp_path: Path) -> None:
    text, sentence = REFUSED[name]
    project = write_history(tmp_path, {A: "create table a (id int)", B: text})
    with pytest.raises(Trouble) as caught:
        apply(empty_url, project)
    assert f"sql/migrations/{B}.sql:{sentence}" in str(caught.value)
    with pytest.raises(Trouble) as caught:
        runner.replay(empty_url, project, scratch.steps_of(migrations.read(project)))
    assert f"sql/migrations/{B}.sql:{sentence}" in str(caught.value)
    assert relations(empty_url) == set()
    assert value(empty_url, "select to_regclass('public._yoyo_migration')") is None


def test_every_file_that_cannot_run_has_its_line(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "commit", B: "create table b (id int)", C: "vacuum"})
    with pytest.raises(Trouble) as caught:
        apply(empty_url, project)
    assert [line.partition(".sql:")[0] for line in str(caught.value).splitlines()] == [
        f"sql/migrations/{A}",
        f"sql/migrations/{C}",
    ]


def test_a_way_back_that_cannot_run_is_refused_before_any_runs(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: ("create table a (id int)", "drop table a; commit"), B: AB[B]})
    apply(empty_url, project)
    with pytest.raises(Trouble, match=f"{A}.rollback.sql:1:15: 'commit', and transactions are the runner's"):
        runner.roll_back(empty_url, project, Options(), count=2)
    assert (applied(empty_url), relations(empty_url)) == ([A, B], {"a", "b"})


# What a file may do to its session, and a question whose answer the next file must find as if it had not
SESSION = {
    "search_path": ("create schema other; set search_path = other", "current_schema = 'public'"),
    "role": ("set role pg_monitor", "current_user = session_user"),
    "local role": ("set local role pg_monitor", "current_user = session_user"),
    "authorization": ("set session authorization pg_monitor", "session_user <> 'pg_monitor'"),
    "timeout": ("set statement_timeout = 60000", "current_setting('statement_timeout') = '0'"),
    "lock timeout": ("set lock_timeout = 0", "current_setting('lock_timeout') = '200ms'"),
    "config": ("select set_config('row_security', 'off', false)", "current_setting('row_security') = 'on'"),
    "temporary table": ("create temp table t (id int)", "to_regclass('pg_temp.t') is null"),
    "prepared": ("prepare p as select 1", "not exists (select from pg_prepared_statements)"),
    "savepoint": ("savepoint s; select 1; rollback to s; release s", "true"),
    "the client's end": ("select 1", "current_setting('client_connection_check_interval') = '2s'"),
    "copy to stdout": ("copy (select generate_series(1, 100000)) to stdout; copy (select 1) to stdout", "true"),
}


@pytest.mark.parametrize("name", SESSION)
def test_what_a_file_sets_ends_with_it(name: str, empty_url: str, tmp_path: Path) -> None:
    text, question = SESSION[name]
    check = f"do $$ begin if ({question}) is not true then raise exception 'it leaked'; end if; end $$"
    project = write_history(tmp_path, {A: text, B: f"{check}; create table b (id int)"})
    assert [one.id for one in apply(empty_url, project)] == [A, B]
    assert applied(empty_url) == [A, B]
    assert relations(empty_url) == {"b"}


@pytest.mark.parametrize(("before", "after"), [(0, 5000), (150, 5000), (10_000, 5000), (10_000, 5)])
def test_of_a_long_line_the_place_is_shown(before: int, after: int, empty_url: str, tmp_path: Path) -> None:
    text = f"/*{'x' * before}*/ select nothing{' ' * after}--"
    with pytest.raises(Failed) as caught:
        apply(empty_url, write_history(tmp_path, {A: text}))
    _, line, caret, *_ = str(caught.value).splitlines()
    assert len(line) < 220
    assert (line.startswith("1 | ..."), line.endswith("...")) == (before > 100, after > 100)
    assert line[caret.index("^") :].startswith("nothing")
    assert caught.value.column == before + 13


def test_the_ledger_says_who_ran_what(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    done = apply(empty_url, project)
    assert [(one.id, one.operation, one.by_other) for one in done] == [(A, "apply", False), (B, "apply", False)]
    question = "select migration_id, operation, executed, transactional, late, role, operator <> '', host <> '',"
    question += " tool_version, finished_at >= started_at from schema_tools.log order by log_id"
    texts = [texts[0] for texts in AB.values()]
    assert rows(empty_url, question) == [
        (id_, "apply", text, "true", False, "postgres", True, True, "0.1.0", True)
        for id_, text in zip((A, B), texts, strict=True)
    ]
    assert apply(empty_url, project) == ()


def test_a_data_file_takes_one_transaction_and_no_subtransaction(empty_url: str, tmp_path: Path) -> None:
    inserts = "insert into t values (1);\n" * 3000
    question = "select pg_stat_get_backend_subxact(n) from pg_stat_get_backend_idset() n"
    question += " where pg_stat_get_backend_pid(n) = pg_backend_pid()"
    seen = f"create table seen as select ({question})::text as was;" if _knows_subxact(empty_url) else ""
    project = write_history(tmp_path, {A: f"create table t (id int);\n{inserts}{seen}"})
    apply(empty_url, project)
    assert value(empty_url, "select count(distinct xmin::text) || '/' || count(*) from t") == "1/3000"
    if seen:
        assert value(empty_url, "select was from seen") == "(0,f)"


def _knows_subxact(url: str) -> bool:
    return bool(value(url, "select current_setting('server_version_num')::int >= 160000"))


def test_the_search_path_of_the_database_is_the_files(empty_url: str, tmp_path: Path) -> None:
    name = value(empty_url, "select current_database()")
    rows(empty_url, f"create schema mine; alter database {name} set search_path = mine")
    apply(empty_url, write_history(tmp_path, AB))
    assert value(empty_url, "select to_regclass('mine.a') is not null and to_regclass('public.a') is null")
    assert applied(empty_url) == [A, B]


def test_the_ledger_makes_its_schema(empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "drop schema public")
    (tmp_path / "pyproject.toml").write_text('[tool.schema-tools]\nledger-schema = "Odd Schema"\n')
    project = write_history(tmp_path, {A: ("create schema x", "drop schema x")})
    apply(empty_url, project)
    assert rows(empty_url, 'select migration_id from "Odd Schema"._yoyo_migration') == [(A,)]
    assert apply(empty_url, project) == ()
    runner.roll_back(empty_url, project, Options())
    assert rows(empty_url, 'select migration_id from "Odd Schema"._yoyo_migration') == []


def test_rollback_takes_back_and_forgets(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {**AB, C: ("create table c (id int)", "drop table c")})
    apply(empty_url, project)
    done = runner.roll_back(empty_url, project, Options(), count=2)
    assert [(one.id, one.operation) for one in done] == [(C, "rollback"), (B, "rollback")]
    assert applied(empty_url) == [A]
    assert relations(empty_url) == {"a"}
    apply(empty_url, project)
    assert [one.id for one in runner.roll_back(empty_url, project, Options(), to=A)] == [C, B]
    assert relations(empty_url) == {"a"}
    assert runner.roll_back(empty_url, project, Options(), to=A) == ()


def test_what_a_run_did_before_it_failed_is_told(empty_url: str, tmp_path: Path) -> None:
    wrong = "drop table nothing"
    ways = {"20260100_0": wrong, A: "drop table t1", B: "drop table t2", C: "drop table t3"}
    files: Files = {id_: (f"create table t{n} ()", way) for n, (id_, way) in enumerate(ways.items())}
    project = write_history(tmp_path, files)
    apply(empty_url, project)
    with pytest.raises(Failed) as caught:
        runner.roll_back(empty_url, project, Options(), count=4)
    assert caught.value.state == "the 3 files before it are rolled back and stay so; of this one nothing was changed"
    assert applied(empty_url) == ["20260100_0"]
    with pytest.raises(Failed) as caught:
        runner.roll_back(empty_url, project, Options())
    assert caught.value.state == "nothing was changed"


def test_rollback_looks_at_every_file_first(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "create table a (id int)", B: ("create table b (id int)", "drop table b")})
    apply(empty_url, project)
    with pytest.raises(Trouble, match=f"{A} has no rollback file"):
        runner.roll_back(empty_url, project, Options(), count=2)
    assert applied(empty_url) == [A, B]
    (tmp_path / f"sql/migrations/{B}.rollback.sql").write_text("drop table b; drop table nobody;")
    with pytest.raises(Failed, match='"nobody" does not exist'):
        runner.roll_back(empty_url, project, Options())
    assert (applied(empty_url), relations(empty_url)) == ([A, B], {"a", "b"})


def test_a_waiting_lock_gives_way_and_the_file_runs_again(empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "create table t (id int); insert into t values (1)")
    project = write_history(tmp_path, {A: "create table a (id int); alter table t add note text"})
    said: list[str] = []
    with database.connect(empty_url) as other:
        other.execute("begin; lock table t in access share mode")
        threading.Timer(1.0, lambda: other.execute("commit")).start()
        started = time.monotonic()
        runner.apply(empty_url, project, Options(lock_timeout=50, patience=20), say=said.append)
        assert time.monotonic() - started >= 0.8
    assert said
    assert said[0] == f"{A}: canceling statement due to lock timeout: trying again (1)"
    assert applied(empty_url) == [A]
    assert value(empty_url, "select count(*) from schema_tools.log") == 1


def test_patience_ends(empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "create table t (id int)")
    project = write_history(tmp_path, {A: "create table a (id int);\nalter table t add note text"})
    with database.connect(empty_url) as other:
        other.execute("begin; lock table t")
        answer = call(project, "apply", "-u", empty_url, "--patience", "0.3", "--lock-timeout", "20")
        other.execute("rollback")
    assert answer.code == 2
    assert f"{A}.sql:2:1: canceling statement due to lock timeout (55P03)" in answer.err
    assert answer.err.endswith("or with more --patience\nnothing was changed\n")
    assert (applied(empty_url), relations(empty_url)) == ([], {"t"})


def test_a_hint_for_a_statement_that_takes_too_long(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "select pg_sleep(9)"})
    answer = call(project, "apply", "-u", empty_url, "--statement-timeout", "0.1")
    assert "canceling statement due to statement timeout (57014)" in answer.err
    assert "hint: raise --statement-timeout, or the statement_timeout of this role or database\n" in answer.err


@pytest.mark.parametrize("message", ["unsupported XML feature", "compression method lz4 not supported in this build"])
def test_a_hint_for_what_a_server_was_built_without(message: str, empty_url: str, tmp_path: Path) -> None:
    raised = f"do $$ begin raise exception using errcode = '0A000', message = {message!r}; end $$"
    answer = call(write_history(tmp_path, {A: raised}), "apply", "-u", empty_url)
    assert f"{message} (0A000)" in answer.err
    assert "hint: this server was built without it; for scratch databases take another: --scratch-bindir" in answer.err


def test_nothing_waits_behind_the_waiting_file(empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "create table t (id int)")
    project = write_history(tmp_path, {A: "alter table t add note text"})
    with database.connect(empty_url) as reader, database.connect(empty_url) as query:
        reader.execute("begin; select * from t")
        run = threading.Thread(target=lambda: apply(empty_url, project, lock_timeout=50))
        run.start()
        slowest = 0.0
        for _ in range(40):
            started = time.monotonic()
            query.execute("select * from t")
            slowest = max(slowest, time.monotonic() - started)
            time.sleep(0.02)
        reader.execute("commit")
        run.join()
    assert slowest < 1.0
    assert applied(empty_url) == [A]


@pytest.mark.slow
@pytest.mark.parametrize("number", [2, 20])
def test_runs_at_once_share_the_work(number: int, empty_url: str, tmp_path: Path) -> None:
    files = {f"2026010{n}000000_t": f"create table t{n} (id int); select pg_sleep(0.05)" for n in range(1, 7)}
    index = "-- transactional: false\ncreate index concurrently t1_id on t1 (id)"
    project = write_history(tmp_path, {**files, "20260107000000_i": index})
    answers = [ended(process) for process in [start(project, "apply", "-u", empty_url) for _ in range(number)]]
    assert [(answer.code, answer.err) for answer in answers if answer.code] == []
    assert sum(answer.out.count(": applied in ") for answer in answers) == 7
    assert value(empty_url, "select count(*) from schema_tools.log") == 7
    assert applied(empty_url) == [*files, "20260107000000_i"]
    assert value(empty_url, "select indisvalid from pg_index where indexrelid = 't1_id'::regclass")


def test_the_waiter_says_for_whom_it_waits(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    said: list[str] = []
    with database.connect(empty_url, application="a colleague's run") as other:
        other.execute("select pg_advisory_lock(%s)", [ledger.lock_key(project)])
        pid = other.info.backend_pid
        with pytest.raises(Trouble, match=r"still holds the lock after 0.1 s: wait longer with --patience"):
            runner.apply(empty_url, project, Options(patience=0.1), say=said.append)
    assert said
    assert re.fullmatch(rf"waiting for a colleague's run \(pid {pid}, role postgres(?: from .+)?, for \d+ s\)", said[0])
    assert applied(empty_url) == []


def test_a_waiter_without_rights_says_what_it_may_know(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    with database.connect(empty_url, application="tools apply") as other, database.connect(empty_url) as waiter:
        other.execute("select pg_advisory_lock(%s)", [ledger.lock_key(project)])
        waiter.execute("create role nobody_much; set role nobody_much")
        try:
            assert lock.holder(waiter, project) == f"tools apply (pid {other.info.backend_pid}, role postgres)"
        finally:
            waiter.execute("reset role; drop role nobody_much")


def test_the_lock_is_one_for_each_database(empty_url: str, make_database: MAKE_DATABASE, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    with database.connect(make_database("")) as other, database.connect(empty_url) as connection:
        other.execute("select pg_advisory_lock(%s)", [ledger.lock_key(project)])
        assert lock.is_locked(other, project)
        connection.execute("select pg_advisory_lock(1)")  # an application's own
        assert not lock.is_locked(connection, project)
        assert lock.holder(connection, project) == "another run"  # none that can be seen from here
        apply(empty_url, project, patience=0.0)
    assert applied(empty_url) == [A, B]


@pytest.mark.slow
def test_runs_on_several_databases_wait_for_none_but_their_own(make_database: MAKE_DATABASE, tmp_path: Path) -> None:
    index = "-- transactional: false\ncreate index concurrently a_id on a (id)"
    project = write_history(tmp_path, {**AB, C: index})
    urls = [make_database("") for _ in range(4)]
    with database.connect(make_database("")) as colleague, database.connect(urls[0]) as application:
        colleague.execute("select pg_advisory_lock(%s)", [ledger.lock_key(project)])
        application.execute("begin isolation level repeatable read; select 1")  # an index waits for such a snapshot
        processes = [(url, start(project, "apply", "-u", url)) for url in urls for _ in range(3)]
        others = [ended(process) for url, process in processes if url != urls[0]]
        waiting = [process.poll() for url, process in processes if url == urls[0]]
        application.execute("rollback")
    first = [ended(process) for url, process in processes if url == urls[0]]
    assert waiting == [None] * 3
    assert [(answer.code, answer.err) for answer in (*first, *others) if answer.code] == []
    for url in urls:
        assert applied(url) == [A, B, C]
        assert value(url, "select count(*) from schema_tools.log") == 3
        assert value(url, "select indisvalid from pg_index where indexrelid = 'a_id'::regclass")


def test_two_rollbacks_at_once_take_back_one(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    apply(empty_url, project)
    waits = "select 1 from pg_stat_activity where application_name = 'tools rollback' and query ~ 'pg_locks'"
    with database.connect(empty_url) as application:
        application.execute("begin; lock table b in access share mode")
        first = start(project, "rollback", "--yes", "-u", empty_url)
        wait_for_query(empty_url, "drop table b")
        second = start(project, "rollback", "--yes", "-u", empty_url)
        wait_until(lambda: rows(empty_url, waits))
        application.execute("rollback")
    answers = (ended(first), ended(second))
    assert [answer.code for answer in answers] == [0, 0]
    assert answers[1].out == f"{B}: rolled back by another run\n"
    assert applied(empty_url) == [A]
    assert value(empty_url, "select count(*) from schema_tools.log where operation = 'rollback'") == 1


def test_a_rollback_goes_no_further_where_a_newer_one_was_applied_meanwhile(empty_url: str, tmp_path: Path) -> None:
    apply(empty_url, write_history(tmp_path, AB))
    rows(empty_url, "create table t (id int)")
    project = write_history(tmp_path, {C: "alter table t add note text"})
    waits = "select 1 from pg_stat_activity where application_name = 'tools rollback' and query ~ 'pg_locks'"
    with database.connect(empty_url) as application:
        application.execute("begin; lock table t in access share mode")
        first = start(project, "apply", "-u", empty_url)
        wait_for_query(empty_url, "alter table t")
        second = start(project, "rollback", "--yes", "-u", empty_url)
        wait_until(lambda: rows(empty_url, waits))
        application.execute("rollback")
    answers = (ended(first), ended(second))
    assert [answer.code for answer in answers] == [0, 2]
    assert "another run changed the history meanwhile: nothing was changed" in answers[1].err
    assert applied(empty_url) == [A, B, C]


def test_a_lost_race_is_told(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    steps = history.to_apply(history.compare(migrations.read(project), ledger.Ledger()))
    apply(empty_url, project)
    assert [one.by_other for one in runner.replay(empty_url, project, steps)] == [True, True]
    with pytest.raises(Trouble, match="another run was faster, so nothing was changed"):
        runner.mark(empty_url, project, Options(), steps)
    assert value(empty_url, "select count(*) from schema_tools.log") == 2


def test_what_is_marked_together_is_marked_or_nothing_is(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    steps = history.to_apply(history.compare(migrations.read(project), ledger.Ledger()))
    runner.apply(empty_url, project, Options(), to=A)
    with pytest.raises(Trouble, match=f"{A}: another run was faster, so nothing was changed"):
        runner.mark(empty_url, project, Options(), steps[::-1])
    assert applied(empty_url) == [A]
    assert rows(empty_url, "select migration_id, operation from schema_tools.log") == [(A, "apply")]


def test_whoever_marks_waits_for_a_run_and_says_so(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    steps = history.to_apply(history.compare(migrations.read(project), ledger.Ledger()))
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line.partition(" (")[0])
        assert rows(empty_url, "select 1 from pg_stat_activity where application_name = 'tools mark'")

    with database.connect(empty_url, application="a colleague's run") as other:
        other.execute("select pg_advisory_lock(%s)", [ledger.lock_key(project)])
        with pytest.raises(Trouble, match="still holds the lock"):
            runner.mark(empty_url, project, Options(patience=0.1), steps, say=say)
    assert said == ["waiting for a colleague's run"]


def test_what_is_marked_is_held_to_its_text(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    steps = history.to_apply(history.compare(migrations.read(project), ledger.Ledger()))
    runner.mark(empty_url, project, Options(), steps)
    assert rows(empty_url, "select migration_id, late from schema_tools.log order by 1") == [(A, False), (B, False)]
    write_history(tmp_path, {A: "create table a (id bigint)"})
    with pytest.raises(Trouble, match=f"{A}.sql was edited after it was applied"):
        apply(empty_url, project)


def test_what_a_file_took_is_wall_time_in_milliseconds(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "select pg_sleep(0.2)"})
    (done,) = apply(empty_url, project)
    assert 200 <= done.milliseconds < 20_000
    assert value(empty_url, "select finished_at - started_at >= interval '0.2 s' from schema_tools.log")


def test_notices_are_the_story_and_not_the_answer(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "do $$ begin raise notice 'hello'; raise warning 'careful'; end $$"})
    answer = call(project, "apply", "-u", empty_url)
    assert answer.err == "NOTICE: hello\nWARNING: careful\n"
    assert answer.out.startswith(f"{A}: applied in ")


def test_a_rollback_is_what_was_agreed_to_or_nothing(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    apply(empty_url, project)
    with database.connect(empty_url) as connection:
        agreed = history.to_roll_back(runner.state(connection, project))
    runner.roll_back(empty_url, project, runner.Options())  # a colleague was faster
    with pytest.raises(Trouble, match="another run changed the history meanwhile"):
        runner.roll_back(empty_url, project, runner.Options(), agreed=agreed)
    assert applied(empty_url) == [A]

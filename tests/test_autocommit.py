"""Files outside a transaction: what is done stays done, and the next run continues where the last one stopped."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import (
    A,
    B,
    applied,
    apply,
    call,
    relations,
    rows,
    start,
    value,
    wait_for_query,
    wait_for_the_end,
    wait_until,
    write_history,
)

from tools import database, history, runner
from tools.config import Project
from tools.errors import Trouble
from tools.failure import Failed
from tools.runner import Options

OUTSIDE = "-- transactional: false\n"


def says(url: str, project: Project) -> list[str]:
    """Apply, and return what is said on the way."""
    wait_for_the_end(url)
    said: list[str] = []
    runner.apply(url, project, Options(patience=10.0), say=said.append)
    return said


def valid(url: str, name: str) -> bool | None:
    found = rows(url, f"select indisvalid from pg_index where indexrelid = to_regclass('{name}')")
    return bool(found[0][0]) if found else None


def test_statement_by_statement(empty_url: str, tmp_path: Path) -> None:
    text = OUTSIDE + (
        "create table t (id int);\ninsert into t values (1);\n"
        'create index concurrently i on t (id);\ncreate index concurrently "Odd" on t (id);\n'
        "vacuum t;\ndrop index concurrently i;\n"
    )
    project = write_history(tmp_path, {A: text, B: "create table b (id int)"})
    assert says(empty_url, project) == []
    assert relations(empty_url) == {"t", '"Odd"', "b"}
    question = "select statements_done, transactional, finished_at is not null from schema_tools.log order by log_id"
    assert rows(empty_url, question) == [(6, "false", True), (None, "true", True)]


def test_a_failure_in_the_middle_is_continued(empty_url: str, tmp_path: Path) -> None:
    text = OUTSIDE + "create table t (id int);\nset search_path = other, public;\n  insert into things values (1);\n"
    project = write_history(tmp_path, {A: text})
    with pytest.raises(Failed) as caught:
        apply(empty_url, project)
    assert (caught.value.line, caught.value.column, caught.value.source) == (4, 15, "  insert into things values (1);")
    assert caught.value.state == "the 2 statements before it are done and stay so; apply again continues here"
    assert applied(empty_url) == []
    answer = call(project, "status", "-u", empty_url)
    assert answer.out == f"unfinished  {A}\n0 applied, 0 pending, 1 unfinished\n"
    rows(empty_url, "create schema other; create table other.things (id int)")
    assert says(empty_url, project) == [f"{A}: continues at statement 3 of 3"]
    assert value(empty_url, "select count(*) from other.things") == 1
    assert applied(empty_url) == [A]


def test_a_failing_first_statement_changes_nothing(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"{OUTSIDE}insert into nobody values (1);"})
    with pytest.raises(Failed, match="nothing was changed"):
        apply(empty_url, project)
    write_history(tmp_path, {A: f"{OUTSIDE}create table t (id int);"})
    assert says(empty_url, project) == []
    assert (applied(empty_url), relations(empty_url)) == ([A], {"t"})


def test_a_word_that_is_no_sql_is_not_passed_over(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"{OUTSIDE}create table t (id int);\nvaccum t;\ncreate table u ();"})
    with pytest.raises(Failed, match=f'{A}.sql:3:1: syntax error at or near "vaccum"'):
        apply(empty_url, project)
    assert (applied(empty_url), relations(empty_url)) == ([], {"t"})


def test_an_edit_between_two_tries_is_refused(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"{OUTSIDE}create table t (id int);\nselect 1/0;"})
    with pytest.raises(Failed):
        apply(empty_url, project)
    write_history(tmp_path, {A: f"{OUTSIDE}-- a comment is no edit\ncreate table t (id int); select 1/0;"})
    with pytest.raises(Failed):
        apply(empty_url, project)
    write_history(tmp_path, {A: f"{OUTSIDE}create table t2 (id int);\nselect 1;"})
    with pytest.raises(Trouble, match="interrupted after 1 of its statements, and one of these was edited since"):
        apply(empty_url, project)
    assert (applied(empty_url), relations(empty_url)) == ([], {"t"})


def test_a_statement_that_failed_is_mended_and_the_next_run_goes_on(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"{OUTSIDE}create table t (id int);\ncreate table u (id imt);"})
    with pytest.raises(Failed, match="imt"):
        apply(empty_url, project)
    mended = write_history(tmp_path, {A: f"{OUTSIDE}create table t (id int);\ncreate table u (id int);\nselect 1;"})
    assert says(empty_url, mended) == [f"{A}: continues at statement 2 of 3"]
    assert (applied(empty_url), relations(empty_url)) == ([A], {"t", "u"})
    assert value(empty_url, "select executed ~ 'select 1' from schema_tools.log")
    assert call(mended, "status", "--exit-code", "-u", empty_url).code == 0


def test_an_invalid_index_is_built_again(empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "create table t (id int); insert into t values (1), (1)")
    project = write_history(tmp_path, {A: f"{OUTSIDE}create unique index concurrently i on t (id);"})
    with pytest.raises(Failed, match=r"could not create unique index \"i\" \(23505\)") as caught:
        apply(empty_url, project)
    assert caught.value.state == "an index that this one may have left invalid is no harm: apply again builds it"
    assert valid(empty_url, "i") is False
    rows(empty_url, "delete from t")
    assert says(empty_url, project) == [
        f"{A}: continues at statement 1 of 1",
        "public.i was left invalid: dropping it and building it again",
    ]
    assert valid(empty_url, "i") is True
    assert applied(empty_url) == [A]


@pytest.mark.parametrize("header", [OUTSIDE, "-- transactional: own\n"])
def test_an_index_that_was_built_before_the_kill_is_accepted(header: str, empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "create table t (id int)")
    project = write_history(tmp_path, {A: f"{header}create index concurrently i on t (id);"})
    apply(empty_url, project)
    made = value(empty_url, "select 'i'::regclass::oid")
    _forget_the_last_note(empty_url, done=0)
    assert says(empty_url, project) == ([f"{A}: continues at statement 1 of 1"] if header == OUTSIDE else [])
    assert value(empty_url, "select 'i'::regclass::oid") == made


def test_an_index_that_had_the_name_before_is_not_accepted(empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "create table t (id int, other int); create index i on t (other)")
    project = write_history(tmp_path, {A: f"{OUTSIDE}create index concurrently i on t (id);"})
    for _ in range(2):
        with pytest.raises(Failed, match=r'relation "i" already exists \(42P07\)'):
            apply(empty_url, project)
    assert applied(empty_url) == []


def test_an_index_that_was_dropped_before_the_kill_is_no_error(empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "create table t (id int); create index i on t (id)")
    project = write_history(tmp_path, {A: f"{OUTSIDE}drop index concurrently public.i;"})
    apply(empty_url, project)
    _forget_the_last_note(empty_url, done=0)
    assert says(empty_url, project) == [f"{A}: continues at statement 1 of 1"]
    assert applied(empty_url) == [A]


def _forget_the_last_note(url: str, *, done: int) -> None:
    """Leave the ledger as a kill between the statement and its note leaves it, the row older than what ran."""
    with database.connect(url) as connection, connection.transaction():
        connection.execute("delete from public._yoyo_migration")
        row = "migration_id, operation, raw_hash, token_hash, executed, transactional"
        found = connection.execute(f"select {row} from schema_tools.log".encode()).fetchall()
    # an index is the run's own when it is younger than the row: so the row gets its age from before
    assert found
    rows(url, f"update schema_tools.log set finished_at = null, statements_done = {done}")
    for (oid,) in rows(url, "select oid from pg_class where relname = 'i'"):
        rows(url, f"comment on index i is 'younger'; update pg_class set relhastriggers = false where oid = {oid}")


def test_a_procedure_that_commits(empty_url: str, tmp_path: Path) -> None:
    procedure = "create procedure p() language plpgsql as 'begin create table x (); commit; create table y (); end';"
    project = write_history(tmp_path, {A: f"{OUTSIDE}{procedure}\ncall p();\ncreate table z ();"})
    apply(empty_url, project)
    assert relations(empty_url) == {"x", "y", "z"}


def test_a_stale_note_does_not_skip_statements(empty_url: str, tmp_path: Path) -> None:
    text = f"{OUTSIDE}create table t (id int);\ninsert into missing values (1);"
    project = write_history(tmp_path, {A: (text, f"{OUTSIDE}drop table t;")})
    with pytest.raises(Failed):
        apply(empty_url, project)
    rows(empty_url, "create table missing (id int)")
    steps = tuple(
        history.Step(migration=item.migration, operation="apply")
        for item in _items(empty_url, project)
        if item.migration
    )
    runner.mark(empty_url, project, Options(), steps)  # somebody did the rest by hand
    runner.roll_back(empty_url, project, Options())
    assert relations(empty_url) == {"missing"}
    assert says(empty_url, project) == []
    assert relations(empty_url) == {"missing", "t"}


def _items(url: str, project: Project) -> tuple[history.Item, ...]:
    with database.connect(url) as connection:
        return runner.state(connection, project).items


def test_an_interrupted_rollback_is_continued(empty_url: str, tmp_path: Path) -> None:
    down = f"{OUTSIDE}drop index concurrently i;\ndrop table t;\ndrop table guard;"
    project = write_history(tmp_path, {A: ("create table t (id int); create index i on t (id)", down)})
    apply(empty_url, project)
    with pytest.raises(Failed, match="the 2 statements before it are done"):
        runner.roll_back(empty_url, project, Options())
    assert "its rollback was interrupted: tools rollback continues it" in call(project, "status", "-u", empty_url).out
    rows(empty_url, "create table guard ()")
    runner.roll_back(empty_url, project, Options())
    assert (applied(empty_url), relations(empty_url)) == ([], set())


def test_what_another_run_recorded_meanwhile_is_not_recorded_again(empty_url: str, tmp_path: Path) -> None:
    meanwhile = f"insert into public._yoyo_migration values (encode(sha256('{A}'), 'hex'), '{A}', now())"
    project = write_history(
        tmp_path, {A: (f"{OUTSIDE}{meanwhile}", f"{OUTSIDE}delete from public._yoyo_migration"), B: "select 1"}
    )
    with pytest.raises(Trouble, match=f"^{A}: another run was faster: see tools status$"):
        apply(empty_url, project)
    assert applied(empty_url) == [A]
    with pytest.raises(Trouble, match=f"^{A}: another run was faster: see tools status$"):
        runner.roll_back(empty_url, project, Options())
    assert applied(empty_url) == []


@pytest.mark.parametrize("note", ["statements_done = 2", "finished_at = now()"])
def test_a_file_that_another_run_went_on_with_is_left_to_it(note: str, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"{OUTSIDE}update schema_tools.log set {note};\ncreate table a ()"})
    with pytest.raises(Trouble, match=f"^{A}: another run went on with this file: see tools status$"):
        apply(empty_url, project)
    assert (applied(empty_url), relations(empty_url)) == ([], set())


def test_the_next_run_waits_for_an_orphaned_build(empty_url: str, tmp_path: Path) -> None:
    """The client is killed while its index waits for a reader; the server ends the orphan, the next run builds."""
    rows(empty_url, "create table t (id int)")
    project = write_history(
        tmp_path, {"20250101000000_x": "select 1", A: f"{OUTSIDE}create index concurrently i on t (id)"}
    )
    with database.connect(empty_url) as reader:
        reader.execute("begin isolation level repeatable read; select * from t")
        process = start(project, "apply", "-u", empty_url)
        pid = wait_for_query(empty_url, "create index concurrently")
        wait_until(lambda: valid(empty_url, "i") is False)
        process.kill()
        process.communicate()
        wait_until(lambda: not rows(empty_url, f"select 1 from pg_stat_activity where pid = {pid}"))
        reader.execute("rollback")
    assert valid(empty_url, "i") is False
    assert says(empty_url, project)[-1] == "public.i was left invalid: dropping it and building it again"
    assert valid(empty_url, "i") is True


def test_a_file_with_transactions_of_its_own(empty_url: str, tmp_path: Path) -> None:
    text = "-- transactional: own\nbegin;\ncreate table t (id int);\ncommit;\nbegin;\nselect 1/0;\ncommit;\n"
    project = write_history(tmp_path, {A: text})
    with pytest.raises(Failed) as caught:
        apply(empty_url, project)
    assert caught.value.line == 6
    assert caught.value.state.startswith("what the file committed before this statement stays")
    assert (applied(empty_url), relations(empty_url)) == ([], {"t"})
    write_history(tmp_path, {A: "-- transactional: own\nbegin;\ncreate table if not exists t (id int);\ncommit;\n"})
    apply(empty_url, project)
    assert applied(empty_url) == [A]


def test_a_file_with_transactions_of_its_own_runs_as_psql_runs_it(empty_url: str, tmp_path: Path) -> None:
    text = (
        "-- transactional: own\ncreate type mood as enum ('good');\nalter type mood add value 'bad';\n"
        "begin;\ncreate table t (m mood);\ninsert into t values ('bad');\ncommit;\n"
    )
    project = write_history(tmp_path, {A: text, B: "-- transactional: own\nbegin;\ncreate table left_open ();\n"})
    apply(empty_url, project)
    assert rows(empty_url, "select m::text from t") == [("bad",)]
    assert value(empty_url, "select to_regclass('left_open')") is None

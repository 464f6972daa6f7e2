"""Outside a transaction, too: short waits for locks, tried again; notes that no setting of the file can stop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
    write_history,
)

from tools import autocommit, database, lock, runner
from tools.config import Project
from tools.errors import Trouble
from tools.failure import Failed
from tools.patience import Patience
from tools.runner import Options, Say

OUTSIDE, OWN = "-- transactional: false\n", "-- transactional: own\n"
COMMITS = "begin insert into ran values (1); commit; alter table t add note text; end"
LOGGED = "select lock_waits, lock_wait > interval '0' from schema_tools.log order by log_id"


@contextmanager
def in_the_way(url: str, statement: str, *, until: str | None = None) -> Iterator[Say]:
    """Hold a lock in a transaction of another session until the block ends, or a line with these words is said."""
    with database.connect(url, application="a report") as other:
        other.execute("begin")
        other.execute(statement.encode())

        def listen(line: str) -> None:
            if until and until in line:
                other.execute("rollback")

        yield listen
        other.execute("rollback")


def says(url: str, project: Project, listen: Say = runner.ignore, *, patience: float = 30.0) -> list[str]:
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        listen(line)

    runner.apply(url, project, Options(patience=patience), say=say, tell=say)
    return said


def misses(said: list[str]) -> list[str]:
    return [line for line in said if "canceling statement due to lock timeout, held by pid" in line]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "prepare p as select 1;\n",
        OUTSIDE,
        f"{OUTSIDE}create table first (id int);\n",
        OWN,
        f"{OWN}create table first (id int);\nbegin;\ninsert into first values (1);\n",
        f"{OWN}begin;\ncreate table first (id int);\ncommit;\nbegin;\ninsert into first values (1);\n",
    ],
)
def test_a_lock_is_tried_again(text: str, empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "create table t (id int)")
    ending = "\ncommit;" if "begin" in text else ""
    project = write_history(tmp_path, {A: f"{text}alter table t add note text;{ending}"})
    with in_the_way(empty_url, "select * from t", until="trying again (2)") as listen:
        said = says(empty_url, project, listen)
    assert misses(said)
    assert "(a report, role postgres, idle in transaction, in its transaction for " in misses(said)[0]
    assert applied(empty_url) == [A]
    assert rows(empty_url, LOGGED) == [(len(misses(said)), True)]
    if "insert" in text:
        assert value(empty_url, "select count(*) from first") == 1


def test_the_pauses_grow_up_to_five_seconds_and_are_never_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    patience = Patience(lock_timeout=200, seconds=60, say=runner.ignore, blocker=lambda: None)
    ended = patience.insist("a", lambda waits: waits, lambda waits: "locked" if waits.misses < 8 else None)
    longest = (0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0)
    assert ended.misses == len(pauses) == len(longest)
    assert ended.seconds < 10
    assert all(most / 2 <= pause <= most for pause, most in zip(pauses, longest, strict=True))
    assert len(set(pauses[-3:])) == 3


@pytest.mark.parametrize("header", [OUTSIDE, OWN])
def test_patience_has_an_end(header: str, empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "create table t (id int)")
    project = write_history(tmp_path, {A: f"{header}create table first (id int);\nalter table t add note text;"})
    with in_the_way(empty_url, "select * from t"), pytest.raises(Failed) as caught:
        says(empty_url, project, patience=0.5)
    assert "held by pid" in str(caught.value)
    assert (caught.value.line, caught.value.sqlstate) == (3, "55P03")
    assert "done and stay" in caught.value.state if header == OUTSIDE else "stays: mend the file" in caught.value.state
    assert (applied(empty_url), relations(empty_url)) == ([], {"t", "first"})


@pytest.mark.parametrize(
    "text",
    [
        f"{OUTSIDE}call p();",
        f"{OUTSIDE}do $$ {COMMITS} $$;",
        f"{OWN}call p();",
        f"{OWN}do $$ {COMMITS} $$;",
        f"{OWN}begin;\ninsert into ran values (1);\ncommit and chain;\nalter table t add note text;\ncommit;",
    ],
)
def test_what_has_committed_does_not_run_twice(text: str, empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "create table t (id int); create table ran (n int)")
    rows(empty_url, f"create procedure p() language plpgsql as '{COMMITS}'")
    project = write_history(tmp_path, {A: text})
    with in_the_way(empty_url, "select * from t"), pytest.raises(Failed, match="lock timeout"):
        says(empty_url, project)
    assert value(empty_url, "select count(*) from ran") == 1
    assert applied(empty_url) == []


def test_a_concurrent_build_waits_for_ever_and_readers_pass(empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "create table t (id int)")
    text = (
        "create index concurrently i on t (id);\nalter table t add note text;\ncreate index concurrently j on t (id);"
    )
    project = write_history(tmp_path, {A: OUTSIDE + text})
    with in_the_way(empty_url, "insert into t values (1)", until="create index, waiting for writers") as listen:
        said = says(empty_url, project, listen)
    assert misses(said) == []
    assert value(empty_url, "select bool_and(indisvalid) from pg_index where indrelid = 't'::regclass")


def test_a_vacuum_gives_up_and_tries_again(empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "create table t (id int)")
    project = write_history(tmp_path, {A: f"{OUTSIDE}vacuum full t;"})
    with in_the_way(empty_url, "select * from t", until="trying again") as listen:
        said = says(empty_url, project, listen)
    assert misses(said)
    assert rows(empty_url, LOGGED) == [(len(misses(said)), True)]


def test_a_lock_timeout_of_the_file_stays(empty_url: str, tmp_path: Path) -> None:
    rows(empty_url, "create table t (id int); create table seen (v text)")
    see = "insert into seen select current_setting('lock_timeout');\n"
    project = write_history(
        tmp_path, {A: f"{OUTSIDE}{see}set lock_timeout = '7s';\n{see}reset all;\n{see}", B: f"{OUTSIDE}{see}"}
    )
    apply(empty_url, project, lock_timeout=333)
    assert [found for (found,) in rows(empty_url, "select v from seen")] == ["333ms", "7s", "333ms", "333ms"]


# what a file sets for its session, and what shows that it is still set
SETTINGS = {
    "role": ("set role {role}", "current_user = '{role}' and session_user = 'postgres'"),
    "session authorization": ("set session authorization {role}", "session_user = '{role}'"),
    "both": (
        "set session authorization {boss};\nset role {role}",
        "session_user = '{boss}' and current_user = '{role}'",
    ),
    "search path": ("set search_path = pg_temp", "current_setting('search_path') = 'pg_temp'"),
    "read only": ("set default_transaction_read_only = on", "current_setting('transaction_read_only') = 'on'"),
    "statement timeout": ("set statement_timeout = '2s'", "current_setting('statement_timeout') = '2s'"),
    "transaction timeout": ("set transaction_timeout = '2s'", "current_setting('transaction_timeout') = '2s'"),
    "isolation": (
        "set default_transaction_isolation = 'serializable'",
        "current_setting('transaction_isolation') = 'serializable'",
    ),
}
STILL = "do $$ begin if not ({}) then raise exception 'it is not set any more'; end if; end $$;\n"


@pytest.fixture
def roles(empty_url: str) -> Iterator[dict[str, str]]:
    """A role without any right, and a superuser; dropped at the end."""
    name = database.parse(empty_url)["dbname"]
    names = {"role": f"weak_{name}", "boss": f"boss_{name}"}
    rows(empty_url, "create role {role}; create role {boss} superuser".format(**names))
    yield names
    rows(empty_url, "drop owned by {role}, {boss}".format(**names))
    rows(empty_url, "drop role {role}, {boss}".format(**names))


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("name", SETTINGS)
def test_the_note_is_ours_and_the_setting_the_files(
    name: str, again: bool, empty_url: str, tmp_path: Path, roles: dict[str, str]
) -> None:
    if (
        name == "transaction timeout"
        and value(empty_url, "select current_setting('transaction_timeout', true)") is None
    ):
        pytest.skip("transaction_timeout is of PostgreSQL 17")
    setting, shows = (text.format(**roles) for text in SETTINGS[name])
    rows(empty_url, "create table public.t (id int); create table public.gate ()")
    rows(empty_url, "grant usage on schema public to public; revoke create on schema public from public")
    check = STILL.format(shows)
    outside = "vacuum pg_catalog.pg_description;\n"
    wait = "select from public.gate;\n"
    rows(empty_url, "grant select on public.gate to public")
    project = write_history(tmp_path, {A: f"{OUTSIDE}{setting};\n{check}{outside}{check}{wait}{check}", B: "select 1"})
    if again:
        rows(empty_url, "alter table public.gate rename to shut")
        with pytest.raises(Failed, match="does not exist"):
            apply(empty_url, project)
        rows(empty_url, "alter table public.shut rename to gate")
    apply(empty_url, project)
    assert applied(empty_url) == [A, B]
    assert rows(empty_url, "select distinct role from schema_tools.log") == [("postgres",)]


@pytest.mark.parametrize("name", ["statement_timeout", "transaction_timeout"])
@pytest.mark.parametrize("text", ["select from gate", "vacuum gate"])
def test_no_time_limit_of_the_file_ends_the_note(name: str, text: str, empty_url: str, tmp_path: Path) -> None:
    """The note is made to wait for longer than the file lets a statement take."""
    if name == "transaction_timeout" and int(value(empty_url, "show server_version_num")) < 170000:
        pytest.skip("transaction_timeout is of PostgreSQL 17")
    rows(empty_url, "create table gate (id int)")
    shut, opened = "alter table gate rename to shut", "alter table shut rename to gate"
    project = write_history(tmp_path, {A: f"{OUTSIDE}set {name} = '300ms';\n{text};\nselect pg_sleep(9);"})
    rows(empty_url, shut)
    with pytest.raises(Failed, match="does not exist"):
        apply(empty_url, project)
    rows(empty_url, opened)
    locked = "select * from schema_tools.log for update"
    with in_the_way(empty_url, locked, until="enough") as listen:
        threading.Timer(1.0, listen, ["enough"]).start()
        with pytest.raises((Failed, Trouble)) as caught:
            apply(empty_url, project)
    assert ".sql:4:" in str(caught.value)
    assert "timeout" in str(caught.value)


def test_a_read_only_file_cannot_write(empty_url: str, tmp_path: Path) -> None:
    text = f"{OUTSIDE}set default_transaction_read_only = on;\ncreate table t ();"
    with pytest.raises(Failed, match="cannot execute CREATE TABLE in a read-only transaction"):
        apply(empty_url, write_history(tmp_path, {A: text}))
    assert relations(empty_url) == set()


def test_a_file_of_its_own_transactions_that_sets_a_role(empty_url: str, tmp_path: Path, roles: dict[str, str]) -> None:
    text = f"{OWN}begin;\nset role {roles['role']};\nset default_transaction_read_only = on;\ncommit;\n"
    apply(empty_url, write_history(tmp_path, {A: text, B: "create table b ()"}))
    assert applied(empty_url) == [A, B]
    assert relations(empty_url) == {"b"}


UNLOCK = "select pg_advisory_unlock_all()"


@pytest.mark.parametrize(("header", "text"), [(OUTSIDE, "discard all"), (OUTSIDE, UNLOCK), (OWN, UNLOCK)])
def test_a_file_that_lets_go_of_the_lock_gets_it_back(header: str, text: str, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"{header}{text};\nselect pg_sleep(3);\ncreate table t ();"})
    process = start(project, "apply", "-u", empty_url, "--statement-timeout", "9")
    wait_for_query(empty_url, "pg_sleep")
    said = says(empty_url, project)
    assert process.wait(20) == 0
    process.communicate()
    assert said[0].startswith("waiting for tools apply (pid "), said
    assert applied(empty_url) == [A]


def test_a_run_whose_lock_another_took_stops(empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another run takes the lock in the moment between: ours stops, and no statement runs twice."""
    rows(empty_url, "create table ran (n int)")
    project = write_history(tmp_path, {A: f"{OUTSIDE}discard all;\ninsert into ran values (1);"})
    hold = autocommit._hold_again
    others: list[database.Connection] = []

    def late(*arguments: object) -> None:
        if not others:
            others.append(database.connect(empty_url, application="the other run"))
            lock.hold(others[0], project)
        hold(*arguments)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(autocommit, "_hold_again", late)
    with pytest.raises(Trouble, match="statement 1 let go of the lock of the run, and another run took it"):
        apply(empty_url, project)
    assert value(empty_url, "select count(*) from ran") == 0
    others[0].close()
    monkeypatch.setattr(autocommit, "_hold_again", hold)
    apply(empty_url, project)
    assert value(empty_url, "select count(*) from ran") == 1


@pytest.mark.parametrize("first", ["discard all", "vacuum", "select 1"])
def test_a_statement_that_takes_too_long_after_another(first: str, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"{OUTSIDE}{first};\nselect pg_sleep(20);"})
    answer = call(project, "apply", "-u", empty_url, "--statement-timeout", "0.3")
    assert answer.code == 2
    assert "canceling statement due to statement timeout (57014)" in answer.err
    own = write_history(tmp_path / "own", {A: f"{OWN}begin;\nselect pg_sleep(20);\ncommit;"})
    rows(empty_url, "delete from schema_tools.log")
    assert "statement timeout" in call(own, "apply", "-u", empty_url, "--statement-timeout", "0.3").err


OLD = "alter table schema_tools.log drop column lock_waits, drop column lock_wait, drop column refused"


def test_an_older_log_gets_its_columns(empty_url: str, tmp_path: Path) -> None:
    apply(empty_url, write_history(tmp_path, {A: "create table t (id int)"}))
    rows(empty_url, OLD)
    wait_for_the_end(empty_url)
    said = says(empty_url, write_history(tmp_path, {B: "select 1"}))
    assert said == []
    assert rows(empty_url, LOGGED) == [(0, False), (0, False)]


@pytest.mark.parametrize("header", ["", OUTSIDE, OWN])
def test_who_may_not_change_an_older_log_runs_all_the_same(
    header: str, empty_url: str, tmp_path: Path, roles: dict[str, str]
) -> None:
    project = write_history(tmp_path, {A: "create table t (id int)"})
    apply(empty_url, project)
    rows(empty_url, OLD)
    for grant in (
        "usage on schema schema_tools, public",
        "create on schema public",
        "select, insert, update, delete on all tables in schema schema_tools, public",
    ):
        rows(empty_url, f"grant {grant} to {roles['role']}")
    rows(empty_url, f"alter table t owner to {roles['role']}; alter role {roles['role']} login")
    url = empty_url.replace("postgres@", f"{roles['role']}@", 1)
    write_history(tmp_path, {B: f"{header}alter table t add note text;"})
    with in_the_way(empty_url, "select * from t", until="trying again") as listen:
        said = says(url, project, listen)
    assert any("trying again" in line for line in said)
    assert applied(empty_url) == [A, B]


def test_a_reader_of_an_older_log_does_not_stop_the_run(empty_url: str, tmp_path: Path) -> None:
    apply(empty_url, write_history(tmp_path, {A: "create table t (id int)"}))
    rows(empty_url, OLD)
    with in_the_way(empty_url, "select * from schema_tools.log"):
        apply(empty_url, write_history(tmp_path, {B: "select 1"}))
    assert applied(empty_url) == [A, B]

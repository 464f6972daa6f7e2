"""The command line on a bad night: each wrong input is one clear sentence, the right exit code, and nothing changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import click
import psycopg
import pytest
from psycopg import sql
from tiny import AB, A, B, C, Files, applied, call, ended, relations, rows, start, value, write_history

from tools import cli, database, ledger, lock, migrations
from tools.config import Project
from tools.errors import Trouble
from tools.runner import Options

# What the folder holds (bytes as they are; a name with a slash is below the project), and what is said of it
FOLDERS: dict[str, tuple[dict[str, bytes], str]] = {
    "no folder": ({}, "no folder sql/migrations: pass -C DIRECTORY, or write the first migration with tools new NAME"),
    "empty": ({"README": b""}, "no migrations in sql/migrations: write the first with tools new NAME"),
    "utf-16": ({f"{A}.sql": "select 1".encode("utf-16")}, f"{A}.sql is UTF-16: save it as UTF-8"),
    "nul": ({f"{A}.sql": b"select 1;\n\0"}, f"{A}.sql:2: there is a NUL byte"),
    "latin-1": ({f"{A}.sql": b"\n\nselect '\xe4'"}, f"{A}.sql:3: byte 0xe4 is not UTF-8"),
    "duplicate": (
        {f"{A}.sql": b"", "20260101000000_z.sql": b""},
        f"{A}.sql and sql/migrations/20260101000000_z.sql have the same timestamp 20260101000000, and so no order",
    ),
    "orphan": ({f"{A}.sql": b"", f"{B}.rollback.sql": b""}, f"{B}.rollback.sql has no {B}.sql to roll back: restore"),
    "upper case": ({f"{A}.sql": b"", f"{B}.SQL": b""}, f"{B}.SQL would be ignored: the ending must be .sql"),
    "python": ({f"{A}.sql": b"", f"{B}.py": b""}, f"{B}.py: migrations in Python are not run: write SQL"),
    "post-apply": ({f"{A}.sql": b"", "post-apply.sql": b""}, "post-apply hooks are not run: make it a migration"),
    "sub folder": ({f"{A}.sql": b"", f"more/{B}.sql": b""}, "more/ holds .sql files that would be ignored: move them"),
    "unknown": ({f"{A}.sql": b"-- transactionl: false\n"}, ":1: unknown directive -- transactionl: write -- transact"),
    "case": ({f"{A}.sql": b"-- Transactional: false\n"}, ":1: unknown directive -- Transactional: write -- transact"),
    "value": (
        {f"{A}.sql": b"-- x\n-- transactional: no\n"},
        ":2: -- transactional: takes true, false or own, not 'no'",
    ),
    "misplaced": (
        {f"{A}.sql": b"select 1;\n-- transactional: false\nselect 2;"},
        f"{A}.sql:2: -- transactional: stands after the first statement: move it to the top of the file",
    ),
    "twice": (
        {f"{A}.sql": b"-- transactional: false\n-- transactional: true\n"},
        f"{A}.sql:2: a second -- transactional: keep one",
    ),
    "depends": (
        {f"{A}.sql": b"", f"{B}.sql": b"-- depends: 20260101000000_aa"},
        f"{B}.sql depends on 20260101000000_aa, and there is no such migration: did you mean {A}",
    ),
    "depends on nothing like it": (
        {f"{A}.sql": b"-- depends: before"},
        f"{A}.sql depends on before, and there is no such migration: write the id of one of the files",
    ),
    "depends, misplaced": (
        {f"{A}.sql": b"", f"{B}.sql": f"select 1;\n-- depends: {A}".encode()},
        f"{B}.sql:2: -- depends: stands after the first statement: move it to the top of the file",
    ),
    "circle": ({f"{A}.sql": f"-- depends: {A}".encode()}, "depend on each other in a circle"),
}


def test_too_far_down_the_folder_above_is_named(tmp_path: Path) -> None:
    write_history(tmp_path, {A: "create table a (id int)"})
    below = Project(directory=tmp_path / "sql" / "migrations")
    sentence = (
        "no folder sql/migrations: pass -C ../.., where there is one, or write the first migration with tools new"
    )
    assert sentence in call(below, "lint").err
    assert call(below, "lint", "-C", "../..", A).code < 2


@pytest.mark.parametrize("name", FOLDERS)
def test_a_bad_folder(name: str, empty_url: str, tmp_path: Path) -> None:
    files, sentence = FOLDERS[name]
    for path, raw in files.items():
        place = tmp_path / "sql" / "migrations" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(raw)
    project = write_project(tmp_path)
    for command in ("status", "apply"):
        answer = call(project, command, "-u", empty_url)
        assert answer.code == 2
        assert answer.out == ""
        assert sentence in answer.err
        assert answer.err.startswith("tools: ")
        assert answer.err.count("\n") == 1
    assert relations(empty_url) == set()


def write_project(directory: Path) -> Project:
    return Project(directory=directory)


@pytest.mark.parametrize(
    "up", [b"\xef\xbb\xbfcreate table a (id int);", b"-- why\r\ncreate table a (\r\n  id int\r\n);\r\n"]
)
def test_a_byte_order_mark_and_crlf_are_noted_and_run(up: bytes, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: ""})
    (project.migrations / f"{A}.sql").write_bytes(up)
    assert f"note: sql/migrations/{A}.sql " in call(project, "status", "-u", empty_url).err
    assert call(project, "apply", "-u", empty_url).code == 0
    (project.migrations / f"{A}.sql").write_bytes(b"-- why\ncreate table a (id int);\n")
    answer = call(project, "status", "-u", empty_url)
    assert answer.out.endswith("file edited since, in comments or white space only\n1 applied, 0 pending\n")
    assert call(project, "apply", "-u", empty_url).err == "nothing to apply\n"


def test_an_edited_file_is_shown(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    call(project, "apply", "-u", empty_url)
    write_history(tmp_path, {A: "create table a (id bigint)", C: "create table c (id int)"})
    answer = call(project, "apply", "-u", empty_url)
    assert answer.code == 2
    sentence = "was edited after it was applied: restore it, and put the change in a new migration"
    assert answer.err.splitlines() == [
        f"tools: sql/migrations/{A}.sql {sentence}",
        f"--- sql/migrations/{A}.sql (as applied)",
        f"+++ sql/migrations/{A}.sql (now)",
        "@@ -1 +1 @@",
        "-create table a (id int)",
        "+create table a (id bigint)",
        "nothing was changed",
    ]
    assert relations(empty_url) == {"a", "b"}
    assert call(project, "status", "--exit-code", "-u", empty_url).code == 1
    assert call(project, "plan", "-u", empty_url).code == 2


def test_the_database_of_another_project_is_not_named_file_by_file(empty_url: str, tmp_path: Path) -> None:
    call(write_history(tmp_path / "other", AB), "apply", "-u", empty_url)
    project = write_history(tmp_path / "ours", {C: "create table c (id int)"})
    sentence = (
        "the ledger names 2 migrations, and none of their files is here: pass the --url of the database, or the -C"
    )
    answer = call(project, "apply", "-u", empty_url)
    assert (answer.code, answer.err.count("\n")) == (2, 2)
    assert answer.err.startswith(f"tools: {sentence}")
    assert f"refused: {sentence}" in call(project, "plan", "-u", empty_url).out
    assert call(project, "drift-check", "--actual", "live", "-u", empty_url).err.startswith(f"tools: {sentence}")


def test_a_deleted_and_a_renamed_file_are_named(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    call(project, "apply", "-u", empty_url)
    for path in project.migrations.glob(f"{A}*"):
        path.unlink()
    answer = call(project, "apply", "-u", empty_url)
    assert (answer.code, answer.err) == (
        2,
        f"tools: {A} is applied, and its file is gone: restore it from version control\nnothing was changed\n",
    )
    write_history(tmp_path, {C: AB[A]})
    answer = call(project, "apply", "-u", empty_url)
    assert f"{A} is applied, and its file is now called {C}: rename it back" in answer.err
    assert applied(empty_url) == [A, B]
    assert call(project, "rollback", "-n", "2", "--yes", "-u", empty_url).code == 2
    assert applied(empty_url) == [A, B]


def test_a_late_file_needs_a_word(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: AB[A], C: ("create table c (id int)", "drop table c")})
    call(project, "apply", "-u", empty_url)
    write_history(tmp_path, {B: AB[B]})
    answer = call(project, "apply", "-u", empty_url)
    assert answer.code == 2
    assert f"{B} is older than {C}, which is applied: rename it to a new timestamp" in answer.err
    assert "--allow-late" in answer.err
    assert relations(empty_url) == {"a", "c"}
    assert call(project, "apply", "--allow-late", "-u", empty_url).code == 0
    assert rows(empty_url, "select migration_id from schema_tools.log where late") == [(B,)]
    assert "applied late" in call(project, "status", "-u", empty_url).out


@pytest.fixture
def guest(empty_url: str) -> Iterator[Callable[[str], str]]:
    """Return a function that makes a role which may connect and what else is granted, and returns its URL."""
    name = f"guest_{value(empty_url, 'select current_database()')}"
    role = sql.Identifier(name)
    password = sql.Literal("guests only")
    with database.connect(empty_url) as owner:
        owner.execute(sql.SQL("create role {} login password {}").format(role, password))

        def grant(text: str) -> str:
            for statement in filter(None, text.split(";")):
                owner.execute(sql.SQL("{} to {}").format(sql.SQL(statement), role))
            where = database.parse(empty_url) | {"user": name, "password": "guests only"}
            return " ".join(f"{key}='{value}'" for key, value in where.items())

        yield grant
        owner.execute(sql.SQL("drop owned by {}; drop role {}").format(role, role))


def test_a_role_without_rights_changes_nothing(guest: Callable[[str], str], empty_url: str, tmp_path: Path) -> None:
    project, url = write_history(tmp_path, AB), guest("")
    for command in ("status", "plan"):
        assert call(project, command, "-u", url).code == 0
    answer = call(project, "apply", "-u", url)
    assert answer.code == 2
    assert answer.err.startswith("tools: no right to make the ledger: permission denied for ")
    assert "guests only" not in answer.err
    assert value(empty_url, "select to_regnamespace('schema_tools')") is None
    call(project, "apply", "-u", empty_url)
    answer = call(project, "status", "-u", url)
    assert answer.code == 2
    assert answer.err == (
        "tools: cannot read the ledger: permission denied for table _yoyo_migration:"
        " grant select on public._yoyo_migration to this role\n"
    )


def test_a_role_that_may_only_read(guest: Callable[[str], str], empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    assert call(project, "apply", "--to", A, "-u", empty_url).code == 0
    url = guest("grant select on public._yoyo_migration")
    answer = call(project, "status", "-u", url)
    assert (answer.code, answer.err) == (0, "")
    note = "this role may not read schema_tools.log, so edited files are not seen"
    assert answer.out.endswith(f"note: {note}\n1 applied, 1 pending\n")
    assert json.loads(call(project, "status", "-f", "json", "-u", url).out)["notes"] == [note]
    assert call(project, "status", "-f", "markdown", "-u", url).out.endswith("so edited files are not seen\n")
    url = guest("grant usage on schema schema_tools; grant select on schema_tools.log")
    assert "note:" not in call(project, "status", "-u", url).out
    assert call(project, "plan", "-u", url).out.endswith("1 to apply\n")
    answer = call(project, "apply", "-u", url)
    assert answer.code == 2
    sentence = (
        "tools: no right to write the ledger: permission denied for table {}: ask the owner of the database for it\n"
    )
    assert answer.err == sentence.format("_yoyo_migration")
    url = guest("grant insert on public._yoyo_migration, public._yoyo_log; grant create on schema public")
    answer = call(project, "apply", "-u", url)
    assert (answer.code, answer.err) == (2, sentence.format("log"))
    assert value(empty_url, "select count(*) from _yoyo_migration") == 1
    assert applied(empty_url) == [A]


@pytest.mark.parametrize("before", [False, True], ids=["no ledger", "a ledger"])
def test_a_read_only_server(before: bool, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    if before:
        call(project, "apply", "--to", A, "-u", empty_url)
    seen = (relations(empty_url), applied(empty_url) if before else None)
    name = value(empty_url, "select current_database()")
    rows(empty_url, f"alter database {name} set default_transaction_read_only = on")
    assert call(project, "status", "-u", empty_url).out.endswith(f"{int(before)} applied, {2 - before} pending\n")
    assert call(project, "plan", "-u", empty_url).code == 0
    for command in ("apply",), ("rollback", "--yes"):
        answer = call(project, *command, "-u", empty_url)
        if before or command == ("apply",):
            assert (answer.code, answer.err.partition(" is on for")[0]) == (2, "tools: default_transaction_read_only")
    assert (relations(empty_url), applied(empty_url) if before else None) == seen


def test_rollback_asks_and_nobody_answers(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "create table a (id int)", B: AB[B]})
    call(project, "apply", "-u", empty_url)
    answer = call(project, "rollback", "-u", empty_url)
    assert (answer.code, answer.err) == (2, "tools: this asks first, and there is nobody to answer: pass --yes\n")
    answer = call(project, "rollback", "-n", "2", "--yes", "-u", empty_url)
    assert (answer.code, answer.err) == (
        2,
        f"tools: {A} has no rollback file: write {A}.rollback.sql, or restore a backup\n",
    )
    assert applied(empty_url) == [A, B]
    assert call(project, "rollback", "--to", A, "--yes", "-u", empty_url).out.startswith(f"{B}: rolled back in ")
    answer = call(project, "rollback", "--to", B, "--yes", "-u", empty_url)
    assert f"{B} is not applied: --to names the migration that stays the newest" in answer.err


def test_rollback_takes_one_word_for_how_far(empty_url: str, tmp_path: Path) -> None:
    """Whoever says -n 1 does not mean everything after --to."""
    project = write_history(tmp_path, {A: AB[A], B: AB[B], C: "create table c (id int)"})
    call(project, "apply", "-u", empty_url)
    answer = call(project, "rollback", "--to", A, "-n", "1", "--yes", "-u", empty_url)
    assert (answer.code, answer.err) == (2, "tools: write either --to or -n, and not both\n")
    assert applied(empty_url) == [A, B, C]


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("20260101000000_aa", f"no migration 20260101000000_aa: did you mean {A}"),
        ("nothing", "no migration nothing: see tools status"),
        ("2026", f"2026 could be {A}, {B}: write more of the name"),
    ],
)
def test_an_unknown_id(wanted: str, sentence: str, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    answer = call(project, "apply", "--to", wanted, "-u", empty_url)
    assert (answer.code, answer.err) == (2, f"tools: {sentence}\n")
    assert call(project, "apply", "--to", "20260101", "-u", empty_url).code == 0
    assert applied(empty_url) == [A]


def test_of_many_ids_a_few_are_named(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {f"2026010100000{n}_t": f"create table t{n} ()" for n in range(5)})
    answer = call(project, "plan", "--to", "2026", "-u", empty_url)
    three = ", ".join(f"2026010100000{n}_t" for n in range(3))
    assert (answer.code, answer.err) == (2, f"tools: 2026 could be {three} and 2 more: write more of the name\n")


def test_json(empty_url: str, tmp_path: Path) -> None:
    project = write_history(
        tmp_path, {A: ("-- A table.\n-- risk: low\ncreate table a (id int);", "drop table a"), B: AB[B]}
    )
    plan = json.loads(call(project, "plan", "-f", "json", "--to", A, "-u", empty_url).out)
    step = {
        "id": A,
        "file": f"sql/migrations/{A}.sql",
        "title": "A table.",
        "transactional": "true",
        "risk": "low",
        "phase": None,
        "late": False,
        "reversible": True,
        "statements": ["create table a (id int)"],
    }
    assert plan["steps"][0].pop("measured").keys() >= {"risk", "phase", "statements", "tables", "in_the_way", "back"}
    assert plan == {"steps": [step], "refusals": [], "measured": True, "oldest_transaction": None, "notes": []}
    lines = call(project, "apply", "-f", "json", "--to", A, "-u", empty_url).out.splitlines()
    events = [json.loads(line) for line in lines]
    assert [event | {"milliseconds": 0} for event in events] == [
        {"event": "applied", "id": A, "operation": "apply", "milliseconds": 0, "by_other": False}
    ]
    status = json.loads(call(project, "status", "-f", "json", "-u", empty_url).out)
    assert (status["applied"], status["pending"], status["problems"]) == (1, [B], [])
    assert [(one["id"], one["state"]) for one in status["migrations"]] == [(A, "applied"), (B, "pending")]
    assert status["migrations"][0]["applied_at"] is not None


def test_where_the_repository_and_the_database_are(empty_url: str, tmp_path: Path) -> None:
    project, elsewhere = write_history(tmp_path / "here", AB), Project(directory=tmp_path)
    assert call(elsewhere, "-C", "here", "status", "-u", empty_url).code == 0
    assert call(elsewhere, "status", "-C", "here", "-u", empty_url).code == 0
    answer = call(elsewhere, "status", "-C", "nowhere", "-u", empty_url)
    assert (answer.code, answer.err) == (
        2,
        "tools: no directory nowhere: -C takes the folder that holds sql/migrations\n",
    )
    assert call(project, "status").err == "tools: no database: pass --url or set DATABASE_URL\n"
    (project.directory / ".env").write_text(f"DATABASE_URL={empty_url}\n")
    assert call(project, "status").code == 0
    for name in ("DATABASE_URL", "PGHOST"):
        wrong = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "PGHOST": "nohost.invalid"}[name]
        assert call(project, "status", env={name: wrong}).code == 2
    where = {f"PG{key.upper()}": str(part) for key, part in database.parse(empty_url).items() if key != "dbname"}
    (project.directory / ".env").unlink()
    assert call(project, "status", env={**where, "PGDATABASE": str(database.parse(empty_url)["dbname"])}).code == 0


def test_usage_errors_and_bugs_are_trouble(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    for arguments in (["bogus"], ["status", "--bogus"], ["rollback", "-n", "0"], ["mark"]):
        assert call(project, *arguments).code == 2

    def crash(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(migrations, "read", crash)
    answer = call(project, "status", "-u", "postgresql://127.0.0.1:1/x")
    assert answer.code == 2
    assert answer.err.startswith("tools: unexpected ZeroDivisionError: a bug: ")


def test_the_command_line_and_the_library_run_alike_where_nothing_is_said() -> None:
    given = cli.tools.commands["apply"].make_context("apply", []).params
    assert Options(**{one.name: given[one.name] for one in fields(Options)}) == Options()


def test_every_help_has_one_example() -> None:
    for name, command in cli.tools.commands.items():
        text = command.get_help(click.Context(command, info_name=name, **command.context_settings))
        assert text.count("Example: tools ") == 1


def test_a_reader_that_has_seen_enough_is_no_drift(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    closed, pipe = os.pipe()
    os.close(closed)
    answer = ended(start(project, "status", "-u", empty_url, stdout=pipe, env={**os.environ, "TERM": "nonsense"}))
    os.close(pipe)
    assert (answer.code, answer.err) == (2, "")


def test_a_user_without_a_passwd_entry() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    script = (
        "from tools import ledger, config; import pathlib; print(ledger.operator(config.load(pathlib.Path('/'))).name)"
    )
    become = ["setpriv", "--reuid=12345", "--clear-groups", sys.executable]
    if subprocess.run([*become, "-c", "import psycopg"], capture_output=True, check=False).returncode:
        pytest.skip("this Python lies where only root may enter")
    done = subprocess.run(
        [*become, "-c", script],
        env={"PYTHONPATH": str(Path(ledger.__file__).parent.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("uid 12345\n", "")


def test_mark_proves_before_it_records(empty_url: str, tmp_path: Path) -> None:
    files: Files = {A: ("create table public.a (id int)", "drop table a"), B: ("create table public.b (id int)", None)}
    project = write_history(tmp_path, files)
    rows(empty_url, "create table a (id int)")
    answer = call(project, "mark", A, B, "-u", empty_url)
    assert answer.code == 2
    assert "so none was marked:\n  missing table public.b" in answer.err
    assert applied(empty_url) == []
    answer = call(project, "mark", "20260101", "-u", empty_url)
    assert (answer.code, answer.out) == (0, f"{A}: marked in 0 ms\n")
    assert call(project, "mark", A, "-u", empty_url).err == "nothing to mark\n"
    assert call(project, "apply", "-u", empty_url).out.startswith(f"{B}: applied in ")
    assert rows(empty_url, "select operation from schema_tools.log order by log_id") == [("mark",), ("apply",)]


def test_verify_says_which_way_back_fails(tmp_path: Path) -> None:
    files: Files = {
        A: ("create table a (id int)", "drop table a"),
        B: ("create table b (id int); alter table a add note text", "drop table b"),
    }
    assert call(write_history(tmp_path / "good", {A: files[A]}), "verify").out == (
        f"{A}: exact\n1 migration up, down, up: every way back holds\n"
    )
    answer = call(write_history(tmp_path / "bad", {A: files[A], C: "select 1"}), "verify", "-f", "json")
    verdicts = [(one["id"], one["verdict"]) for one in json.loads(answer.out)["migrations"]]
    assert (answer.code, verdicts) == (1, [(A, "exact"), (C, "irreversible")])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("drift-check", "--destructive"), "a report destroys nothing: pass --sql with --destructive"),
        (
            ("snapshot", "--estimates", "--from", "migrations"),
            "sizes are those of a database: pass --url, and no --from, with --estimates",
        ),
    ],
    ids=str,
)
def test_an_option_that_nothing_follows_from_is_refused(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    answer = call(write_history(tmp_path, AB), *words)
    assert (answer.code, answer.err) == (2, f"tools: {said}\n")


def test_a_ledger_that_another_run_is_making_is_waited_for_no_longer_than_wanted(
    empty_url: str, tmp_path: Path
) -> None:
    """As behind a pooler, where each transaction takes the lock for itself."""
    project = write_history(tmp_path, AB)
    with psycopg.connect(empty_url) as other, database.connect(empty_url) as connection:
        other.execute("select pg_advisory_xact_lock(%s)", [ledger.lock_key(project)])
        with pytest.raises(Trouble, match="and there is no ledger yet"):
            lock.create_ledger(connection, project, 0.3)
        other.rollback()
        lock.create_ledger(connection, project, 0.3)
        assert ledger.exists(connection, project)

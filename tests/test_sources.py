"""What drift-check says of a migrated database: every change by hand is one difference, and undone it is none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from tiny import A, B, call, ended, relations, start, wait_until, write_history

from tools import __version__, catalog, database, ledger, lock, migrations, runner, scratch, sources
from tools.config import Project
from tools.errors import Trouble

# what somebody does by hand, how it is undone, and the one difference that must be reported
CHANGES = [
    ("alter table tasks alter column title drop not null", "alter table tasks alter column title set not null",
     "changed column public.tasks.title"),
    ("alter table tasks alter column priority set default 5", "alter table tasks alter column priority set default 3",
     "changed column public.tasks.priority"),
    ("alter table tasks alter column priority drop default", "alter table tasks alter column priority set default 3",
     "changed column public.tasks.priority"),
    ("alter table projects add column nickname varchar(20)", "alter table projects drop column nickname",
     "unexpected column public.projects.nickname"),
    ("alter table tags alter column name type varchar(60)", "alter table tags alter column name type varchar(50)",
     "changed column public.tags.name"),
    ("alter table tasks alter column description set storage external",
     "alter table tasks alter column description set storage extended", "changed column public.tasks.description"),
    ("alter table tasks alter column title set statistics 500",
     "alter table tasks alter column title set statistics -1", "changed column public.tasks.title"),
    ("alter table tasks drop constraint tasks_priority_check",
     "alter table tasks add constraint tasks_priority_check check (priority between 1 and 5)",
     "missing constraint public.tasks.tasks_priority_check"),
    ("alter table tasks drop constraint tasks_priority_check,"
     " add constraint tasks_priority_check check (priority between 1 and 6)",
     "alter table tasks drop constraint tasks_priority_check,"
     " add constraint tasks_priority_check check (priority between 1 and 5)",
     "changed constraint public.tasks.tasks_priority_check"),
    ("alter table tasks add constraint more check (priority <> 4)", "alter table tasks drop constraint more",
     "unexpected constraint public.tasks.more"),
    ("alter table tasks add constraint late check (priority <> 4) not valid", "alter table tasks drop constraint late",
     "unexpected constraint public.tasks.late"),
    ("alter table tasks rename constraint tasks_priority_check to tasks_priority_range",
     "alter table tasks rename constraint tasks_priority_range to tasks_priority_check", None),
    ("create index extra on tasks (created_at)", "drop index extra", "unexpected index public.extra"),
    ("create unique index extra on tasks (id, title) where version > 3", "drop index extra",
     "unexpected index public.extra"),
    ("alter table tasks disable trigger tasks_set_updated_at",
     "alter table tasks enable trigger tasks_set_updated_at", "changed trigger public.tasks.tasks_set_updated_at"),
    ("alter table tasks enable always trigger tasks_set_updated_at",
     "alter table tasks enable trigger tasks_set_updated_at", "changed trigger public.tasks.tasks_set_updated_at"),
    ("create trigger spy after insert on tasks execute function set_updated_at()", "drop trigger spy on tasks",
     "unexpected trigger public.tasks.spy"),
    ("alter function set_updated_at() cost 7", "alter function set_updated_at() cost 100",
     "changed function public.set_updated_at()"),
    ("alter function set_updated_at() security definer", "alter function set_updated_at() security invoker",
     "changed function public.set_updated_at()"),
    ("create function spare() returns int language sql as 'select 1'", "drop function spare()",
     "unexpected function public.spare()"),
    ("alter type task_status add value 'someday'", None, "changed enum public.task_status"),
    ("alter type task_status rename value 'done' to 'finished'",
     "alter type task_status rename value 'finished' to 'done'", None),
    ("create type mood as enum ('good')", "drop type mood", "unexpected enum public.mood"),
    ("alter domain hex_color set not null", "alter domain hex_color drop not null",
     "changed domain public.hex_color"),
    ("create domain short as varchar(3)", "drop domain short", "unexpected domain public.short"),
    ("alter type recurrence add attribute note text", "alter type recurrence drop attribute note",
     "changed composite type public.recurrence"),
    ("create view spare as select 1 as one", "drop view spare", "unexpected view public.spare"),
    ("create materialized view spare as select 1 as one", "drop materialized view spare",
     "unexpected materialized view public.spare"),
    ("create sequence spare", "drop sequence spare", "unexpected sequence public.spare"),
    ("create table spare (id int primary key, note text)", "drop table spare", "unexpected table public.spare"),
    ("create schema spare", "drop schema spare", "unexpected schema spare"),
    ("create extension hstore", "drop extension hstore", "unexpected extension hstore"),
    ("alter table tasks no force row level security", "alter table tasks force row level security",
     "changed table public.tasks"),
    ("alter table tasks disable row level security", "alter table tasks enable row level security",
     "changed table public.tasks"),
    ("create policy everybody on tasks using (true)", "drop policy everybody on tasks",
     "unexpected policy public.tasks.everybody"),
    ("grant truncate on tasks to todo_app", "revoke truncate on tasks from todo_app", None),
    ("grant select on tasks to public", "revoke select on tasks from public", None),
    ("grant usage on schema public to todo_app with grant option",
     "revoke grant option for usage on schema public from todo_app", None),
    ("alter default privileges in schema public grant select on tables to todo_app",
     "alter default privileges in schema public revoke select on tables from todo_app", None),
    ("comment on table tasks is 'mine'", None, "changed comment"),
    ("comment on column tasks.title is null", None, "missing comment"),
    ("alter table tasks set (fillfactor = 70)", "alter table tasks reset (fillfactor)", "changed table public.tasks"),
    ("alter table tasks replica identity full", "alter table tasks replica identity default",
     "changed table public.tasks"),
    ("alter table task_tags set unlogged", "alter table task_tags set logged", "changed table public.task_tags"),
    ("create role spare_owner; alter table projects owner to spare_owner",
     "alter table projects owner to current_user; drop role spare_owner", "changed table public.projects"),
    ("create table audit_log_spare partition of audit_log for values from ('2031-01-01') to ('2031-02-01')",
     "drop table audit_log_spare", "unexpected table public.audit_log_spare"),
    ("create statistics spare on user_id, project_id from tasks", "drop statistics spare",
     "unexpected statistics public.spare"),
    ("create rule spare as on delete to tags do also nothing", "drop rule spare on tags",
     "unexpected rule public.tags.spare"),
    ("create publication spare for table tags", "drop publication spare", None),
]  # fmt: skip


@pytest.fixture(scope="module")
def reader(project: Project, cluster: scratch.Cluster) -> Iterator[sources.Reader]:
    with sources.reader(project, scratch.configured(None, None)) as opened:
        yield opened


def names(comparison: sources.Comparison) -> list[str]:
    return [f"{one.change} {one.kind} {one.name}" for one in comparison.differences]


def expected_of(text: str) -> str:
    return " ".join(text.split()[:6])


@pytest.mark.parametrize(("change", "undo", "expected"), CHANGES, ids=lambda value: expected_of(value or "none"))
def test_one_change_by_hand_is_one_difference(
    change: str,
    undo: str | None,
    expected: str | None,
    conn: database.Connection,
    database_url: str,
    reader: sources.Reader,
) -> None:
    conn.execute(change.encode())
    comparison = reader.compare("migrations", database_url)
    found = names(comparison)
    if "rename" in change:
        assert [name.split()[0] for name in found] in (["missing", "unexpected"], ["changed"])
    else:
        assert len(found) == 1, found
        assert expected is None or found[0].startswith(expected)
    if not any(one.note and not one.hint for one in comparison.differences):
        conn.execute(comparison.script(destructive=True).encode())
        assert names(reader.compare("migrations", database_url)) == []
        conn.execute(b"drop role if exists spare_owner")
    else:
        assert "alter type task_status add value" in change, "a label stays"
    if undo:
        conn.execute(change.encode())
        conn.execute(undo.encode())
        assert names(reader.compare("migrations", database_url)) == []


def test_pending_is_not_drift_and_the_replay_stops_at_the_ledger(
    conn: database.Connection, database_url: str, reader: sources.Reader, project: Project
) -> None:
    runner.roll_back(database_url, project, runner.Options(), count=4)
    found = reader.compare("migrations", database_url)
    assert names(found) == []
    assert found.pending == tuple(step.migration.id for step in reader.steps()[-4:])
    conn.execute("alter table tasks alter column title drop not null")
    assert names(reader.compare("migrations", database_url)) == ["changed column public.tasks.title"]


def test_a_difference_names_the_file_and_line_that_made_the_object(
    conn: database.Connection, database_url: str, reader: sources.Reader, project: Project
) -> None:
    conn.execute("alter table tags alter column name type varchar(60)")
    (difference,) = reader.compare("migrations", database_url).differences
    assert difference.where is not None
    path, _, line = difference.where.partition(":")
    text = (project.directory / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert "name" in text
    assert "varchar(50)" in text


def test_what_was_edited_after_it_ran_is_said(tmp_path: Path, empty_url: str) -> None:
    """What mends the difference is the old text of the file, and no statement."""
    project = write_history(tmp_path, {A: "create table a (id int)"})
    runner.apply(empty_url, project, runner.Options())
    write_history(tmp_path, {A: "create table a (id bigint)"})
    answer = call(project, "drift-check", "--actual", "live", "-u", empty_url)
    assert (answer.code, answer.err) == (
        1,
        f"note: {A} was edited after it was applied, and its new text counts: see tools status\n",
    )
    write_history(tmp_path, {A: "create table a (id int)  -- the number"})
    assert call(project, "drift-check", "--actual", "live", "-u", empty_url).err == ""


def test_a_migration_that_runs_is_waited_for(conn: database.Connection, database_url: str, project: Project) -> None:
    conn.execute("select pg_advisory_lock(%s)", [ledger.lock_key(project)])
    said: list[str] = []
    with sources.reader(project, scratch.configured(None, None), say=said.append, patience=0.0) as opened:
        with pytest.raises(Trouble, match="still running after 0 s"):
            opened.compare("migrations", database_url)
        assert said == [f"a migration is running: waiting for {lock.holder(conn, project)}"]
        conn.execute("select pg_advisory_unlock(%s)", [ledger.lock_key(project)])
        assert opened.compare("migrations", database_url).same


SLOW = "create table b (id int);\nselect pg_sleep(1.5);\ncreate table c (id int)"


def test_a_deployment_in_progress_is_no_drift(tmp_path: Path, empty_url: str) -> None:
    """A file of three statements without a transaction: in its middle the catalog is neither old nor new."""
    project = write_history(tmp_path, {A: "create table a (id int)", B: f"-- transactional: false\n{SLOW}"})
    run = start(project, "apply", "-u", empty_url)
    wait_until(lambda: relations(empty_url) == {"a", "b"})
    hasty = call(project, "drift-check", "--actual", "live", "-u", empty_url, "--patience", "0")
    answer = call(project, "drift-check", "--actual", "live", "-u", empty_url)
    assert ended(run).code == 0
    assert hasty.code == 2
    assert "a migration is still running after 0 s, and what it changes is no drift" in hasty.err
    assert answer.code == 0, answer.out
    assert answer.err.startswith("a migration is running: waiting for tools apply (pid ")
    assert answer.out == "migrations against live: same, 10 objects\n"


def test_a_run_between_two_looks_is_no_drift(tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger is read, then somebody migrates, then the catalog is read: both are read again."""
    project = write_history(tmp_path, {A: "create table a (id int)", B: "create table b (id int)"})
    runner.apply(empty_url, project, runner.Options(), to=A)
    plain = catalog.read

    def late(connection: database.Connection, known: catalog.Catalog | None = None) -> catalog.Catalog:
        if connection.info.dbname == database.parse(empty_url)["dbname"]:
            runner.apply(empty_url, project, runner.Options())
        return plain(connection, known)

    monkeypatch.setattr(catalog, "read", late)
    said: list[str] = []
    with sources.reader(project, scratch.configured(None, None), say=said.append) as opened:
        found = opened.compare("migrations", empty_url)
    assert (found.same, found.pending, said) == (True, (), ["a migration ran meanwhile: reading again"])


def test_of_external_tables_only_what_we_point_to_is_compared(
    conn: database.Connection, database_url: str, reader: sources.Reader
) -> None:
    conn.execute("alter table users add column nickname text; alter table users alter column email drop not null")
    conn.execute("drop table accounts; create index on sessions (token)")
    conn.execute("comment on table users is 'theirs'; grant select on users to public")
    assert names(reader.compare("migrations", database_url)) == []


def test_a_foreign_key_that_points_elsewhere_is_seen(
    conn: database.Connection, database_url: str, reader: sources.Reader
) -> None:
    conn.execute("alter table tags drop constraint tags_user_id_fkey")
    add = "alter table tags add constraint tags_user_id_fkey foreign key (user_id) references {} (id) on delete cascade"
    conn.execute(add.format("sessions").encode())
    assert names(reader.compare("migrations", database_url)) == ["changed constraint public.tags.tags_user_id_fkey"]


def test_another_role_and_another_search_path_see_the_same(
    conn: database.Connection, database_url: str, reader: sources.Reader
) -> None:
    name = conn.info.dbname
    conn.execute(f"create role reader_{name} login; alter role reader_{name} set search_path = pg_catalog".encode())
    conn.execute(f"grant usage on schema schema_tools to reader_{name}".encode())
    conn.execute(f"grant select on schema_tools.log, _yoyo_migration to reader_{name}".encode())
    parameters = {**database.parse(database_url), "user": f"reader_{name}"}
    try:
        other = psycopg.conninfo.make_conninfo(**parameters)
        with database.connect(other) as connection, database.connect(database_url) as owner:
            assert catalog.read(connection) == catalog.read(owner)
    finally:
        conn.execute(f"drop owned by reader_{name}; drop role reader_{name}".encode())


def test_a_snapshot_is_a_source(
    conn: database.Connection, database_url: str, reader: sources.Reader, tmp_path: Path
) -> None:
    path = tmp_path / "schema.json"
    path.write_text(catalog.to_json(reader.read(database_url), tool_version=__version__), encoding="utf-8")
    assert reader.compare(str(path), database_url).same
    conn.execute("drop index tasks_title_idx" if _has(conn, "tasks_title_idx") else "drop view active_tasks")
    assert len(reader.compare(str(path), database_url).differences) == 1
    edited = path.read_text(encoding="utf-8").replace("varchar", "text", 1).replace("character varying", "text", 1)
    path.write_text(edited, encoding="utf-8")
    with pytest.raises(Trouble, match="edited"):
        reader.read(str(path))


def test_sql_files_and_folders_are_sources(
    reader: sources.Reader, tmp_path: Path, make_database: Callable[[str], str]
) -> None:
    (tmp_path / "one.sql").write_text("create table one (id int primary key);", encoding="utf-8")
    (tmp_path / "two.sql").write_text("create table two (id int references one);", encoding="utf-8")
    (tmp_path / "two.rollback.sql").write_text("drop table two;", encoding="utf-8")
    url = make_database("create table one (id int primary key)")
    assert names(reader.compare(str(tmp_path / "one.sql"), url)) == []
    assert names(reader.compare(str(tmp_path), url)) == ["missing table public.two"]
    (tmp_path / "bad.sql").write_text("create table\n  three (id intt);", encoding="utf-8")
    with pytest.raises(Trouble, match=r"bad\.sql:2:13: type \"intt\" does not exist"):
        reader.read(str(tmp_path / "bad.sql"))


def test_a_database_without_a_ledger_is_held_against_the_whole_history(
    reader: sources.Reader, conn: database.Connection, database_url: str
) -> None:
    conn.execute("drop schema schema_tools cascade; drop table _yoyo_migration, _yoyo_log, _yoyo_version, yoyo_lock")
    found = reader.compare("migrations", database_url)
    assert found.same
    assert found.pending == ()


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("nowhere.sql", "no file nowhere.sql: a source is"),
        ("live", "no database: pass --url"),
        ("postgresql://u:secret@127.0.0.1:1/x", "cannot connect to u@127.0.0.1:1/x"),
    ],
)
def test_a_source_that_is_none_is_a_sentence(source: str, sentence: str, reader: sources.Reader) -> None:
    with pytest.raises(Trouble) as caught:
        reader.compare("migrations", source)
    assert sentence in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_replay_is_cached_by_the_content_of_the_files(
    reader: sources.Reader, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reader.settings.url:
        pytest.skip("a server given by URL may have changed, so nothing is cached")
    before = reader.read("migrations")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a server was started")

    monkeypatch.setattr(scratch, "cluster", refuse)
    with sources.reader(project, scratch.configured(None, None)) as opened:
        assert opened.read("migrations") == before


def test_the_history_is_what_the_migrations_folder_says(project: Project, reader: sources.Reader) -> None:
    assert len(reader.steps()) == len(migrations.read(project))
    text = catalog.to_json(reader.read("migrations"), tool_version=__version__)
    assert json.loads(text)["fingerprint"] == catalog.fingerprint(reader.read("migrations"))


def _has(conn: database.Connection, name: str) -> bool:
    row = conn.execute("select to_regclass(%s) is not null", [name]).fetchone()
    return bool(row and row[0])


def test_snapshots_of_one_catalog_are_equal_and_a_change_is_a_line(
    conn: database.Connection, database_url: str, reader: sources.Reader
) -> None:
    first, again = (catalog.to_json(reader.read(database_url), tool_version=__version__) for _ in range(2))
    assert first == again
    head = json.loads(first)
    assert (head["tool_version"], head["server_version"]) == (__version__, reader.read(database_url).server_version)
    conn.execute("alter table tags alter column name type varchar(60)")
    changed = catalog.to_json(reader.read(database_url), tool_version=__version__).splitlines()
    lines = [line for line, other in zip(first.splitlines(), changed, strict=True) if line != other]
    assert [line.partition(":")[0] for line in lines] == ['"fingerprint"', '{"kind"']
    assert '"name": "public.tags.name"' in lines[1]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (f'"tool_version": "{__version__}"', '"tool_version": "0.0.1"', None),
        ('"format": 1', '"format": 9', "a snapshot of format 9, and this version reads format 1: write it again"),
        ('"kind": "column"', '"kind": "colour"', "has something unknown in it ('colour'): write it again"),
        ('"nullable": false', '"shade": false', "unexpected keyword argument 'shade'): write it again"),
        ('"type": "uuid"', '"type": "text"', "the snapshot was edited, its fingerprint does not fit: write it again"),
        ("{", "", "this is not a snapshot: write one with tools snapshot"),
    ],
)
def test_a_snapshot_of_another_version(
    old: str, new: str, sentence: str | None, reader: sources.Reader, tmp_path: Path
) -> None:
    path = tmp_path / "schema.json"
    text = catalog.to_json(reader.read("migrations"), tool_version=__version__)
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    if sentence is None:
        assert reader.compare(str(path), "migrations").same, "the same facts, whoever wrote them"
        return
    with pytest.raises(Trouble) as caught:
        reader.read(str(path))
    assert str(caught.value).startswith(f"{path}: ")
    assert sentence in str(caught.value)


def test_a_snapshot_that_saw_less_says_so(reader: sources.Reader, tmp_path: Path) -> None:
    path = tmp_path / "schema.json"
    text = catalog.to_json(reader.read("migrations"), tool_version="0.0.1")
    path.write_text(text.replace('"fingerprint": "', '"fingerprint": "0', 1), encoding="utf-8")
    with pytest.raises(Trouble, match=r"written by version 0\.0\.1, which saw less or more than this one"):
        reader.read(str(path))


def test_a_source_that_may_be_a_broken_url_is_not_shown(tmp_path: Path) -> None:
    answer = call(write_history(tmp_path, {}), "drift-check", "--expected", "u:hunter2@h/db", "--actual", "x.json")
    assert answer.code == 2
    assert "no file of this name: a source is" in answer.err
    assert "hunter2" not in answer.err

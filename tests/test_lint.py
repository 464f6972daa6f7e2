"""The lint command: what is looked at, how it is weighed, what a header and a comment say, and its exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from tiny import A, Answer, B, C, apply, call, rows, write_history

from tools import database, scratch
from tools.config import Project

HEADER = "-- Do it.\n--\n-- why: a test\n-- risk: {risk}\n-- phase: {phase}\n"
D = "20260104000000_d"
SAFE = HEADER.format(risk="low", phase="expand")
TABLE = SAFE + "create table a (id int, note varchar(20));"
INDEX = SAFE + "create index a_note_idx on a (note);"


@pytest.fixture
def history(tmp_path: Path) -> Project:
    return write_history(tmp_path, {A: TABLE, B: INDEX})


def lint(project: Project, *arguments: str) -> Answer:
    """Lint, without the rules of design, which the small tables here break."""
    return call(project, "lint", "--no-design", *arguments)


def found(answer: Answer) -> list[tuple[str, str]]:
    return [(Path(one["file"]).stem, one["rule"]) for one in json.loads(answer.out)["findings"]]


def lint_json(project: Project, *arguments: str) -> list[tuple[str, str]]:
    return found(lint(project, "-f", "json", *arguments))


def test_the_answer_is_the_contract_s(history: Project) -> None:
    answer = lint(history, "-f", "json")
    assert answer.code == 1
    shown = json.loads(answer.out)
    (one,) = shown["findings"]
    assert set(one) == {
        "rule", "class", "risk", "file", "line", "statement", "message", "instead", "measured"
    }  # fmt: skip
    assert (one["rule"], one["class"], one["risk"]) == ("create-index", "hazard", "high")
    assert (one["file"], one["line"]) == (f"sql/migrations/{B}.sql", 6)
    assert one["statement"] == "create index a_note_idx on a (note)"
    assert one["measured"] == {
        "locks": [{"relation": "public.a", "mode": "ShareLock"}],
        "rewrites": [],
        "scans": ["public.a"],
    }
    assert shown["migrations"] == [
        {"id": A, "risk": "low", "phase": "expand"},
        {"id": B, "risk": "high", "phase": "expand"},
    ]


def commit(project: Project) -> None:
    """Make a commit of all files, the first one of a new repository."""
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    for arguments in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "one"]):
        subprocess.run(["git", *arguments], cwd=project.directory, check=True, capture_output=True)


# A statement, the rule that it breaks, and what was measured of it: locks, what is written again, what is read
MEASURED = [
    ("drop table a", "drop-table", {"a": "AccessExclusive", "a_pkey": "AccessExclusive"}, [], []),
    ("alter table a alter id type bigint", "type-change-rewrites",
     {"a": "AccessExclusive", "a_pkey": "AccessExclusive"}, ["a"], []),
    ("update a set note = 'x'", "many-rows-at-once", {"a": "RowExclusive", "a_pkey": "RowExclusive"}, [], ["a"]),
    ("lock table b;\nselect count(*) from a where id > 0", "work-after-lock",
     {"a": "AccessShare", "a_pkey": "AccessShare"}, [], ["a"]),
    ("alter table b add foreign key (id) references a (id)", "add-foreign-key",
     {"a": "ShareRowExclusive", "a_pkey": "AccessShare", "b": "ShareRowExclusive"}, [], ["a", "b"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rule", "locks", "rewrites", "scans"), MEASURED, ids=[one[1] for one in MEASURED])
def test_what_was_measured_is_told_of_each_relation(
    text: str, rule: str, locks: dict[str, str], rewrites: list[str], scans: list[str], tmp_path: Path
) -> None:
    tables = TABLE.replace("id int", "id int primary key") + "create table b (id int);"
    project = write_history(tmp_path, {A: tables, B: f"{SAFE}{text};"})
    shown = json.loads(lint(project, "-f", "json", B).out)["findings"]
    (measured,) = (one["measured"] for one in shown if one["rule"] == rule)
    assert measured == {
        "locks": [{"relation": f"public.{name}", "mode": f"{mode}Lock"} for name, mode in locks.items()],
        "rewrites": [f"public.{name}" for name in rewrites],
        "scans": [f"public.{name}" for name in scans],
    }


def test_one_file_is_looked_at_in_the_state_before_it(history: Project) -> None:
    assert lint_json(history, f"sql/migrations/{A}.sql") == []
    assert lint_json(history, B) == [(B, "create-index")]


def test_a_file_that_is_no_migration(history: Project) -> None:
    path = history.directory / "try.sql"
    path.write_text("alter table a add column token uuid default gen_random_uuid();")
    assert lint_json(history, "try.sql") == [("try", "add-column-volatile-default")]


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_what_differs_from_a_commit(history: Project) -> None:
    commit(history)
    assert lint_json(history, "--since", "HEAD") == []
    write_history(history.directory, {C: SAFE + "drop table a;"})
    assert (C, "drop-table") in lint_json(history, "--since", "HEAD")
    assert {file for file, _ in lint_json(history, "--since", "HEAD")} == {C}
    answer = lint(history, "--since", "nowhere")
    assert answer.code == 2
    assert "git does not know nowhere" in answer.err
    assert lint(history, "--since=--output=written").code == 2
    assert not (history.directory / "written").exists()


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_a_folder_that_git_does_not_keep_is_a_sentence(history: Project) -> None:
    answer = lint(history, "--since", "HEAD")
    assert (answer.code, answer.out) == (2, "")
    assert "git rev-parse failed: " in answer.err


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_a_folder_of_another_owner_is_a_sentence(history: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job's user is often not the one who checked the files out; git says what is wrong first."""
    subprocess.run(["git", "init", "-q"], cwd=history.directory, check=True)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    err = lint(history, "--since", "HEAD").err
    assert "git rev-parse failed: fatal: detected dubious ownership" in err
    assert "call: git config --global --add safe.directory" in err


def test_git_that_is_missing_is_a_sentence(history: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    answer = lint(history, "--since", "HEAD")
    assert (answer.code, answer.out) == (2, "")
    assert "git is not installed: install it, or name the files" in answer.err


def test_what_is_pending_weighed_with_the_size_of_the_tables(history: Project, empty_url: str) -> None:
    write_history(history.directory, {A: TABLE})
    (history.migrations / f"{B}.sql").unlink()
    apply(empty_url, history)
    write_history(history.directory, {B: INDEX})
    assert lint_json(history, "-u", empty_url) == []  # the table is empty there
    rows(empty_url, "insert into a select n from generate_series(1, 20000) as n")
    rows(empty_url, "analyze a")
    answer = lint(history, "-u", empty_url, "-f", "json")
    assert found(answer) == [(B, "create-index")]
    assert "public.a (about 20,000 rows)" in answer.out
    assert rows(empty_url, "select count(*) from pg_class where relname = 'a_note_idx'") == [(0,)]


def test_sizes_that_are_committed(history: Project) -> None:
    path = history.migrations.parent / "estimates.json"
    path.write_text('{"rows": {"public.a": 12}}')
    assert lint_json(history) == []
    path.write_text('{"rows": {"public.a": 12000000}}')
    assert "about 12,000,000 rows" in lint(history).out
    path.write_text('{"rows": {"public.a": 10000}}')
    assert lint_json(history) == []
    path.write_text('{"rows": {"public.a": 10001}}')
    assert lint_json(history) == [(B, "create-index")]
    for text in ("{}", "{", '{"rows": {"public.a": "many"}}', '{"rows": [1]}'):
        path.write_text(text)
        answer = lint(history)
        assert (answer.code, "cannot read estimates.json (" in answer.err) == (2, True), text
    path.unlink()
    path.mkdir()
    assert "cannot read estimates.json (" in lint(history).err


def test_nothing_to_look_at_is_no_clean_verdict(tmp_path: Path) -> None:
    """A CI job in the wrong folder must not be green."""
    answer = lint(Project(directory=tmp_path))
    assert (answer.code, answer.out) == (2, "")
    assert "no folder sql/migrations: pass -C DIRECTORY" in answer.err


def test_a_file_that_is_applied_is_looked_at_in_the_state_before_it(history: Project, empty_url: str) -> None:
    apply(empty_url, history)
    rows(empty_url, "insert into a select n from generate_series(1, 20000) as n; analyze a")
    assert lint_json(history, "-u", empty_url, B) == [(B, "create-index")]


def test_sizes_are_written_for_those_who_have_no_access(history: Project, make_database: Callable[[str], str]) -> None:
    url = make_database(
        "create table b (id int); create table a (id int); insert into a select generate_series(1, 30000); analyze"
    )
    assert call(history, "snapshot", "--estimates", "-u", url).code == 0
    path = history.migrations.parent / "estimates.json"
    assert path.read_text() == '{\n  "rows": {\n    "public.a": 30000,\n    "public.b": 0\n  }\n}\n'
    assert "about 30,000 rows" in lint(history).out
    assert call(history, "snapshot", "--estimates").code == 2


def test_the_version_that_a_file_is_for(tmp_path: Path, cluster: scratch.Cluster) -> None:
    with database.connect(cluster.url("postgres")) as connection:
        if connection.info.server_version < 170_000:
            pytest.skip("older servers refuse it themselves")
    labels = "create type t as enum ('x'); alter type t add value 'y'; create table u (c t default 'y');"
    project = write_history(tmp_path, {A: SAFE + labels})
    assert lint_json(project) == lint_json(project, "--pg", "17") == []
    assert lint_json(project, "--pg", "16") == [(A, "newer-version")]
    assert lint(project, "--pg", "9").code == 2


def test_a_table_of_the_same_file_is_empty(tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: TABLE + "create index a_note_idx on a (note);"})
    assert lint(project).code == 0


@pytest.mark.parametrize(
    ("least", "text", "code"),
    [
        ("low", "create index a_note_idx on a (note);", 1),
        ("high", "create index a_note_idx on a (note);", 1),
        ("high", "drop view v;", 0),
        ("medium", "drop view v;", 1),
        ("low", "alter table a add column extra json;", 0),
        ("hygiene", "alter table a add column extra json;", 1),
    ],
)
def test_what_is_bad_enough_to_fail(least: str, text: str, code: int, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: TABLE + "create view v as select id from a;", B: SAFE + text})
    assert lint(project, B, "--fail-on", least).code == code


def test_an_ignored_rule_wants_a_reason(history: Project) -> None:
    def say(comment: str) -> Answer:
        write_history(history.directory, {B: SAFE + f"{comment}\ncreate index a_note_idx on a (note);"})
        return lint(history, "-f", "json")

    assert found(say("-- lint: ignore create-index because a has ten rows")) == []
    for comment in ("-- lint: ignore create-index", "-- lint: off", "-- lint: ignore create-indx because it is small"):
        answer = say(comment)
        assert answer.code == 2
        assert f"{B}.sql:6" in answer.err
    assert "no rule create-indx: did you mean create-index" in answer.err
    assert (
        say("-- lint: ignore xyzzy because it is small")
        .err.rstrip()
        .endswith("no rule xyzzy: docs/lint.md has them all")
    )
    assert found(say("-- lint: ignore truncate because it is small")) == [(B, "unused-ignore"), (B, "create-index")]


def test_an_ignored_rule_is_ignored_where_the_comment_stands(history: Project) -> None:
    two = "create index a_id_idx on a (id);\n-- lint: ignore create-index because it is small\n"
    write_history(history.directory, {B: SAFE + two + "create index a_note_idx on a (note);"})
    answer = json.loads(lint(history, "-f", "json").out)
    assert [one["line"] for one in answer["findings"]] == [6]


@pytest.mark.parametrize(
    ("header", "text", "rules"),
    [
        (SAFE, "alter table a add column c int;", set()),
        ("", "alter table a add column c int;", {"risk-in-header", "phase-in-header"}),
        (SAFE, "alter table a alter column note type varchar(30);", {"risk-in-header", "mitigation-in-header"}),
        (
            HEADER.format(risk="medium", phase="expand") + "-- mitigation: wait\n-- rollback: 1. undo\n",
            "alter table a alter column note type varchar(30);",
            set(),
        ),
        (HEADER.format(risk="high", phase="contract"), "drop table a;", {"mitigation-in-header"}),
        (HEADER.format(risk="high", phase="expand"), "alter table a add column c int;", {"mitigation-in-header"}),
        (HEADER.format(risk="low", phase="expand"), "update a set id = 1 where false;", set()),
    ],
)
def test_the_header(header: str, text: str, rules: set[str], tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: TABLE, B: header + text})
    assert {rule for _, rule in lint_json(project, B)} - {"result-type-changes"} == rules


def test_a_comment_behind_a_statement_that_fails_is_for_another_one(history: Project) -> None:
    """What was not looked at tells nothing of it, and it does not leave out the failure."""
    text = (
        "-- lint: ignore truncate because it is small\n-- no statement\n\ncreate table b ();\n\n"
        "alter table nowhere add c int;\n\n-- lint: ignore {} because a is small\ncreate index on a (note);\n"
    )
    for rule in ("create-index", "fails"):
        write_history(history.directory, {B: SAFE + text.format(rule)})
        assert found(lint(history, "-f", "json")) == [(B, "fails")]


def test_a_file_that_fails_ends_it(history: Project) -> None:
    write_history(
        history.directory, {B: SAFE + "create table b ();\nalter table nowhere add c int;", C: SAFE + "drop table a;"}
    )
    answer = lint(history, "-f", "json")
    assert found(answer) == [(B, "fails")]
    assert "does not exist (42P01)" in answer.out
    note = f"{B} fails, so nothing after it was looked at"
    assert json.loads(answer.out)["notes"] == [note]
    assert lint(history).out.splitlines()[-2] == f"note: {note}"
    assert lint(history, "-f", "markdown").out.endswith(f"\n- {note.replace('_', '&#95;')}\n")


def test_made_up_rows_are_in_nobody_s_way(tmp_path: Path) -> None:
    """A CHECK that they do not meet says nothing of the real rows, and the next file goes on."""
    odd = SAFE + "alter table a add constraint a_note_check check (note = 'never made up');"
    project = write_history(tmp_path, {A: TABLE, B: odd, C: INDEX})
    assert lint_json(project) == [(B, "add-check"), (C, "create-index")]


def test_made_up_rows_are_not_in_the_way_of_a_file_that_nobody_asked_for(tmp_path: Path) -> None:
    odd = "alter table a add constraint a_note_check check (note = 'never made up');"
    project = write_history(tmp_path, {A: TABLE, B: INDEX, C: odd, D: SAFE + "create index a_id_idx on a (id);"})
    assert lint_json(project, B, D) == [(B, "create-index"), (D, "create-index")]
    write_history(tmp_path, {C: "alter table nowhere add c int;"})
    answer = lint(project, B, D)
    assert (answer.code, answer.out) == (2, "")
    assert f'{C}.sql:1:1: relation "nowhere" does not exist' in answer.err


ODD = """
create table odd (id int not null check (id > 3 and id < 3));
create function touch() returns trigger language plpgsql as 'begin return new; end';
create trigger odd_touch before update on odd for each row execute function touch();
"""


def test_only_the_tables_that_a_file_is_about_get_rows(tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: TABLE + ODD, B: SAFE + "alter table a add column c int;"})
    answer = lint(project, B)
    assert (answer.code, answer.out) == (0, "1 file measured: nothing found\n")
    write_history(tmp_path, {B: SAFE + ODD.splitlines()[2].replace("create", "create or replace")})
    assert "note: public.odd was looked at without rows: " in lint(project, B).out


def test_a_materialized_view_that_nobody_has_filled(tmp_path: Path) -> None:
    view = "create materialized view m as select id from a with no data;"
    project = write_history(tmp_path, {A: TABLE + view, B: SAFE + "drop materialized view m;"})
    assert (B, "drop-materialized-view") in lint_json(project, B)
    write_history(tmp_path, {B: SAFE + "refresh materialized view m;"})
    assert "1 file measured" in lint(project, B).out


def test_a_write_that_failed_before_the_file_is_not_its_fault(tmp_path: Path) -> None:
    """Nor is it the file's where the function is another one afterwards, and fails in another way."""
    refuse = "create or replace function refuse() returns trigger language plpgsql as $$ begin raise '{}'; end $$;"
    trigger = "create trigger a_refuse before update on a for each row execute function refuse();"
    project = write_history(tmp_path, {A: TABLE + refuse.format("no") + trigger, B: SAFE + refuse.format("never")})
    assert lint_json(project, B) == []
    write_history(tmp_path, {A: TABLE + refuse.format("no").replace("raise 'no'", "return new") + trigger})
    assert lint_json(project, B) == [(B, "write-fails")]


def test_a_made_up_row_that_a_constraint_refuses_is_no_write_that_fails(tmp_path: Path) -> None:
    odd = "alter table a add constraint k check (note = 'never made up') not valid; create function f() returns int"
    project = write_history(tmp_path, {A: TABLE, B: f"{SAFE}{odd} language sql as 'select 1';"})
    assert lint_json(project, B) == []


def test_rows_that_the_history_makes_are_in_the_way(tmp_path: Path) -> None:
    files = {A: TABLE + "insert into a values (1, 'x');", B: SAFE + "alter table a add check (id > 1);"}
    project = write_history(tmp_path, files)
    assert lint_json(project) == [(B, "data-contradicts-constraint")]


def test_the_forms_of_continuous_integration(history: Project) -> None:
    assert lint(history, "-f", "github").out.startswith(
        f"::error file=sql/migrations/{B}.sql,line=6,title=create-index"
    )
    (failure,) = ElementTree.fromstring(lint(history, "-f", "junit").out).iter("failure")
    assert "instead: create index concurrently" in str(failure.text)
    run = json.loads(lint(history, "-f", "sarif").out)["runs"][0]
    assert [one["ruleId"] for one in run["results"]] == ["create-index"]
    assert "| 🔴 high | hazard | `create-index` |" in lint(history, "-f", "markdown").out
    assert "2 files measured: 1 hazard" in lint(history).out


def test_a_draft_that_nobody_filled_is_noted(tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: TABLE, B: SAFE})
    answer = lint(project)
    assert (answer.code, answer.out.splitlines()[0]) == (0, f"note: {B} has no statement")


@pytest.mark.parametrize("form", ["github", "junit", "sarif"])
def test_a_log_is_not_silent_where_the_answer_goes_elsewhere(form: str, history: Project) -> None:
    assert lint(history, "-f", form).err == "2 files measured: 1 hazard\n"
    assert lint(history, "-f", "json").err == ""


def test_two_findings_of_a_rule_are_two_in_sarif(tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: TABLE, B: INDEX, C: SAFE + "create index a_id_idx on a (id);"})
    (run,) = json.loads(lint(project, "-f", "sarif").out)["runs"]
    assert {one["ruleId"] for one in run["results"]} == {"create-index"}
    assert len({one["partialFingerprints"]["object/v1"] for one in run["results"]}) == 2
    (location,) = run["results"][0]["locations"]
    assert location["logicalLocations"] == [{"fullyQualifiedName": "create index a_note_idx on a (note)"}]


def test_work_after_a_lock_on_another_table(tmp_path: Path) -> None:
    new = "create table b (a_id int references a (id));\ninsert into b select id from c;"
    project = write_history(
        tmp_path, {A: TABLE.replace("id int", "id int primary key") + "create table c (id int);", B: SAFE + new}
    )
    (one,) = json.loads(lint(project, "-f", "json", B).out)["findings"]
    assert (one["rule"], one["line"]) == ("work-after-lock", 7)
    assert "reads all of public.c (of unknown size) while an earlier statement has locked public.a" in one["message"]


def test_an_arbiter_that_a_query_of_the_release_names(history: Project) -> None:
    folder = history.directory / "sql" / "queries"
    folder.mkdir(parents=True)
    (folder / "put.sql").write_text("insert into a (id) values ($1) on conflict (id) do nothing;")
    index = "create unique index a_id_key on a (id);"
    write_history(
        history.directory, {A: TABLE + index, B: SAFE + "-- mitigation: none\n-- rollback: no\ndrop index a_id_key;"}
    )
    assert {rule for _, rule in lint_json(history)} == {"conflict-target-dropped", "query-breaks"}


def test_the_queries_of_the_release(history: Project) -> None:
    folder = history.directory / "sql" / "queries"
    folder.mkdir(parents=True)
    (folder / "find.sql").write_text("-- Which one?\nselect id, note from a where id = $1;")
    (folder / "old.sql").write_text("select gone from a;")
    (folder / "row.sql").write_text("select * from a;")
    (folder / "setting.sql").write_text("show work_mem;")
    drop = HEADER.format(risk="high", phase="contract") + "alter table a drop note;\nselect 1;"
    write_history(history.directory, {B: drop})
    assert (B, "query-breaks") in lint_json(history)
    shown = lint(history).out
    assert f"{B}.sql:6: query-breaks" in shown
    assert 'the query find of the release fails: column "note" does not exist' in shown
    assert "the query row of the release answers other columns: id\n" in shown
    assert "old" not in shown  # it did not work before either
    assert "setting" not in shown


def test_a_query_of_the_release_that_has_no_plan(history: Project) -> None:
    folder = history.directory / "sql" / "queries"
    folder.mkdir(parents=True)
    (folder / "tidy.sql").write_text("call tidy();")
    procedure = "create procedure tidy() language sql as 'select 1';"
    drop = HEADER.format(risk="high", phase="contract") + "drop procedure tidy();"
    write_history(history.directory, {A: TABLE + procedure, B: drop})
    assert "the query tidy of the release fails: procedure tidy() does not exist" in lint(history).out


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_the_queries_of_the_release_are_those_of_its_commit(history: Project) -> None:
    folder = history.directory / "sql" / "queries"
    folder.mkdir(parents=True)
    (folder / "find.sql").write_text("select id, note from a where id = $1;")
    (folder / "notes.txt").write_text("select note from a;")
    commit(history)
    (folder / "find.sql").write_text("select id from a where id = $1;")
    write_history(history.directory, {C: HEADER.format(risk="high", phase="contract") + "alter table a drop note;"})
    assert 'the query find of the release fails: column "note" does not exist' in lint(history, "--since", "HEAD").out
    assert "query" not in lint(history, C).out


# A statement on `a` (id, note) of a file, and the words of what is suggested in its place
SUGGESTED = [
    (
        "create index a_note_idx on a (note)",
        ["create index concurrently a_note_idx on a (note);", "drop index concurrently"],
    ),
    (
        "alter table a add constraint k check (id > 0)",
        ["check (id > 0) not valid;", "alter table a validate constraint k;"],
    ),
    (
        "alter table a alter note set not null",
        ["check (note is not null) not valid;", "alter column note set not null;"],
    ),
    (
        "alter table a add constraint k unique (id)",
        ["create unique index concurrently k on a (id);", "unique using index k;"],
    ),
    ("reindex table a", ["reindex table concurrently a;"]),
    ("alter table a alter id type bigint", []),
    ("create index on a (note)", []),
]


@pytest.mark.parametrize(("statement", "words"), SUGGESTED)
def test_the_safe_form_is_measured_before_it_is_shown(statement: str, words: list[str], tmp_path: Path) -> None:
    files = {A: TABLE + "create index on a (id);", B: SAFE + f"alter table a add column c int;\n{statement};"}
    project = write_history(tmp_path, files)
    answer = lint(project, "--suggest", B)
    assert answer.code == 1
    _, _, shown = answer.out.partition("instead of sql/migrations/")
    assert bool(shown) is bool(words)
    assert [word for word in words if word not in shown] == []


def test_what_would_hurt_is_not_suggested(tmp_path: Path) -> None:
    """Two of the rows that the history makes are the same, so no unique index can be built."""
    twice = "insert into a values (1, 'x'), (1, 'x');"
    project = write_history(tmp_path, {A: TABLE + twice, B: SAFE + "create index i on a (note);"})
    assert "measured clean" in lint(project, "--suggest", B).out
    write_history(tmp_path, {B: SAFE + "alter table a add constraint k unique (id);"})
    assert "measured clean" not in lint(project, "--suggest", B).out
    assert lint(project, "--suggest", "-f", "json").code == 2


def test_the_design_of_what_the_files_have_made(history: Project) -> None:
    files = {one["file"] for one in json.loads(call(history, "lint", "-f", "json", A).out)["findings"]}
    assert files == {f"sql/migrations/{A}.sql"}
    shown = json.loads(call(history, "lint", "-f", "json").out)["findings"]
    assert {one["class"] for one in shown} == {"hazard", "design"}
    (one,) = (one for one in shown if one["rule"] == "table-without-comment")
    assert (one["statement"], one["measured"]) == ("public.a", None)
    assert "table-without-comment" not in lint(history).out
    assert lint(history, "-f", "github").code == 1


@pytest.mark.parametrize("columns", ["(note)", "(lower(note))", "((id + 1), note) include (id)"])
def test_an_index_without_a_name_was_made_somewhere(columns: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: TABLE, B: f"{SAFE}create index on a {columns};"})
    shown = json.loads(call(project, "lint", "-f", "json", B).out)["findings"]
    (one,) = (one for one in shown if one["rule"] == "index-without-reason")
    assert (Path(one["file"]).stem, one["line"]) == (B, 6)


def test_what_is_made_nowhere_has_no_place(tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"{SAFE}do $$ begin create table a (id int); end $$;"})
    lines = call(project, "lint").out.splitlines()
    assert "table-without-comment (design, risk low)" in lines


def test_design_is_told_line_by_line(tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"{SAFE}create table a (\n    z int,\n    b int\n);"})
    shown = json.loads(call(project, "lint", "-f", "json").out)["findings"]
    lines = [one["line"] for one in shown if one["class"] == "design"]
    assert lines == sorted(lines)
    assert set(lines) == {1, 6, 7, 8}


def test_nothing_to_look_at(tmp_path: Path, make_database: Callable[[str], str]) -> None:
    project = write_history(tmp_path, {A: TABLE})
    url = make_database("")
    apply(url, project)
    answer = lint(project, "-u", url)
    assert (answer.code, answer.out) == (0, "0 files measured: nothing found\n")
    assert answer.err == "nothing is pending: name files\n"


def test_a_file_that_is_not_there_and_a_folder(history: Project) -> None:
    assert (
        call(history, "lint", "nothing.sql").err
        == "tools: nothing.sql is not there: name it as seen from this folder\n"
    )
    assert call(history, "lint", "sql/migrations").err == "tools: sql/migrations is a folder: name files\n"
    assert call(history, "lint", "2099").err == "tools: no migration 2099: see tools status\n"


def test_our_own_history_is_clean(project: Project) -> None:
    """What it does that would hurt on a large table, it says, with the reason."""
    answer = call(project, "lint", "-f", "json", "--fail-on", "hygiene")
    shown: dict[str, Any] = json.loads(answer.out)
    assert shown["findings"] == []
    assert answer.code == 0


def test_our_own_ways_back_say_what_they_are(project: Project) -> None:
    """The page of the schema shows what a rollback file begins with (CONTRIBUTING.md)."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in project.migrations.glob("*.rollback.sql")}
    assert texts
    assert [name for name, text in texts.items() if not text.startswith("-- ")] == []

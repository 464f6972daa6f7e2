"""The proof that a migration can be taken back: each verdict, what becomes of rows, and the triggers on top."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny import A, B, C, apply, call, write_history

from tools import migrations, notices, scratch, verify
from tools.config import Project
from tools.errors import Trouble
from tools.history import Step

# A second migration on `create table a (id int, note text)`, and the verdict of it
TRIALS = {
    "exact": ("create table b (id int)", "drop table b"),
    "column order only": ("alter table a drop id", "alter table a add id int"),
    "residue": ("create table b (id int); create table if not exists c (id int)", "drop table b"),
    "refused": ("create table b (id int)", "drop table c"),
    "not repeatable": ("create table b (id int); create type t as enum ('x')", "drop table b"),
    "no way back": ("create table b (id int)", "do $$ begin raise 'never' using errcode = 'ST004'; end $$"),
    "rows lost": ("delete from a where id > 15", "select 1"),
    "irreversible": ("create table b (id int)", None),
}
# What a file does to rows, and its way back; what is lost of them (gone, changed, new, columns) in one table
LOSSES = {
    "nothing": ("update a set note = note || '!'", "update a set note = left(note, -1)", None),
    "a row": ("delete from a where id = (select min(id) from a)", "select 1", (1, 0, 0, ())),
    "a row that came back": (
        "create table b as select * from a; delete from a",
        "insert into a select * from b; drop table b",
        None,
    ),
    "a value": ("update a set note = upper(note)", "select 1", (0, 20, 0, ("note",))),
    "values that change places": (
        "update a set note = other.note from a as other where a.id + other.id = 21 and a.id in (1, 20)",
        "select 1",
        (0, 2, 0, ("note",)),
    ),
    "a null that was filled": ("update a set other = 'x' where other is null", "select 1", None),
    "a row that came": ("insert into a values (77, 'x') on conflict do nothing", "select 1", (0, 0, 1, ())),
    "a truncated table": ("truncate a", "select 1", (20, 0, 0, ())),
    "a type there and back": (
        "alter table a alter id type bigint",
        "alter table a alter id type int",
        None,
    ),
    "a type that loses": (
        "alter table a alter note type varchar(4) using left(note, 4)",
        "alter table a alter note type text",
        (0, 20, 0, ("note",)),
    ),
    "rows of a table that has another name in between": (
        "alter table a rename to b; delete from b where id < 3",
        "alter table b rename to a",
        (2, 0, 0, ()),
    ),
    "values of a column that has another name in between": (
        "alter table a rename note to said; update a set said = upper(said)",
        "alter table a rename said to note",
        (0, 20, 0, ("note",)),
    ),
    "when a row was touched": (
        "alter table a disable trigger user; update a set touched = now(); alter table a enable trigger user",
        "select 1",
        None,
    ),
}
TOUCHED = """
create table a (id int primary key, note text not null, other text,
    touched timestamptz not null default now());
create function touch() returns trigger language plpgsql as 'begin new.touched := now(); return new; end';
create trigger touch before update on a for each row execute function touch();
"""


def steps_of(project: Project) -> tuple[Step, ...]:
    return scratch.steps_of(migrations.read(project))


@pytest.fixture
def history(tmp_path: Path) -> Path:
    write_history(tmp_path, {A: ("create table a (id int, note text)", "drop table a")})
    return tmp_path


@pytest.mark.parametrize("verdict", TRIALS)
def test_the_verdict(verdict: str, history: Path, cluster: scratch.Cluster) -> None:
    project = write_history(history, {B: TRIALS[verdict]})
    found = verify.verify(cluster, project, steps_of(project))
    assert [(trial.id, trial.verdict) for trial in found.trials] == [(A, "exact"), (B, verdict)]
    assert found.good is (verdict in ("exact", "column order only", "no way back"))
    assert bool(found.trials[1].differences) is (verdict in ("residue", "not repeatable"))
    assert bool(found.trials[1].losses) is (verdict == "rows lost")
    assert found.trials[1].schema == ("exact" if verdict == "rows lost" else verdict)


def test_the_order_of_a_key_s_columns_is_no_order_of_a_table_s(history: Path, cluster: scratch.Cluster) -> None:
    files = {
        B: ("alter table a add constraint k unique (id, note)", "alter table a drop constraint k"),
        C: ("alter table a drop constraint k", "alter table a add constraint k unique (note, id)"),
    }
    project = write_history(history, files)
    trial = verify.verify(cluster, project, steps_of(project)).trials[2]
    assert trial.verdict == "residue"
    assert [(one.kind, set(one.facts)) for one in trial.differences] == [("constraint", {"columns"})]


def test_a_file_without_a_way_back_is_named(history: Path, cluster: scratch.Cluster) -> None:
    project = write_history(history, {B: TRIALS["irreversible"]})
    trial = verify.verify(cluster, project, steps_of(project)).trials[1]
    assert (trial.name, trial.reason) == (B, f"{B} has no rollback file")


@pytest.mark.parametrize(
    ("up", "verdict", "reason"),
    [
        ("create table b (id int)", "not repeatable", f"{B}.rollback.sql has no statement"),
        ("create table if not exists b (id int)", "residue", f"{B}.rollback.sql has no statement"),
        ("analyze a", "exact", None),
    ],
)
def test_a_way_back_that_nobody_wrote_is_named(
    up: str, verdict: str, reason: str | None, history: Path, cluster: scratch.Cluster
) -> None:
    project = write_history(history, {B: (up, "-- Undo: b.\n")})
    trial = verify.verify(cluster, project, steps_of(project)).trials[1]
    assert (trial.verdict, trial.reason) == (verdict, reason)


@pytest.mark.parametrize("name", LOSSES)
def test_what_becomes_of_rows(name: str, tmp_path: Path, cluster: scratch.Cluster) -> None:
    up, down, expected = LOSSES[name]
    project = write_history(tmp_path, {A: (TOUCHED, "drop table a; drop function touch()"), B: (up, down)})
    trial = verify.verify(cluster, project, steps_of(project)).trials[1]
    told = [(loss.gone, loss.changed, loss.new, loss.columns) for loss in trial.losses]
    assert told == ([expected] if expected else [])
    assert trial.verdict == ("rows lost" if expected and (expected[0] or expected[1]) else "exact")
    assert trial.untried is None


def test_a_row_without_a_key_is_told_by_all_that_it_holds(history: Path, cluster: scratch.Cluster) -> None:
    project = write_history(
        history, {B: ("update a set id = 0 where id in (select id from a order by id limit 2)", "select 1")}
    )
    (loss,) = verify.verify(cluster, project, steps_of(project)).trials[1].losses
    assert (loss.table, loss.rows, loss.gone, loss.new) == ("public.a", 20, 2, 2)


def test_what_a_file_drops_is_told_and_no_loss(history: Path, cluster: scratch.Cluster) -> None:
    files = {
        B: ("create table b (id int, c int)", "drop table b"),
        C: ("drop table b; alter table a drop note", "create table b (id int, c int); alter table a add note text"),
    }
    project = write_history(history, files)
    trial = verify.verify(cluster, project, steps_of(project)).trials[2]
    assert (trial.verdict, trial.dropped) == ("exact", ("column public.a.note", "table public.b"))


def test_what_the_way_back_brings_back_from_a_copy_is_not_empty(history: Path, cluster: scratch.Cluster) -> None:
    made = (
        "create table b (id int, c int); create table c (id int primary key, word text not null,"
        " n int generated always as identity, plain boolean not null default true);"
        " insert into c (id, word) values (-1, 'one'), (-2, 'two')"
    )
    up = (
        "create table words as select id, word from c; create table kept as table b;"
        " drop table b; alter table c drop word, drop n, drop plain"
    )
    down = (
        "create table b (id int, c int); insert into b table kept; drop table kept;"
        " alter table c add word text; update c set word = words.word from words where words.id = c.id;"
        " drop table words; alter table c alter word set not null, add n int generated always as identity,"
        " add plain boolean not null default true"
    )
    project = write_history(history, {B: (made, "drop table b, c"), C: (up, down)})
    trial = verify.verify(cluster, project, steps_of(project)).trials[2]
    assert (trial.verdict, trial.losses) == ("exact", ())
    assert trial.dropped == ("column public.c.n", "column public.c.plain"), "these have what a new column has"


def test_a_table_that_another_one_takes_the_place_of_keeps_its_rows(history: Path, cluster: scratch.Cluster) -> None:
    up = "create table b as table a limit 15; drop table a; alter table b rename to a"
    project = write_history(history, {B: (up, "select 1")})
    trial = verify.verify(cluster, project, steps_of(project)).trials[1]
    assert (trial.verdict, [(loss.gone, loss.new) for loss in trial.losses]) == ("rows lost", [(5, 0)])


def test_another_name_in_between_is_no_drop(history: Path, cluster: scratch.Cluster) -> None:
    up = "alter table a rename to b; alter table b rename note to said; create schema s; alter table b set schema s"
    down = (
        "alter table s.b set schema public; drop schema s; alter table b rename to a; alter table a rename said to note"
    )
    files = {
        B: (up, down),
        C: ("alter table s.b rename said to more; delete from s.b", "alter table s.b rename more to said"),
    }
    project = write_history(history, files)
    _, there, lost = verify.verify(cluster, project, steps_of(project)).trials
    assert (there.verdict, there.losses, there.dropped) == ("exact", (), ())
    assert (lost.verdict, [(loss.table, loss.gone) for loss in lost.losses], lost.dropped) == (
        *("rows lost", [("s.b", 20)]),
        (),
    )


def test_a_file_that_does_not_take_the_rows_is_tried_without(history: Path, cluster: scratch.Cluster) -> None:
    files = {
        B: ("alter table a add c int not null", "alter table a drop c"),
        C: ("delete from a", "select 1"),
    }
    project = write_history(history, files)
    found = verify.verify(cluster, project, steps_of(project))
    assert 'column "c" of relation "a" contains null values' in str(found.trials[1].untried)
    # and the next one has rows again
    assert [trial.verdict for trial in found.trials] == ["exact", "exact", "rows lost"]


def test_a_way_back_that_fails_with_rows_only_says_so(history: Path, cluster: scratch.Cluster) -> None:
    up, down = "alter table a add c int default 1", "alter table a drop c; alter table a add check (id < 0)"
    project = write_history(history, {B: (up, f"{down}; alter table a drop constraint a_id_check")})
    found = verify.verify(cluster, project, steps_of(project))
    trial = found.trials[1]
    assert (trial.verdict, trial.schema, found.good) == ("refused with rows", "exact", False)
    assert 'check constraint "a_id_check" of relation "a" is violated by some row' in str(trial.reason)


@pytest.mark.parametrize(
    "texts", [("delete from a", "select 1"), ("alter table a add c int not null", "alter table a drop c")]
)
def test_without_rows_only_the_catalog_counts(texts: tuple[str, str], history: Path, cluster: scratch.Cluster) -> None:
    project = write_history(history, {B: texts})
    trial = verify.verify(cluster, project, steps_of(project), rows=False).trials[1]
    assert (trial.verdict, trial.schema, trial.losses, trial.untried) == ("exact", "exact", (), None)


def test_the_sample_data_of_the_project_is_tried(history: Path, cluster: scratch.Cluster) -> None:
    up = "update b set name = 'x' where name = 'Garden'"
    project = write_history(history, {B: ("create table b (name text)", "drop table b"), C: (up, "select 1")})
    (history / "sql" / "seed").mkdir()
    (history / "sql" / "seed" / "1.sql").write_text("insert into b values ('Garden')")
    (history / "sql" / "seed" / "2.sql").write_text("insert into nowhere values (1)")
    (history / "sql" / "seed" / "3.sql").write_text("insert into b values ('x'); alter table b add c int")
    (loss,) = verify.verify(cluster, project, steps_of(project)).trials[2].losses
    assert (loss.rows, loss.gone) == (1, 1)


def test_a_range_holds_where_its_files_alone_do_not(history: Path, cluster: scratch.Cluster) -> None:
    files = {
        B: ("create table b (id int); create table c (id int)", "drop table b"),
        C: ("alter table c add d int", "drop table c"),
    }
    project = write_history(history, files)
    ids = verify.choose(steps_of(project), (), B, None)
    found = verify.verify(cluster, project, steps_of(project), only=ids, is_range=True)
    assert [(one.id, one.verdict) for one in found.trials] == [(B, "not repeatable"), (C, "not repeatable")]
    assert [(one.name, one.verdict) for one in found.ranges] == [(f"{B} to {C}", "exact")]
    assert found.good


def test_some_files_are_chosen(history: Path, cluster: scratch.Cluster) -> None:
    project = write_history(history, {B: TRIALS["residue"], C: ("alter table b add d int", "alter table b drop d")})
    steps = steps_of(project)
    assert verify.choose(steps, ()) is None
    assert verify.choose(steps, ["20260103", f"sql/migrations/{A}.rollback.sql"]) == (A, C)
    assert verify.choose(steps, [], A, B) == (A, B)
    assert verify.choose(steps, [], None, A) == (A,)
    found = verify.verify(cluster, project, steps, only=(C,))
    assert [(trial.id, trial.verdict) for trial in found.trials] == [(C, "exact")]
    with pytest.raises(Trouble, match="--from names the first of the range"):
        verify.choose(steps, [], C, A)
    for first, last in ((B, C), (B, None), (None, C)):
        with pytest.raises(Trouble, match="name either files or a range"):
            verify.choose(steps, [A], first, last)
    with pytest.raises(Trouble, match="no migration 2027"):
        verify.choose(steps, ["2027"])


# A file that runs at its place or last, between `create table a (id int, note text)` and this one; what is the same
ORDERS = {
    "same": ("create table c (id int)", "create table b (id int)"),
    "column order only": ("alter table a add c int", "alter table a add d int"),
    "different": ("create or replace view v as select 1 as one", "create or replace view v as select 2 as one"),
    "refused": ("create table b (id int)", "alter table b add d int"),
}


@pytest.mark.parametrize("verdict", ORDERS)
def test_a_late_file_is_tried_in_both_orders(verdict: str, history: Path, cluster: scratch.Cluster) -> None:
    late, later = ORDERS[verdict]
    project = write_history(history, {B: (late, "select 1"), C: (later, "select 1")})
    found = verify.verify(cluster, project, steps_of(project), only=(A,), late=(B,))
    assert [(one.id, one.verdict, one.good) for one in found.late] == [
        (B, verdict, verdict in ("same", "column order only"))
    ]
    assert found.good is found.late[0].good


def test_a_file_on_which_others_depend_is_never_late(history: Path, cluster: scratch.Cluster) -> None:
    project = write_history(history, {B: ("select 1", "select 1"), C: (f"-- depends: {B}\nselect 1", "select 1")})
    (late,) = verify.verify(cluster, project, steps_of(project), only=(A,), late=(B,)).late
    assert (late.verdict, late.reason) == ("refused", f"{C} depends on it, so it runs before in any order")


def test_the_command_tells_files_ranges_and_late_ones(history: Path, empty_url: str) -> None:
    project = write_history(history, {C: ("delete from a; create table c (id int)", "drop table c")})
    apply(empty_url, project)
    write_history(history, {B: ("create table b (id int)", "drop table b")})
    answer = call(project, "verify", "--from", "20260102", "-u", empty_url, "-f", "json")
    found = json.loads(answer.out)
    assert answer.code == 1
    assert [(one["id"], one["verdict"], one["schema"]) for one in found["migrations"]] == [
        (B, "exact", "exact"),
        (C, "rows lost", "exact"),
    ]
    assert found["migrations"][1]["rows"] == {
        "losses": [{"table": "public.a", "rows": 20, "gone": 20, "changed": 0, "new": 0, "columns": []}],
        "dropped": [],
        "untried": None,
    }
    assert [(one["from"], one["to"], one["verdict"]) for one in found["ranges"]] == [(B, C, "rows lost")]
    assert [(one["id"], one["verdict"]) for one in found["late"]] == [(B, "same")]
    assert '"verdict": "rows lost"' not in call(project, "verify", C, "--no-rows", "-f", "json").out
    text = call(project, "verify", "--late", B).out
    assert f"{C}: rows lost\n    public.a: of 20 rows 20 gone\n" in text
    assert f"{B} run last: same\n" in text
    assert text.endswith("3 migrations up, down, up: 1 finding\n")
    for form in ("markdown", "github", "junit", "sarif"):
        out = call(project, "verify", "--late", B, "-f", form).out
        assert "public.a: of 20 rows 20 gone" in out
        assert form in ("github", "sarif") or f"{B}` run last" in out or f"{B} run last" in out


def test_a_way_back_that_fails_is_in_no_later_file_s_way(history: Path, cluster: scratch.Cluster) -> None:
    twice = "create table b (id int); create type t as enum ('x')"
    files = {B: (twice, "drop table b"), C: ("alter table b add c t", "alter table b drop c")}
    project = write_history(history, files)
    found = verify.verify(cluster, project, steps_of(project))
    assert [trial.verdict for trial in found.trials] == ["exact", "not repeatable", "exact"]
    assert 'type "t" already exists' in str(found.trials[1].reason)
    assert [(one.change, one.name) for one in found.trials[1].differences] == [("unexpected", "public.t")]


def test_the_triggers_of_the_folder_must_be_current(history: Path, cluster: scratch.Cluster) -> None:
    text = "create or replace function f() returns int language sql as 'select {}';"
    project = write_history(history, {B: (text.format(1), "drop function f()")})
    folder = history / "sql" / "triggers"
    folder.mkdir()
    steps = steps_of(project)
    (folder / "f.sql").write_text(text.format(1))
    assert verify.verify(cluster, project, steps).good
    (folder / "f.sql").write_text(text.format(2))
    found = verify.verify(cluster, project, steps)
    assert not found.good
    assert [(one.kind, one.change) for one in found.triggers] == [("function", "changed")]
    for form in ("text", "markdown", "github", "junit", "sarif"):
        assert "tools new NAME --triggers" in call(project, "verify", "--format", form).out
    newest = verify.verify(cluster, project, steps, only=(B,))
    assert (newest.reached, len(newest.triggers)) == (True, 1)
    older = verify.verify(cluster, project, steps, only=(A,))
    assert (older.reached, older.good) == (False, True)
    assert "triggers" in notices.of_verification(newest).cases
    assert "triggers" not in notices.of_verification(older).cases

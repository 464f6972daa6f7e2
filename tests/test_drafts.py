"""The drafted pair for edited triggers: new text up, the history's old text down, proved both ways."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from tiny import A, Answer, call, write_history

from tools import database, drafts, migrations, scratch, verify
from tools.config import Project
from tools.errors import Trouble

ROOT = Path(__file__).resolve().parent.parent
STAMP = re.compile(r"\d{14}")

F = """\
create or replace function f() returns trigger language plpgsql as $$
begin
    new.note := 'it''s';
    return new;
end
$$;
comment on function f() is 'old';
create or replace trigger t before insert on a for each row execute function f();
"""
G = "create or replace function g(n int) returns int language sql as 'select n';\n"
Q = """\
create or replace function q() returns text language sql as $q$
    select $function$it's a \\ or ";$function$ || '$$'
$q$;
"""
HISTORY = f"create table a (id int, note text);\n{F}{G}{Q}"
BACK = "drop table a; drop function f(); drop function g(int); drop function q()"
CONSTRAINT = "create constraint trigger t after insert on a deferrable for each row execute function f()"

# The edited files, and what the drafted way back must hold
EDITS: dict[str, tuple[dict[str, str], list[str]]] = {
    "body": ({"f": F.replace("it''s", "new")}, ["CREATE OR REPLACE FUNCTION public.f()", "'it''s'"]),
    "quotes in the old body": ({"q": Q.replace("it's", "it is")}, ["it's a \\ or \";$function$ || '$$'"]),
    "quotes in the new body": (
        {"f": F.replace("$$", "$q$").replace("new.note := 'it''s'", "new.note := $$a $function$ ' \\ b$$")},
        ["'it''s'"],
    ),
    "function with trigger": (
        {"h": (F + "alter table a enable always trigger u;").replace(" f()", " h()").replace("trigger t", "trigger u")},
        ["drop trigger u on public.a;\n\ndrop routine public.h();"],
    ),
    "timing": (
        {"f": F.replace("before insert", "after update")},
        ["OR REPLACE TRIGGER t BEFORE INSERT ON public.a FOR EACH ROW EXECUTE FUNCTION public.f();"],
    ),
    "firing": ({"f": F + "alter table a disable trigger t;"}, ["alter table public.a enable trigger t;"]),
    "kind of trigger": (
        {"f": F.rpartition("create")[0] + f"drop trigger if exists t on a; {CONSTRAINT};"},
        ["drop tr"],
    ),
    "trigger removed": (
        {"f": F.rpartition("create")[0] + "drop trigger if exists t on a;"},
        ["CREATE TRIGGER t BEFORE"],
    ),
    "comment": ({"f": F.replace("'old'", "'new'")}, ["comment on routine public.f() is 'old';"]),
    "rights": (
        {"f": F + "revoke execute on function f() from public;"},
        ["grant execute on routine public.f() to pub"],
    ),
    "two files": ({"f": F.replace("it''s", "new"), "g": G.replace("select n", "select 2")}, ["'it''s'", "select n"]),
    "no end": (
        {"f": F.replace("it''s", "new").rstrip(";\n") + " -- no end;", "g": G.replace("select n", "select 2")},
        [],
    ),
    "name of an argument": (
        {"g": "drop function if exists g(int); " + G.replace("n int", "m int").replace("select n", "select m")},
        ["drop routine public.g(integer);\n\nCREATE OR REPLACE FUNCTION public.g(n integer)"],
    ),
    "removed with comment": (
        {"f": "drop function if exists f() cascade;"},
        ["FUNCTION public.f()", "CREATE TRIGGER t BEFORE", "comment on routine public.f() is 'old';"],
    ),
    "another kind": (
        {"g": G + "create or replace view v as select g(1) as one;"},
        ["drop view public.v;"],
    ),
    "renamed": (
        {
            "f": F.rpartition("create")[0]
            + "drop trigger if exists t on a; "
            + F[F.rindex("create") :].replace(" t ", " u ")
        },
        ["drop trigger u on public.a;"],
    ),
}


@pytest.fixture
def settings() -> scratch.Settings:
    return scratch.configured(None, None)


@pytest.fixture
def history(tmp_path: Path) -> Project:
    project = write_history(tmp_path, {A: (HISTORY, BACK)})
    edit(project, {"f": F, "g": G, "q": Q})
    return project


def edit(project: Project, texts: dict[str, str]) -> None:
    project.triggers.mkdir(exist_ok=True)
    for name, text in texts.items():
        (project.triggers / f"{name}.sql").write_text(text, encoding="utf-8")


def draft(project: Project) -> Answer:
    return call(project, "new", "change_triggers", "--triggers")


def drafted(answer: Answer, project: Project) -> tuple[str, str]:
    assert answer.code == 0, answer.err
    up, down = (project.directory / line for line in answer.out.splitlines())
    assert down.name == up.name.replace(".sql", ".rollback.sql")
    return up.read_text(encoding="utf-8"), down.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_becomes_a_pair_that_holds(name: str, history: Project, cluster: scratch.Cluster) -> None:
    texts, pieces = EDITS[name]
    edit(history, texts)
    answer = draft(history)
    up, down = drafted(answer, history)
    assert answer.err == ""
    assert up.startswith("-- Change triggers.\n--\n-- why:\n")
    assert [other for other, text in (("f", F), ("g", G), ("q", Q)) if other not in texts and text in up] == []
    assert all(text.rstrip("\n") in up for text in texts.values())
    assert down.startswith("-- Undo: change triggers.\n\n")
    places = [down.find(piece) for piece in pieces]
    assert -1 not in places, down
    assert places == sorted(places), down
    found = verify.verify(cluster, history, scratch.steps_of(migrations.read(history)))
    assert [trial.verdict for trial in found.trials] == ["exact", "exact"], found
    assert found.triggers == ()


def test_nothing_edited_writes_nothing(history: Project) -> None:
    edit(history, {"f": f"-- another comment\n{F}"})
    before = sorted(history.migrations.iterdir())
    answer = draft(history)
    assert (answer.code, answer.out) == (0, "")
    assert answer.err == "sql/triggers is current: nothing to draft\n"
    assert sorted(history.migrations.iterdir()) == before


def test_a_file_that_another_takes_back_is_nothing(history: Project) -> None:
    edit(history, {"a": G.replace("select n", "select 2")})
    assert draft(history).err == "sql/triggers is current: nothing to draft\n"


def test_what_no_statement_takes_back_is_said(tmp_path: Path) -> None:
    """An ordered-set aggregate is made by hand."""
    mid = (
        "create or replace aggregate mid(float8 order by anyelement) (sfunc = ordered_set_transition,"
        " stype = internal, finalfunc = percentile_disc_final, finalfunc_extra);\n"
    )
    project = write_history(tmp_path, {A: (HISTORY + mid, f"{BACK}; drop aggregate mid(float8 order by anyelement)")})
    edit(project, {"f": F.replace("it''s", "new"), "mid": mid.replace("_extra", "_extra, parallel = safe")})
    answer = draft(project)
    _, down = drafted(answer, project)
    what = "changed function public.mid(double precision, anyelement) (parallel)"
    name = answer.out.splitlines()[1]
    assert answer.err == f"{name} does not take back: {what}: write it by hand\n"
    assert "FUNCTION public.f()" in down
    assert down.endswith(f";\n\n-- no statement takes this back, write it by hand: {what}\n")


def test_two_drafts_of_one_name_in_one_second(history: Project, cluster: scratch.Cluster) -> None:
    """The proof of the second runs on a copy whose ledger has the first."""
    for number in range(2, 5):
        edit(history, {"g": G.replace("select n", f"select {number}")})
        drafted(draft(history), history)
    assert verify.verify(cluster, history, scratch.steps_of(migrations.read(history))).good


def test_a_broken_file_is_named(history: Project) -> None:
    edit(history, {"f": F.replace("create or replace trigger", "create trigger")})
    answer = draft(history)
    assert answer.code == 2
    assert "sql/triggers/f.sql:8:" in answer.err
    assert len(list(history.migrations.iterdir())) == 2


def test_settings_of_one_file_that_change_the_next_are_trouble(history: Project) -> None:
    """One by one each file starts afresh; a migration runs them together."""
    g = G.replace("select n", "select 2")
    edit(
        history,
        {"f": "create schema if not exists s; set search_path = s, public;\n" + F.replace("it''s", "new"), "g": g},
    )
    answer = draft(history)
    assert answer.code == 2
    assert "up does not make what the files make one by one" in answer.err
    assert "g(integer)" in answer.err
    assert len(list(history.migrations.iterdir())) == 2


def test_a_way_down_that_leaves_something_is_trouble(history: Project, settings: scratch.Settings) -> None:
    edit(history, {"f": F.replace("it''s", "new").replace("'old'", "'new'")})
    steps = scratch.steps_of(migrations.read(history))
    with scratch.cluster(settings, project=history, steps=steps) as cluster:
        found = drafts.draft(cluster, history)
        assert found is not None
        drafts.prove(cluster, history, "x", found)
        lame = replace(found, down=found.down.partition("comment on")[0])
        with pytest.raises(
            Trouble, match=r"down leaves more: changed comment function public\.f\(\) \(text\): nothing"
        ):
            drafts.prove(cluster, history, "x", lame)


def test_a_statement_that_helps_nothing_is_tried_once(history: Project, cluster: scratch.Cluster) -> None:
    edit(history, {"f": F.replace("it''s", "new")})
    copy = cluster.create()
    scratch.fill(copy, history, scratch.steps_of(migrations.read(history)))
    with mock.patch.object(drafts, "_statements", side_effect=[["select 1;"]] * 3) as asked:
        found = drafts.draft(replace(cluster, replayed=str(database.parse(copy)["dbname"])), history)
    assert asked.call_count == 2
    assert found is not None
    assert found.down.startswith("select 1;\n\n-- no statement takes this back")
    assert [one.name for one in found.left] == ["public.f()"]


def test_our_own_schema(tmp_path: Path, project: Project, cluster: scratch.Cluster) -> None:
    shutil.copytree(ROOT / "sql", tmp_path / "sql")
    ours = replace(write_history(tmp_path, {}), external=tmp_path / "sql" / "external")
    assert draft(ours).err == "sql/triggers is current: nothing to draft\n"
    path = ours.triggers / "version.sql"
    path.write_text(path.read_text(encoding="utf-8").replace("old.version + 1", "old.version + 2"), encoding="utf-8")
    up, down = drafted(draft(ours), ours)
    assert path.read_text(encoding="utf-8") in up
    old = (project.triggers / "version.sql").read_text(encoding="utf-8")
    assert down.count(";\n") == old.partition("$$;")[0].count(";\n") + 1
    assert "new.version := old.version + 1;" in down
    found = verify.verify(cluster, ours, scratch.steps_of(migrations.read(ours)))
    assert found.good
    assert found.trials[-1].verdict == "exact"

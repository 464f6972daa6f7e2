"""The proof that a migration can be taken back: each verdict, and the triggers on top."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import A, B, C, write_history

from tools import migrations, scratch, verify

# A second migration on `create table a (id int, note text)`, and the verdict of it
TRIALS = {
    "exact": ("create table b (id int)", "drop table b"),
    "column order only": ("alter table a drop id", "alter table a add id int"),
    "residue": ("create table b (id int); create table if not exists c (id int)", "drop table b"),
    "refused": ("create table b (id int)", "drop table c"),
    "irreversible": ("create table b (id int)", None),
}


@pytest.fixture
def history(tmp_path: Path) -> Path:
    write_history(tmp_path, {A: ("create table a (id int, note text)", "drop table a")})
    return tmp_path


@pytest.mark.parametrize("verdict", TRIALS)
def test_the_verdict(verdict: str, history: Path, cluster: scratch.Cluster) -> None:
    project = write_history(history, {B: TRIALS[verdict]})
    found = verify.verify(cluster, project, scratch.steps_of(migrations.read(project)))
    assert [(trial.id, trial.verdict) for trial in found.trials] == [(A, "exact"), (B, verdict)]
    assert found.good is (verdict in ("exact", "column order only"))
    assert bool(found.trials[1].differences) is (verdict == "residue")


def test_a_way_back_that_fails_is_in_no_later_file_s_way(history: Path, cluster: scratch.Cluster) -> None:
    twice = "create table b (id int); create type t as enum ('x')"
    files = {B: (twice, "drop table b"), C: ("alter table b add c t", "alter table b drop c")}
    project = write_history(history, files)
    found = verify.verify(cluster, project, scratch.steps_of(migrations.read(project)))
    assert [trial.verdict for trial in found.trials] == ["exact", "not repeatable", "exact"]
    assert 'type "t" already exists' in str(found.trials[1].reason)
    assert [(one.change, one.name) for one in found.trials[1].differences] == [("unexpected", "public.t")]


def test_the_triggers_of_the_folder_must_be_current(history: Path, cluster: scratch.Cluster) -> None:
    text = "create or replace function f() returns int language sql as 'select {}';"
    project = write_history(history, {B: (text.format(1), "drop function f()")})
    folder = history / "sql" / "triggers"
    folder.mkdir()
    steps = scratch.steps_of(migrations.read(project))
    (folder / "f.sql").write_text(text.format(1))
    assert verify.verify(cluster, project, steps).good
    (folder / "f.sql").write_text(text.format(2))
    found = verify.verify(cluster, project, steps)
    assert not found.good
    assert [(one.kind, one.change) for one in found.triggers] == [("function", "changed")]

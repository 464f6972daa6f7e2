"""Files and ledger together: the state of each migration, and the plan that follows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tiny import AB, A, B, C, Files, write_history

from tools import history, migrations
from tools.config import Project
from tools.errors import Trouble
from tools.history import History
from tools.ledger import Entry, Ledger

ABC: Files = {**AB, C: ("create table c (id int)", "drop table c")}


def compare(project: Project, *entries: Entry) -> History:
    return history.compare(migrations.read(project), Ledger(entries=entries))


def ran(project: Project, id_: str, **facts: object) -> Entry:
    """The entry of a file as it is in the folder now."""
    up = next(one.up for one in migrations.read(project) if one.id == id_)
    known = {"operation": "apply", "raw_hash": up.raw_hash, "token_hash": up.token_hash()}
    return Entry(id=id_, applied=True, **{**known, **facts})  # type: ignore[arg-type]


def states(found: History) -> list[str]:
    return [item.state for item in found.items]


def test_the_state_of_each_file(tmp_path: Path) -> None:
    project = write_history(tmp_path, ABC)
    assert states(compare(project)) == ["pending", "pending", "pending"]
    assert states(compare(project, ran(project, A))) == ["applied", "pending", "pending"]
    assert states(compare(project, ran(project, B))) == ["late", "applied", "pending"]
    assert states(compare(project, ran(project, A, raw_hash=None, token_hash=None))) == [
        "applied",
        "pending",
        "pending",
    ]
    assert states(compare(project, ran(project, A, raw_hash="x", token_hash="y"))) == ["edited", "pending", "pending"]
    again = ran(project, A, operation="rollback", raw_hash="x", token_hash="y")  # ours, and then yoyo applied it
    assert states(compare(project, again)) == ["applied", "pending", "pending"]
    half = Entry(id=A, applied=False, operation="apply", unfinished=True)
    assert states(compare(project, half)) == ["unfinished", "pending", "pending"]
    assert [item.cosmetic for item in compare(project, ran(project, A, raw_hash="x")).items] == [True, False, False]


def test_a_missing_file_stands_where_its_name_sorts(tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: AB[A], C: "create table c (id int)"})
    same = ran(project, C)
    found = compare(project, Entry(id=B, applied=True, raw_hash=same.raw_hash), Entry(id="2027_z", applied=True))
    assert [(item.id, item.state) for item in found.items] == [
        (A, "pending"),
        (B, "missing"),
        (C, "pending"),
        ("2027_z", "missing"),
    ]
    assert found.items[1].renamed_to == C
    assert found.items[3].renamed_to is None


def test_a_missing_file_is_not_taken_for_its_applied_twin(tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: "select 1"})
    found = compare(project, ran(project, A), replace(ran(project, A), id=B))
    assert [(item.id, item.state, item.renamed_to) for item in found.items] == [
        (A, "applied", None),
        (B, "missing", None),
    ]


def test_what_is_applied(tmp_path: Path) -> None:
    project = write_history(tmp_path, ABC)
    found = compare(project, ran(project, B))
    assert [(step.migration.id, step.late) for step in history.to_apply(found)] == [(A, True), (C, False)]
    assert [step.migration.id for step in history.to_apply(found, to="20260102")] == [A]
    assert len(history.refusals(project, found)) == 1
    assert history.refusals(project, found, allow_late=True) == ()


def test_what_is_rolled_back(tmp_path: Path) -> None:
    project = write_history(tmp_path, ABC)
    found = compare(project, *(ran(project, id_) for id_ in ABC))
    assert [step.migration.id for step in history.to_roll_back(found)] == [C]
    assert [step.migration.id for step in history.to_roll_back(found, count=9)] == [C, B, A]
    assert [step.migration.id for step in history.to_roll_back(found, to=A)] == [C, B]
    assert history.to_roll_back(found, to=C) == ()
    edited = compare(project, ran(project, A), ran(project, B, raw_hash="x", token_hash="y"))
    assert [step.migration.id for step in history.to_roll_back(edited)] == [B]
    assert history.to_roll_back(compare(project)) == ()
    (project.migrations / f"{C}.rollback.sql").unlink()
    found = compare(project, *(ran(project, id_) for id_ in ABC))
    with pytest.raises(Trouble, match=f"{C} has no rollback file: write {C}.rollback.sql, or restore a backup"):
        history.to_roll_back(found)
    gone = compare(project, Entry(id="2027_z", applied=True))
    with pytest.raises(Trouble, match="2027_z is applied, and its files are gone"):
        history.to_roll_back(gone)

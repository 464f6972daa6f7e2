"""Who asks: with few rights, through a pooler, beside a lock, and without writing anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from pooler import pooled
from psycopg import sql
from questions import SCENE, answers, make
from tiny import call, rows, value

from tools import advisor, database
from tools.advice import HOUR, Rule, Scene
from tools.config import Project
from tools.errors import Trouble


@pytest.fixture
def guest(empty_url: str) -> Iterator[str]:
    """The URL of a role that may connect, and nothing else."""
    name = f"guest_{value(empty_url, 'select current_database()')}"
    role = sql.Identifier(name)
    with database.connect(empty_url) as owner:
        owner.execute(sql.SQL("create role {} login password 'guests only'").format(role))
        where = database.parse(empty_url) | {"user": name, "password": "guests only"}
        yield " ".join(f"{key}='{value}'" for key, value in where.items())
        owner.execute(sql.SQL("drop owned by {}; drop role {}").format(role, role))


SECRET_TABLES = (
    "create table t (id serial primary key, a int); insert into t (a) select generate_series(1, 100);"
    " create table u (id int); alter table u enable row level security; analyze t"
)


def test_a_role_with_nothing_says_what_it_did_not_see(guest: str, empty_url: str, project: Project) -> None:
    make(empty_url, SECRET_TABLES)
    found = advisor.advise(guest)
    unseen = {rule: one.reason for one in found.unseen for rule in one.rules}
    assert unseen["connections"].startswith("sessions and statements of other roles: grant pg_monitor to guest_")
    assert unseen["bloated-table"].startswith("column statistics of tables (2) that guest_")
    assert unseen["sequence-near-end"].startswith("where sequences (1) are: grant pg_read_all_data to guest_")
    assert unseen["slow-statement"].startswith("the extension pg_stat_statements is not there")
    assert not [one for one in found.unseen if "not answered" in one.reason]
    assert "table-without-primary-key" in {one.rule.id for one in found.found}
    answer = call(project, "advise", "-u", guest)
    assert answer.err == ""
    assert "not seen: sessions and statements of other roles: grant pg_monitor to guest_" in answer.out


def test_a_role_with_pg_monitor_sees_sessions(guest: str, empty_url: str) -> None:
    make(empty_url, SECRET_TABLES)
    name = database.parse(guest)["user"]
    rows(empty_url, f"grant pg_monitor to {name}")
    assert "connections" not in {rule for one in advisor.advise(guest).unseen for rule in one.rules}
    rows(empty_url, f"grant pg_read_all_data to {name}")
    unseen = {rule: one.reason for one in advisor.advise(guest).unseen for rule in one.rules}
    assert "sequence-near-end" not in unseen
    assert unseen["bloated-table"].startswith("column statistics of tables (1)")  # its rows are hidden
    rows(empty_url, f"alter role {name} bypassrls")
    assert {rule for one in advisor.advise(guest).unseen for rule in one.rules} == {"slow-statement"}


def test_a_superuser_sees_all_but_what_is_not_there(empty_url: str) -> None:
    make(empty_url, SECRET_TABLES)
    assert [one.rules for one in advisor.advise(empty_url).unseen] == [("slow-statement",)]


def test_one_question_that_is_not_answered_leaves_the_others(empty_url: str, project: Project) -> None:
    make(empty_url, "create table t (a text); create index on t (lower(a)); create table u (b int)")
    with database.connect(empty_url) as other:
        other.execute("begin; lock table t")
        found = advisor.advise(empty_url)
        other.execute("rollback")
    assert "not answered: canceling statement due to lock timeout" in {one.reason for one in found.unseen}
    assert ("table-without-primary-key", "public.u") in {(one.rule.id, one.advice.object) for one in found.found}


def test_nothing_is_written(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Rule(id="writer", reason="", judge=lambda _, __: None)
    asked = advisor.question
    monkeypatch.setattr(advisor, "question", lambda name: "create table w ()" if name == "writer" else asked(name))
    monkeypatch.setattr(advisor, "RULES", (writer,))
    with pytest.raises(Trouble, match="cannot advise: this server is read-only"):
        advisor.advise(empty_url)
    assert value(empty_url, "select to_regclass('w')") is None


def test_a_database_that_is_read_only(empty_url: str) -> None:
    name = value(empty_url, "select current_database()")
    rows(empty_url, f"alter database {name} set default_transaction_read_only = on")
    assert advisor.advise(empty_url).scene.database == name


def test_a_pooler_lends_a_session_and_gets_it_back_clean(empty_url: str) -> None:
    with pooled(empty_url, default_pool_size=1) as url:
        found = advisor.advise(url)
        assert "this goes through a pooler: sessions are the pooler's, and its own limits are not seen" in found.notes
        assert value(url, "select current_setting('statement_timeout')") == "0"
        assert value(url, "select current_setting('search_path')") == '"$user", public'


def test_the_scene_is_what_the_query_says(empty_url: str) -> None:
    (row,) = answers(empty_url, "scene")
    assert {*row, "pooled"} == {one.name for one in fields(Scene)}
    assert row["extensions"] == {"plpgsql": "pg_catalog"}
    assert not row["neon"]


@pytest.mark.parametrize(
    ("scene", "note"),
    [
        ({"statistics_seconds": HOUR}, "the statistics are 1 hour old: no index is to be dropped"),
        ({"standby": True}, "this is a standby: it counts its own reads and no writes"),
        ({"neon": True}, "this is Neon: counters begin anew when the compute wakes"),
    ],
)
def test_notes(scene: dict[str, Any], note: str) -> None:
    def notes(scene: Scene) -> tuple[str, ...]:
        return advisor.Counsel(scene=scene, found=(), unseen=()).notes

    assert notes(SCENE) == ()
    assert [one[: len(note)] for one in notes(replace(SCENE, **scene))] == [note]


def test_neon_is_known_by_its_settings(empty_url: str) -> None:
    rows(empty_url, f"alter database {value(empty_url, 'select current_database()')} set neon.timeline_id = 'x'")
    scene = advisor.advise(empty_url).scene
    assert scene.neon
    assert scene.statistics_seconds <= scene.uptime_seconds

"""Advice on indexes and tables: each rule finds what it is for, and leaves the rest alone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from advice_cases import CASES, Case
from questions import RULES, SCENE, advice, answers, make
from tiny import rows

from tools import advisor, database
from tools.advice import DAY, HOUR


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule} {case.object} {case.risk}")
def test_a_rule_finds_what_it_is_for(case: Case, empty_url: str) -> None:
    make(empty_url, case.bad)
    found = advice(empty_url, case.rule)
    assert list(found) == [case.object]
    one = found[case.object]
    assert one.risk == case.risk
    said = " ".join(filter(None, (one.message, one.todo, one.statement, one.caution)))
    assert [word for word in case.words if word not in said] == [], said


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule} {case.object} {case.risk}")
def test_a_rule_leaves_the_rest_alone(case: Case, empty_url: str) -> None:
    make(empty_url, case.good)
    assert advice(empty_url, case.rule) == {}


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.rule not in ("bloated-table", "outdated-extension")],
    ids=lambda case: case.object,
)
def test_the_statement_helps(case: Case, empty_url: str) -> None:
    """Done as it says, the finding is gone."""
    make(empty_url, case.bad)
    statement = advice(empty_url, case.rule)[case.object].statement
    if statement is None or case.rule == "one-sided-index" or "type bigint" in statement:
        return
    rows(empty_url, statement)
    assert case.object not in advice(empty_url, case.rule) or case.rule == "partitions-to-come"


def test_every_rule_has_a_scene_or_a_test_of_its_own() -> None:
    here = Path(__file__).parent
    text = "".join((here / name).read_text(encoding="utf-8") for name in ("test_advice.py", "test_server_advice.py"))
    scenes = {case.rule for case in CASES}
    assert [rule for rule in RULES if rule not in scenes and f'"{rule}"' not in text] == []


def test_every_question_is_a_file_and_says_what_it_asks() -> None:
    names = {path.stem for path in advisor.QUERIES.glob("*.sql")}
    assert names == {"scene", "session", *(rule.replace("-", "_") for rule in RULES)}
    for name in names:
        first = advisor.question(name).partition("\n")[0]
        assert re.fullmatch(r"-- [A-Z].*\?", first), first


@pytest.mark.parametrize("rule", [rule for rule in RULES if not RULES[rule].extension])
def test_every_question_can_be_asked_as_it_is(rule: str, database_url: str) -> None:
    with database.connect(database_url) as connection:
        asked = connection.execute(advisor.question(rule).encode())
        assert asked.description


UNUSED: dict[str, Any] = {
    "name": "public.i",
    "table": "public.t",
    "size_bytes": 200 * 1024 * 1024,
    "table_scans": 1000,
    "table_writes": 5,
    "partitioned": False,
    "expression": False,
    "definition": "CREATE INDEX i ON public.t USING btree (a)",
}


def test_young_statistics_drop_no_index() -> None:
    found = RULES["unused-index"].judge(UNUSED, replace(SCENE, statistics_seconds=3 * HOUR))
    assert found is not None
    assert (found.risk, found.statement) == ("low", None)
    assert found.todo == "the statistics are 3 hours old: ask again when a month is in them"


@pytest.mark.parametrize(
    ("scene", "row", "doubt"),
    [
        ({}, {}, "it comes back with CREATE INDEX i ON public.t USING btree (a)"),
        ({"statistics_seconds": 9 * DAY}, {}, "what runs once a month has not run since the statistics began"),
        ({"standbys": 2}, {}, "others read from this server (2) and count their own queries"),
        ({"standby": True}, {}, "this standby counts its own queries: ask the primary"),
        ({"neon": True}, {}, "a read replica counts its own queries"),
        ({}, {"expression": True}, "the planner loses the statistics of its expression"),
    ],
)
def test_why_an_unused_index_may_be_needed(scene: dict[str, Any], row: dict[str, Any], doubt: str) -> None:
    found = RULES["unused-index"].judge({**UNUSED, **row}, replace(SCENE, **scene))
    assert found is not None
    assert found.caution is not None
    assert found.risk == "medium"
    assert doubt in found.caution


def test_an_index_of_a_foreign_key_is_not_called_unused(empty_url: str) -> None:
    script = (
        "create table p (b int primary key); insert into p select generate_series(1, 60000);"
        " create table t (id int primary key, b int references p);"
        " insert into t select n, n from generate_series(1, 60000) as n;"
        " create index on t (b); do $$ begin for n in 1..120 loop perform from t where id = n; end loop; end $$"
    )
    make(empty_url, script)
    assert advice(empty_url, "unused-index") == {}
    make(empty_url, "alter table t drop constraint t_b_fkey")
    assert list(advice(empty_url, "unused-index")) == ["public.t_b_idx"]


AGES: dict[str, Any] = {
    "name": "public.t",
    "transactions": 150_000_000,
    "multixacts": 0,
    "size_bytes": 8192,
    "freeze_max_age": 200_000_000,
    "multixact_freeze_max_age": 400_000_000,
}


def test_the_estimate_of_bloat(empty_url: str) -> None:
    """Of what was just rewritten next to nothing is called empty, and of what was halved a half."""
    columns = "id int, body text, at timestamptz, flag boolean"
    values = "n, repeat(md5(n::text), 1 + n % 5), case when n % 3 = 0 then now() end, n % 2 = 0"
    make(
        empty_url,
        f"create table t ({columns}); insert into t select {values} from generate_series(1, 50000) as n;"
        " create index on t (body); create index on t (id); vacuum (full, analyze) t",
    )

    def empty() -> dict[str, float]:
        found = [*answers(empty_url, "bloated-table"), *answers(empty_url, "bloated-index")]
        return {row["name"]: row["wasted_bytes"] / row["size_bytes"] for row in found}

    assert [name for name, part in empty().items() if part > 0.1] == []
    make(empty_url, "delete from t where id % 2 = 0; vacuum analyze t")
    assert [name for name, part in empty().items() if not 0.42 < part < 0.55] == []
    assert len(empty()) == 3


@pytest.mark.parametrize("rule", ["database-wraparound", "table-wraparound"])
@pytest.mark.parametrize(
    ("ages", "risk"),
    [
        ({}, None),
        ({"transactions": 230_000_000}, None),
        ({"transactions": 450_000_000}, "medium"),
        ({"transactions": 450_000_000, "freeze_max_age": 400_000_000}, None),
        ({"transactions": 1_100_000_000}, "high"),
        ({"multixacts": 1_100_000_000}, "high"),
        ({"transactions": None, "multixacts": None}, None),
    ],
)
def test_wraparound(rule: str, ages: dict[str, Any], risk: str | None, empty_url: str) -> None:
    assert answers(empty_url, rule)[0].keys() <= AGES.keys()
    assert advice(empty_url, rule) == {}
    found = RULES[rule].judge({**AGES, **ages}, SCENE)
    assert (found and found.risk) == risk


def test_the_distance_is_said() -> None:
    found = RULES["table-wraparound"].judge({**AGES, "transactions": 2_000_000_000}, SCENE)
    assert found is not None
    assert found.message.startswith(
        "2,000,000,000 transaction numbers old: 147,483,648 are left, and autovacuum freezes from"
    )
    assert found.statement == "vacuum (freeze, verbose) public.t"


@pytest.mark.parametrize(("used", "risk"), [(30, None), (75, "medium"), (96, "high")])
def test_connections(used: int, risk: str | None, empty_url: str) -> None:
    (row,) = answers(empty_url, "connections")
    assert row["used"] >= 1
    found = RULES["connections"].judge({**row, "used": used, "most": 100, "reserved": 3}, SCENE)
    assert (found and found.risk) == risk


@pytest.mark.parametrize(
    ("seconds", "autovacuum", "risk"),
    [(600, True, None), (7200, True, "medium"), (None, True, "medium"), (9, False, "medium")],
)
def test_autovacuum_is_given_time(seconds: float | None, autovacuum: bool, risk: str | None) -> None:
    row = {
        "name": "public.t",
        "rows": 20_000,
        "dead_rows": 50_000,
        "threshold": 4050,
        "autovacuum": autovacuum,
        "vacuumed_seconds": seconds,
    }
    found = RULES["overdue-vacuum"].judge(row, SCENE)
    assert (found and found.risk) == risk


def test_what_pgstattuple_measures_is_said_where_it_is(empty_url: str) -> None:
    row = {"name": "public.t", "literal": "'public.t'", "size_bytes": 2**31, "wasted_bytes": 2**30, "rows": 9}
    found = RULES["bloated-table"].judge(row, replace(SCENE, extensions={"pgstattuple": "public"}))
    assert found is not None
    assert found.risk == "medium"
    assert found.todo.endswith("measure it with pgstattuple_approx('public.t')")

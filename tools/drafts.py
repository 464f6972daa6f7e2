"""The drafted migration for edited files of ``sql/triggers``: their text up, what the history made of it down."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tools import catalog, database, drift, migrations, scratch
from tools.catalog import Catalog
from tools.config import Project
from tools.creations import split
from tools.database import Connection
from tools.drift import Difference
from tools.errors import Trouble
from tools.history import Step
from tools.ledger import Operation
from tools.message import send


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The statements of both ways, the catalogs around them, and the differences that no statement takes back."""

    up: str
    down: str
    before: Catalog
    after: Catalog
    left: tuple[Difference, ...] = ()


def new(project: Project, settings: scratch.Settings, name: str, *, say: Callable[[str], None]) -> tuple[Path, ...]:
    """Write the pair of files that brings ``sql/triggers`` into the history; no files where it is current."""
    steps = scratch.steps_of(migrations.read(project))
    with scratch.cluster(settings, project=project, steps=steps) as cluster:
        found = draft(cluster, project)
        if found is None:
            say(f"{project.relative(project.triggers)} is current: nothing to draft")
            return ()
        prove(cluster, project, name, found)
    up, down = write(project, name, found)
    for one in found.left:
        say(f"{project.relative(down)} does not take back: {describe(one)}: write it by hand")
    return up, down


def draft(cluster: scratch.Cluster, project: Project) -> Draft | None:
    """Load the files on a copy of the replayed history; None where they change nothing."""
    copy = cluster.create(template=cluster.replayed)
    with (
        database.connect(cluster.url(str(cluster.replayed)), application="tools new") as old,
        database.connect(copy, application="tools new") as new,
    ):
        old.execute("set search_path = ''")  # so that PostgreSQL prints every name with its schema
        before = catalog.read(old)
        texts, after = _load(new, project, before)
        if not drift.diff(before, after):
            return None
        statements, left = _take_back(old, new, before)
    notes = [f"-- no statement takes this back, write it by hand: {' '.join(describe(one).split())}" for one in left]
    up, down = ("\n\n".join(parts) + "\n" for parts in (map(ended, texts), [*statements, *notes]))
    return Draft(up=up, down=down, before=before, after=after, left=left)


def prove(cluster: scratch.Cluster, project: Project, name: str, found: Draft) -> None:
    """Run the pair on another copy as the runner will: up makes what the files make, down leaves what is known."""
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = replace(project, migrations=Path(folder))
        write(elsewhere, name, found)
        (migration,) = migrations.read(elsewhere)
    migration = replace(migration, id=f"{migration.id} (draft)")  # the ledger of the copy may know the name
    url = cluster.create(template=cluster.replayed)
    ways: tuple[tuple[Operation, Catalog, tuple[Difference, ...]], ...] = (
        ("apply", found.after, ()),
        ("rollback", found.before, found.left),
    )
    for operation, wanted, known in ways:
        scratch.replay(url, project, (Step(migration=migration, operation=operation),))
        with database.connect(url, application="tools new") as connection:
            differences = drift.diff(wanted, catalog.read(connection))
        names = ", ".join(describe(one) for one in differences if one not in known)
        if names:
            way = "up does not make what the files make one by one" if operation == "apply" else "down leaves more"
            raise Trouble(
                f"the drafted {way}: {names}: nothing was written: write the pair by hand with tools new NAME"
            )


def write(project: Project, name: str, found: Draft) -> tuple[Path, Path]:
    """Write the pair: the headers of any new migration, then the drafted statements."""
    heads = migrations.blank(project, name).items()
    return migrations.write(
        {path: head + text for (path, head), text in zip(heads, (found.up, found.down), strict=True)}
    )


def ended(text: str) -> str:
    r"""Return the text of a file with its end marked, on a line of its own where the last one may be a comment.

    >>> ended("select 1 -- one\n")
    'select 1 -- one\n;'
    """
    bare = text.strip("\n")
    last = bare.rstrip().rpartition("\n")[2]
    return bare if last.endswith(";") and "--" not in last else f"{bare}\n;"


def describe(one: Difference) -> str:
    """Return a difference in words, on one line."""
    facts = f" ({', '.join(one.facts)})" if one.facts else ""
    word = {"missing": "removed", "unexpected": "new", "changed": "changed"}[one.change]
    return " ".join(f"{word} {one.kind} {one.name}{facts}".split())


def _load(new: Connection, project: Project, before: Catalog) -> tuple[list[str], Catalog]:
    """Load the files one by one, and return the text of those that change something, and the catalog after all."""
    texts = []
    for path in sorted(project.triggers.glob("*.sql")):
        scratch.load_file(new, project, path)
        new.execute("reset all")
        after = catalog.read(new)
        if drift.diff(before, after):
            texts.append(migrations.read_script(project, path).text)
        before = after
    return texts, before


def _take_back(old: Connection, new: Connection, before: Catalog) -> tuple[list[str], tuple[Difference, ...]]:
    """Find the statements that work, in the order they do, and what is left when no other helps.

    Round by round: where one statement needs another first, the server refuses it until that is done; and what is made
    again comes without its comment and rights, which are the next round's differences.
    """
    done: list[str] = []
    while True:
        left = drift.diff(before, catalog.read(new))
        count = len(done)
        for one in left:
            choices = [text for text in _statements(old, one) if text not in done]  # twice would be for ever
            done += [text for text in choices if send(new, text).error is None][:1]
        if len(done) == count:
            return done, left


def _statements(old: Connection, one: Difference) -> list[str]:
    """Return the texts to try, each a message of one statement or more; the next where the server refuses one."""
    hint = [f"{one.hint};"] if one.hint else []
    if one.change == "unexpected" or one.facts.keys() in ({"owner"}, {"enabled"}):
        return hint
    if one.kind == "function":
        return [*_function(old, one), *hint]
    return _trigger(old, one) if one.kind == "trigger" else hint


def _function(old: Connection, one: Difference) -> list[str]:
    """Return a function's old text, alone and after a drop: a result's type or an argument's name takes that."""
    row = old.execute(
        "select pg_get_functiondef(oid) from pg_proc where oid = %s::regprocedure and prokind <> 'a'", [one.name]
    ).fetchone()
    if row is None:
        return []
    text = f"{row[0].rstrip()};"
    return [text] if one.change == "missing" else [text, f"drop routine {one.name};\n\n{text}"]


def _trigger(old: Connection, one: Difference) -> list[str]:
    """Return a trigger's old text; a constraint trigger cannot be replaced, so it is dropped first."""
    table, label = split(one.name)
    row = old.execute(
        """
        select pg_get_triggerdef(oid)
        from pg_trigger
        where tgrelid = %s::regclass and quote_ident(tgname) = %s and not tgisinternal
        """,
        [table, label],
    ).fetchone()
    if row is None:
        return []
    text = f"{row[0]};"
    if one.change == "missing":
        return [text]
    return [
        text.replace("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER", 1),
        f"drop trigger {label} on {table};\n\n{text}",
    ]

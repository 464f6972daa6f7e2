"""How each migration changed the catalog: the history replayed file by file, what was done before kept in a cache."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from typing import Any

from tools import cache, catalog, changes, consequences, database, scratch
from tools.catalog import Catalog
from tools.changes import Change
from tools.document import Shift
from tools.history import Step
from tools.kinds import Object
from tools.phrases import shown
from tools.sources import Reader
from tools.wording import value

WORDS = {"missing": "dropped", "unexpected": "made", "changed": "changed"}
MANY = 50  # migrations, from which on somebody waits
LONG = 2000  # letters of a fact's value that are shown
Shifts = tuple[Shift, ...]


def read(reader: Reader, steps: tuple[Step, ...]) -> tuple[Shifts, ...]:
    """Return what each step did; where a longer history begins like one that is known, only the rest is replayed."""
    known: list[Shifts] = []
    is_cached = reader.settings.url is None
    for count in range(len(steps), 0, -1) if is_cached else ():
        kept = cache.find_value(_key(reader, steps[:count]))
        if kept is not None:
            known = [tuple(map(_shift, one)) for one in kept]
            break
    if len(known) < len(steps):
        known += _replayed(reader, steps, len(known))
        if is_cached:
            cache.keep_value(_key(reader, steps), [[astuple(one) for one in shifts] for shifts in known])
    return tuple(known)


def _key(reader: Reader, steps: tuple[Step, ...]) -> str:
    return reader.key(steps, "lineage")


def _shift(kept: list[Any]) -> Shift:
    word, kind, name, facts = kept
    return Shift(word=word, kind=kind, name=name, facts=tuple((one[0], one[1], one[2]) for one in facts))


def _replayed(reader: Reader, steps: tuple[Step, ...], start: int) -> list[Shifts]:
    """Replay what comes after the first steps, and look at the catalog after each."""
    if len(steps) - start > MANY:
        reader.say(f"replaying {len(steps) - start} migrations one by one; what each changed is kept for the next time")
    cluster = reader.cluster(steps[:start])
    url = cluster.create(template=cluster.replayed)
    found = []
    try:
        with database.connect(url, application="tools docs") as connection:
            before = catalog.read(connection)
            for step in steps[start:]:
                scratch.replay(url, reader.project, (step,))
                after = catalog.read(connection)
                found.append(tuple(shifts(before, after)))
                before = after
    finally:
        cluster.drop(url)
    return found


def shifts(before: Catalog, after: Catalog) -> Iterator[Shift]:
    """Yield what is different afterwards; what came or went with something else is told there."""
    found = changes.compare(before, after)
    kept = consequences.drop_consequences(found)
    along: dict[tuple[str, str], list[Object]] = defaultdict(list)
    for change in found:
        for parent in change.item.parents:
            along[change.word, parent].append(change.item)
    for change in kept:
        yield Shift(
            word=WORDS[change.word],
            kind=change.item.kind,
            name=change.item.name,
            facts=tuple(_facts(change)) + tuple(_along(along.get((change.word, change.item.key), ()), change.word)),
        )


def _facts(change: Change) -> Iterator[tuple[str, str, str]]:
    for name, fact in change.facts.items():
        yield name, value(fact.expected)[:LONG], value(fact.actual)[:LONG]


def _along(items: Iterable[Object], word: str) -> Iterator[tuple[str, str, str]]:
    """Yield what came or went with an object, kind by kind."""
    labels: dict[str, list[str]] = defaultdict(list)
    for item in items:
        labels[item.kind].append(shown(item.label))
    for kind, names in labels.items():
        if kind not in ("comment", "privilege"):
            told = ", ".join(names)[:LONG]
            yield (kind, told, "") if word == "missing" else (kind, "", told)

"""One script out of many deeds: each after what it needs, what loses data only where somebody wants that."""

from __future__ import annotations

import heapq
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tools import kinds
from tools.completions import not_null_name
from tools.creations import literal
from tools.kinds import Constraint, Enum, Object, Privilege
from tools.rarities import ForeignTable, Publication
from tools.remedies import Deed, Remedy, Scene
from tools.surroundings import Surroundings, mentioned, names, spoken

# The order of what has no bond with each other; it is turned round for what is dropped
RANKS = (
    *("schema", "extension", "language", "collation", "base type", "enum", "domain", "composite type", "range type"),
    *("foreign data wrapper", "foreign server", "user mapping", "text search template", "text search parser"),
    *("text search dictionary", "text search configuration", "sequence", "function", "operator", "operator family"),
    *("operator class", "access method", "cast", "conversion", "transform", "table", "foreign table", "column"),
    *("constraint", "index", "foreign key", "statistics", "view", "materialized view", "rule", "trigger", "policy"),
    *("publication", "publication relation", "subscription", "default privilege", "privilege"),
    *("privilege of a column", "security label", "comment", "extension dependency", "event trigger"),
)
PHASES = ("drop", "make", "finish")
KEPT = "something that is kept speaks of it"
Key = tuple[str, str]


def order(deeds: Iterable[Deed], around: Scene, *, destructive: bool = True) -> tuple[Deed, ...]:
    """Return the deeds in an order in which they work; of two about one object, the one that makes it anew counts.

    What would cost something, and what leans on that, says so by its `costs` where nothing may be lost.
    """
    chosen = _choose(deeds, around, destructive=destructive)
    needs = _needs(chosen, around)
    chosen = chosen if destructive else _hold(chosen, needs)
    waiting = {key: len(before) for key, before in needs.items()}
    after: dict[Key, list[Key]] = defaultdict(list)
    for key, before in needs.items():
        for other in before:
            after[other].append(key)
    ready = [(_rank(chosen[key], around), key) for key, count in waiting.items() if not count]
    heapq.heapify(ready)
    done: dict[Key, Deed] = {}
    while len(done) < len(chosen):
        if not ready:  # a circle, such as two functions that call each other: the bodies are not checked
            key = min(set(chosen) - set(done), key=lambda key: (_rank(chosen[key], around), key))
            ready = [(_rank(chosen[key], around), key)]
        _, key = heapq.heappop(ready)
        if key in done:
            continue
        done[key] = chosen[key]
        for other in after[key]:
            waiting[other] -= 1
            if not waiting[other]:
                heapq.heappush(ready, (_rank(chosen[other], around), other))
    return tuple(done.values())


def hint(remedy: Remedy, around: Scene) -> str | None:
    """Return the statements of one remedy."""
    statements = [text for deed in order(remedy.deeds, around) for text in deed.statements]
    return ";\n".join(statements) or None


def write(remedies: Mapping[str, Remedy], around: Scene, *, head: str, destructive: bool) -> str:
    """Return the script: what cannot be said as comments, then one transaction's work, then what takes none."""
    meant = (deed for remedy in remedies.values() for deed in remedy.deeds)
    deeds = order(meant, around, destructive=destructive)
    early = [deed for deed in deeds if _is_awaited(deed, deeds, around)]
    lines = [
        f"-- {_line(head)}",
        "-- Run it with psql -1, as the role that owns the objects: it is the current_user here.",
        *(
            f"-- Not in here: {_line(title)}: {_line(remedy.reason)}"
            for title, remedy in remedies.items()
            if remedy.reason
        ),
        *_apart("No transaction uses a label that it adds (55P04): run these by themselves, first.", early),
        "",
        "set search_path = '';",
        "set check_function_bodies = off;",
        "",
    ]
    for deed in deeds:
        if not deed.alone and deed not in early:
            lines += _written(deed, is_meant=destructive or deed.costs is None)
    lines += ["", "reset search_path;", "reset check_function_bodies;"]
    alone = [deed for deed in deeds if deed.alone]
    lines += _apart("Not inside a transaction: run these by themselves, afterwards.", alone)
    return "\n".join(lines)


def _apart(words: str, deeds: Iterable[Deed]) -> list[str]:
    statements = [text for deed in deeds for text in deed.statements]
    return ["", f"-- {words}", *(_commented(f"{text};") for text in statements)] if statements else []


def _is_awaited(deed: Deed, deeds: Iterable[Deed], around: Scene) -> bool:
    """Tell whether an enum that is there gets a label that another statement uses."""
    former = around.actual.items.get(deed.item.key)
    if not isinstance(deed.item, Enum) or not isinstance(former, Enum) or len(deed.item.labels) == len(former.labels):
        return False
    words = [f"{literal(label)}::{deed.item.name}" for label in deed.item.labels if label not in former.labels]
    return any(word in text for other in deeds for text in other.statements for word in words)


def _line(text: str) -> str:
    """Return the text on one line: a name with a line end in it does not end the comment."""
    return " ".join(text.split())


def _commented(text: str) -> str:
    """Return the text as comments; PostgreSQL's scanner ends one at a carriage return, too (parser/scan.l)."""
    return re.sub(r"^|(?<=\r)(?!\n)", "-- ", text, flags=re.MULTILINE)


def _written(deed: Deed, *, is_meant: bool) -> Iterator[str]:
    if not is_meant:
        yield f"-- {_line(deed.costs or '')}, so it waits for somebody to want it (--destructive):"
    for text in deed.statements:
        statement = f"-- {_line(text[2:])}" if text.startswith("--") else f"{text};"
        yield statement if is_meant else _commented(statement)


def _choose(deeds: Iterable[Deed], around: Scene, *, destructive: bool) -> dict[Key, Deed]:
    """Return one deed for each object and phase: nothing is dropped that goes anyway, or made that stays."""
    deeds = tuple(deeds)
    drops = {deed.item.key: deed for deed in deeds if deed.phase == "drop" and not deed.is_aside}
    going = {key: {child.key for child in _with(around.actual, key)} for key in drops}
    gone = set().union(*(children for key, children in going.items() if destructive or not drops[key].costs))
    left = drops.keys() | set().union(*going.values())
    chosen: dict[Key, Deed] = {}
    for deed in deeds:
        key, item = deed.key, deed.item.key
        stays = deed.is_new and item in around.actual.items and item not in left
        if stays or (deed.phase == "drop" and item in gone):
            continue
        if key not in chosen or (deed.is_new and not chosen[key].is_new):
            chosen[key] = deed
    return chosen


def _hold(chosen: Mapping[Key, Deed], needs: Mapping[Key, set[Key]]) -> dict[Key, Deed]:
    """Return the deeds; those that lean on one which waits, or are the other half of it, wait too."""
    waiting = {key for key, deed in chosen.items() if deed.costs}
    leaning: dict[Key, set[Key]] = {}
    for key, deed in chosen.items():
        owners = {(top, "make") for top in (key[0], *deed.item.parents)}
        leaning[key] = owners if deed.phase == "finish" else needs[key] | {(key[0], "drop"), (key[0], "make")}
    while more := {key for key in chosen.keys() - waiting if leaning[key] & waiting}:
        waiting |= more
    return {key: replace(deed, costs=deed.costs or KEPT) if key in waiting else deed for key, deed in chosen.items()}


def _with(side: Surroundings, key: str) -> tuple[Object, ...]:
    item = side.items.get(key)
    return side.belonging(item) if item is not None and item.kind != "schema" else ()


def _needs(chosen: Mapping[Key, Deed], around: Scene) -> dict[Key, set[Key]]:
    """Return for each deed those that come before it."""
    makers: dict[str, set[Key]] = defaultdict(set)
    columns: dict[str, list[Key]] = defaultdict(list)  # those that are made or altered, by the name of their table
    speakers: dict[str, set[Key]] = defaultdict(set)
    leaving: dict[str, set[Key]] = defaultdict(set)
    for key, deed in chosen.items():
        if key[1] == "make" and (name := spoken(deed.item)) is not None:
            makers[name].add(key)
        elif key[1] == "make" and isinstance(deed.item, kinds.Column):
            columns[deed.item.container].append(key)
        going = _with(around.actual, key[0]) if key[1] == "drop" and not deed.is_aside else ()
        for one in (deed.item, *going):
            for name in _near(one, around.actual):
                speakers[name].add(key)
            is_left = one is deed.item or (one.key, "drop") not in chosen
            for name in _taken(one, around.actual) if key[1] == "drop" and is_left and not deed.is_aside else ():
                leaving[name].add(key)
    needs: dict[Key, set[Key]] = {}
    for key, deed in chosen.items():
        if deed.phase == "drop":
            needs[key] = set() if deed.is_aside else _freed(deed, chosen, speakers, around)
        elif deed.phase == "finish":
            needs[key] = {other for other in chosen if other[1] != "finish"}
        else:
            item = around.expected.items.get(deed.item.key, deed.item)
            near = _near(item, around.expected)
            used = (other for table in near & columns.keys() for other in columns[table])
            needs[key] = {other for other in used if _uses(item, chosen[other].item, around.expected)}
            needs[key] |= {other for name in near for other in makers[name]}
            needs[key] |= {(item.key, "drop")} & chosen.keys()
            taken = _taken(item, around.expected) if deed.is_new else ()
            needs[key] |= {other for name in taken for other in leaving[name]}
            needs[key] |= set(_above(item, chosen, around))
            needs[key] -= {key}
    return needs


def _taken(item: Object, side: Surroundings) -> Iterator[str]:
    """Yield what nothing else has beside an object: its key, its name, and the name of a column's NOT NULL."""
    yield item.key
    if (name := spoken(item)) is not None:
        yield name
    if isinstance(item, kinds.Column) and not item.nullable and side.major >= 18:
        yield f"{item.container} {not_null_name(item, item.not_null)}"


def _near(item: Object, side: Surroundings) -> set[str]:
    """Return the names that an object speaks of, and those of what it is part of."""
    known = side.items.get(item.key)
    if known is None:
        return set()
    return mentioned(side.text(known)) | {side.items[parent].name for parent in known.parents if parent in side.items}


def _uses(item: Object, column: Object, side: Surroundings) -> bool:
    """Tell whether an object that is near a column's table speaks of the column."""
    if not isinstance(column, kinds.Column) or isinstance(item, kinds.Table | ForeignTable):
        return False
    return names(item.expression or "" if isinstance(item, kinds.Column) else side.text(item), column)


def _above(item: Object, chosen: Mapping[Key, Deed], around: Scene) -> Iterator[Key]:
    """Yield what the object is part of, as far as it is made: a column by its table."""
    for parent in item.parents:
        if isinstance(item, kinds.Sequence) and parent.startswith("column "):
            continue  # the column's default needs the sequence; that it is the column's own is said at the end
        if (parent, "make") in chosen:
            yield parent, "make"
        elif parent in around.expected.items:
            yield from _above(around.expected.items[parent], chosen, around)


def _freed(deed: Deed, chosen: Mapping[Key, Deed], speakers: Mapping[str, set[Key]], around: Scene) -> set[Key]:
    """Return what has to let go of an object before it is dropped: others that are dropped, or changed."""
    item = deed.item
    before = around.actual.items
    is_back = (item.key, "make") in chosen
    bound = set(speakers.get(spoken(item) or "", ()))
    if isinstance(item, kinds.Column):
        near = speakers.get(item.container, ())
        bound |= {key for key in near if key[0] in before and _uses(before[key[0]], item, around.actual)}
    if item.kind == "schema":
        bound |= {key for key in chosen if item.name in _published(before.get(key[0]))}
    inside = {child.key for child in (*around.actual.children.get(item.key, ()), *_with(around.actual, item.key))}
    # what is in it goes along, but for what leaves it before: a partition, a sequence
    bound = {key for key in bound if key[0] not in inside} | {(child, "drop") for child in inside}
    bound |= {(child, "make") for child in inside if _leaves(child, chosen)}
    return {
        key
        for key in bound & chosen.keys() - {deed.key}
        if key[1] == "drop" or (key[1] == "make" and not is_back and (key[0], "drop") not in chosen)
    }


def _leaves(child: str, chosen: Mapping[Key, Deed]) -> bool:
    """Tell whether an object is altered, and neither made anew nor part of what is."""
    deed = chosen.get((child, "make"))
    if deed is None or deed.is_new:
        return False
    return not any((parent, "make") in chosen and chosen[parent, "make"].is_new for parent in deed.item.parents)


def _published(item: Object | None) -> tuple[str, ...]:
    return item.schemas if isinstance(item, Publication) else ()


def _rank(deed: Deed, around: Scene) -> tuple[int, int, str]:
    item = deed.item
    place = RANKS.index(_rank_name(item))
    position = 0
    if isinstance(item, kinds.Column):
        table = around.expected.items.get(item.parents[0])
        labels = getattr(table, "columns", ())
        position = labels.index(item.label) if item.label in labels else 0
    return PHASES.index(deed.phase), -place * 10_000 if deed.phase == "drop" else place * 10_000 + position, item.name


def _rank_name(item: Object) -> str:
    if isinstance(item, Constraint) and item.references:
        return "foreign key"
    is_of_column = isinstance(item, Privilege) and item.name.startswith("column ")
    return "privilege of a column" if is_of_column else item.kind

"""What brings the actual side back: for one change the deeds that undo it, and why nothing does where that is so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from tools import kinds, rare_alterations, rarities  # noqa: F401 (it adds to alter)
from tools.alterations import alter
from tools.catalog import Catalog
from tools.changes import Change
from tools.completions import make, reference
from tools.creations import literal, role, split
from tools.hints import comment, dependency, drop, label, rename
from tools.kinds import Comment, DefaultPrivilege, Object, Privilege
from tools.reasons import Unsaid, is_precious, known_storage, reason, refuse_partition, unmakeable
from tools.renames import Renames
from tools.rights import regrant
from tools.severity import is_wider
from tools.surroundings import SPOKEN_OF, Surroundings, mentioned, names, spoken, surround

Phase = Literal["drop", "make", "finish"]
# What holds rows, or leaves something behind that no statement knows
PRECIOUS = {
    "table": "its rows go with it",
    "column": "its values go with it",
    "sequence": "its place goes with it",
    "schema": "all that is in it goes with it",
    "extension": "what it brought goes with it",
    "user mapping": "its password goes with it",
}
REBUILT = frozenset(
    (
        *("view", "materialized view", "rule", "trigger", "policy", "constraint", "index", "statistics", "function"),
        *("operator", "cast", "publication relation", "event trigger", "publication", "range type", "domain", "enum"),
        *("collation", "composite type", "text search configuration", "text search dictionary", "foreign table"),
        *("language", "access method", "conversion", "transform", "text search parser", "text search template"),
        "operator family",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """The statements about one object in one phase; `costs` says what is lost, `alone` that no transaction takes it."""

    item: Object
    phase: Phase
    statements: tuple[str, ...]
    costs: str | None = None
    alone: bool = False
    is_new: bool = False  # the object is made, with all that it should have
    is_aside: bool = False  # a part of it makes room, and the object stays

    @property
    def key(self) -> tuple[str, Phase]:
        """Return what the deed is known by."""
        return self.item.key, self.phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """The deeds that undo a change, or the reason why there are none."""

    deeds: tuple[Deed, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Both sides with their surroundings, and what has another name."""

    expected: Surroundings
    actual: Surroundings
    renames: Renames
    enums: frozenset[str]  # the names of the expected ones
    unmade: Mapping[str, str]  # what is missing and no statement makes: its key by the name that others write
    proved: dict[str, bool] = field(default_factory=dict)  # whether a rename explains all that belongs to the two


def scene(expected: Catalog, actual: Catalog, renames: Renames) -> Scene:
    """Return the scene of a comparison."""
    mine, yours = surround(expected), surround(actual)
    lacking = (mine.items[key] for key in mine.items.keys() - yours.items.keys())
    return Scene(
        expected=mine,
        actual=yours,
        renames=renames,
        enums=frozenset(item.name for item in expected.enums),
        unmade={
            spoken(item) or item.name: item.key
            for item in lacking
            if item.kind in ("base type", "foreign server", "function") and not make(item, mine)
        },
    )


def remedy(change: Change, around: Scene) -> Remedy:
    """Return what undoes a change."""
    try:
        return Remedy(deeds=_deeds(change, around))
    except Unsaid as why:
        return Remedy(reason=str(why))


def _deeds(change: Change, around: Scene) -> tuple[Deed, ...]:
    item = change.item
    match item:
        case Privilege() | DefaultPrivilege():
            text = regrant(change, _owner_of(item, around))
            return (_plain(item, text, "somebody else granted it"), *_columns_rights(item, around))
        case Comment():
            return (_plain(item, comment(item.name, change.expected), ""),)
        case rarities.SecurityLabel():
            return (_plain(item, label(item.name, change.expected), ""),)
        case rarities.ExtensionDependency():
            return (_plain(item, dependency(item.name, is_wanted=change.actual is None), ""),)
    if pair := _renamed(item, around):
        return (Deed(item=pair[0], phase="make", statements=(rename(*pair),)),)
    if change.expected is None:
        return tuple(_drops(item, around))
    if change.actual is None:
        return tuple(_makes(change.expected, around))
    return _changes(change.expected, change, around)


def _changes(expected: Object, change: Change, around: Scene) -> tuple[Deed, ...]:
    facts = dict(change.facts)
    statements = []
    rights: tuple[Deed, ...] = ()
    if "owner" in facts:
        owner, former = facts["owner"].expected, facts.pop("owner").actual
        statements += [f"alter {reference(expected.kind, expected.name)} owner to {role(owner)}"] if owner else []
        rights = tuple(_rights_back(expected, former or "", around))
    aside: tuple[Deed, ...] = ()
    if isinstance(expected, kinds.Column) and "identity" in facts and expected.default:
        facts = {name: fact for name, fact in facts.items() if not name.startswith("identity")}
        words = f"alter {expected.parents[0]} alter column {expected.label} drop identity"
        aside = (Deed(item=expected, phase="drop", statements=(words,), is_aside=True),)  # its sequence has a name
    if "partition_of" in facts:
        refuse_partition(expected, around.expected, around.actual)
    if facts:
        text = alter(expected, facts)
        parts = [text] if text else [alter(expected, {name: fact}) for name, fact in facts.items()]
        if None in parts:
            return tuple(_rebuild(expected, change, around))
        statements = [*(part for part in parts if part), *statements]
    if isinstance(expected, kinds.Column) and "storage" in facts and not expected.storage and around.actual.major < 16:
        words = f"set storage {known_storage(expected)}"
        statements = [text.replace("set storage default", words) for text in statements]
    owner_to_be = f"column {expected.owned_by}" if isinstance(expected, kinds.Sequence) and expected.owned_by else None
    is_late = "owned_by" in facts and owner_to_be is not None and owner_to_be not in around.actual.items
    alone = any("concurrently" in text for text in statements)
    deed = Deed(item=expected, phase="finish" if is_late else "make", statements=tuple(statements), alone=alone)
    if isinstance(expected, kinds.Column) and facts.keys() & {"type", "collation"}:
        aside = (*aside, *_aside(expected, _looking_at(expected, around), around, {expected.key}))
    return (*aside, deed, *rights)


def _columns_rights(item: Object, around: Scene) -> Iterable[Deed]:
    """Yield the rights on columns, which PostgreSQL takes together with the same right on their table."""
    grantee = item.name.rpartition(" to ")[2]
    for parent in item.parents:
        for other in around.expected.children.get(parent, ()):
            is_part = other.name.startswith("column ") and not item.name.startswith("column ")
            if isinstance(other, Privilege) and is_part and other.name.endswith(f" to {grantee}"):
                yield _new(other, around)


def _rights_back(expected: Object, former: str, around: Scene) -> Iterable[Deed]:
    """Yield the rights of who owns it now: they go over to the next owner, and are to be granted again."""
    for other in around.expected.belonging(expected):
        if isinstance(other, Privilege) and other.name.endswith(f" to {former}"):
            deed = _new(other, around)
            if other.name.startswith("column "):
                owner = Change(item=other, actual=other)
                text = (regrant(owner) or "").removesuffix(former)
                deed = replace(
                    deed, statements=(f"{text}{role(getattr(expected, 'owner', '(owner)'))}", *deed.statements)
                )
            yield deed


def _drops(item: Object, around: Scene) -> Iterable[Deed]:
    if item.kind == "schema":
        for child in around.actual.children.get(item.key, ()):
            if child.kind not in ("comment", "privilege", "default privilege"):
                yield from _drops(child, around)
    if _has_successor(item, around):
        others = around.actual.users(item) if isinstance(item, kinds.Column) else around.actual.speakers(item)
        yield from _aside(item, others, around, {item.key})
    statements = (*_let_go(item, around), drop(item), *_relaxed(item, around))
    yield Deed(item=item, phase="drop", statements=statements, costs=PRECIOUS.get(item.kind))


def _has_successor(item: Object, around: Scene) -> bool:
    """Tell whether another one takes its place, of another kind or under another name: what speaks of it goes over."""
    is_renamed = any(item.key == old.key for _, old in around.renames.pairs)
    return is_renamed or any(f"{kind} {item.name}" in around.expected.items for kind in SPOKEN_OF if spoken(item))


def _let_go(item: Object, around: Scene) -> Iterable[str]:
    """Yield what drops the exclusion constraints on a column, which need not go with it, and keys in a circle."""
    for one in around.actual.references(item.name) if isinstance(item, kinds.Table) else ():
        if one.parents[0] not in around.expected.items and one.container != item.name and _reaches(item, one, around):
            yield f"alter table if exists {one.container} drop constraint if exists {one.label}"
    for child in around.actual.children.get(item.key, ()) if isinstance(item, kinds.Column) else ():
        if isinstance(child, kinds.Constraint) and child.type == "exclusion":
            yield f"alter {child.parents[0]} drop constraint if exists {child.label}"


def _reaches(item: Object, pointer: kinds.Constraint, around: Scene) -> bool:
    """Tell whether a table points, over others, to the one that points to it."""
    seen, waiting = {pointer.container}, [pointer.container]
    while waiting:  # against the arrows
        for one in around.actual.references(waiting.pop()):
            if one.container == item.name:
                return True
            waiting += [] if one.container in seen else [one.container]
            seen.add(one.container)
    return False


def _relaxed(item: Object, around: Scene) -> Iterable[str]:
    """Yield what takes back the NOT NULL that an unexpected primary key brought along."""
    if isinstance(item, kinds.Constraint) and item.type == "primary key":
        for label in item.columns:
            column = around.expected.items.get(f"column {item.container}.{label}")
            if isinstance(column, kinds.Column) and column.nullable:
                yield f"alter {item.parents[0]} alter column {label} drop not null"


def _makes(item: Object, around: Scene) -> Iterable[Deed]:
    """Yield what makes an object with all that belongs to it."""
    yield _new(item, around)
    for one in (item, *around.expected.belonging(item)):
        # a table brings its columns along, and a column those of the partitions
        is_there = one is item or isinstance(one, kinds.Column)
        yield from _finish(one) if is_there else _children(one, around)


def _children(item: Object, around: Scene) -> Iterable[Deed]:
    try:
        yield _new(item, around)
    except Unsaid as why:
        yield Deed(item=item, phase="make", statements=(f"-- {item.kind} {item.name}: {why}",))
    yield from _finish(item)


def _finish(item: Object) -> Iterable[Deed]:
    """Yield what ties a sequence to its column, and sets it behind the values that are there."""
    if isinstance(item, kinds.Sequence) and item.owned_by:
        table, label = split(item.owned_by)
        values = f"(select pg_catalog.max({label}) from {table})"  # noqa: S608 (names as PostgreSQL prints them)
        statements = (
            f"alter sequence {item.name} owned by {item.owned_by}",
            f"select pg_catalog.setval({literal(item.name)}, {values})",
        )
        yield Deed(item=item, phase="finish", statements=statements, is_new=True)


def _new(item: Object, around: Scene) -> Deed:
    match item:
        case Privilege() | DefaultPrivilege():
            text = regrant(Change(item=item, expected=item), _owner_of(item, around))
            return _plain(item, text, "somebody else granted it")
        case Comment():
            return _plain(item, comment(item.name, item), "")
        case rarities.SecurityLabel():
            return _plain(item, label(item.name, item), "")
        case rarities.ExtensionDependency():
            return _plain(item, dependency(item.name, is_wanted=True), "")
    refuse_partition(item, around.expected, around.actual)
    statements = make(item, around.expected)
    said = mentioned(around.expected.text(item)) | {getattr(item, "server", "")}
    for name in said & around.unmade.keys() - {item.name}:
        raise Unsaid(f"{around.unmade[name]} is to be made by hand first")
    if not statements:
        raise Unsaid(unmakeable(item))
    return Deed(item=item, phase="make", statements=statements, is_new=True)


def _rebuild(expected: Object, change: Change, around: Scene) -> Iterable[Deed]:
    """Yield what drops and makes an object anew, with all that speaks of it and all that belongs to it."""
    if change.actual is None or expected.kind == "column":
        yield from _remake_column(expected, change, around)
        return
    if expected.kind not in REBUILT or is_precious(expected, change):
        raise Unsaid(reason(expected, change))
    yield from _aside(change.actual, around.actual.speakers(change.actual), around, {expected.key})
    yield Deed(item=change.actual, phase="drop", statements=(drop(change.actual),))
    yield from _makes(expected, around)


def _remake_column(expected: Object, change: Change, around: Scene) -> Iterable[Deed]:
    """Yield a column that is computed anew; of another, the values would be lost."""
    if not isinstance(expected, kinds.Column) or not expected.generated or change.actual is None:
        raise Unsaid(reason(expected, change))
    if len(expected.parents) > 1:
        raise Unsaid("the column is inherited")
    yield from _aside(expected, _looking_at(expected, around), around, {expected.key})
    cost = PRECIOUS["column"] if not getattr(change.actual, "generated", None) else None
    yield Deed(item=change.actual, phase="drop", statements=(drop(change.actual),), costs=cost)
    yield from _makes(expected, around)


def _aside(subject: Object, others: Iterable[Object], around: Scene, seen: set[str]) -> Iterable[Deed]:
    """Yield what takes objects out of the way of another, and makes them again afterwards."""
    for other in others:
        if other.key in seen:
            continue
        seen.add(other.key)
        again = around.expected.items.get(other.key)
        if again is None:
            continue  # nobody expects it: its own change drops it
        if isinstance(other, kinds.Column):
            yield from _default_aside(other, again, subject)
            continue
        if other.kind not in REBUILT or other.kind in ("domain", "enum", "composite type", "range type"):
            raise Unsaid(f"{other.kind} {other.name} is in the way")
        yield from _aside(other, around.actual.speakers(other), around, seen)
        yield Deed(item=other, phase="drop", statements=(drop(other),))
        yield from _makes(again, around)


def _default_aside(column: kinds.Column, again: Object, subject: Object) -> Iterable[Deed]:
    """Yield a default that makes room; a type or an expression cannot."""
    is_typed = spoken(subject) in mentioned(f"{column.type} {column.collation} {column.expression}")
    if is_typed or not column.default or not isinstance(again, kinds.Column) or not again.default:
        raise Unsaid(f"column {column.name} is in the way")
    start = f"alter {column.parents[0]} alter column {column.label}"
    yield Deed(item=column, phase="drop", statements=(f"{start} drop default",), is_aside=True)
    yield Deed(item=again, phase="make", statements=(f"{start} set default {again.default}",))


def _looking_at(column: kinds.Column, around: Scene) -> Iterable[Object]:
    """Yield what PostgreSQL will not have on a column that changes its type (ATPrepAlterColumnType in tablecmds.c)."""
    table = around.actual.items[column.parents[0]]
    if names(getattr(table, "partition_key", None) or "", column):
        raise Unsaid("the rows are partitioned by it")
    former = around.actual.items.get(column.key, column)
    for child in around.actual.children.get(column.key, ()):
        if child.parents[0].startswith("foreign ") and not is_wider(getattr(former, "type", ""), column.type):
            raise Unsaid(f"{child.parents[0]} inherits it, and takes no cast")
    for other in around.actual.speakers(table):
        if other.kind in ("view", "materialized view", "rule", "function"):
            yield other
    for child in around.actual.children.get(table.key, ()):
        text = around.actual.text(child)
        if child.kind in ("trigger", "policy", "rule") and names(text, column):
            yield child
        if isinstance(child, rarities.PublicationRelation) and names(child.predicate or "", column):
            yield child
        if isinstance(child, kinds.Column) and child.generated and names(child.expression or "", column):
            raise Unsaid(f"column {child.name} is computed from it")


def _renamed(item: Object, around: Scene) -> tuple[Object, Object] | None:
    """Return the pair of an expected object and what is it under another name, where all that belongs to it agrees."""
    for new, old in around.renames.pairs:
        if item.key in (new.key, old.key) and new.kind not in ("extension", "operator"):
            key = f"{new.key} {old.key}"
            if key not in around.proved:
                mine, yours = around.expected.belonging(new), around.actual.belonging(old)
                around.proved[key] = around.renames.match(mine, yours)
            return (new, old) if around.proved[key] else None
    return None


def _plain(item: Object, statement: str | None, reason: str) -> Deed:
    if statement is None:
        raise Unsaid(reason)
    return Deed(item=item, phase="make", statements=(statement,))


def _owner_of(item: Object, around: Scene) -> str | None:
    about = (around.expected.items.get(key) or around.actual.items.get(key) for key in item.parents)
    return next((owner for one in about if (owner := getattr(one, "owner", None))), None)

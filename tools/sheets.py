"""The tables and views of a catalog as sheets: each with its statements, and what every part of it means."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from tools import completions, creations, document, phrases, remarks, terms
from tools.catalog import Catalog
from tools.document import Entry, Link, Model, Sheet
from tools.kinds import Column, Constraint, Index, MaterializedView, Object, Sequence, Table, View
from tools.rarities import ForeignTable
from tools.surroundings import Surroundings, surround

Kind = TypeVar("Kind", bound=Object)
Relation = Table | ForeignTable | View | MaterializedView

NAME = re.compile(r'"(?:[^"]|"")+"|\w+')
TYPED = re.compile(r'("(?:[^"]|"")+"|\S+) (.*)', re.DOTALL)
# What a sheet has apart from columns and constraints, in the order of its statements
PARTS = ("index", "statistics", "trigger", "policy", "rule")
KEYS = ("primary key", "foreign key", "unique")
# What a deletion does to the rows that point to the one that goes
EFFECTS = {
    "cascade": "deletes the rows that point to it in",
    "set null": "makes null",
    "set default": "sets to the default",
    "no action": "is refused while a row points to it in",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known of a catalog's objects besides the catalog.

    `external` has the keys of tables that another system owns, `models` the classes by table, `queries` those that name
    an index, by its name without the schema.
    """

    place: Callable[[Object], str | None] = lambda _: None
    external: frozenset[str] = frozenset()
    models: Mapping[str, Model] = field(default_factory=dict)
    queries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A catalog made ready: the objects around each, the comments, the foreign keys that point to each table."""

    around: Surroundings
    known: Knowledge
    comments: Mapping[str, str]
    inbound: Mapping[str, tuple[Link, ...]]
    partitions: Mapping[str, tuple[Table, ...]]
    sequences: Mapping[str, tuple[Sequence, ...]]

    def comment(self, key: str) -> str:
        """Return the prose of a comment."""
        return remarks.read(self.comments.get(key)).prose

    def parts(self, key: str, kind: type[Kind]) -> list[Kind]:
        """Return what of this kind is in the object."""
        found = (one for one in self.around.children.get(key, ()) if isinstance(one, kind))
        return sorted((one for one in found if one.parents[0] == key), key=lambda one: one.name)


def build(catalog: Catalog, known: Knowledge) -> tuple[Sheet, ...]:
    """Return a sheet for each table and view, by name; partitions are part of their parent."""
    scene = _scene(catalog, known)
    wanted = {f"table {link.parent}" for link in links(catalog) if f"table {link.child}" not in known.external}
    slugs = Slugs()
    relations: list[Relation] = [
        *(one for one in catalog.tables if not one.partition_of),
        *(one for one in catalog.foreign_tables if not one.partition_of),
        *catalog.views,
        *catalog.materialized_views,
    ]
    shown = [one for one in relations if one.key not in known.external or one.key in wanted]
    return tuple(_sheet(one, slugs.take(phrases.shown(one.name)), scene) for one in sorted(shown, key=lambda x: x.name))


def links(catalog: Catalog) -> tuple[Link, ...]:
    """Return the foreign keys between tables."""
    columns = {column.key: column for column in catalog.columns}
    unique = defaultdict(list)
    for one in catalog.constraints:
        if one.type in ("primary key", "unique"):
            unique[one.container].append(frozenset(one.columns))
    for index in catalog.indexes:
        if index.unique and not index.predicate:
            unique[index.table].append(frozenset(index.keys))
    return tuple(
        Link(
            name=one.label,
            child=one.container,
            parent=one.references,
            columns=one.columns,
            targets=one.referenced_columns,
            on_delete=one.on_delete or "no action",
            nullable=any(columns[f"column {one.container}.{name}"].nullable for name in one.columns),
            unique=any(key <= frozenset(one.columns) for key in unique[one.container]),
            words=phrases.consequence(one),
        )
        for one in catalog.constraints
        if one.type == "foreign key" and one.references and one.parents[0].startswith("table ")
    )


class Slugs:
    """Names for files and anchors, each given once: what a file system or a URL would take amiss is left out."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, name: str) -> str:
        """Return a free slug that reads like the name."""
        plain = re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-_")[:80] or "unnamed"
        slug, number = plain, 1
        while slug in self._taken:
            number += 1
            slug = f"{plain}-{number}"
        self._taken.add(slug)
        return slug


def _scene(catalog: Catalog, known: Knowledge) -> Scene:
    inbound: dict[str, list[Link]] = defaultdict(list)
    for link in links(catalog):
        if f"table {link.child}" not in known.external:
            inbound[link.parent].append(link)
    partitions: dict[str, list[Table]] = defaultdict(list)
    for table in catalog.tables:
        if table.partition_of:
            partitions[table.partition_of].append(table)
    sequences: dict[str, list[Sequence]] = defaultdict(list)
    for sequence in catalog.sequences:
        if sequence.owned_by:
            sequences[creations.split(sequence.owned_by)[0]].append(sequence)
    return Scene(
        around=surround(catalog),
        known=known,
        comments={comment.name: comment.text for comment in catalog.comments},
        inbound={name: tuple(found) for name, found in inbound.items()},
        partitions={name: tuple(found) for name, found in partitions.items()},
        sequences={name: tuple(found) for name, found in sequences.items()},
    )


def _sheet(item: Relation, slug: str, scene: Scene) -> Sheet:
    constraints = scene.parts(item.key, Constraint)
    columns = _columns(item, scene)
    is_external = item.key in scene.known.external
    if is_external:
        needed = {name for link in scene.inbound.get(item.name, ()) for name in link.targets}
        columns = [one for one in columns if one.label in needed]
        constraints = [one for one in constraints if one.type in KEYS and needed.issuperset(one.columns)]
    return Sheet(
        name=item.name,
        slug=slug,
        kind=item.kind,
        purpose=scene.comment(item.key),
        external=is_external,
        ddl=() if is_external else tuple(_statements(item, constraints, scene)),
        columns=tuple(_column(one, constraints, scene) for one in columns),
        constraints=tuple(_constraint(one, columns, scene) for one in sorted(constraints, key=_weight)),
        indexes=() if is_external else tuple(_indexes(item, constraints, scene)),
        triggers=tuple(_entries(item, "trigger", phrases.trigger, scene)),
        policies=tuple(_entries(item, "policy", phrases.policy, scene)),
        security=_security(item),
        deletion=tuple(_deletion(item.name, scene)),
        partitions=tuple(f"{one.name} {one.partition_bound}" for one in scene.partitions.get(item.name, ())),
        partition_key=item.partition_key if isinstance(item, Table) else None,
        model=scene.known.models.get(item.name),
        place=scene.known.place(item),
    )


def _columns(item: Relation, scene: Scene) -> list[Column]:
    if isinstance(item, Table | ForeignTable):
        return list(scene.around.columns(item))
    found = [match for text in item.output if (match := TYPED.fullmatch(text))]
    return [Column(name=f"{item.name}.{one[1]}", parents=(item.key,), type=one[2]) for one in found]


def _column(item: Column, constraints: Iterable[Constraint], scene: Scene) -> document.Column:
    keys = dict.fromkeys(
        one.type.removesuffix(" key") for one in constraints if one.type in KEYS and item.label in one.columns
    )
    return document.Column(
        name=item.label,
        type=phrases.brief_type(item.type),
        nullable=item.nullable,
        value=phrases.value(item),
        keys=tuple(keys),
        comment=scene.comment(f"column {item.name}"),
        place=scene.known.place(item),
    )


def _constraint(item: Constraint, columns: Iterable[Column], scene: Scene) -> Entry:
    return Entry(
        kind=item.type,
        name=item.label,
        definition=creations.constraint(item).removeprefix(f"constraint {item.label} "),
        words=phrases.constraint(item, columns),
        comment=scene.comment(item.key) or scene.comment(f"index {_index_name(item)}"),
        place=scene.known.place(item),
    )


def _weight(item: Constraint) -> tuple[int, str]:
    order = ("primary key", "unique", "exclusion", "foreign key", "check")
    return order.index(item.type), item.name


def _indexes(item: Relation, constraints: Iterable[Constraint], scene: Scene) -> Iterator[document.Index]:
    """Yield the indexes, those of constraints first; each knows the foreign keys whose columns it begins with."""
    keys = [one for one in constraints if one.type == "foreign key"]
    for one in constraints:
        if one.type in ("primary key", "unique", "exclusion"):
            definition = creations.constraint(one).partition(f"{one.label} ")[2]
            yield _index(one, item, definition, f"Keeps the constraint: {one.type}.", one, keys, scene)
    for index in scene.parts(item.key, Index):
        yield _index(index, item, creations.create(index) or "", phrases.index(index), None, keys, scene)


def _index(
    item: Constraint | Index,
    table: Relation,
    definition: str,
    words: str,
    constraint: Constraint | None,
    keys: Iterable[Constraint],
    scene: Scene,
) -> document.Index:
    label = creations.split(item.name)[1]
    columns = item.keys if isinstance(item, Index) else item.columns or _excluded(item)
    serves = [f"{constraint.type} {constraint.label}"] if constraint else []
    partial = isinstance(item, Index) and item.predicate
    serves += [f"foreign key {key.label}" for key in keys if not partial and _begins(columns, key.columns)]
    name = _index_name(item) if isinstance(item, Constraint) else item.name
    return document.Index(
        name=label,
        table=table.name,
        definition=definition,
        words=words,
        reason=scene.comment(f"index {name}"),
        serves=tuple(serves),
        queries=scene.known.queries.get(label, ()),
        place=scene.known.place(item),
    )


def _index_name(item: Constraint) -> str:
    """Return the name of the index that a constraint has."""
    return f"{creations.split(item.container)[0]}.{item.label}"


def _excluded(item: Constraint) -> tuple[str, ...]:
    """Return the columns of an exclusion constraint that must be equal: its index finds rows by them."""
    inside = (item.expression or "").partition("(")[2]
    return tuple(one.removesuffix(" WITH =") for one in terms.elements(inside) if one.endswith(" WITH ="))


def _begins(keys: Iterable[str], columns: Iterable[str]) -> bool:
    """Say whether an index begins with these columns, in any order."""
    wanted = set(columns)
    first = [match[0] for key in list(keys)[: len(wanted)] if (match := NAME.match(key))]
    return set(first) == wanted


def _entries(item: Relation, kind: str, words: Callable[..., str], scene: Scene) -> Iterator[Entry]:
    found = (one for one in scene.around.children.get(item.key, ()) if one.kind == kind and one.parents[0] == item.key)
    for one in sorted(found, key=lambda one: one.name):
        yield Entry(
            kind=kind,
            name=one.label,
            definition=creations.create(one) or "",
            words=words(one),
            comment=scene.comment(one.key),
            place=scene.known.place(one),
        )


def _security(item: Relation) -> str:
    if not isinstance(item, Table) or not item.row_security:
        return ""
    return "forced: it binds the owner, too" if item.force_row_security else "enabled: it does not bind the owner"


def _statements(item: Relation, constraints: list[Constraint], scene: Scene) -> Iterator[str]:
    """Yield the statements that make a table or view and its parts; comments and rights aside.

    Foreign keys come after the table, since two tables may point to each other.
    """
    sequences = scene.sequences.get(item.name, ())
    for sequence in sequences:
        yield from completions.make(sequence, scene.around)
    first, *rest = completions.make(item, scene.around) or ("",)
    late = [one for one in constraints if one.references or (not one.validated and one.enforced)]
    if isinstance(item, Table) and not item.partition_of:
        lines = [*completions.columns_of(item, scene.around)]
        lines += [creations.constraint(one) for one in sorted(constraints, key=_weight) if one not in late]
        body = "(\n    " + ",\n    ".join(lines) + "\n)" if lines else "()"
        first = completions.table(item, scene.around, body)
    yield from filter(None, (first, *rest))
    yield from (f"alter sequence {one.name} owned by {one.owned_by}" for one in sequences)
    for one in constraints:
        made = completions.make(one, scene.around)
        yield from made if one in late or not _holds_constraints(item) else made[1:]
    for kind in PARTS:
        for part in scene.around.children.get(item.key, ()):
            if part.kind == kind and part.parents[0] == item.key:
                yield from completions.make(part, scene.around)
    for partition in scene.partitions.get(item.name, ()):
        yield from _statements(partition, scene.parts(partition.key, Constraint), scene)


def _holds_constraints(item: Relation) -> bool:
    return isinstance(item, Table) and not item.partition_of


def _deletion(table: str, scene: Scene) -> Iterator[str]:
    """Yield what the deletion of a row brings about, through all tables that go with it."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    gone, waiting = {table}, [table]
    while waiting:
        through = waiting.pop(0)
        for link in scene.inbound.get(through, ()):
            action = "no action" if link.on_delete == "restrict" else link.on_delete
            found[action][through].append(f"{phrases.shown(link.child)} ({', '.join(link.columns)})")
            if action == "cascade" and link.child not in gone:
                gone.add(link.child)
                waiting.append(link.child)
    for action, words in EFFECTS.items():
        groups = [
            phrases.listed(names) + ("" if through == table else f" through {phrases.shown(through)}")
            for through, names in found[action].items()
        ]
        if groups:
            yield f"{words} {'; '.join(groups)}"

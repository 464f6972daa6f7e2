"""Foreign keys as relationships: on both sides, named as people would name them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tools import arguments, names
from tools.fields import Line
from tools.inventory import Subject, label, unquoted
from tools.kinds import Constraint
from tools.layout import Name, Node, call, joined, mapping, quoted
from tools.names import Free
from tools.remarks import Remark
from tools.representation import builtin, own

RELATIONSHIP = Name(module="sqlmodel", name="Relationship")
OPTIONAL = Name(module="typing", name="Optional")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A foreign key between two classes.

    `shared`: a column of it is part of another key, too, and two relationships would write it. `alone`: no other key
    joins the two tables. `first`: what is called after the other side needs no more words. `circular`: another key
    points back, so that neither row can be written first.
    """

    constraint: Constraint
    child: Subject
    parent: Subject
    remark: Remark
    shared: bool
    alone: bool
    first: bool
    unique: bool
    circular: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the child."""
        return unquoted(self.constraint.columns)

    @property
    def targets(self) -> tuple[str, ...]:
        """The columns of the parent."""
        return unquoted(self.constraint.referenced_columns)

    @property
    def view_only(self) -> bool:
        """Whether a session only reads along it: nothing deletes or writes what another system owns."""
        return self.shared or self.parent.read_only or self.child.read_only

    @property
    def to_itself(self) -> bool:
        """Whether it points to the table that it is on."""
        return self.child.name == self.parent.name

    @property
    def nullable(self) -> bool:
        """Whether a row may be without a parent."""
        return any(column.nullable for column in self.child.columns if label(column) in self.columns)


@dataclass(slots=True, kw_only=True)
class Side:
    """One side of a pair of relationships: where it is, what it wants to be called, and how it is declared."""

    subject: Subject
    wanted: str
    target: str
    many: bool = False
    optional: bool = False
    keywords: dict[str, Node | None] = field(default_factory=dict)
    options: dict[str, Node] = field(default_factory=dict)
    name: str = ""

    def line(self, other: Side | None) -> Line:
        """Return the declaration; the other side is named in it."""
        target = quoted(self.target)
        annotation: Node = target
        if self.many:
            annotation = joined(builtin("list"), "[", target, "]")
        elif self.optional:
            annotation = joined(OPTIONAL, "[", target, "]")
        value = call(
            RELATIONSHIP,
            back_populates=quoted(other.name) if other else None,
            **self.keywords,
            sa_relationship_kwargs=mapping(self.options) if self.options else None,
        )
        return Line(name=self.name, annotation=annotation, value=value)


def keys(subjects: Iterable[Subject]) -> tuple[Key, ...]:
    """Return the foreign keys between tables that have a class, by table and name."""
    known = {subject.name: subject for subject in subjects}
    pairs = [
        (child, known[one.references], one)
        for child in known.values()
        for one in child.constraints
        if one.type == "foreign key" and one.references in known and arguments.is_sayable(one)
    ]
    between = Counter(frozenset((child.name, parent.name)) for child, parent, _ in pairs)
    directed = Counter((child.name, parent.name) for child, parent, _ in pairs)
    used = Counter((child.name, column) for child, _, one in pairs for column in set(one.columns))
    return tuple(
        Key(
            constraint=one,
            child=child,
            parent=parent,
            remark=child.about(one),
            shared=any(used[child.name, column] > 1 for column in one.columns),
            alone=between[frozenset((child.name, parent.name))] == 1,
            first=directed[child.name, parent.name] == 1 or _stem(one) == _one(parent),
            unique=_unique(child, frozenset(one.columns)),
            circular=child.name != parent.name and (parent.name, child.name) in directed,
        )
        for child, parent, one in pairs
    )


def is_link(subject: Subject, own_keys: Sequence[Key], given: Iterable[str]) -> bool:
    """Say whether a table only links two others: its key is their keys, and clients give nothing else.

    `given` are the columns that clients give.
    """
    columns = {column for key in own_keys for column in key.columns}
    return (
        len(own_keys) == 2
        and own_keys[0].parent.name != own_keys[1].parent.name
        and columns == set(subject.key) >= set(given)
        and not any(key.view_only for key in own_keys)
    )


def relationships(
    found: Sequence[Key],
    links: Iterable[Subject],
    classes: Mapping[str, str],
    modules: Mapping[str, str],
    attributes: Mapping[tuple[str, str], str],
    free: Mapping[str, Free],
) -> dict[str, list[Line]]:
    """Return the relationships of each table, its own keys first.

    `classes` and `modules` are by table, `attributes` by table and column; `free` has the names left in each class.
    """
    linking = {link.name for link in links}
    pairs: list[tuple[Side, Side | None]] = []
    for key in found:
        forward = _forward(key, classes, attributes)
        if key.child.name in linking:
            forward.options = {"viewonly": "True"}
        pairs.append((forward, None if key.child.name in linking else _backward(key, classes, attributes)))
    for link in links:
        pairs += [_across([key for key in found if key.child.name == link.name], link, classes, modules)]
    sides = [*(forward for forward, _ in pairs), *(backward for _, backward in pairs if backward)]
    for side in sides:
        side.name = free[side.subject.name].take(names.attribute(side.wanted))
    lines: dict[str, list[Line]] = defaultdict(list)
    for forward, backward in pairs:
        lines[forward.subject.name].append(forward.line(backward))
    for forward, backward in pairs:
        if backward:
            lines[backward.subject.name].append(backward.line(forward))
    return lines


def _forward(key: Key, classes: Mapping[str, str], attributes: Mapping[tuple[str, str], str]) -> Side:
    """Return the side of the table that has the foreign key."""
    side = Side(
        subject=key.child,
        wanted=key.remark.tags.get("name") or _forward_name(key),
        target=classes[key.parent.name],
        optional=key.nullable,
        options=_joins(key, classes, attributes),
    )
    if key.to_itself:
        side.options["remote_side"] = _listed(classes[key.parent.name], key.parent.name, key.targets, attributes)
    return side


def _backward(key: Key, classes: Mapping[str, str], attributes: Mapping[tuple[str, str], str]) -> Side:
    """Return the side of the table that the foreign key points to; a delete does what the database does."""
    side = Side(
        subject=key.parent,
        wanted=key.remark.tags.get("inverse") or _backward_name(key, classes),
        target=classes[key.child.name],
        many=not key.unique,
        optional=key.unique,
        options=_joins(key, classes, attributes),
    )
    if key.view_only:
        return side
    match key.constraint.on_delete:
        case "cascade" if not key.nullable:
            side.keywords = {"cascade_delete": "True", "passive_deletes": "True"}
        case "cascade":
            side.keywords = {"passive_deletes": "True"}
            side.options["cascade"] = quoted("all")
        case "set null":
            side.keywords = {"passive_deletes": "True"}
        case _:
            side.keywords = {"passive_deletes": quoted("all")}  # the database refuses, or sets the default
    return side


def _across(
    own_keys: Sequence[Key], link: Subject, classes: Mapping[str, str], modules: Mapping[str, str]
) -> tuple[Side, Side]:
    """Return both sides of many to many, through a table that only links."""

    def side(key: Key, other: Key) -> Side:
        wanted = key.remark.tags.get("inverse") or names.plural(names.words(classes[other.parent.name]))
        model = own(modules[link.name], classes[link.name])
        return Side(
            subject=key.parent,
            wanted=wanted,
            target=classes[other.parent.name],
            many=True,
            keywords={"link_model": model, "passive_deletes": "True"},
        )

    one, two = own_keys
    return side(one, two), side(two, one)


def _joins(key: Key, classes: Mapping[str, str], attributes: Mapping[tuple[str, str], str]) -> dict[str, Node]:
    found: dict[str, Node] = {"viewonly": "True"} if key.view_only else {}
    if not key.alone:
        found["foreign_keys"] = _listed(classes[key.child.name], key.child.name, key.columns, attributes)
    if key.circular and key.nullable and not key.view_only:
        found["post_update"] = "True"
    return found


def _listed(class_: str, table: str, columns: Sequence[str], attributes: Mapping[tuple[str, str], str]) -> Node:
    """Return columns as SQLAlchemy evaluates them once all classes are there."""
    found = ", ".join(f"{class_}.{attributes[table, column]}" for column in columns)
    return quoted(found if len(columns) == 1 else f"[{found}]")


def _forward_name(key: Key) -> str:
    stem, parent = _stem(key.constraint), _one(key.parent)
    if stem in {names.words(column) for column in key.columns}:
        return f"{stem}_row" if stem.endswith(parent) else f"{stem}_{parent}"
    return stem or parent


def _backward_name(key: Key, classes: Mapping[str, str]) -> str:
    child, parent = names.words(classes[key.child.name]), names.words(classes[key.parent.name])
    called = child if key.unique else names.plural(child)
    stem = _stem(key.constraint)
    if key.to_itself:
        return "children" if stem == "parent" and not key.unique else f"{stem}_{called}"
    if not key.first:
        return f"{called}_{stem}" if stem.endswith("_by") else f"{stem}_{called}"
    return called.removeprefix(f"{parent}_")


def _stem(constraint: Constraint) -> str:
    """Return what the column of a foreign key is called after: ``project`` of ``project_id``."""
    words = names.words(unquoted(constraint.columns)[-1])
    for ending in ("_id", "_uuid", "_key", "_fk", "_code"):
        if words.endswith(ending):
            return words.removesuffix(ending)
    return "" if words in ("id", "uuid", "key", "code") else words


def _one(subject: Subject) -> str:
    return names.singular(names.words(subject.parts[1]))


def _unique(subject: Subject, columns: frozenset[str]) -> bool:
    """Say whether the table has at most one row for each value of these columns."""
    keys_ = [one.columns for one in subject.constraints if one.type in ("primary key", "unique") and not one.period]
    indexes = [one.keys for one in subject.indexes if one.unique and not one.predicate]
    return any(set(one) <= columns for one in (*keys_, *indexes))

"""A catalog as a package of models: modules, classes and fields with their names, before they are text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tools import arguments, fields, names, relations, standing, translation
from tools.catalog import Catalog
from tools.fields import Attribute, Draft, Line
from tools.inventory import Subject, label, sort
from tools.kinds import Sequence
from tools.layout import Node, quoted, several
from tools.names import Free
from tools.relations import Key
from tools.representation import Representation
from tools.standing import Standing

ENDINGS = ("Create", "Update", "Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What clients create, update or read of a table; `demands` are CHECKs by which exactly one of some is given."""

    name: str
    ending: str
    lines: tuple[Line, ...]
    demands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The class of a table and all that stands in its module."""

    subject: Subject
    module: str
    name: str
    arguments: Node | None
    attributes: tuple[Attribute, ...]
    relationships: tuple[Line, ...]
    schemas: tuple[Schema, ...]
    statements: tuple[str, ...] = ()
    sequences: tuple[Sequence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """All modules that are generated; `exports` are the names that hand-written modules add, by module."""

    models: tuple[Model, ...]
    standing: Standing
    exports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What is called what: modules and classes by table, attributes by table and column, and what is left in each."""

    modules: Mapping[str, str]
    classes: Mapping[str, str]
    attributes: Mapping[tuple[str, str], str]
    free: Mapping[str, Free]


def build(catalog: Catalog, *, external: frozenset[str], exports: Mapping[str, tuple[str, ...]]) -> Package:
    """Return the package of a catalog; `external` has the keys of the tables that another system owns."""
    subjects = sort(catalog, external)
    taken = Free(taken={name for found in exports.values() for name in found} | {"PRIVATE", "load_all"})
    named = _name(subjects, taken, exports)
    stand = standing.build(catalog, taken)
    keys: dict[str, list[Key]] = defaultdict(list)
    for key in relations.keys(subjects):
        keys[key.child.name].append(key)
    drafts = {subject.name: _drafts(subject, named, stand.types) for subject in subjects}
    links = [one for one in subjects if relations.is_link(one, keys[one.name], _given(drafts[one.name]))]
    found = [key for subject in subjects for key in keys[subject.name]]
    lines = relations.relationships(found, links, named.classes, named.modules, named.attributes, named.free)
    sequences = {sequence.name: sequence for sequence in catalog.sequences}
    models = []
    for subject in subjects:
        filled = [] if subject in links else [key for key in keys[subject.name] if not key.view_only]
        columns = {column for key in filled for column in key.columns}
        drawn = [fields.attribute(replace(one, related=one.label in columns)) for one in drafts[subject.name]]
        models.append(_model(subject, named, tuple(drawn), tuple(lines.get(subject.name, ())), sequences))
    return Package(models=tuple(sorted(models, key=lambda one: one.module)), standing=stand, exports=exports)


def _name(subjects: tuple[Subject, ...], taken: Free, exports: Mapping[str, tuple[str, ...]]) -> Named:
    """Give names, first to what needs no other; the one schema where all is, or public, is part of none."""
    homes = {subject.parts[0] for subject in subjects if subject.kind == "table"}
    home = homes.pop() if len(homes) == 1 else "public"
    modules = Free(taken=set(exports))
    free = {subject.name: Free() for subject in subjects}
    attributes = {}
    for subject in subjects:
        wanted = {label(one): subject.about(one).tags.get("name") or label(one) for one in subject.columns}
        for column in sorted(wanted, key=lambda one: names.attribute(wanted[one]) != one):
            attributes[subject.name, column] = free[subject.name].take(names.attribute(wanted[column]))
    plain = sorted(subjects, key=lambda one: names.words(_words(one, home)) != _words(one, home))
    return Named(
        modules={one.name: modules.take(names.module(_words(one, home))) for one in plain},
        classes={one.name: _class(one, home, taken) for one in plain},
        attributes=attributes,
        free=free,
    )


def _words(subject: Subject, home: str) -> str:
    schema, name = subject.parts
    return name if schema == home else f"{schema}_{name}"


def _class(subject: Subject, home: str, taken: Free) -> str:
    wanted = subject.remark.tags.get("name") or names.camel(names.singular(names.words(_words(subject, home))))
    return taken.take(wanted, *ENDINGS, instead=f"{wanted}Row")


def _drafts(subject: Subject, named: Named, types: Mapping[str, Representation]) -> list[Draft]:
    """Return what is known of the columns of a table; a foreign key of one column goes with it."""
    own: dict[str, tuple[Node, ...]] = defaultdict(tuple)
    for key in subject.constraints:
        node = arguments.foreign_key(key) if key.type == "foreign key" else None
        if node is not None:
            own[key.columns[0]] += (node,)
    return [
        fields.draft(subject, column, named.attributes[subject.name, label(column)], types, own[column.label])
        for column in subject.columns
    ]


def _given(drafts: list[Draft]) -> list[str]:
    return [draft.label for draft in drafts if draft.created]


def _model(
    subject: Subject,
    named: Named,
    attributes: tuple[Attribute, ...],
    relationships: tuple[Line, ...],
    sequences: Mapping[str, Sequence],
) -> Model:
    statements = [arguments.statement(subject, one) for one in subject.constraints]
    own = [attribute.sequence for attribute in attributes if attribute.sequence]
    return Model(
        subject=subject,
        module=named.modules[subject.name],
        name=named.classes[subject.name],
        arguments=arguments.arguments(subject, info=_info(subject)),
        attributes=attributes,
        relationships=relationships,
        schemas=tuple(_schemas(subject, named.classes[subject.name], attributes)),
        statements=tuple(one for one in statements if one),
        sequences=tuple(sequences[name] for name in dict.fromkeys(own) if name in sequences),
    )


def _info(subject: Subject) -> dict[str, Node]:
    """Return what base.py wants to know of a table."""
    found: dict[str, Node] = {}
    if subject.kind != "table":
        found[subject.kind] = "True"
    for tag in ("owner", "version"):
        columns = [label(column) for column in subject.columns if subject.about(column).has(tag)]
        if columns:
            found[tag] = quoted(columns[0])
    if not _has_key(subject):
        found["key"] = several("()", [quoted(name) for name in _telling(subject)])
    return found


def _has_key(subject: Subject) -> bool:
    return bool(subject.key) or any(
        subject.kind == "view" and subject.about(column).has("key") for column in subject.columns
    )


def _telling(subject: Subject) -> list[str]:
    """Return the columns that tell rows apart where no primary key does: unique ones, `id` of a view, else all."""
    required = {column.label for column in subject.columns if not column.nullable}
    unique = [one.columns for one in subject.constraints if one.type in ("primary key", "unique")]
    unique += [one.keys for one in subject.indexes if one.unique and not one.predicate]
    for columns in unique:
        if required.issuperset(columns):
            return [names.split(column)[0] for column in columns]
    found = [label(column) for column in subject.columns]
    return ["id"] if subject.kind == "view" and "id" in found else found


def _schemas(subject: Subject, name: str, attributes: tuple[Attribute, ...]) -> list[Schema]:
    """Return what clients create, update and read of a table."""
    found = []
    for ending in ENDINGS:
        lines = tuple(line for one in attributes if (line := getattr(one, ending.lower())) is not None)
        if lines and not subject.remark.omits(ending.lower()):
            demands = _demands(subject, attributes) if ending == "Create" else {}
            found.append(Schema(name=f"{name}{ending}", ending=ending, lines=lines, demands=demands))
    return found


def _demands(subject: Subject, attributes: tuple[Attribute, ...]) -> dict[str, tuple[str, ...]]:
    """Return the CHECKs by which exactly one of some columns is given, with their attributes."""
    given = {one.column: one.create.name for one in attributes if one.create}
    found = {}
    for constraint in subject.constraints:
        columns = translation.exactly_one(constraint.expression or "") if constraint.enforced else ()
        if columns and given.keys() >= set(columns):
            found[label(constraint)] = tuple(given[column] for column in columns)
    return found

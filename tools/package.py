"""A catalog as a package of models: modules, classes and fields with their names, before they are text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from tools import arguments, expression, fields, names, relations, standing, translation
from tools.catalog import Catalog
from tools.fields import Attribute, Draft, Line
from tools.inventory import Subject, label, sort
from tools.kinds import Sequence
from tools.layout import Function, Node, quoted, several
from tools.names import Free
from tools.relations import Key
from tools.representation import Representation
from tools.standing import Standing
from tools.translation import Prover, Reading

ENDINGS = ("Create", "Update", "Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition of some attributes, as a function of them, and what it says."""

    attributes: tuple[str, ...]
    function: Function
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What clients create, update or read of a table.

    `demands` are CHECKs by which exactly one of some is given, `conditions` other ones of several columns, each with
    their attributes. `kept` are the CHECKs that are rules here, `parts` those of which some is, `left` are those that
    the database judges, in whole or in part.
    """

    name: str
    ending: str
    lines: tuple[Line, ...]
    demands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    conditions: Mapping[str, tuple[Condition, ...]] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


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


def build(
    catalog: Catalog, *, external: frozenset[str], exports: Mapping[str, tuple[str, ...]], prove: Prover
) -> Package:
    """Return the package of a catalog; `external` has the keys of the tables that another system owns."""
    subjects = sort(catalog, external)
    taken = Free(taken={name for found in exports.values() for name in found} | {"PRIVATE", "load_all"})
    named = _name(subjects, taken, exports)
    stand = standing.build(catalog, taken, prove)
    keys: dict[str, list[Key]] = defaultdict(list)
    for key in relations.keys(subjects):
        keys[key.child.name].append(key)
    drafts = {subject.name: _drafts(subject, named, stand.types) for subject in subjects}
    read = {subject.name: _readings(subject, drafts[subject.name]) for subject in subjects}
    proved = prove(translation.provable([one for found in read.values() for one in found.values()]))
    held = {name: {check: one.held(proved) for check, one in found.items()} for name, found in read.items()}
    drafts = {name: [fields.ruled(one, held[name].values()) for one in found] for name, found in drafts.items()}
    links = [one for one in subjects if relations.is_link(one, keys[one.name], _given(drafts[one.name]))]
    found = [key for subject in subjects for key in keys[subject.name]]
    lines = relations.relationships(found, links, named.classes, named.modules, named.attributes, named.free)
    sequences = {sequence.name: sequence for sequence in catalog.sequences}
    models = []
    for subject in subjects:
        filled = [] if subject in links else [key for key in keys[subject.name] if not key.view_only]
        columns = {column for key in filled for column in key.columns}
        drawn = [
            fields.attribute(replace(one, related=True) if one.label in columns else one)
            for one in drafts[subject.name]
        ]
        left = _left(subject, drafts[subject.name], held[subject.name], stand)
        schemas = tuple(_schemas(subject, named.classes[subject.name], tuple(drawn), held[subject.name], left))
        related = tuple(lines.get(subject.name, ()))
        models.append(_model(subject, named, tuple(drawn), related, schemas, sequences))
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


def _readings(subject: Subject, drafts: list[Draft]) -> dict[str, Reading]:
    """Return what the CHECKs of a table say, by name."""
    kinds = {draft.label: draft.kind for draft in drafts}
    return {
        label(one): translation.reading(one.expression, kinds)
        for one in subject.constraints
        if one.type == "check" and one.expression and one.enforced
    }


def _left(
    subject: Subject, drafts: list[Draft], held: Mapping[str, Reading], stand: Standing
) -> dict[str, tuple[str, ...]]:
    """Return the CHECKs that are left to the database, of the table and of its domains, with the columns of each."""
    told = {draft.label for draft in drafts if draft.remark.has("rule")}
    found = {
        name: tuple(one.columns)
        for name, one in held.items()
        if one.left and not (told & one.columns or translation.exactly_one(_expression(subject, name)))
    }
    for column in subject.columns:
        for name in stand.left.get(expression.plain(column.type).removesuffix("[]"), ()):
            found[name] = (*found.get(name, ()), label(column))
    return found


def _expression(subject: Subject, name: str) -> str:
    return next((one.expression or "" for one in subject.constraints if label(one) == name), "")


def _given(drafts: list[Draft]) -> list[str]:
    return [draft.label for draft in drafts if draft.created]


def _model(
    subject: Subject,
    named: Named,
    attributes: tuple[Attribute, ...],
    relationships: tuple[Line, ...],
    schemas: tuple[Schema, ...],
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
        schemas=schemas,
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


def _schemas(
    subject: Subject,
    name: str,
    attributes: tuple[Attribute, ...],
    held: Mapping[str, Reading],
    left: Mapping[str, tuple[str, ...]],
) -> list[Schema]:
    """Return what clients create, update and read of a table."""
    found = []
    for ending in ENDINGS:
        given = {one.column: line for one in attributes if (line := getattr(one, ending.lower())) is not None}
        if not given or subject.remark.omits(ending.lower()):
            continue
        schema = Schema(name=f"{name}{ending}", ending=ending, lines=tuple(given.values()))
        if ending != "Read":
            names_ = {column: line.name for column, line in given.items()}
            schema = replace(
                schema,
                demands=_demands(subject, names_) if ending == "Create" else {},
                conditions=_conditions(subject, names_, held),
                left=tuple(check for check, columns in left.items() if not given.keys().isdisjoint(columns)),
            )
            own = {name for name, one in held.items() if any(rule.condition for rule in one.rules)}
            own -= {*schema.conditions, *schema.demands}
            more = [name for name in held if name in own and not given.keys().isdisjoint(held[name].columns)]
            left_ = tuple(dict.fromkeys((*schema.left, *more)))
            said = [name for name, one in held.items() if _says(one, given.keys()) or name in schema.conditions]
            kept = tuple(name for name in said if name not in left_)
            schema = replace(schema, left=left_, kept=kept, parts=tuple(name for name in said if name in left_))
        found.append(schema)
    return found


def _says(reading: Reading, given: AbstractSet[str]) -> bool:
    """Whether some of the CHECK is a rule of a column that is given."""
    return any(rule.column in given for rule in reading.rules)


def _demands(subject: Subject, given: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the CHECKs by which exactly one of some columns is given, with their attributes."""
    found = {}
    for constraint in subject.constraints:
        columns = translation.exactly_one(constraint.expression or "") if constraint.enforced else ()
        if columns and given.keys() >= set(columns):
            found[label(constraint)] = tuple(given[column] for column in columns)
    return found


def _conditions(
    subject: Subject, given: Mapping[str, str], held: Mapping[str, Reading]
) -> dict[str, tuple[Condition, ...]]:
    """Return the CHECKs of several columns that clients give, none of which a trigger writes."""
    found = {}
    for name, reading in held.items():
        conditions = []
        for rule in reading.rules:
            columns = [column for column, _ in rule.columns]
            written = subject.inserted | subject.updated
            if rule.condition and given.keys() >= set(columns) and written.isdisjoint(columns):
                attributes = tuple(given[column] for column in columns)
                function = rule.condition.function(attributes, given.__getitem__)
                says = translation.shown(rule.sql)
                conditions.append(Condition(attributes=attributes, function=function, says=says))
        conditions = [one for one in conditions if translation.is_short(one.function)]
        if conditions and not translation.exactly_one(_expression(subject, name)):
            found[name] = tuple(conditions)
    return found

"""What tables stand on: extensions, schemas, and the types that the schema makes itself, as Python has them."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tools import expression, fields, names, remarks, representation, translation
from tools.catalog import Catalog
from tools.creations import create, late_checks
from tools.fields import Line
from tools.inventory import typed
from tools.kinds import CompositeType, Domain, Enum, RangeType
from tools.layout import joined
from tools.names import Free
from tools.remarks import Remark
from tools.representation import Representation, own
from tools.translation import Prover, Reading

Comments = Mapping[str, str]
CHECK = re.compile(r" CHECK \((.*)\)( NOT VALID)?$", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumClass:
    """An enum: its class, the variable that is its type for SQLAlchemy, and its labels under their names."""

    name: str
    variable: str
    enum: Enum
    remark: Remark
    comment: str | None
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A domain, composite type or range type: how it is made, and, of a composite one, its class."""

    kind: str
    variable: str
    name: str
    statements: tuple[str, ...]
    comments: tuple[tuple[str, tuple[str, ...], str], ...]
    remark: Remark
    class_: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All of it; `types` are the representations by the name that format_type() prints, without the schema public."""

    extensions: tuple[tuple[str, str], ...]
    schemas: tuple[str, ...]
    enums: tuple[EnumClass, ...]
    made: tuple[Made, ...]
    types: Mapping[str, Representation]
    left: Mapping[str, tuple[str, ...]]  # by domain, the CHECKs that are left to the database

    @property
    def has_a_module(self) -> bool:
        """Whether some of it is made by a module of its own; enums have another."""
        return bool(self.made or self.extensions or self.schemas)


def build(catalog: Catalog, classes: Free, prove: Prover) -> Standing:
    """Return what the tables of a catalog stand on; `classes` are the names of classes that are taken."""
    comments = {comment.name: comment.text for comment in catalog.comments}
    variables = Free()
    enums = tuple(_enum(one, comments, classes, variables) for one in catalog.enums)
    types = {
        expression.plain(one.enum.name): Representation(
            python=own("enums", one.name),
            given=own("enums", one.name),
            column=own("enums", one.variable),
            family="enum",
            sql=expression.plain(one.enum.name),
            labels=tuple(one.enum.labels),
        )
        for one in enums
    }
    said = _said(catalog, types)
    proved = prove(translation.provable([reading for _, reading in said]))
    variables = Free(taken={"made", "metadata"})
    made = []
    for item in _in_order(catalog):
        one = _made(item, comments, classes, variables, types)
        made.append(one)
        if isinstance(item, Domain):
            base = representation.of(expression.plain(item.type), types)
            held = [reading.held(proved) for constraint, reading in said if constraint[0] == item.name]
            types[expression.plain(item.name)] = fields.domain(base, one.variable, held)
        elif isinstance(item, CompositeType):
            class_ = own("schema", one.class_)
            types[expression.plain(item.name)] = Representation(
                python=class_, given=class_, column=own("schema", one.variable)
            )
    left = {
        expression.plain(domain.name): tuple(
            name for (owner, name), reading in said if owner == domain.name and reading.held(proved).left
        )
        for domain in catalog.domains
    }
    return Standing(
        extensions=tuple(
            (names.split(one.name)[0], names.split(one.schema)[0])
            for one in catalog.extensions
            if one.name != "plpgsql"
        ),
        schemas=tuple(names.split(one.name)[0] for one in catalog.schemas if one.name != "public"),
        enums=enums,
        made=tuple(made),
        types=types,
        left=left,
    )


def _said(catalog: Catalog, types: Mapping[str, Representation]) -> list[tuple[tuple[str, str], Reading]]:
    """Return what the CHECKs of domains say, each with the names of the domain and of itself."""
    bases = {one.name: one.type for one in catalog.domains}
    found = []
    for domain in catalog.domains:
        base = domain.type
        while base in bases:
            base = bases[base]
        kind = fields.kind(representation.of(expression.plain(base), types), nullable=True)
        for constraint in domain.constraints:
            said = CHECK.search(constraint)
            name = names.split(constraint.partition(" CHECK ")[0])[0]
            if said:
                found.append(((domain.name, name), translation.reading(said[1], {"value": kind})))
    return found


def _enum(enum: Enum, comments: Comments, classes: Free, variables: Free) -> EnumClass:
    comment = comments.get(enum.key)
    remark = remarks.read(comment)
    plain = names.split(enum.name)[-1]
    wanted = remark.tags.get("name") or names.camel(names.words(plain))
    members = Free()
    return EnumClass(
        name=classes.take(wanted, instead=f"{wanted}Label"),
        variable=variables.take(_variable(enum.name)),
        enum=enum,
        remark=remark,
        comment=comment,
        members=tuple((members.take(_member(label)), label) for label in enum.labels),
    )


def _member(label: str) -> str:
    return names.identifier(names.words(label).upper() or "EMPTY", "N")


def _variable(name: str) -> str:
    """Return what the type is called in its module: with the schema before it, unless that is public."""
    schema, plain = names.split(name)
    found = names.identifier(names.words(plain) or "type", "n")
    found = found if schema == "public" else f"{names.words(schema)}_{found}"
    return f"{found}_" if keyword.iskeyword(found) else found


def _in_order(catalog: Catalog) -> Iterator[Domain | CompositeType | RangeType]:
    """Yield the types, each after those that it is made of."""
    every: list[Domain | CompositeType | RangeType] = [*catalog.domains, *catalog.composite_types, *catalog.range_types]
    left = {one.name: one for one in every}
    multiranges = {one.multirange: one.name for one in catalog.range_types}
    while left:
        for name, item in list(left.items()):
            needed = {multiranges.get(one, one) for one in _parts(item)} - {name}
            if needed.isdisjoint(left):
                yield left.pop(name)
                break
        else:  # no such circle can be made
            return


def _parts(item: Domain | CompositeType | RangeType) -> Iterator[str]:
    """Yield the names of the types that a type is made of."""
    match item:
        case Domain():
            found = [item.type]
        case RangeType():
            found = [item.subtype]
        case CompositeType():
            found = [typed(attribute)[1].partition(" collate ")[0] for attribute in item.attributes]
    for one in found:
        yield one.removesuffix("[]").partition("(")[0]


def _made(
    item: Domain | CompositeType | RangeType,
    comments: Comments,
    classes: Free,
    variables: Free,
    types: Mapping[str, Representation],
) -> Made:
    path = names.split(item.name)
    named = path[1:] if path[0] == "public" else path
    kind = "domain" if isinstance(item, Domain) else "type"
    found = [(kind, named, comments[item.key])] if item.key in comments else []
    remark = remarks.read(comments.get(item.key))
    class_, lines = "", []
    if isinstance(item, CompositeType):
        wanted = remark.tags.get("name") or names.camel(names.words(path[-1]))
        class_ = classes.take(wanted, instead=f"{wanted}Type")
        free = Free()
        for attribute in item.attributes:
            name, type_ = typed(attribute)
            comment = comments.get(f"column {item.name}.{attribute.removesuffix(f' {type_}')}")
            found += [("column", (*named, name), comment)] if comment else []
            lines.append(_attribute(free.take(names.attribute(name)), type_, remarks.read(comment), types))
    return Made(
        kind=kind,
        variable=variables.take(_variable(item.name)),
        name=expression.plain(item.name),
        statements=tuple(_statements(item)),
        comments=tuple(found),
        remark=remark,
        class_=class_,
        lines=tuple(lines),
    )


def _attribute(name: str, type_: str, remark: Remark, types: Mapping[str, Representation]) -> Line:
    python = representation.of(expression.plain(type_.partition(" collate ")[0]), types).python
    if remark.has("notnull"):
        return Line(name=name, annotation=python)
    return Line(name=name, annotation=joined(python, " | None"), value="None")


def _statements(item: Domain | CompositeType | RangeType) -> Iterator[str]:
    """Yield the DDL that makes the type."""
    if (made := create(item)) is not None:
        yield made
    if isinstance(item, Domain):
        yield from late_checks(item)

"""The columns of a table as fields: of its class, and of what clients may create, update and read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tools import expression, names, representation, terms, translation
from tools.inventory import Subject, label
from tools.kinds import Column
from tools.layout import Name, Node, Text, call, joined, mapping, quoted, several
from tools.predicate import Kind
from tools.remarks import Remark
from tools.representation import Representation, own, sqlalchemy
from tools.translation import Reading, Rules

FIELD = Name(module="sqlmodel", name="Field")
MISSING = Name(module="pydantic", name="MISSING")
CLOCK = re.compile(r"(now|clock_timestamp|statement_timestamp|transaction_timestamp)\(\)|CURRENT_TIMESTAMP(\(\d\))?")
BYTEWISE = ('"C"', '"POSIX"', "ucs_basic")  # collations under which texts are equal as they are here
SEQUENCE = re.compile(r"nextval\('((?:[^']|'')+)'::regclass\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A field: what it is called, its annotation and its value."""

    name: str
    annotation: Node
    value: Node | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A column in Python: in the class, and, where clients have to do with it, in its schemas."""

    column: str
    row: Line
    create: Line | None = None
    update: Line | None = None
    read: Line | None = None
    private: bool = False
    sequence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is known of a column before it is written."""

    subject: Subject
    column: Column
    name: str
    label: str  # the column's own name
    remark: Remark
    type: Representation
    rules: Rules = field(default_factory=Rules)
    foreign_keys: tuple[Node, ...] = ()
    related: bool = False  # a relationship may fill it in

    @property
    def is_key(self) -> bool:
        """Whether it is part of the primary key, or tells the rows of a view apart."""
        return self.label in self.subject.key or (self.subject.kind == "view" and self.remark.has("key"))

    @property
    def nullable(self) -> bool:
        """Whether a row may have null in it."""
        if self.subject.kind == "view":
            return not (self.remark.has("notnull") or self.remark.has("key"))
        return self.column.nullable

    @property
    def made(self) -> bool:
        """Whether the database makes a value where none is given."""
        column = self.column
        return bool(column.default or column.generated or column.identity) or self.label in self.subject.inserted

    @property
    def serial(self) -> bool:
        """Whether SQLAlchemy makes it a serial by itself: the only key, with the sequence that serial would make."""
        found = SEQUENCE.fullmatch(self.column.default or "")
        schema, table = self.subject.parts
        usual = (schema, f"{table}_{self.label}_seq")
        is_alone = self.subject.key == (self.label,) and not self.foreign_keys and self.label in self.subject.owning
        return bool(found) and is_alone and self.type.family == "integer" and names.split(found[1]) == usual  # type: ignore[index]

    @property
    def written(self) -> bool:
        """Whether it is for clients to say what is in it."""
        column = self.column
        clock = not column.nullable and CLOCK.fullmatch(column.default or "")
        own = column.generated or column.identity == "always" or clock or (self.is_key and self.made)
        return self.subject.kind == "table" and not own

    @property
    def created(self) -> bool:
        """Whether Create has it."""
        return self.written and not self.remark.omits("create")

    @property
    def kind(self) -> Kind:
        """What a CHECK sees of it."""
        return kind(self.type, nullable=self.column.nullable)


def kind(type_: Representation, *, nullable: bool) -> Kind:
    """Return what a CHECK sees of a type."""
    inner = type_.element.family if type_.element else ""
    return Kind(family=type_.family, sql=type_.sql, nullable=nullable, element=inner, labels=type_.labels)


def draft(
    subject: Subject, column: Column, name: str, types: Mapping[str, Representation], foreign_keys: tuple[Node, ...]
) -> Draft:
    """Return what is known of a column; `foreign_keys` are arguments that it takes along."""
    type_ = representation.of(expression.plain(column.type), types)
    if column.collation:
        spelled = f"{expression.plain(column.type)} collate {expression.plain(column.collation)}"
        family = type_.family if column.collation.rpartition(".")[2] in BYTEWISE else "collated"
        type_ = replace(type_, column=representation.native(spelled), keywords={}, family=family)
    remark = subject.about(column)
    return Draft(
        subject=subject,
        column=column,
        name=name,
        label=label(column),
        remark=remark,
        type=type_,
        foreign_keys=foreign_keys,
    )


def ruled(draft: Draft, readings: Iterable[Reading]) -> Draft:
    """Return the column as the CHECKs of its table narrow it."""
    own = [rule for reading in readings for rule in reading.rules if rule.column == draft.label]
    if not own:
        return draft
    rules = Rules()
    for rule in own:
        rules.add(rule)
    return replace(draft, type=translation.shaped(draft.type, rules), rules=rules)


def attribute(draft: Draft) -> Attribute:
    """Return the column as fields."""
    remark, column = draft.remark, draft.column
    update = draft.written and not remark.omits("update") and not draft.is_key
    found = SEQUENCE.search(column.default or "")
    return Attribute(
        column=draft.label,
        row=_row(draft),
        create=_create(draft) if draft.created else None,
        update=_update(draft) if update else None,
        read=None if remark.omits("read") else _read(draft),
        private=remark.omits("read"),
        sequence=found[1].replace("''", "'") if found and not draft.serial else None,
    )


def domain(base: Representation, name: str, readings: Iterable[Reading]) -> Representation:
    """Return a domain: its base type under its own name, with the rules of its CHECKs."""
    rules = Rules()
    for reading in readings:
        for rule in reading.rules:
            if rule.column:
                rules.add(rule)
    merged = Rules(limits=dict(base.limits))
    for key, value in rules.limits.items():
        merged.limit(key, value)
    return replace(
        translation.shaped(base, rules),
        column=own("schema", name),
        keywords={},
        ready=None,
        limits=merged.limits,
        validators=(*base.validators, *rules.validators),
    )


def _row(draft: Draft) -> Line:
    nullable, absent = draft.nullable and not draft.is_key, draft.nullable or draft.made or draft.related
    annotation = joined(draft.type.python, " | None") if nullable else draft.type.python
    keywords: dict[str, Node | None] = {
        "default": "None" if absent and not (draft.subject.kind == "view" and draft.is_key) else None,
        "primary_key": "True" if draft.is_key else None,
        "alias": quoted(draft.label) if draft.name != draft.label else None,
        **draft.type.keywords,
        "sa_type": draft.type.column,
        "sa_column_args": several("[]", arguments) if (arguments := _column_arguments(draft)) else None,
        "sa_column_kwargs": mapping(options) if (options := _column_options(draft)) else None,
    }
    given = {key: value for key, value in keywords.items() if value is not None}
    if set(given) == {"default"}:
        return Line(name=draft.name, annotation=annotation, value="None" if nullable else call(FIELD, **given))
    return Line(name=draft.name, annotation=annotation, value=call(FIELD, **given) if given else None)


def _column_arguments(draft: Draft) -> list[Node]:
    column = draft.column
    found: list[Node] = list(draft.foreign_keys)
    if column.identity:
        options = dict(part.partition(" ")[::2] for part in column.identity_options)
        keywords = {key: value or "True" for key, value in options.items()}
        always = "True" if column.identity == "always" else "False"
        found.append(call(sqlalchemy("Identity"), always=always, **keywords))
    if column.generated and column.expression:
        stored = "True" if column.generated == "stored" else "False"
        found.append(
            call(sqlalchemy("Computed"), expression.clause(terms.stripped(column.expression)), persisted=stored)
        )
    return found


def _column_options(draft: Draft) -> dict[str, Node]:
    column, subject = draft.column, draft.subject
    fetched = call(sqlalchemy("FetchedValue"))
    found: dict[str, Node] = {}
    if draft.name != draft.label:
        found["name"] = quoted(draft.label)
    if column.default and not draft.serial:
        found["server_default"] = expression.text(column.default)
    elif draft.label in subject.inserted and not (draft.serial or column.generated or column.identity):
        found["server_default"] = fetched
    if draft.label in subject.updated and not column.generated:
        found["server_onupdate"] = fetched
    alone = subject.key == (draft.label,) and draft.type.family == "integer"
    if alone and not draft.made and not draft.foreign_keys and subject.kind != "view":
        found["autoincrement"] = "False"  # else SQLAlchemy makes it a serial
    comment = subject.comments.get(column.key)
    if comment and subject.kind == "table":
        found["comment"] = Text(value=comment)
    return found


def _create(draft: Draft) -> Line:
    annotation = _given(draft)
    if draft.made and (draft.column.default or not draft.nullable):
        annotation = joined(annotation, " | ", MISSING)
        default: Node | None = MISSING
    else:
        default = "None" if draft.nullable else None
    annotation = joined(annotation, " | None") if draft.nullable else annotation
    return _input(draft, annotation, default)


def _update(draft: Draft) -> Line:
    null = " | None" if draft.nullable else ""
    return _input(draft, joined(_given(draft), " | ", MISSING, null), MISSING)


def _input(draft: Draft, annotation: Node, default: Node | None) -> Line:
    if draft.name != draft.label:
        return Line(
            name=draft.name,
            annotation=annotation,
            value=call(translation.PYDANTIC_FIELD, default=default, alias=quoted(draft.label)),
        )
    return Line(name=draft.name, annotation=annotation, value=default)


def _read(draft: Draft) -> Line:
    annotation = joined(draft.type.python, " | None") if draft.nullable else draft.type.python
    if draft.name == draft.label:
        return Line(name=draft.name, annotation=annotation)
    # by the name first: the attribute `metadata` of a table model is SQLAlchemy's
    choices = call(Name(module="", name="pydantic.AliasChoices"), quoted(draft.name), quoted(draft.label))
    value = call(translation.PYDANTIC_FIELD, validation_alias=choices, serialization_alias=quoted(draft.label))
    return Line(name=draft.name, annotation=annotation, value=value)


def _given(draft: Draft) -> Node:
    """Return the annotation of what clients give."""
    if draft.remark.has("rule"):
        return own("house_rules", draft.remark.tags["rule"])
    return translation.given(draft.type, draft.rules)

"""A schema as people read about it: plain values, which the Markdown page and the site are written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A part of the schema: how PostgreSQL prints it, what it means, why it is there, and what line made it."""

    kind: str
    name: str
    definition: str = ""
    words: str = ""
    comment: str = ""
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column; `keys` are the keys that it is part of: ``primary``, ``foreign``, ``unique``."""

    name: str
    type: str
    nullable: bool = True
    value: str = ""
    keys: tuple[str, ...] = ()
    comment: str = ""
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index, also one that a constraint brought along.

    `serves` says what needs it: a constraint, a foreign key; `queries` are the documented ones that name it.
    """

    name: str
    table: str
    definition: str
    words: str
    reason: str = ""
    serves: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A foreign key between two tables."""

    name: str
    child: str
    parent: str
    columns: tuple[str, ...]
    targets: tuple[str, ...]
    on_delete: str
    nullable: bool
    unique: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The class of a table, with its schemas for clients and its relationships, each with its annotation."""

    name: str
    module: str
    schemas: tuple[str, ...] = ()
    relationships: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table or view with all that belongs to it; `deletion` says what goes when a row goes.

    `external`: another system owns it.
    """

    name: str
    slug: str
    kind: str
    purpose: str = ""
    external: bool = False
    ddl: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    constraints: tuple[Entry, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Entry, ...] = ()
    policies: tuple[Entry, ...] = ()
    security: str = ""
    deletion: tuple[str, ...] = ()
    partitions: tuple[str, ...] = ()
    partition_key: str | None = None
    model: Model | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Tables that belong together, by name."""

    title: str
    slug: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What a migration did to one object: ``made``, ``dropped`` or ``changed``, each fact before and after."""

    word: str
    kind: str
    name: str
    facts: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A migration: what its header says, what its statements touch, and how the catalog differs after it."""

    id: str
    slug: str
    path: str
    title: str
    prose: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    risk: str = ""
    phase: str = ""
    transactional: bool = True
    way_back: str = ""
    text: str = ""
    touches: tuple[str, ...] = ()
    shifts: tuple[Shift, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A documented query."""

    name: str
    slug: str
    path: str
    title: str
    facts: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    indexes: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    text: str = ""
    plan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A few rows of a table; `total` counts all."""

    table: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What must hold of the data, and who sees to it."""

    table: str
    words: str
    name: str
    models: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Something to do now and then: why, and the statements, or the commands of a shell."""

    title: str
    words: str
    statements: str = ""
    commands: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All there is to read; what a source has nothing of is empty."""

    title: str
    server_version: str
    package: str
    decisions: tuple[tuple[str, str], ...] = ()
    areas: tuple[Area, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    links: tuple[Link, ...] = ()
    others: tuple[Entry, ...] = ()
    samples: tuple[Sample, ...] = ()
    history: tuple[Move, ...] = ()
    rules: tuple[Rule, ...] = ()
    questions: tuple[Question, ...] = ()
    upkeep: tuple[Advice, ...] = ()

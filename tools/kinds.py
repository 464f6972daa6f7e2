"""What a database is made of, as values: one dataclass a kind of object, one field a fact.

Each kind has its query in ``queries/``; a query's columns are the fields of its dataclass. Names are qualified and
quoted as PostgreSQL prints them. Facts have the default that a plain object has: a snapshot holds what is special.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import ClassVar

# How a text came to be says how `printing` folds what PostgreSQL prints in more than one way; names are plain `str`
Printed = str  # SQL that PostgreSQL printed from its own tree
Body = str  # of a function: printed, or as it was written
Written = str  # as somebody wrote it: kept as it is

MAINTAINED = {"maintained": True}  # rights on a table: servers before 17 know no MAINTAIN
IN_COMMON = {"in_common": True}  # an order: only what both sides have is compared
# From which version on servers tell it alike; servers of one major version always do
SINCE_16 = {"since": 16}
SINCE_18 = {"since": 18}
NEVER = {"since": sys.maxsize}


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """Anything a database has a name for.

    `parents` are the keys of the objects that take it along when they are dropped, without being asked (``table
    public.tasks``); the first one is what it is in.
    """

    kind: ClassVar[str]
    name: str
    parents: tuple[str, ...] = field(default=(), compare=False)

    @property
    def key(self) -> str:
        """Return the identity among all kinds: ``column public.tasks.title``."""
        return f"{self.kind} {self.name}"

    @property
    def container(self) -> str:
        """Return the name of what it is in, which its own name starts with: ``public.tasks`` of a column."""
        if self.parents:  # mostly the kind is one word
            tail = self.parents[0].partition(" ")[2]
            if self.name.startswith(f"{tail}."):
                return tail
        words = self.parents[0].split(" ") if self.parents else []
        tails = (" ".join(words[count:]) for count in range(1, len(words)))
        return next((tail for tail in tails if self.name.startswith(f"{tail}.")), "")

    @property
    def label(self) -> str:
        """Return its own part of the name: ``title`` of ``public.tasks.title``."""
        return self.name.removeprefix(f"{self.container}.") if self.container else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema(Object):
    """A schema."""

    kind: ClassVar[str] = "schema"
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension(Object):
    """An installed extension; its members are left out. Each major version of the server comes with a version of it."""

    kind: ClassVar[str] = "extension"
    version: str = field(default="", metadata=NEVER)
    schema: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Object):
    """A table, a partitioned table or a partition; `columns` is their order.

    `indexes` are the parent's whose copies in a partition are kept in another way, by the parent's names.
    """

    kind: ClassVar[str] = "table"
    owner: str = ""
    unlogged: bool = False
    columns: tuple[str, ...] = field(default=(), metadata=IN_COMMON)
    of_type: str | None = None
    inherits: tuple[str, ...] = ()
    partition_key: str | None = None
    partition_of: str | None = None
    partition_bound: Printed | None = None
    detach_pending: bool = False
    row_security: bool = False
    force_row_security: bool = False
    replica_identity: str = "default"
    access_method: str | None = None
    tablespace: str | None = None
    options: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Object):
    """A column of a table; an identity's sequence is part of it."""

    kind: ClassVar[str] = "column"
    type: str = ""
    collation: str | None = None
    nullable: bool = True
    not_null: str | None = field(default=None, metadata=SINCE_18)
    default: Printed | None = None
    generated: str | None = None
    expression: Printed | None = None
    identity: str | None = None
    identity_options: tuple[str, ...] = ()
    storage: str | None = None
    compression: str | None = None
    statistics: int | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint(Object):
    """A constraint of a table; its index and its triggers are part of it, its copies in partitions too."""

    kind: ClassVar[str] = "constraint"
    type: str = ""
    columns: tuple[str, ...] = ()
    expression: Printed | None = None
    references: str | None = None
    referenced_columns: tuple[str, ...] = ()
    match: str | None = None
    on_update: str | None = None
    on_delete: str | None = None
    on_delete_columns: tuple[str, ...] = ()
    deferrable: bool = False
    deferred: bool = False
    validated: bool = True
    enforced: bool = True
    no_inherit: bool = False
    period: bool = False
    nulls_not_distinct: bool = False
    include: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    tablespace: str | None = None
    clustered: bool = False
    triggers: str = "origin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index(Object):
    """An index that no constraint brought along."""

    kind: ClassVar[str] = "index"
    table: str = ""
    method: str = ""
    keys: tuple[Printed, ...] = ()
    include: tuple[str, ...] = ()
    predicate: Printed | None = None
    unique: bool = False
    nulls_not_distinct: bool = False
    valid: bool = True
    clustered: bool = False
    options: tuple[str, ...] = ()
    tablespace: str | None = None
    statistics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(Object):
    """A trigger, and whether it fires; `partitions` are those in which its copy does otherwise."""

    kind: ClassVar[str] = "trigger"
    definition: Printed = ""
    enabled: str = "origin"
    function: str = field(default="", compare=False)
    partitions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Object):
    """A function, procedure, aggregate or window function; the name holds the argument types."""

    kind: ClassVar[str] = "function"
    owner: str = ""
    routine: str = "function"
    arguments: str = ""
    returns: str | None = None
    language: str = ""
    body: Body = ""
    library: str | None = None
    volatility: str = "volatile"
    parallel: str = "unsafe"
    strict: bool = False
    security_definer: bool = False
    leakproof: bool = False
    cost: str = ""
    rows: str = ""
    support: str | None = None
    config: tuple[str, ...] = ()
    transforms: tuple[str, ...] = ()
    aggregate: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class View(Object):
    """A view; its columns, each with its type, follow from the definition."""

    kind: ClassVar[str] = "view"
    owner: str = ""
    definition: Printed = ""
    options: tuple[str, ...] = ()
    defaults: tuple[Printed, ...] = ()
    output: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterializedView(Object):
    """A materialized view; `columns` are those that are kept in a way of their own, whether it is filled is data."""

    kind: ClassVar[str] = "materialized view"
    owner: str = ""
    definition: Printed = ""
    access_method: str | None = None
    tablespace: str | None = None
    options: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    output: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Object):
    """A rewrite rule, besides those that make views."""

    kind: ClassVar[str] = "rule"
    definition: Printed = ""
    enabled: str = "origin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence(Object):
    """A sequence; one that a column owns has no owner of its own."""

    kind: ClassVar[str] = "sequence"
    owner: str | None = None
    owned_by: str | None = None
    unlogged: bool = False
    type: str = ""
    start: int = 0
    increment: int = 0
    minimum: int = 0
    maximum: int = 0
    cache: int = 0
    cycle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Enum(Object):
    """An enum; `labels` is their order."""

    kind: ClassVar[str] = "enum"
    owner: str = ""
    labels: tuple[Written, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain(Object):
    """A domain with its constraints."""

    kind: ClassVar[str] = "domain"
    owner: str = ""
    type: str = ""
    collation: str | None = None
    nullable: bool = True
    default: Printed | None = None
    constraints: tuple[Printed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositeType(Object):
    """A composite type."""

    kind: ClassVar[str] = "composite type"
    owner: str = ""
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeType(Object):
    """A range type; its constructors and its multirange are part of it."""

    kind: ClassVar[str] = "range type"
    owner: str = ""
    subtype: str = ""
    operator_class: str | None = None
    collation: str | None = None
    canonical: str | None = None
    subtype_difference: str | None = None
    multirange: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Object):
    """A row-level security policy."""

    kind: ClassVar[str] = "policy"
    command: str = ""
    permissive: bool = True
    roles: tuple[str, ...] = ()
    using: Printed | None = None
    check: Printed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Privilege(Object):
    """What a role may do with an object, where PostgreSQL does not give it by itself."""

    kind: ClassVar[str] = "privilege"
    privileges: tuple[str, ...] = field(default=(), metadata=MAINTAINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultPrivilege(Object):
    """What a role may do with the objects that another will make."""

    kind: ClassVar[str] = "default privilege"
    privileges: tuple[str, ...] = field(default=(), metadata=MAINTAINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Object):
    """A comment; the name holds the kind and the name of what it is about."""

    kind: ClassVar[str] = "comment"
    text: Written = ""

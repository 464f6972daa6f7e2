"""What few databases have, as values: the rest of `kinds`, kept apart for its length."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from tools.kinds import IN_COMMON, Object, Printed


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignTable(Object):
    """A foreign table; secrets in its options are hidden."""

    kind: ClassVar[str] = "foreign table"
    owner: str = ""
    server: str = ""
    columns: tuple[str, ...] = field(default=(), metadata=IN_COMMON)
    inherits: tuple[str, ...] = ()
    partition_of: str | None = None
    partition_bound: Printed | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics(Object):
    """An extended statistics object."""

    kind: ClassVar[str] = "statistics"
    owner: str = ""
    table: str = ""
    kinds: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    expressions: tuple[Printed, ...] = ()
    target: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTrigger(Object):
    """An event trigger."""

    kind: ClassVar[str] = "event trigger"
    owner: str = ""
    event: str = ""
    function: str = ""
    enabled: str = "origin"
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication(Object):
    """A publication; its tables are publication relations."""

    kind: ClassVar[str] = "publication"
    owner: str = ""
    all_tables: bool = False
    publish: tuple[str, ...] = ()
    via_partition_root: bool = False
    generated_columns: str | None = None
    schemas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationRelation(Object):
    """A table in a publication."""

    kind: ClassVar[str] = "publication relation"
    columns: tuple[str, ...] = ()
    predicate: Printed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collation(Object):
    """A collation that the server did not come with."""

    kind: ClassVar[str] = "collation"
    owner: str = ""
    provider: str = ""
    deterministic: bool = True
    locale: str | None = None
    ctype: str | None = None
    rules: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSearchConfiguration(Object):
    """A text search configuration."""

    kind: ClassVar[str] = "text search configuration"
    owner: str = ""
    parser: str = ""
    mappings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSearchDictionary(Object):
    """A text search dictionary."""

    kind: ClassVar[str] = "text search dictionary"
    owner: str = ""
    template: str = ""
    options: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignDataWrapper(Object):
    """A foreign-data wrapper that no extension brought along."""

    kind: ClassVar[str] = "foreign data wrapper"
    owner: str = ""
    handler: str | None = None
    validator: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignServer(Object):
    """A foreign server; secrets in its options are hidden."""

    kind: ClassVar[str] = "foreign server"
    owner: str = ""
    wrapper: str = ""
    type: str | None = None
    version: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserMapping(Object):
    """A role's account on a foreign server; its options are secret."""

    kind: ClassVar[str] = "user mapping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator(Object):
    """An operator."""

    kind: ClassVar[str] = "operator"
    owner: str = ""
    function: str = ""
    commutator: str | None = None
    negator: str | None = None
    restrict: str | None = None
    join: str | None = None
    hashes: bool = False
    merges: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast(Object):
    """A cast."""

    kind: ClassVar[str] = "cast"
    method: str = ""
    context: str = ""

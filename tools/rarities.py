"""What few databases have, as values: the rest of `kinds`, kept apart for its length."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from tools.kinds import IN_COMMON, SINCE_16, Object, Printed, Written


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
    """A collation that the server did not come with; since 16, an ICU locale is kept as a language tag."""

    kind: ClassVar[str] = "collation"
    owner: str = ""
    provider: str = ""
    deterministic: bool = True
    locale: str | None = None
    icu_locale: str | None = field(default=None, metadata=SINCE_16)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionDependency(Object):
    """What was said to depend on an extension; it goes with it."""

    kind: ClassVar[str] = "extension dependency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language(Object):
    """A procedural language that no extension brought along."""

    kind: ClassVar[str] = "language"
    owner: str = ""
    trusted: bool = False
    handler: str | None = None
    inline: str | None = None
    validator: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseType(Object):
    """A base type, or its shell; its array is part of it, and its functions go with it."""

    kind: ClassVar[str] = "base type"
    owner: str = ""
    shell: bool = False
    input: str | None = None
    output: str | None = None
    receive: str | None = None
    send: str | None = None
    typmod_in: str | None = None
    typmod_out: str | None = None
    analyze: str | None = None
    subscript: str | None = None
    length: int = 0
    by_value: bool = False
    alignment: str = ""
    storage: str = ""
    category: str = ""
    preferred: bool = False
    default: str | None = None
    element: str | None = None
    delimiter: str = ""
    collatable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorFamily(Object):
    """An operator family, with what is in it and in none of its classes."""

    kind: ClassVar[str] = "operator family"
    owner: str = ""
    operators: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorClass(Object):
    """An operator class with its operators and functions."""

    kind: ClassVar[str] = "operator class"
    owner: str = ""
    family: str = ""
    type: str = ""
    default: bool = False
    storage: str | None = None
    operators: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessMethod(Object):
    """An access method of indexes or tables."""

    kind: ClassVar[str] = "access method"
    type: str = ""
    handler: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion(Object):
    """A conversion between encodings."""

    kind: ClassVar[str] = "conversion"
    owner: str = ""
    source: str = ""
    destination: str = ""
    function: str = ""
    default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform(Object):
    """A transform: how a language sees the values of a type."""

    kind: ClassVar[str] = "transform"
    from_sql: str | None = None
    to_sql: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSearchParser(Object):
    """A text search parser."""

    kind: ClassVar[str] = "text search parser"
    start: str = ""
    token: str = ""
    end: str = ""
    headline: str | None = None
    token_types: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSearchTemplate(Object):
    """A text search template."""

    kind: ClassVar[str] = "text search template"
    init: str | None = None
    lexize: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription(Object):
    """A subscription; to where it connects is a secret."""

    kind: ClassVar[str] = "subscription"
    owner: str = ""
    enabled: bool = True
    publications: tuple[str, ...] = ()
    slot: str | None = None
    binary: bool = False
    streaming: str = "off"
    two_phase: bool = False
    disable_on_error: bool = False
    synchronous_commit: str = "off"
    password_required: bool = True
    run_as_owner: bool = False
    origin: str = "any"
    failover: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityLabel(Object):
    """A security label; the name holds what it is on, and the provider."""

    kind: ClassVar[str] = "security label"
    text: Written = ""

"""What a type of PostgreSQL is in Python: the annotation, what clients may give for it, and SQLAlchemy's word."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache

from tools.layout import Group, Name, Node, Text, call, joined, quoted

MODIFIED = re.compile(r"^(?P<name>[^(\[]+?|\"char\")(?:\((?P<arguments>[^)]*)\))?(?P<rest> with(?:out)? time zone)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """A type in Python.

    `python` is what a row holds and `given` what a client sends; `column` is the type for SQLAlchemy, or None where
    SQLModel finds it from `python` and the `keywords` of its Field. `limits` and `validators` are what clients must
    keep to, `ready` is `given` with these under a name; `element` is that of a
    list. `sql` is the type that it is stored as, below a domain, and `labels` are those of an enum.
    """

    python: Node
    given: Node
    column: Node | None = None
    keywords: Mapping[str, Node] = field(default_factory=dict)
    limits: Mapping[str, str] = field(default_factory=dict)
    validators: tuple[Node, ...] = ()
    ready: Node | None = None
    element: Representation | None = None
    family: str = ""
    sql: str = ""
    labels: tuple[str, ...] = ()


def sqlalchemy(name: str) -> Name:
    """Return one of SQLAlchemy's names."""
    return Name(module="sqlalchemy", name=name)


def postgresql(name: str) -> Name:
    """Return one of the names of SQLAlchemy's PostgreSQL dialect."""
    return Name(module="sqlalchemy.dialects.postgresql", name=name)


def own(module: str, name: str) -> Name:
    """Return a name that another module of the package has."""
    return Name(module=f".{module}", name=name)


def builtin(name: str) -> Name:
    """Return a built-in."""
    return Name(module="builtins", name=name)


def native(type_: str) -> Node:
    """Return the type by PostgreSQL's own name; its values pass as psycopg reads and writes them."""
    return call(own("types", "Native"), Text(value=type_))


ANY = Name(module="typing", name="Any")
STR, INT, FLOAT, BOOL, BYTES = (builtin(name) for name in ("str", "int", "float", "bool", "bytes"))
DATE, DATETIME, TIME, TIMEDELTA = (
    Name(module="datetime", name=name) for name in ("date", "datetime", "time", "timedelta")
)
DECIMAL = Name(module="decimal", name="Decimal")
RULES = Name(module=".", name="rules")


def rule(name: str) -> Node:
    """Return a type of what clients give, from the hand-written rules."""
    return Name(module=".", name=f"rules.{name}")


# The validators that these types are made of
TEXTS = {rule("Text"): rule("STORABLE"), rule("FilledText"): rule("FILLED")}


def _addresses(*kinds: str) -> Node:
    parts: list[Node] = []
    for kind in kinds:
        parts += [" | ", Name(module="ipaddress", name=kind)]
    return joined(*parts[1:])


def _integer(bits: int, name: str) -> Representation:
    limits = {"ge": str(-(2 ** (bits - 1))), "le": str(2 ** (bits - 1) - 1)}
    column = None if name == "Integer" else sqlalchemy(name)
    return Representation(python=INT, given=INT, column=column, limits=limits, ready=rule(name), family="integer")


def _text(column: Node | None = None) -> Representation:
    return Representation(python=STR, given=rule("Text"), column=column, family="text")


def _same(python: Node, column: Node | None = None, family: str = "") -> Representation:
    return Representation(python=python, given=python, column=column, family=family)


def _range(subtype: Node, column: Node, given: str) -> Representation:
    return Representation(python=joined(postgresql("Range"), "[", subtype, "]"), given=rule(given), column=column)


INET = _addresses("IPv4Interface", "IPv6Interface", "IPv4Address", "IPv6Address")
NAIVE = Name(module="pydantic", name="NaiveDatetime")

# by the name that format_type() prints, without length, precision and array brackets
PLAIN: Mapping[str, Representation] = {
    "smallint": _integer(16, "SmallInteger"),
    "integer": _integer(32, "Integer"),
    "bigint": _integer(64, "BigInteger"),
    "numeric": Representation(python=DECIMAL, given=rule("Numeric"), family="numeric"),
    "real": Representation(python=FLOAT, given=rule("Real"), column=postgresql("REAL"), family="float"),
    "double precision": _same(FLOAT, family="float"),
    "boolean": _same(BOOL, family="boolean"),
    "text": _text(sqlalchemy("Text")),
    "character varying": _text(),
    "character": Representation(python=STR, given=rule("Text"), family="char"),
    "date": _same(DATE, family="date"),
    "timestamp with time zone": Representation(python=DATETIME, given=rule("Moment"), family="moment"),
    "timestamp without time zone": Representation(
        python=DATETIME, given=NAIVE, column=call(sqlalchemy("DateTime"), timezone="False"), family="timestamp"
    ),
    "time without time zone": Representation(python=TIME, given=rule("NaiveTime"), family="time"),
    "time with time zone": Representation(
        python=TIME, given=rule("AwareTime"), column=call(sqlalchemy("Time"), timezone="True")
    ),
    "interval": _same(TIMEDELTA, family="interval"),
    "uuid": _same(Name(module="", name="uuid.UUID"), family="uuid"),
    "bytea": Representation(python=BYTES, given=rule("Bytes"), family="bytes"),
    "json": Representation(python=ANY, given=rule("Json"), column=own("types", "PlainJson"), family="json"),
    "jsonb": Representation(python=ANY, given=rule("Json"), column=own("types", "Json"), family="json"),
    "inet": _same(INET, postgresql("INET")),
    "cidr": _same(_addresses("IPv4Network", "IPv6Network"), postgresql("CIDR")),
    "tsvector": _text(postgresql("TSVECTOR")),
    "tsquery": _text(postgresql("TSQUERY")),
    "oid": Representation(python=INT, given=INT, column=postgresql("OID"), limits={"ge": "0", "le": str(2**32 - 1)}),
    "int4range": _range(INT, postgresql("INT4RANGE"), "IntegerRange"),
    "int8range": _range(INT, postgresql("INT8RANGE"), "BigIntegerRange"),
    "numrange": _range(DECIMAL, postgresql("NUMRANGE"), "NumericRange"),
    "daterange": _range(DATE, postgresql("DATERANGE"), "DateRange"),
    "tsrange": _range(DATETIME, postgresql("TSRANGE"), "NaiveRange"),
    "tstzrange": _range(DATETIME, own("types", "TstzRange"), "MomentRange"),
}
MULTIRANGES = {f"{name.removesuffix('range')}multirange": name for name in PLAIN if name.endswith("range")}
HARDWARE = {"macaddr": "6", "macaddr8": "8"}  # with the bytes of each
SQLALCHEMY_ARRAYS = {  # elements that SQLAlchemy sends without cutting them to a length
    "smallint": sqlalchemy("SmallInteger"),
    "integer": sqlalchemy("Integer"),
    "bigint": sqlalchemy("BigInteger"),
    "numeric": sqlalchemy("Numeric"),
    "double precision": sqlalchemy("Double"),
    "real": postgresql("REAL"),
    "boolean": sqlalchemy("Boolean"),
    "date": sqlalchemy("Date"),
    "uuid": sqlalchemy("Uuid"),
}


def of(type_: str, known: Mapping[str, Representation]) -> Representation:
    """Return the representation of a type as format_type() prints it; `known` are those of the schema itself."""
    if type_ in known:
        return known[type_]
    return replace(_array(type_, known), sql=type_) if type_.endswith("[]") else _single(type_)


@cache
def _single(type_: str) -> Representation:
    return replace(_of(type_), sql=type_)


def _of(type_: str) -> Representation:
    found = MODIFIED.match(type_)
    name = found["name"] + (found["rest"] or "") if found else type_
    arguments = (found["arguments"] or "") if found else ""
    plain = PLAIN.get(name)
    if plain is None and name in MULTIRANGES:
        return _multirange(name)
    if name in HARDWARE:
        size = call(rule("hardware"), HARDWARE[name])
        return Representation(python=STR, given=rule("Text"), column=native(type_), validators=(after(size),))
    if plain is None:
        python = TIMEDELTA if name.startswith("interval ") else STR
        given = python if python is TIMEDELTA else rule("Text")
        return Representation(python=python, given=given, column=native(type_), validators=_bits(name, arguments))
    return _modified(plain, type_, name, arguments)


def _modified(plain: Representation, type_: str, name: str, arguments: str) -> Representation:
    """Return a plain type with its length or precision."""
    if name == "character varying" and arguments:
        return replace(plain, keywords={"max_length": arguments}, limits={"max_length": arguments})
    if name == "character":
        return replace(plain, column=native(type_), validators=(after(call(rule("padded"), arguments)),))
    if name == "numeric" and arguments:
        precision, scale = (int(part) for part in arguments.split(","))
        if 0 <= scale <= precision:
            digits = {"max_digits": str(precision), "decimal_places": str(scale)}
            return replace(plain, given=DECIMAL, keywords=digits, limits=digits)
        column = call(sqlalchemy("Numeric"), str(precision), str(scale))
        stored = after(call(rule("rounded"), str(precision), str(scale)))
        return replace(plain, column=column, validators=(stored,))
    if not arguments:
        return plain
    if name == "timestamp with time zone":
        return replace(plain, column=call(own("types", "Moment"), arguments))
    return replace(plain, column=native(type_))


def _bits(name: str, length: str) -> tuple[Node, ...]:
    """Return what a string of bits must look like, as psycopg sends it."""
    counts = {"bit": f"{{{length or 1}}}", "bit varying": f"{{0,{length}}}" if length else "*"}
    return (after(call(rule("matches"), quoted(f"[01]{counts[name]}"))),) if name in counts else ()


def after(validator: Node) -> Node:
    """Return a validator of what pydantic has read."""
    return call(Name(module="pydantic", name="AfterValidator"), validator)


def literal(value: object) -> Node:
    """Return a constant in Python."""
    match value:
        case str():
            return quoted(value)
        case Decimal() if value == value.to_integral_value():
            return str(int(value))
        case Decimal():
            return call(Name(module="decimal", name="Decimal"), quoted(str(value)))
        case dt.datetime() if value.tzinfo:
            zoned = value.astimezone(dt.UTC)
            return call(_time("datetime"), *_clock(zoned, 3), tzinfo=_time("UTC"))
        case dt.datetime():
            return call(_time("datetime"), *_clock(value, 3))
        case dt.date():
            return call(_time("date"), str(value.year), str(value.month), str(value.day))
        case dt.time():
            return call(_time("time"), *_clock(value, 2))
        case dt.timedelta():
            parts = {"days": value.days, "seconds": value.seconds, "microseconds": value.microseconds}
            said = {key: str(part) for key, part in parts.items() if part}
            return call(_time("timedelta"), **said) if said else call(_time("timedelta"), "0")
    return repr(value)


def _time(name: str) -> Name:
    return Name(module="datetime", name=name)


def _clock(value: dt.datetime | dt.time, least: int) -> list[Node]:
    """Return the parts of a moment, without the zeros at its end."""
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    found = [getattr(value, name) for name in names if hasattr(value, name)]
    while len(found) > least and not found[-1]:
        found.pop()
    return [str(one) for one in found]


def annotated(given: Node, limits: Mapping[str, Node], validators: Iterable[Node]) -> Group:
    """Return a type of what clients give, with its limits and validators.

    A text has its length before the validator of all texts: behind one, Pydantic says "items" for characters.
    """
    bounds = [call(Name(module="", name="pydantic.Field"), **limits)] if limits else []
    own_ = TEXTS.get(given) if limits else None
    parts = ("str", *bounds, own_, *validators) if own_ else (given, *bounds, *validators)
    return Group(head=Name(module="typing", name="Annotated"), brackets="[]", items=tuple(("", one) for one in parts))


def element(type_: Representation) -> Node:
    """Return what clients give for an element of a list: the type with its limits."""
    if type_.ready is not None or not (type_.limits or type_.validators):
        return type_.ready or type_.given
    return annotated(type_.given, type_.limits, type_.validators)


def _array(type_: str, known: Mapping[str, Representation]) -> Representation:
    """Return a list; its elements may be null, and nothing in PostgreSQL says how deep it goes."""
    item_type = of(type_.removesuffix("[]"), known)
    name = type_.removesuffix("[]")
    column: Node
    if name == "text":
        column = own("types", "Strings")
    elif name in ("json", "jsonb"):
        column = call(own("types", "documents"), quoted(type_))
    elif name in SQLALCHEMY_ARRAYS or (name in known and known[name].family == "enum"):
        item = SQLALCHEMY_ARRAYS.get(name) or known[name].column
        column = call(own("types", "array"), item or STR)
    else:
        column = call(own("types", "tracked"), native(type_))
    return Representation(
        python=joined(builtin("list"), "[", item_type.python, " | None]"),
        given=joined(builtin("list"), "[", element(item_type), " | None]"),
        column=column,
        element=item_type,
        family="array",
    )


def _multirange(name: str) -> Representation:
    subtype = PLAIN[MULTIRANGES[name]]
    kind = joined(builtin("list"), "[", subtype.python, "]")
    return replace(_same(kind, postgresql(name.upper())), given=joined(builtin("list"), "[", subtype.given, "]"))

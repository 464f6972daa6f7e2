"""What a type of PostgreSQL is in Python: the annotation, what clients may give for it, and SQLAlchemy's word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tools.layout import Group, Name, Node, Text, call, joined, quoted

MODIFIED = re.compile(r"^(?P<name>[^(\[]+?|\"char\")(?:\((?P<arguments>[^)]*)\))?(?P<rest> with(?:out)? time zone)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """A type in Python.

    `python` is what a row holds and `given` what a client sends; `column` is the type for SQLAlchemy, or None where
    SQLModel finds it from `python` and the `keywords` of its Field. `limits` and `validators` are what clients must
    keep to, `ready` is `given` with these under a name; `element` is that of a
    list.
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
    "boolean": _same(BOOL),
    "text": _text(sqlalchemy("Text")),
    "character varying": _text(),
    "character": _text(),
    "date": _same(DATE),
    "timestamp with time zone": Representation(python=DATETIME, given=rule("Moment"), family="moment"),
    "timestamp without time zone": Representation(
        python=DATETIME, given=NAIVE, column=call(sqlalchemy("DateTime"), timezone="False")
    ),
    "time without time zone": _same(TIME),
    "time with time zone": _same(TIME, call(sqlalchemy("Time"), timezone="True")),
    "interval": _same(TIMEDELTA),
    "uuid": _same(Name(module="", name="uuid.UUID")),
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
    if type_.endswith("[]"):
        return _array(type_, known)
    if type_ in known:
        return known[type_]
    found = MODIFIED.match(type_)
    name = found["name"] + (found["rest"] or "") if found else type_
    arguments = (found["arguments"] or "") if found else ""
    plain = PLAIN.get(name)
    if plain is None and name in MULTIRANGES:
        return _multirange(name)
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
        return replace(plain, column=native(type_), limits={"max_length": arguments}, family="")
    if name == "numeric" and arguments:
        precision, scale = (int(part) for part in arguments.split(","))
        if 0 <= scale <= precision:
            digits = {"max_digits": str(precision), "decimal_places": str(scale)}
            return replace(plain, given=DECIMAL, keywords=digits, limits=digits)
        return replace(plain, column=call(sqlalchemy("Numeric"), str(precision), str(scale)))
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


def element(type_: Representation) -> Node:
    """Return what clients give for an element of a list: the type with its limits."""
    if type_.ready is not None or not (type_.limits or type_.validators):
        return type_.ready or type_.given
    bounds = [call(Name(module="", name="pydantic.Field"), **type_.limits)] if type_.limits else []
    items = tuple(("", one) for one in (type_.given, *bounds, *type_.validators))
    return Group(head=Name(module="typing", name="Annotated"), brackets="[]", items=items)


def _array(type_: str, known: Mapping[str, Representation]) -> Representation:
    """Return a list; its elements may be null, and nothing in PostgreSQL says how deep it goes."""
    item_type = of(type_.removesuffix("[]"), known)
    name = type_.removesuffix("[]")
    column: Node
    if name == "text":
        column = own("types", "Strings")
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

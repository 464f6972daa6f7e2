"""Expressions as PostgreSQL prints them, taken apart: by their parentheses, and as the values of its own parser."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from tools.errors import Trouble

# what the grammar calls the types that have a word of their own (src/backend/parser/gram.y)
TYPES = {
    "bool": "boolean",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "varchar": "character varying",
    "bpchar": "character",
    "time": "time without time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
}
PERIOD = re.compile(r"(?:(?P<days>-?\d+) days?)?\s*(?:(?P<sign>-?)(?P<clock>\d+:\d\d:\d\d(?:\.\d+)?))?")


class Unknown(Trouble):
    """An expression of which not all is understood."""


# Positional, unlike our other values: they are what `match` takes apart
@dataclass(frozen=True, slots=True)
class Column:
    """A column; of the value of a domain, ``value``."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant as Python has it; a string of a type that is not known here keeps the name of the type."""

    value: object
    type: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """An operator, a function, or a word of SQL (``and``, ``is null``, ``cast text``) and what it is about."""

    head: str
    parts: tuple[Term, ...] = ()


Term = Column | Constant | Call


@cache
def read(expression: str) -> Term | None:
    """Return an expression as a value, or nothing where some of it is not understood.

    >>> read("(a > 0)")
    Call(head='>', parts=(Column(name='a'), Constant(value=0, type='')))
    """
    from pglast import parser

    try:
        tree = json.loads(parser.parse_sql_json(f"select {expression}"))
        (target,) = tree["stmts"][0]["stmt"]["SelectStmt"]["targetList"]
        return _term(target["ResTarget"]["val"])
    except (Unknown, parser.ParseError, ValueError, KeyError):
        return None


def walk(term: Term) -> Iterator[Term]:
    """Yield the term and all that it is made of."""
    yield term
    for part in term.parts if isinstance(term, Call) else ():
        yield from walk(part)


@cache
def conjunction(expression: str) -> tuple[str, ...]:
    """Return the parts of a conjunction, without the parentheses around them.

    >>> conjunction("((a >= 1) AND (b ~ ' AND '::text))")
    ('a >= 1', "b ~ ' AND '::text")
    """
    text = stripped(expression)
    found = [text[start:end] for start, end in _pieces(text, " AND ")]
    whole = read(text)
    joins = isinstance(whole, Call) and whole.head == "and" and len(whole.parts) == len(found)
    return tuple(one for piece in found for one in conjunction(piece)) if joins else (text,)


def stripped(text: str) -> str:
    """Return an expression without the parentheses around all of it.

    >>> stripped("((a) = (b))")
    '(a) = (b)'
    """
    while text.startswith("(") and text.endswith(")") and all(depth > 0 for _, depth in _depths(text[:-1])):
        text = text[1:-1]
    return text


def elements(text: str) -> list[str]:
    """Return the parts of a list, separated by commas."""
    return [text[start:end].strip() for start, end in _pieces(text, ",")]


def _pieces(text: str, separator: str) -> list[tuple[int, int]]:
    outside = {place for place, depth in _depths(text) if depth == 0}
    cuts = [found.start() for found in re.finditer(re.escape(separator), text) if found.start() in outside]
    starts = [0, *(cut + len(separator) for cut in cuts)]
    return list(zip(starts, [*cuts, len(text)], strict=True))


def _depths(text: str) -> Iterator[tuple[int, int]]:
    """Yield each place outside of quotes with the number of parentheses that are open after it."""
    depth, quote = 0, ""
    for place, one in enumerate(text):
        if quote:
            quote = "" if one == quote else quote
        elif one in "'\"":
            quote = one
        else:
            depth += (one in "([") - (one in ")]")
            yield place, depth


def _term(node: dict[str, Any]) -> Term:
    (kind, said), *_ = node.items()
    match kind:
        case "ColumnRef":
            (field,) = said["fields"]
            return Column(field["String"]["sval"])
        case "A_Const":
            return Constant(_constant(said))
        case "TypeCast":
            return _cast(_term(said["arg"]), said["typeName"])
        case "A_Expr":
            return _operator(said)
        case "BoolExpr":
            return Call(said["boolop"].removesuffix("_EXPR").lower(), _terms(said["args"]))
        case "NullTest" | "BooleanTest":
            test = said.get("nulltesttype") or said["booltesttype"]
            return Call(test.lower().replace("_", " "), (_term(said["arg"]),))
        case "FuncCall" if said.keys() <= {"funcname", "args", "funcformat", "location"}:
            return Call(_name(said["funcname"]), _terms(said.get("args", [])))
        case "CoalesceExpr":
            return Call("coalesce", _terms(said["args"]))
        case "A_ArrayExpr":
            return Call("array", _terms(said.get("elements", [])))
        case "CaseExpr" if "arg" not in said:
            pairs = [case["CaseWhen"] for case in said["args"]]
            parts = [_term(pair[key]) for pair in pairs for key in ("expr", "result")]
            return Call("case", (*parts, _term(said["defresult"]) if "defresult" in said else Constant(None)))
    raise Unknown(kind)


def _terms(nodes: list[dict[str, Any]]) -> tuple[Term, ...]:
    return tuple(_term(node) for node in nodes)


def _constant(said: dict[str, Any]) -> object:
    if said.get("isnull"):
        return None
    if "sval" in said:
        return said["sval"].get("sval", "")
    if "fval" in said:
        return Decimal(said["fval"]["fval"])
    if "boolval" in said:
        return bool(said["boolval"].get("boolval", False))
    return int(said["ival"].get("ival", 0))


def _name(parts: list[dict[str, Any]]) -> str:
    found = [part["String"]["sval"] for part in parts]
    return ".".join(found[1:] if found[0] == "pg_catalog" else found)


def _operator(said: dict[str, Any]) -> Term:
    name, right = _name(said["name"]), said["rexpr"]
    match said["kind"]:
        case "AEXPR_OP" if "lexpr" not in said:
            inner = _term(right)
            if name == "-" and isinstance(inner, Constant) and isinstance(inner.value, int | Decimal):
                return Constant(-inner.value)
            return Call(name, (inner,))
        case "AEXPR_OP":
            return Call(name, _terms([said["lexpr"], right]))
        case "AEXPR_OP_ANY" | "AEXPR_OP_ALL" as kind:
            return Call(f"{name} {kind[-3:].lower()}", _terms([said["lexpr"], right]))
        case "AEXPR_DISTINCT" | "AEXPR_NOT_DISTINCT" as kind:
            return Call("is" if "NOT" in kind else "is not", _terms([said["lexpr"], right]))
    raise Unknown(said["kind"])


def _cast(term: Term, type_: dict[str, Any]) -> Term:
    """Return a constant of its type, and another term inside ``cast``, with the name of the type."""
    name = _name(type_["names"])
    name = TYPES.get(name, name) + "[]" * len(type_.get("arrayBounds", []))
    if "typmods" in type_:
        raise Unknown("a cast to a length")
    if not isinstance(term, Constant) or term.value is None or name.endswith("[]"):
        return Call(f"cast {name}", (term,))
    return Constant(_value(term.value, name), name)


def _value(value: object, type_: str) -> object:
    """Return what a literal of a type is in Python."""
    text = str(value)
    try:
        match type_:
            case "smallint" | "integer" | "bigint":
                return int(text)
            case "numeric":
                return Decimal(text)
            case "real" | "double precision":
                return float(text)
            case "boolean":
                return value if isinstance(value, bool) else {"t": True, "true": True, "f": False, "false": False}[text]
            case "date":
                return dt.date.fromisoformat(text)
            case "timestamp with time zone" | "timestamp without time zone":
                return dt.datetime.fromisoformat(text)
            case "time without time zone":
                return dt.time.fromisoformat(text)
            case "interval":
                return _period(text)
    except (ValueError, KeyError, InvalidOperation):
        raise Unknown(f"{type_} {text}") from None
    return text


def _period(text: str) -> dt.timedelta:
    found = PERIOD.fullmatch(text)
    if not text or not found:
        raise Unknown(text)  # months have no length
    hours, minutes, seconds = (found["clock"] or "0:0:0").split(":")
    clock = dt.timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))
    return dt.timedelta(days=int(found["days"] or 0)) + (-clock if found["sign"] else clock)

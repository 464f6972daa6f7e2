"""A CHECK as a condition in Python, true where PostgreSQL's three-valued one is not false."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from tools.layout import Function, Node, Scope, flat, joined, quoted
from tools.representation import literal, rule
from tools.terms import Call, Column, Constant, Term, Unknown

CASE, OR, AND, NOT, COMPARISON, ATOM = range(6)  # how tightly a text holds together
EQUAL = {"=": "==", "<>": "!="}
ORDER = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
# Families whose values compare alike here and there; text has an order that follows the collation, and is only equal
ORDERED = ("integer", "numeric", "float", "date", "moment", "timestamp", "time", "interval")
COMPARED = (*ORDERED, "text", "char", "boolean", "uuid", "enum")
# By function and families: the family of what comes out, and its text
FUNCTIONS: Mapping[tuple[str, ...], tuple[str, str]] = {
    **dict.fromkeys(
        (("length", "text"), ("char_length", "text"), ("character_length", "text")), ("integer", "len({0})")
    ),
    **dict.fromkeys((("length", "char"), ("char_length", "char")), ("integer", 'len({0}.rstrip(" "))')),
    ("octet_length", "text"): ("integer", "len({0}.encode())"),
    **dict.fromkeys((("length", "bytes"), ("octet_length", "bytes")), ("integer", "len({0})")),
    ("btrim", "text"): ("text", '{0}.strip(" ")'),
    ("ltrim", "text"): ("text", '{0}.lstrip(" ")'),
    ("rtrim", "text"): ("text", '{0}.rstrip(" ")'),
    ("btrim", "text", "text"): ("text", "{0}.strip({1})"),
    ("ltrim", "text", "text"): ("text", "{0}.lstrip({1})"),
    ("rtrim", "text", "text"): ("text", "{0}.rstrip({1})"),
    **dict.fromkeys((("position", "text", "text"), ("strpos", "text", "text")), ("integer", "({0}.find({1}) + 1)")),
    **dict.fromkeys((("starts_with", "text", "text"), ("^@", "text", "text")), ("boolean", "{0}.startswith({1})")),
    ("cardinality", "array"): ("integer", "len({0})"),
    ("abs", "integer"): ("integer", "abs({0})"),
    ("abs", "numeric"): ("numeric", "abs({0})"),
    ("-", "date", "date"): ("integer", "({0} - {1}).days"),
    ("-", "moment", "moment"): ("interval", "({0} - {1})"),
    ("-", "timestamp", "timestamp"): ("interval", "({0} - {1})"),
    **{(sign, "integer", "integer"): ("integer", f"({{0}} {sign} {{1}})") for sign in ("+", "-", "*")},
}
NULLNESS = ("is null", "is not null", "is", "is not", "coalesce", "num_nonnulls", "num_nulls")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a column holds: a family of types, the type in SQL, whether it may be null; of an enum its labels."""

    family: str
    sql: str
    nullable: bool = True
    element: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The place of a column's value in a text."""

    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """When a value is null, and when it is not."""

    null: tuple[Node | Slot, ...]
    given: tuple[Node | Slot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of the text, and what it is null with."""

    parts: tuple[Node | Slot, ...]
    family: str = "boolean"
    guards: tuple[Guard, ...] = ()
    level: int = ATOM
    constant: object = None
    operands: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Conditions of some values, joined by ``and`` or ``or``."""

    word: str
    operands: tuple[tuple[Node | Slot, ...], ...]

    def function(self, arguments: Iterable[str], name: Callable[[str], str]) -> Function:
        """Return a function of the values, which are called so."""
        filled = tuple(
            joined(*(name(part.column) if isinstance(part, Slot) else part for part in one)) for one in self.operands
        )
        return Function(head=f"lambda {', '.join(arguments)}", word=self.word, conditions=filled)


def translate(term: Term, kinds: Mapping[str, Kind]) -> Condition:
    """Return the condition under which the CHECK is not false; Unknown where it cannot be said exactly."""
    found = _test(term, kinds, sure=False)
    pieces = found.operands or (found,)
    several = len(pieces) > 1  # each stands in a line of its own, and not in parentheses
    wrapped = tuple(_wrapped(one) if several and one.level <= AND else one.parts for one in pieces)
    return Condition(word="and" if found.level == AND else "or", operands=wrapped)


def passes_null(term: Term, kinds: Mapping[str, Kind]) -> bool:
    """Whether the CHECK takes null in all of its columns."""
    try:
        text = flat(translate(term, kinds).function((), lambda _: "None"), Scope())
        return bool(eval(text, {})())  # noqa: S307 (our own text)
    except (Unknown, TypeError, AttributeError, NameError):
        return False


def _test(term: Term, kinds: Mapping[str, Kind], *, sure: bool) -> Piece:
    """Return the condition that the term is true, where `sure`, or else that it is not false."""
    match term:
        case Constant(value) if value is None or isinstance(value, bool):
            return Piece(parts=(str((not sure) if value is None else value),), constant=value)
        case Call("and" | "or" as word, parts):
            return _join(word, [_test(part, kinds, sure=sure) for part in parts])
        case Call("not", (inner,)):
            return _negated(_test(inner, kinds, sure=not sure))
        case Call("is true", (inner,)) | Call("is not false", (inner,)):
            return _test(inner, kinds, sure=term.head == "is true")
        case Call("is not true", (inner,)) | Call("is false", (inner,)):
            return _negated(_test(inner, kinds, sure=term.head == "is not true"))
        case Call("=" | "<>" as sign, (inner, Constant(bool(value)))):
            return _test(inner if value == (sign == "=") else Call("not", (inner,)), kinds, sure=sure)
        case Call("is null", (inner,)):
            return _is_null(inner, kinds)
        case Call("is not null", (inner,)):
            return _negated(_is_null(inner, kinds))
        case Call("case", parts):
            return _case(parts, kinds, sure=sure)
    found = _compared(term, kinds, sure=sure)
    if found.family != "boolean":
        raise Unknown("no condition")
    return _guarded(found, sure=sure)


def _compared(term: Term, kinds: Mapping[str, Kind], *, sure: bool) -> Piece:
    """Return a comparison as it is where nothing is null."""
    match term:
        case Call("=" | "<>" as sign, (Call("%", (one, two)), Constant(0))):  # else the sign of a remainder counts
            pieces = [_value(one, kinds), _value(two, kinds)]
            whole = _filled("{0} % {1}", *pieces, family="integer")
            return _comparison(sign, whole, _value(Constant(0), kinds))
        case Call("=" | "<>" | "<" | "<=" | ">" | ">=" as sign, (left, right)):
            return _comparison(sign, _plain(left, kinds), _plain(right, kinds))
        case Call("is" | "is not" as word, (left, right)):
            found = _comparison("=" if word == "is" else "<>", _plain(left, kinds), _plain(right, kinds))
            return replace(found, guards=())
        case Call("= any" | "<> all" as sign, (one, many)):
            return _member(sign, one, many, kinds, sure=sure)
        case Call("~~" | "!~~" as sign, (one, Constant(str(pattern)))):
            text = _text(_value(one, kinds))
            found = _filled("{0}({1}, {2})", _part(rule("like")), text, _part(quoted(pattern)))
            return found if sign == "~~" else replace(_negated(found), guards=found.guards)
        case Call("<@", (one, many)) if isinstance(many, Call):
            return _filled("all(one in {0} for one in {1})", _listed(many), _value(one, kinds))
    return _value(term, kinds)


def _plain(term: Term, kinds: Mapping[str, Kind]) -> Piece:
    """Return a value; a condition is one where nothing in it is null."""
    try:
        return _value(term, kinds)
    except Unknown:
        yes, maybe = (_test(term, kinds, sure=sure) for sure in (True, False))
        if yes.parts != maybe.parts:
            raise
        return replace(yes, guards=())


def _value(term: Term, kinds: Mapping[str, Kind]) -> Piece:
    match term:
        case Column(name) if name in kinds:
            slot, kind = (Slot(column=name),), kinds[name]
            guard = Guard(null=(*slot, " is None"), given=(*slot, " is not None"))
            return Piece(parts=slot, family=kind.family, guards=(guard,) if kind.nullable else ())
        case Constant(value) if value is not None:
            return Piece(parts=(literal(value),), family=_family(value, term.type), constant=value)
        case Call("array_length" | "array_upper", (inner, Constant(1))):
            found = _value(inner, kinds)
            guard = Guard(null=("not ", *found.parts), given=found.parts)
            return replace(_filled("len({0})", found, family="integer"), guards=(*found.guards, guard))
        case Call("jsonb_typeof" | "json_typeof", (inner,)):
            return _filled("{0}({1})", _part(rule("json_type")), _value(inner, kinds), family="text")
        case Call("num_nonnulls" | "num_nulls" as name, parts):
            return _counted(name, [_value(part, kinds) for part in parts])
        case Call("%", (one, Constant(int()) as by)):
            pieces = [_part(rule("remainder")), _value(one, kinds), _value(by, kinds)]
            return _filled("{0}({1}, {2})", *pieces, family="integer")
        case Call("coalesce", (one, other)):
            return _coalesced(_value(one, kinds), _value(other, kinds))
        case Call(head, (inner,)) if head.startswith("cast "):
            return _cast(_value(inner, kinds), head.removeprefix("cast "))
        case Call(head, parts):
            found_ = [_value(part, kinds) for part in parts]
            known = FUNCTIONS.get((head, *(one.family for one in found_)))
            if known:
                return _filled(known[1], *found_, family=known[0])
    raise Unknown("a value")


def _family(value: object, type_: str) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case Decimal():
            return "numeric"
        case float():
            return "float"
        case dt.datetime():
            return "moment" if value.tzinfo else "timestamp"
        case dt.date() | dt.time() | dt.timedelta():
            return {dt.date: "date", dt.time: "time", dt.timedelta: "interval"}[type(value)]
    texts = ("text", "character varying", "")
    return "text" if type_ in texts else "char" if type_ == "character" else "uuid" if type_ == "uuid" else "enum"


def _comparison(sign: str, left: Piece, right: Piece) -> Piece:
    families = {left.family, right.family}
    alike = len(families) == 1 or families <= {"integer", "numeric"}
    if not alike or not families <= set(COMPARED if sign in EQUAL else ORDERED):
        raise Unknown("a comparison")
    if families <= {"uuid"} and (left.constant or right.constant):
        raise Unknown("a uuid")
    left, right = (_text(one) if one.family == "char" else one for one in (left, right))
    return replace(_filled(f"{{0}} {(EQUAL | ORDER)[sign]} {{1}}", left, right), level=COMPARISON)


def _member(sign: str, one: Term, many: Term, kinds: Mapping[str, Kind], *, sure: bool) -> Piece:
    """Return whether a value is one of some constants, or a constant one of the elements of a list."""
    listed = many.parts[0] if isinstance(many, Call) and many.head.startswith("cast ") else many
    if isinstance(listed, Call) and listed.head == "array":
        left = _text(_value(one, kinds))
        found = _filled(f"{{0}} {'in' if sign == '= any' else 'not in'} {{1}}", left, _listed(listed))
        return replace(found, level=COMPARISON)
    item, within = _value(one, kinds), _value(many, kinds)
    if sign != "= any" or item.constant is None or within.family != "array":
        raise Unknown("a list")
    found = replace(_filled("{0} in {1}", item, within), level=COMPARISON)
    if sure:
        return found
    unknown = replace(_filled("None in {0}", within), level=COMPARISON)  # a null in the list might be it
    return replace(_join("or", [found, unknown]), guards=within.guards)


def _listed(many: Call) -> Piece:
    listed = many.parts[0] if many.head.startswith("cast ") and isinstance(many.parts[0], Call) else many
    values = [part.value for part in listed.parts if isinstance(part, Constant) and part.value is not None]
    if listed.head != "array" or len(values) != len(listed.parts) or not values:
        raise Unknown("a list")
    shown = [literal(value.rstrip(" ") if isinstance(value, str) and _is_char(many) else value) for value in values]
    commas = [part for one in shown for part in (", ", one)][1:]
    return Piece(parts=("(", *commas, ",)" if len(shown) == 1 else ")"), family="list")


def _is_char(many: Call) -> bool:
    return any(isinstance(part, Constant) and part.type == "character" for part in many.parts)


def _counted(name: str, pieces: list[Piece]) -> Piece:
    sign = "is not None" if name == "num_nonnulls" else "is None"
    places = ", ".join(f"{{{number}}}" for number in range(len(pieces)))
    comma = "," if len(pieces) == 1 else ""
    found = _filled(f"sum(one {sign} for one in ({places}{comma}))", *pieces, family="integer")
    return replace(found, guards=())


def _coalesced(one: Piece, other: Piece) -> Piece:
    if other.guards or one.family != other.family or len(one.guards) > 1:
        raise Unknown("coalesce")
    if not one.guards:
        return one
    parts = ("(", *one.parts, " if ", *one.guards[0].given, " else ", *other.parts, ")")
    return Piece(parts=parts, family=one.family)


def _cast(inner: Piece, type_: str) -> Piece:
    match inner.family, type_:
        case ("text", "text" | "character varying") | ("char", "character") | ("date", "date"):
            return inner
        case "char", "text":
            return _text(inner)
        case "integer", "integer" | "bigint":
            return inner
        case "integer" | "numeric", "numeric":
            return replace(inner, family="numeric")
    raise Unknown(f"a cast to {type_}")


def _text(piece: Piece) -> Piece:
    """Return a text; the spaces at the end of char(n) do not count."""
    if piece.family != "char":
        return piece
    if isinstance(piece.constant, str):
        return replace(piece, parts=(quoted(piece.constant.rstrip(" ")),), family="text")
    return _filled('{0}.rstrip(" ")', piece, family="text")


def _is_null(inner: Term, kinds: Mapping[str, Kind]) -> Piece:
    match inner:
        case Call("array_position", (array, Call(head, (Constant(None),)))) if head.startswith("cast "):
            found = _value(array, kinds)
            missing = replace(_filled("None not in {0}", found), level=COMPARISON)
            return _join("or", [*(Piece(parts=one.null, level=COMPARISON) for one in found.guards), missing])
    guards = _value(inner, kinds).guards
    found_ = [Piece(parts=guard.null, level=COMPARISON) for guard in guards]
    return _join("or", found_) if found_ else Piece(parts=("False",))


def _case(parts: tuple[Term, ...], kinds: Mapping[str, Kind], *, sure: bool) -> Piece:
    """Return a case whose results are conditions."""
    found = _test(parts[-1], kinds, sure=sure)
    for condition, result in reversed(list(pairwise(parts[:-1]))[::2]):
        when, then = _test(condition, kinds, sure=True), _test(result, kinds, sure=sure)
        found = replace(_filled("{0} if {1} else {2}", then, when, found), level=CASE)
    return found


def _guarded(found: Piece, *, sure: bool) -> Piece:
    word, said = ("and", "given") if sure else ("or", "null")
    before = [Piece(parts=getattr(one, said), level=COMPARISON) for one in found.guards]
    return _join(word, [*before, replace(found, guards=())])


def _join(word: str, pieces: Iterable[Piece]) -> Piece:
    """Return conditions joined, each once, and none that changes nothing."""
    neutral = ("False",) if word == "or" else ("True",)
    each = [one for piece in pieces for one in (piece.operands if piece.level == _level(word) else (piece,))]
    kept = list({one.parts: one for one in each if one.parts != neutral}.values())
    if len(kept) < 2:
        return kept[0] if kept else Piece(parts=neutral)
    parts: list[Node | Slot] = []
    for piece in kept:
        parts += [f" {word} "] if parts else []
        parts += _wrapped(piece) if piece.level <= AND else piece.parts
    return Piece(parts=tuple(parts), level=_level(word), operands=tuple(kept))


def _level(word: str) -> int:
    return OR if word == "or" else AND


def _wrapped(piece: Piece) -> tuple[Node | Slot, ...]:
    return ("(", *piece.parts, ")")


def _negated(piece: Piece) -> Piece:
    if len(piece.parts) == 2 and piece.parts[1] in (" is None", " is not None"):
        other = " is not None" if piece.parts[1] == " is None" else " is None"
        return replace(piece, parts=(piece.parts[0], other))
    if piece.parts in (("True",), ("False",)):
        return replace(piece, parts=("False" if piece.parts == ("True",) else "True",))
    inner = piece.parts if piece.level == ATOM else _wrapped(piece)
    return Piece(parts=("not ", *inner), level=NOT)


def _part(node: Node) -> Piece:
    return Piece(parts=(node,))


def _filled(template: str, *pieces: Piece, family: str = "boolean") -> Piece:
    """Return a template with pieces in its places; it is null where one of them is."""
    parts: list[Node | Slot] = []
    for number, text in enumerate(re.split(r"\{(\d)\}", template)):
        if number % 2:
            piece = pieces[int(text)]
            parts += piece.parts if piece.level == ATOM else _wrapped(piece)
        elif text:
            parts.append(text)
    guards = tuple(dict.fromkeys(guard for piece in pieces for guard in piece.guards))
    return Piece(parts=tuple(parts), family=family, guards=guards)

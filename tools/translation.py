"""CHECK constraints as rules for what clients give: each part of one stands alone, and is proved before it is used.

What is not recognised, or not proved, is left to the database, which refuses it as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache

from tools import predicate, terms
from tools.layout import Function, Name, Node, Scope, Text, call, flat, joined, quoted, width
from tools.predicate import Condition, Kind
from tools.representation import ANY, Representation, after, annotated, builtin, element, literal, rule
from tools.terms import Call, Column, Constant, Term

PYDANTIC_FIELD = Name(module="", name="pydantic.Field")
BOUNDS = {"<=": "le", "<": "lt", ">=": "ge", ">": "gt"}
TURNED = {"<=": ">=", "<": ">", ">=": "<=", ">": "<", "=": "="}
NUMBERS = ("integer", "numeric", "float")
TIMES = ("date", "moment", "timestamp", "interval")
LONGEST = 98  # of a part of a condition, which then stands on a line wherever it is
LISTED = ("text", "integer")
COUNTS = ("char_length", "character_length", "length")
LENGTHS = {"text": COUNTS, "collated": COUNTS, "bytes": ("octet_length", "length"), "array": ("cardinality",)}
# Sets of plain characters, plain characters, groups and counts, and what a backslash makes plain: what means the same
# to both. No class (it follows the collation); a dot is any character, as with re.DOTALL
PLAIN_CHARACTER = r"(?:[A-Za-z0-9_ #/@:;,!%&=~<>'\"-]|\\[-+*.?(){}|$^/\[\]])"
PLAIN_PATTERN = re.compile(
    rf"(?:\[\^?(?:{PLAIN_CHARACTER}|[+*.?(){{}}|$])+\]|{PLAIN_CHARACTER}|[.()|?*+]|\{{\d+(?:,\d*)?\}})*"
)


CAST = re.compile(
    r"('(?:[^']|'')*')?::(?:[a-z ]+ with(?:out)? time zone|character varying|double precision|[\w.]+)(?:\[\])*"
)
ALONE = re.compile(
    r"(?<![\w\"])(?<!ANY )\(((?:\"(?:[^\"]|\"\")+\"|[\w.]+))\)"
)  # a word in parentheses that call nothing


@dataclass(slots=True, kw_only=True)
class Rules:
    """What a column's CHECKs and its type say, put together: arguments of pydantic's Field, and validators."""

    limits: dict[str, str] = field(default_factory=dict)
    validators: list[Node] = field(default_factory=list)
    shape: str = ""  # object or array, of JSON; a text that is more than spaces; a list without nulls

    def limit(self, name: str, value: str) -> None:
        """Add a limit; the narrower of two holds."""
        narrower: Callable[..., str] = max if name in ("ge", "gt", "min_length") else min
        known = self.limits.get(name)
        self.limits[name] = value if known is None else narrower(known, value, key=float)

    def add(self, rule: Rule) -> None:
        """Add what a part of a CHECK says."""
        for name, value in rule.limits:
            self.limit(name, value)
        self.validators += rule.validators
        self.shape = rule.shape or self.shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A part of a CHECK in Python: limits, validators or a shape of one column, or a condition of several.

    `sql` and `columns` are what it is held against; a condition is also for one column about whose null it speaks.
    """

    sql: str
    columns: tuple[tuple[str, Kind], ...]
    limits: tuple[tuple[str, str], ...] = ()
    validators: tuple[Node, ...] = ()
    shape: str = ""
    condition: Condition | None = None

    @property
    def column(self) -> str:
        """The column that it is about, unless it is a condition."""
        return "" if self.condition else self.columns[0][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A CHECK: the rules of its parts, and whether some of it is left to the database."""

    rules: tuple[Rule, ...]
    columns: frozenset[str]
    left: bool

    def held(self, proved: AbstractSet[Rule]) -> Reading:
        """Return it with the rules that are proved."""
        rules = tuple(one for one in self.rules if one in proved)
        return replace(self, rules=rules, left=self.left or len(rules) < len(self.rules))


Prover = Callable[[Iterable[Rule]], AbstractSet[Rule]]


def reading(expression: str, kinds: Mapping[str, Kind]) -> Reading:
    """Return what a CHECK says; the column of a domain's is called ``value``."""
    whole = terms.read(expression)
    if whole is None:
        return Reading(rules=(), columns=_mentioned(expression, kinds), left=True)
    columns = _columns(whole)
    known = tuple((name, kinds[name]) for name in sorted(columns) if name in kinds)
    return _read(expression, known) if len(known) == len(columns) else Reading(rules=(), columns=columns, left=True)


def exactly_one(expression: str) -> tuple[str, ...]:
    """Return the columns of which the CHECK demands exactly one, or nothing."""
    match terms.read(expression):
        case Call("=", (Call("num_nonnulls", parts), Constant(1))):
            return tuple(part.name for part in parts if isinstance(part, Column))
    return ()


def shaped(type_: Representation, rules: Rules) -> Representation:
    """Return the type as the CHECKs narrow it: an object of JSON, a text that is not blank, a list without nulls."""
    match rules.shape:
        case "object":
            return replace(type_, python=joined(builtin("dict"), "[str, ", ANY, "]"), given=rule("JsonObject"))
        case "array":
            return replace(type_, python=joined(builtin("list"), "[", ANY, "]"), given=rule("JsonArray"))
        case "filled":
            return replace(type_, given=rule("FilledText"))
        case "no nulls" if type_.element:
            return replace(
                type_,
                python=joined(builtin("list"), "[", type_.element.python, "]"),
                given=joined(builtin("list"), "[", element(type_.element), "]"),
            )
    return type_


def given(type_: Representation, rules: Rules) -> Node:
    """Return the annotation of what clients give: the type with its limits and those of the CHECKs."""
    if type_.ready is not None and not rules.limits and not rules.validators:
        return type_.ready
    limits = _limits(rules, type_.limits, type_.family)
    validators = (*type_.validators, *rules.validators)
    if not limits and not validators:
        return type_.given
    return annotated(type_.given, limits, validators)


def is_short(condition: Function) -> bool:
    """Whether each part of it stands on a line; a longer one is left to the database."""
    return all(width(flat(one, Scope())) <= LONGEST for one in condition.conditions)


def shown(sql: str) -> str:
    """Return a part of a CHECK as clients read it, without casts.

    >>> shown("(length((a)::text) > 1) AND ((a)::text ~~ 'x::y%'::text)")
    "(length(a) > 1) AND (a LIKE 'x::y%')"
    """
    plain = CAST.sub(lambda found: found[1] or "", " ".join(sql.split()))
    for sign, word in ((" !~~ ", " NOT LIKE "), (" ~~ ", " LIKE ")):
        plain = plain.replace(sign, word)
    return ALONE.sub(r"\1", plain)


@cache
def _read(expression: str, known: tuple[tuple[str, Kind], ...]) -> Reading:
    found: list[Rule] = []
    parts = terms.conjunction(expression)
    for sql in parts:
        term = terms.read(sql)
        columns = _columns(term) if term else frozenset()
        if term is not None and columns:
            one = _rule(sql, term, tuple(item for item in known if item[0] in columns))
            found += [one] if one else []
    return Reading(rules=tuple(found), columns=frozenset(name for name, _ in known), left=len(found) < len(parts))


def _columns(term: Term) -> frozenset[str]:
    return frozenset(one.name for one in terms.walk(term) if isinstance(one, Column))


def _mentioned(expression: str, kinds: Mapping[str, Kind]) -> frozenset[str]:
    words = set(re.findall(r'"((?:[^"]|"")+)"|(\w+)', expression))
    return frozenset(kinds.keys() & {quoted_.replace('""', '"') or plain for quoted_, plain in words})


def _rule(sql: str, term: Term, columns: tuple[tuple[str, Kind], ...]) -> Rule | None:
    empty = Rule(sql=sql, columns=columns)
    if len(columns) == 1:
        found = _single(empty, term, columns[0][1])
        if found:
            return found
    try:
        if len(columns) > 1 or not predicate.passes_null(term, dict(columns)):
            return replace(empty, condition=predicate.translate(term, dict(columns)))
        alone = {name: replace(kind, nullable=False) for name, kind in columns}
        condition = predicate.translate(term, alone).function(["value"], lambda _: "value")
    except terms.Unknown:
        return None
    return _validated(empty, "holds", condition, Text(value=shown(sql))) if is_short(condition) else None


def _single(empty: Rule, term: Term, kind: Kind) -> Rule | None:
    """Return a rule of a column alone in the words that pydantic and `rules` have for it."""
    family = kind.family
    match term:
        case Call(sign, (Constant() as one, other)) if sign in TURNED and not isinstance(other, Constant):
            return _single(empty, Call(TURNED[sign], (other, one)), kind)
        case Call(("<" | "<=" | ">" | ">=") as sign, (inner, Constant(value))) if _is_column(inner):
            return _bound(empty, BOUNDS[sign], value, family)
        case Call(sign, (Call(function, (inner,)), Constant(int(number)))) if _is_column(inner):
            if function in LENGTHS.get(family, ()):
                return _length(empty, sign, number)
            if (function, family) == ("octet_length", "text") and sign in ("<", "<="):
                return _validated(empty, "octets", str(number - (sign == "<")))
            if function in ("jsonb_typeof", "json_typeof"):
                return None
        case Call("=", (Call("position", (inner, Constant(str(part)))), Constant(0))) if _is_column(inner):
            return _validated(empty, "without", quoted(part)) if part else None
        case Call("<>", (Call("btrim", (inner,)), Constant(""))) if _is_column(inner) and family == "text":
            return replace(empty, shape="filled")
        case Call("<>", (inner, Constant(""))) if _is_column(inner) and family == "text":
            return replace(empty, limits=(("min_length", "1"),))
        case Call("<>", (inner, Constant(str() | int() as value))) if _is_column(inner) and family in (
            "text",
            "integer",
        ):
            return _validated(empty, "none_of", literal(value))
        case Call("= any", (inner, many)) if _is_column(inner) and family in LISTED:
            return _one_of(empty, many)
        case Call("~", (inner, Constant(str(pattern)))) if _is_column(inner) and family == "text":
            return _matches(empty, pattern)
        case Call("is null", (Call("array_position", (inner, Call(_, (Constant(None),)))),)) if _is_column(inner):
            return replace(empty, shape="no nulls")
        case Call("=", (Call("jsonb_typeof" | "json_typeof", (inner,)), Constant("object" | "array" as shape))):
            return replace(empty, shape=str(shape)) if _is_column(inner) and family == "json" else None
    return None


def _is_column(term: Term) -> bool:
    """Whether it is a column, or one that PostgreSQL only calls text."""
    match term:
        case Column():
            return True
        case Call("cast text" | "cast character varying" | "cast numeric", (Column(),)):
            return True
    return False


def _bound(empty: Rule, name: str, value: object, family: str) -> Rule | None:
    if family in NUMBERS and isinstance(value, int | Decimal | float) and not isinstance(value, bool):
        number = Decimal(value)
        plain = number.is_finite() and number == number.to_integral_value()
        return replace(empty, limits=((name, str(int(number) if plain else value)),)) if number.is_finite() else None
    if family in TIMES and value is not None and not isinstance(value, int | str | Decimal | float):
        return replace(empty, validators=(call(PYDANTIC_FIELD, **{name: literal(value)}),))
    return None


def _length(empty: Rule, sign: str, number: int) -> Rule | None:
    match sign:
        case "<=" | "<":
            return replace(empty, limits=(("max_length", str(number - (sign == "<"))),))
        case ">=" | ">":
            return replace(empty, limits=(("min_length", str(number + (sign == ">"))),))
        case "=":
            return replace(empty, limits=(("min_length", str(number)), ("max_length", str(number))))
    return None


def _validated(empty: Rule, name: str, *arguments: Node) -> Rule:
    return replace(empty, validators=(after(call(rule(name), *arguments)),))


def _one_of(empty: Rule, many: Term) -> Rule | None:
    listed = many.parts[0] if isinstance(many, Call) and many.head.startswith("cast ") else many
    if not (isinstance(listed, Call) and listed.head == "array"):
        return None
    values = [one.value for one in listed.parts if isinstance(one, Constant) and isinstance(one.value, str | int)]
    if len(values) < len(listed.parts):
        return None
    return _validated(empty, "one_of", *(literal(value) for value in values))


def _matches(empty: Rule, pattern: str) -> Rule | None:
    inner = pattern.removeprefix("^")
    is_end = inner.endswith("$") and not inner.endswith("\\$")
    inner = inner[:-1] if is_end else inner
    if not _is_plain(inner):
        return None
    before, behind = "" if pattern.startswith("^") else ".*", "" if is_end else ".*"
    return _validated(empty, "matches", quoted(f"{before}{inner}{behind}"))


def _is_plain(pattern: str) -> bool:
    if not PLAIN_PATTERN.fullmatch(pattern) or "[:" in pattern or "[." in pattern or "[=" in pattern:
        return False
    bare = re.sub(r"\\.", "_", pattern)
    if re.search(r"[?*+}][?*+{]|\(\?|[(|][?*+{]|^[?*+{]", bare) or "|" in re.sub(r"\([^()]*\)", "", bare):
        return False  # what Python and PostgreSQL read apart, and an alternative beside the anchors
    try:
        re.compile(pattern)
    except (re.error, FutureWarning):
        return False
    return True


def _limits(rules: Rules, own: Mapping[str, str], family: str) -> dict[str, Node]:
    """Return the arguments of pydantic's Field: the limits of the type and those of the CHECKs."""
    merged = Rules(limits=dict(own))
    for name, value in rules.limits.items():
        merged.limit(name, value)
    ends = merged.limits
    if "gt" in ends and "ge" in ends and float(ends["gt"]) >= float(ends["ge"]):
        del ends["ge"]
    if "lt" in ends and "le" in ends and float(ends["lt"]) <= float(ends["le"]):
        del ends["le"]
    order = ("max_digits", "decimal_places", "min_length", "max_length", "ge", "gt", "le", "lt")
    return {name: _number(name, ends[name], family) for name in order if name in ends}


def _number(name: str, value: str, family: str) -> Node:
    if family == "numeric" and name in ("ge", "gt", "le", "lt") and "." in value:
        return call(Name(module="decimal", name="Decimal"), quoted(value))
    if family == "integer" and "." in value:
        return value
    return f"{int(value):_}" if value.lstrip("-").isdigit() and len(value) > 9 else value


def provable(readings: Sequence[Reading]) -> tuple[Rule, ...]:
    """Return the rules of some CHECKs, each once."""
    return tuple(dict.fromkeys(rule_ for one in readings for rule_ in one.rules))

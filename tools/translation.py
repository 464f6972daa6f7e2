"""CHECK constraints as rules for what clients give: only those that mean exactly the same in Python.

The text is PostgreSQL's own print, so it has one form. Each part of a conjunction stands alone: what is not recognised
is left to the database, which refuses it as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from tools import names
from tools.layout import Name, Node, call, quoted
from tools.representation import after, rule

COLUMN = r'\(?(?P<column>"(?:[^"]|"")+"|\w+)\)?(?:::(?:text|character varying))?'
NUMBER = r"\(?'?(?P<number>-?\d+(?:\.\d+)?)'?\)?(?:::[a-z ]+)?"
LITERAL = r"\(?'(?P<text>(?:[^'\\]|'')*)'::(?:text|character varying)\)?(?:::text)?"
OPERATOR = r"(?P<operator><=|<|>=|>)"
# Sets of plain characters, plain characters, groups and counts: what means the same to both. No backslash, no dot
# (PostgreSQL's matches a newline), no class in brackets (it follows the collation)
PLAIN_CHARACTER = r"[A-Za-z0-9_ #/@:;,!%&=~<>'\"-]"
PLAIN_PATTERN = re.compile(
    rf"(?:\[\^?(?:{PLAIN_CHARACTER}|[+*.?(){{}}|$])+\]|{PLAIN_CHARACTER}|[()|?*+]|\{{\d+(?:,\d*)?\}})*"
)


@dataclass(slots=True, kw_only=True)
class Rules:
    """What a column's CHECKs and its type say, put together: arguments of pydantic's Field, and validators."""

    limits: dict[str, str] = field(default_factory=dict)
    validators: list[Node] = field(default_factory=list)
    shape: str = ""  # object or array, of JSON
    no_nulls: bool = False  # in an array
    filled: bool = False  # a text that is more than spaces

    def limit(self, name: str, value: str) -> None:
        """Add a limit; the narrower of two holds."""
        narrower: Callable[..., str] = max if name in ("ge", "gt", "min_length") else min
        known = self.limits.get(name)
        self.limits[name] = value if known is None else narrower(known, value, key=float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a CHECK that was understood: the column it is about, and what it adds to the column's rules."""

    column: str
    family: str
    add: Callable[[Rules], None]


@cache
def parts(expression: str) -> tuple[Part, ...]:
    """Return what is understood of a CHECK; the column of a domain's is called VALUE."""
    read = [
        Part(column=names.split(found["column"])[0], family=family, add=add)
        for text in conjunction(expression)
        for pattern, family, make in FORMS
        if (found := re.fullmatch(pattern, text)) and (add := make(found))
    ]
    return tuple(read)


def exactly_one(expression: str) -> tuple[str, ...]:
    """Return the columns of which the CHECK demands exactly one, or nothing."""
    found = re.fullmatch(r"num_nonnulls\((?P<columns>[^()]+)\) = 1", stripped(expression))
    return tuple(names.split(one.strip())[0] for one in found["columns"].split(",")) if found else ()


def conjunction(expression: str) -> list[str]:
    """Return the parts of a conjunction, without the parentheses around them.

    >>> conjunction("((a >= 1) AND (b ~ ' AND '::text))")
    ['a >= 1', "b ~ ' AND '::text"]
    """
    text = stripped(expression)
    found = [text[start:end] for start, end in _pieces(text, " AND ")]
    return [stripped(text)] if len(found) == 1 else [one for piece in found for one in conjunction(piece)]


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


def _bound(found: re.Match[str]) -> Callable[[Rules], None]:
    name = {"<=": "le", "<": "lt", ">=": "ge", ">": "gt"}[found["operator"]]
    return lambda rules: rules.limit(name, found["number"])


def _length(found: re.Match[str]) -> Callable[[Rules], None] | None:
    operator, number = found["operator"], int(found["number"])
    if operator in ("<=", "<"):
        return lambda rules: rules.limit("max_length", str(number - (operator == "<")))
    return lambda rules: rules.limit("min_length", str(number + (operator == ">")))


def _exact_length(found: re.Match[str]) -> Callable[[Rules], None]:
    def add(rules: Rules) -> None:
        rules.limit("min_length", found["number"])
        rules.limit("max_length", found["number"])

    return add


def _filled(_: re.Match[str]) -> Callable[[Rules], None]:
    return lambda rules: setattr(rules, "filled", True)


def _matches(found: re.Match[str]) -> Callable[[Rules], None] | None:
    pattern = found["pattern"].replace("''", "'")
    if not (pattern.startswith("^") and pattern.endswith("$")) or not _is_plain(pattern[1:-1]):
        return None
    return lambda rules: rules.validators.append(after(call(rule("matches"), quoted(pattern[1:-1]))))


def _is_plain(pattern: str) -> bool:
    if not PLAIN_PATTERN.fullmatch(pattern) or "[:" in pattern or "[." in pattern or "[=" in pattern:
        return False
    if re.search(r"[?*+}][?*+{]|\(\?|[(|][?*+{]|^[?*+{]", pattern) or "|" in re.sub(r"\([^()]*\)", "", pattern):
        return False  # what Python and PostgreSQL read apart, and an alternative beside the anchors
    try:
        re.compile(pattern)
    except (re.error, FutureWarning):
        return False
    return True


def _without(found: re.Match[str]) -> Callable[[Rules], None]:
    return lambda rules: rules.validators.append(after(call(rule("without"), quoted(found["what"].replace("''", "'")))))


def _shape(found: re.Match[str]) -> Callable[[Rules], None]:
    return lambda rules: setattr(rules, "shape", found["shape"])


def _no_nulls(_: re.Match[str]) -> Callable[[Rules], None]:
    return lambda rules: setattr(rules, "no_nulls", True)


def _not_empty(_: re.Match[str]) -> Callable[[Rules], None]:
    return lambda rules: rules.limit("min_length", "1")


def _labels(found: re.Match[str]) -> Callable[[Rules], None] | None:
    texts = [re.fullmatch(LITERAL, one) for one in elements(found["list"])]
    if not all(texts):
        return None
    allowed = [quoted(one["text"].replace("''", "'")) for one in texts if one]
    return lambda rules: rules.validators.append(after(call(rule("one_of"), *allowed)))


def _numbers(found: re.Match[str]) -> Callable[[Rules], None] | None:
    numbers = elements(found["list"])
    if not all(re.fullmatch(r"-?\d+", one) for one in numbers):
        return None
    return lambda rules: rules.validators.append(after(call(rule("one_of"), *numbers)))


def _other_text(found: re.Match[str]) -> Callable[[Rules], None]:
    return lambda rules: rules.validators.append(after(call(rule("none_of"), quoted(found["text"].replace("''", "'")))))


def _other_number(found: re.Match[str]) -> Callable[[Rules], None] | None:
    number = found["number"]
    return lambda rules: rules.validators.append(after(call(rule("none_of"), number))) if number.isdigit() else None


def _octets(found: re.Match[str]) -> Callable[[Rules], None] | None:
    number = int(found["number"]) - (found["operator"] == "<")
    if found["operator"] not in ("<=", "<"):
        return None
    return lambda rules: rules.validators.append(after(call(rule("octets"), str(number))))


# What is recognised, the family of types it is right for, and what it adds
FORMS: tuple[tuple[str, str, Callable[[re.Match[str]], Callable[[Rules], None] | None]], ...] = (
    (rf"{COLUMN} {OPERATOR} {NUMBER}", "number", _bound),
    (rf"(?:char_length|character_length|length)\({COLUMN}\) {OPERATOR} {NUMBER}", "text", _length),
    (rf"(?:char_length|character_length|length)\({COLUMN}\) = {NUMBER}", "text", _exact_length),
    (rf"btrim\({COLUMN}\) <> ''::text", "text", _filled),
    (rf"{COLUMN} <> ''::text", "text", _not_empty),
    (rf"{COLUMN} <> '(?P<text>(?:[^'\\]|'')+)'::text", "text", _other_text),
    (rf"{COLUMN} <> {NUMBER}", "integer", _other_number),
    (rf"{COLUMN} = ANY \(\(?ARRAY\[(?P<list>[^\[\]]+)\]\)?(?:::text\[\])?\)", "text", _labels),
    (rf"{COLUMN} = ANY \(ARRAY\[(?P<list>[^\[\]]+)\]\)", "integer", _numbers),
    (rf"octet_length\({COLUMN}\) {OPERATOR} {NUMBER}", "text", _octets),
    (rf"{COLUMN} ~ '(?P<pattern>(?:[^']|'')*)'::text", "text", _matches),
    (rf"POSITION\(\('(?P<what>[^\\]+)'::text\) IN {COLUMN}\) = 0", "text", _without),
    (rf"octet_length\({COLUMN}\) {OPERATOR} {NUMBER}", "bytes", _length),
    (rf"octet_length\({COLUMN}\) = {NUMBER}", "bytes", _exact_length),
    (rf"cardinality\({COLUMN}\) {OPERATOR} {NUMBER}", "array", _length),
    (rf"array_position\({COLUMN}, NULL::[^)]+\) IS NULL", "array", _no_nulls),
    (rf"jsonb?_typeof\({COLUMN}\) = '(?P<shape>object|array)'::text", "json", _shape),
)


def fits(family: str, of: str) -> bool:
    """Say whether a form for this family of types is right for a column of that one."""
    return family == of or (family == "number" and of in ("integer", "numeric", "float"))


def limits(rules: Rules, given: Mapping[str, str], family: str) -> dict[str, Node]:
    """Return the arguments of pydantic's Field: the limits of the type and those of the CHECKs."""
    merged = Rules(limits=dict(given))
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

"""Values for a column, as SQL over the number of a row: the forms that there are for a type, likeliest first.

A form is tried by PostgreSQL on some rows, with the column's type and checks, so a form may well be wrong. Nothing here
knows the clock or chance: the same schema and size make the same rows, on every server.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from psycopg import sql

from tools.errors import Trouble

MODIFIERS = re.compile(r"\(\d+(?:,-?\d+)?\)")  # "numeric(10,2)[]" is a numeric[]
NUMBER = re.compile(r"(?<![\w.'])-?\d+(?:\.\d+)?(?![\w.])|(?<=')-?\d+(?:\.\d+)?(?=')")
STRING = re.compile(r"'((?:[^']|'')*)'")
DAY = re.compile(r"'(\d{4}-\d\d-\d\d[^']*)'")
YEAR = ("2026-01-01 00:00:00+00", "2026-12-31 00:00:00+00")  # when everything happens, unless a check says otherwise

WORDS = (  # noqa: SIM905 (a line of text reads better than a list)
    "the and a to with for buy call write plan send check order clean repair book paint ask bring pay read"
    " review print water plant build move sort test draw cook invite visit pack sign ship start close open"
    " garden report letter roof invoice kitchen train window ticket budget meeting contract bicycle photo"
    " library market engine summer window doctor harbour bakery orchard compass violin lantern glacier"
).split()
ROW = sql.Identifier("g", "n")  # the number of a row
SYLLABLES = "ba ko mi ru ta ne so li va do fe gu ha ju pe zi".split()  # noqa: SIM905


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A type without modifiers, and what it is made of: an element, a base type, a subtype, attributes, labels."""

    name: str
    kind: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What a form is made from: the number of the row, how many rows there will be, and chance.

    `salt` tells the columns apart: each has chances of its own, and x and y in common with those of its table.
    """

    table: str
    salt: str
    total: int

    def random(self, name: str) -> sql.Composed:
        """Return a number from 0 to below 1, evenly spread."""
        salt = self.table if name in ("x", "y") else self.salt
        seed = zlib.crc32(f"{salt}.{name}".encode())
        return sql.SQL("((hashint8extended({}, {}) & 1073741823) / 1073741824.0::float8)").format(ROW, seed)

    def inner(self, name: str) -> Draw:
        """Return the draw of a part of the value."""
        return replace(self, salt=f"{self.salt}.{name}")

    def fill(self, form: str, **parts: sql.Composable) -> sql.Composed:
        """Fill the form's names: n, total, the chances r s t u, a word, a sentence and a rare word."""
        since, until = (sql.SQL("{}::timestamptz").format(sql.Literal(day)) for day in YEAR)
        known = {"n": ROW, "total": sql.Literal(self.total), "since": since, "until": until}
        known |= {name: self.random(name) for name in "rstuxy"}
        known |= {"word": self._word("w"), "sentence": self._sentence(), "rare": self._rare()}
        try:
            return sql.SQL(form).format(**{**known, **parts})
        except (KeyError, IndexError, ValueError) as error:
            names = "{n} {total} {since} {until} {r} {s} {t} {u} {x} {y} {word} {sentence} {rare}"
            raise Trouble(f"large.toml: cannot read {form!r}: it takes {names}, and two braces for one") from error

    def _word(self, name: str) -> sql.Composed:
        return sql.SQL("({}::text[])[floor(power({}, {}))::int]").format(WORDS, len(WORDS) + 1, self.random(name))

    def _rare(self) -> sql.Composed:
        """Return a word that few rows have: three syllables, of 4,096."""
        one = sql.SQL("({}::text[])[1 + floor({} * {})::int]")
        count = len(SYLLABLES)
        return sql.SQL(" || ").join(one.format(SYLLABLES, count, self.random(f"syllable{i}")) for i in range(3))

    def _sentence(self) -> sql.Composed:
        words = sql.SQL(", ").join([*(self._word(f"w{i}") for i in range(4)), self._rare()])
        return sql.SQL("concat_ws(' ', {})").format(words)


Form = Callable[[Draw], sql.Composable]

DISTINCT: Mapping[str, tuple[str, ...]] = {  # no two rows alike
    "text": (
        "{sentence} || ' ' || {n}",
        "{rare} || '-' || {n}",
        "'user' || {n} || '@example.com'",
        "'https://example.com/' || {rare} || '/' || {n}",
        "'/' || {rare} || '/' || {n}",
        "'+43' || 100000000 + {n}",
        "upper(lpad(to_hex({n}), 6, '0'))",
        "lpad({n}::text, 8, '0')",
        "md5({n}::text)::uuid::text",
        "encode(sha256({n}::text::bytea), 'hex')",
        "to_hex({n})",
        "chr(97 + (({n} / 676) % 26)::int) || chr(97 + (({n} / 26) % 26)::int) || chr(97 + ({n} % 26)::int)",
        "upper(chr(97 + (({n} / 26) % 26)::int) || chr(97 + ({n} % 26)::int))",
    ),
    "number": ("{n}", "{n} / 100.0", "-{n}"),
    "oid": ("{n}",),
    "uuid": ("(lpad(to_hex({n}), 8, '0') || substr(md5({n}::text), 9))::uuid",),
    "bytea": ("sha256({n}::text::bytea)", "decode(md5({n}::text), 'hex')"),
    "time": ("{since} + ({until} - {since}) * ({n} % {total} / {total}::float8) + ({n} / {total}) * interval '1 ms'",),
    "date": ("'2026-01-01'::date + {n}::int", "'1900-01-01'::date + ({n} % 100000)::int"),
    "inet": ("'10.0.0.0'::inet + {n}",),
    "json": ("jsonb_build_object('number', {n})", "to_jsonb({n})"),
    "macaddr": ("('08:00:2b:' || regexp_replace(lpad(to_hex({n}), 6, '0'), '(..)(..)(..)', '\\1:\\2:\\3'))::macaddr",),
    "macaddr8": ("('08:00:2b:01:02:' || regexp_replace(lpad(to_hex({n}), 6, '0'), '(..)(..)(..)', '\\1:\\2:\\3'))",),
}
ORDINARY: Mapping[str, tuple[str, ...]] = {
    "text": (
        "{sentence}",
        "{word}",
        "upper(left(md5({n}::text), 3))",
        "'#' || left(md5({n}::text), 6)",
        "'#' || upper(left(md5({n}::text), 6))",
        "(array['en', 'de', 'fr', 'es', 'it'])[floor(power(6, {r}))::int]",
        "(array['en-GB', 'de-AT', 'fr-FR'])[floor(power(4, {r}))::int]",
        "(array['EUR', 'USD', 'GBP', 'CHF'])[floor(power(5, {r}))::int]",
        "(array['AT', 'DE', 'FR', 'US'])[floor(power(5, {r}))::int]",
        "(array['UTC', 'Europe/Vienna', 'America/New_York'])[floor(power(4, {r}))::int]",
        "(array['text/plain', 'image/png', 'application/pdf'])[floor(power(4, {r}))::int]",
        "'1.' || floor({r} * 10) || '.' || floor({s} * 100)",
        "'{{}}'",
        "repeat({sentence} || ' ', 8)",
    ),
    "number": (
        "floor(power(10000, {r}))",
        "floor(power(100, {r}))",
        "round((10 * {r} * {s})::numeric, 2)",
        "round({r}::numeric, 2)",
        "1",
        "0",
        "-floor(power(100, {r}))",
        "power(2, floor({r} * 10))",
    ),
    "boolean": ("{r} < 0.7", "true", "false"),
    "bytea": ("sha256({n}::text::bytea)", "decode(md5({n}::text), 'hex')", "decode(left(md5({n}::text), 8), 'hex')"),
    # later rows are later, as in a table that grew
    "time": (
        "{since} + ({until} - {since}) * (({n} % {total} + {r}) / ({total} + 1)) + {s} * interval '5 days'",
        "{since} + ({until} - {since}) * {r}",
    ),
    "date": ("'2026-01-01'::date + ({n} % {total} * 360 / {total} + {r} * 5)::int", "'1980-01-01'::date"),
    "clock": ("time '08:00' + {r} * interval '10 hours'",),
    "interval": ("floor(1 + {r} * 240) * interval '1 minute'", "floor(1 + {r} * 30) * interval '1 day'"),
    "json": (
        "jsonb_build_object('source', (array['web', 'app', 'mail', 'voice'])[floor(power(5, {r}))::int],"
        " 'score', floor(power(1000, {s})))",
        "jsonb_build_array({word}, {rare})",
        "to_jsonb({word})",
    ),
    "inet": ("'10.0.0.0'::inet + floor({r} * 16000000)::bigint",),
    "tsvector": ("to_tsvector('simple', {sentence})",),
    "tsquery": ("plainto_tsquery('simple', {word})",),
    "xml": ("xmlelement(name item, {word})",),
    "bit": ("floor({r} * 1000)::bigint::bit(64)", "b'1'"),
    "point": ("point({r} * 360 - 180, {s} * 180 - 90)",),
    "box": ("box(point({r}, {s}), point({r} + 1, {s} + 1))",),
    "circle": ("circle(point({r}, {s}), 1)",),
    "lseg": ("lseg(point({r}, {s}), point({r} + 1, {s} + 1))",),
    "path": ("path(polygon(box(point({r}, {s}), point({r} + 1, {s} + 1))))",),
    "polygon": ("polygon(box(point({r}, {s}), point({r} + 1, {s} + 1)))",),
    "line": ("line(point({r}, {s}), point({r} + 1, {s} + 1))",),
    "money": ("(1000 * {r})::numeric::money",),
    "jsonpath": ("'$'",),
    "hstore": ("'a=>1'",),
    "ltree": ("{word} || '.' || {rare}",),
}
FAMILIES: Mapping[str, str] = {
    **dict.fromkeys(("character varying", "character", "citext", "name", '"char"'), "text"),
    **dict.fromkeys(("smallint", "integer", "bigint", "real", "double precision", "numeric"), "number"),
    **dict.fromkeys(("timestamp with time zone", "timestamp without time zone"), "time"),
    **dict.fromkeys(("time with time zone", "time without time zone"), "clock"),
    **dict.fromkeys(("jsonb",), "json"),
    **dict.fromkeys(("cidr",), "inet"),
    "bit varying": "bit",
}


def forms(
    types: Mapping[str, Type], name: str, said: Iterable[str] = (), *, distinct: bool = False
) -> tuple[Form, ...]:
    """Return the forms of a type's values; what checks and partitions `said` comes first, where they name values."""
    found = types.get(MODIFIERS.sub("", name), Type(name=name, kind="base", parts=()))
    spelled = sql.SQL(found.name)  # as the server quoted it
    parts = [forms(types, part, said) for part in found.parts if found.kind != "enum"]
    match found.kind:
        case "domain":
            return forms(types, found.parts[0], said, distinct=distinct)
        case "enum":
            labels = sql.SQL("({}::{}[])").format(list(found.parts), spelled)
            return (lambda draw: _one_of(labels, len(found.parts), draw),)
        case "array":
            return (lambda draw: _array(parts[0][0], spelled, draw), lambda draw: _cast("'{{}}'", spelled, draw))
        case "composite":
            count = max((len(part) for part in parts), default=0)
            return tuple(_composite(spelled, [part[min(i, len(part) - 1)] for part in parts]) for i in range(count))
        case "range" if parts[0]:
            return (lambda draw: _range(found.parts[0], spelled, draw),)
        case "multirange" if parts[0]:
            return (lambda draw: sql.SQL("{}({})").format(spelled, parts[0][0](draw)),)
    return _base(found.name, tuple(said), distinct=distinct)


def _base(name: str, said: tuple[str, ...], *, distinct: bool) -> tuple[Form, ...]:
    bare = name.rpartition(".")[2]  # an extension's type is in a schema
    family = FAMILIES.get(bare, bare)
    texts: list[str] = [*(DISTINCT.get(family, ()) if distinct else ())]
    made = [_simple(text, _span(said)) for text in texts]
    if family == "number":
        numbers = sorted({float(text) for one in said for text in NUMBER.findall(one)})
        made += [_within(*pair, whole=bare in ("smallint", "integer", "bigint")) for pair in _intervals(numbers)]
        if numbers:
            made.append(lambda draw: _one_of(sql.SQL("{}::numeric[]").format(numbers), len(numbers), draw))
    strings = [text.replace("''", "'") for one in said for text in STRING.findall(one)]
    if strings and family in ("text", "hstore", "ltree", "date"):
        made.append(lambda draw: _one_of(sql.SQL("{}::text[]").format(strings), len(strings), draw))
    made += [_simple(text, _span(said)) for text in ORDINARY.get(family, DISTINCT.get(family, ()))]
    if strings and family == "json":  # a check may ask for a key
        made.append(lambda _: sql.SQL("jsonb_object({0}::text[], {0}::text[])").format(strings))
    return tuple(made)


def _simple(text: str, span: tuple[str, str]) -> Form:
    since, until = (sql.SQL("{}::timestamptz").format(sql.Literal(day)) for day in span)
    return lambda draw: draw.fill(text, since=since, until=until)


def _span(said: Iterable[str]) -> tuple[str, str]:
    """Return the first and the last day that checks and partitions name, else the year in which everything happens."""
    days = sorted(day for one in said for day in DAY.findall(one))
    return (days[0], days[-1]) if len(days) > 1 else YEAR


def _intervals(numbers: list[float]) -> list[tuple[float, float]]:
    """Return where a number may lie: between the bounds that are named, or on either side of a single one."""
    if not numbers:
        return []
    first, last = numbers[0], numbers[-1]
    between = [(first, last)] if last > first else []
    return [*between, (first, first + 100), (last + 1, last + 100), (last - 100, last - 1)]


def _within(low: float, high: float, *, whole: bool) -> Form:
    """Return numbers of an interval, small ones more often."""
    text = "floor({low} + ({high} - {low} + 1) * {r} * {s})" if whole else "{low} + ({high} - {low}) * {r} * {s}"
    return lambda draw: draw.fill(text, low=sql.Literal(low), high=sql.Literal(high))


def _one_of(values: sql.Composable, count: int, draw: Draw) -> sql.Composed:
    """Return one of the values of an array, the first ones more often."""
    return sql.SQL("({})[floor(power({}, {}))::int]").format(values, count + 1, draw.random("r"))


def _array(element: Form, type_: sql.Composable, draw: Draw) -> sql.Composed:
    elements = sql.SQL(", ").join(element(draw.inner(str(i))) for i in range(3))
    return sql.SQL("(array[{}]::{})[1:floor({} * 4)::int]").format(elements, type_, draw.random("length"))


def _composite(type_: sql.Composable, parts: list[Form]) -> Form:
    def form(draw: Draw) -> sql.Composed:
        values = sql.SQL(", ").join(part(draw.inner(str(i))) for i, part in enumerate(parts))
        return sql.SQL("row({})::{}").format(values, type_)

    return form


def _range(subtype: str, type_: sql.Composable, draw: Draw) -> sql.Composed:
    """Return a range that touches none of another row: from a place that the row's number names."""
    family = FAMILIES.get(subtype, subtype)
    low, high = {
        "time": (
            "'2026-01-01 00:00Z'::timestamptz + {n} * interval '1 hour'",
            "'2026-01-01 00:00Z'::timestamptz + {n} * interval '1 hour' + {r} * interval '1 hour'",
        ),
        "date": ("'2000-01-01'::date + (2 * {n})::int", "'2000-01-01'::date + (2 * {n} + 1)::int"),
    }.get(family, ("10 * {n}", "10 * {n} + floor(1 + 8 * {r})"))
    bounds = (sql.SQL("({})::{}").format(draw.fill(text), sql.SQL(subtype)) for text in (low, high))
    return sql.SQL("{}({})").format(type_, sql.SQL(", ").join(bounds))


def _cast(text: str, type_: sql.Composable, draw: Draw) -> sql.Composed:
    return sql.SQL("{}::{}").format(draw.fill(text), type_)


def hinted(text: str) -> Form:
    """Return the form that a project wrote."""
    return lambda draw: draw.fill(text)


def types(rows: Iterable[tuple[Any, ...]]) -> dict[str, Type]:
    """Return the types of the rows that the server gave, by name."""
    return {name: Type(name=name, kind=kind, parts=tuple(parts)) for name, kind, parts in rows}

"""Made-up values: for each type an expression in `n`, the number of the row, that is the same each time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tools.catalog import Catalog
from tools.kinds import Column

# Each with {n} for the number; {size} is the length or precision that is declared, or what fits everywhere
PLAIN: Mapping[str, str] = {
    "boolean": "{n} % 2 = 0",
    "smallint": "{n} % 32000",
    "integer": "{n}",
    "bigint": "{n}",
    "real": "{n} / 8.0",
    "double precision": "{n} / 8.0",
    "money": "({n})::numeric",
    "text": "'sample ' || {n}",
    "name": "'sample ' || {n}",
    "citext": "'sample ' || {n}",
    "bytea": "pg_catalog.decode(pg_catalog.md5(({n})::text), 'hex')",
    "uuid": "pg_catalog.md5('{seed} ' || {n})",
    "date": "date '2026-01-01' + ({n})::int",
    "timestamp without time zone": "timestamp '2026-01-01' + ({n}) * interval '1 hour'",
    "timestamp with time zone": "timestamptz '2026-01-01 00:00:00+00' + ({n}) * interval '1 hour'",
    "time without time zone": "time '00:00' + ({n}) * interval '1 minute'",
    "time with time zone": "timetz '00:00+00' + ({n}) * interval '1 minute'",
    "interval": "({n}) * interval '1 hour'",
    "json": "pg_catalog.json_build_object('n', {n})",
    "jsonb": "pg_catalog.jsonb_build_object('n', {n})",
    "jsonpath": "'$'",
    "xml": "'<n>' || {n} || '</n>'",
    "inet": "inet '10.0.0.0' + ({n})",
    "cidr": "(inet '10.0.0.0' + ({n}))::cidr",
    "macaddr": "macaddr '08:00:2b:01:02:03'",
    "macaddr8": "macaddr8 '08:00:2b:01:02:03:04:05'",
    "oid": "{n}",
    "pg_lsn": "'0/' || {n} % 1000",
    "point": "pg_catalog.point({n}, {n})",
    "line": "'{{1,1,' || {n} || '}}'",
    "lseg": "'[(0,0),(1,' || {n} || ')]'",
    "box": "pg_catalog.box(pg_catalog.point(0, 0), pg_catalog.point({n}, {n}))",
    "path": "'[(0,0),(1,' || {n} || ')]'",
    "polygon": "'((0,0),(1,0),(1,' || {n} || '))'",
    "circle": "pg_catalog.circle(pg_catalog.point(0, 0), {n})",
    "tsvector": "pg_catalog.to_tsvector('simple', 'sample ' || {n})",
    "tsquery": "pg_catalog.to_tsquery('simple', 'sample' || {n})",
    "hstore": "'n=>' || {n}",
    "ltree": "'sample.n' || {n}",
    "vector": "'[1' || pg_catalog.repeat(',1', {size} - 1) || ']'",
    '"char"': "'c'",
}
RANGES = {
    "int4range": "integer",
    "int8range": "bigint",
    "numrange": "numeric",
    "daterange": "date",
    "tsrange": "timestamp without time zone",
    "tstzrange": "timestamp with time zone",
}
WHOLE = frozenset({"smallint", "integer", "bigint", "oid"})
DECIMAL = frozenset({"numeric", "real", "double precision", "money"})
TEXTS = frozenset({"text", "character varying", "character", "name", "citext"})
# What the CHECKs of this world ask of a text: a slug, a code, a color, an address, a URL, a number, a time zone
FORMS = (
    "'sample-' || {n}",
    "'sample_' || {n}",
    "'sample' || pg_catalog.chr((97 + {n} % 26)::int)",
    "'Sample ' || {n}",
    "pg_catalog.md5(({n})::text)",
    "pg_catalog.repeat(pg_catalog.md5(({n})::text), 2)",
    "'#' || pg_catalog.left(pg_catalog.md5(({n})::text), 6)",
    "'sample' || {n} || '@example.org'",
    "'https://example.org/' || {n}",
    "'text/x-' || {n}",
    "'+4930' || 100000 + {n}",
    "pg_catalog.lpad(({n})::text, 10, '0')",
    "pg_catalog.chr((97 + {n} % 26)::int) || 'n'",
    "pg_catalog.chr((65 + {n} % 26)::int) || 'N'",
    "pg_catalog.chr((65 + {n} % 26)::int) || 'UR'",
    "'en-US'",
    "'Europe/Berlin'",
    "'A-' || {n}",
)
MOST_LITERALS = 24
LONGEST = 64  # of a made-up text; the CHECKs of longer ones take shorter ones, too


@dataclass(frozen=True, slots=True, kw_only=True)
class Types:
    """The types that the schema itself has made, by name."""

    labels: Mapping[str, Sequence[str]]
    bases: Mapping[str, str]
    constraints: Mapping[str, Sequence[str]]
    attributes: Mapping[str, Sequence[str]]
    subtypes: Mapping[str, str]
    required: frozenset[str]

    def base(self, type_: str) -> str:
        """Return the type below a domain, without more domains."""
        for _ in range(len(self.bases)):
            type_ = self.bases.get(type_, type_)
        return type_

    def rules(self, type_: str) -> list[str]:
        """Return what the constraints of a domain, and of those below it, say."""
        found: list[str] = []
        while type_ in self.bases:
            found += self.constraints[type_]
            type_ = self.bases[type_]
        return found

    def takes_null(self, type_: str) -> bool:
        """Tell whether a type, or a domain below it, has nothing against null."""
        while type_ in self.bases and type_ not in self.required:
            type_ = self.bases[type_]
        return type_ not in self.required


def types(catalog: Catalog) -> Types:
    """Return the types of a catalog."""
    return Types(
        labels={one.name: one.labels for one in catalog.enums},
        bases={one.name: one.type for one in catalog.domains},
        constraints={one.name: one.constraints for one in catalog.domains},
        attributes={one.name: one.attributes for one in catalog.composite_types},
        subtypes={one.name: one.subtype for one in catalog.range_types},
        required=frozenset(one.name for one in catalog.domains if not one.nullable),
    )


def value(known: Types, type_: str, literals: Iterable[str] | None, *, seed: int, unique: bool) -> str:
    """Return an expression of a type in the row number ``n``.

    `literals` are those of the rules that it must keep, or None where there are none: what they say is tried beside
    other values. A value of which each must be unique is never from a short list.
    """
    base = known.base(type_)
    made = _plain(known, base, "n", seed)
    choices = [made, *_choices(base, literals, seed)] if literals is not None else []
    if not choices or (unique and _word(base) not in TEXTS and not _is_short(known, base)):
        return made
    arms = " ".join(f"when {place} then {choice}" for place, choice in enumerate(choices))
    return f"case {pick(seed, len(choices))} {arms} end"


def mixed(seed: int) -> str:
    """Return a number that the row number decides, and that looks like chance."""
    return f"(pg_catalog.hashint8extended(n, {seed}) & 2147483647)"


def pick(seed: int, size: int) -> str:
    """Return one of the numbers from 0 up to `size`, decided by the row number."""
    return f"{mixed(seed)} % {size}"


def domain_conditions(known: Types, columns: Iterable[Column]) -> list[str]:
    """Return the constraints of the columns' domains, said of the columns."""
    found = []
    for column in columns:
        for rule in known.rules(column.type):
            _, _, text = rule.partition("CHECK ")
            text = re.sub(r" NOT VALID$", "", text)
            found += [f"({_about(text, column.label)}) is not false"] if text else []
    return found


def literal(text: str) -> str:
    """Return a text as a string constant.

    >>> literal("it's")
    "'it''s'"
    """
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def _about(rule: str, column: str) -> str:
    """Say of a column what a domain's rule says of VALUE; what stands between quotes is left alone."""
    parts = re.split(r"('(?:[^']|'')*')", rule)
    return "".join(part if part.startswith("'") else re.sub(r"\bVALUE\b", lambda _: column, part) for part in parts)


def _plain(known: Types, type_: str, n: str, seed: int) -> str:
    """Return an expression of a type in `n`, cast to the type; null where nothing is known of it."""
    type_ = known.base(type_)
    if type_.endswith("[]"):
        element = type_[:-2]
        return f"array[{_plain(known, element, n, seed)}, {_plain(known, element, f'({n} + 1)', seed)}]::{type_}"
    if labels := known.labels.get(type_):
        shown = ", ".join(map(literal, labels))
        return f"((array[{shown}])[1 + ({n} + {seed}) % {len(labels)}])::{type_}"
    if type_ in known.attributes:
        parts = (_plain(known, _split(attribute), n, seed) for attribute in known.attributes[type_])
        return f"row({', '.join(parts)})::{type_}"
    if subtype := known.subtypes.get(type_) or RANGES.get(type_):
        ends = (_plain(known, subtype, f"({n} * 2 + {end})", seed) for end in (0, 1))
        return f"{type_ if type_ in known.subtypes else f'pg_catalog.{type_}'}({', '.join(ends)})"
    return f"({_scalar(type_, n, seed)})::{type_}"


def _scalar(type_: str, n: str, seed: int) -> str:
    word, size = _word(type_), _size(type_)
    if word in ("character varying", "character"):
        if size and size[0] < len("sample 00000"):
            return f"pg_catalog.left(pg_catalog.md5(({n})::text), {size[0]})"
        return PLAIN["text"].format(n=n)
    if word == "numeric":
        whole = min(size[0] - (size[1] if len(size) > 1 else 0), 9) if size else 9
        return f"{n} % {10 ** max(whole, 0):d}"
    if word in ("bit", "bit varying"):
        return f"({n})::bit({size[0] if size else 1})"
    return PLAIN.get(word, "null").format(n=n, seed=seed, size=size[0] if size else 3)


def _choices(type_: str, literals: Iterable[str] | None, seed: int) -> list[str]:
    """Return what else a value may be, by the literals of the rules that it must keep."""
    found = list(dict.fromkeys(literals or ()))[:MOST_LITERALS]
    word = _word(type_)
    numbers = [int(one) for one in found if re.fullmatch(r"-?\d{1,9}", one)]
    if word in WHOLE or word in DECIMAL:
        near = dict.fromkeys(near for one in numbers for near in (one, one - 1, one + 1))
        span = [f"({mixed(seed)} % 100)::{type_}"] if _fits(99, type_) else []
        return [f"({one})::{type_}" for one in near if _fits(one, type_)] + span
    if word in TEXTS:
        lengths = dict.fromkeys(one for one in numbers if 0 < one <= LONGEST)
        some = [form.format(n="n") for form in FORMS]
        some += [f"pg_catalog.left(pg_catalog.repeat(pg_catalog.md5(n::text), 2), {one})" for one in lengths]
        some += [f"pg_catalog.lpad(n::text, {one}, '0')" for one in lengths]
        return [f"({one})::{type_}" for one in (*map(literal, found), *some)]
    if word == "bytea":
        return [
            f"pg_catalog.substring(pg_catalog.sha512(n::text::bytea), 1, {one})" for one in numbers if 0 < one <= 64
        ]
    if word in ("date", "timestamp without time zone", "timestamp with time zone"):
        return [f"({literal(one)})::{type_}" for one in found if re.match(r"\d{4}-\d\d-\d\d( |$)", one)]
    if word == "jsonb":
        return ["'[]'::jsonb", "'{}'::jsonb", "'[\"sample\"]'::jsonb"]
    return []


def _fits(number: int, type_: str) -> bool:
    size = _size(type_)
    if _word(type_) == "numeric" and size:
        return abs(number) < 10.0 ** (size[0] - (size[1] if len(size) > 1 else 0))
    return _word(type_) != "smallint" or abs(number) < 2**15


def _is_short(known: Types, base: str) -> bool:
    """Tell whether there are few values anyway."""
    return base in known.labels or base == "boolean"


def _word(type_: str) -> str:
    """Return a type's own name: without schema, and without what stands in parentheses.

    >>> _word("timestamp(3) with time zone"), _word("public.citext")
    ('timestamp with time zone', 'citext')
    """
    return re.sub(r"\([^)]*\)", "", type_).rpartition(".")[2]


def _size(type_: str) -> list[int]:
    found = re.search(r"\(([^)]*)\)", type_)
    return [int(one) for one in re.findall(r"\d+", found[1])] if found else []


def _split(attribute: str) -> str:
    """Return the type of an attribute as a composite type lists it."""
    name = re.match(r'"(?:[^"]|"")+"|\S+', attribute)
    return attribute[name.end() + 1 :] if name else attribute

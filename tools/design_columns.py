"""The design rules about columns: types, bounds, times, keys that the database makes, secrets and what comments say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools import names, remarks
from tools.blueprint import Blueprint, Breach, Convention, Sheet, of
from tools.findings import Risk, Rule
from tools.kinds import Column

WHEN = "timestamp with time zone"
CLOCKS = re.compile(
    r"(?:now\(\)|clock_timestamp\(\)|statement_timestamp\(\)|transaction_timestamp\(\)|CURRENT_TIMESTAMP)"
)
UUIDS = re.compile(r"(?:gen_random_uuid|uuidv7|uuid_generate_v\w+)\(")
LENGTH = re.compile(r"\b(?:length|char_length|character_length|octet_length)\(|= ANY \(|(?<![<>])= '")
# What keeps a text from being empty bounds nothing
NOT_EMPTY = re.compile(r"\b\w*length\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\) (?:>=?|<>) \d+")
# Types that PostgreSQL has and a new column should not have: why, and which instead
DISCOURAGED: dict[str, tuple[str, Risk, str, str]] = {
    "timestamp without time zone": (
        "timestamp-without-time-zone",
        "medium",
        "the same value is another instant for each session's time zone",
        "timestamptz",
    ),
    "time with time zone": ("time-with-time-zone", "low", "an offset without a date means nothing", "timestamptz"),
    "json": ("json-column", "low", "it has no equality and no GIN index, and keeps doubled keys", "jsonb"),
    "money": ("money-column", "medium", "what it says depends on the session's lc_monetary", "numeric(p, s)"),
    "character": (
        "char-column",
        "low",
        "it is padded with blanks, which compare and count in surprising ways",
        "varchar(n)",
    ),
}
TEXTS = ("text", "character varying")
SECRET = re.compile(
    r"(?:^|_)(?:passwords?|passwd|secrets?|tokens?|api_?keys?|private_?keys?|credentials?|otp|salt)(?:_|$)"
)
HIDEABLE = ("text", "character varying", "bytea", "character")
NULL_WORDS = re.compile(
    r"\b(?:null|none|nobody|nothing|without|optional|unless|until|unknown|absent|missing|if|when|not)\b"
)


def word(type_: str) -> str:
    """Return a type without its length.

    >>> word("character varying(20)"), word("timestamp(3) with time zone")
    ('character varying', 'timestamp with time zone')
    """
    return re.sub(r"\([^)]*\)", "", type_).removesuffix("[]")


def _discouraged(type_: str) -> Convention:
    id_, risk, reason, instead = DISCOURAGED[type_]

    def look(design: Blueprint) -> Iterator[Breach]:
        for column in _columns(design):
            if word(design.type(column)) == type_:
                yield of(column, f"{column.label} is a {design.type(column)}: {reason}")

    rule = Rule(id=id_, class_="design", risk=risk, reason=reason, instead=f"use {instead}")
    return Convention(rule=rule, look=look)


def _columns(design: Blueprint) -> Iterator[Column]:
    for sheet in design.sheets:
        yield from sheet.columns


def _serial(design: Blueprint) -> Iterator[Breach]:
    for column in _columns(design):
        if (column.default or "").startswith("nextval("):
            yield of(column, f"{column.label} takes its values from a sequence that is only loosely tied to it")


def _key(design: Blueprint) -> Iterator[Breach]:
    for sheet in design.sheets:
        alone = sheet.key.columns if sheet.key is not None and len(sheet.key.columns) == 1 else ()
        for label in alone:
            if label not in sheet.referring:
                yield from _made(sheet.labels[label])


def _made(column: Column) -> Iterator[Breach]:
    if word(column.type) in ("smallint", "integer", "bigint"):
        yield of(column, f"the key {column.label} is a number that counts: it tells strangers how many there are")
    elif column.type == "uuid" and not UUIDS.search(column.default or ""):
        yield of(column, f"the key {column.label} is a uuid that the database does not make")


def _created(design: Blueprint) -> Iterator[Breach]:
    for sheet in design.sheets:
        if not any(_is_clock(design, one) for one in sheet.columns if one.label != "updated_at"):
            yield of(
                sheet.table, "no column says when a row was made: a timestamptz, not null, with the clock for default"
            )


def _updated(design: Blueprint) -> Iterator[Breach]:
    for sheet in design.sheets:
        column = sheet.labels.get("updated_at")
        if column is None and not _is_only_a_key(design, sheet):
            yield of(sheet.table, "no column updated_at says when a row last changed")
        elif column is not None and not _is_clock(design, column):
            yield of(column, "updated_at is not a timestamptz, not null, with the clock for default")


def _is_clock(design: Blueprint, column: Column) -> bool:
    """Tell whether a column always has a time, and by itself."""
    known = word(design.type(column)) == WHEN and CLOCKS.search(design.default(column))
    return bool(known) and not design.is_nullable(column)


def _is_only_a_key(design: Blueprint, sheet: Sheet) -> bool:
    """Tell whether a row is there or not, and has nothing that could change: a junction without data."""
    key = sheet.key.columns if sheet.key is not None else ()
    return all(label in key or CLOCKS.search(design.default(column)) for label, column in sheet.labels.items())


def _unbounded(design: Blueprint) -> Iterator[Breach]:
    for sheet in design.sheets:
        for column in sheet.columns:
            domain = design.domains.get(column.type)
            checks = (*sheet.checks(column), *(domain.constraints if domain else ()))
            rules = [NOT_EMPTY.sub("", check) for check in checks]
            if design.type(column) in TEXTS and not _is_bounded(sheet, column, rules):
                yield of(column, f"{column.label} takes a text of any length, up to a gigabyte")


def _is_bounded(sheet: Sheet, column: Column, rules: list[str]) -> bool:
    return bool(column.generated or column.label in sheet.referring or any(map(LENGTH.search, rules)))


def _secret(design: Blueprint) -> Iterator[Breach]:
    for column in _columns(design):
        hidden = remarks.read(design.comments.get(column.key)).has("private")
        if SECRET.search(names.words(column.label)) and word(column.type) in HIDEABLE and not hidden:
            yield of(column, f"{column.label} sounds like a secret, and the models show it in their responses")


def _commented(design: Blueprint) -> Iterator[Breach]:
    for column in _columns(design):
        if not design.comments.get(column.key, "").strip():
            yield of(column, "no comment says what it holds")


def _nullable(design: Blueprint) -> Iterator[Breach]:
    for column in _columns(design):
        text = design.comments.get(column.key, "").lower()
        if column.nullable and not column.generated and text.strip() and not NULL_WORDS.search(text):
            yield of(column, "it may be null, and its comment does not say what that means")


def _rule(id_: str, risk: Risk, reason: str, instead: str) -> Rule:
    return Rule(id=id_, class_="design", risk=risk, reason=reason, instead=instead)


CONVENTIONS = (
    *map(_discouraged, DISCOURAGED),
    Convention(
        rule=_rule(
            "serial-column",
            "low",
            "a serial's sequence has rights and an owner of its own, and a value can be written past it",
            "use generated always as identity",
        ),
        look=_serial,
    ),
    Convention(
        rule=_rule(
            "uuid-key",
            "low",
            "a key that the database makes as a uuid can be made anywhere, merged, and says nothing of other rows",
            "id uuid not null default gen_random_uuid() primary key; a natural key of another type is none of this",
        ),
        look=_key,
    ),
    Convention(
        rule=_rule(
            "created-at",
            "low",
            "when a row was made cannot be found out later",
            "created_at timestamptz not null default now()",
        ),
        look=_created,
    ),
    Convention(
        rule=_rule(
            "updated-at",
            "low",
            "when a row last changed cannot be found out later; caches and incremental copies ask for it",
            "updated_at timestamptz not null default now(), kept by a trigger before update",
        ),
        look=_updated,
    ),
    Convention(
        rule=_rule(
            "unbounded-text",
            "low",
            "what nobody bounds, somebody fills: one row can hold a gigabyte",
            "varchar(n), or a check (char_length(x) <= n)",
        ),
        look=_unbounded,
    ),
    Convention(
        rule=_rule(
            "secret-not-private",
            "high",
            "what a response model shows, a client sees",
            "write @private into the comment of the column: comment on column t.token is 'Its hash. @private'",
        ),
        look=_secret,
    ),
    Convention(
        rule=_rule(
            "column-without-comment",
            "low",
            "the comment is the documentation of the column: in psql, in the documents and in the models",
            "comment on column t.c is 'What it holds.'",
        ),
        look=_commented,
    ),
    Convention(
        rule=_rule(
            "null-unexplained",
            "low",
            "a null without a meaning means something else to each reader",
            "say in the comment what null means, or set not null",
        ),
        look=_nullable,
    ),
)

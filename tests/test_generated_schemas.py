"""Models of schemas that nobody would write: random names, types, keys, checks and indexes, all proved."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from forgotten import forget
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from proving import formatted, prove
from psycopg import sql

from tools import database, scratch

TYPES = {  # with a default, and an expression of a column of that type
    "smallint": ("1", "{} + 1"), "integer": ("'-1'::integer", "{} % 2"), "bigint": ("2^40", "abs({})"),
    "numeric(5,2)": ("1.25", "round({})"), "real": ("1.5", "{} * 2"), "double precision": ("'NaN'", "-{}"),
    "text": ("'a:b %s'", "lower({})"), "varchar(7)": ("'it''s'", "left({}, 2)"), "char(3)": ("'abc'", "{} || 'x'"),
    "boolean": ("true", "not {}"), "date": ("current_date", "{} + 1"),
    "timestamptz": ("now()", "{} at time zone 'UTC'"),
    "timestamp(2)": ("now()", "{}::date"), "time": ("'10:30'", "{} + '1 hour'"), "interval": ("'1 day'", "{} * 2"),
    "uuid": ("gen_random_uuid()", "{}::text"), "bytea": ("'\\x00'", "length({})"),
    "jsonb": ("'{\"a\":1}'", "{} -> 'a:b'"),
    "text[]": ("'{}'", "cardinality({})"), "int4range": ("'[1,5)'", "lower({})"), "inet": ("'::1'", "host({})"),
    "varchar(4)[]": ("array['a']::varchar[]", "array_length({}, 1)"), "bit(3)": ("b'101'", "~ {}"),
}  # fmt: skip
LAST = 0x24F  # beyond, what Python and ruff call wide depends on their version of Unicode; the zoo has some
NAMES = st.one_of(
    st.sampled_from(
        ["id", "date", "list", "metadata", "class", "text", "uuid", "Order", "camelCase", "a b", "a_b", "1"]
    ),
    st.text(st.characters(max_codepoint=LAST, exclude_categories=["Cc", "Cf"]), min_size=1, max_size=12),
)


@st.composite
def tables(draw: st.DrawFn) -> list[sql.Composed]:
    """Draw the statements that make a few tables, which may refer to those before and to themselves."""
    named = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    made: list[sql.Composed] = []
    keys: list[tuple[str, str, str]] = []
    for table in named:
        columns = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
        types = {column: draw(st.sampled_from(sorted(TYPES))) for column in columns}
        parts = [_column(draw, column, types[column]) for column in columns]
        key = draw(st.sampled_from([None, *columns]))
        if key:
            parts.append(sql.SQL("primary key ({})").format(sql.Identifier(key)))
            keys.append((table, key, types[key]))
        for other, target, type_ in draw(st.lists(st.sampled_from(keys), max_size=2)) if keys else ():
            name = f"{target}_{len(parts)}"
            parts.append(
                sql.SQL("{} {} references {} ({}) on delete {}").format(
                    sql.Identifier(name), sql.SQL(type_), sql.Identifier(other), sql.Identifier(target),
                    sql.SQL(draw(st.sampled_from(["cascade", "set null", "no action", "restrict"]))),
                )
            )  # fmt: skip
        made.append(sql.SQL("create table {} ({})").format(sql.Identifier(table), sql.SQL(", ").join(parts)))
        made += [_index(draw, table, column, types[column]) for column in draw(st.sets(st.sampled_from(columns)))]
        text = draw(
            st.one_of(st.none(), st.text(st.characters(max_codepoint=LAST, exclude_characters="\0"), min_size=1))
        )
        made.append(sql.SQL("comment on table {} is {}").format(sql.Identifier(table), sql.Literal(text)))
    return made


def _column(draw: st.DrawFn, name: str, type_: str) -> sql.Composed:
    default, expression = TYPES[type_]
    words = [sql.Identifier(name), sql.SQL(type_)]
    words += [sql.SQL("not null")] if draw(st.booleans()) else []
    words += (
        [sql.SQL(f"default {default}".replace("{", "{{").replace("}", "}}")).format()] if draw(st.booleans()) else []
    )
    if draw(st.booleans()):
        words.append(sql.SQL(f"check ({expression} is not null)").format(sql.Identifier(name)))
    return sql.SQL(" ").join(words)


def _index(draw: st.DrawFn, table: str, column: str, type_: str) -> sql.Composed:
    expression = TYPES[type_][1]
    key = draw(st.sampled_from(["{}", "{} desc nulls last", f"({expression})"]))
    if "time zone" in key or type_ in ("timestamptz", "time", "uuid", "inet", "interval"):
        key = "{}"  # what is not immutable stands in no index
    where = draw(st.sampled_from(["", " where {} is not null"]))
    unique = draw(st.sampled_from(["", "unique "]))
    return sql.SQL(f"create {unique}index on {{}} ({key}){where}").format(
        *(sql.Identifier(name) for name in (table, column, *([column] if where else [])))
    )


@pytest.mark.slow
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(statements=tables())
def test_no_schema_loses_anything(statements: list[sql.Composed], cluster: scratch.Cluster) -> None:
    url = cluster.create()
    try:
        with database.connect(url, application="tests") as connection:
            for statement in statements:
                connection.execute(statement)
        with tempfile.TemporaryDirectory() as folder:
            proof = prove(url, cluster, Path(folder))
            assert proof.differences == []
            assert formatted(Path(folder) / "generated") == ""
    finally:
        forget({"generated"})
        cluster.drop(url)

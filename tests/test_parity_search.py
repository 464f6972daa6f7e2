"""What was proved on a boundary corpus holds for what Hypothesis finds, too; ``HYPOTHESIS=nightly`` looks longer."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from proving import read

from tools import database, package, proof, scratch
from tools.predicate import Kind
from tools.translation import Rule

HERE = Path(__file__).parent
EXAMPLES = {"nightly": 5_000}.get(os.environ.get("HYPOTHESIS", ""), 150)
ROWS = 30  # of an example: a question to the server is dear, a row is not
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
STRATEGIES: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(-(2**33), 2**33) | st.integers(-20, 120),
    "numeric": st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.decimals(-100, 100, places=2),
    "float": st.floats(),
    "text": st.text(max_size=12) | st.text("abAB09-_./@# %\\\n", max_size=8),
    "char": st.text("ab US E", max_size=5),
    "bytes": st.binary(max_size=6),
    "boolean": st.booleans(),
    "date": st.dates(),
    "moment": st.datetimes(timezones=st.just(dt.UTC)),
    "timestamp": st.datetimes(),
    "time": st.times(),
    "interval": st.timedeltas(dt.timedelta(days=-3), dt.timedelta(days=3)),
    "json": st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The rules of the zoo, and who judges them."""

    rules: tuple[Rule, ...]
    court: proof.Court
    connection: database.Connection


@pytest.fixture(scope="module")
def search(cluster: scratch.Cluster) -> Iterator[Search]:
    url = cluster.create()
    with database.connect(url, application="tests") as connection:
        connection.execute((HERE / "zoo" / "parity.sql").read_bytes())
        court = proof.Court(
            clone=cluster.create, rules=(HERE.parent / "models" / "rules.py").read_text(encoding="utf-8")
        )
        proved: list[Rule] = []

        def prove(found: Any) -> frozenset[Rule]:
            held = court.prove(found)
            proved.extend(sorted(held, key=repr))
            return held

        package.build(read(url), external=frozenset(), exports={}, prove=prove)
        connection.execute(proof.VERDICTS)
        yield Search(rules=tuple(proved), court=court, connection=connection)


def rows(rule: Rule) -> st.SearchStrategy[list[tuple[object, ...]]]:
    """Return a strategy for rows of the columns that a rule is about, near its constants and far from them."""
    each = st.tuples(*(_values(kind, proof.constants(rule)) for _, kind in rule.columns))
    return st.lists(each, min_size=1, max_size=ROWS)


def _values(kind: Kind, constants: list[object]) -> st.SearchStrategy[object]:
    if kind.family == "array":
        found = st.lists(st.none() | _values(Kind(family=kind.element, sql=""), constants), max_size=4)
        return st.none() | found
    plain = st.sampled_from(kind.labels) if kind.labels else STRATEGIES[kind.family]
    texts = [one for one in constants if isinstance(one, str)]
    if kind.family != "text" or not texts:
        return st.none() | plain
    patterns = [st.from_regex(one.removeprefix("^").removesuffix("$"), fullmatch=True) for one in texts if "[" in one]
    return st.one_of(st.none(), plain, st.sampled_from(texts), *patterns)


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES < 1000, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_was_proved_holds(data: st.DataObject, search: Search) -> None:
    rule = data.draw(st.sampled_from(search.rules))
    claim = search.court.claim(rule, data.draw(rows(rule)))
    if claim.rows:
        (answers,) = proof.ask(search.connection, [claim])
        differ = [row for row, said, done in zip(claim.rows, claim.said, answers, strict=True) if said != done]
        assert differ == [], rule.sql

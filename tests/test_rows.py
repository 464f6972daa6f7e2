"""Rows as objects: equal without being made, and what is made of them is what they say."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from tools import catalog, database, rows, scratch
from tools.kinds import Enum, Index, Object
from tools.rows import Objects

ROWS: list[rows.Row] = [
    ("app.size", ["schema app"], "(owner)", ["s", "m"]),
    ("app.color", ["schema app"], "(owner)", ["red"]),
]
COLOR = Enum(name="app.color", parents=("schema app",), owner="(owner)", labels=("red",))
SIZE = Enum(name="app.size", parents=("schema app",), owner="(owner)", labels=("s", "m"))


def test_they_are_a_sorted_sequence() -> None:
    found = rows.load(Enum, ROWS)
    assert list(found) == [COLOR, SIZE]
    assert (found[0], found[-1], found[:1], len(found)) == (COLOR, SIZE, (COLOR,), 2)
    assert found == (COLOR, SIZE)
    assert found != (SIZE, COLOR)
    assert rows.load(Enum, []) == ()
    assert repr(found) == repr((COLOR, SIZE))


def test_an_object_of_a_row_is_like_any_other() -> None:
    (color, _) = rows.load(Enum, ROWS)
    assert color == COLOR
    assert hash(color) == hash(COLOR)
    assert replace(color, owner="somebody").labels == ("red",)
    with pytest.raises(AttributeError):
        color.owner = "somebody"  # type: ignore[misc] # that is the test


def test_equal_rows_are_compared_without_an_object(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("an object was made")

    monkeypatch.setattr(rows, "_make", refuse)
    assert rows.load(Enum, ROWS) == rows.load(Enum, ROWS[::-1])
    with pytest.raises(AssertionError, match="an object was made"):
        assert rows.load(Enum, ROWS) != rows.load(Enum, ROWS[:1])


def test_what_is_not_compared_makes_no_difference() -> None:
    elsewhere = [(name, [*parents, "table app.t"], *facts) for name, parents, *facts in ROWS]
    assert rows.load(Enum, elsewhere) == rows.load(Enum, ROWS)
    others = [(*facts, ["blue"]) for *facts, _ in ROWS]
    assert rows.load(Enum, others) != rows.load(Enum, ROWS)


def test_what_is_printed_in_two_ways_is_one() -> None:
    def index(key: str, predicate: str | None) -> Objects[Index]:
        values = {"name": "app.i", "keys": [key], "predicate": predicate}
        return rows.load(Index, [tuple(values.get(f.name, f.default) for f in fields(Index))])

    one = "((ARRAY['a'::character varying])::text[])"
    other = "(ARRAY[('a'::character varying)::text])"
    assert index(one, None) == index(other, None)
    assert index("x", one) == index("x", other)
    assert index("x", one) != index("y", one)


def test_objects_become_the_rows_they_were_made_of(cluster: scratch.Cluster) -> None:
    url = cluster.create()
    with database.connect(url, application="tests") as connection:
        connection.execute((Path(__file__).parent / "data" / "base.sql").read_bytes())
        found = catalog.read(connection)
    cluster.drop(url)
    for member, kind in catalog.members().items():
        made: tuple[Object, ...] = tuple(getattr(found, member))
        assert made
        again: Objects[Object] = Objects(kind, rows.rows(made))
        assert again == made
        assert [item.parents for item in again] == [item.parents for item in made]

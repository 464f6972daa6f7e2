"""What is made of CHECKs holds for every row that the database judges, and what does not hold is not used."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from forgotten import forget
from proving import prove
from psycopg import sql
from pydantic import ValidationError

from tools import generation, layout, proof, representation, scratch, terms, translation
from tools.errors import Trouble
from tools.predicate import Kind

Make = Callable[[str], str]
RULES = Path(__file__).resolve().parent.parent / "models" / "rules.py"


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    forget({"generated"})


@pytest.fixture
def court(cluster: scratch.Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> proof.Court:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return proof.Court(clone=cluster.create, rules=RULES.read_text(encoding="utf-8"))


# -- what is read -----------------------------------------------------------------------------------------------------

INTEGER, TEXT = Kind(family="integer", sql="integer"), Kind(family="text", sql="text")


@pytest.mark.parametrize(
    "expression",
    [
        "public.f(a) > 0", "a > (random() * 3)", "lower(b) = b", "b > 'm'::text", "b ~* '^a$'::text",
        "b ~ '^\\d+$'::text", "b ~ '^a|b$'::text", "b ~ '^(?i)a$'::text", "(b)::integer > 3", "a > b", "(a).x > 3",
        "b ~~* 'a%'::text", "a = ANY (ARRAY[1, NULL::integer])", "c > 0",
        "date_part('year'::text, now()) > 2000", "a >",
        "b ~ (b || 'x'::text)",
    ],
)  # fmt: skip
def test_what_cannot_be_said_exactly_is_left_to_the_database(expression: str) -> None:
    found = translation.reading(expression, {"a": INTEGER, "b": TEXT})
    assert (found.rules, found.left) == ((), True)


def test_each_part_of_a_conjunction_stands_alone() -> None:
    found = translation.reading("((a > 0) AND (lower(b) = b) AND (length(b) <= 5))", {"a": INTEGER, "b": TEXT})
    assert [(one.column, one.limits) for one in found.rules] == [("a", (("gt", "0"),)), ("b", (("max_length", "5"),))]
    assert found.left


def test_a_conjunction_inside_a_case_is_none() -> None:
    whole = "CASE WHEN (a > 0) AND (b IS NULL) THEN (a < 5) AND (a <> 3) ELSE true END"
    assert terms.conjunction(whole) == (whole,)


# -- what is proved ---------------------------------------------------------------------------------------------------


def test_a_rule_that_is_wrong_does_not_hold(court: proof.Court) -> None:
    kinds = {"a": INTEGER, "b": TEXT}
    right = translation.reading("(a > 3) AND (b ~~ 'a_%'::text) AND ((a % 2) = 1)", kinds).rules
    wrong = [
        translation.Rule(sql="a > 3", columns=(("a", INTEGER),), limits=(("ge", "3"),)),
        translation.Rule(sql="(a % 2) = 1", columns=(("a", INTEGER),), validators=_holds("value % 2 == 1")),
        translation.Rule(sql="b ~~ 'a_%'::text", columns=(("b", TEXT),), validators=_holds("value[:1] == 'a'")),
        translation.Rule(sql="a > 3", columns=(("a", INTEGER),), validators=_holds("value / 0 > 3")),
        translation.Rule(sql="a > 3", columns=(("a", INTEGER),), validators=_holds("rules.nothing(value)")),
        translation.Rule(sql="(a + 1) > 3", columns=(("a", INTEGER),), validators=_holds("value + 1 > 3")),  # 22003
    ]
    assert court.prove([*right, *wrong]) == frozenset(right)


def _holds(condition: str) -> tuple[Any, ...]:
    node = layout.joined(f"lambda value: {condition}")
    return (representation.after(layout.call(representation.rule("holds"), node, '"so"')),)


def test_a_proof_is_kept_until_a_rule_or_the_rules_change(court: proof.Court) -> None:
    rules = translation.reading("(a > 3) AND (b ~~ 'a_%'::text)", {"a": INTEGER, "b": TEXT}).rules
    assert len(court.prove(rules)) == 2

    def none() -> str:
        raise AssertionError("asks again")

    assert len(proof.Court(clone=none, rules=court.rules).prove(rules)) == 2
    with pytest.raises(AssertionError, match="asks again"):
        proof.Court(clone=none, rules=court.rules).prove(rules[:1])
    broken = court.rules.replace('signs = {"%": ".*", "_": "."}', 'signs = {"%": ".+", "_": "."}')
    assert broken != court.rules
    assert proof.Court(clone=court.clone, rules=broken).prove(rules) == frozenset(rules[:1])


def test_an_older_rules_module_leaves_more_to_the_database(
    cluster: scratch.Cluster, make_database: Make, tmp_path: Path
) -> None:
    url = make_database("create table a (id integer primary key, b text check (b like 'a%'))")
    folder = tmp_path / "generated"
    folder.mkdir()
    old = RULES.read_text(encoding="utf-8").replace("def like(", "def unlike(")
    (folder / "rules.py").write_text(old, encoding="utf-8")
    proved = prove(url, cluster, tmp_path)
    assert "Left to the database: a_b_check." in proved.files["a.py"]
    assert "rules.like" not in proved.files["a.py"]


def test_a_rule_that_an_older_module_lacks_is_named(
    cluster: scratch.Cluster, make_database: Make, tmp_path: Path
) -> None:
    url = make_database("create table a (id integer primary key, b char(3))")
    (tmp_path / "generated").mkdir()
    old = RULES.read_text(encoding="utf-8").replace("def padded(", "def filled(")
    (tmp_path / "generated" / "rules.py").write_text(old, encoding="utf-8")
    with pytest.raises(Trouble, match="has no padded: remove it"):
        prove(url, cluster, tmp_path)


# -- conditions of several columns ------------------------------------------------------------------------------------

BOOKINGS = """
create type stage as enum ('draft', 'sent', 'paid');
create table bookings (
    id integer generated always as identity primary key,
    starts_on date not null, ends_on date, cost integer not null default 1, most integer, note text,
    stage stage not null default 'draft',
    constraint bookings_days_check check (ends_on >= starts_on),
    constraint bookings_cost_check check (cost between 0 and coalesce(most, 100) or note is not null),
    constraint bookings_stage_check check ((stage = 'paid') = (most is not null)),
    constraint bookings_some_check check (num_nonnulls(ends_on, most, note) >= 1),
    constraint bookings_week_check check (ends_on - starts_on <= 7),
    constraint bookings_written_check check (note is distinct from lower(note) or cost > 1)
)
"""
# of each column what is absent, null, and on both sides of what the CHECKs say
CHOICES: dict[str, list[Any]] = {
    "starts_on": ["2026-01-02"],
    "ends_on": ["2026-01-01", "2026-01-02", "2026-01-09", "2026-01-10", None],
    "cost": ["absent", -1, 0, 2, 101],
    "most": [None, 1, 2],
    "note": [None, "", "A"],
    "stage": ["absent", "draft", "paid"],
}


def test_conditions_of_several_columns_hold_for_every_row(
    cluster: scratch.Cluster, make_database: Make, tmp_path: Path
) -> None:
    url = make_database(BOOKINGS)
    package: Any = prove(url, cluster, tmp_path).package
    refused = accepted = 0
    with psycopg.connect(url, autocommit=True) as connection:
        for values in itertools.product(*CHOICES.values()):
            row = {key: value for key, value in zip(CHOICES, values, strict=True) if value != "absent"}
            said, done = _said(package.BookingCreate, row), _done(connection, "bookings", row)
            if "cost" in row and "stage" in row:
                # only the collation is left to the database
                assert said == done or (said and done == "bookings_written_check"), row
            assert said or not done, row  # what the model refuses, the database does
            refused, accepted = refused + (not said), accepted + said
    assert min(refused, accepted) > 20


def _said(schema: type[Any], row: dict[str, Any]) -> bool:
    try:
        schema.model_validate(row)
    except ValidationError:
        return False
    return True


def _done(connection: psycopg.Connection[Any], table: str, row: dict[str, Any]) -> bool | str:
    """Insert a row, undo it, and return whether that went, or which check alone refused it."""
    columns = sql.SQL(", ").join(map(sql.Identifier, row))
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(table), columns, sql.SQL(", ").join(sql.Placeholder() * len(row))
    )
    with connection.transaction(force_rollback=True):
        try:
            connection.execute(statement, list(row.values()))
        except psycopg.errors.CheckViolation as error:
            return error.diag.constraint_name == "bookings_written_check" and "bookings_written_check"
    return True


def test_an_update_is_judged_by_what_it_says(cluster: scratch.Cluster, make_database: Make, tmp_path: Path) -> None:
    package: Any = prove(make_database(BOOKINGS), cluster, tmp_path).package
    package.BookingUpdate(ends_on="2026-01-01")  # the row's other columns are not known here
    with pytest.raises(ValidationError, match="ends_on >= starts_on"):
        package.BookingUpdate(ends_on="2026-01-01", starts_on="2026-01-02")
    with pytest.raises(ValidationError, match="must be so that"):
        package.BookingCreate(starts_on="2026-01-01", cost=Decimal(5), most=3)


def test_what_a_trigger_writes_is_the_triggers_business(
    cluster: scratch.Cluster, make_database: Make, tmp_path: Path
) -> None:
    url = make_database(
        "create table a (id integer primary key, low integer, high integer, constraint a_check check (low < high));"
        "create function f() returns trigger language plpgsql as 'begin new.high := new.low + 1; return new; end';"
        "create trigger t before insert or update on a for each row execute function f()"
    )
    package: Any = prove(url, cluster, tmp_path).package
    assert package.ACreate(id=1, low=5, high=3).low == 5
    assert "Left to the database: a_check." in package.ACreate.__doc__


def test_without_a_server_what_was_proved_before_is_enough(
    cluster: scratch.Cluster, make_database: Make, tmp_path: Path
) -> None:
    from proving import read

    catalog = read(make_database("create table a (id integer primary key, b integer check (b > 41))"))

    def none() -> str:
        raise AssertionError("no server is needed")

    first = generation.generate(catalog, tmp_path, external=frozenset(), clone=cluster.create)
    assert generation.generate(catalog, tmp_path, external=frozenset(), clone=none) == first
    assert "gt=41" in first["a.py"]

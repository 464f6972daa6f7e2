"""Large data: within every constraint, skewed, the same each time, whole or not at all."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from psycopg import sql
from sample import SQL
from tiny import A, call, rows, value, write_history

from tools import config, database, forms, samples, scratch, seeding, sowing
from tools.config import Project
from tools.errors import Trouble
from tools.seeding import Hints
from tools.sower import Filled

HARD = Path(__file__).parent / "data" / "seeding.sql"


def fill(url: str, hints: Hints | None = None, scale: float = 0.02) -> dict[str, Filled]:
    """Fill a database, and return what each table was given."""
    with database.connect(url, application="tests") as connection:
        return {one.table: one for one in sowing.fill(connection, hints or Hints(), scale=scale)}


def sums(url: str, tables: Iterable[str]) -> dict[str, object]:
    """Return a number for each table that its rows make up, in whatever order they are."""
    question = sql.SQL("select sum(hashtextextended(t::text, 0)) from {} as t")
    with database.connect(url, application="tests") as connection:
        return {
            name: connection.execute(question.format(sql.Identifier(*name.split(".")))).fetchone() for name in tables
        }


@pytest.fixture
def shop(make_database: Callable[[str], str]) -> str:
    """The URL of a database whose tables are hard to fill, filled."""
    url = make_database(HARD.read_text())
    fill(url)
    return url


def test_hard_tables_are_filled_the_same_each_time(shop: str, make_database: Callable[[str], str]) -> None:
    again = make_database(HARD.read_text())
    done = fill(again)
    assert {name: one.rows for name, one in done.items() if one.rows < one.wanted} == {"shop.profiles": 20}
    assert min(one.rows for one in done.values()) > 0
    assert sums(shop, done) == sums(again, done)
    assert len(set(sums(shop, done).values())) == len(done) == 14


def test_keys_that_share_a_column_are_those_of_one_row(shop: str) -> None:
    assert value(shop, "select count(distinct tenant_id) from shop.sales") > 5
    assert value(shop, "select count(*) from shop.people where manager_id is not null") > 50
    assert value(shop, "select count(*) from shop.circles where next <> id") > 10
    parents = "select count(*) filter (where sale_id is null), count(*) filter (where item_id is null) from shop.notes"
    [(without_sale, without_item)] = rows(shop, parents)
    assert 200 < without_sale < 1800
    assert 200 < without_item < 1800


def test_a_few_own_the_most(shop: str) -> None:
    counts = [count for (count,) in rows(shop, "select count(*) from shop.items group by tenant_id order by 1 desc")]
    assert counts[0] > 4 * counts[len(counts) // 2]


def test_triggers_and_forced_policies_are_as_they_were(shop: str) -> None:
    triggers = rows(shop, "select tgname, tgenabled::text from pg_trigger where not tgisinternal order by 1")
    assert triggers == [("Refuse", "O"), ("never", "D")]
    assert value(shop, "select relforcerowsecurity from pg_class where oid = 'shop.items'::regclass") is True


def test_a_check_that_nothing_meets_is_named_and_nothing_is_left(make_database: Callable[[str], str]) -> None:
    url = make_database("""
        create table a (id integer primary key);
        create table z (id integer primary key, a integer references a,
            code text not null constraint z_code check (code ~ '^Q-[0-9]{3}!$'))
    """)
    with pytest.raises(Trouble, match=r"public\.z\.code that z_code lets in: .* \[values\]") as refused:
        fill(url)
    assert "sql/seed/large.toml" in str(refused.value)
    assert value(url, "select count(*) from a") == 0
    done = fill(url, Hints(values={"public.z.code": "'Q-' || 100 + {n} % 900 || '!'"}))
    assert done["public.z"].rows == 200


def test_rows_that_no_check_lets_in_are_named(make_database: Callable[[str], str]) -> None:
    url = make_database(
        "create table a (x integer not null, y integer not null, constraint odd check (x = y and x > y))"
    )
    with pytest.raises(Trouble, match=r"no row for public\.a was found that odd let in"):
        fill(url)


def test_the_way_out_is_toml_whatever_the_name(make_database: Callable[[str], str]) -> None:
    url = make_database('create table "Odd ""one" (x integer not null, constraint odd check (x > x))')
    with pytest.raises(Trouble) as refused:
        fill(url)
    key = re.search(r", or (.+) = 0 in \[rows\]", str(refused.value))
    assert key is not None
    assert tomllib.loads(f"{key[1]} = 0") == {'public."Odd ""one"': 0}


def test_a_table_that_has_rows_is_left_as_it_is(make_database: Callable[[str], str]) -> None:
    url = make_database(
        "create table a (id integer primary key); insert into a values (7);"
        "create table b (id integer primary key, a integer not null references a)"
    )
    done = fill(url)
    assert (done["public.a"].kept, done["public.b"].rows) == (True, 200)
    assert rows(url, "select distinct a from b") == [(7,)]


def test_hints_say_how_many_which_and_how_often_none(make_database: Callable[[str], str]) -> None:
    url = make_database('create table "a" ("Id" integer primary key, word text, day date, also boolean, same boolean)')
    same = "{x} < 0.5"
    hints = Hints(
        rows={"public.a": 5_000},
        values={"public.a.word": "'w' || floor(3 * {r})", "public.a.also": same, "public.a.same": same},
        nulls={"public.a.word": 0, "public.a.day": 0.9, "public.a.also": 0, "public.a.same": 0, "public.a.Id": 0},
    )
    fill(url, hints, scale=1.0)
    assert rows(url, "select count(*), count(distinct word), count(word) from a") == [(5_000, 3, 5_000)]
    assert 300 < value(url, "select count(day) from a") < 700
    assert value(url, "select count(*) from a where also = same") == 5_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rows", r"sql/seed/large.toml is not valid TOML"),
        ("[row]\na = 1", r"sql/seed/large.toml: unknown section 'row': it takes \[rows\], \[values\] and \[nulls\]"),
        ('[rows]\n"public.a" = "many"', r"'public.a' in \[rows\] does not take 'many'"),
        ('[values]\n"public.a.id" = 1', r"'public.a.id' in \[values\] does not take 1"),
    ],
)
def test_hints_that_cannot_be_read_say_where(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "sql/seed").mkdir(parents=True)
    (tmp_path / "sql/seed/large.toml").write_text(text)
    with pytest.raises(Trouble, match=said):
        seeding.read_hints(config.load(tmp_path))


def test_a_form_with_an_unknown_name_says_what_it_takes() -> None:
    with pytest.raises(Trouble, match=r"cannot read '\{z\}': it takes \{n\} \{total\}"):
        forms.hinted("{z}")(forms.Draw(table="a", salt="a.b", total=1))


@pytest.mark.parametrize(
    "name",
    sorted(
        {*forms.FAMILIES, *forms.ORDINARY}
        - {
            "text",
            "number",
            "time",
            "clock",
            "hstore",
            "ltree",
            "citext",
            "name",
            '"char"',
            "xml",
        }
        | {
            "text",
            "name",
            "time",
            "int4range",
            "numrange",
            "tstzrange",
            "datemultirange",
            "integer[]",
            "numeric(3,2)",
            "char(2)",
        }
    ),
)
def test_every_type_has_values(name: str, make_database: Callable[[str], str]) -> None:
    url = make_database(f"create table a (id integer primary key, value {name} not null)")
    assert fill(url, Hints(rows={"public.a": 300}), scale=1.0)["public.a"].rows == 300


def test_an_owner_who_is_no_superuser_fills_tables_with_forced_policies(
    cluster: scratch.Cluster, make_database: Callable[[str], str]
) -> None:
    name = f"owner_{os.getpid()}"
    url = make_database(f"create role {name} login password 'pw'; grant all on schema public to {name}")
    where = " ".join(f"{key}={one}" for key, one in {**database.parse(url), "user": name, "password": "pw"}.items())
    try:
        with database.connect(where) as conn:
            conn.execute("create table a (id int primary key, b int not null)")
            conn.execute("alter table a enable row level security, force row level security")
            conn.execute("create policy nobody on a using (false)")
            conn.execute("create function f() returns trigger language plpgsql as 'begin return null; end'")
            conn.execute("create trigger no before insert on a for each row execute function f()")
        assert fill(where)["public.a"].rows == 20
        assert value(
            url, "select relforcerowsecurity and (select count(*) from a) = 20 from pg_class where relname = 'a'"
        )
    finally:
        rows(url, f"drop owned by {name}; drop role {name}")


# --- the commands -----------------------------------------------------------------------------------------------------


def test_seed_fills_a_migrated_database_that_is_empty(project: Project, database_url: str) -> None:
    assert call(project, "seed", "-u", database_url, "--yes").code == 0
    assert value(database_url, "select count(*) from tasks") == 11
    for options in ((), ("--scale", "0.01")):
        answer = call(project, "seed", "-u", database_url, "--yes", *options)
        assert answer.code == 2
        assert "has rows in" in answer.err
        assert "more: seed one without, as tools scratch --no-seed makes" in answer.err


def test_seed_at_a_scale_keeps_to_the_hints(project: Project, database_url: str) -> None:
    answer = call(project, "seed", "-u", database_url, "--yes", "--scale", "0.01")
    assert (answer.code, answer.out) == (0, "")
    assert "public.tasks: 1,000 rows\n" in answer.err
    assert "note:" not in answer.err  # every name in the file is one of the schema
    assert value(database_url, "select count(*) from tasks") == 1_000
    assert value(database_url, "select count(*) from audit_log where table_name = 'users'") == 0


@pytest.mark.parametrize(
    ("tables", "named"),
    [
        ("a", "public.a"),
        ("abc", "public.a, public.b, public.c"),
        ("abcde", "public.a, public.b, public.c and 2 more"),
    ],
)
def test_seed_names_the_tables_that_have_rows(
    tables: str, named: str, project: Project, make_database: Callable[[str], str]
) -> None:
    url = make_database("".join(f"create table {name} as select 1 as one;" for name in tables) + "create table z ()")
    answer = call(project, "seed", "-u", url, "--scale", "0.01", "--yes")
    assert answer.code == 2
    assert f" has rows in {named}: seed one without, as tools scratch --no-seed makes" in answer.err


def test_seed_says_how_many_tables_it_filled(project: Project, make_database: Callable[[str], str]) -> None:
    answer = call(project, "seed", "-u", make_database("create table a (id int)"), "--scale", "0.001", "--yes")
    assert (answer.code, answer.err.splitlines()[-1]) == (0, "filled 1 table")


def test_seed_asks_and_needs_tables(project: Project, database_url: str, empty_url: str) -> None:
    asked = call(project, "seed", "-u", database_url)
    assert (asked.code, asked.err) == (2, "tools: this asks first, and there is nobody to answer: pass --yes\n")
    missing = call(project, "seed", "-u", empty_url, "--yes")
    assert missing.err == 'tools: relation "users" does not exist: make the tables first: tools apply\n'
    none = call(project, "seed", "--scale", "0.01", "-u", empty_url, "--yes")
    assert none.code == 2
    assert none.err.endswith(" has no tables: make them first: tools apply\n")


def test_sample_data_of_a_later_migration_says_so(tmp_path: Path, make_database: Callable[[str], str]) -> None:
    project = write_history(tmp_path, {A: "create table a (id int); alter table a add note text"})
    project.seed.mkdir()
    (project.seed / "1.sql").write_text("insert into a (id, note) values (1, 'x');")
    answer = call(project, "seed", "-u", make_database("create table a (id int)"), "--yes")
    assert answer.code == 2
    assert "hint: sample data is for a database with all migrations: see tools status\n" in answer.err


def test_sample_data_that_fails_leaves_nothing(tmp_path: Path, make_database: Callable[[str], str]) -> None:
    project = write_history(tmp_path, {A: "create table a (id int primary key)"})
    url = make_database("create table a (id int primary key)")
    assert "no sample data in sql/seed" in call(project, "seed", "-u", url, "--yes").err
    project.seed.mkdir()
    (project.seed / "1.sql").write_text("insert into a values (1);")
    (project.seed / "2.sql").write_text("insert into public.a values (2);\ninsert into a values (1);")
    answer = call(project, "seed", "-u", url, "--yes")
    assert answer.code == 2
    assert "sql/seed/2.sql:2:1: duplicate key value" in answer.err
    assert answer.err.endswith("nothing was changed\n")
    assert value(url, "select count(*) from a") == 0
    (project.seed / "2.sql").write_text("insert into public.a values (2);")
    assert call(project, "seed", "-u", url, "--yes").code == 0
    assert value(url, "select reltuples from pg_class where relname = 'a'") == 2
    assert samples.tables(project) == ("a", "public.a")


def test_the_tables_of_the_sample_data_are_found(project: Project) -> None:
    assert set(samples.tables(project)) >= {"users", "tasks", "time_blocks", "user_settings"}
    assert len(samples.files(project)) == len(list((SQL / "seed").glob("*.sql")))

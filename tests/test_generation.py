"""Models are written from any schema: they import, configure, make the same tables, and read as ruff would have it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from forgotten import forget
from proving import formatted, lazily, prove, read
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session, SQLModel, select

import models
from tools import generation, names, remarks, scratch
from tools.errors import Trouble

ROOT = Path(__file__).resolve().parent.parent
ZOO = sorted((Path(__file__).parent / "zoo").glob("*.sql"))
Make = Callable[[str], str]


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    forget({"generated"})


def zoo(name: str) -> str:
    return (Path(__file__).parent / "zoo" / f"{name}.sql").read_text(encoding="utf-8")


# -- the proof --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_nothing_of_the_zoo_is_lost(path: Path, cluster: scratch.Cluster, make_database: Make, tmp_path: Path) -> None:
    if path.stem == "since_18" and read(make_database("")).major < 18:
        pytest.skip("needs PostgreSQL 18")
    url = make_database(path.read_text(encoding="utf-8"))
    proof = prove(url, cluster, tmp_path)
    assert proof.differences == []
    with psycopg.connect(url) as connection:
        assert proof.package.check(connection, "exact") == ()
    assert formatted(tmp_path / "generated") == ""
    code = "from sqlalchemy.orm import configure_mappers\ngenerated.load_all()\nconfigure_mappers()"
    done = lazily(tmp_path, "generated", code)
    assert (done.returncode, done.stderr) == (0, "")


NOW = dt.datetime(2026, 6, 15, 12, 30, tzinfo=dt.UTC)
VALUES: dict[str, Any] = {
    "a_smallint": 1, "a_bigint": 2**40, "a_numeric": Decimal("1.5"), "a_numeric2": Decimal("1.50"), "a_real": 1.5,
    "a_double": 0.1, "a_text": "a", "a_varchar20": "b", "a_char4": "abcd", "a_bytea": b"\0", "a_boolean": True,
    "a_date": NOW.date(), "a_time": dt.time(1, 2), "a_timestamp": dt.datetime(2026, 1, 1), "a_timestamptz": NOW,
    "a_timestamptz0": NOW, "an_interval": dt.timedelta(days=1), "a_uuid": uuid.UUID(int=1), "a_bit4": "0101",
    "a_json": {"a": [1]}, "a_jsonb": [1, {"a": None}], "a_int4range": Range(1, 5), "a_citext": "C",
    "a_tstzrange": Range(NOW, NOW + dt.timedelta(hours=1)), "a_positive": 3, "an_email": "a@b", "a_code": "x",
    "some_text": ["a", None], "some_integers": [1, 2], "some_varchars": ["12345"], "some_uuids": [uuid.UUID(int=2)],
    "some_numerics": [Decimal("1.25")], "some_times": [NOW], "a_macaddr": "08:00:2b:01:02:03", "a_money": "$1.00",
}  # fmt: skip


def test_values_of_all_types_go_in_and_come_out(cluster: scratch.Cluster, make_database: Make, tmp_path: Path) -> None:
    url = make_database(zoo("types"))
    package: Any = prove(url, cluster, tmp_path).package
    home = package.Address(street='a "b", (c)\\', zip=1, since_when=NOW, mood=package.Feeling.IT_S_100)
    values = {**VALUES, "an_address": home, "a_person": package.Person(name=None, home=home)}
    values |= {"a_mood": package.Feeling.VERY_HAPPY, "some_moods": [package.Feeling.EMPTY, package.Feeling.A_B]}
    engine = sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
    with Session(engine) as session:
        session.execute(sa.text("set timezone = 'Asia/Tokyo'"))
        made = package.Type(**values)
        session.add(made)
        session.flush()
        session.expire(made)
        found = {name: getattr(made, name) for name in values}
        assert found == values
        shown = package.TypeRead.model_validate(made)
        assert shown.an_address == home
        assert session.exec(select(package.Type).where(package.Type.an_address == home)).one() is made
    engine.dispose()


# -- relationships ----------------------------------------------------------------------------------------------------


def test_relationships_have_the_names_that_people_give(
    cluster: scratch.Cluster, make_database: Make, tmp_path: Path
) -> None:
    package: Any = prove(make_database(zoo("constraints")), cluster, tmp_path).package
    package.load_all()
    found = {
        class_: {
            key: relationship.mapper.class_.__name__ for key, relationship in sa.inspect(model).relationships.items()
        }
        for class_ in ("Author", "Book", "Profile", "Folder", "Team", "Player", "Friend", "NaturalKey")
        for model in [getattr(package, class_)]
    }
    assert found == {
        "Author": {
            "books": "Book", "editor_books": "Book", "books_created_by": "Book", "one_friends": "Friend",
            "two_friends": "Friend", "profile": "Profile",
        },
        "Book": {"author": "Author", "created_by_author": "Author", "editor": "Author", "natural_keys": "NaturalKey"},
        "Profile": {"author": "Author"},
        "Folder": {"parent": "Folder", "children": "Folder"},
        "Team": {"captain": "Player", "coach_player": "Player", "players": "Player"},
        "Player": {"team": "Team", "captain_teams": "Team", "coach_teams": "Team"},
        "Friend": {"one_author": "Author", "two_author": "Author"},
        "NaturalKey": {"books": "Book", "names_it_twice": "NamesItTwice"},
    }  # fmt: skip
    assert sa.inspect(package.Author).relationships["profile"].uselist is False


# -- what comments say ------------------------------------------------------------------------------------------------

TAGGED = """
create table secrets (
    id uuid primary key default gen_random_uuid(), owner_id uuid not null, name text not null, hash text not null,
    place text not null default 'x', made timestamptz not null default now(), counter integer not null default 1
);
comment on table secrets is 'Things nobody knows. @name Mystery';
comment on column secrets.owner_id is 'Whose it is. @owner';
comment on column secrets.hash is '@private It is a hash.';
comment on column secrets.place is 'Where it is. @immutable @name where_it_is';
comment on column secrets.counter is 'Counts. @version';
comment on column secrets.name is 'Mail me@private.example or @nobody, @omit';
create table entries (id integer primary key, text text);
comment on table entries is '@omit create, update';
create view hidden as select id, name, place from secrets;
comment on column hidden.id is '@key';
comment on column hidden.name is '@notnull';
"""


def test_smart_comments_are_heard(cluster: scratch.Cluster, make_database: Make, tmp_path: Path) -> None:
    package: Any = prove(make_database(TAGGED), cluster, tmp_path).package
    fields = {ending: set(getattr(package, f"Mystery{ending}").model_fields) for ending in ("Create", "Update", "Read")}
    assert fields == {
        "Create": {"name", "where_it_is"},
        "Update": {"name"},
        "Read": {"id", "owner_id", "name", "where_it_is", "made", "counter"},
    }
    assert package.Mystery.__doc__ == "Things nobody knows."
    assert {"secrets": frozenset({"hash"})} == package.PRIVATE
    assert package.Mystery.__table__.info == {"owner": "owner_id", "version": "counter"}
    assert package.Mystery.__mapper__.version_id_col.name == "counter"
    assert hasattr(package, "EntryRead")
    assert not hasattr(package, "EntryCreate")
    hidden = package.Hidden.__table__
    assert [column.name for column in hidden.primary_key] == ["id"]
    assert {name: field.annotation for name, field in package.HiddenRead.model_fields.items()} == {
        "id": uuid.UUID, "name": str, "place": str | None,
    }  # fmt: skip


def test_only_tags_are_taken_out_of_prose() -> None:
    found = remarks.read("Mail me@private.example, @nobody or @omit\nand @private  it. @name Some_thing")
    assert found.prose == "Mail me@private.example, @nobody or @omit\nand it."
    assert found.tags == {"private": "", "name": "Some_thing"}


# -- names ------------------------------------------------------------------------------------------------------------


def test_no_attribute_hides_one_of_sqlmodel() -> None:
    """Whatever the installed version has: a field of that name must get another."""
    for name in {*dir(SQLModel), *dir(models.Base)}:
        assert names.attribute(name) not in dir(SQLModel), name


def test_no_table_takes_the_module_of_a_hand() -> None:
    for path in Path(models.__file__).parent.glob("*.py"):
        if not path.read_text(encoding="utf-8").startswith("# written by tools models"):
            assert names.module(path.stem) != path.stem


# -- the folder -------------------------------------------------------------------------------------------------------


def test_the_same_schema_is_the_same_text_and_a_changed_column_its_own_lines(
    cluster: scratch.Cluster, make_database: Make, tmp_path: Path
) -> None:
    text = "create table a (id integer primary key, b text, c text); create table z (id integer primary key);"
    first = generation.generate(read(make_database(text)), tmp_path / "p", external=frozenset(), clone=cluster.create)
    again = generation.generate(read(make_database(text)), tmp_path / "p", external=frozenset(), clone=cluster.create)
    assert first == again
    changed = generation.generate(
        read(make_database(text.replace("b text", "b varchar(9)"))),
        tmp_path / "p",
        external=frozenset(),
        clone=cluster.create,
    )
    assert [name for name in first if first[name] != changed[name]] == ["a.py", "contract.py"]
    before, after = first["a.py"].splitlines(), changed["a.py"].splitlines()
    assert all("b: " in line or "import" in line for line in set(after) - set(before))
    before, after = first["contract.py"].splitlines(), changed["contract.py"].splitlines()
    assert [line.strip() for line in after if line not in before] == ['"b": ["character varying(9)", "", ""],']


def test_the_folder_becomes_what_it_should_be(cluster: scratch.Cluster, make_database: Make, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    catalog = read(make_database("create table a (id integer primary key); create table b (id integer primary key)"))
    generation.write(
        generation.compare(folder, generation.generate(catalog, folder, external=frozenset(), clone=cluster.create))
    )
    assert (
        generation.compare(folder, generation.generate(catalog, folder, external=frozenset(), clone=cluster.create))
        == ()
    )
    (folder / "mine.py").write_text('__all__ = ["helper"]\n\ndef helper() -> None: ...\n', encoding="utf-8")
    (folder / "base.py").write_text((folder / "base.py").read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    (folder / "a.py").write_text("# written by tools models; edit the SQL\nbroken\n", encoding="utf-8")
    (folder / "b.py").unlink()
    (folder / "gone.py").write_text("# written by tools models; edit the SQL\n", encoding="utf-8")
    changes = generation.compare(
        folder, generation.generate(catalog, folder, external=frozenset(), clone=cluster.create)
    )
    assert [(one.change, one.path.name) for one in changes] == [
        ("changed", "a.py"), ("missing", "b.py"), ("changed", "__init__.py"), ("extra", "gone.py"),
    ]  # fmt: skip
    assert "-broken" in changes[0].difference
    generation.write(changes)
    assert "from .mine import helper" in (folder / "__init__.py").read_text(encoding="utf-8")
    assert "# mine" in (folder / "base.py").read_text(encoding="utf-8")
    assert not (folder / "gone.py").exists()


def test_files_of_somebody_else_are_not_overwritten(
    cluster: scratch.Cluster, make_database: Make, tmp_path: Path
) -> None:
    (tmp_path / "a.py").write_text("mine = 1\n", encoding="utf-8")
    catalog = read(make_database("create table a (id integer primary key)"))
    wanted = generation.generate(catalog, tmp_path, external=frozenset(), clone=cluster.create)
    assert "a_2.py" in wanted  # a module by hand keeps its name
    (tmp_path / "__init__.py").write_text("mine = 1\n", encoding="utf-8")
    with pytest.raises(Trouble, match="would write: __init__"):
        generation.compare(tmp_path, wanted)


# -- the command ------------------------------------------------------------------------------------------------------


def tools(*words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tools", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_our_own_models_are_current() -> None:
    assert tools("models", "--check") == (0, "")


def test_the_command_checks_shows_and_writes(make_database: Make, tmp_path: Path) -> None:
    url = make_database("create table a (id integer primary key, b text)")
    folder = str(tmp_path / "app" / "db")
    words = ("models", "--from", url, "--out", folder)
    code, said = tools(*words, "--check")
    assert code == 1
    assert f"missing: {folder}/a.py" in said.splitlines()
    assert f"missing: {folder}/base.py" in said.splitlines()
    assert not (tmp_path / "app").exists()
    code, said = tools(*words)
    assert (code, f"written: {folder}/a.py" in said.splitlines()) == (0, True)
    assert tools(*words, "--check") == (0, "")
    with psycopg.connect(url) as connection:
        connection.execute("alter table a add column c integer")
    code, said = tools(*words, "--diff")
    assert code == 1
    assert "+    c: int | None = None" in said.splitlines()
    assert [line for line in said.splitlines() if line.startswith("-") and not line.startswith("---")] == []
    code, said = tools(*words)
    assert (code, said) == (0, f"changed: {folder}/a.py\nchanged: {folder}/contract.py\n")


def test_models_are_held_against_a_database_that_has_no_migrations(make_database: Make, tmp_path: Path) -> None:
    """Whoever generates models of somebody else's database may have none of the files that made it."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n', encoding="utf-8")
    url = make_database("create table a (id integer primary key, b text)")
    assert tools("-C", str(tmp_path), "models", "--from", url, "--out", str(tmp_path / "mirrors"))[0] == 0
    pair = ("-C", str(tmp_path), "drift-check", "--expected", url, "--actual", "models", "--models", "mirrors")
    assert tools(*pair)[0] == 0
    with psycopg.connect(url) as connection:
        connection.execute("alter table a alter column b set not null")
    code, said = tools(*pair)
    assert (code, "column public.a.b" in said) == (1, True)

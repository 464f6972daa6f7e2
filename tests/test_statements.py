"""SQL text: tokens, statements and places, as PostgreSQL's own parser sees them."""

from __future__ import annotations

import pytest

from tools import statements


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select 1; select 2", ["select 1", "select 2"]),
        ("-- only a comment\n", []),
        ("", []),
        (";;\n;", []),
        ("select ';'; select $$;$$; select $a$ $$;$$ $a$", ["select ';'", "select $$;$$", "select $a$ $$;$$ $a$"]),
        ("select E'\\';'; select 'C:\\'; select 1", ["select E'\\';'", "select 'C:\\'", "select 1"]),
        ("/* a /* b; */ ; */ select 1; -- c;\nselect 2", ["select 1", "select 2"]),
        ("select 7 # 1; vacuum b", ["select 7 # 1", "vacuum b"]),
        ('select 1 as begin; select "we;ird"', ["select 1 as begin", 'select "we;ird"']),
        (
            "create function f() returns int begin atomic select 1; select 2; end; select 3",
            ["create function f() returns int begin atomic select 1; select 2; end", "select 3"],
        ),
        ("select 'ä€😀'; select 'ü'", ["select 'ä€😀'", "select 'ü'"]),
        ("selec 1; select 2;", ["selec 1", "select 2"]),
        ("oops; /* a */ select (1); -- b\n oops ;", ["oops", "select (1)", "oops"]),
        (
            "oops; create rule r as on insert to t do (select 1; select 2);"
            " create function f() returns int begin atomic select case when true then 1 end; select 2; end; select 3",
            [
                "oops",
                "create rule r as on insert to t do (select 1; select 2)",
                "create function f() returns int begin atomic select case when true then 1 end; select 2; end",
                "select 3",
            ],
        ),
        ("select 1; select 'open", ["select 1; select 'open"]),
        ("-- a\n select 1; select 'open", ["select 1; select 'open"]),
    ],
)
def test_split(text: str, expected: list[str]) -> None:
    pieces = statements.split(text)
    assert [piece.text for piece in pieces] == expected
    assert all(text[piece.start :].startswith(piece.text) for piece in pieces)


@pytest.mark.parametrize(("offset", "place"), [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (5, (2, 3)), (-1, (1, 1))])
def test_locate(offset: int, place: tuple[int, int]) -> None:
    assert statements.locate("ab\ncd", offset) == place


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("select 1;", "SELECT 1;", False),
        ("select 1 -- a\n;", "/* b */ select\r\n\t1;", True),
        ("select 'a b'", "select 'a  b'", False),
        ("select $$a\r\nb$$", "select $$a\nb$$", True),
        ("select $$a b$$", "select $$a  b$$", False),
        ("select ab", "select a b", False),
        ("select 'open", "select  'open", True),
        ("select 'open", "select 'shut", False),
    ],
)
def test_cosmetic_edits_keep_the_token_hash(one: str, other: str, same: bool) -> None:
    assert (statements.token_hash(one) == statements.token_hash(other)) is same


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("select 1; commit", "commit"),
        ("begin; select 1", "begin"),
        ("start transaction", "start transaction"),
        ("select 1; end", "end"),
        ("rollback", "rollback"),
        ("prepare transaction 'x'", "prepare transaction 'x'"),
        ("savepoint s; rollback to savepoint s; release s", None),
        ("prepare p as select 1", None),
        ("set transaction isolation level serializable", "set transaction isolation level serializable"),
        ("set transaction read only", None),
        ("create function f() returns int begin atomic select 1; end", None),
        ("do $$ begin commit; end $$", None),
        ("select 'commit;'; -- commit;\n/* begin; */", None),
    ],
)
def test_transactions_of_a_files_own(text: str, words: str | None) -> None:
    found = statements.own_transaction(text)
    assert (found and found.words) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("create index concurrently on t (a)", "create index concurrently"),
        ("create index on t (a)", None),
        ("drop index concurrently i", "drop index concurrently"),
        ("reindex (concurrently) table t", "reindex concurrently"),
        ("reindex index concurrently i", "reindex concurrently"),
        ("reindex table t", None),
        ("reindex schema s", "reindex schema"),
        ("vacuum", "vacuum"),
        ("analyze t", None),
        ("cluster", "cluster"),
        ("cluster t using i", None),
        ("discard all", "discard all"),
        ("discard temp", None),
        ("alter system set jit = off", "alter system"),
        ("create database d", "create database"),
        ("drop database d", "drop database"),
        ("create tablespace s location '/s'", "create tablespace"),
        ("drop tablespace s", "drop tablespace"),
        ("create subscription s connection '' publication p", "create subscription"),
        ("drop subscription s", "drop subscription"),
        ("alter table t detach partition p concurrently", "alter table ... detach partition concurrently"),
        ("alter table t detach partition p", None),
        ("select 'vacuum'; comment on table t is 'concurrently'", None),
    ],
)
def test_what_cannot_run_in_a_transaction(text: str, words: str | None) -> None:
    found = statements.outside_transaction(f"select 'ä'; {text}")
    assert (found and found.words) == words
    assert found is None or found.start == len("select 'ä'; ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("select 1;\n\\connect other", "\\connect"),
        ("  \\i other.sql", "\\i"),
        ("select 'a\n\\b'", None),
        ("select E'\\n'", None),
        ("\\restrict abc\nselect 1;\n\\unrestrict abc\n", None),
        ("\\restrict 4e'c\nselect 'a\n\\restrict b';\ncopy t from stdin;\n\\restrict c\n\\.\n\\unrestrict 4e'c", None),
        ("select 1;\n\\connect 4abc", "\\connect"),
    ],
)
def test_commands_of_psql(text: str, words: str | None) -> None:
    blanked = statements.blank_restrict(text)
    assert len(blanked) == len(text)
    found = statements.psql_command(blanked)
    assert (found and found.words) == words


OFF = "set standard_conforming_strings = off;"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{OFF} select 'a\\nb'", "'a\\nb'"),
        ("SET LOCAL standard_conforming_strings TO 'off'; select 1, '\\'", "'\\'"),
        (f"{OFF} select 'a\\nb\nc'", "'a\\nb"),
        (f"{OFF} select E'a\\nb', $$a\\nb$$", None),
        (f"select 'C:\\'; {OFF}", None),
        ("set standard_conforming_strings = on; select 'C:\\'", None),
        (f"{OFF} copy t from stdin;\n'a\\n'\n\\.\n", None),
    ],
)
def test_strings_that_are_not_of_the_standard(text: str, words: str | None) -> None:
    """The server reads a message, and we a file, before its first statement has run."""
    found = statements.backslash_in_string(text)
    assert (found and found.words) == words
    assert found is None or text[found.start :].startswith(found.words)

"""What PostgreSQL prints in several ways is folded into one, and what means something else stays apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg import conninfo, sql

from tools import catalog, database, drift, printing

PRINTS = (Path(__file__).parent / "data" / "prints.sql").read_text()

FOLDED = [
    # BETWEEN first in an AND, before and after a dump's reload
    ("(((a >= 1) AND (a <= 9)) AND (a <> 5))", "((a >= 1) AND (a <= 9) AND (a <> 5))"),
    ("((((a > 1) AND b) AND c) AND d)", "((a > 1) AND b AND c AND d)"),
    ("(((a < 3) OR (a > 4)) OR b)", "((a < 3) OR (a > 4) OR b)"),
    # later in it, or in the other one, it stays
    ("(b AND ((a >= 1) AND (a <= 9)))", None),
    ("(((a < 3) OR (a > 4)) AND b)", None),
    ("(((a AND b))::text = (c AND d))", None),
    ("('((x) AND (y)) AND (z)'::text = a)", None),
    ("(sum(a) OVER (ORDER BY b ROWS BETWEEN (1) PRECEDING AND (2) FOLLOWING) > 1)", None),
    # names that nobody sees
    (" SELECT a.x FROM a UNION SELECT NULL::date AS date;", " SELECT a.x FROM a UNION SELECT NULL::date;"),
    (" SELECT x AS y FROM a EXCEPT ( SELECT b.z AS z2 FROM b);", " SELECT x AS y FROM a EXCEPT ( SELECT b.z FROM b);"),
    ("(EXISTS ( SELECT 1 AS one FROM t))", "(EXISTS ( SELECT 1 FROM t))"),
    ("(a = ANY (ARRAY( SELECT b.x AS y FROM b)))", "(a = ANY (ARRAY( SELECT b.x FROM b)))"),
    # names that somebody sees
    (" SELECT q.x FROM ( SELECT 1 AS x) q, ( SELECT 2 AS y) r;", None),
    (" SELECT q.x FROM (( SELECT 1 AS x) q JOIN LATERAL ( SELECT 2 AS y) r ON ((q.x = r.y)));", None),
    (" WITH q AS MATERIALIZED ( SELECT 1 AS x) SELECT q.x AS y FROM q;", None),
    ("(EXISTS ( SELECT q.x FROM ( SELECT 1 AS x) q))", None),
    (" ( SELECT a.x AS one FROM a) UNION ( SELECT b.x FROM b);", None),
    (" SELECT ' UNION ' AS a, 'x' AS b;", None),
    # keywords
    ('public."json"."json_value"', "public.json.json_value"),
    ("""("Json" || '"json"')""", None),
    ('"a ""json"" b"', None),
    # how joins and functions are spelled
    (" SELECT a.x FROM (a LEFT JOIN b ON TRUE);", " SELECT a.x FROM (a LEFT JOIN b ON (true));"),
    ("XMLSERIALIZE(CONTENT x AS text NO INDENT)", "XMLSERIALIZE(CONTENT x AS text)"),
    ("(a = ' ON TRUE'::text)", None),
]


@pytest.mark.parametrize(("printed", "folded"), FOLDED)
def test_printed_text_is_folded(printed: str, folded: str | None) -> None:
    assert printing.fold(printed) == (folded or printed)
    assert printing.fold(folded or printed) == (folded or printed)


@pytest.mark.parametrize("name", ["prints.least_kind()", "prints.as_written()"])
def test_body_is_folded_where_it_is_printed(name: str) -> None:
    written = "select ((true and (true)) AND (true)) AND exists (select 1 AS json)"
    assert printing.fold_body(written) == written
    printed = f"BEGIN ATOMIC\n SELECT (((a >= 1) AND (a <= 2)) AND (a <> 3)) AS x;\nEND {name}"
    assert printing.fold_body(printed) != printed


SETTINGS = """
set search_path = prints, public; set datestyle = 'SQL, DMY'; set intervalstyle = 'sql_standard';
set timezone = 'Asia/Tokyo'; set bytea_output = 'escape';
set extra_float_digits = -15; set quote_all_identifiers = on; set xmlbinary = 'hex';
set standard_conforming_strings = off; set backslash_quote = on; set escape_string_warning = off; set lc_messages = 'C';
set lc_monetary = 'C'; set lc_numeric = 'C'; set lc_time = 'C'; set default_transaction_isolation = 'serializable';
"""


def test_settings_of_the_session_and_of_the_database_do_not_show(make_database: Callable[[str], str]) -> None:
    url = make_database(PRINTS)
    with database.connect(url) as connection:
        expected = catalog.read(connection)
        connection.execute(SETTINGS.encode())
        assert catalog.read(connection) == expected
        for setting in filter(None, map(str.strip, SETTINGS.split(";"))):
            name = sql.Identifier(connection.info.dbname).as_string()
            connection.execute(f"alter database {name} {setting}".encode())
    with database.connect(url) as connection:
        assert connection.execute("show datestyle").fetchone() == ("SQL, DMY",)
        assert catalog.read(connection) == expected


def test_role_that_may_only_connect_reads_the_same(make_database: Callable[[str], str]) -> None:
    url = make_database(PRINTS)
    with database.connect(url) as connection:
        expected = catalog.read(connection)
        connection.execute("create role prints_nobody login password 'x'")
        try:
            with database.connect(conninfo.make_conninfo(url, user="prints_nobody", password="x")) as other:
                assert catalog.read(other) == expected
        finally:
            connection.execute("drop role prints_nobody")


AGAIN = """
do $$
declare
  one record;
begin
  for one in select oid::regclass as name, pg_get_viewdef(oid) as text from pg_class where relkind = 'v'
      and relnamespace = 'prints'::regnamespace loop
    execute format('create or replace view %s as %s', one.name, one.text);
  end loop;
  for one in select conrelid::regclass as name, conname, pg_get_constraintdef(oid) as text from pg_constraint
      where contype = 'c' and connamespace = 'prints'::regnamespace loop
    execute format('alter table %s drop constraint %I, add constraint %2$I %s', one.name, one.conname, one.text);
  end loop;
  for one in select oid::regprocedure as name, pg_get_functiondef(oid) as text from pg_proc
      where pronamespace = 'prints'::regnamespace loop
    execute one.text;
  end loop;
  for one in select polrelid::regclass as name, polname, pg_get_expr(polqual, polrelid) as text from pg_policy loop
    execute format('alter policy %I on %s using (%s)', one.polname, one.name, one.text);
  end loop;
end
$$
"""


def test_what_is_printed_and_read_again_is_the_same(
    make_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.connect(make_database(PRINTS)) as connection:
        expected = catalog.read(connection)
        with monkeypatch.context() as without:
            without.setattr(printing, "fold", str)
            unfolded = catalog.read(connection)
            connection.execute(AGAIN.encode())
            changed = {change.name for change in drift.diff(unfolded, catalog.read(connection))}
        assert drift.diff(expected, catalog.read(connection)) == ()
    assert changed >= {"prints.named", "prints.existing", "prints.a.between_first", "prints.a.few", "prints.joined"}


VIEWS = [
    (" SELECT tasks.id\n   FROM public.tasks;", " SELECT id\n   FROM public.tasks;"),
    (' SELECT "T x"."Id" FROM public."T x";', ' SELECT "Id" FROM public."T x";'),
    (
        " SELECT t.a FROM ONLY public.x t WHERE (t.a = 't.a'::text);",
        " SELECT a FROM ONLY public.x t WHERE (a = 't.a'::text);",
    ),
    (
        " SELECT a.x, b.x FROM (public.a JOIN public.b USING (x));",
        " SELECT a.x, b.x FROM (public.a JOIN public.b USING (x));",
    ),
    (" SELECT a.x FROM public.a, public.b;", " SELECT a.x FROM public.a, public.b;"),
    (" SELECT s.n FROM ( SELECT s.n FROM s) s;", " SELECT n FROM ( SELECT s.n FROM s) s;"),
    (" SELECT g.g FROM generate_series(1, 2) g(g);", " SELECT g FROM generate_series(1, 2) g(g);"),
    (" SELECT t.* FROM t;", " SELECT t.* FROM t;"),
    (" SELECT t.a FROM t UNION SELECT u.a FROM u;", " SELECT t.a FROM t UNION SELECT u.a FROM u;"),
    (" SELECT EXTRACT(year FROM t.d) FROM t;", " SELECT EXTRACT(year FROM d) FROM t;"),
    (
        " SELECT t.a FROM t TABLESAMPLE system (9) REPEATABLE (2);",
        " SELECT a FROM t TABLESAMPLE system (9) REPEATABLE (2);",
    ),
    (' SELECT "xmltable".a FROM XMLTABLE((x) COLUMNS a);', " SELECT a FROM XMLTABLE((x) COLUMNS a);"),
    (" SELECT 1;", " SELECT 1;"),
]


@pytest.mark.parametrize(("old", "new"), VIEWS)
def test_view_of_an_old_server_is_printed_as_by_a_new_one(old: str, new: str) -> None:
    assert printing.unqualify(old) == new

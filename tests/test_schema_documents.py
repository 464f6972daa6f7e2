"""What the schema says about itself is true: comments, reasons of indexes, documented queries, sample data, headers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from psycopg import sql
from sample import ALICE, BETTER_AUTH, BOB, EXTERNAL, GARDEN, SQL, TAX_RETURN, TOMATOES, load, tables

from tools.database import Connection

QUERIES = sorted((SQL / "queries").glob("*.sql"))
MIGRATIONS = sorted(path for path in (SQL / "migrations").glob("*.sql") if not path.stem.endswith(".rollback"))
INDEX = re.compile(r"^-- index: (\w+)$", re.MULTILINE)

LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"
PARAMETERS: dict[str, list[Any]] = {  # such that the sample data has an answer
    "find_project": [ALICE, "GARDEN"],
    "find_tag": [ALICE, "URGENT"],
    "find_tasks_by_label": [ALICE, ["spring", "outdoor"]],
    "find_tasks_by_metadata": [ALICE, '{"source": "calendar"}'],
    "find_tasks_by_title": [ALICE, "%MOTHER%"],
    "list_assignments": [BOB],
    "list_attachments": [TOMATOES],
    "list_audit_period": ["yesterday", "tomorrow"],  # the triggers write with the clock of today
    "list_due_tasks": [ALICE, "2026-07-01"],
    "list_own_audit": [ALICE, "2020-01-01", 10],
    "list_project_members": [GARDEN],
    "list_project_tasks": [GARDEN],
    "list_projects": [ALICE, "infinity", LAST_ID, 10],
    "list_row_history": ["tasks", TOMATOES],
    "list_shared_projects": [BOB],
    "list_subtasks": [TOMATOES],
    "list_tagged_tasks": ["d0000000-0000-4000-8000-000000000001"],
    "list_task_comments": [TOMATOES],
    "list_tasks": [ALICE, "infinity", LAST_ID, 10],
    "list_time_blocks": [ALICE, "[2026-06-01,2026-06-08)"],
    "list_trash": [ALICE],
    "search_tasks": [ALICE, "planting tomato"],
    "sum_task_hours": [TAX_RETURN],
}


def prepare(conn: Connection, name: str) -> sql.Composed:
    """Prepare a documented query and return the statement that executes it."""
    conn.execute(f"prepare documented as {(SQL / 'queries' / f'{name}.sql').read_text()}".encode())
    values = sql.SQL(", ").join(sql.Literal(value) for value in PARAMETERS[name])
    return sql.SQL("execute documented ({})").format(values)


# --- comments and indexes ---------------------------------------------------------------------------------------------

UNDESCRIBED = {
    "table": """
        select c.oid::regclass::text
        from pg_class as c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
          and obj_description(c.oid, 'pg_class') is null and c.relname <> all (%s)
    """,
    "column": """
        select c.oid::regclass || '.' || a.attname
        from pg_class as c
        join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'c') and not c.relispartition
          and col_description(c.oid, a.attnum) is null and c.relname <> all (%s)
    """,
    "index": """
        select c.oid::regclass::text
        from pg_index as i
        join pg_class as c on c.oid = i.indexrelid
        join pg_class as t on t.oid = i.indrelid
        where t.relnamespace = 'public'::regnamespace and not t.relispartition
          and obj_description(c.oid, 'pg_class') is null and t.relname <> all (%s)
    """,
    "function": """
        select p.oid::regprocedure::text
        from pg_proc as p
        where p.pronamespace = 'public'::regnamespace and p.proname <> all (%s)
          and obj_description(p.oid, 'pg_proc') is null
          and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')
    """,
    "type": """
        select t.typname
        from pg_type as t
        left join pg_class as c on c.oid = t.typrelid
        where t.typnamespace = 'public'::regnamespace and t.typelem = 0 and obj_description(t.oid, 'pg_type') is null
          and (t.typtype in ('e', 'd', 'r') or c.relkind = 'c') and t.typname <> all (%s)
          and not exists (select from pg_depend as d where d.objid = t.oid and d.deptype = 'e')
    """,
}


@pytest.mark.parametrize("kind", UNDESCRIBED)
def test_every_object_has_a_comment(conn: Connection, kind: str) -> None:
    missing = [name for (name,) in conn.execute(UNDESCRIBED[kind], [list(EXTERNAL)]).fetchall()]
    assert missing == [], f"comment on {kind} ... is '...', in the migration that makes it"


def test_every_foreign_key_is_served_by_a_whole_index(conn: Connection) -> None:
    unserved = conn.execute(
        """
        select c.conname
        from pg_constraint as c
        where c.contype = 'f' and c.connamespace = 'public'::regnamespace
          and not exists (
              select
              from pg_index as i
              where i.indrelid = c.conrelid and i.indisvalid and i.indpred is null
                and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] = c.conkey
          )
        """
    )
    assert unserved.fetchall() == []


def test_the_comment_of_an_index_names_queries_that_name_the_index(conn: Connection) -> None:
    rows = conn.execute("select relname, obj_description(oid, 'pg_class') from pg_class where relkind in ('i', 'I')")
    said = {(name, query) for name, comment in rows for query in re.findall(r"\((\w+_\w+)\)", comment or "")}
    wanted = {(index, path.stem) for path in QUERIES for index in INDEX.findall(path.read_text())}
    assert said == wanted, "a migration says in the comment of the index which query it serves, in brackets"


# --- queries ----------------------------------------------------------------------------------------------------------


def test_every_query_has_parameters_here() -> None:
    assert {path.stem for path in QUERIES} == set(PARAMETERS), "say in PARAMETERS what the query asks for"


@pytest.mark.parametrize("name", PARAMETERS)
def test_query_answers_from_the_sample_data(conn: Connection, name: str) -> None:
    conn.execute("select set_config('app.user_id', %s, false)", [ALICE])  # so that she has done something
    load(conn)
    assert conn.execute(prepare(conn, name)).fetchall()


# --- sample data and headers ------------------------------------------------------------------------------------------


def test_the_sample_data_leaves_no_table_empty(conn: Connection) -> None:
    load(conn)
    for table in (*BETTER_AUTH, *tables(conn)):
        found = conn.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
        assert found is not None
        assert found[0] > 0, table


def test_the_sample_data_uses_every_label(conn: Connection) -> None:
    load(conn)
    labels = conn.execute("select enumlabel from pg_enum order by enumtypid, enumsortorder").fetchall()
    used = conn.execute("""
        select role::text from project_members
        union all select status::text from tasks
        union all select (recurrence).frequency::text from tasks
        union all select status::text from task_assignments
        union all select action::text from audit_log
    """)
    assert {label for (label,) in labels} == {label for (label,) in used if label}
    assert len(labels) == 17


def test_the_folder_of_triggers_changes_nothing(conn: Connection) -> None:
    said = """
        select p.oid, pg_get_functiondef(p.oid), p.proacl::text, obj_description(p.oid, 'pg_proc'),
               (select array_agg(pg_get_triggerdef(t.oid) || t.tgenabled::text order by t.tgname, t.tgrelid)
                from pg_trigger as t where t.tgfoid = p.oid and not t.tgisinternal and t.tgparentid = 0)
        from pg_proc as p
        where p.pronamespace = 'public'::regnamespace and p.prorettype = 'trigger'::regtype
        order by p.proname
    """
    before = conn.execute(said).fetchall()
    files = sorted((SQL / "triggers").glob("*.sql"))
    for path in files:
        conn.execute(path.read_bytes())
    assert conn.execute(said).fetchall() == before
    assert len(before) == len(files) == 5


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.stem)
def test_a_migration_says_why_what_and_how_back(path: Any) -> None:
    header = path.read_text().split("\n\n")[0]
    words = dict(re.findall(r"^-- (why|effect|risk|mitigation|rollback|phase): (.+)$", header, re.MULTILINE))
    assert words["risk"] in {"low", "medium", "high"}
    assert words["phase"] in {"expand", "migrate", "contract"}
    needed = {"why", "effect"} if words["risk"] == "low" else {"why", "effect", "mitigation", "rollback"}
    assert needed <= set(words), f"the header of {path.name} has to have {', '.join(sorted(needed))}"
    assert ("checkpoint" in header) == (words["risk"] != "low"), "medium and high have a checkpoint under rollback"
    back = path.with_suffix(".rollback.sql")
    assert back.read_text().startswith("-- "), f"{back.name} begins with a comment that says what it does"

"""As the application's role nobody reads or writes another user's rows, and nobody does anything without a user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from psycopg import errors, sql
from sample import ALICE, BOB, CAROL, COMPOST, DAVE, EXTERNAL, GARDEN, TAX_RETURN, TAXES, TOMATOES, load, tables

from tools.database import Connection

FOREIGN = "99000000-0000-4000-8000-000000000001"  # a project that nobody here may see
PLAN = "'plan.txt', 'text/plain', 1, sha256('x'), 'key'"


@pytest.fixture
def world(conn: Connection) -> Connection:
    """A migrated database with the sample data in it, and one audited change of Dave's."""
    load(conn)
    conn.execute("select set_config('app.user_id', %s, false)", [DAVE])
    conn.execute("update projects set description = 'Roses.' where user_id = %s", [DAVE])
    conn.execute("select set_config('app.user_id', '', false)")
    return conn


@contextmanager
def acting_as(conn: Connection, user: str | None) -> Iterator[None]:
    """Work as the application's role in the name of a user, as one request of the application does."""
    with conn.transaction():
        conn.execute("set local role todo_app")
        if user is not None:
            conn.execute("select set_config('app.user_id', %s, true)", [user])
        yield


def count(conn: Connection, table: str) -> int:
    row = conn.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])


def refused(conn: Connection, user: str | None, statement: str) -> bool:
    """Tell whether the statement is refused, or touches no row; either way nothing stays."""
    try:
        with acting_as(conn, user), conn.transaction(force_rollback=True):
            return conn.execute(statement).rowcount == 0
    except errors.InsufficientPrivilege:
        return True


# --- reading ----------------------------------------------------------------------------------------------------------

VISIBLE = {  # rows of the sample data that each may see: (Alice, Bob, Carol, Dave)
    "attachments": (3, 3, 3, 0),
    "audit_log": (0, 0, 0, 1),
    "comments": (3, 3, 3, 0),
    "project_members": (3, 3, 2, 0),
    "projects": (3, 2, 1, 1),
    "tags": (2, 1, 0, 0),
    "task_assignments": (3, 3, 2, 0),
    "task_tags": (2, 1, 0, 0),
    "tasks": (9, 6, 5, 2),
    "time_blocks": (3, 1, 0, 0),
    "user_settings": (1, 1, 0, 0),
}


def test_each_sees_what_is_theirs_or_shared(world: Connection) -> None:
    seen: dict[str, list[int]] = {table: [] for table in tables(world)}
    for user in (ALICE, BOB, CAROL, DAVE):
        with acting_as(world, user):
            for table, counts in seen.items():
                counts.append(count(world, table))
    assert {table: tuple(counts) for table, counts in seen.items()} == VISIBLE


@pytest.mark.parametrize("user", [None, ""])
def test_without_a_user_there_are_no_rows(world: Connection, user: str | None) -> None:
    with acting_as(world, user):
        assert {table: count(world, table) for table in tables(world)} == dict.fromkeys(VISIBLE, 0)
        assert [count(world, view) for view in ("active_tasks", "project_progress")] == [0, 0]


def test_views_obey_the_policies_of_their_reader(world: Connection) -> None:
    with acting_as(world, DAVE):
        assert [count(world, view) for view in ("active_tasks", "project_progress")] == [2, 1]
    assert [count(world, view) for view in ("active_tasks", "project_progress")] == [8, 3]


def test_a_setting_ends_with_its_transaction(world: Connection) -> None:
    with acting_as(world, ALICE):
        assert count(world, "tasks") == 9
    with acting_as(world, None):  # the same connection, as a pooler hands it on: the setting is '' now
        assert count(world, "tasks") == 0


# --- writing ----------------------------------------------------------------------------------------------------------

INSERTS = {  # one row that Alice may insert, and nobody of the others
    "attachments": "insert into attachments "
    "(user_id, task_id, file_name, content_type, byte_size, sha256, storage_key) "
    f"values ('{ALICE}', '{TOMATOES}', {PLAN})",
    "comments": f"insert into comments (user_id, project_id, body) values ('{ALICE}', '{GARDEN}', 'Hello')",
    "project_members": f"insert into project_members (project_id, user_id) values ('{GARDEN}', '{DAVE}')",
    "projects": f"insert into projects (user_id, name) values ('{ALICE}', 'House')",
    "tags": f"insert into tags (user_id, name) values ('{ALICE}', 'soon')",
    "task_assignments": "insert into task_assignments (task_id, user_id, assigned_by) "
    f"values ('{COMPOST}', '{CAROL}', '{ALICE}')",
    "task_tags": "insert into task_tags (task_id, tag_id) "
    f"values ('{COMPOST}', 'd0000000-0000-4000-8000-000000000001')",
    "tasks": f"insert into tasks (user_id, project_id, title) values ('{ALICE}', '{GARDEN}', 'Mow the lawn')",
    "time_blocks": "insert into time_blocks (user_id, during) "
    f"values ('{ALICE}', '[2026-07-01 08:00,2026-07-01 09:00)')",
    "user_settings": f"insert into user_settings (user_id) values ('{ALICE}')",
}


@pytest.mark.parametrize("table", INSERTS)
def test_nobody_inserts_rows_of_another(world: Connection, table: str) -> None:
    world.execute("delete from user_settings")
    assert not refused(world, ALICE, INSERTS[table])
    for user in (BOB, CAROL, DAVE, "", None):
        assert refused(world, user, INSERTS[table]), user


def test_every_table_has_an_insert_except_the_log(conn: Connection) -> None:
    assert {*INSERTS, "audit_log"} == set(tables(conn)) == set(VISIBLE)
    assert refused(
        conn, None, "insert into audit_log (action, table_name, row_key, new_row) values ('insert', 't', 'k', '{}')"
    )


UPDATES = {  # a column that the role may update on each table
    "attachments": "file_name",
    "comments": "body",
    "project_members": "role",
    "projects": "name",
    "tags": "name",
    "task_assignments": "status",
    "tasks": "title",
    "time_blocks": "note",
    "user_settings": "locale",
}


@pytest.mark.parametrize("user", [DAVE, "", None])
def test_a_stranger_changes_and_deletes_nothing(world: Connection, user: str | None) -> None:
    world.execute("delete from projects where user_id = %s", [DAVE])
    world.execute("delete from tasks where user_id = %s", [DAVE])
    for table in INSERTS:
        assert refused(world, user, f"delete from {table}"), table
    for table, column in UPDATES.items():
        assert refused(world, user, f"update {table} set {column} = {column}"), table


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        (f"update projects set name = 'Beds' where id = '{GARDEN}'", {ALICE}),
        (f"update projects set name = 'Money' where id = '{TAXES}'", {ALICE, BOB}),
        (f"delete from projects where id = '{TAXES}'", {ALICE}),
        (f"update tasks set title = 'Turn it' where id = '{COMPOST}'", {ALICE, BOB}),
        (f"update tasks set title = 'File it' where id = '{TAX_RETURN}'", {ALICE, BOB}),
        (f"delete from tasks where id = '{TOMATOES}'", {ALICE, BOB}),
        (f"insert into tasks (user_id, project_id, title) values ('{BOB}', '{GARDEN}', 'Weed')", {BOB}),
        (f"insert into tasks (user_id, project_id, title) values ('{CAROL}', '{GARDEN}', 'Weed')", set()),
        (f"insert into tasks (user_id, project_id, title) values ('{CAROL}', null, 'Read')", {CAROL}),
        (f"insert into comments (user_id, task_id, body) values ('{CAROL}', '{TOMATOES}', 'Nice')", set()),
        (f"insert into comments (user_id, task_id, body) values ('{BOB}', '{TOMATOES}', 'Nice')", {BOB}),
        (f"update comments set body = 'Changed' where user_id = '{ALICE}'", {ALICE}),
        (f"delete from comments where user_id = '{BOB}'", {BOB}),
        (f"update attachments set file_name = 'b' where user_id = '{BOB}'", {BOB}),
        (
            f"update task_assignments set status = 'accepted' where user_id = '{BOB}' and task_id = '{TAX_RETURN}'",
            {BOB},
        ),
        (f"delete from task_assignments where user_id = '{CAROL}'", {ALICE, BOB, CAROL}),
        (f"update project_members set role = 'owner' where user_id = '{CAROL}'", {ALICE}),
        (f"update project_members set role = 'owner' where user_id = '{BOB}' and project_id = '{GARDEN}'", {ALICE}),
        (f"delete from project_members where user_id = '{CAROL}'", {ALICE, CAROL}),
        (f"insert into project_members (project_id, user_id) values ('{TAXES}', '{CAROL}')", {ALICE, BOB}),
        (f"update tasks set project_id = '{TAXES}', position = null where id = '{COMPOST}'", {ALICE, BOB}),
        (f"update tasks set project_id = null, position = null where id = '{COMPOST}'", {BOB}),
    ],
)
def test_members_do_what_their_role_allows(world: Connection, statement: str, allowed: set[str]) -> None:
    assert {user for user in (ALICE, BOB, CAROL, DAVE) if not refused(world, user, statement)} == allowed


def test_nobody_moves_a_task_into_a_foreign_project(world: Connection) -> None:
    world.execute("insert into projects (id, user_id, name) values (%s, %s, 'Secret')", [FOREIGN, DAVE])
    move = f"update tasks set project_id = '{FOREIGN}', position = null where id = '{TOMATOES}'"
    assert refused(world, ALICE, move)
    assert refused(world, DAVE, move)


def test_who_left_a_project_takes_an_own_task_out_and_changes_it_nowhere_else(world: Connection) -> None:
    world.execute("delete from project_members where user_id = %s and project_id = %s", [BOB, GARDEN])
    assert refused(world, BOB, f"update tasks set title = 'Mine' where id = '{COMPOST}'")
    assert not refused(world, BOB, f"update tasks set project_id = null, position = null where id = '{COMPOST}'")
    assert refused(world, BOB, f"update tasks set title = 'Mine' where id = '{TOMATOES}'")


# --- grants, and an owner who is no superuser -------------------------------------------------------------------------


def test_every_table_is_forced_and_every_partition_closed(conn: Connection) -> None:
    rows = conn.execute(
        """
        select relname
        from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> all (%s)
          and not (relrowsecurity and (relforcerowsecurity or relispartition))
        """,
        [list(EXTERNAL)],
    )
    assert rows.fetchall() == []


def test_the_role_may_update_these_columns_and_has_no_other_privilege(conn: Connection) -> None:
    columns = conn.execute("""
        select table_name, string_agg(column_name, ' ' order by column_name)
        from information_schema.column_privileges
        where grantee = 'todo_app' and privilege_type = 'UPDATE'
        group by table_name
    """)
    assert dict(columns.fetchall()) == {
        "attachments": "file_name",
        "comments": "body",
        "project_members": "role",
        "projects": "archived_at color description name",
        "tags": "color name",
        "task_assignments": "status",
        "tasks": "deleted_at description due_at metadata parent_id position priority project_id recurrence status tags "
        "title",
        "time_blocks": "during hourly_rate note task_id",
        "user_settings": "locale settings timezone",
    }
    granted = conn.execute("""
        select table_name, string_agg(privilege_type, ' ' order by privilege_type)
        from information_schema.table_privileges
        where grantee = 'todo_app'
        group by table_name
    """)
    read_only = dict.fromkeys(("audit_log", "active_tasks", "project_progress"), "SELECT")
    assert dict(granted.fetchall()) == dict.fromkeys(INSERTS, "DELETE INSERT SELECT") | read_only


def test_nobody_may_call_the_functions_of_the_owner(conn: Connection) -> None:
    rows = conn.execute("""
        select p.proname, has_function_privilege('todo_app', p.oid, 'execute')
        from pg_proc as p
        where p.pronamespace = 'public'::regnamespace
          and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')
    """)
    assert {name for name, may in rows if may} == {"app_user_id", "app_project_ids"}


def test_the_policies_hold_when_the_owner_is_no_superuser(world: Connection) -> None:
    owner = sql.Identifier(f"owner_of_{world.info.dbname}")
    with world.transaction(force_rollback=True):  # with the role
        world.execute(sql.SQL("create role {}").format(owner))
        world.execute(sql.SQL("grant create, usage on schema public to {}").format(owner))
        for table in tables(world):
            world.execute(sql.SQL("alter table {} owner to {}").format(sql.Identifier(table), owner))
        for function in ("app_project_ids(member_role)", "write_audit_log()"):
            world.execute(sql.SQL("alter function {} owner to {}").format(sql.SQL(function), owner))
        for user, seen in {ALICE: 9, BOB: 6, CAROL: 5, DAVE: 2}.items():
            with acting_as(world, user):
                assert count(world, "tasks") == seen
                world.execute(f"insert into tasks (user_id, title) values ('{user}', 'Audited as the owner')")
        world.execute(sql.SQL("set local role {}").format(owner))
        assert count(world, "tasks") == 0

"""What the schema promises about its rows: rules refuse, triggers keep, cascades do as their comments say."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import errors, sql
from sample import ALICE, BOB, CAROL, COMPOST, DAVE, EXTERNAL, GARDEN, SQL, TAX_RETURN, TAXES, TOMATOES, load, tables

from tools.database import Connection


@pytest.fixture
def world(conn: Connection) -> Connection:
    """A migrated database with the sample data in it."""
    load(conn)
    return conn


def value(conn: Connection, query: str, *parameters: Any) -> Any:
    row = conn.execute(query, parameters or None).fetchone()
    return row and row[0]


# --- checks -----------------------------------------------------------------------------------------------------------

CHECKS = [
    ("attachments_byte_size_check", "update attachments set byte_size = 0"),
    ("attachments_byte_size_check", "update attachments set byte_size = 5368709121"),
    ("attachments_content_type_check", "update attachments set content_type = 'pdf'"),
    ("attachments_content_type_check", "update attachments set content_type = 'Application/PDF'"),
    ("attachments_file_name_check", "update attachments set file_name = ' '"),
    ("attachments_file_name_check", "update attachments set file_name = '../passwd'"),
    ("attachments_parent_check", f"update attachments set task_id = '{TOMATOES}' where task_id is null"),
    ("attachments_parent_check", "update attachments set task_id = null, project_id = null, comment_id = null"),
    ("attachments_sha256_check", "update attachments set sha256 = '\\x00'"),
    ("audit_log_rows_check", "update audit_log set old_row = null where action = 'update'"),
    ("audit_log_rows_check", "update audit_log set new_row = null where action = 'insert'"),
    ("audit_log_rows_check", "update audit_log set new_row = old_row where action = 'delete'"),
    ("comments_body_check", "update comments set body = '   '"),
    ("comments_parent_check", f"update comments set project_id = '{GARDEN}' where project_id is null"),
    ("comments_parent_check", "update comments set task_id = null, project_id = null"),
    ("hex_color_check", "update projects set color = '#12345G'"),
    ("hex_color_check", "update tags set color = '#FFFFFF'"),
    ("projects_name_check", "update projects set name = '  '"),
    ("tags_name_check", "update tags set name = ''"),
    ("tasks_completed_at_check", "update tasks set completed_at = now() where status = 'todo'"),
    ("tasks_completed_at_check", "update tasks set completed_at = null where status = 'done'"),
    ("tasks_metadata_check", "update tasks set metadata = '[]'"),
    ("tasks_metadata_check", "update tasks set metadata = 'null'"),
    ("tasks_parent_id_check", "update tasks set parent_id = id"),
    ("tasks_position_check", "update tasks set position = 0"),
    ("tasks_priority_check", "update tasks set priority = 0"),
    ("tasks_priority_check", "update tasks set priority = 6"),
    ("tasks_recurrence_check", "update tasks set recurrence = row(null, 1, null)"),
    ("tasks_recurrence_check", "update tasks set recurrence = row('daily', null, null)"),
    ("tasks_recurrence_check", "update tasks set recurrence = row('daily', 0, null)"),
    ("tasks_recurrence_check", "update tasks set recurrence = row(null, null, null)"),
    ("tasks_tags_check", "update tasks set tags = array['a', null]"),
    ("tasks_tags_check", "update tasks set tags = array_fill('a'::text, array[21])"),
    ("tasks_title_check", "update tasks set title = '  '"),
    ("tasks_version_check", "update tasks set version = 0"),
    ("time_blocks_during_check", "update time_blocks set during = 'empty'"),
    ("time_blocks_during_check", "update time_blocks set during = '[2026-06-01,)'"),
    ("time_blocks_during_check", "update time_blocks set during = '(,2026-06-01)'"),
    ("time_blocks_during_check", "update time_blocks set during = '[2026-06-01,infinity)'"),
    ("time_blocks_during_check", "update time_blocks set during = '[2026-06-01 08:00,2026-06-01 09:00]'"),
    ("time_blocks_during_check", "update time_blocks set during = '[2026-06-01 00:00,2026-06-02 00:01)'"),
    ("time_blocks_hourly_rate_check", "update time_blocks set hourly_rate = -0.01"),
    ("time_blocks_hourly_rate_check", "update time_blocks set hourly_rate = 'NaN'"),
    ("user_settings_locale_check", "update user_settings set locale = 'German'"),
    ("user_settings_settings_check", "update user_settings set settings = '1'"),
    ("user_settings_timezone_check", "update user_settings set timezone = 'Europe/Vienna; drop'"),
]


@pytest.mark.parametrize(("name", "statement"), CHECKS)
def test_check_refuses(world: Connection, name: str, statement: str) -> None:
    world.execute("set session_replication_role = replica")  # no trigger may mend what the check is to refuse
    with pytest.raises(errors.CheckViolation) as refused:
        world.execute(statement)
    assert refused.value.diag.constraint_name == name


def test_every_check_has_a_case(conn: Connection) -> None:
    rows = conn.execute("""
        select conname
        from pg_constraint
        where contype = 'c' and conislocal and connamespace = 'public'::regnamespace
    """)
    assert {name for (name,) in rows} == {name for name, _ in CHECKS}


# --- unique rules and overlaps ----------------------------------------------------------------------------------------

UNIQUE = {
    "attachments_parent_file_name_key": "update attachments "
    f"set (task_id, project_id, comment_id, file_name) = (null, '{GARDEN}', null, 'a.txt')",
    "attachments_storage_key_key": "update attachments set storage_key = 'same'",
    "projects_user_id_lower_idx": "update projects set name = 'GARDEN'",
    "tags_user_id_lower_idx": "update tags set name = 'URGENT' where name = 'waiting'",
    "tasks_project_id_position_key": f"update tasks set position = 7 where project_id = '{GARDEN}'",
    "time_blocks_user_id_during_excl": "update time_blocks set during = '[2026-06-01 09:59,2026-06-01 12:00)'",
}


@pytest.mark.parametrize("name", UNIQUE)
def test_unique_rule_refuses(world: Connection, name: str) -> None:
    with pytest.raises((errors.UniqueViolation, errors.ExclusionViolation)) as refused:
        world.execute(UNIQUE[name])
    assert refused.value.diag.constraint_name == name


def test_every_unique_rule_has_a_case(conn: Connection) -> None:
    rows = conn.execute(
        """
        select c.relname
        from pg_index as i
        join pg_class as c on c.oid = i.indexrelid
        join pg_class as t on t.oid = i.indrelid
        where (i.indisunique or i.indisexclusion) and not i.indisprimary and not c.relispartition
          and t.relnamespace = 'public'::regnamespace and t.relname <> all (%s)
        """,
        [list(EXTERNAL)],
    )
    assert {name for (name,) in rows} == set(UNIQUE)


def test_names_may_repeat_where_nobody_is_confused(world: Connection) -> None:
    same_word = "select count(distinct user_id) from tags where lower(name) = 'urgent'"
    archived = f"select count(*) from projects where lower(name) = 'taxes' and user_id = '{ALICE}'"
    same_file = "select count(*) from attachments where file_name = 'plan.pdf'"
    assert [value(world, query) for query in (same_word, archived, same_file)] == [2, 2, 2]


def test_time_blocks_may_touch_and_other_people_are_free(world: Connection) -> None:
    insert = "insert into time_blocks (user_id, during) values (%s, %s)"
    world.execute(insert, [ALICE, "[2026-06-01 11:30+00,2026-06-01 12:00+00)"])
    world.execute(insert, [DAVE, "[2026-06-01 08:30+00,2026-06-01 12:00+00)"])
    with pytest.raises(errors.ExclusionViolation):
        world.execute(insert, [ALICE, "[2026-06-01 11:59+00,2026-06-01 12:30+00)"])


def test_two_tasks_swap_places_in_one_transaction(world: Connection) -> None:
    place = "update tasks set position = %s where id = %s"
    with pytest.raises(errors.UniqueViolation):  # at once, unless the transaction asks for later
        world.execute(place, [2, TOMATOES])

    with world.transaction():
        world.execute("set constraints tasks_project_id_position_key deferred")
        world.execute(place, [2, TOMATOES])
        world.execute(place, [1, COMPOST])
    assert value(world, "select position from tasks where id = %s", TOMATOES) == 2

    def commit_a_collision() -> None:
        with world.transaction():
            world.execute("set constraints tasks_project_id_position_key deferred")
            world.execute(place, [1, TOMATOES])

    with pytest.raises(errors.UniqueViolation):
        commit_a_collision()
    assert value(world, "select position from tasks where id = %s", TOMATOES) == 2


# --- what triggers keep -----------------------------------------------------------------------------------------------


def test_updated_at_moves_on_every_table_and_cannot_be_set_back(world: Connection) -> None:
    rows = world.execute("select attrelid::regclass::text from pg_attribute where attname = 'updated_at'")
    having = {name for (name,) in rows}
    mine = [table for table in tables(world) if table in having]
    assert len(mine) == 9
    for table in mine:
        with world.transaction():
            changed = world.execute(
                sql.SQL("update {} set updated_at = '2000-01-01' returning updated_at = now()").format(
                    sql.Identifier(table)
                )
            )
            assert {moved for (moved,) in changed} == {True}, table


def test_versions_count_changes_and_stop_the_second_of_two_editors(world: Connection) -> None:
    edit = "update tasks set title = %s, version = 99 where id = %s and version = 1"
    assert world.execute(edit, ["Plant tomatoes", TOMATOES]).rowcount == 1
    assert value(world, "select version from tasks where id = %s", TOMATOES) == 2
    assert world.execute(edit, ["Plant potatoes", TOMATOES]).rowcount == 0


def test_completed_at_follows_the_status(world: Connection) -> None:
    status = "update tasks set status = %s where id = %s returning completed_at = now()"
    with world.transaction():
        assert value(world, status, "done", TOMATOES) is True
        assert value(world, status, "todo", TOMATOES) is None


def test_a_task_in_the_trash_leaves_its_place(world: Connection) -> None:
    world.execute("update tasks set deleted_at = now() where id = %s", [TOMATOES])
    world.execute("update tasks set position = 1 where id = %s", [COMPOST])
    assert value(world, "select position from tasks where id = %s", TOMATOES) is None


def test_updated_by_is_the_user_of_the_session_and_ends_with_the_account(world: Connection) -> None:
    touch = "update tasks set priority = 1, updated_by = %s where id = %s returning updated_by::text"
    assert value(world, touch, DAVE, TOMATOES) is None
    world.execute("select set_config('app.user_id', %s, false)", [DAVE])
    assert value(world, touch, ALICE, TOMATOES) == DAVE
    world.execute("delete from users where id = %s", [DAVE])  # in Dave's own name: the trigger must not put him back
    assert value(world, "select updated_by from tasks where id = %s", TOMATOES) is None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("planting tomato", ["Plant the tomatoes"]),  # stems
        ("frost", ["Plant the tomatoes"]),  # the description counts
        ("plants", ["Buy the plants", "Plant the tomatoes"]),  # the title counts more
        ("plants -tomatoes", ["Buy the plants"]),
        ("bicycle", []),
    ],
)
def test_full_text_search_finds(world: Connection, words: str, found: list[str]) -> None:
    rows = world.execute(
        """
        select title
        from tasks, websearch_to_tsquery('english', %s) as words
        where search_vector @@ words
        order by (title = 'Plant the tomatoes'), title
        """,
        [words],
    )
    assert [title for (title,) in rows] == found


def test_a_word_in_the_title_outranks_one_in_the_description(world: Connection) -> None:
    world.execute("update tasks set title = 'Sun cream' where id = %s", [COMPOST])
    best = "select title from tasks where search_vector @@ 'sun' order by ts_rank(search_vector, 'sun') desc"
    assert value(world, best) == "Sun cream"


# --- the audit log ----------------------------------------------------------------------------------------------------


def test_a_change_is_audited_in_the_partition_of_its_month_under_its_actor(world: Connection) -> None:
    partition = value(world, "select create_audit_log_partition((now() at time zone 'UTC')::date)")
    world.execute("select set_config('app.user_id', %s, false)", [BOB])
    world.execute("update tasks set title = 'Plant tomatoes' where id = %s", [TOMATOES])
    world.execute("update tasks set title = 'Plant tomatoes' where id = %s", [TOMATOES])  # no news, no entry
    entries = world.execute(
        """
        select tableoid::regclass::text, actor_id::text, action::text, old_row ->> 'title', new_row ->> 'title',
               new_row ? 'search_vector'
        from audit_log
        where table_name = 'tasks' and row_key = %s and action = 'update'
        """,
        [TOMATOES],
    ).fetchall()
    assert entries == [(partition, BOB, "update", "Plant the tomatoes", "Plant tomatoes", False)]


def test_composite_keys_are_audited_whole(world: Connection) -> None:
    world.execute("delete from project_members where project_id = %s and user_id = %s", [GARDEN, CAROL])
    row = world.execute(
        "select row_key, actor_id, new_row from audit_log where action = 'delete' and table_name = 'project_members'"
    )
    assert row.fetchall() == [(f"{GARDEN}/{CAROL}", None, None)]


def test_every_shared_table_is_audited(conn: Connection) -> None:
    rows = conn.execute("select tgrelid::regclass::text from pg_trigger where tgfoid = 'write_audit_log'::regproc")
    assert {name for (name,) in rows} == {"projects", "project_members", "tasks", "task_assignments", "attachments"}


def test_the_partition_of_a_month_is_made_once_and_takes_over_from_the_default(conn: Connection) -> None:
    conn.execute("set timezone = 'Pacific/Kiritimati'")  # the bounds are UTC, wherever the caller is
    insert = (
        "insert into audit_log (occurred_at, action, table_name, row_key, new_row) values (%s, 'insert', 't', %s, '{}')"
    )
    for row_key, occurred_at in {
        "first": "2031-02-01 00:00+00",
        "last": "2031-02-28 23:59:59.999999+00",
        "after": "2031-03-01 00:00+00",
    }.items():
        conn.execute(insert, [occurred_at, row_key])
    made = [value(conn, "select create_audit_log_partition('2031-02-17')") for _ in range(2)]
    assert made == ["audit_log_2031_02"] * 2
    rows = conn.execute(
        "select row_key, tableoid::regclass::text from audit_log where table_name = 't' order by occurred_at"
    )
    assert rows.fetchall() == [("first", made[0]), ("last", made[0]), ("after", "audit_log_default")]
    conn.execute(insert, ["2031-02-10 00:00+00", "later"])
    assert value(conn, "select count(*) from audit_log_2031_02") == 3


# --- cascades ---------------------------------------------------------------------------------------------------------

CASCADES: dict[
    str, tuple[str, str, str]
] = {  # foreign key: (parent that is deleted, condition of one child row, outcome)
    "attachments_comment_id_fkey": ("e0000000-0000-4000-8000-000000000001", "file_name = 'market.jpg'", "cascade"),
    "attachments_project_id_fkey": (GARDEN, "byte_size = 120000", "cascade"),
    "attachments_task_id_fkey": (TOMATOES, "byte_size = 48213", "cascade"),
    "attachments_user_id_fkey": (BOB, "file_name = 'market.jpg'", "cascade"),
    "comments_project_id_fkey": (GARDEN, "body like 'Welcome%'", "cascade"),
    "comments_task_id_fkey": (TOMATOES, "body = 'Then I go tomorrow.'", "cascade"),
    "comments_user_id_fkey": (BOB, "body like 'The market%'", "cascade"),
    "project_members_project_id_fkey": (TAXES, "role = 'owner'", "cascade"),
    "project_members_user_id_fkey": (CAROL, "role = 'viewer'", "cascade"),
    "projects_user_id_fkey": (DAVE, "description like 'Another person%'", "cascade"),
    "tags_user_id_fkey": (BOB, "name = 'urgent'", "cascade"),
    "task_assignments_assigned_by_fkey": (BOB, "status = 'declined'", "set null"),
    "task_assignments_task_id_fkey": (TAX_RETURN, "status = 'pending'", "cascade"),
    "task_assignments_user_id_fkey": (CAROL, "status = 'declined'", "cascade"),
    "task_tags_tag_id_fkey": ("d0000000-0000-4000-8000-000000000002", f"task_id = '{TAX_RETURN}'", "cascade"),
    "task_tags_task_id_fkey": (TAX_RETURN, f"task_id = '{TAX_RETURN}'", "cascade"),
    "tasks_parent_id_fkey": (TOMATOES, "title = 'Dig the bed'", "cascade"),
    "tasks_project_id_fkey": (TAXES, "title = 'File the tax return'", "cascade"),
    "tasks_updated_by_fkey": (DAVE, "title = 'Call mother'", "set null"),
    "tasks_user_id_fkey": (BOB, "title = 'Turn the compost'", "cascade"),
    "time_blocks_task_id_fkey": (TAX_RETURN, "hourly_rate is not null", "set null"),
    "time_blocks_user_id_fkey": (BOB, "hourly_rate is not null", "cascade"),
    "user_settings_user_id_fkey": (ALICE, "locale = 'de-AT'", "cascade"),
}

FOREIGN_KEYS = """
    select c.conname, c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text,
           col_description(c.conrelid, a.attnum)
    from pg_constraint as c
    join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
    where c.contype = 'f' and c.connamespace = 'public'::regnamespace and c.conrelid::regclass::text <> all (%s)
"""


@pytest.mark.parametrize("name", CASCADES)
def test_cascade_does_what_its_comment_says(world: Connection, name: str) -> None:
    parent, child, outcome = CASCADES[name]
    [(table, column, referenced, comment)] = [
        row[1:] for row in world.execute(FOREIGN_KEYS, [list(EXTERNAL)]) if row[0] == name
    ]
    assert f"On delete {outcome}: " in comment

    world.execute("select set_config('app.user_id', %s, false)", [DAVE])
    world.execute("update tasks set due_at = now() where title = 'Call mother'")  # now Dave was the last to write it
    world.execute("select set_config('app.user_id', '', false)")

    def children(condition: str) -> int:
        query = sql.SQL("select count(*) from {} where ({}) and {} " + condition)
        found = world.execute(query.format(sql.Identifier(table), sql.SQL(child), sql.Identifier(column))).fetchone()
        return int(found[0]) if found else 0

    assert (children("is not null"), children("is null")) == (1, 0)
    world.execute(sql.SQL("delete from {} where id = %s").format(sql.Identifier(referenced)), [parent])
    assert (children("is not null"), children("is null")) == (0, 1 if outcome == "set null" else 0)


def test_every_foreign_key_has_a_case(conn: Connection) -> None:
    assert {row[0] for row in conn.execute(FOREIGN_KEYS, [list(EXTERNAL)])} == set(CASCADES)


# --- the contract with Better Auth ------------------------------------------------------------------------------------

BREACHES: dict[str, type[psycopg.Error]] = {
    "alter table users rename to people": errors.UndefinedTable,
    "alter table users rename column id to user_id": errors.UndefinedColumn,
    "alter table users drop constraint users_pkey cascade; alter table users alter column id drop default; "
    "alter table users alter column id type text": errors.DatatypeMismatch,
    "alter table users drop constraint users_pkey cascade": errors.InvalidForeignKey,
    "set local role todo_app": errors.InsufficientPrivilege,
}


@pytest.mark.parametrize("breach", BREACHES)
def test_the_first_migration_refuses_a_breach_of_the_contract(conn: Connection, breach: str) -> None:
    contract = (SQL / "migrations" / "20260105090000_assert_users_contract.sql").read_bytes()
    conn.execute(contract)
    conn.execute("begin")
    conn.execute(breach)
    with pytest.raises(BREACHES[breach], match=r"public\.users") as refused:
        conn.execute(contract)
    conn.execute("rollback")
    assert refused.value.diag.message_hint

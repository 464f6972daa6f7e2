"""Advice on a server at work: sessions, locks, slots, statements and settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from psycopg.rows import dict_row
from questions import RULES, SCENE, advice, answers, make
from tiny import rows, value, wait_until

from tools import advisor, database, postmaster, scratch, server, server_advice, setting_advice
from tools.advice import DAY


def test_a_session_that_is_idle_in_a_transaction(empty_url: str) -> None:
    with database.connect(empty_url, application="sleeper") as sleeper:
        sleeper.execute("begin")
        (row,) = (row for row in answers(empty_url, "idle-in-transaction") if row["application"] == "sleeper")
        assert int(row["name"]) == sleeper.info.backend_pid
        assert RULES["idle-in-transaction"].judge(row, SCENE) is None
        found = RULES["idle-in-transaction"].judge({**row, "idle_seconds": 600.0}, SCENE)
        assert found is not None
        assert (found.risk, found.statement) == ("medium", f"select pg_terminate_backend({sleeper.info.backend_pid})")
        assert "(sleeper) in" in found.message
        found = RULES["idle-in-transaction"].judge({**row, "idle_seconds": 7200.0}, replace(SCENE, neon=True))
        assert found is not None
        assert found.risk == "high"
        assert "on Neon it keeps the compute awake" in found.message
        sleeper.execute("rollback")
    assert not [row for row in answers(empty_url, "idle-in-transaction") if row["application"] == "sleeper"]


def test_a_long_transaction_and_a_lock_that_is_waited_for(empty_url: str) -> None:
    make(empty_url, "create table t ()")
    with (
        database.connect(empty_url, application="holder") as holder,
        database.connect(empty_url, application="waiter") as waiter,
    ):
        holder.execute("begin; lock table t")
        waiter.pgconn.send_query(b"alter table t add a int")
        waiter.pgconn.flush()
        (row,) = wait_until(lambda: answers(empty_url, "waiting-lock"))
        assert RULES["waiting-lock"].judge(row, SCENE) is None
        found = RULES["waiting-lock"].judge({**row, "waiting_seconds": 90.0}, SCENE)
        assert found is not None
        assert (found.object, found.risk) == ("public.t", "high")
        assert (
            f"waits for AccessExclusiveLock for 1 minute, held or queued for by {holder.info.backend_pid}"
            in found.message
        )
        (row,) = (row for row in answers(empty_url, "long-transaction") if row["application"] == "waiter")
        assert RULES["long-transaction"].judge(row, SCENE) is None
        found = RULES["long-transaction"].judge({**row, "transaction_seconds": 2.0 * DAY}, SCENE)
        assert found is not None
        assert found.risk == "high"
        assert f"select pg_cancel_backend({waiter.info.backend_pid})" == found.statement
        holder.execute("rollback")
        while waiter.pgconn.get_result():
            pass
    assert answers(empty_url, "waiting-lock") == []


@pytest.fixture(scope="module")
def equipped() -> Iterator[str]:
    """A server that keeps WAL for others, takes prepared transactions, and counts statements."""
    settings = {
        "wal_level": "replica",
        "max_wal_senders": "2",
        "max_prepared_transactions": "2",
        "shared_preload_libraries": "pg_stat_statements",
    }
    binaries = server.find_binaries(scratch.configured(None, None).bindir)
    if not list(binaries.directory.parent.rglob("pg_stat_statements.control")) and "lib" not in str(binaries.directory):
        pytest.skip("these binaries have no pg_stat_statements")
    with mock.patch.dict(postmaster.SETTINGS, settings), server.start(binaries=binaries) as running:
        url = running.url("postgres")
        rows(url, "create extension pg_stat_statements")
        yield url


def test_a_prepared_transaction(equipped: str) -> None:
    rows(equipped, "begin; create table prepared (); prepare transaction 'it''s'")
    (row,) = answers(equipped, "prepared-transaction")
    assert RULES["prepared-transaction"].judge(row, SCENE) is None
    found = RULES["prepared-transaction"].judge({**row, "prepared_seconds": 2.0 * DAY}, SCENE)
    assert found is not None
    assert (found.risk, found.statement) == ("high", "rollback prepared 'it''s'")
    rows(equipped, "rollback prepared 'it''s'")
    assert answers(equipped, "prepared-transaction") == []


def test_a_replication_slot(equipped: str) -> None:
    rows(equipped, "select pg_create_physical_replication_slot('left_over', true)")
    (row,) = answers(equipped, "replication-slot")
    found = RULES["replication-slot"].judge(row, SCENE)
    assert found is not None
    assert found.risk == "low"
    assert "physical, has no reader, and keeps " in found.message
    grave = RULES["replication-slot"].judge({**row, "kept_bytes": 2**31}, SCENE)
    assert grave is not None
    assert grave.risk == "high"
    assert RULES["replication-slot"].judge({**row, "active": True}, SCENE) is None
    assert found.statement is not None
    rows(equipped, found.statement)
    assert answers(equipped, "replication-slot") == []


def test_a_slow_statement(equipped: str) -> None:
    rows(equipped, "select pg_stat_statements_reset()")
    for _ in range(2):
        rows(equipped, "select pg_sleep(0.2), 'a secret'")
    found = {row["statement"]: row for row in answers_with_extension(equipped)}
    row = found["select pg_sleep($1), $2"]
    assert (row["calls"], row["rows"]) == (2, 2)
    assert row["share"] > 0.5
    assert RULES["slow-statement"].judge(row, SCENE) is None
    one = RULES["slow-statement"].judge({**row, "total_ms": 600_000.0, "calls": 3000}, SCENE)
    assert one is not None
    assert (one.risk, one.object) == ("medium", f"statement {row['name']}")
    assert one.message.endswith("select pg_sleep($1), $2")
    one = RULES["slow-statement"].judge({**row, "share": 0.01, "mean_ms": 1500.0, "calls": 20}, SCENE)
    assert one is not None
    assert one.risk == "low"
    assert [one.rules for one in advisor.advise(equipped).unseen] == []


def answers_with_extension(url: str) -> list[dict[str, Any]]:
    with database.connect(url) as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(advisor.question("slow-statement").encode()).fetchall()


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("alter role x password 'it''s secret'", "alter role x password '…'"),
        ("select $1 -- for customer 4711\n from t1 where a1 = $2", "select $1 from t1 where a1 = $2"),
        ("select /* token abc */ 12, 1.5, x", "select …, …, x"),
        ("do $body$ begin secret; end $body$", "do '…'"),
        ("create role x password 'cut of", "create role x password '…'"),
        ("set a.b to 5", "set a.b to …"),
        ("select " + "a, " * 200, "select " + "a, " * 50 + "a,…"),
    ],
)
def test_no_value_is_shown_of_a_statement(statement: str, shown: str) -> None:
    assert server_advice.harmless(statement) == shown


def test_settings_that_risk_data(empty_url: str) -> None:
    found = advice(empty_url, "setting")
    assert {name for name, one in found.items() if one.risk == "high"} == {"fsync", "full_page_writes", "autovacuum"}
    assert found["fsync"].statement == "alter system set fsync = on"
    on_neon = advice(empty_url, "setting", replace(SCENE, neon=True))
    assert on_neon.keys() & {"fsync", "full_page_writes", "wal_level", "shared_buffers"} == set()
    assert "idle_in_transaction_session_timeout" in on_neon


def test_each_setting_is_one_of_the_server_and_can_be_set(empty_url: str) -> None:
    there = {row["name"]: row for row in answers(empty_url, "setting")}
    assert {one.name for one in setting_advice.SETTINGS} - there.keys() == set()
    for known in setting_advice.SETTINGS:
        good = {**there[known.name], "value": known.better or "on"}
        assert RULES["setting"].judge(good, SCENE) is None
    name = value(empty_url, "select current_database()")
    for one in advice(empty_url, "setting").values():
        if one.statement and one.statement.startswith("alter database"):
            rows(empty_url, one.statement)
    left = {one.statement for one in advice(empty_url, "setting").values() if one.statement}
    assert not [statement for statement in left if f"alter database {name}" in statement]


def test_what_this_session_sets_is_not_taken_for_the_setting(empty_url: str) -> None:
    assert "statement_timeout" in advice(empty_url, "setting")
    rows(empty_url, f"alter database {value(empty_url, 'select current_database()')} set statement_timeout = '5s'")
    assert "statement_timeout" not in advice(empty_url, "setting")


def test_memory_and_a_restart(empty_url: str) -> None:
    (row,) = (row for row in answers(empty_url, "setting") if row["name"] == "shared_buffers")
    default = {**row, "value": "16384", "unit": "8kB", "source": "default"}
    assert RULES["setting"].judge({**default, "database_bytes": 2**20}, SCENE) is None
    found = RULES["setting"].judge({**default, "database_bytes": 2**30}, SCENE)
    assert found is not None
    assert found.message == "128 MB, as it came, and the database has 1 GB"
    found = RULES["setting"].judge({**default, "database_bytes": 0, "pending_restart": True}, SCENE)
    assert found is not None
    assert found.message == "a new value waits for a restart of the server"

"""Plays the scenes that runners are known to fail in, on ours and on the peers, and prints what was seen.

Run as ``python -m bench.scenes`` in the repository's root; each cell comes from what this run observed.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import errors

from bench import histories, peers, pooler
from bench.apply import machine
from bench.meter import Bench, durable_server
from bench.peers import DBMATE, DBMATE_LOCKING, OURS, YOYO, Runner
from bench.stage import Stage, change, ended

RUNNERS = (OURS, YOYO, DBMATE, DBMATE_LOCKING)
MAKE_USERS = """
create table users (id int primary key, email text, note text);
insert into users select n, 'user' || n % 999, 'precious' from generate_series(1, 1000) as n;
"""
MEND_USERS = "delete from users where id = 1000"


def failed_index(stage: Stage) -> str:
    """A. `create unique index concurrently` fails on duplicates; the data is mended, and the runner started again."""
    index = change(1, "email", "create unique index concurrently users_email on users (email);", transactional=False)
    stage.ask(MAKE_USERS)
    stage.write(index)
    first, left = stage.run(), stage.index("users_email")
    stage.ask(MEND_USERS)
    again = stage.run()
    return f"{first}, index {left}; again: {again}, index {stage.index('users_email')}, {_recorded(stage, index)}"


def failed_index_if_not_exists(stage: Stage) -> str:
    """A1. The same with `if not exists`, which finds the invalid index of the first try."""
    text = "create unique index concurrently if not exists users_email on users (email);"
    index = change(1, "email", text, transactional=False)
    stage.ask(MAKE_USERS)
    stage.write(index)
    first = stage.run()
    stage.ask(MEND_USERS)
    again = stage.run()
    return f"{first}; again: {again}, index {stage.index('users_email')}, {_recorded(stage, index)}"


def failed_index_after_a_column(stage: Stage) -> str:
    """A3. The file that fails has a statement before the index, and a rollback that would drop a column with data."""
    up = "alter table users add column if not exists note text;\ncreate unique index concurrently e on users (email);"
    stage.ask(MAKE_USERS)
    stage.write(change(1, "note", up, "drop index e;\nalter table users drop column note;", transactional=False))
    run = stage.run()
    kept = stage.value("select count(*) from pg_attribute where attrelid = 'users'::regclass and attname = 'note'")
    return f"{run}; the column that was there before {'is kept' if kept else 'is DROPPED with its data'}"


def two_indexes(stage: Stage) -> str:
    """A2. Two concurrent indexes in one file."""
    text = "create index concurrently one on users (email);\ncreate index concurrently two on users (note);"
    stage.ask(MAKE_USERS)
    stage.write(change(1, "indexes", text, transactional=False))
    return f"{stage.run()}, indexes {stage.index('one')} and {stage.index('two')}"


def killed(stage: Stage) -> str:
    """B. The runner is killed (SIGKILL) in the middle of a migration of four seconds, and started again."""
    slow = change(1, "slow", "create table a (id int);\nselect pg_sleep(4);\ncreate table b (id int);")
    stage.write(slow)
    process = stage.start()
    stage.wait_for("pg_sleep")
    process.send_signal(signal.SIGKILL)
    ended([process])
    again = stage.run()
    tables = sum(stage.has(name) for name in "ab")
    return f"again: {again}, {tables} of 2 tables, {_recorded(stage, slow)}"


def two_at_once(stage: Stage) -> str:
    """C. Two runs start at the same moment; one transactional migration."""
    slow = change(1, "slow", "create table a (id int);\nselect pg_sleep(1);")
    stage.deploy()
    stage.write(slow)
    first, second = ended([stage.start(), stage.start()])
    return f"exit {first.code} and {second.code}, {_recorded(stage, slow)}"


def two_at_once_outside(stage: Stage) -> str:
    """C2. Two runs start at the same moment; one non-transactional migration inserts a row."""
    text = "insert into counted select 1 from pg_sleep(1);"
    stage.deploy()
    stage.ask("create table counted (n int)")
    stage.write(change(1, "row", text, transactional=False))
    first, second = ended([stage.start(), stage.start()])
    return f"exit {first.code} and {second.code}, {stage.value('select count(*) from counted')} row(s)"


def edited(stage: Stage) -> str:
    """D. An applied file is edited, and the runner started again."""
    stage.write(change(1, "edited", "create table a (id int);"))
    stage.run()
    stage.write(change(1, "edited", "create table a (id bigint);"), change(2, "next", "create table b (id int);"))
    status, run = stage.run("status"), stage.run()
    seen = "names the file" if "_edited" in run.said and run.code else "not seen"
    shown = "edited" in status.said.replace("_edited", "")
    return f"{run}, {seen}; status {'shows it' if shown else 'does not show it'}"


def late(stage: Stage) -> str:
    """E. A file arrives that is older than one that is applied."""
    middle = change(2, "middle", "create table middle (id int);")
    stage.write(change(1, "first", "create table a (id int);"), change(3, "third", "create table c (id int);"))
    stage.run()
    stage.write(middle)
    run = stage.run()
    if stage.has("middle"):
        return f"{run}, applied {'with a word' if 'older' in run.said or 'order' in run.said else 'silently'}"
    return f"{run}, {'refused, names it' if middle.id in run.said else 'skipped silently'}"


def pooled(stage: Stage) -> str:
    """G. Twelve migrations through a PgBouncer in transaction mode that others use too, and a second run."""
    changes = [change(number, f"t{number}", f"create table t{number} (id int);") for number in range(1, 13)]
    stage.write(*changes)
    with pooler.transaction_mode(stage.at) as through:
        with pooler.traffic(through):
            first = stage.run(at=through)
        tables = sum(stage.has(f"t{number}") for number in range(1, 13))
        recorded = sum(stage.recorded(one) for one in changes)
        with pooler.traffic(through):
            second = stage.run(at=through)
        locks = stage.value("select count(*) from pg_locks where locktype = 'advisory'")
    left = f", {locks} advisory lock(s) left behind" if locks else ""
    return f"{first}, {tables} tables, {recorded} recorded; again: {second}{left}"


def two_at_once_index(stage: Stage) -> str:
    """H. Two runs, one concurrent index, while an application's transaction of two seconds is open."""
    stage.deploy()
    stage.ask(MAKE_USERS)
    index = change(1, "index", "create index concurrently users_note on users (note);", transactional=False)
    stage.write(index)
    with stage.hold("update users set note = 'mine' where id = 1") as application:
        processes = [stage.start(), stage.start()]
        time.sleep(2)
        application.rollback()
    first, second = ended(processes)
    return f"exit {first.code} and {second.code}, index {stage.index('users_note')}, {_recorded(stage, index)}"


def read_only(stage: Stage) -> str:
    """I. `status` on a read-only database."""
    stage.write(change(1, "first", "create table a (id int);"))
    stage.run()
    stage.ask(f"alter database {stage.at.database} set default_transaction_read_only = on")
    return str(stage.run("status"))


def queue(stage: Stage) -> str:
    """L. An `alter table` waits for a transaction of three seconds: how long a plain select behind it waits."""
    stage.ask(MAKE_USERS)
    stage.write(change(1, "column", "alter table users add column more text;"))
    with stage.hold("select 1 from users limit 1") as application:
        process = stage.start()
        stage.wait_for("alter table users")
        deadline, longest = time.monotonic() + 3, 0.0
        while time.monotonic() < deadline:
            longest = max(longest, _read_time(stage, deadline))
        application.rollback()
    run = ended([process])[0]
    return f"a select waited {longest * 1000:,.0f} ms; {run}"


def _read_time(stage: Stage, deadline: float) -> float:
    """Return how long a reader waits, at most to the deadline."""
    left = max(1, int((deadline - time.monotonic()) * 1000))
    with psycopg.connect(stage.at.url(), autocommit=True) as reader:
        reader.execute(f"set statement_timeout = {left}".encode())
        started = time.monotonic()
        with suppress(errors.QueryCanceled):
            reader.execute("select count(*) from users")
        return time.monotonic() - started


def no_way_back(stage: Stage) -> str:
    """R. `rollback` of a migration that has no way back."""
    one = change(1, "a", "create table a (id int);", "")
    stage.write(one)
    for path in stage.folder.rglob("*.rollback.sql"):
        path.unlink()
    stage.run()
    run = stage.run("rollback")
    table, row = ("stays" if stage.has("a") else "gone"), ("still" if stage.recorded(one) else "no longer")
    return f"{run}, table {table}, {row} recorded"


def many(stage: Stage) -> str:
    """P. Two hundred one-table files, then nothing to do: seconds."""
    stage.write(*(change(n, f"t{n}", f"create table t{n} (id int);", f"drop table t{n};") for n in range(200)))
    first, second = stage.run(), stage.run()
    codes = "" if not first.code and not second.code else f" (exit {first.code} and {second.code})"
    return f"{first.seconds:.2f} s; {second.seconds:.2f} s{codes}"


SCENES: tuple[Callable[[Stage], str], ...] = (
    failed_index,
    failed_index_if_not_exists,
    two_indexes,
    failed_index_after_a_column,
    killed,
    two_at_once,
    two_at_once_outside,
    edited,
    late,
    pooled,
    two_at_once_index,
    read_only,
    queue,
    no_way_back,
    many,
)

BY_CHANCE, TIMES = (pooled,), 3


def _recorded(stage: Stage, one: histories.Change) -> str:
    return "recorded" if stage.recorded(one) else "not recorded"


def cell(bench: Bench, scene: Callable[[Stage], str], runner: Runner) -> str:
    """Play a scene, where chance decides more than once, and return what was seen."""
    if scene not in BY_CHANCE:
        return play(bench, scene, runner)
    seen = Counter(play(bench, scene, runner) for _ in range(TIMES))
    return "; ".join(f"{count} of {TIMES} times: {outcome}" for outcome, count in seen.most_common())


def play(bench: Bench, scene: Callable[[Stage], str], runner: Runner) -> str:
    """Play one scene with one runner, on a stage of its own."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(bench=bench, runner=runner, folder=Path(folder), at=bench.create())
        try:
            return scene(stage)
        finally:
            bench.drop(stage.at)


def main() -> None:
    """Play, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("letters", nargs="*", help="the scenes to play, like A B G [all]")
    wanted = {letter.upper() for letter in parser.parse_args().letters}
    versions = peers.install()
    print(f"| | {' | '.join(runner.name for runner in RUNNERS)} |")
    print(f"| --- {'| --- ' * len(RUNNERS)}|")
    with durable_server() as bench:
        for scene in SCENES:
            title = (scene.__doc__ or "").strip()
            if wanted and title.partition(".")[0] not in wanted:
                continue
            print(title, file=sys.stderr)
            cells = [cell(bench, scene, runner) for runner in RUNNERS]
            print(f"| {title} | {' | '.join(cells)} |", flush=True)
        print(f"\n{machine(bench, versions)}")


if __name__ == "__main__":
    main()

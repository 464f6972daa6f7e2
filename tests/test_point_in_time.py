"""What docs/backup-and-recovery.md says of a recovery to a point in time, done: archive, base backup, restore point."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest import mock

import psycopg
from tiny import AB, A, B, C, applied, call, relations, value, wait_until, write_history

from tools import directories, postmaster, scratch, server
from tools.directories import Account

POINT = "before the risky one"
ARCHIVING = {"wal_level": "replica", "max_wal_senders": "2", "archive_mode": "on"}


def test_a_server_comes_back_as_it_was_at_a_restore_point(tmp_path: Path) -> None:
    account = directories.server_account()
    project = write_history(tmp_path, {**AB, C: ("drop table a", None)})
    with placed(account) as place:
        archive = {"archive_command": f"cp %p {place}/%f"}
        with mock.patch.dict(postmaster.SETTINGS, ARCHIVING | archive):
            running = server.start(binaries=server.find_binaries(scratch.configured(None, None).bindir))
        with running:
            url = running.url()
            assert call(project, "apply", "--to", A, "-u", url).code == 0
            back_up(running, place / "base", account)
            assert call(project, "apply", "--to", B, "-u", url).code == 0
            value(url, f"select pg_create_restore_point('{POINT}')")
            assert call(project, "apply", "-u", url).code == 0
            last = value(url, "select pg_walfile_name(pg_switch_wal())")
            wait_until(lambda: (place / str(last)).exists())
            with recovered(running, place, account) as restored:
                assert applied(restored) == [A, B]
                assert relations(restored) >= {"a", "b"}
                assert call(project, "status", "-u", restored).out.endswith("2 applied, 1 pending\n")
                assert call(project, "drift-check", "--actual", "live", "-u", restored).code == 0


@contextmanager
def placed(account: Account) -> Iterator[Path]:
    """Make a directory that the server may write to."""
    place = directories.new_place(account)
    yield place / "data"
    shutil.rmtree(place)


def back_up(running: postmaster.Server, base: Path, account: Account) -> None:
    program = running.binaries.directory / "pg_basebackup"
    subprocess.run(  # warns of the socket, which is among the data
        [program, "-h", running.host, "-p", str(running.port), "-U", "postgres", "-D", base, "--checkpoint", "fast"],
        check=True,
        stderr=subprocess.DEVNULL,
        env=postmaster.environment(),
        cwd="/",
        **account.switch,
    )


@contextmanager
def recovered(running: postmaster.Server, place: Path, account: Account) -> Iterator[str]:
    """Start the base backup beside the server, recover to the restore point, and return the URL."""
    base = place / "base"
    (base / "recovery.signal").touch()
    settings = {
        "restore_command": f"cp {place}/%f %p",
        "recovery_target_name": POINT,
        "recovery_target_action": "promote",
        "unix_socket_directories": str(place),
        "listen_addresses": "",
        "max_locks_per_transaction": "512",
    }
    options = [f"--{name}={setting}" for name, setting in settings.items()]
    url = f"postgresql://postgres@/postgres?host={place}&port={running.port}"
    process = subprocess.Popen(
        [running.binaries.postgres, "-D", base, *options],
        stderr=subprocess.DEVNULL,
        env=postmaster.environment(),
        cwd="/",
        **account.switch,
    )
    try:
        wait_until(lambda: is_promoted(url))
        yield url
    finally:
        process.terminate()
        process.wait(20)


def is_promoted(url: str) -> bool:
    with suppress(psycopg.OperationalError), psycopg.connect(url) as conn:
        return conn.execute("select pg_is_in_recovery()").fetchone() == (False,)
    return False

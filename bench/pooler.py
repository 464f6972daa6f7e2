"""A real PgBouncer in transaction mode before one database, for as long as a scene takes."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg

from bench.peers import Address

CONFIGURATION = """
[databases]
{database} = host={host} port={port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 5
logfile = {folder}/log
ignore_startup_parameters = extra_float_digits
"""


@contextmanager
def transaction_mode(at: Address) -> Iterator[Address]:
    """Start PgBouncer in front of a database, and return the address of its other side."""
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise SystemExit("no pgbouncer: apt-get install pgbouncer, or leave scene G out")
    with tempfile.TemporaryDirectory() as folder:
        if os.geteuid() == 0:  # PgBouncer refuses root, and the server's socket is nobody's
            os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
        own = _free_port()
        text = CONFIGURATION.format(database=at.database, host=at.host, port=at.port, own=own, folder=folder)
        (Path(folder) / "ini").write_text(text, encoding="utf-8")
        (Path(folder) / "ini").chmod(0o644)
        switch = ["-u", "nobody"] if os.geteuid() == 0 else []
        process = subprocess.Popen(
            [program, "-q", *switch, f"{folder}/ini"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _await(own)
            yield replace(at, host="127.0.0.1", port=own)
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def traffic(through: Address, clients: int = 3) -> Iterator[None]:
    """Let an application's clients come and go through the pooler: sessions change hands between two transactions."""
    over = threading.Event()

    def ask() -> None:
        with psycopg.connect(through.url(), autocommit=True, prepare_threshold=None) as connection:
            while not over.wait(0.001):
                connection.execute("select pg_sleep(0.002)")

    with ThreadPoolExecutor(clients) as pool:
        asking = [pool.submit(ask) for _ in range(clients)]
        try:
            yield
        finally:
            over.set()
    for one in asking:
        one.result()


def _await(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > deadline:
                raise SystemExit("pgbouncer did not start") from None
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

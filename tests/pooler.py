"""A real PgBouncer before a database, for as long as a test takes."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from tiny import wait_until

from tools import database

PARAMETERS = ("host", "port", "user", "password")


@contextmanager
def pooled(url: str, mode: str = "transaction", port: int | None = None, **settings: object) -> Iterator[str]:
    """Start PgBouncer in a mode, and return the URL through it; the test is skipped where there is none."""
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        pytest.skip("there is no pgbouncer: apt-get install pgbouncer")
    uid = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()  # it refuses to run as root
    where, port = database.parse(url), port or free_port()
    server = " ".join(f"{key}={where[key]}" for key in PARAMETERS if where.get(key))
    lines = [f"{name} = {value}" for name, value in {"pool_mode": mode, **settings}.items()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pgbouncer.ini")
        path.write_text(
            f"[databases]\n* = {server}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n"
            "unix_socket_dir =\nauth_type = any\n" + "\n".join(lines) + "\n"
        )
        for owned in (folder, path):
            os.chown(owned, uid, -1)  # nobody else may read the server's password
        process = subprocess.Popen([program, str(path)], stderr=subprocess.DEVNULL, user=uid, cwd="/")
        try:
            wait_until(lambda: _answers(port))
            yield f"postgresql://{quote(str(where.get('user', 'postgres')))}@127.0.0.1:{port}/{where['dbname']}"
        finally:
            process.terminate()
            process.wait()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

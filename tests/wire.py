"""A wire between a client and the server, that breaks at the worst moment."""

from __future__ import annotations

import select as selecting
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo


@contextmanager
def cut_after_commit(url: str) -> Iterator[str]:
    """A wire that brings COMMIT to the server and not the answer back: the client cannot know that it succeeded."""
    where = conninfo_to_dict(url)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_carry, args=[listening, where])
        thread.start()
        port = listening.getsockname()[1]
        yield make_conninfo(**{**where, "host": "127.0.0.1", "port": port, "sslmode": "disable"})
        thread.join(10)


def _carry(listening: socket.socket, where: dict[str, Any]) -> None:
    client, _ = listening.accept()
    with client, _server(where) as server:
        ending = False
        for sender, receiver in iter(lambda: _ready(client, server), None):
            data = sender.recv(65536)
            if not data or (ending and sender is server):
                return
            ending = ending or (sender is client and b"COMMIT" in data)
            receiver.sendall(data)


def _ready(client: socket.socket, server: socket.socket) -> tuple[socket.socket, socket.socket]:
    (sender, *_), _, _ = selecting.select([client, server], [], [])
    return (client, server) if sender is client else (server, client)


def _server(where: dict[str, Any]) -> socket.socket:
    host, port = str(where.get("host", "localhost")), int(where.get("port") or 5432)
    if not host.startswith("/"):
        return socket.create_connection((host, port))
    made = socket.socket(socket.AF_UNIX)
    made.connect(f"{host}/.s.PGSQL.{port}")
    return made

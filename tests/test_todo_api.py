"""The example application, driven over HTTP as two users, through a real PgBouncer in transaction mode."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest
import uvicorn
from garden import ALICE, BOB
from pooler import free_port, pooled
from psycopg import conninfo, sql
from tiny import wait_until
from visitors import login

from examples import todo_api

TOKENS = {ALICE: "token-of-alice", BOB: "token-of-bob"}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The application and its two users, each with a client that is signed in."""

    alice: httpx.Client
    bob: httpx.Client
    nobody: httpx.Client
    database_url: str


@contextmanager
def served(url: str) -> Iterator[str]:
    """Serve the application, and return its address."""
    port = free_port()
    config = uvicorn.Config(todo_api.create_app(url), port=port, log_level="critical", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


def sign_in(url: str, role: str) -> None:
    """Write what Better Auth writes, and let the role of the application read it."""
    with psycopg.connect(url, autocommit=True) as conn:
        for user, token, hours in [(ALICE, TOKENS[ALICE], 1), (BOB, TOKENS[BOB], 1), (ALICE, "old", -1)]:
            conn.execute(
                "insert into sessions (user_id, token, expires_at, updated_at)"
                " values (%s, %s, now() + make_interval(hours => %s), now())",
                [user, token, hours],
            )
        conn.execute(
            sql.SQL("grant select (user_id, token, expires_at) on sessions to {}").format(sql.Identifier(role))
        )


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with login(database_url) as url:
        sign_in(database_url, str(conninfo.conninfo_to_dict(url)["user"]))
        with pooled(url, default_pool_size=2) as through, served(through) as address:
            clients = [
                httpx.Client(
                    base_url=address, headers={"Authorization": f"Bearer {token}"} if token else {}, timeout=60
                )
                for token in (*TOKENS.values(), None)
            ]
            yield World(alice=clients[0], bob=clients[1], nobody=clients[2], database_url=database_url)
            for client in clients:
                client.close()


def made(client: httpx.Client, path: str, **values: Any) -> dict[str, Any]:
    answer = client.post(path, json=values)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def told(answer: httpx.Response) -> tuple[int, str, str | None]:
    body = answer.json()
    assert answer.status_code == body["status"]
    for word in ("constraint", "violates", "relation", "sql", "insert", "update tasks", "psycopg"):
        assert word not in answer.text.lower()
    return answer.status_code, body["code"], body["field"]


def test_a_task_lives(world: World) -> None:
    task = made(world.alice, "/tasks", title="Water", metadata={"a": 1})
    assert (task["user_id"], task["version"], task["metadata"]) == (str(ALICE), 1, {"a": 1})
    path = f"/tasks/{task['id']}"
    changed = world.alice.patch(path, params={"version": 1}, json={"due_at": "2026-07-01T12:00:00Z"})
    assert (changed.status_code, changed.json()["title"], changed.json()["version"]) == (200, "Water", 2)
    assert world.alice.delete(path).status_code == 204
    assert world.alice.get(path).status_code == 404
    assert [row["title"] for row in world.alice.get("/trash").json()["items"]] == ["Water"]
    assert world.alice.post(f"{path}/restore").json()["deleted_at"] is None
    assert world.alice.get(path).json()["due_at"] == "2026-07-01T12:00:00Z"


def test_who_is_not_signed_in_gets_nothing(world: World) -> None:
    assert world.nobody.get("/tasks").status_code == 401
    for token in ("nonsense", "old", "' or true --"):
        assert world.nobody.get("/tasks", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_neither_sees_or_touches_what_is_the_others(world: World) -> None:
    project = made(world.alice, "/projects", name="Garden")
    task = made(world.alice, "/tasks", title="hers", project_id=project["id"])
    path = f"/tasks/{task['id']}"
    for bobs in (path, f"/tasks/{uuid.uuid4()}"):  # what is hers and what is not there are the same to him
        assert told(world.bob.get(bobs)) == (404, "not_found", None)
        assert told(world.bob.patch(bobs, params={"version": 1}, json={"title": "his"})) == (404, "not_found", None)
        assert told(world.bob.patch(bobs, params={"version": 9}, json={"title": "his"})) == (404, "not_found", None)
        assert told(world.bob.delete(bobs)) == (404, "not_found", None)
        assert told(world.bob.post(f"{bobs}/restore")) == (404, "not_found", None)
    assert told(world.bob.delete(f"/projects/{project['id']}")) == (404, "not_found", None)
    assert told(world.bob.put(f"/projects/{project['id']}/order", json=[task["id"]])) == (404, "not_found", None)
    assert told(world.bob.post("/tasks", json={"title": "t", "project_id": project["id"]})) == (403, "forbidden", None)
    assert world.bob.post("/tasks", json={"title": "t", "user_id": str(ALICE)}).status_code == 422
    assert world.bob.get("/tasks").json()["items"] == []
    assert world.bob.get("/projects").json()["total"] == 0
    assert world.alice.get(path).json() == task


def test_what_is_wrong_is_told_without_the_databases_words(world: World) -> None:
    made(world.alice, "/projects", name="Garden")
    made(world.bob, "/projects", name="Garden")
    assert told(world.alice.post("/projects", json={"name": "GARDEN"})) == (409, "unique", "name")
    orphan = {"title": 'a "unique constraint"', "parent_id": str(uuid.uuid4())}
    answer = world.alice.post("/tasks", json=orphan)
    assert told(answer) == (400, "foreign_key", "parent_id")
    assert answer.json()["message"] == "Parent does not exist."
    assert world.alice.post("/tasks", json={"title": ""}).status_code == 422
    answer = world.alice.post("/tasks", json={"title": "x" * 201})
    assert (answer.status_code, "at most 200 characters" in answer.text) == (422, True)
    assert told(world.alice.get("/projects", params={"page_size": 1000})) == (422, "range", "page_size")
    assert told(world.alice.get("/tasks", params={"after": "nonsense"})) == (422, "cursor", "cursor")


def test_a_stale_version(world: World) -> None:
    task = made(world.alice, "/tasks", title="Water")
    path = f"/tasks/{task['id']}"
    assert world.alice.patch(path, params={"version": 1}, json={"title": "first"}).status_code == 200
    assert told(world.alice.patch(path, params={"version": 1}, json={"title": "second"})) == (409, "stale", "version")
    assert world.alice.patch(path, json={"title": "unversioned"}).status_code == 422
    assert world.alice.get(path).json()["title"] == "first"


def test_an_error_at_commit_is_told_and_not_a_success(world: World) -> None:
    project = made(world.alice, "/projects", name="Garden")
    tasks = [made(world.alice, "/tasks", title=f"t{n}", project_id=project["id"])["id"] for n in range(3)]
    order = f"/projects/{project['id']}/order"
    assert world.alice.put(order, json=tasks).status_code == 204
    assert world.alice.put(order, json=tasks[::-1]).status_code == 204
    assert told(world.alice.put(order, json=tasks[:1])) == (409, "unique", "position")
    positions = [world.alice.get(f"/tasks/{task}").json()["position"] for task in tasks]
    assert positions == [3, 2, 1]


def test_the_answer_waits_for_the_commit(world: World) -> None:
    """FastAPI's own choice is to answer first: a client would be told of a task that is not there."""
    with psycopg.connect(world.database_url, autocommit=True) as conn:
        conn.execute(
            """
            create function refuse() returns trigger language plpgsql as $$
            begin
                raise check_violation using table = tg_table_name, schema = 'public', constraint = 'tasks_title_check';
            end $$;
            create constraint trigger refuse after insert on tasks deferrable initially deferred
                for each row execute function refuse();
            """
        )
    assert told(world.alice.post("/tasks", json={"title": "Water"})) == (400, "check", "title")


def test_pages(world: World) -> None:
    for n in range(5):
        made(world.alice, "/tasks", title=f"t{n}")
        made(world.alice, "/projects", name=f"p{n}")
    page = world.alice.get("/projects", params={"page": 2, "page_size": 2}).json()
    names = [row["name"] for row in page.pop("items")]
    assert (names, page) == (
        ["p2", "p1"],
        {"total": 5, "page": 2, "page_size": 2, "total_pages": 3, "has_next": True, "has_prev": True},
    )
    titles, after = [], None
    while True:
        body = world.alice.get("/tasks", params={"page_size": 2, **({"after": after} if after else {})}).json()
        titles += [row["title"] for row in body["items"]]
        after = body["next_cursor"]
        if after is None:
            break
    assert titles == ["t4", "t3", "t2", "t1", "t0"]


def test_many_requests_at_once_keep_users_apart(world: World) -> None:
    """Two server sessions for all of them: each is Alice's and Bob's in turn."""
    clients = {"alice": world.alice, "bob": world.bob}

    def act(n: int) -> tuple[str, set[str]]:
        name = list(clients)[n % 2]
        made(clients[name], "/tasks", title=name)
        return name, {row["title"] for row in clients[name].get("/tasks", params={"page_size": 100}).json()["items"]}

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(act, range(60)))
    assert {(name, tuple(seen)) for name, seen in answers} == {("alice", ("alice",)), ("bob", ("bob",))}


def test_sessions_of_the_server_that_ended_are_replaced(world: World) -> None:
    made(world.alice, "/tasks", title="before")
    with psycopg.connect(world.database_url, autocommit=True) as conn:
        ended = conn.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename like 'web_%'")
        assert ended.fetchall()
    made(world.alice, "/tasks", title="after")


def test_the_documentation_is_made(world: World) -> None:
    paths = world.nobody.get("/openapi.json").json()["paths"]
    assert set(paths) == {
        "/projects",
        "/projects/{key}",
        "/projects/{key}/order",
        "/tasks",
        "/tasks/{key}",
        "/tasks/{key}/restore",
        "/trash",
    }

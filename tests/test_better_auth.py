"""The real Better Auth: its command makes its tables, its API signs people up and deletes them; between is our part."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from npm import Installed, install
from proving import read
from psycopg import sql
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session, SQLModel, select
from test_todo_api import served
from tiny import call, relations, rows, value

from models import (
    Attachment,
    Comment,
    MemberRole,
    Project,
    ProjectMember,
    Tag,
    Task,
    TaskAssignment,
    TaskTag,
    TimeBlock,
    UserSettings,
    check,
    metadata,
    open_engine,
    transaction,
)
from tools import database, drift, scratch, sources
from tools.config import Project as Repository

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "better_auth"
ORIGIN = "http://localhost"
SECRET = "only for tests, and only on this machine"
PASSWORD = "correct horse battery staple"
NOON = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class BetterAuth:
    """Better Auth on a database."""

    installed: Installed
    url: str

    def env(self, plugin: str) -> dict[str, str]:
        return {
            "DATABASE_URL": self.url,
            "PLUGIN": plugin,
            "BETTER_AUTH_URL": ORIGIN,
            "BETTER_AUTH_SECRET": SECRET,
            "BETTER_AUTH_TELEMETRY": "0",
        }

    def migrate(self, plugin: str = "") -> str:
        """Make its tables, or change them, as whoever upgrades it does."""
        command = "node_modules/auth/dist/index.mjs"
        return self.installed.run(command, "migrate", "--config", "auth.mjs", "--yes", env=self.env(plugin))

    @contextmanager
    def served(self, plugin: str = "") -> Iterator[str]:
        """Serve its API, and return the address."""
        with self.installed.start("serve.mjs", env=self.env(plugin)) as process:
            assert process.stdout
            port = process.stdout.readline().strip()
            assert port.isdigit(), port + process.stdout.read()
            yield f"http://127.0.0.1:{port}/api/auth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who signed up."""

    id: UUID
    token: str
    client: httpx.Client

    def delete(self) -> None:
        """Delete the account, as its owner does."""
        answer = self.client.post("/delete-user", json={"password": PASSWORD})
        assert (answer.status_code, answer.json()["success"]) == (200, True), answer.text


@contextmanager
def signed_up(address: str, name: str) -> Iterator[Account]:
    with httpx.Client(base_url=address, headers={"Origin": ORIGIN}, timeout=30) as client:
        person = {"name": name, "email": f"{name}@Example.org", "password": PASSWORD}
        answer = client.post("/sign-up/email", json=person)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        yield Account(id=UUID(body["user"]["id"]), token=body["token"], client=client)


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A database with three ways in: whose it is, Better Auth's, and the application's; none is a superuser."""

    url: str
    owner_url: str
    web_url: str
    auth: BetterAuth

    def migrate(self, plugin: str = "") -> str:
        """Let Better Auth make what it wants, and nothing afterwards."""
        role = str(database.parse(self.auth.url)["user"])
        order(self.url, "grant create on schema public to {}", role)
        said = self.auth.migrate(plugin)
        order(self.url, "revoke create on schema public from {}", role)
        return said

    @contextmanager
    def opened(self) -> Iterator[sa.Engine]:
        """Open the application's engine."""
        engine = open_engine(self.web_url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="session")
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    cache = getattr(request.config, "cache", None)  # none with -p no:cacheprovider
    ignored = shutil.ignore_patterns("node_modules")
    folder = shutil.copytree(FOLDER, tmp_path_factory.mktemp("better_auth") / "app", ignore=ignored)
    return install(Path(folder), cache.mkdir("npm") if cache else tmp_path_factory.mktemp("npm"))


@pytest.fixture
def town(cluster: scratch.Cluster, installed: Installed, project: Repository) -> Iterator[Town]:
    """Better Auth migrates an empty database, lets our owner point to its users, and our history comes on top."""
    url, mark = cluster.create(), secrets.token_hex(6)
    owner, auth, web = roles = [f"{role}_{mark}" for role in ("owner", "auth", "web")]
    made = Town(
        url=url,
        owner_url=entrance(url, owner),
        web_url=entrance(url, web),
        auth=BetterAuth(installed=installed, url=entrance(url, auth)),
    )
    try:
        order(url, "create role {} login createrole password 'town'", owner)
        order(url, "create role {} login password 'town'", auth)
        order(url, "create role {} login password 'town' in role todo_app", web)
        order(url, "alter database {} owner to {}", str(database.parse(url)["dbname"]), owner)
        made.migrate()
        order(made.auth.url, "grant references (id) on users to {}", owner)
        order(made.auth.url, "grant select (user_id, token, expires_at) on sessions to {}", web)
        answer = call(project, "apply", "--yes", "-u", made.owner_url)
        assert answer.code == 0, answer.err
        yield made
    finally:
        cluster.drop(url)
        for role in roles:
            order(cluster.url("postgres"), "drop role if exists {}", role)


def order(url: str, statement: str, *names: str) -> None:
    with database.connect(url, application="tests") as conn:
        conn.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def entrance(url: str, role: str) -> str:
    """Return the URL of the same database for a role, in a form that node-postgres reads, too."""
    where = database.parse(url)
    place = urlencode({"host": where.get("host", "localhost"), "port": where.get("port", 5432)})
    return f"postgresql://{role}:town@/{quote(str(where['dbname']))}?{place}"


# --- two people, and what they share ----------------------------------------------------------------------------------

# what is left when Ada is gone: Bob's project, his task, his comment on it, and that he was to do it
BOBS = {"projects": 1, "project_members": 0, "tasks": 1, "task_assignments": 1, "tags": 0, "task_tags": 0} | {
    "comments": 1,
    "attachments": 0,
    "time_blocks": 0,
    "user_settings": 1,
}


def live(engine: sa.Engine, ada: UUID, bob: UUID) -> None:
    """Let Bob share a project with Ada, and Ada leave a row behind wherever a row can belong to somebody."""
    shared, rake = Project(user_id=bob, name="Street"), Task(user_id=bob, title="Rake")
    with transaction(engine, bob) as session:
        add(session, shared, UserSettings(user_id=bob))
        rake.project_id = shared.id
        add(session, rake, ProjectMember(project_id=shared.id, user_id=ada, role=MemberRole.EDITOR))
        add(session, Comment(user_id=bob, task_id=rake.id, body="Who helps?"))
    with transaction(engine, ada) as session:
        session.get_one(Task, rake.id).title = "Rake the leaves"
        garden = Project(user_id=ada, name="Garden")
        weed, water = (Task(user_id=ada, title="Weed", project_id=shared.id), Task(user_id=ada, title="Water"))
        add(session, garden, weed, water, tag := Tag(user_id=ada, name="later"), UserSettings(user_id=ada))
        add(session, TaskTag(task_id=water.id, tag_id=tag.id), Comment(user_id=ada, task_id=rake.id, body="I do."))
        add(session, Comment(user_id=ada, project_id=garden.id, body="Mine."))
        add(session, *(TaskAssignment(task_id=rake.id, user_id=who, assigned_by=ada) for who in (ada, bob)))
        add(session, TimeBlock(user_id=ada, task_id=water.id, during=Range(NOON, NOON + dt.timedelta(hours=1))))
        add(session, attachment(ada, rake.id))


def attachment(user: UUID, task: UUID) -> Attachment:
    return Attachment(
        user_id=user,
        task_id=task,
        file_name="leaves.jpg",
        content_type="image/jpeg",
        byte_size=1,
        sha256=bytes(32),
        storage_key="leaves",
    )


def add(session: Session, *made: SQLModel) -> None:
    session.add_all(made)
    session.flush()


def titles(engine: sa.Engine, user: UUID) -> set[str]:
    with transaction(engine, user) as session:
        return set(session.exec(select(Task.title)))


def listed(town: Town, account: Account) -> tuple[int, set[str]]:
    """Return what the example application answers whom Better Auth let in."""
    with served(town.web_url) as address:
        answer = httpx.get(f"{address}/tasks", headers={"Authorization": f"Bearer {account.token}"})
    return answer.status_code, {task["title"] for task in answer.json().get("items", [])}


def links() -> list[sa.Column[UUID]]:
    """Return every column of ours that points to a user."""
    tables = metadata.tables.values()
    users = metadata.tables["users"]
    return [key.parent for table in tables for key in table.foreign_keys if key.references(users)]


def keys(town: Town, link: sa.Column[UUID], user: UUID | None) -> set[tuple[Any, ...]]:
    """Return the keys of the rows whose link is the user, or null, whoever may read them."""
    with open_engine(town.url, pool=None).connect() as conn:
        found = conn.execute(sa.select(*link.table.primary_key).where(link.is_not_distinct_from(user)))
        return {tuple(key) for key in found}


def logged(town: Town, actor: UUID | None) -> list[tuple[str, str]]:
    """Return what the audit log has of a user, or of nobody, in the order of time."""
    query = sql.SQL("select action::text, table_name from audit_log where actor_id {} {} order by occurred_at, id")
    return rows(town.url, query.format(sql.SQL("=" if actor else "is"), actor).as_string())


# --- what it makes ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_contract_is_what_it_makes(
    installed: Installed, project: Repository, make_database: Callable[[str], str]
) -> None:
    theirs, contract = make_database(""), make_database((project.external / "better_auth.sql").read_text())
    BetterAuth(installed=installed, url=theirs).migrate()
    assert drift.diff(read(contract), read(theirs)) == ()


def test_the_contract_says_of_which_version_it_is(project: Repository) -> None:
    pinned = json.loads((FOLDER / "package.json").read_text())["dependencies"]
    said = f"Better Auth {pinned['better-auth']} makes (by its command, npm package auth {pinned['auth']})"
    assert said in (project.external / "better_auth.sql").read_text()


@pytest.mark.slow
def test_our_history_comes_on_top_and_its_migration_again_changes_nothing(town: Town, project: Repository) -> None:
    undrifted(project, town)
    before = read(town.url)
    with town.auth.served() as address, signed_up(address, "ada") as ada:
        with town.opened() as engine, transaction(engine, ada.id) as session:
            session.add(Task(user_id=ada.id, title="Water"))
        assert "No migrations needed" in town.auth.migrate()
    assert drift.diff(before, read(town.url)) == ()
    assert value(town.url, "select count(*) from tasks join users on users.id = user_id") == 1


@pytest.mark.slow
def test_a_plugin_that_adds_columns_is_no_drift(town: Town, project: Repository) -> None:
    before = read(town.url)
    assert "migration was completed" in town.migrate("admin")
    added = {(one.change, one.kind, one.name) for one in drift.diff(before, read(town.url))}
    assert ("unexpected", "column", 'public.users."banReason"') in added
    assert {change for change, _, _ in added} == {"unexpected"}
    undrifted(project, town)
    with town.auth.served("admin") as address, signed_up(address, "ada") as ada, town.opened() as engine:
        assert titles(engine, ada.id) == set()


@pytest.mark.slow
def test_a_plugin_that_adds_a_table_is_drift_until_it_is_declared(
    town: Town, project: Repository, tmp_path: Path
) -> None:
    assert "migration was completed" in town.migrate("jwt")
    declared = replace(project, external=Path(shutil.copytree(project.external, tmp_path / "external")))
    (declared.external / "jwt.sql").write_text("create table jwks (id uuid primary key)")
    for repository, expected in ((project, [("unexpected", "table", "public.jwks")]), (declared, [])):
        with sources.reader(repository, scratch.configured(None, None)) as reader:
            found = reader.compare("migrations", town.owner_url).differences
        assert [(one.change, one.kind, one.name) for one in found] == expected


def undrifted(project: Repository, town: Town) -> None:
    checked = call(project, "drift-check", "-u", town.owner_url)
    assert checked.code == 0, checked.out
    with town.opened() as engine, engine.connect() as conn:
        assert check(conn, "exact") == ()


@pytest.mark.slow
def test_who_signs_up_owns_tasks_and_leaves_what_the_comments_say(town: Town) -> None:
    with town.auth.served() as address, signed_up(address, "ada") as ada, signed_up(address, "bob") as bob:
        with town.opened() as engine:
            live(engine, ada.id, bob.id)
            assert titles(engine, ada.id) == {"Rake the leaves", "Water", "Weed"}
            assert titles(engine, bob.id) == {"Rake the leaves", "Weed"}
        assert listed(town, ada) == (200, {"Water", "Weed"})
        entries = logged(town, ada.id)
        held = {link: keys(town, link, ada.id) for link in links()}
        assert [link for link in held if not held[link]] == []
        assert ("insert", "projects") in entries

        ada.delete()
        assert rows(town.url, "select id from users") == rows(town.url, "select user_id from sessions") == [(bob.id,)]
        assert listed(town, ada)[0] == 401
        for link, were in held.items():
            assert keys(town, link, ada.id) == set(), link
            stayed = were & keys(town, link, None)
            assert (f"On delete {'set null' if stayed else 'cascade'}: ") in str(link.comment)
        assert {table: value(town.url, f"select count(*) from {table}") for table in BOBS} == BOBS
        assert value(town.url, "select title from tasks") == "Rake the leaves"
        assert logged(town, ada.id) == entries
        assert ("delete", "projects") in logged(town, None)


def test_without_it_nothing_is_applied(empty_url: str, project: Repository) -> None:
    answer = call(project, "apply", "--yes", "-u", empty_url)
    assert answer.code == 2
    assert "table public.users does not exist" in answer.err
    assert "let Better Auth create its tables first (npx auth migrate)" in answer.err
    assert relations(empty_url) == set()

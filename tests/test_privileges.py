"""docs/privileges.md holds: with the roles of its SQL each command works, and with less it says what is missing."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo, sql
from tiny import Answer, call, rows, value

import models
from tools import cli, config, scratch
from tools.config import Project

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "privileges.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sql\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
ROWS = re.findall(r"^\| `tools (.*?)` \| ?(\w*) ?\| ?(.*?) ?\|$", PAGE, re.MULTILINE)
PENDING = "20260629090000_comment_for_models"
EMPTY = ("seed",)  # what works on tables without rows
WHOLE = ("mark", "models", "docs", "snapshot")  # what works where nothing is pending
DIFFERENT = ("advise",)  # what finds something to say of a small database


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A copy of this repository, and a database in which the roles of the page are, each under a name of its own."""

    project: Project
    url: str
    prefix: str

    def who(self, role: str) -> str:
        """Return the URL with which a role of the page connects."""
        return conninfo.make_conninfo(self.url, user=role.replace("todo_", self.prefix), password=self.prefix)

    def make(self, number: int) -> None:
        """Run a block of the page."""
        name = value(self.url, "select quote_ident(current_database())")
        text = re.sub(r"todo_(?!app\b)", self.prefix, BLOCKS[number]).replace("database todo ", f"database {name} ")
        text = re.sub(r"create role (?!todo_app)(\w+) login", rf"create role \1 password '{self.prefix}' login", text)
        rows(self.url, text.replace("create role todo_app nologin;", ""))  # of the cluster, and there

    def call(self, role: str, command: str) -> Answer:
        """Run a command as a role."""
        return call(self.project, *command.split(), "-u", self.who(role))


@pytest.fixture
def stage(make_database: Callable[[str], str], cluster: scratch.Cluster, tmp_path: Path) -> Iterator[Stage]:
    for name in ("sql", "models", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", ".driftignore"):
        shutil.copy(ROOT / name, tmp_path / name)
    url = make_database((ROOT / "sql" / "external" / "better_auth.sql").read_text(encoding="utf-8"))
    found = Stage(project=config.load(tmp_path), url=url, prefix=f"r{secrets.token_hex(6)}_")
    rows(url, f"create role {found.prefix}nobody login password '{found.prefix}'")
    yield found
    for (role,) in rows(url, f"select rolname from pg_roles where starts_with(rolname, '{found.prefix}')"):
        name = sql.Identifier(role).as_string()
        rows(url, f"reassign owned by {name} to current_user; drop owned by {name}; drop role {name}")


def set_scene(stage: Stage, command: str) -> None:
    """Make the roles, and apply as their owner: all, or all but the newest."""
    stage.make(0)
    stage.make(1)
    whole = command.split()[0] in (*EMPTY, *WHOLE)
    to = "" if whole else " --to 20260622"
    assert stage.call("todo_owner", f"apply{to}").code == 0
    for number in range(2, len(BLOCKS)):
        stage.make(number)


@pytest.mark.parametrize(("command", "role", "less"), ROWS)
def test_a_command_works_with_these_rights_and_says_what_it_lacks(
    command: str, role: str, less: str, stage: Stage
) -> None:
    set_scene(stage, command)
    refused = stage.call("todo_nobody", command)
    assert (less or "") in refused.err + refused.out
    assert (refused.code == 2) == (bool(less) and role != "todo_monitor"), refused.err
    answer = stage.call(role or "todo_nobody", command)
    assert answer.code == (command in DIFFERENT), answer.err
    assert "made up" not in answer.err + answer.out
    assert "not seen: sessions" not in answer.out


@pytest.mark.parametrize("command", ["plan", "lint"])
def test_rows_that_are_made_up_are_said(command: str, stage: Stage) -> None:
    (stage.project.migrations / "20270101090000_more.sql").write_text("update tasks set title = title;")
    set_scene(stage, command)
    for role, is_real in (("todo_reader", False), ("todo_owner", False), ("todo_sampler", True)):
        answer = stage.call(role, command)
        assert ("the rows of public.tasks are made up" in answer.out + answer.err) != is_real, answer.err


@pytest.mark.parametrize("command", ["apply", "rollback --yes", "mark 20260629 --yes", "seed --yes"])
def test_a_role_that_may_not_write_is_told_so(command: str, stage: Stage) -> None:
    set_scene(stage, "seed")
    answer = stage.call("todo_reader", command)
    assert answer.code in (0, 2)
    assert answer.code == 0 or "no right to" in answer.err
    assert "unexpected" not in answer.err


LENT = ["verify 20260622", "drift-check", "explain find_tag --scale 0.02", "models --check"]


@pytest.mark.parametrize("command", LENT)
def test_a_scratch_server_is_lent_by_a_role_that_creates_databases(command: str, stage: Stage) -> None:
    set_scene(stage, "seed")
    answer = call(stage.project, *command.split(), "--scratch-url", stage.who("todo_scratch"))
    assert answer.code < 1 + command.startswith("explain"), answer.err  # so few rows need no index


@pytest.mark.parametrize("command", ["verify 20260622", "explain find_tag --scale 0.02"])
def test_rows_that_a_policy_hides_on_scratch_are_said(command: str, stage: Stage) -> None:
    set_scene(stage, "seed")
    rows(stage.url, f"alter role {stage.prefix}scratch nobypassrls")
    answer = call(stage.project, *command.split(), "--scratch-url", stage.who("todo_scratch"))
    assert answer.code == 2
    assert "row-level security" in answer.err


def test_the_check_of_the_models_needs_no_right(stage: Stage) -> None:
    set_scene(stage, "seed")
    for role in ("todo_web", "todo_nobody"):
        with psycopg.connect(stage.who(role)) as connection:
            models.check(connection)


def test_every_command_is_in_the_table() -> None:
    with_url = {name for name, one in cli.tools.commands.items() if any(p.name == "url" for p in one.params)}
    assert {command.split()[0] for command, _, _ in ROWS} == with_url - {"new"}

"""The pages of docs/ do what they show: each command is run, each file is written, each link leads somewhere.

``python tests/test_guides.py`` writes the generated parts anew: the commands, the measured locks, the figures.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import guides
import pytest
import references
import yaml
from pooler import pooled
from psycopg import conninfo
from tiny import call

from tools import binaries, database, scratch
from tools.config import Project

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
COPIED = ("sql", "models", "examples", "pyproject.toml", ".driftignore", "DATABASE_SCHEMA.md", "docs")
REFERENCE = (
    "advise",
    "architecture",
    "benchmarks",
    "commands",
    "design-rules",
    "lint",
    "parity",
    "plan",
    "privileges",
    "reliability",
    "runners",
)  # with tests of their own
EMPTY = ("first-steps", "zero-downtime")  # those that begin with an empty database
POOLED = ("neon",)  # those that need PgBouncer
DUMPING = ("neon", "backup-and-recovery")  # those that need pg_dump
SAMPLING = ("for-dbas",)  # those that show what real rows, copied to the scratch server of this machine, tell
PAGES = [path for path in sorted(DOCS.glob("*.md")) if path.stem not in ("README", *REFERENCE)]
SET_UP = {"pip install -r requirements.txt"}  # what the jobs of docs/ci.md run that is not ours
ELSEWHERE = {"tools explain", "tools explain --format github"}  # they take long: tests/test_plans.py has as much data
NEW = """
git init -q && git config user.email a@example.com && git config user.name A
new=$(ls sql/migrations/* | tail -2) && mkdir later && mv $new later && git add . && git commit -qm before
git update-ref refs/remotes/origin/main HEAD && export CI_MERGE_REQUEST_DIFF_BASE_SHA=HEAD~
mv later/* sql/migrations && git add . && git commit -qm new
"""
WRITE = "write it anew: python tests/test_guides.py"
WRITTEN = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]


def copy(folder: Path) -> None:
    """Make a fresh copy of what a page works on."""
    folder.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)


@contextmanager
def surroundings(page: Path, cluster: scratch.Cluster) -> Iterator[Mapping[str, str]]:
    """Return the environment of a page: the programs, a database of its own, for some through a pooler, and a spare."""
    programs = binaries.find_binaries(scratch.configured(None, None).bindir)
    urls = [cluster.create(template=None if page.stem in EMPTY else cluster.replayed), cluster.create()]
    if page.stem in DUMPING and programs.major != major(urls[0]):
        pytest.skip(
            f"pg_dump is of PostgreSQL {programs.major}, and the server is not: set TOOLS_SCRATCH_BINDIR as well"
        )
    if page.stem in SAMPLING and scratch.configured(None, None).url:
        pytest.skip("no row of the database goes to a scratch server that is given by URL")
    scratch_url = {} if page.stem in SAMPLING else {"TOOLS_SCRATCH_URL": cluster.url("postgres")}
    with pooled(urls[0]) if page.stem in POOLED else nullcontext("") as through:
        yield {
            "PATH": f"{Path(sys.executable).parent}:{programs.directory}:{os.environ['PATH']}",
            "DATABASE_URL": urls[0],
            "SPARE_URL": urls[1],
            "POOLED_URL": through,
            **scratch_url,
        }
    for url in urls:
        cluster.drop(url)


def major(url: str) -> int:
    with database.connect(url, application="tests") as connection:
        return connection.info.server_version // 10000


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_does_what_it_shows(page: Path, cluster: scratch.Cluster, tmp_path: Path) -> None:
    copy(tmp_path / "todo")
    todo = guides.steps(page.read_text(encoding="utf-8"))
    with surroundings(page, cluster) as environ:
        answers = guides.play(todo, tmp_path / "todo", environ)
    assert "\n".join(guides.mistakes(todo, answers)) == ""


def test_a_page_that_is_wrong_is_found_out(tmp_path: Path) -> None:
    page = "```console\n$ echo one\none\n$ echo two\nthree\n$ false\n$ exit 3  # exits 3\n```\n"
    todo = guides.steps(page)
    wrong = list(guides.mistakes(todo, guides.play(todo, tmp_path, {})))
    assert [line.partition("\n")[0] for line in wrong] == [
        "3 of 4 commands were run",
        "line 4: $ echo two",
        "line 6: $ false",
    ]


def test_a_page_that_hangs_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    todo = guides.steps("```console\n$ sleep 60 &\n$ sleep 60\n```\n")
    with pytest.raises(subprocess.TimeoutExpired):
        guides.play(todo, tmp_path, {}, timeout=0.5)


def test_files_and_lines_that_go_on(tmp_path: Path) -> None:
    file = "```sql\n-- a/b.sql\nselect 1;\n```\n"
    page = f"{file}```console\n$ cat - a/*.sql <<'x'\n> y\n>\n> x\ny\n\nselect 1;\n$ wc -l \\\n> < a/b.sql\n1\n```\n"
    todo = guides.steps(page)
    assert [type(step) for step in todo] == [guides.File, guides.Command, guides.Command]
    assert list(guides.mistakes(todo, guides.play(todo, tmp_path, {}))) == []


def files_of(page: str) -> dict[str, str]:
    """Return the files that a page shows, by path."""
    todo = guides.steps((DOCS / page).read_text(encoding="utf-8"))
    return {step.path: step.text for step in todo if isinstance(step, guides.File)}


def jobs(text: str) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Yield variables and commands of each job of a workflow, GitHub's or GitLab's."""
    read: dict[str, Any] = yaml.safe_load(text)
    for job in read.get("jobs", read).values():
        if "steps" in job:
            yield job.get("env", {}), [step["run"] for step in job["steps"] if "run" in step]
        elif "script" in job:
            yield job.get("variables", {}), [*read["default"]["before_script"], *job["script"]]


def job_commands() -> tuple[str, ...]:
    """Return what the jobs run, with the database that each has; the same thing in another form is not run again."""
    workflows = [text for path, text in files_of("ci.md").items() if path.endswith(".yml")]
    found: dict[str, str] = {}
    for variables, commands in (job for text in workflows for job in jobs(text)):
        ours = [command for command in commands if command not in SET_UP | ELSEWHERE]
        assert all(command.startswith("tools ") for command in ours)
        for command in (f"DATABASE_URL={'$URL' if 'DATABASE_URL' in variables else ''} {one}" for one in ours):
            found.setdefault(re.sub(r" --(?:format|since) \S+| \$\(.*\)| >.*", "", command), command)
    return tuple(found.values())


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_jobs_of_the_workflows_pass(cluster: scratch.Cluster, tmp_path: Path) -> None:
    copy(folder := tmp_path / "todo")
    todo = tuple(guides.Command(text=text, expected="...", code=0, line=0) for text in (NEW, *job_commands()))
    with surroundings(DOCS / "ci.md", cluster) as environ:
        found = guides.play(todo, folder, {**environ, "URL": environ["DATABASE_URL"], "GITHUB_STEP_SUMMARY": "summary"})
    assert "\n".join(guides.mistakes(todo, found)) == ""
    assert len(todo) > 7


def test_the_role_of_the_night_sees_all_that_it_needs(cluster: scratch.Cluster, project: Project) -> None:
    made = files_of("ci.md")["watcher.sql"]
    name, url = f"watcher_{os.getpid()}", cluster.create(template=cluster.replayed)
    with database.connect(url, application="tests") as connection:
        connection.execute(made.replace("watcher", name).encode())
        try:
            as_it = conninfo.make_conninfo(url, user=name, password="to be changed")
            status = call(project, "status", "--exit-code", "-u", as_it)
            assert (status.code, "note: " in status.out) == (0, False)
            assert call(project, "drift-check", "--actual", "live", "-u", as_it).code == 0
        finally:
            connection.execute(f"drop owned by {name}; drop role {name}".encode())
    cluster.drop(url)


def test_the_python_of_the_pages_has_types(tmp_path: Path) -> None:
    """The vendored package is ours under another name, so ours is imported, which mypy may know already."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    for page in PAGES:
        for step in guides.steps(page.read_text(encoding="utf-8")):
            if isinstance(step, guides.File) and step.path.endswith(".py"):
                text = step.text.replace("from app.db import", "from models import")
                (tmp_path / step.path).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--config-file",
            ROOT / "pyproject.toml",
            "--cache-dir",
            ROOT / ".mypy_cache",
            tmp_path / "app",
        ],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "Success: no issues found in 5 source files\n"


def test_the_examples_of_the_readers_hold() -> None:
    for module in (guides, references):
        assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_not_run_says_why(page: Path) -> None:
    assert list(guides.idle(page.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    assert list(references.broken_links(page)) == []


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.stem)
def test_commands_and_options_are_there(page: Path) -> None:
    assert list(references.unknown_words(page.read_text(encoding="utf-8"))) == []


def test_a_link_and_an_option_that_are_not_there_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One Two\n[a](page.md#one-two) [b](gone.md) [c](#three)\n`tools apply --to X --fast` `tools jump`\n"
    )
    assert list(references.broken_links(page)) == ["gone.md", "#three"]
    assert list(references.unknown_words(page.read_text())) == ["tools apply --fast", "tools jump"]


def test_the_commands_are_those_of_the_help() -> None:
    assert (DOCS / "commands.md").read_text(encoding="utf-8") == references.commands(), WRITE


def test_the_measured_locks_are_those_of_the_data() -> None:
    text = (DOCS / "zero-downtime.md").read_text(encoding="utf-8")
    assert "<!-- facts: " in text
    assert text == references.with_facts(text), WRITE


def test_the_comparison_is_made_of_what_was_measured() -> None:
    text = (DOCS / "comparison.md").read_text(encoding="utf-8")
    assert text == references.with_rows(text, DOCS), WRITE
    assert all(name in text for name in ("| B. ", "| yoyo |", "| migra,", "| sqlacodegen,"))


def test_every_page_is_listed() -> None:
    listed = references.LINK.findall((DOCS / "README.md").read_text(encoding="utf-8"))
    missing = {path.name for path in DOCS.glob("*.md")} - {"README.md", *listed}
    assert missing == set(), "docs/README.md lists every page, and what it has"
    assert "docs/README.md" in references.LINK.findall((ROOT / "README.md").read_text(encoding="utf-8"))


def write() -> None:
    """Write what the code, the data and other pages know."""
    (DOCS / "commands.md").write_text(references.commands(), encoding="utf-8")
    for name in ("zero-downtime.md", "comparison.md"):
        page = DOCS / name
        text = references.with_facts(page.read_text(encoding="utf-8"))
        page.write_text(references.with_rows(text, DOCS), encoding="utf-8")


if __name__ == "__main__":
    write()

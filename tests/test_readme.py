"""The README says what is true: each marked part is held against the code.

``python tests/test_readme.py`` writes the lists anew.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from tools import catalog, cli, config, database, forms, ignores, migrations
from tools.errors import Trouble

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
WRITE = "write it anew: python tests/test_readme.py"
VOLATILE = [
    (r"\b\d+ ms\b", "N ms"),
    (r"\b\d+ objects\b", "N objects"),
    (r"PostgreSQL .* is running", "PostgreSQL V is running"),
]


def part(mark: str) -> str:
    """Return the text after a mark, up to the end of its block."""
    after = README.read_text(encoding="utf-8").partition(f"<!-- {mark} -->\n")[2]
    assert after, f"the README has no part {mark}"
    if after.startswith("```"):
        return after.partition("\n")[2].partition("```")[0]
    return after.partition("<!-- end -->")[0]


def kinds() -> str:
    names = [f"{kind.kind}" for kind in catalog.members().values()]
    return ", ".join(names).capitalize() + ".\n"


def commands() -> str:
    rows = [f"| `tools {name}` | {one.get_short_help_str(200)} |\n" for name, one in sorted(cli.tools.commands.items())]
    return "| command | what it does |\n| --- | --- |\n" + "".join(rows)


def plain(text: str) -> str:
    for pattern, instead in VOLATILE:
        text = re.sub(pattern, instead, text)
    return text.strip()


def run(
    *words: str, cwd: Path = ROOT, environ: Mapping[str, str] | None = None, stdin: int | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools", *words],
        cwd=cwd,
        stdin=stdin,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environ or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_the_list_of_kinds_is_that_of_the_code() -> None:
    assert part("kinds") == kinds(), WRITE


def test_the_list_of_commands_is_that_of_the_help() -> None:
    assert part("commands") == commands(), WRITE


def test_the_configuration_shown_is_the_default() -> None:
    shown = tomllib.loads(part("configuration"))["tool"]["schema-tools"]
    assert shown == {
        f.name.replace("_", "-"): str(getattr(config.Project(directory=ROOT), f.name))
        for f in fields(config.Project)
        if f.name != "directory"
    }


def test_the_directives_shown_are_those_that_are_read() -> None:
    text = README.read_text(encoding="utf-8")
    shown = set(re.findall(r"^\| `-- (\w+):", text, re.MULTILINE))
    assert shown == {"depends", *migrations.VALUES}


def test_the_ignore_file_shown_is_read(tmp_path: Path) -> None:
    (tmp_path / ".driftignore").write_text(part("driftignore"), encoding="utf-8")
    entries = ignores.read(config.Project(directory=tmp_path))
    assert [(entry.word, entry.kind, entry.fact) for entry in entries] == [
        ("unexpected", "table", None),
        (None, "index", None),
        (None, "table", "options"),
        (None, "extension", None),
    ]
    ours = [line for line in (ROOT / ".driftignore").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    assert part("driftignore").splitlines()[:1] == ours


def test_the_query_shown_is_one_of_ours() -> None:
    assert part("query") == (ROOT / "sql/queries/list_due_tasks.sql").read_text(encoding="utf-8")


def test_the_hints_shown_are_some_of_ours() -> None:
    ours = tomllib.loads((ROOT / "sql/seed/large.toml").read_text(encoding="utf-8"))
    for section, shown in tomllib.loads(part("large")).items():
        assert ours[section].items() >= shown.items()
        assert shown


def test_the_names_shown_are_those_that_a_value_may_hold() -> None:
    after = README.read_text(encoding="utf-8").partition("<!-- large -->")[2].partition("```toml")[2]
    said = re.findall(r"`\{(\w+)\}`", after.partition("## Models")[0])
    with pytest.raises(Trouble) as refused:
        forms.hinted("{}")(forms.Draw(table="a", salt="a", total=1))
    assert set(said) == set(re.findall(r"\{(\w+)\}", str(refused.value)))


def test_the_demo_prints_what_the_readme_shows(cluster_settings: dict[str, str]) -> None:
    person, terminal = os.openpty()
    os.write(person, b"n\n")  # the answer to a question that nobody would see
    try:
        demo = "scratch", "--empty", "--", sys.executable, "examples/demo.py"
        done = run(*demo, environ=cluster_settings, stdin=terminal)
    finally:
        os.close(terminal)
        os.close(person)
    assert done.returncode == 0, done.stdout
    assert plain(done.stdout).startswith(plain(part("demo")))
    assert "Done: the server and its files are removed." in done.stdout


def test_the_failure_is_shown_as_it_is_printed(tmp_path: Path, database_url: str) -> None:
    shutil.copytree(ROOT / "sql", tmp_path / "sql")
    text = "-- Add an estimate.\n\nalter table tasks add column estimate integr;\n"
    (tmp_path / "sql/migrations/99990701090000_add_estimate.sql").write_text(text)  # later than any that is applied
    done = run("apply", "--url", database_url, cwd=tmp_path)
    assert done.returncode == 2
    assert part("failure") == "$ tools apply\n" + done.stdout.replace("/9999", "/2026")


def test_the_migrations_that_verify_is_shown_with_have_a_way_back(cluster_settings: dict[str, str]) -> None:
    """The other lines try the whole history, which test_history does."""
    calls = [shlex.split(line, comments=True)[1:] for line in part("verify").splitlines()]
    chosen = [words for words in calls if any(word[-1].isdigit() for word in words)]
    assert len(chosen) == 3
    for words in chosen:
        done = run(*words, environ=cluster_settings)
        assert done.returncode == 0, done.stdout


def test_the_application_prints_what_the_readme_shows(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    user = uuid.uuid4()
    with database.connect(database_url) as conn:
        conn.execute("insert into users (id, name, email, email_verified) values (%s, 'a', 'a', true)", [user])
    code = part("application")
    exec(compile(code, "README.md", "exec"), {"user_id": user})
    assert capsys.readouterr().out.splitlines() == re.findall(r"print\(.*\)  # (.*)", code)


@pytest.fixture
def cluster_settings() -> dict[str, str]:
    """The settings of the scratch server, for a command of its own."""
    return {name: os.environ[name] for name in ("TOOLS_SCRATCH_URL", "TOOLS_SCRATCH_BINDIR") if name in os.environ}


def write() -> None:
    """Write the lists that the code knows."""
    text = README.read_text(encoding="utf-8")
    for mark, made in (("kinds", kinds()), ("commands", commands())):
        pattern = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = pattern.sub(lambda match, made=made: match[1] + made + match[2], text)  # type: ignore[misc]
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()

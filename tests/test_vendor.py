"""`tools vendor`: a copy that is whole or not there, says what it was made of, and can be told from an edited one."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from models import compatibility
from tools import config, vendor
from tools.config import Project
from tools.errors import Trouble

ROOT = Path(__file__).resolve().parent.parent
LAST = max(path.name for path in (ROOT / "sql/migrations").glob("*.rollback.sql")).removesuffix(".rollback.sql")


@pytest.fixture
def repository(tmp_path: Path) -> Project:
    """A copy of this repository, to be changed."""
    folder = tmp_path / "repository"
    for name in ("models", "sql"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return config.load(folder)


@pytest.fixture
def copy(repository: Project, tmp_path: Path) -> Path:
    """The models, vendored into an application."""
    folder = tmp_path / "app" / "db"
    vendor.write(repository, folder, vendor.collect(repository))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def tools(*words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tools", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


# -- what is written --------------------------------------------------------------------------------------------------


def test_the_same_models_are_the_same_bytes_wherever_they_are(project: Project, copy: Path) -> None:
    assert contents(copy) == vendor.collect(project)
    theirs = {path.name: path.read_bytes() for path in (ROOT / "models").iterdir() if path.is_file()}
    assert contents(copy).items() >= theirs.items()
    assert contents(copy).keys() - theirs.keys() == {"vendor.json"}
    assert copy.stat().st_mode & 0o777 == 0o755


def test_the_manifest_says_what_the_copy_is(copy: Path) -> None:
    said = json.loads((copy / "vendor.json").read_text(encoding="utf-8"))
    assert said["schema"]["version"] == LAST
    assert said["schema"]["exact"] == compatibility.fingerprint()
    assert said["schema"]["compatible"] != said["schema"]["exact"]
    assert said["files"]["tasks.py"] == hashlib.sha256((ROOT / "models/tasks.py").read_bytes()).hexdigest()
    assert said["files"].keys() == contents(copy).keys() - {"vendor.json"}


def test_the_bounds_are_those_that_are_tested() -> None:
    text = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = [*text["project"]["dependencies"], *text["dependency-groups"]["dev"]]
    known = {line.partition(">=")[0].partition("[")[0]: f">={line.partition('>=')[2]}" for line in lines}
    assert {name: known[name] for name in vendor.REQUIRES} == vendor.REQUIRES


def test_only_what_a_program_reads_changes_the_compatible_fingerprint(repository: Project) -> None:
    def fingerprints(old: str, new: str) -> dict[str, str]:
        path = repository.directory / "models/contract.py"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        found: dict[str, str] = json.loads(vendor.collect(repository)["vendor.json"])["schema"]
        return found

    before = fingerprints("", "")
    default = fingerprints('"version": ["integer", "not null", "default"]', '"version": ["integer", "not null", ""]')
    assert default["exact"] != before["exact"]
    assert default["compatible"] == before["compatible"]
    assert fingerprints('"priority": ["smallint"', '"priority": ["text"')["compatible"] != before["compatible"]


# -- where it may be written ------------------------------------------------------------------------------------------


def test_foreign_files_are_named_and_kept(repository: Project, copy: Path) -> None:
    (copy / "mine.py").write_text("mine = 1\n", encoding="utf-8")
    before = contents(copy)
    with pytest.raises(Trouble, match=r"did not put there: mine.py: name another folder, or move them away"):
        vendor.write(repository, copy, vendor.collect(repository))
    assert contents(copy) == before


def test_of_many_foreign_files_some_are_named(repository: Project, copy: Path) -> None:
    for number in range(12):
        (copy / f"mine{number:02}.py").touch()
    some = r"there: mine00\.py, .*, mine09\.py and 2 more: name another folder"
    with pytest.raises(Trouble, match=some):
        vendor.write(repository, copy, vendor.collect(repository))


def test_a_folder_without_a_manifest_is_somebody_else_s(repository: Project, copy: Path) -> None:
    (copy / "vendor.json").unlink()
    with pytest.raises(Trouble, match=r"__init__.py, active_tasks.py"):
        vendor.write(repository, copy, vendor.collect(repository))


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("repository/models", "is where the models are"),
        ("repository", "is where the models are"),
        ("repository/models/copy", "is where the models are"),
        ("app/my-models", "no package can be called my-models"),
        ("file", "is a file: name a folder"),
    ],
)
def test_places_that_are_refused(place: str, sentence: str, repository: Project, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Trouble, match=sentence):
        vendor.write(repository, tmp_path / place, vendor.collect(repository))


def test_nothing_of_an_older_copy_stays(repository: Project, copy: Path) -> None:
    (repository.directory / "models/house_rules.py").rename(repository.directory / "models/rules_of_the_house.py")
    (copy / "__pycache__").mkdir()
    vendor.write(repository, copy, vendor.collect(repository))
    assert contents(copy) == vendor.collect(repository)
    assert [path.name for path in copy.parent.iterdir()] == ["db"]


def test_where_folders_cannot_be_exchanged(repository: Project, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "_exchanged", lambda *_: False)
    (repository.directory / "models/tags.py").write_text("", encoding="utf-8")
    vendor.write(repository, copy, vendor.collect(repository))
    assert contents(copy) == vendor.collect(repository)
    assert [path.name for path in copy.parent.iterdir()] == ["db"]


# Kills the command before each thing it does to files, one after the other, until it is through
KILLS = """
import os, shutil, signal, sys
from pathlib import Path
from tools import config, vendor

project, target = config.load(Path(sys.argv[1])), Path(sys.argv[2])
new = vendor.collect(project)
there = lambda: {path.name: path.read_bytes() for path in target.iterdir() if path.is_file()}
old = there()
assert old != new
states, point = [], 0
while True:
    point += 1
    child = os.fork()
    if child == 0:
        left = [point]
        def kill(event, arguments):
            if event.split(".")[0] in ("os", "open", "shutil", "ctypes", "tempfile"):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(kill)
        vendor.write(project, target, new)
        os._exit(0)
    through = os.waitpid(child, 0)[1] == 0
    found = there()
    assert found in (old, new), point
    states.append("new" if found == new else "old")
    if found == new:
        shutil.rmtree(target)
        target.mkdir()
        for name, content in old.items():
            (target / name).write_bytes(content)
    if through:
        break
print(len(states), *sorted(set(states)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges two folders")
def test_a_kill_leaves_the_old_copy_or_the_new_one(repository: Project, copy: Path) -> None:
    with (repository.directory / "models/tags.py").open("a", encoding="utf-8") as file:
        file.write("# new\n")
    done = subprocess.run(
        [sys.executable, "-c", KILLS, str(repository.directory), str(copy)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    count, *states = done.stdout.split()
    assert states == ["new", "old"]
    assert int(count) > len(contents(copy))


# -- the check --------------------------------------------------------------------------------------------------------


def spoil(copy: Path) -> None:
    (copy / "tasks.py").write_text("# mine\n", encoding="utf-8")
    (copy / "tags.py").unlink()
    (copy / "extra.txt").touch()


SPOILT = ["changed: tasks.py", "extra: extra.txt", "missing: tags.py"]


def test_a_copy_as_it_was_made_passes(repository: Project, copy: Path) -> None:
    (copy / "__pycache__").mkdir()
    (copy / "__pycache__/tasks.pyc").touch()
    assert vendor.inspect(repository, copy) == []


def test_files_that_were_touched_are_named(repository: Project, copy: Path) -> None:
    spoil(copy)
    assert sorted(vendor.inspect(repository, copy)) == SPOILT


def test_a_copy_that_is_behind_names_what_it_does_not_know(repository: Project, copy: Path) -> None:
    for name in ("99990101090000_one", "99990102090000_two"):
        (repository.migrations / f"{name}.sql").write_text("select 1;\n", encoding="utf-8")
    (repository.directory / "models/tags.py").write_text("", encoding="utf-8")
    assert vendor.inspect(repository, copy) == [
        "stale: tags.py", "behind: 99990101090000_one", "behind: 99990102090000_two",
    ]  # fmt: skip


def test_a_migration_that_is_not_there_any_more(repository: Project, copy: Path) -> None:
    for ending in (".sql", ".rollback.sql"):
        (repository.migrations / f"{LAST}{ending}").unlink()
    assert vendor.inspect(repository, copy) == [
        "stale: vendor.json", f"unknown: {LAST}, the migration that the copy was made at",
    ]  # fmt: skip


def test_a_folder_that_is_no_copy(repository: Project, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"no vendor.json in .*: make the copy with tools vendor"):
        vendor.inspect(repository, tmp_path)
    (tmp_path / "vendor.json").write_text("{}", encoding="utf-8")
    with pytest.raises(Trouble, match="is no manifest of a copy"):
        vendor.inspect(repository, tmp_path)


def test_the_command_writes_checks_and_shows(tmp_path: Path) -> None:
    folder = tmp_path / "app" / "db"
    assert tools("vendor", str(folder), "--check")[0] == 2
    code, said = tools("vendor", str(folder), "--diff")
    assert (code, folder.exists()) == (1, False)
    assert "+class Task(Base, table=True):" in said.splitlines()
    code, said = tools("vendor", str(folder))
    assert code == 0
    assert f"written: {folder}/tasks.py" in said.splitlines()
    assert tools("vendor", str(folder), "--check") == (0, "nothing to write\n")
    assert tools("vendor", str(folder)) == (0, "nothing to write\n")
    with (folder / "tasks.py").open("a", encoding="utf-8") as file:
        file.write("# mine\n")
    assert tools("vendor", str(folder), "--check") == (
        1,
        "changed: tasks.py\nthe same command without --check writes it\n",
    )
    assert tools("vendor", str(folder), "--diff")[1].splitlines()[-2:] == [
        "-# mine",
        "the same command without --diff writes it",
    ]


# -- the verifier that travels with it --------------------------------------------------------------------------------


def verify(*words: str, cwd: Path) -> tuple[int, list[str]]:
    """Run it without the packages that are installed."""
    done = subprocess.run([sys.executable, "-S", *words], cwd=cwd, env={}, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_the_verifier_needs_python_alone(copy: Path, tmp_path: Path) -> None:
    ways = [("-m", "app.db.verify"), ("app/db/verify.py",), ("-P", "app/db/verify.py")]
    for way in ways:
        assert verify(*way, cwd=tmp_path) == (0, [])
    spoil(copy)
    for way in ways:
        assert verify(*way, cwd=tmp_path) == (1, SPOILT)
    (copy / "vendor.json").unlink()
    code, said = verify(*ways[0], cwd=tmp_path)
    assert (code, said) == (2, ["no vendor.json beside this file: make the copy with tools vendor"])

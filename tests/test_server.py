"""The embedded server: made once, copied in a moment, for every kind of user."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tools import binaries as programs
from tools import directories, server
from tools.errors import Trouble

REPOSITORY = Path(__file__).parents[1]
NAMELESS = 54321  # a uid without a passwd entry
INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
try:
    server.find_binaries()
except Trouble as missing:
    pytest.skip(str(missing), allow_module_level=True)


@pytest.fixture(scope="module", autouse=True)
def cache() -> Iterator[Path]:
    """One cache of our own for the module: the user's is left alone, and initdb runs once."""
    with pytest.MonkeyPatch.context() as patch:
        path = _public_directory()
        patch.setenv("TOOLS_CACHE_DIR", str(path / "cache"))
        yield path / "cache"
        shutil.rmtree(path)


@pytest.fixture
def empty_cache(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = _public_directory()
    monkeypatch.setenv("TOOLS_CACHE_DIR", str(path / "cache"))
    yield path / "cache"
    shutil.rmtree(path)


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test's servers run, and no others."""
    path = _public_directory()
    monkeypatch.setattr(directories, "_running_roots", lambda: (path,))
    yield path
    shutil.rmtree(path)


def test_a_key_is_prepared_once() -> None:
    prepared: list[str] = []

    def prepare(made: server.Server) -> None:
        prepared.append(str(made.data))
        _make_template(made)

    for _ in range(2):
        with server.start(key="once", prepare=prepare) as running:
            assert _count(running) == 100
            assert "was not properly shut down" not in running.log()
    assert len(prepared) == 1
    with server.start(key="another", prepare=lambda _: prepared.append("")) as running:
        assert len(prepared) == 2
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(running.url("prepared"))


def test_a_server_changes_its_copy_only() -> None:
    for _ in range(2):
        with (
            server.start(key="copy", prepare=_make_template) as running,
            psycopg.connect(running.url("prepared")) as connection,
        ):
            assert connection.execute("select count(*) from t").fetchone() == (100,)
            connection.execute("drop table t")
            connection.commit()


def test_a_failed_preparation_leaves_nothing(empty_cache: Path, root: Path) -> None:
    def fail(made: server.Server) -> None:
        _make_template(made)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        server.start(key="failing", prepare=fail)
    assert len(_templates(empty_cache)) == 1  # the empty one
    assert not list((empty_cache / "templates").glob("incoming-*"))
    assert not list(root.iterdir())
    with server.start(key="failing", prepare=_make_template) as running:
        assert _count(running) == 100


def test_four_starts_at_once_on_an_empty_cache_make_each_template_once(empty_cache: Path) -> None:
    code = """
import sys, psycopg
from tools import server
def prepare(made):
    print("prepared")
    with psycopg.connect(made.url(), autocommit=True) as connection:
        connection.execute("create table t (n int)")
with server.start(key="shared", prepare=prepare) as running, psycopg.connect(running.url()) as connection:
    print(connection.execute("select count(*) from t").fetchone()[0])
"""
    clients = [
        subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = "".join(client.communicate(timeout=60)[0] for client in clients)
    assert sorted(said.split()) == ["0", "0", "0", "0", "prepared"]
    assert len(_templates(empty_cache)) == 2


def test_two_servers_at_once_in_one_process_are_two_servers() -> None:
    with ThreadPoolExecutor() as pool, server.start() as one:
        two = pool.submit(server.start).result()
        with psycopg.connect(one.url()) as connection:
            connection.execute("create table only_here ()")
            connection.commit()
        with psycopg.connect(two.url()) as connection:
            assert connection.execute("select to_regclass('only_here')").fetchone() == (None,)
        two.stop()


def test_a_damaged_template_is_made_again(empty_cache: Path) -> None:
    server.start(key="damaged", prepare=_make_template).stop()
    for template in _templates(empty_cache):
        (template / "data" / "global" / "pg_control").write_bytes(b"")
    with server.start(key="damaged", prepare=_make_template) as running:
        assert _count(running) == 100


def test_the_newest_templates_and_the_recently_used_are_kept(empty_cache: Path) -> None:
    server.start().stop()
    (empty,) = _templates(empty_cache)
    ages = {"a": 4000, "b": 5000, "c": 6000, "young": 60, "incoming-1": 4000}
    for name, seconds in ages.items():
        path = empty.with_name(name)
        (path / "data").mkdir(parents=True)
        os.utime(path, (time.time() - seconds,) * 2)
    server.prune(keep=3)
    assert {path.name for path in empty.parent.iterdir() if path.is_dir()} == {empty.name, "young", "a"}
    server.prune(keep=1)
    assert {path.name for path in empty.parent.iterdir() if path.is_dir()} == {empty.name, "young"}


@pytest.mark.parametrize("bindir", INSTALLED or [None], ids=lambda path: path.parent.name if path else "none")
def test_an_installed_server_works_too(bindir: Path | None) -> None:
    if bindir is None:
        pytest.skip("no installed server in /usr/lib/postgresql")
    chosen = server.find_binaries(bindir)
    with server.start(binaries=chosen, key="installed", prepare=_make_template) as running:
        assert _count(running) == 100
        assert f"PostgreSQL {chosen.version}" in running.log()
    assert not running.data.parent.exists()


def test_a_system_without_the_locale_gets_plain_c(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "LETTERS", "--lc-ctype=xx_XX.UTF-8")
    with server.start() as running, psycopg.connect(running.url()) as connection:
        assert connection.execute("select datctype from pg_database").fetchone() == ("C",)


def test_little_memory_means_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directories, "ROOM_IN_MEMORY", 2**62)
    with server.start() as running:
        assert Path("/dev/shm") not in running.data.parents
        assert len(f"{running.host}/.s.PGSQL.{running.port}") <= 103
        psycopg.connect(running.url()).close()


def test_no_permission_is_changed_outside_our_own_directories(empty_cache: Path) -> None:
    package = server.find_binaries().directory.parents[1]
    shared = [
        Path("/dev/shm"),
        Path("/tmp"),
        Path("/var/cache"),
        Path.home(),
        Path.home() / ".cache",
        empty_cache.parent,
    ]
    watched = [*shared, *empty_cache.parent.parents, package, *package.parents]
    before = {path: _mode(path) for path in watched if path.exists()} | _modes(package)
    server.start(key="modes", prepare=_make_template, tcp=True).stop()
    assert {path: _mode(path) for path in watched if path.exists()} | _modes(package) == before


@needs_root
def test_an_ordinary_user_needs_no_privilege(reachable_binaries: server.Binaries) -> None:
    home = _public_directory(uid=65534)
    answer = _as_user(65534, {"HOME": str(home)}, lambda: _session(reachable_binaries))
    assert answer == {"user": "postgres", "uid": 65534, "cache": str(home / ".cache" / "schema-tools"), "gone": True}
    assert stat.S_IMODE((home / ".cache" / "schema-tools").stat().st_mode) == 0o700
    shutil.rmtree(home)


@needs_root
def test_a_user_without_home_or_passwd_entry(reachable_binaries: server.Binaries) -> None:
    with pytest.raises(KeyError):
        pwd.getpwuid(NAMELESS)
    cache = Path(tempfile.gettempdir()) / f"schema-tools-{NAMELESS}"
    try:
        answer = _as_user(NAMELESS, {"HOME": "/"}, lambda: _session(reachable_binaries))
        if _as_user(NAMELESS, {}, _namespaces_are_allowed):
            assert answer == {"user": "postgres", "uid": NAMELESS, "cache": str(cache), "gone": True}
        else:
            assert "initdb needs a user with a passwd entry" in str(answer)
        with pytest.MonkeyPatch.context() as patch:  # a cached template needs no initdb, hence no name
            patch.setattr(shutil, "which", lambda _: None)
            assert _as_user(NAMELESS, {"HOME": "/"}, lambda: _session(reachable_binaries)) == answer
    finally:
        shutil.rmtree(cache, ignore_errors=True)


def test_without_a_name_or_namespaces_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch, empty_cache: Path) -> None:
    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(Trouble, match=r"uid \d+ has none: run as a user that the system knows, or pass --scratch-url"):
        server.start()
    assert not list((empty_cache / "templates").glob("incoming-*"))


@needs_root
def test_root_that_may_not_give_files_away_says_so(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    def refuse(path: Path, uid: int, gid: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    server.start().stop()
    monkeypatch.setattr(os, "chown", refuse)
    with pytest.raises(Trouble, match=r"cannot run a server as nobody .*: run as another user, or pass --scratch-url"):
        server.start()
    assert not list(root.iterdir())


@needs_root
def test_root_without_another_user_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", unknown)
    with pytest.raises(Trouble, match="no user nobody to run it as"):
        server.start()


@pytest.fixture
def reachable_binaries() -> server.Binaries:
    return programs.within_reach(server.find_binaries(), directories.server_account())


def _public_directory(uid: int = -1) -> Path:
    """Make a directory that others may pass through, as a cache of root's needs it."""
    path = Path(tempfile.mkdtemp(prefix="schema-tools-test-")).resolve()
    path.chmod(0o711)
    os.chown(path, uid, -1)
    return path


def _make_template(made: server.Server) -> None:
    with psycopg.connect(made.url(), autocommit=True) as connection:
        connection.execute("create database prepared strategy file_copy")
    with psycopg.connect(made.url("prepared"), autocommit=True) as connection:
        connection.execute("create table t as select generate_series(1, 100) as n")


def _count(running: server.Server) -> int:
    """Count the rows in a database made from the prepared one."""
    with psycopg.connect(running.url(), autocommit=True) as connection:
        connection.execute("create database made template prepared strategy file_copy")
    with psycopg.connect(running.url("made")) as connection:
        row = connection.execute("select count(*) from t").fetchone()
    return int(row[0]) if row else -1


def _templates(cache: Path) -> list[Path]:
    return [path for path in (cache / "templates").iterdir() if path.is_dir()]


def _mode(path: Path) -> tuple[int, int]:
    return path.stat().st_mode, path.stat().st_uid


def _modes(directory: Path) -> dict[Path, tuple[int, int]]:
    return {path: _mode(path) for path in directory.rglob("*")}


def _session(chosen: server.Binaries) -> dict[str, object]:
    with server.start(binaries=chosen) as running, psycopg.connect(running.url()) as connection:
        row = connection.execute("select current_user").fetchone()
        uid = running.data.stat().st_uid
    gone = not running.data.parent.exists()
    return {"user": row and row[0], "uid": uid, "cache": str(server.cache_directory()), "gone": gone}


def _namespaces_are_allowed() -> bool:
    return subprocess.run(["unshare", "--user", "true"], capture_output=True, check=False).returncode == 0


def _as_user(uid: int, environment: dict[str, str], scene: Callable[[], object]) -> object:
    """Run the scene in a forked child as that user; return its value, or the text of its Trouble."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a fork beside threads; the child execs nothing of theirs
        child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            os.chdir("/")
            for name in ("TOOLS_CACHE_DIR", "XDG_CACHE_HOME"):
                os.environ.pop(name, None)
            os.environ.update(environment)
            answer = scene()
        except BaseException as error:  # the parent tells
            answer = f"{type(error).__name__}: {error}"
        os.write(writer, json.dumps(answer).encode())
        os._exit(0)
    os.close(writer)
    with open(reader, encoding="utf-8") as file:
        answer = json.load(file)
    os.waitpid(child, 0)
    return answer

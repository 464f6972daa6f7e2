"""Packages of npm as a lock file pins them, kept from one run to the next, and a Node that is new enough for them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

OLDEST = 22  # what the command of Better Auth needs
PATIENCE = 120.0  # seconds for npm, and for one script
# without scripts nothing of what is downloaded runs before a test asks for it
OPTIONS = (
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--prefer-offline",
    "--fetch-retries=1",
    "--fetch-timeout=30000",
)
# a wrong lock file is ours to mend; all else that npm says is about this machine and its way to a registry
OURS = {"EINTEGRITY", "EJSONPARSE", "ERESOLVE", "EUSAGE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A folder with its packages, and what runs it."""

    node: str
    folder: Path

    @contextmanager
    def start(self, *arguments: str, env: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
        """Start a script of the folder; its standard input ends with the block, and it must end with that."""
        with subprocess.Popen(
            [self.node, *arguments],
            cwd=self.folder,
            env={**os.environ, **env},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            yield process

    def run(self, *arguments: str, env: Mapping[str, str]) -> str:
        """Run a script of the folder, and return what it says."""
        with self.start(*arguments, env=env) as process:
            try:
                said, _ = process.communicate(timeout=PATIENCE)
            finally:
                process.kill()
        assert process.returncode == 0, said
        return said


def install(folder: Path, cache: Path) -> Installed:
    """Give the folder the packages that its lock file pins, from the cache; the test is skipped where npm has none."""
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("there is no npm: it comes with Node 22 or newer")
    is_old = _version() < OLDEST  # then a Node is installed, too: the optional packages of package.json
    options = OPTIONS if is_old else (*OPTIONS, "--omit=optional")
    pinned = [folder / name for name in ("package.json", "package-lock.json")]
    kept = cache / _hash(pinned, options)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the workers of one run
        if not kept.is_dir():
            for old in cache.glob("*/"):
                shutil.rmtree(old)
            _install(pinned, kept, options)
    (folder / "node_modules").symlink_to(kept / "node_modules")
    return Installed(node=str(kept / "node_modules/.bin/node") if is_old else "node", folder=folder)


def _install(pinned: list[Path], kept: Path, options: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory(dir=kept.parent) as making:
        whole = Path(making, "whole")
        whole.mkdir()
        for path in pinned:
            shutil.copy(path, whole)
        try:
            done = subprocess.run(
                ["npm", "ci", *options], cwd=whole, capture_output=True, text=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm did not bring the packages in {PATIENCE:.0f} seconds")
        if done.returncode:
            codes = set(re.findall(r"^npm error code (\S+)", done.stderr, re.MULTILINE))
            assert not codes & OURS, done.stderr
            pytest.skip(f"npm did not bring the packages: {', '.join(codes) or 'it does not say why'}")
        whole.rename(kept)


def _version() -> int:
    said = subprocess.run(["node", "-p", "process.versions.node"], capture_output=True, text=True, check=True).stdout
    return int(said.split(".")[0])


def _hash(pinned: list[Path], options: tuple[str, ...]) -> str:
    digest = hashlib.sha256(" ".join(options).encode())
    for path in pinned:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]

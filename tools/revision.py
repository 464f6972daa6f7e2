"""What git knows of the repository: a commit by any of its names, and what stood in it."""

from __future__ import annotations

import subprocess

from tools.config import Project
from tools.errors import Trouble


def resolve(project: Project, name: str) -> str:
    """Return the hash of the commit that has this name: nothing that looks like an option gets any further."""
    git(project, "rev-parse", "--git-dir")  # no git, or no repository, is another sentence
    try:
        return git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").strip()
    except Trouble:
        raise Trouble(f"git does not know {name}: name a commit, a branch or a tag") from None


def git(project: Project, *arguments: str) -> str:
    """Return what a command of git says in the repository's folder."""
    try:
        done = subprocess.run(
            ["git", "-C", str(project.directory), *arguments], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise Trouble("git is not installed: install it, or name the files") from None
    if done.returncode:
        reason = " ".join(done.stderr.split()) or "it does not say why"  # what is wrong comes first, the way out last
        raise Trouble(f"git {arguments[0]} failed: {reason}: mend that, or name the files")
    return done.stdout

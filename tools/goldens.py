"""The plans that are kept beside the queries: what each looked like, and which look different now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from tools import files
from tools.config import Project
from tools.findings import Finding, Rule

FOLDER = "plans"
NEWEST = 18  # its plans are the common ones; an older server has a file of its own where it plans otherwise

CHANGED = Rule(
    id="changed-plan",
    class_="design",
    risk="low",
    reason="a plan that changes without anybody's wish is seen in review, before the server feels it",
    instead="look whether it is better, then keep it: tools explain --write",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A kept plan that is not what the query's plan is; without a text there is no such query any more."""

    name: str
    path: Path
    kept: str | None
    text: str | None

    @property
    def difference(self) -> str:
        """Return what changed, as a unified difference; the whole plan where none was kept."""
        before, after = ((text or "").splitlines() for text in (self.kept, self.text))
        return "\n".join(list(unified_diff(before, after, "kept", "now", lineterm=""))[2:])


def compare(project: Project, shapes: Mapping[str, str], major: int, *, whole: bool) -> tuple[Change, ...]:
    """Return the kept plans that are to be written anew, so that a check on this server finds all of them current."""
    folder = project.queries / FOLDER
    changes = []
    for name, shape in shapes.items():
        common, own = folder / f"{name}.txt", folder / f"{name}.{major}.txt"
        path = own if own.exists() or (major != NEWEST and _read(common) not in (None, shape)) else common
        kept = _read(path if path.exists() else common)
        if path == own and major != NEWEST and _read(common) == shape:
            changes.append(Change(name=name, path=own, kept=kept, text=None))
        elif kept != shape:
            changes.append(Change(name=name, path=path, kept=kept, text=shape))
    if whole:
        gone = (path for path in sorted(folder.glob("*.txt")) if path.name.partition(".")[0] not in shapes)
        changes += [Change(name=path.name.partition(".")[0], path=path, kept=_read(path), text=None) for path in gone]
    return tuple(changes)


def findings(project: Project, changes: Iterable[Change]) -> tuple[Finding, ...]:
    """Return the plans that are not the kept ones."""
    return tuple(
        Finding(
            rule=CHANGED.id,
            class_=CHANGED.class_,
            risk=CHANGED.risk,
            file=project.relative(one.path),
            line=1,
            statement=one.name,
            message=f"the plan of {one.name} is not the kept one\n{one.difference}",
            instead=CHANGED.instead,
        )
        for one in changes
    )


def write(changes: Iterable[Change]) -> None:
    """Write the plans as they are now."""
    for one in changes:
        if one.text is None:
            files.remove(one.path)
        else:
            files.write(one.path, one.text, parents=True)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None

"""The migration files of a repository, in yoyo's format: what they are called, what they say, what they hash to."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from tools import files
from tools.config import Project
from tools.errors import Trouble
from tools.statements import blank_restrict, locate, token_hash

Transactional = Literal["true", "false", "own"]

STAMPED = re.compile(r"^(\d{14})(?:_|$)")
DIRECTIVE = re.compile(r"^[^\S\n]*--[^\S\n]*([A-Za-z][A-Za-z_-]*)[^\S\n]*:[ \t]*(.*?)[^\S\n]*$", re.MULTILINE)
HEADER = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
TITLE = re.compile(r"\s*--[ \t]*([^\n]*)")
VALUES: Mapping[str, tuple[str, ...]] = {
    "transactional": ("true", "false", "own"),
    "phase": ("expand", "migrate", "contract"),
    "risk": ("low", "medium", "high"),
}
# What a mistaken value of `transactional` looks like; with it a misspelt key is a directive and not prose
TRUTHS = ("true", "false", "own", "yes", "no", "on", "off", "0", "1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One SQL file: its text as the server gets it, and what its header directs."""

    folder: Path
    name: str
    text: str
    raw_hash: str
    title: str = ""
    transactional: Transactional = "true"
    depends: tuple[str, ...] = ()
    phase: str | None = None
    risk: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.folder / self.name

    def token_hash(self) -> str:
        """Return the hash that comments, white space and line ends do not change."""
        return token_hash(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """A file and its way back; `id` is the file's name without its ending, as in yoyo's ledger."""

    id: str
    up: Script
    down: Script | None = None


def read(project: Project) -> tuple[Migration, ...]:
    """Read every migration of the folder, sorted by id; the folder must hold at least one."""
    folder = project.migrations
    names = _names(project)
    ups = [name for name in names if not name.endswith(".rollback.sql")]
    if not ups:
        raise Trouble(f"no migrations in {project.relative(folder)}: write the first with tools new NAME")
    _refuse_orphans(project, names)
    _refuse_duplicates(project, ups)
    ids = frozenset(name.removesuffix(".sql") for name in ups)
    known = frozenset(names)  # a list would be searched from its start for every file
    shown = project.relative(folder)
    return tuple(_read_migration(folder, shown, name.removesuffix(".sql"), known, ids) for name in ups)


def stamp(migration_id: str) -> str:
    """Return the 14 digits that a migration's name starts with, or an empty string."""
    match = STAMPED.match(migration_id)
    return match[1] if match else ""


def new(project: Project, name: str, *, now: datetime | None = None) -> tuple[Path, Path]:
    """Write an empty pair of files after the newest one, and return their paths."""
    return write(blank(project, name, now=now))


def blank(project: Project, name: str, *, now: datetime | None = None) -> dict[Path, str]:
    """Return an empty pair of files that comes after the newest one."""
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if not slug:
        raise Trouble(f"{name!r} makes no file name: use letters and digits, like add_due_date_to_tasks")
    there = _names(project) if project.migrations.is_dir() else []
    when = (now or datetime.now(UTC)).strftime("%Y%m%d%H%M%S")
    newest = max((stamp(file) for file in there), default="")
    if newest >= when:  # a clock that is behind must not make a late file
        when = _next_second(newest)
    up, down = (project.migrations / f"{when}_{slug}{suffix}" for suffix in (".sql", ".rollback.sql"))
    title = name.strip().replace("_", " ").capitalize().rstrip(".")
    return {up: UP_TEMPLATE.format(title=title), down: DOWN_TEMPLATE.format(title=title[:1].lower() + title[1:])}


def write(pair: Mapping[Path, str]) -> tuple[Path, Path]:
    """Write both files of a pair, or none."""
    up, down = pair
    files.write(up, pair[up], parents=True)
    try:
        files.write(down, pair[down])
    except Trouble:
        files.remove(up)
        raise
    return up, down


def _next_second(when: str) -> str:
    try:
        return (datetime.strptime(when, "%Y%m%d%H%M%S") + timedelta(seconds=1)).strftime("%Y%m%d%H%M%S")
    except ValueError:  # fourteen digits that are no date, in an adopted history
        return str(int(when) + 1)


UP_TEMPLATE = """\
-- {title}.
--
-- why:
-- effect: on existing data, and which lock for how long
-- risk: low
-- phase: expand

"""

DOWN_TEMPLATE = """\
-- Undo: {title}.

"""


def read_script(project: Project, path: Path, ids: frozenset[str] = frozenset()) -> Script:
    """Read one SQL file: decoded, without a byte order mark, its directives checked."""
    return _read(path.parent, path.name, project.relative(path), ids)


def _read(folder: Path, name: str, shown: str, ids: frozenset[str]) -> Script:
    try:
        with open(f"{folder}{os.sep}{name}", "rb", buffering=0) as file:  # a Path for each of many files is slow
            raw = file.read()
    except OSError as error:
        raise Trouble(f"cannot read {shown}: {error.strerror}") from error
    text, notes = _decode(shown, raw)
    directives = _directives(shown, text, ids)
    depends = tuple(directives.get("depends", "").split())
    transactional: Transactional = "true"
    if directives.get("transactional") in ("false", "own"):
        transactional = "own" if directives["transactional"] == "own" else "false"
    return Script(
        folder=folder,
        name=name,
        text=blank_restrict(text),
        raw_hash=hashlib.sha256(raw).hexdigest(),
        title=_title(text),
        transactional=transactional,
        depends=depends,
        phase=directives.get("phase"),
        risk=directives.get("risk"),
        notes=notes,
    )


def _read_migration(
    folder: Path, shown: str, migration_id: str, names: frozenset[str], ids: frozenset[str]
) -> Migration:
    name, rollback = f"{migration_id}.sql", f"{migration_id}.rollback.sql"
    up = _read(folder, name, f"{shown}/{name}", ids)
    for other in up.depends:
        if other not in ids:
            close = close_to(other, ids)
            instead = f": did you mean {close}" if close else ": write the id of one of the files"
            raise Trouble(f"{shown}/{name} depends on {other}, and there is no such migration{instead}")
    down = _read(folder, rollback, f"{shown}/{rollback}", ids) if rollback in names else None
    return Migration(id=migration_id, up=up, down=down)


def _names(project: Project) -> list[str]:
    folder = project.migrations
    shown = project.relative(folder)
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:
        raise Trouble(
            f"no folder {shown}: pass -C {_above(project)}, or write the first migration with tools new NAME"
        ) from None
    except OSError as error:
        raise Trouble(f"cannot read {shown}: {error.strerror}") from error
    for entry in entries:
        _refuse_unread(shown, entry)
    return [entry.name for entry in entries if entry.name.endswith(".sql") and not entry.name.startswith(".")]


def _above(project: Project) -> str:
    """Return the next folder above that has migrations, where there is one: somebody has gone down too far."""
    place = os.path.relpath(project.migrations, project.directory)
    found = next((one for one in project.directory.parents if (one / place).is_dir()), None)
    return f"{os.path.relpath(found)}, where there is one" if found else "DIRECTORY"


def _refuse_unread(folder: str, entry: os.DirEntry[str]) -> None:
    """Refuse what looks like a migration and would be passed over: yoyo ignores most of these without a word.

    A name goes into the ledger, and is shown: not one that is no UTF-8, that turns a line around or breaks it.
    """
    if entry.name.endswith(".sql") and not entry.name.isprintable():
        raise Trouble(f"{folder} holds {entry.name!a}, a name with characters that cannot be shown: rename it")
    if entry.name.endswith(".sql") and not entry.is_file(follow_symlinks=False) and _is_special(entry.path):
        raise Trouble(f"{folder}/{entry.name} is a pipe or a device, which may never end: make it a file")
    if entry.name.startswith("post-apply"):
        raise Trouble(f"{folder}/{entry.name}: post-apply hooks are not run: make it a migration, or run it with psql")
    if entry.name.endswith(".sql"):
        return
    if entry.name.lower().endswith(".sql"):
        raise Trouble(f"{folder}/{entry.name} would be ignored: the ending must be .sql in lower case")
    if entry.name.endswith(".py") and entry.name != "__init__.py":
        raise Trouble(f"{folder}/{entry.name}: migrations in Python are not run: write SQL")
    if entry.is_dir() and any(Path(entry.path).glob("*.sql")):
        raise Trouble(f"{folder}/{entry.name}/ holds .sql files that would be ignored: move them to {folder}")


def _is_special(path: str) -> bool:
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def _refuse_orphans(project: Project, names: list[str]) -> None:
    known = frozenset(names)
    for name in names:
        if name.endswith(".rollback.sql") and name.removesuffix(".rollback.sql") + ".sql" not in known:
            folder = project.relative(project.migrations)
            up = name.removesuffix(".rollback.sql") + ".sql"
            raise Trouble(f"{folder}/{name} has no {up} to roll back: restore that file, or delete this one")


def _refuse_duplicates(project: Project, names: list[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        when = stamp(name)
        if when and when in seen:
            folder = project.relative(project.migrations)
            raise Trouble(
                f"{folder}/{seen[when]} and {folder}/{name} have the same timestamp {when}, and so no order:"
                " rename the one that is applied nowhere yet"
            )
        seen[when] = name


def _decode(name: str, raw: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text that psql would send, with a note for what a reader cannot see."""
    notes = []
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Trouble(f"{name} is UTF-16: save it as UTF-8")
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
        notes.append(f"{name} starts with a byte order mark, which is left out: save it as UTF-8 without one")
    if b"\0" in raw:
        line = raw[: raw.index(b"\0")].count(b"\n") + 1
        raise Trouble(f"{name}:{line}: there is a NUL byte, which no SQL text can hold: delete it")
    if b"\r\n" in raw:
        notes.append(f"{name} has CRLF line ends, which function bodies keep: save it with LF")
    try:
        return raw.decode("utf-8"), tuple(notes)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Trouble(f"{name}:{line}: byte 0x{raw[error.start]:02x} is not UTF-8: save the file as UTF-8") from error


def _header(text: str) -> int:
    """Return where the leading comments end and the first statement starts."""
    match = HEADER.match(text)
    return match.end() if match else 0


def _title(text: str) -> str:
    """Return the first sentence of the header."""
    match = TITLE.match(text)
    return match[1].strip() if match and not DIRECTIVE.match(match[0].strip()) else ""


def _directives(name: str, text: str, ids: frozenset[str]) -> dict[str, str]:
    """Return the directives of the header; one that would be ignored, or that is not understood, is an error."""
    found: dict[str, str] = {}
    end = -1
    for match in DIRECTIVE.finditer(text):
        end = _header(text) if end < 0 else end
        if match.start() >= end and match[1] not in ("transactional", "depends"):
            continue
        place = f"{name}:{locate(text, match.start())[0]}"
        key, value = _directive(place, match[1], match[2], ids)
        if key and match.start() >= end and _meant(key, value, ids):
            raise Trouble(f"{place}: -- {key}: stands after the first statement: move it to the top of the file")
        if key and match.start() < end:
            if key in found and key != "depends":
                raise Trouble(f"{place}: a second -- {key}: keep one")
            found[key] = f"{found[key]} {value}" if key in found else value
    return found


def _directive(place: str, key: str, value: str, ids: frozenset[str]) -> tuple[str, str]:
    """Return the directive of a comment line, or an empty key where the line is prose."""
    known = ("depends", *VALUES)
    if key not in known:
        meant = _misspelt(key.lower())
        if meant and _meant(meant, value, ids):
            raise Trouble(f"{place}: unknown directive -- {key}: write -- {meant}: {value}")
        return "", ""
    if key in ("phase", "risk") and value not in VALUES[key]:
        return "", ""  # prose: "risk: none worth a word"; lint asks for the word where it is wanted
    if key == "transactional" and value not in VALUES[key]:
        raise Trouble(f"{place}: -- transactional: takes true, false or own, not {value!r}")
    return key, value


@cache
def _misspelt(key: str) -> str:
    """Return the directive that a word may stand for; a history repeats the same few words in every header."""
    return close_to(key, ("transactional", "depends"), cutoff=0.8)


def close_to(word: str, words: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return the one of `words` that is most like `word`, or an empty string."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(words), n=1, cutoff=cutoff)), "")


def _meant(key: str, value: str, ids: frozenset[str]) -> bool:
    if key == "transactional":
        return value.lower() in TRUTHS
    return any(word in ids for word in value.split())

"""Written documentation against what is there: what is stale, in which part, and what is in the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from tools import paper
from tools.config import Project
from tools.document import Document
from tools.errors import Trouble
from tools.generation import Change

SECTION = re.compile(r"^## \d+\. (.+)$", re.MULTILINE)
MARK = "Written by tools docs"
FEW = 20
PLACES = ("", "areas", "tables", "migrations", "queries")  # of pages in a site


def page(document: Document, path: Path) -> tuple[Change, ...]:
    """Return how the Markdown page at the path differs from what the document says."""
    return compare({path: paper.write(_as_stated(document, path))})


def site(document: Document, folder: Path) -> tuple[Change, ...]:
    """Return how the site in the folder differs from what the document says."""
    from tools import website

    return compare({folder / name: text for name, text in website.build(document).items()}, folder)


def compare(wanted: Mapping[Path, str], folder: Path | None = None) -> tuple[Change, ...]:
    """Return what differs, and what of ours is in the folder and no longer wanted; others' files are in the way."""
    found = []
    for path, text in wanted.items():
        there = _read(path)
        if there is not None and not _is_ours(there):
            raise Trouble(f"{path} was not written by tools docs: name another place, or remove it")
        if there is None:
            found.append(Change(change="missing", path=path, wanted=text))
        elif there != text:
            found.append(Change(change="changed", path=path, wanted=text, found=there))
    stale = sorted(path for path in _files(folder) if path not in wanted and _is_ours(_read(path) or ""))
    return (*found, *(Change(change="extra", path=path, found=_read(path) or "") for path in stale))


def _as_stated(document: Document, path: Path) -> Document:
    """Return the document as made on the server version that the page at the path states.

    Nothing else on the page follows the version, so any server can check it.
    """
    stated = paper.SERVER.search(_read(path) or "")
    return replace(document, server_version=stated[1]) if stated else document


def lines(changes: tuple[Change, ...], project: Project, *, done: bool = False) -> Iterator[str]:
    """Yield what is stale, or was, a line a file as long as these are few; of a page with its sections."""
    yield from (_line(one, project, one.done if done else one.change) for one in changes[:FEW])
    if len(changes) > FEW:
        yield f"and {len(changes) - FEW} more"


def _line(change: Change, project: Project, word: str) -> str:
    sections = [] if change.change != "changed" else list(_stale(change.found, change.wanted))
    about = f" ({', '.join(sections)})" if sections else ""
    return f"{word}: {project.relative(change.path.resolve())}{about}"


def _stale(found: str, wanted: str) -> Iterator[str]:
    mine, yours = _sections(wanted), _sections(found)
    yield from (title for title in mine if mine[title] != yours.get(title))


def _sections(text: str) -> dict[str, str]:
    _, *parts = SECTION.split(text)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _files(folder: Path | None) -> Iterator[Path]:
    """Yield the pages in the places where a site has pages, and nowhere else: the folder may hold other things."""
    if folder is not None:
        for place in PLACES:
            yield from (folder / place).glob("*.html")


def _is_ours(text: str) -> bool:
    return MARK in text[:200]


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8") if path.is_file() else None
    except UnicodeDecodeError:
        return ""

"""The labelled migrations of lint_corpus: what each does to a shop that is open, and the shop itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bench.peers import HERE
from tools import config, database
from tools.config import Project
from tools.scratch import Cluster
from tools.statements import locate, split

FOLDER = HERE / "lint_corpus"
HARMLESS = re.compile(r"\A-- harmless: (?P<reason>.+)$", re.MULTILINE)
HARM = re.compile(
    r"^-- harm: (?P<kind>locks|fails|breaks|loses)(?: \((?P<state>\w{5})\))?: (?P<reason>.+)$", re.MULTILINE
)
KINDS = {
    "locks": "keeps others out while it works, or locks many rows",
    "fails": "does not come to its end",
    "breaks": "breaks the release that is running",
    "loses": "loses data",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One migration and its label: what the comment says above the statement that does harm, or at the top.

    `lines` are those of that statement; `state` is the SQLSTATE of a file that fails.
    """

    path: Path
    reason: str
    kind: str | None = None
    state: str | None = None
    lines: range = range(0)

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.stem

    @property
    def transactional(self) -> bool:
        """Whether the file is run in one transaction."""
        return "-- transactional: false" not in self.path.read_text(encoding="utf-8")


def read() -> list[Case]:
    """Return all cases, the harmless ones first."""
    return [_case(path) for folder in ("harmless", "harmful") for path in sorted((FOLDER / folder).glob("*.sql"))]


def _case(path: Path) -> Case:
    text = path.read_text(encoding="utf-8")
    if path.parent.name == "harmless":
        return Case(path=path, reason=HARMLESS.findall(text)[0])
    (harm,) = HARM.finditer(text)
    statement = next(one for one in split(text) if one.start > harm.start())
    first = locate(text, statement.start)[0]
    lines = range(first, first + statement.text.count("\n") + 1)
    return Case(path=path, reason=harm["reason"], kind=harm["kind"], state=harm["state"], lines=lines)


def project() -> Project:
    """Return the shop as a project: one migration, and the queries of the release that is running."""
    return config.load(FOLDER)


def open_shop(cluster: Cluster, replayed: str) -> str:
    """Return the URL of a copy of the replayed shop with rows in it."""
    url = cluster.create(template=replayed)
    with database.connect(url, application="bench") as connection:
        connection.execute((FOLDER / "rows.sql").read_bytes())
    return url

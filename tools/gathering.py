"""What a repository's files say of its schema: headers of migrations and queries, decisions, sample data, models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from tools import database, excerpts, generation, headers, lineage, migrations, origins, phrases
from tools.catalog import Catalog
from tools.config import Project
from tools.document import Move, Question
from tools.history import Step
from tools.migrations import Migration
from tools.origins import Origins
from tools.sheets import Slugs
from tools.sources import Reader
from tools.survey import Material

OWN = ("migrations", "models", "live")  # sources that the files of the repository are about
IN_THE_HEADER = ("risk", "phase", "depends", "transactional")
FOR_TOOLS = ("index", "given")  # of a query: told in another place, and where values for a trial come from
NO_WAY_BACK = "ST004"


def gather(reader: Reader, catalog: Catalog, source: str, *, shifts: bool = False) -> Material:
    """Return what is known; of a foreign source nothing but where a file makes its objects.

    `shifts`: how the catalog was before and after each migration, too, which takes a replay file by file.
    """
    project = reader.project
    if source not in OWN:
        return Material(
            title=_foreign_title(reader, source),
            origins=_origins_of_files(project, source),
            package=generation.build(catalog, project.directory / "nowhere", external=frozenset(), clone=reader.empty),
        )
    external = reader.external()
    steps = reader.steps()
    ours = [one.name for one in catalog.tables if one.key not in external and not one.partition_of]
    return Material(
        title="Database schema",
        external=external,
        origins=origins.find(project, steps),
        package=generation.build(
            catalog, project.directory.joinpath(*project.models.split(".")), external=external, clone=reader.empty
        ),
        package_name=project.models,
        decisions=_decisions(project),
        history=_history(reader, steps, shifts=shifts),
        questions=tuple(_questions(project)),
        samples=excerpts.read(reader.cluster(steps), project, ours),
    )


def _foreign_title(reader: Reader, source: str) -> str:
    path = Path(source)
    name = path.stem if path.exists() else database.parse(source).get("dbname") or reader.shown(source)
    return f"Database schema: {name}"


def _origins_of_files(project: Project, source: str) -> Origins | None:
    """Return where files of SQL make their objects; a database or a snapshot has no lines."""
    path = Path(source)
    files = sorted(path.glob("*.sql")) if path.is_dir() else [path] if path.suffix == ".sql" else []
    places: dict[tuple[str, str], str] = {}
    for file in files:
        if not file.name.endswith(".rollback.sql"):
            places |= origins.read(project, migrations.read_script(project, file))
    return Origins(places=places) if places else None


def _decisions(project: Project) -> tuple[tuple[str, str], ...]:
    """Return the decisions that are written down: title and path."""
    found = sorted((project.directory / "docs" / "decisions").glob("*.md"))
    titles = (file.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ") for file in found)
    return tuple((title, project.relative(file)) for title, file in zip(titles, found, strict=True))


def _history(reader: Reader, steps: tuple[Step, ...], *, shifts: bool) -> tuple[Move, ...]:
    moves = tuple(_moves(reader.project, steps))
    if not shifts:
        return moves
    return tuple(replace(one, shifts=done) for one, done in zip(moves, lineage.read(reader, steps), strict=True))


def _moves(project: Project, steps: Iterable[Step]) -> Iterator[Move]:
    slugs = Slugs()
    for step in steps:
        script = step.script
        header = headers.read(script.text)
        yield Move(
            id=step.migration.id,
            slug=slugs.take(step.migration.id),
            path=project.relative(script.path),
            title=header.title,
            prose=header.prose,
            facts={word: text for word, text in header.facts.items() if word not in IN_THE_HEADER},
            risk=script.risk or header.facts.get("risk", ""),
            phase=script.phase or "",
            transactional=script.transactional == "true",
            way_back=_way_back(step.migration),
            text=script.text,
            touches=tuple(f"{kind} {phrases.shown(name)}" for kind, name in origins.read(project, script)),
        )


def _way_back(migration: Migration) -> str:
    if migration.down is None:
        return "none: there is no rollback file"
    if NO_WAY_BACK in migration.down.text:
        return "none, and the rollback file says why"
    return headers.read(migration.down.text).title or "a rollback file"


def _questions(project: Project) -> Iterator[Question]:
    slugs = Slugs()
    for file in sorted(project.queries.glob("*.sql")):
        script = migrations.read_script(project, file)
        header = headers.read(script.text)
        plan = project.queries / "plans" / f"{file.stem}.txt"
        yield Question(
            name=file.stem,
            slug=slugs.take(file.stem),
            path=project.relative(file),
            title=header.title,
            facts={word: text for word, text in header.facts.items() if word not in FOR_TOOLS and word[0] != "$"},
            parameters=header.parameters,
            indexes=tuple(" ".join(header.said("index")).replace(",", " ").split()),
            text=headers.body(script.text),
            plan=plan.read_text(encoding="utf-8").rstrip() if plan.is_file() else "",
        )

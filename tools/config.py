"""Where things are: the layout of a repository, and the database it is about."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tools.errors import Trouble

NO_DATABASE = "no database: pass --url or set DATABASE_URL"

# https://www.postgresql.org/docs/current/libpq-envars.html: enough of them to know that somebody chose a database
LIBPQ_VARIABLES = {
    "PGHOST": "host",
    "PGHOSTADDR": "hostaddr",
    "PGPORT": "port",
    "PGDATABASE": "dbname",
    "PGUSER": "user",
    "PGPASSWORD": "password",
    "PGPASSFILE": "passfile",
    "PGSERVICE": "service",
    "PGSSLMODE": "sslmode",
}
CHOOSES_A_DATABASE = ("PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE")

LINT = "lint"  # a table of its own in the section


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The layout of one repository; every path is relative to `directory` in messages and absolute in use.

    Source: ``[tool.schema-tools]`` in ``pyproject.toml``; the defaults are the layout of this repository.
    """

    directory: Path
    migrations: Path = field(default=Path("sql/migrations"))
    triggers: Path = field(default=Path("sql/triggers"))
    external: Path = field(default=Path("sql/external"))
    queries: Path = field(default=Path("sql/queries"))
    seed: Path = field(default=Path("sql/seed"))
    models: str = "models"
    ledger_schema: str = "public"

    def relative(self, path: Path) -> str:
        """Return `path` as messages show it: below the project, with forward slashes."""
        try:
            return path.relative_to(self.directory).as_posix()
        except ValueError:
            return str(path)


def load(directory: Path) -> Project:
    """Read the project's settings; a missing ``pyproject.toml`` or section means the defaults."""
    if not directory.is_dir():
        raise Trouble(f"no directory {directory}: -C takes the folder that holds sql/migrations")
    directory = directory.resolve()
    settings = _section(directory / "pyproject.toml")
    known = {f.name.replace("_", "-"): f for f in fields(Project) if f.name != "directory"}
    values: dict[str, Any] = {}
    for key, value in settings.items():
        if key == LINT:
            continue
        if key not in known:
            raise Trouble(f"pyproject.toml: unknown key {key!r} in [tool.schema-tools]: it takes {', '.join(known)}")
        if not isinstance(value, str) or not value:
            raise Trouble(f"pyproject.toml: {key!r} in [tool.schema-tools] takes a string, not {value!r}")
        values[known[key].name] = value
    project = Project(directory=directory)
    paths = {f.name: directory / values.get(f.name, getattr(project, f.name)) for f in fields(Project) if _is_path(f)}
    return Project(directory=directory, **{**values, **paths})


def lint(directory: Path) -> dict[str, Any]:
    """Return ``[tool.schema-tools.lint]``: what the project says of single rules."""
    section = _section(directory / "pyproject.toml").get(LINT, {})
    if not isinstance(section, dict):
        raise Trouble("pyproject.toml: [tool.schema-tools.lint] must be a table")
    return section


def database(url: str | None, directory: Path, environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the connection string of the configured database, or None where nothing names one.

    The order: `url` (the option), ``DATABASE_URL``, libpq's own ``PG*`` variables, then the same names in ``.env``,
    which never overrides the environment. An empty string means: libpq finds the database in the environment itself.
    """
    if url:
        return url
    if environ.get("DATABASE_URL"):
        return environ["DATABASE_URL"]
    if any(environ.get(name) for name in CHOOSES_A_DATABASE):
        return ""
    dotenv = read_dotenv(directory)
    if dotenv.get("DATABASE_URL"):
        return dotenv["DATABASE_URL"]
    if any(dotenv.get(name) for name in CHOOSES_A_DATABASE):
        from psycopg.conninfo import make_conninfo

        return make_conninfo(**{key: dotenv[name] for name, key in LIBPQ_VARIABLES.items() if dotenv.get(name)})
    return None


def needed(url: str | None, directory: Path) -> str:
    """Return the connection string of the configured database; where nothing names one, say what would."""
    found = database(url, directory)
    if found is None:
        raise Trouble(NO_DATABASE)
    return found


def read_dotenv(directory: Path) -> dict[str, str]:
    """Return the variables of the project's ``.env``; none where there is no such file."""
    path = directory / ".env"
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    try:
        return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value}
    except UnicodeDecodeError as error:
        raise Trouble(f".env is not UTF-8: {error.reason} at byte {error.start}: save it as UTF-8") from None
    except OSError as error:
        raise Trouble(f"cannot read .env: {error.strerror}") from error


def _section(path: Path) -> dict[str, Any]:
    try:
        section = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("schema-tools", {})
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Trouble(f"{path.name} is not valid TOML: {error}") from error
    except OSError as error:
        raise Trouble(f"cannot read {path.name}: {error.strerror}") from error
    if not isinstance(section, dict):
        raise Trouble("pyproject.toml: [tool.schema-tools] must be a table")
    return section


def _is_path(candidate: Any) -> bool:
    return isinstance(candidate.default, Path)

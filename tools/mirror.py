"""The mirrors: a package of SQLModel classes, made into tables on a scratch database, where PostgreSQL prints them."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tools import catalog, database
from tools.catalog import Catalog
from tools.config import Project
from tools.errors import Trouble

if TYPE_CHECKING:
    from sqlalchemy import MetaData

# What the models make themselves. Functions and extensions stay, for a CHECK or a default may call them
CLEAR = """
select pg_catalog.format('drop %%s if exists %%s cascade', kind, name)
from (
  select
    case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' else 'table' end,
    oid::pg_catalog.regclass::text,
    oid,
    'pg_catalog.pg_class'::pg_catalog.regclass
  from pg_catalog.pg_class
  where relkind in ('r', 'p', 'v', 'm', 'f') and not relispartition
  union all
  select
    case typtype when 'd' then 'domain' else 'type' end,
    type.oid::pg_catalog.regtype::text,
    type.oid,
    'pg_catalog.pg_type'::pg_catalog.regclass
  from pg_catalog.pg_type as type
  left join pg_catalog.pg_class as class on class.oid = typrelid
  where typtype in ('e', 'd') or relkind = 'c'
) as found (kind, name, oid, class)
where not exists (
    select from pg_catalog.pg_depend where objid = found.oid and classid = found.class and deptype = 'e'
  )
  and name not like 'pg\\_%%' and name not like 'information\\_schema.%%' and name not like 'pg\\_catalog.%%'
  and (kind not in ('type', 'domain') or %s or not exists (
    select
    from pg_catalog.pg_attribute
    join pg_catalog.pg_class as composite on composite.oid = attrelid and composite.relkind = 'c'
    join pg_catalog.pg_type as type on type.oid = found.oid
    where composite.reltype = type.oid or atttypid in (type.oid, type.typarray)
  ))
"""


def read(clone: Callable[[], str], project: Project) -> Catalog:
    """Make the models' tables in a copy of the replayed database, in place of its own, and read the catalog.

    `clone` makes such a copy and returns its URL. Most packages have no words for composite types: where the models
    cannot be made without, those of the history stay, with the types that they are made of.
    """
    metadata = load(project)
    try:
        return _materialise(clone(), metadata, project, composites=True)
    except Trouble as trouble:
        try:
            return _materialise(clone(), metadata, project, composites=False)
        except Trouble:
            raise trouble from None


def _materialise(url: str, metadata: MetaData, project: Project, *, composites: bool) -> Catalog:
    """Drop what models make, make it from the models, and read the catalog; `composites` are dropped too, or kept."""
    with database.connect(url, application="tools models") as connection:
        for (statement,) in connection.execute(CLEAR, [composites]).fetchall():
            connection.execute(statement)
    _create_all(url, metadata, project)
    with database.connect(url, application="tools models") as connection:
        return catalog.read(connection)


def exists(project: Project) -> bool:
    """Tell whether the project has a package of models at all."""
    path = project.directory.joinpath(*project.models.split("."))
    return path.joinpath("__init__.py").is_file() or path.with_suffix(".py").is_file()


def load(project: Project) -> MetaData:
    """Import the package with all its modules, and return the metadata of its tables."""
    package = _import(project)
    for module in pkgutil.walk_packages(getattr(package, "__path__", []), f"{package.__name__}."):
        _import_module(module.name, project)
    metadata = _metadata(package)
    if not metadata.tables:
        raise Trouble(f"the package {project.models} defines no table: it takes SQLModel classes with table=True")
    return metadata


def _import(project: Project) -> ModuleType:
    """Import the package from the project's folder, and not one of the same name from elsewhere."""
    known = sys.modules.get(project.models)
    if known is not None and not _is_from(known, project.directory):
        for name in [n for n in sys.modules if n == project.models or n.startswith(f"{project.models}.")]:
            del sys.modules[name]
    sys.path.insert(0, str(project.directory))
    importlib.invalidate_caches()
    try:
        return _import_module(project.models, project)
    finally:
        sys.path.remove(str(project.directory))


def _import_module(name: str, project: Project) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name == project.models:
            raise Trouble(f"no package {project.models}: name the package of the models with --models") from error
        raise Trouble(f"cannot import {name}: {error}: install what the models need beside tools") from error
    except Exception as error:  # whatever somebody's module does at import
        raise Trouble(f"cannot import {name}: {type(error).__name__}: {error}") from error


def _is_from(module: ModuleType, directory: Path) -> bool:
    place = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", [])), "")
    return Path(place).is_relative_to(directory)


def _metadata(package: ModuleType) -> MetaData:
    """Return ``package.metadata``, else the metadata of its ``Base``, else SQLModel's own."""
    from sqlalchemy import MetaData

    for candidate in (getattr(package, "metadata", None), getattr(getattr(package, "Base", None), "metadata", None)):
        if isinstance(candidate, MetaData):
            return candidate
    from sqlmodel import SQLModel

    metadata: MetaData = SQLModel.metadata
    return metadata


def _create_all(url: str, metadata: MetaData, project: Project) -> None:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    tables = [table for table in metadata.tables.values() if not table.info.get("view")]
    engine = create_engine("postgresql+psycopg://", creator=lambda: _plain_connection(url), poolclass=NullPool)
    try:
        metadata.create_all(engine, tables=tables, checkfirst=True)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise Trouble(f"the tables of {project.models} cannot be created: {reason}") from error
    finally:
        engine.dispose()


def _plain_connection(url: str) -> Any:
    import psycopg

    return psycopg.connect(**database.parse(url), application_name="tools models")

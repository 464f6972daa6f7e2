"""What reads a whole schema in one process: our reader, and the peers' libraries.

Run as ``python bench/readers.py rows|objects|reflect|compare URL`` by the Python that has what the verb imports.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


def rows(url: str) -> int:
    """Read the catalog as `tools drift-check` does where nothing differs: no object is made of its row."""
    return len(_catalog(url).columns)


def objects(url: str) -> int:
    """Read the catalog, and make an object of each row."""
    from tools import catalog

    return sum(1 for _ in catalog.objects(_catalog(url)))


def _catalog(url: str) -> Any:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    import psycopg

    from tools import catalog

    with psycopg.connect(url, autocommit=True) as connection:
        return catalog.read(connection)


def reflect(url: str) -> int:
    """Reflect every schema with SQLAlchemy, which sees tables, columns, constraints and indexes."""
    return len(_reflected(url)[1].tables)


def compare(url: str) -> int:
    """Compare the database with what was reflected of it, as Alembic's autogenerate and check do."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine, metadata = _reflected(url)
    options = {"compare_type": True, "compare_server_default": True, "include_schemas": True}
    with engine.connect() as connection:
        return len(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _reflected(url: str) -> tuple[Any, Any]:
    from sqlalchemy import MetaData, create_engine, inspect, pool

    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=pool.NullPool)
    metadata = MetaData()
    with engine.connect() as connection:
        for schema in inspect(connection).get_schema_names():
            if schema != "information_schema":
                metadata.reflect(connection, schema=schema)
    return engine, metadata


VERBS = {"rows": rows, "objects": objects, "reflect": reflect, "compare": compare}

if __name__ == "__main__":
    verb, address = sys.argv[1:]
    print(VERBS[verb](address))

"""What a database says of its tables through information_schema, and in Python what differs between two of them.

Where information_schema is silent (indexes, enum labels, exclusion, partition keys, comments) the server's own printing
functions are asked. Nothing here goes through `tools` or through SQLAlchemy's reflection: it is the second witness.
"""

from __future__ import annotations

from typing import Any

import psycopg
import sqlalchemy
from psycopg.rows import dict_row

import models

TABLES = sorted(
    t.name for t in models.metadata.tables.values() if not t.info.get("view") and not t.info.get("external")
)
VIEWS = sorted(t.name for t in models.metadata.tables.values() if t.info.get("view"))

Facts = dict[tuple[str, str], dict[str, Any]]

# Each query gives a kind, a name, and what there is to say about it. %(tables)s are the tables of the models.
QUERIES = {
    "column": """
        select
            c.table_name || '.' || c.column_name as name, c.data_type, c.udt_name, c.domain_name,
            c.character_maximum_length, c.numeric_precision, c.numeric_scale, c.datetime_precision, c.collation_name,
            c.is_nullable, c.column_default, c.is_generated, c.generation_expression, c.is_identity,
            c.identity_generation, c.identity_start, c.identity_increment, e.data_type as element_type,
            e.character_maximum_length as element_length
        from information_schema.columns as c
        left join information_schema.element_types as e
            on (e.object_schema, e.object_name, e.object_type, e.collection_type_identifier)
             = (c.table_schema, c.table_name, 'TABLE', c.dtd_identifier)
        where c.table_schema = 'public' and c.table_name = any(%(tables)s)""",
    "key": """
        select
            t.table_name || '.' || t.constraint_name as name, t.constraint_type, t.is_deferrable, t.initially_deferred,
            to_jsonb(t) ->> 'nulls_distinct' as nulls_distinct, t.enforced,
            array_agg(k.column_name::text order by k.ordinal_position) as columns
        from information_schema.table_constraints as t
        join information_schema.key_column_usage as k using (constraint_schema, constraint_name, table_name)
        where t.table_schema = 'public' and t.table_name = any(%(tables)s)
        group by t.table_name, t.constraint_name, t.constraint_type, t.is_deferrable, t.initially_deferred, 5,
            t.enforced""",
    "reference": """
        select
            k.table_name || '.' || r.constraint_name as name, r.match_option, r.update_rule, r.delete_rule,
            array_agg(u.table_name || '.' || u.column_name order by k.ordinal_position) as referenced
        from information_schema.referential_constraints as r
        join information_schema.key_column_usage as k using (constraint_schema, constraint_name)
        join information_schema.key_column_usage as u
            on (u.constraint_schema, u.constraint_name) = (r.unique_constraint_schema, r.unique_constraint_name)
            and u.ordinal_position = k.position_in_unique_constraint
        where k.table_schema = 'public' and k.table_name = any(%(tables)s)
        group by k.table_name, r.constraint_name, r.match_option, r.update_rule, r.delete_rule""",
    # PostgreSQL lists NOT NULL here, too, under names that differ from version to version; is_nullable says the same
    "check": """
        select t.table_name || '.' || c.constraint_name as name, c.check_clause
        from information_schema.check_constraints as c
        join information_schema.table_constraints as t using (constraint_schema, constraint_name)
        where t.table_schema = 'public' and t.table_name = any(%(tables)s)
          and c.constraint_name not like '%%_not_null'""",
    "domain": """
        select
            d.domain_name as name, d.data_type, d.character_maximum_length, d.domain_default, c.constraint_name,
            c.check_clause
        from information_schema.domains as d
        left join information_schema.domain_constraints as n using (domain_schema, domain_name)
        left join information_schema.check_constraints as c using (constraint_schema, constraint_name)
        where d.domain_schema = 'public'""",
    "attribute": """
        select
            udt_name || '.' || attribute_name as name, ordinal_position, data_type, attribute_udt_name,
            character_maximum_length
        from information_schema.attributes
        where udt_schema = 'public'""",
    "table": """
        select
            relname as name, pg_get_partkeydef(oid) as partition_key, obj_description(oid, 'pg_class') as comment,
            relpersistence as persistence
        from pg_class
        where relnamespace = 'public'::regnamespace and relname = any(%(tables)s)""",
    "comment": """
        select c.relname || '.' || a.attname as name, col_description(c.oid, a.attnum) as comment
        from pg_class as c
        join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relname = any(%(tables)s || array['recurrence'])""",
    "index": """
        select
            i.tablename || '.' || i.indexname as name, i.indexdef,
            obj_description(to_regclass(quote_ident(i.indexname)), 'pg_class') as comment
        from pg_indexes as i
        where i.schemaname = 'public' and i.tablename = any(%(tables)s)""",
    "exclusion": """
        select conrelid::regclass || '.' || conname as name, pg_get_constraintdef(oid) as definition
        from pg_constraint
        where contype = 'x' and conrelid::regclass::text = any(%(tables)s)""",
    "type": """
        select
            t.typname as name, t.typtype as kind, obj_description(t.oid, 'pg_type') as comment,
            e.labels
        from pg_type as t
        cross join lateral (
            select array_agg(enumlabel::text order by enumsortorder) as labels from pg_enum where enumtypid = t.oid
        ) as e
        left join pg_class as c on c.oid = t.typrelid
        where t.typnamespace = 'public'::regnamespace
          and (t.typtype in ('e', 'd') or c.relkind = 'c')""",
}


def facts(conn: psycopg.Connection[Any]) -> Facts:
    """Ask every query of the database."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return {
            (kind, row.pop("name")): row
            for kind, query in QUERIES.items()
            for row in cursor.execute(query.encode(), {"tables": TABLES}).fetchall()
        }


def columns(conn: psycopg.Connection[Any], table: str) -> dict[str, dict[str, Any]]:
    """Return the columns of one table or view by `table.column`."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return {row["name"]: row for row in cursor.execute(QUERIES["column"].encode(), {"tables": [table]})}


def differences(database: Facts, mirrors: Facts) -> list[str]:
    """Say what differs, each as `kind name: fact is … in the database and … in the models`."""
    said = []
    for kind, name in sorted(database.keys() | mirrors.keys()):
        expected, actual = database.get((kind, name)), mirrors.get((kind, name))
        if expected is None or actual is None:
            said.append(f"{kind} {name}: is only in the {'models' if expected is None else 'database'}")
            continue
        said += [
            f"{kind} {name}: {fact} is {expected[fact]!r} in the database and {actual[fact]!r} in the models"
            for fact in expected
            if expected[fact] != actual[fact]
        ]
    return said


def materialise(metadata: sqlalchemy.MetaData, url: str) -> Facts:
    """Let the models make their tables in an empty database, ask the server what they are, and undo it."""
    engine = sqlalchemy.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
    try:
        with engine.connect() as connection:
            metadata.create_all(connection)
            conn = connection.connection.driver_connection
            assert isinstance(conn, psycopg.Connection)
            return facts(conn)
    finally:
        engine.dispose()

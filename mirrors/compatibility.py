"""Whether a live database is one that these models can work with: asked in one query, when the application starts.

A database is often ahead of its applications (expand, migrate, contract): what is new there is no fault as long as
reading, inserting and updating through the models still works. The query reads pg_catalog and not information_schema,
because every role sees all of that, and information_schema shows constraints and defaults only to owners.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import text

__all__ = ["SchemaError", "check"]

Level = Literal["compatible", "exact"]
Facts = Mapping[str, Any]

# What the database has of the relations and types of the contract, in the form of the contract
QUERY = """
with relation as (
  select
    class.oid,
    nspname || '.' || relname as name,
    relkind,
    relkind in ('r', 'p') or pg_catalog.pg_relation_is_updatable(class.oid, false) & 28 = 28 as writable
  from pg_catalog.pg_class as class
  join pg_catalog.pg_namespace as namespace on namespace.oid = relnamespace
  where nspname || '.' || relname = any(cast(:relations as text[])) and relkind in ('r', 'p', 'v', 'm', 'f')
),
attribute as (
  select
    attrelid,
    attnum,
    attname,
    case when attnotnull then 'not null' else '' end as required,
    case attgenerated when 's' then 'stored' when 'v' then 'virtual' else
      case attidentity when 'a' then 'always' when 'd' then 'by default' else
        case when atthasdef then 'default' else '' end
      end
    end as given,
    case
      when nspname = 'pg_catalog' or pg_catalog.starts_with(printed, pg_catalog.quote_ident(nspname) || '.')
        then printed
      else pg_catalog.quote_ident(nspname) || '.' || printed
    end as type
  from pg_catalog.pg_attribute
  join pg_catalog.pg_type as type on type.oid = atttypid
  join pg_catalog.pg_namespace as namespace on namespace.oid = typnamespace
  cross join lateral pg_catalog.format_type(atttypid, atttypmod) as printed
  where attnum > 0
    and not attisdropped
    and attrelid = any(array(
      select oid
      from relation
      union all
      select typrelid
      from pg_catalog.pg_type as composite
      join pg_catalog.pg_namespace as home on home.oid = composite.typnamespace
      where composite.typtype = 'c' and home.nspname || '.' || composite.typname = any(cast(:types as text[]))
    ))
)
select cast(pg_catalog.json_build_object(
  'relations', (
    select pg_catalog.json_object_agg(name, pg_catalog.json_build_object(
      'kind', case when relkind in ('r', 'p') then 'table' else 'view' end,
      'writable', writable,
      'key', (
        select coalesce(pg_catalog.json_agg(attname order by place), '[]')
        from pg_catalog.pg_constraint as constr
        cross join lateral pg_catalog.unnest(conkey) with ordinality as part (number, place)
        join attribute on attrelid = conrelid and attnum = number
        where conrelid = relation.oid and contype = 'p'
      ),
      'columns', (
        select pg_catalog.json_object_agg(attname, pg_catalog.json_build_array(type, required, given))
        from attribute
        where attrelid = relation.oid
      )
    ))
    from relation
  ),
  'types', (
    select pg_catalog.json_object_agg(nspname || '.' || typname, case typtype
      when 'e' then pg_catalog.json_build_object('enum', (
        select pg_catalog.json_agg(enumlabel order by enumsortorder) from pg_catalog.pg_enum where enumtypid = type.oid
      ))
      when 'd' then
        pg_catalog.json_build_object('domain', (
          select array[case
            when home.nspname = 'pg_catalog'
              or pg_catalog.starts_with(printed, pg_catalog.quote_ident(home.nspname) || '.')
              then printed
            else pg_catalog.quote_ident(home.nspname) || '.' || printed
          end]
          from pg_catalog.pg_type as base
          join pg_catalog.pg_namespace as home on home.oid = base.typnamespace
          cross join lateral pg_catalog.format_type(type.typbasetype, type.typtypmod) as printed
          where base.oid = type.typbasetype
        ))
      else pg_catalog.json_build_object('composite', (
        select pg_catalog.json_agg(pg_catalog.quote_ident(attname) || ' ' || attribute.type order by attnum)
        from attribute
        where attrelid = typrelid
      ))
    end)
    from pg_catalog.pg_type as type
    join pg_catalog.pg_namespace as namespace on namespace.oid = typnamespace
    where nspname || '.' || typname = any(cast(:types as text[])) and typtype in ('c', 'd', 'e')
  )
) as text)
"""

# What goes in and out as before where the models know the narrower type
WIDER = {
    "smallint": ("integer", "bigint"),
    "integer": ("bigint",),
    "real": ("double precision",),
    "character varying": ("character varying", "text"),
    "numeric": ("numeric",),
}
TYPE = re.compile(r"([a-z ]+?)(?:\((\d+)(?:,(\d+))?\))?")
# What else may give a column its value where the models leave it out
GIVES = {
    "": ("default", "by default"),
    "default": ("by default",),
    "always": ("by default", "default"),
    "by default": ("default",),
    "stored": ("virtual",),
    "virtual": ("stored",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that is not as the models know it; `compatible` says whether they work all the same."""

    name: str
    sentence: str
    compatible: bool

    def __str__(self) -> str:
        return f"{self.name} {self.sentence}"


class SchemaError(Exception):
    """The database is not one that these models can work with; `differences` say why."""

    def __init__(self, differences: tuple[Difference, ...]) -> None:
        self.differences = differences
        said = "; ".join(map(str, differences))
        super().__init__(f"the database does not fit the models: {said}: migrate it, or deploy the models made from it")


def check(connection: Any, level: Level = "compatible") -> tuple[Difference, ...]:
    """Raise a SchemaError where the models cannot work with the database; return what differs and does no harm.

    `connection` is one of psycopg or SQLAlchemy, or a session; with async, ``await connection.run_sync(check)``. At
    the level ``exact`` nothing may differ. The query is a part of the connection's transaction, like any other.
    """
    if level not in ("compatible", "exact"):
        raise ValueError(f"no level {level!r}: choose compatible or exact")
    found = compare(connection)
    wrong = tuple(one for one in found if level == "exact" or not one.compatible)
    if wrong:
        raise SchemaError(wrong)
    return found


def compare(connection: Any) -> tuple[Difference, ...]:
    """Return what differs between the database and what the models expect of it."""
    expected = _contract()
    return tuple(_differences(expected, _read(connection, expected)))


def fingerprint(connection: Any = None) -> str:
    """Return a hash of what the models expect, or of what the database has of it: equal where nothing differs."""
    expected = _contract()
    facts = expected if connection is None else _common(expected, _read(connection, expected))
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _contract() -> dict[str, Any]:
    from . import contract

    return {"relations": contract.RELATIONS, "types": contract.TYPES}


def _read(connection: Any, expected: Facts) -> dict[str, Any]:
    wanted = {key: list(expected[key]) for key in ("relations", "types")}
    if hasattr(connection, "cursor"):  # psycopg; prepare=False, for a pooler lends other servers' sessions
        statement = QUERY.replace(":relations", "%(relations)s").replace(":types", "%(types)s")
        answer = _ask(connection, statement, wanted)
    elif hasattr(connection, "sync_connection") or hasattr(connection, "sync_session"):
        raise TypeError("check is not async: await connection.run_sync(check)")
    else:
        answer = connection.execute(text(QUERY), wanted).scalar_one()
    facts = json.loads(answer)
    return {key: facts[key] or {} for key in wanted}


def _ask(connection: Any, statement: str, wanted: Mapping[str, Any]) -> Any:
    import psycopg
    from psycopg.rows import tuple_row

    if isinstance(connection, psycopg.AsyncConnection):
        raise TypeError("check takes no async connection of psycopg: give it one that is not async")
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(statement, wanted, prepare=False).fetchone()[0]


def _common(expected: Facts, actual: Facts) -> dict[str, Any]:
    """Return what the database has, without what the contract does not speak of."""
    relations = {}
    for name, live in actual["relations"].items():
        known = expected["relations"][name]
        columns = {one: _spoken(known, fact) for one, fact in live["columns"].items() if _is_known(known, one)}
        key = live["key"] if known["kind"] == "table" else []
        kind = "external" if known["kind"] == "external" else live["kind"]
        relations[name] = {"kind": kind, "key": key, "columns": columns}
    return {"relations": relations, "types": actual["types"]}


def _is_known(known: Facts, column: str) -> bool:
    return known["kind"] != "external" or column in known["columns"]


def _spoken(known: Facts, fact: list[str]) -> list[str]:
    return fact if known["kind"] == "table" else [fact[0], "", ""]


def _differences(expected: Facts, actual: Facts) -> Iterator[Difference]:
    for name, known in expected["relations"].items():
        live = actual["relations"].get(name)
        if live is None:
            yield Difference(name=f"{known['kind']} {name}", sentence="is missing", compatible=False)
        else:
            yield from _of_relation(name, known, live, expected["types"])
    for name, parts in expected["types"].items():
        there = actual["types"].get(name, parts)  # where it is missing its columns say so
        if there != parts:
            sentence = f"is {_printed(there)} and not {_printed(parts)}"
            yield Difference(name=f"type {name}", sentence=sentence, compatible=_is_readable(parts, there))


def _printed(type_: Facts) -> str:
    return ", ".join(f"{kind} ({', '.join(parts)})" for kind, parts in type_.items())


def _is_readable(mine: Facts, yours: Facts) -> bool:
    """Tell whether values go in and out: the labels of an enum in any order, a domain over a wider type."""
    if mine.keys() != yours.keys() or "composite" in mine:
        return False
    if "enum" in mine:
        return sorted(mine["enum"]) == sorted(yours["enum"])
    return _is_wider(mine["domain"][0], yours["domain"][0])


def _of_relation(name: str, known: Facts, live: Facts, types: Facts) -> Iterator[Difference]:
    if known["kind"] == "table" and live["kind"] != "table":
        sentence = "is a view" if live["writable"] else "is a view that cannot be written"
        yield Difference(name=f"table {name}", sentence=sentence, compatible=live["writable"])
    elif known["kind"] == "table" and live["key"] != known["key"]:
        sentence = f"has the primary key ({', '.join(live['key'])}) and not ({', '.join(known['key'])})"
        yield Difference(name=f"table {name}", sentence=sentence, compatible=False)
    judged = known["kind"] == live["kind"] == "table"  # a view does not tell what may be null, and what has a default
    for column, fact in known["columns"].items():
        here = live["columns"].get(column)
        if here is None:
            yield Difference(name=f"column {name}.{column}", sentence="is missing", compatible=False)
        else:
            yield from _of_column(f"column {name}.{column}", fact, here, types, judged)
    for column, (_, required, given) in live["columns"].items():
        if column not in known["columns"] and _is_known(known, column):
            fatal = judged and required and not given
            sentence = "is new, and nothing but the models could give it a value" if fatal else "is new"
            yield Difference(name=f"column {name}.{column}", sentence=sentence, compatible=not fatal)


def _of_column(name: str, fact: list[str], here: list[str], types: Facts, judged: bool) -> Iterator[Difference]:
    type_, required, given = fact
    if type_ != here[0]:
        sentence = f"is {here[0]} and not {type_}"
        yield Difference(name=name, sentence=sentence, compatible=_is_taken(type_, here[0], types))
    if judged and required != here[1]:
        yield Difference(name=name, sentence="may be null" if required else "may not be null", compatible=False)
    if judged and given != here[2]:
        sentence = f"is given {_source(here[2])} and not {_source(given)}"
        yield Difference(name=name, sentence=sentence, compatible=here[2] in GIVES[given])


def _source(given: str) -> str:
    """Return where a value comes from, in words."""
    words = {"": "no value", "default": "a default"}
    return words.get(given) or (f"identity {given}" if given in ("always", "by default") else f"a {given} expression")


def _is_taken(mine: str, yours: str, types: Facts) -> bool:
    made = types.get(mine, {})
    if "enum" in made:
        return yours in ("text", "character varying")
    plain = made.get("domain", [mine])[0]
    return plain == yours or _is_wider(plain, yours)


def _is_wider(narrow: str, wide: str) -> bool:
    """Tell whether every value of the first type goes through the second and back."""
    mine, yours = TYPE.fullmatch(narrow), TYPE.fullmatch(wide)
    if mine is None or yours is None or yours[1] not in WIDER.get(mine[1], ()):
        return False
    sizes = zip(_sizes(mine), _sizes(yours), strict=True)
    return all(there is None or (here is not None and here <= there) for here, there in sizes)


def _sizes(parts: re.Match[str]) -> tuple[int | None, int | None]:
    """Return digits before and after the point, or the length; None is without limit."""
    if parts[1] != "numeric":
        return (int(parts[2]) if parts[2] else None), None
    return (int(parts[2]) - int(parts[3] or 0), int(parts[3] or 0)) if parts[2] else (None, None)

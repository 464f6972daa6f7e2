"""The contract of a package of models: what its classes expect of a database, as a module of plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tools import names
from tools.catalog import Catalog
from tools.inventory import Subject, label, typed, unquoted
from tools.kinds import Column
from tools.layout import Node, Scope, lay, mapping, quoted, several
from tools.package import Package
from tools.writer import FIRST

Types = Mapping[str, tuple[str, tuple[str, ...]]]


def write(package: Package, catalog: Catalog) -> str:
    """Return the module; `compatibility.py` asks a database for the same in the same form."""
    subjects = sorted((model.subject for model in package.models), key=_name)
    used = _used([column.type for subject in subjects for column in subject.columns], _types(catalog))
    relations = [(_name(subject), _relation(subject)) for subject in subjects]
    types = [(name, _plain(mapping({kind: _strings(parts)}), name, 4)) for name, (kind, parts) in sorted(used.items())]
    lines = [
        FIRST,
        '"""What the classes of this package expect of a database; `compatibility` compares it with one.',
        "",
        "Of a column: its type, whether it may be null, and what gives it a value where a statement does not.",
        '"""',
        "",
        "from typing import Any",
        "",
        f"RELATIONS: dict[str, dict[str, Any]] = {_rows(relations, 0)}",
        "",
        f"TYPES: dict[str, dict[str, list[str]]] = {_rows(types, 0)}",
    ]
    return "\n".join(lines) + "\n"


def _rows(entries: Iterable[tuple[str, str]], indent: int) -> str:
    """Return a dict with an entry a line, however short it is: a changed column changes its line, and no other."""
    pad = " " * indent
    lines = [f"{pad}    {quoted(name)}: {text},\n" for name, text in entries]
    return "".join(("{\n", *lines, pad, "}")) if lines else "{}"


def _plain(node: Node, name: str, indent: int) -> str:
    return lay(node, Scope(), indent=indent, before=indent + len(quoted(name)) + 2, after=1)


def _name(subject: Subject) -> str:
    return ".".join(subject.parts)


def _relation(subject: Subject) -> str:
    is_table = subject.kind == "table"
    columns = [
        (name, _plain(_column(column, is_table=is_table), name, 12))
        for column in subject.columns
        for name in [label(column)]
    ]
    entries = [
        ("kind", quoted(subject.kind)),
        ("key", _plain(_strings(_key(subject) if is_table else ()), "key", 8)),
        ("columns", _rows(columns, 8)),
    ]
    return _rows(entries, 4)


def _key(subject: Subject) -> tuple[str, ...]:
    """Return the primary key, also one over periods."""
    found = [one.columns for one in subject.constraints if one.type == "primary key"]
    return unquoted(found[0]) if found else ()


def _column(column: Column, *, is_table: bool) -> Node:
    """Return its type, `not null`, and what gives it a value; of what is only read, its type."""
    given = column.generated or column.identity or ("default" if column.default is not None else "")
    facts = ("" if column.nullable else "not null", given) if is_table else ("", "")
    return _strings((column.type, *facts))


def _strings(values: Iterable[str]) -> Node:
    return several("[]", [quoted(one) for one in values])


def _types(catalog: Catalog) -> Types:
    """Return the types that a schema makes itself, by the name that format_type() prints."""
    found = {one.name: ("enum", one.labels) for one in catalog.enums}
    found |= {one.name: ("domain", (one.type,)) for one in catalog.domains}
    return found | {one.name: ("composite", tuple(one.attributes)) for one in catalog.composite_types}


def _used(wanted: list[str], types: Types) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the types of columns and, in turn, what these are made of, by name without quotes."""
    found = {}
    while wanted:
        name = wanted.pop().removesuffix("[]")
        if name in types and name not in found:
            kind, parts = found[name] = types[name]
            if kind != "enum":
                wanted += [typed(one)[1] if kind == "composite" else one for one in parts]
    return {".".join(names.split(name)): value for name, value in found.items()}

"""The statement that makes an object; what else it needs then is in `completions`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import singledispatch

from tools import kinds
from tools.kinds import Object

NAME = r"(?:\"(?:[^\"]|\"\")+\"|[^.\"]+)"
QUALIFIED = re.compile(rf"^(.+)\.({NAME})$")
# Settings whose value is a list of names, each quoted for itself (GUC_LIST_QUOTE in PostgreSQL's guc_tables.c)
LISTS = ("search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries")
ATOMIC = re.compile(r"(?:BEGIN ATOMIC|RETURN)\b")


def create(item: Object) -> str | None:
    """Return the statement, or None where there is none, or a table's, which takes its columns."""
    return _create(item)


def literal(text: str) -> str:
    r"""Return the text as an SQL string.

    >>> literal("it's")
    "'it''s'"
    """
    quoted = "'" + text.replace("'", "''") + "'"
    return f"E{quoted}".replace("\\", "\\\\") if "\\" in text else quoted


def join(*parts: str | None) -> str:
    """Return the parts that are there, with a space between them."""
    return " ".join(part for part in parts if part)


def listed(words: Iterable[str]) -> str:
    """Return ``(a, b)``, or nothing for nothing."""
    text = ", ".join(words)
    return f"({text})" if text else ""


def named(word: str, words: Iterable[str]) -> str:
    """Return ``word (a, b)``, or nothing for nothing."""
    text = listed(words)
    return f"{word} {text}" if text else ""


def setting(text: str) -> str:
    """Return ``set name to value`` for what PostgreSQL keeps as ``name=value``."""
    name, _, value = text.partition("=")
    return f"set {name} to {value if name in LISTS else literal(value)}"


def split(name: str) -> tuple[str, str]:
    """Return what comes before the last name, and that name.

    >>> split('public."a.b"')
    ('public', '"a.b"')
    """
    match = QUALIFIED.match(name)
    return (match[1], match[2]) if match else ("", name)


def constraint(item: kinds.Constraint) -> str:
    """Return a constraint as ``add constraint`` has it, with its name."""
    keys = [*item.columns]
    if item.period:
        keys[-1] = f"period {keys[-1]}" if item.references else f"{keys[-1]} without overlaps"
    return join(
        f"constraint {item.label}",
        item.type if item.type != "exclusion" else None,
        "nulls not distinct" if item.nulls_not_distinct else None,
        f"({item.expression})" if item.type == "check" else item.expression,
        listed(keys),
        _reference(item),
        named("include", item.include),
        named("with", item.options) if item.type in ("primary key", "unique") else None,
        f"using index tablespace {item.tablespace}" if item.tablespace and item.type != "exclusion" else None,
        "deferrable" if item.deferrable else None,
        "initially deferred" if item.deferred else None,
        "no inherit" if item.no_inherit else None,
        None if item.enforced else "not enforced",
        None if item.validated or not item.enforced else "not valid",
    )


def routine(item: kinds.Function) -> str | None:
    """Return a function or procedure after the words ``create function``; None for an aggregate."""
    if item.routine == "aggregate":
        return None
    atomic = item.language == "sql" and ATOMIC.match(item.body)
    return join(
        f"{item.name.partition('(')[0]}({item.arguments})",
        f"returns {item.returns}" if item.returns and item.routine != "procedure" else None,
        f"language {item.language}",
        "transform " + ", ".join(f"for type {name}" for name in item.transforms) if item.transforms else None,
        "window" if item.routine == "window" else None,
        item.volatility if item.volatility != "volatile" else None,
        "strict" if item.strict else None,
        "leakproof" if item.leakproof else None,
        "security definer" if item.security_definer else None,
        f"parallel {item.parallel}" if item.parallel != "unsafe" else None,
        f"cost {item.cost}" if item.cost not in ("1", "100") else None,
        f"rows {item.rows}" if item.rows not in ("0", "1000") else None,
        f"support {item.support}" if item.support else None,
        *map(setting, item.config),
        item.body if atomic else f"as {_source(item)}",
    )


def _source(item: kinds.Function) -> str:
    if item.library:
        return f"{literal(item.library)}, {literal(item.body)}"
    return literal(item.body) if item.language == "internal" else dollars(item.body)


def dollars(body: str) -> str:
    """Return the body between dollar quotes that it does not hold."""
    tag = "$$"
    while tag in body or body.endswith("$"):
        if tag not in body and tag != "$$":
            break
        tag = f"{tag[:-1]}q$"
    return f"{tag}{body}{tag}"


def late_checks(item: kinds.Domain) -> tuple[str, ...]:
    """Return what adds the checks of a domain that are NOT VALID; ``create domain`` has no such words."""
    late = (text for text in item.constraints if text.endswith(" NOT VALID"))
    return tuple(f"alter domain {item.name} add constraint {text}" for text in late)


def role(name: str) -> str:
    """Return a role as statements have it: the main owner is whoever runs them."""
    return "current_user" if name == "(owner)" else name


def policy_parts(item: kinds.Policy) -> str:
    """Return roles and expressions as ``create policy`` and ``alter policy`` have them."""
    return join(
        f"to {', '.join(map(role, item.roles))}",
        f"using ({item.using})" if item.using else None,
        f"with check ({item.check})" if item.check else None,
    )


def _reference(item: kinds.Constraint) -> str | None:
    if item.references is None:
        return None
    columns = [*item.referenced_columns]
    if item.period:
        columns[-1] = f"period {columns[-1]}"
    return join(
        f"references {item.references} {listed(columns)}",
        f"match {item.match}" if item.match != "simple" else None,
        f"on update {item.on_update}" if item.on_update != "no action" else None,
        f"on delete {item.on_delete} {listed(item.on_delete_columns)}".strip()
        if item.on_delete != "no action"
        else None,
    )


@singledispatch
def _create(item: Object) -> str | None:  # noqa: ARG001 (the kinds that no statement makes)
    return None


register = _create.register


@register
def _(item: kinds.Schema) -> str | None:
    return f"create schema {item.name}"


@register
def _(item: kinds.Extension) -> str | None:
    return f"create extension {item.name} with schema {item.schema} version {literal(item.version)}"


def column(item: kinds.Column) -> str:
    """Return a column as ``create table`` and ``add column`` have it."""
    options = "" if not item.parents[0].startswith("foreign ") else foreign_options(item.options)
    return join(
        f"{item.label} {item.type}",
        options,
        f"collate {item.collation}" if item.collation else None,
        f"compression {item.compression}" if item.compression else None,
        f"generated always as ({item.expression}) {item.generated}" if item.generated else None,
        f"generated {item.identity} as identity {listed([' '.join(item.identity_options)])}" if item.identity else None,
        f"default {item.default}" if item.default else None,
        None if item.nullable else "not null",
    )


def foreign_options(options: Iterable[str]) -> str:
    """Return ``options (...)`` of something foreign."""
    pairs = (option.partition("=") for option in options)
    return named("options", (f"{name} {literal(value)}" for name, _, value in pairs))


@register
def _(item: kinds.Constraint) -> str | None:
    return f"alter {item.parents[0]} add {constraint(item)}"


@register
def _(item: kinds.Index) -> str | None:
    return join(
        "create",
        "unique" if item.unique else None,
        f"index {split(item.name)[1]} on {item.table} using {item.method} {listed(item.keys)}",
        named("include", item.include),
        "nulls not distinct" if item.nulls_not_distinct else None,
        named("with", item.options),
        f"tablespace {item.tablespace}" if item.tablespace else None,
        f"where {item.predicate}" if item.predicate else None,
    )


@register
def _(item: kinds.Trigger) -> str | None:
    return item.definition


@register
def _(item: kinds.Rule) -> str | None:
    return item.definition.rstrip(";")


@register
def _(item: kinds.Function) -> str | None:
    text = routine(item)
    return f"create {'procedure' if item.routine == 'procedure' else 'function'} {text}" if text else None


@register
def _(item: kinds.View) -> str | None:
    body = item.definition.strip().rstrip(";")
    return join(f"create view {item.name}", named("with", item.options), f"as {body}")


@register
def _(item: kinds.MaterializedView) -> str | None:
    return join(
        f"create materialized view {item.name}",
        f"using {item.access_method}" if item.access_method else None,
        named("with", item.options),
        f"tablespace {item.tablespace}" if item.tablespace else None,
        f"as {item.definition.strip().rstrip(';')}",
    )


@register
def _(item: kinds.Sequence) -> str | None:
    return join(
        f"create {'unlogged ' if item.unlogged else ''}sequence {item.name} as {item.type}",
        f"increment by {item.increment} minvalue {item.minimum} maxvalue {item.maximum}",
        f"start {item.start} cache {item.cache}",
        "cycle" if item.cycle else None,
    )


@register
def _(item: kinds.Enum) -> str | None:
    return f"create type {item.name} as enum ({', '.join(map(literal, item.labels))})"


@register
def _(item: kinds.Domain) -> str | None:
    return join(
        f"create domain {item.name} as {item.type}",
        f"collate {item.collation}" if item.collation else None,
        f"default {item.default}" if item.default else None,
        None if item.nullable else "not null",
        *(f"constraint {text}" for text in item.constraints if not text.endswith(" NOT VALID")),
    )


@register
def _(item: kinds.CompositeType) -> str | None:
    return f"create type {item.name} as ({', '.join(item.attributes)})"


@register
def _(item: kinds.RangeType) -> str | None:
    options = {
        "subtype": item.subtype,
        "subtype_opclass": item.operator_class,
        "collation": item.collation,
        "canonical": item.canonical,
        "subtype_diff": item.subtype_difference,
        "multirange_type_name": item.multirange,
    }
    return f"create type {item.name} as range {listed(f'{name} = {value}' for name, value in options.items() if value)}"


@register
def _(item: kinds.Policy) -> str | None:
    kind = "permissive" if item.permissive else "restrictive"
    return f"create policy {item.label} on {item.container} as {kind} for {item.command} {policy_parts(item)}"

"""The statements that make what few databases have: the rest of `creations`, kept apart for its length."""

from __future__ import annotations

import re

from tools import kinds, rarities
from tools.creations import foreign_options, join, listed, literal, named, register

MODES = {"r": "read_only", "s": "shareable", "w": "read_write"}


def aggregate(item: kinds.Function) -> str | None:
    """Return the statement of an aggregate; None where it is a hypothetical set or reads its rows ordered."""
    facts = [text.partition(" ") for text in item.aggregate]
    if not {("kind", "n"), ("direct arguments", "0")} <= {_pair(text) for text in item.aggregate}:
        return None
    parts = [_aggregate_part(name, value) for name, _, value in facts if name not in ("kind", "direct")]
    parts += [f"parallel = {item.parallel}"] if item.parallel != "unsafe" else []
    return f"create aggregate {item.name.partition('(')[0]}({item.arguments or '*'}) {listed(parts)}"


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.rpartition(" ")
    return name, value


def _aggregate_part(name: str, value: str) -> str:
    if name in ("initcond", "minitcond"):
        return f"{name} = {literal(value)}"
    if name in ("finalfunc", "mfinalfunc"):
        function, _, mode = value.rpartition(" ")
        return f"{name} = {function}, {name}_modify = {MODES[mode]}"
    if name == "sortop":
        return f"{name} = operator({value.partition('(')[0]})"
    return f"{name} = {value}" if value else name


@register
def _(item: rarities.Publication) -> str | None:
    targets = [f"tables in schema {', '.join(item.schemas)}"] if item.schemas else []
    options = [f"publish = {literal(', '.join(item.publish))}"]
    options += ["publish_via_partition_root = true"] if item.via_partition_root else []
    options += [f"publish_generated_columns = {item.generated_columns}"] if item.generated_columns else []
    return join(
        f"create publication {item.name}",
        "for all tables" if item.all_tables else None,
        f"for {', '.join(targets)}" if targets else None,
        named("with", options),
    )


@register
def _(item: rarities.Collation) -> str | None:
    options = [f"provider = {item.provider}"] if item.provider != "libc" else []
    if item.ctype in (None, item.locale):
        options += [f"locale = {literal(item.locale)}"] if item.locale else []
    else:
        options += [f"lc_collate = {literal(item.locale or '')}", f"lc_ctype = {literal(item.ctype or '')}"]
    options += [f"rules = {literal(item.rules)}"] if item.rules else []
    options += [] if item.deterministic else ["deterministic = false"]
    return f"create collation {item.name} {listed(options)}"


@register
def _(item: rarities.TextSearchConfiguration) -> str | None:
    lines = [f"create text search configuration {item.name} (parser = {item.parser})"]
    for mapping in item.mappings:
        token, _, dictionaries = mapping.partition(": ")
        lines.append(f"alter text search configuration {item.name} add mapping for {token} with {dictionaries}")
    return ";\n".join(lines)


@register
def _(item: rarities.ForeignDataWrapper) -> str | None:
    return join(
        f"create foreign data wrapper {item.name}",
        f"handler {item.handler}" if item.handler else None,
        f"validator {item.validator}" if item.validator else None,
        foreign_options(item.options),
    )


@register
def _(item: rarities.ForeignServer) -> str | None:
    if any(option.endswith("=***") for option in item.options):
        return None
    return join(
        f"create server {item.name}",
        f"type {literal(item.type)}" if item.type else None,
        f"version {literal(item.version)}" if item.version else None,
        f"foreign data wrapper {item.wrapper}",
        foreign_options(item.options),
    )


@register
def _(item: rarities.Operator) -> str | None:
    name, _, types = item.name.removesuffix(")").partition("(")
    left, _, right = types.rpartition(",")
    options = {
        "function": item.function.partition("(")[0],
        "leftarg": left if left.lower() != "none" else None,
        "rightarg": right,
        "commutator": _operator(item.commutator),
        "negator": _operator(item.negator),
        "restrict": item.restrict,
        "join": item.join,
    }
    parts = [f"{key} = {value}" for key, value in options.items() if value]
    parts += [word for word, is_set in (("hashes", item.hashes), ("merges", item.merges)) if is_set]
    return f"create operator {name} {listed(parts)}"


def _operator(name: str | None) -> str | None:
    return f"operator({re.sub(r'[(].*', '', name)})" if name else None


@register
def _(item: rarities.Statistics) -> str | None:
    chosen = listed(kind for kind in item.kinds if kind != "expressions")
    return join(
        f"create statistics {item.name}",
        chosen,
        f"on {', '.join((*item.columns, *item.expressions))} from {item.table}",
    )


@register
def _(item: rarities.EventTrigger) -> str | None:
    tags = f"when tag in ({', '.join(map(literal, item.tags))})" if item.tags else None
    return join(f"create event trigger {item.name} on {item.event}", tags, f"execute function {item.function}")


@register
def _(item: rarities.PublicationRelation) -> str | None:
    publication, table = (parent.partition(" ")[2] for parent in item.parents)
    columns = listed(item.columns)
    return join(
        f"alter publication {publication} add table {table}",
        columns,
        f"where {item.predicate}" if item.predicate else None,
    )


@register
def _(item: rarities.TextSearchDictionary) -> str | None:
    options = f", {item.options}" if item.options else ""
    return f"create text search dictionary {item.name} (template = {item.template}{options})"


@register
def _(item: rarities.Cast) -> str | None:
    how = {"inout": "with inout", "binary coercible": "without function"}.get(
        item.method, f"with function {item.method}"
    )
    return join(f"create cast {item.name} {how}", f"as {item.context}" if item.context != "explicit" else None)


@register
def _(item: rarities.Language) -> str | None:
    trusted = "trusted " if item.trusted else ""
    return join(
        f"create {trusted}language {item.name} handler {item.handler}" if item.handler else None,
        f"inline {item.inline}" if item.inline else None,
        f"validator {item.validator}" if item.validator else None,
    )


@register
def _(item: rarities.OperatorFamily) -> str | None:
    return None if item.operators or item.functions else f"create operator family {item.name}"


@register
def _(item: rarities.AccessMethod) -> str | None:
    return f"create access method {item.name} type {item.type} handler {item.handler}"


@register
def _(item: rarities.Conversion) -> str | None:
    encodings = f"for {literal(item.source)} to {literal(item.destination)}"
    return f"create {'default ' if item.default else ''}conversion {item.name} {encodings} from {item.function}"


@register
def _(item: rarities.Transform) -> str | None:
    sides = {"from sql": item.from_sql, "to sql": item.to_sql}
    return f"create transform {item.name} {listed(f'{s} with function {f}' for s, f in sides.items() if f)}"


@register
def _(item: rarities.TextSearchParser) -> str | None:
    headline = f", headline = {item.headline}" if item.headline else ""
    functions = f"start = {item.start}, gettoken = {item.token}, end = {item.end}, lextypes = {item.token_types}"
    return f"create text search parser {item.name} ({functions}{headline})"


@register
def _(item: rarities.TextSearchTemplate) -> str | None:
    init = f"init = {item.init}, " if item.init else ""
    return f"create text search template {item.name} ({init}lexize = {item.lexize})"


@register
def _(item: rarities.BaseType) -> str | None:
    return f"create type {item.name}" if item.shell else None

"""A package of models as text: what `ruff format` would leave as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tools import names
from tools.fields import Line
from tools.inventory import Subject
from tools.layout import (
    WIDTH,
    Group,
    Joined,
    Name,
    Node,
    Scope,
    Text,
    call,
    flat,
    joined,
    lay,
    mapping,
    paragraph,
    quoted,
    several,
    width,
)
from tools.package import Model, Package, Schema
from tools.representation import ANY, own, rule, sqlalchemy
from tools.standing import EnumClass, Made

FIRST = "# written by tools models; edit the SQL"
STANDARD = ("builtins", "datetime", "decimal", "ipaddress", "typing", "uuid")
AN = r"(?!us[aeiu]|uni|eu|one)[aeiou]"  # what one says after "an", and not after "a"
SKIP = "  # fmt: skip"  # a line that no formatter makes shorter
CLASS_VAR = joined(Name(module="typing", name="ClassVar"), "[", ANY, "]")


def table(model: Model, modules: Mapping[str, str]) -> str:
    """Return the module of a table; `modules` say where each class is."""
    targets = {target for line in model.relationships for target in _targets(line)} - {model.name}
    taken = {one.row.name for one in model.attributes} | {line.name for line in model.relationships}
    scope = Scope(taken=frozenset(taken | targets | {model.name, *(one.name for one in model.schemas)}))
    aliases, schemas = _shorten(model, scope)
    parts = [
        *_sequences(model, scope),
        _class(model, scope),
        *(f"{name} = {lay(node, scope, indent=0, before=width(name) + 3)}" for node, name in aliases.items()),
        *(_schema(model, schema, scope) for schema in schemas),
        *_statements(model, scope),
    ]
    head = [FIRST, *_doc(_says(model.subject), 0), "", *_imports(scope, {modules[one]: one for one in sorted(targets)})]
    return _file(head, parts)


def enums(found: Iterable[EnumClass]) -> str:
    """Return the module of the enum types."""
    scope = Scope()
    classes, variables = [], []
    for one in found:
        doc = one.remark.prose or f"The labels of {names.split(one.enum.name)[-1]}."
        lines = [f"class {one.name}({scope.local(own('types', 'Label'))}):", *_doc(doc, 4), ""]
        lines += [f"    {member} = {quoted(label)}" for member, label in one.members]
        classes.append("\n".join(lines if one.members else lines[:-1]))
        schema, plain = names.split(one.enum.name)
        made = call(
            own("types", "enum_type"),
            one.name,
            quoted(plain),
            schema=quoted(schema) if schema != "public" else None,
            comment=Text(value=one.comment) if one.comment else None,
        )
        variables.append(f"{one.variable} = {lay(made, scope, indent=0, before=width(one.variable) + 3)}")
    head = [
        FIRST,
        '"""The enum types: labels are stored, in the order of their declaration."""',
        "",
        *_imports(scope, {}),
    ]
    return _file(head, [*classes, "\n".join(variables)])


def schema(package: Package) -> str:
    """Return the module of what the tables stand on."""
    taken = frozenset(line.name for one in package.standing.made for line in one.lines)
    scope = Scope(module=".schema", taken=taken)
    stand = package.standing
    extensions = [
        quoted(name) if home == "public" else several("()", [quoted(name), quoted(home)])
        for name, home in stand.extensions
    ]
    before = call(
        own("base", "stand_on"),
        extensions=several("[]", extensions) if extensions else None,
        schemas=several("[]", [quoted(name) for name in stand.schemas]) if stand.schemas else None,
    )
    parts = [lay(before, scope, indent=0, before=0)] if before.items else []
    for one in stand.made:
        parts += _made(one, scope)
    head = [FIRST, '"""What the tables stand on: extensions, schemas and types that are made first."""', ""]
    return _file([*head, *_imports(scope, {})], parts)


def init(package: Package) -> str:
    """Return the module that lends all names, each loaded when it is asked for."""
    homes = {name: module for module, found in package.exports.items() for name in found}
    homes |= {one.name: "enums" for one in package.standing.enums}
    homes |= {one.class_: "schema" for one in package.standing.made if one.class_}
    for model in package.models:
        homes |= dict.fromkeys((model.name, *(one.name for one in model.schemas)), model.module)
    private = {_key(model.subject): model.attributes for model in package.models}
    shown = {
        key: call(Name(module="builtins", name="frozenset"), Group(brackets="{}", items=hidden))
        for key, attributes in private.items()
        if (hidden := tuple(("", quoted(one.column)) for one in attributes if one.private))
    }
    scope = Scope()
    tables = {_key(model.subject): quoted(model.module) for model in package.models}
    every = sorted({*homes, "PRIVATE", "load_all"}, key=_order)
    private_, names_ = mapping(shown), mapping({name: quoted(homes[name]) for name in sorted(homes)})
    lines = [
        FIRST,
        '"""The mirrors of the schema: a class for each table and view, and what a client may create, update and read.',
        "",
        "To be vendored as it is, under any name. Importing it connects to nothing and loads no table: each is loaded",
        "when its class is asked for, and all of them with `metadata`.",
        '"""',
        "",
        "from typing import TYPE_CHECKING",
        "",
        "from .loading import Loader",
        "",
        "if TYPE_CHECKING:",
        *(f"    {line}" for line in _exports(homes)),
        "",
        "# columns that no Read shows",
        f"PRIVATE: dict[str, frozenset[str]] = {lay(private_, scope, indent=0, before=37)}",
        "",
        "_loader = Loader(",
        "    __name__,",
        f"    names={lay(names_, scope, indent=4, before=10, after=1)},",
        f"    tables={lay(mapping(tables), scope, indent=4, before=11, after=1)},",
        *(['    others=["schema"],'] if package.standing.has_a_module and "schema" not in homes.values() else []),
        ")",
        "load_all = _loader.load_all",
        "if not TYPE_CHECKING:",
        "    __getattr__ = _loader.find",
        "",
        f"__all__ = {lay(several('[]', [quoted(name) for name in every]), scope, indent=0, before=10)}",
    ]
    return "\n".join(lines) + "\n"


def _class(model: Model, scope: Scope) -> str:
    subject = model.subject
    lines = [f"class {model.name}({scope.local(own('base', 'Base'))}, table=True):"]
    lines += [*_doc(subject.remark.prose or f"{_kind(subject)}.", 4), ""]
    lines.append(f"    __tablename__: {flat(CLASS_VAR, scope)} = {quoted(subject.parts[1])}")
    if model.arguments is not None:
        lines.append(_line(Line(name="__table_args__", annotation=CLASS_VAR, value=model.arguments), scope))
    lines += ["", *(_line(one.row, scope) for one in model.attributes)]
    if model.relationships:
        lines += ["", *(_line(line, scope) for line in model.relationships)]
    return "\n".join(lines)


def _schema(model: Model, schema: Schema, scope: Scope) -> str:
    base = own("base", "Output" if schema.ending == "Read" else "Input")
    thing = names.words(model.name).replace("_", " ")
    article = "an" if re.match(AN, thing) else "a"
    says = {
        "Create": f"What a client says of a new {thing}.",
        "Update": f"What a client changes of {article} {thing}; what is absent stays.",
        "Read": f"What a client sees of {article} {thing}.",
    }
    left = f" Left to the database: {', '.join(schema.left)}." if schema.left else ""
    lines = [f"class {schema.name}({scope.local(base)}):", *_doc(says[schema.ending] + left, 4), ""]
    lines += [_line(line, scope) for line in schema.lines]
    for constraint, demanded in schema.demands.items():
        check = call(rule("exactly_one"), **{one: f"self.{one}" for one in demanded})
        lines += _validator(schema, constraint, f"{constraint}: exactly one of them is given.", [check], scope)
    for constraint, conditions in schema.conditions.items():
        checks = [
            call(rule("demand"), one.function, Text(value=one.says), *(f"self.{name}" for name in one.attributes))
            for one in conditions
        ]
        lines += _validator(schema, constraint, f"{constraint}: as the database demands it.", checks, scope)
    return "\n".join(lines)


def _validator(schema: Schema, constraint: str, says: str, checks: Iterable[Node], scope: Scope) -> list[str]:
    """Return a method of a schema that is called when all of its fields are read."""
    free = names.Free(taken={line.name for line in schema.lines})
    head = scope.local(Name(module="", name="pydantic.model_validator"))
    return [
        "",
        f'    @{head}(mode="after")',
        f"    def {free.take(names.attribute(constraint))}(self) -> {scope.local(Name(module='typing', name='Self'))}:",
        *_doc(says, 8),
        *(f"        {lay(check, scope, indent=8, before=8)}" for check in checks),
        "        return self",
    ]


def _line(line: Line, scope: Scope) -> str:
    head = f"    {line.name}: {flat(line.annotation, scope)}"
    if line.value is None:
        return head if width(head) <= WIDTH else f"{head}{SKIP}"
    found = f"{head} = {lay(line.value, scope, indent=4, before=width(head) + 3)}"
    return found if width(found.partition("\n")[0]) <= WIDTH else f"{found}{SKIP}"


def _shorten(model: Model, scope: Scope) -> tuple[dict[Group, str], tuple[Schema, ...]]:
    """Give a name to each annotation that makes a line too long, and return the schemas with the names in place."""
    trial = Scope(taken=scope.taken)
    found: dict[Group, str] = {}
    free = names.Free(taken=set(scope.taken))
    for one in model.schemas:
        for line in one.lines:
            group = _group(line.annotation)
            if group is not None and group not in found and _line(line, trial).endswith(SKIP):
                found[group] = free.take(f"{model.name}{names.camel(line.name.strip('_'))}")
    if not found:
        return found, model.schemas
    schemas = tuple(
        replace(one, lines=tuple(replace(line, annotation=_named(line.annotation, found)) for line in one.lines))
        for one in model.schemas
    )
    return found, schemas


def _group(annotation: Node) -> Group | None:
    parts = annotation.parts if isinstance(annotation, Joined) else (annotation,)
    return next((part for part in parts if isinstance(part, Group)), None)


def _named(annotation: Node, found: Mapping[Group, str]) -> Node:
    if isinstance(annotation, Joined):
        return Joined(parts=tuple(_named(part, found) for part in annotation.parts))
    return found.get(annotation, annotation) if isinstance(annotation, Group) else annotation


def _sequences(model: Model, scope: Scope) -> list[str]:
    found = []
    for one in model.sequences:
        schema, name = names.split(one.name)
        kind = {"integer": "Integer", "smallint": "SmallInteger"}.get(one.type)
        made = call(
            own("base", "sequence"),
            quoted(name),
            schema=quoted(schema) if schema != "public" else None,
            data_type=sqlalchemy(kind) if kind else None,
            start=str(one.start) if one.start != 1 else None,
            increment=str(one.increment) if one.increment != 1 else None,
        )
        found.append(lay(made, scope, indent=0, before=0))
    return ["\n".join(found)] if found else []


def _statements(model: Model, scope: Scope) -> list[str]:
    if not model.statements:
        return []
    keys = [Text(value=one) for one in model.statements if " foreign key (" in one]
    rest = [Text(value=one) for one in model.statements if " foreign key (" not in one]
    also = call(own("base", "also"), model.name, *rest, keys=several("[]", keys) if keys else None)
    return [lay(also, scope, indent=0, before=0)]


def _made(one: Made, scope: Scope) -> list[str]:
    parts = []
    if one.class_:
        doc = one.remark.prose or f"A value of the composite type {one.name}."
        lines = [f"class {one.class_}({scope.local(own('composite', 'Composite'))}):", *_doc(doc, 4), ""]
        parts.append("\n".join([*lines, *(_line(line, scope) for line in one.lines)]))
    comments = [
        call(own("base", "CommentOn"), quoted(kind), several("[]", [quoted(name) for name in path]), Text(value=text))
        for kind, path, text in one.comments
    ]
    made = call(
        own("types", "composite_type" if one.class_ else "made_type"),
        *([one.class_] if one.class_ else []),
        quoted(one.name),
        *(Text(value=statement) for statement in one.statements),
        kind=quoted(one.kind) if one.kind != "type" else None,
        comments=several("[]", comments) if comments else None,
    )
    parts.append(f"{one.variable} = {lay(made, scope, indent=0, before=width(one.variable) + 3)}")
    return parts


def _imports(scope: Scope, targets: Mapping[str, str]) -> list[str]:
    """Return the import statements, in isort's order; `targets` are classes that only type checkers load."""
    if targets:
        scope.local(Name(module="typing", name="TYPE_CHECKING"))
    plain, several_, renamed = set(), dict[str, set[str]](), set()
    for (module, name), local in scope.used.items():
        if not module:
            plain.add(f"import {name}" if name == local else f"import {name} as {local}")
        elif name != local:
            renamed.add((module, f"{name} as {local}"))
        elif module != "builtins":
            several_.setdefault(module, set()).add(name)
    sections: list[list[str]] = [[], [], []]
    for statement in sorted(plain):
        sections[0 if statement.split()[1] in STANDARD else 1].append(statement)
    found = [(module, names_) for module, names_ in several_.items()] + [(module, {one}) for module, one in renamed]
    for module, names_ in sorted(found, key=lambda one: (one[0].lstrip("."), sorted(one[1]))):
        section = 2 if module.startswith(".") else 0 if module in STANDARD else 1
        sections[section].append(_import(module, names_, ""))
    lines = "\n\n".join("\n".join(section) for section in sections if section).split("\n")
    if targets:
        lines += ["", "if TYPE_CHECKING:"]
        lines += [f"    from .{module} import {name}" for module, name in sorted(targets.items())]
    return lines


def _exports(homes: Mapping[str, str]) -> Iterator[str]:
    """Yield the imports by which type checkers see what is loaded late."""
    modules: dict[str, set[str]] = {}
    for name, module in homes.items():
        modules.setdefault(module, set()).add(name)
    for module in sorted(modules):
        yield _import(f".{module}", modules[module], "    ")


def _import(module: str, imported: Iterable[str], pad: str) -> str:
    ordered = sorted(imported, key=_order)
    line = f"from {module} import {', '.join(ordered)}"
    if width(pad + line) <= WIDTH:
        return line
    return "\n".join([f"from {module} import (", *(f"{pad}    {name}," for name in ordered), f"{pad})"])


def _order(name: str) -> tuple[int, str]:
    """Return a key for isort's order: constants, classes, the rest."""
    word = name.partition(" ")[0]
    return (0 if word.isupper() and len(word) > 1 else 1 if word[0].isupper() else 2, name)


def _doc(text: str, indent: int) -> list[str]:
    return [" " * indent + line if line else "" for line in paragraph(text, indent=indent)]


def _says(subject: Subject) -> str:
    mirrored = f"{_kind(subject)}."
    if subject.unmirrored:
        return f"{mirrored} Not mirrored: {', '.join(subject.unmirrored)}."
    return mirrored


def _kind(subject: Subject) -> str:
    schema, name = subject.parts
    shown = name if schema == "public" else f"{schema}.{name}"
    if subject.kind == "external":
        return (
            f"The table {shown}, which belongs to another system: what this schema refers to, to join and not to write"
        )
    return f"The view {shown}, to be read" if subject.kind == "view" else f"The table {shown}"


def _targets(line: Line) -> list[str]:
    """Return the class that a relationship leads to."""
    parts = line.annotation.parts if isinstance(line.annotation, Joined) else (line.annotation,)
    return [part.strip('"') for part in parts if isinstance(part, str) and part.startswith('"')]


def _key(subject: Subject) -> str:
    schema, name = subject.parts
    return name if schema == "public" else f"{schema}.{name}"


def _file(head: list[str], parts: list[str]) -> str:
    """Return a module: two empty lines around a class, one elsewhere."""
    text, last = "\n".join(head), ""
    for part in parts:
        apart = part.startswith("class ") or last.startswith("class ")
        text, last = text + ("\n\n\n" if apart else "\n\n") + part, part
    return f"{text}\n"

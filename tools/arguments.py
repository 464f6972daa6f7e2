"""The constraints and indexes of a table as its ``__table_args__``, and as DDL where SQLAlchemy has no word for one."""

from __future__ import annotations

import re

from tools import expression, names, terms
from tools.inventory import Subject, label, unquoted
from tools.kinds import Constraint, Index
from tools.layout import Node, Text, call, mapping, quoted, several
from tools.representation import postgresql, sqlalchemy

EXCLUDE = re.compile(r"EXCLUDE USING (?P<method>\w+) \((?P<body>.*?)\)(?: WHERE \((?P<where>.*)\))?", re.DOTALL)
PLAIN_NAME = re.compile(r'\w+|"(?:[^"]|"")+"')


def arguments(subject: Subject, *, info: dict[str, Node]) -> Node | None:
    """Return the value of ``__table_args__``: constraints, indexes, and what is said of the table as a whole."""
    placed = sorted(subject.constraints, key=lambda one: (_rank(one), one.name))
    found = [node for one in placed if (node := constraint(subject, one)) is not None]
    found += [index(subject, one) for one in subject.indexes]
    schema, _ = subject.parts
    keywords: dict[str, Node | None] = {
        "schema": quoted(schema) if schema != "public" else None,
        "comment": Text(value=subject.comment) if subject.comment else None,
        "postgresql_partition_by": Text(value=expression.plain(subject.partition_key))
        if subject.partition_key
        else None,
        "info": mapping(info) if info else None,
    }
    options = mapping(keywords)
    if not found:
        return options if options.items else None
    return several("()", [*found, *([options] if options.items else [])])


def foreign_key(constraint: Constraint) -> Node | None:
    """Return the foreign key of one column, as an argument of the column; None where it is another kind of argument."""
    if len(constraint.columns) != 1 or not is_sayable(constraint):
        return None
    return call(
        sqlalchemy("ForeignKey"),
        quoted(_targets(constraint)[0]),
        name=quoted(label(constraint)),
        **_actions(constraint),
    )


def constraint(subject: Subject, constraint: Constraint) -> Node | None:
    """Return a constraint of the table; None where a column has it, or SQLAlchemy cannot say it."""
    if statement(subject, constraint) is not None:
        return None
    name = quoted(label(constraint))
    comment = subject.index_comment(constraint)
    info = mapping({"comment": Text(value=comment)}) if comment else None
    columns = [quoted(one) for one in unquoted(constraint.columns)]
    include = several("[]", [quoted(one) for one in unquoted(constraint.include)]) if constraint.include else None
    match constraint.type:
        case "primary key" | "unique":
            kind = "PrimaryKeyConstraint" if constraint.type == "primary key" else "UniqueConstraint"
            return call(
                sqlalchemy(kind),
                *columns,
                name=name,
                **_deferrable(constraint),
                postgresql_nulls_not_distinct="True" if constraint.nulls_not_distinct else None,
                postgresql_include=include,
                info=info,
            )
        case "check":
            text = expression.clause(terms.stripped(constraint.expression or ""))
            return call(sqlalchemy("CheckConstraint"), text, name=name)
        case "foreign key":
            if len(columns) == 1:
                return None
            targets = several("[]", [quoted(one) for one in _targets(constraint)])
            kind_ = sqlalchemy("ForeignKeyConstraint")
            return call(kind_, several("[]", columns), targets, name=name, **_actions(constraint))
    return _exclusion(constraint, name, info)


def statement(subject: Subject, constraint: Constraint) -> str | None:
    """Return the DDL of a constraint that SQLAlchemy has no words for."""
    definition = _definition(constraint)
    if definition is None:
        return None
    found = f"alter table {expression.plain(subject.name)} add constraint {constraint.label} {definition}"
    found += " deferrable" if constraint.deferrable else ""
    found += " initially deferred" if constraint.deferred else ""
    if not constraint.enforced:
        return f"{found} not enforced"
    return found if constraint.validated else f"{found} not valid"


def index(subject: Subject, index: Index) -> Node:
    """Return an index."""
    comment = subject.index_comment(index)
    options = dict(one.partition("=")[::2] for one in index.options)
    return call(
        sqlalchemy("Index"),
        quoted(label(index)),
        *(_key(key) for key in index.keys),
        unique="True" if index.unique else None,
        postgresql_using=quoted(index.method) if index.method != "btree" else None,
        postgresql_include=several("[]", [quoted(one) for one in unquoted(index.include)]) if index.include else None,
        postgresql_nulls_not_distinct="True" if index.nulls_not_distinct else None,
        postgresql_where=expression.text(terms.stripped(index.predicate)) if index.predicate else None,
        postgresql_with=mapping({key: quoted(value) for key, value in options.items()}) if options else None,
        info=mapping({"comment": Text(value=comment)}) if comment else None,
    )


def _key(key: str) -> Node:
    """Return a key of an index: a column by its name, anything else as PostgreSQL prints it."""
    return quoted(names.split(key)[0]) if PLAIN_NAME.fullmatch(key) else expression.text(key)


def _exclusion(constraint: Constraint, name: str, info: Node | None) -> Node | None:
    found = EXCLUDE.fullmatch(constraint.expression or "")
    if found is None:
        return None
    pairs = [element.rpartition(" WITH ")[::2] for element in terms.elements(found["body"])]
    return call(
        postgresql("ExcludeConstraint"),
        *(several("()", [quoted(names.split(one)[0]), quoted(operator)]) for one, operator in pairs),
        name=name,
        using=quoted(found["method"]),
        where=expression.text(found["where"]) if found["where"] else None,
        **_deferrable(constraint),
        info=info,
    )


def _definition(constraint: Constraint) -> str | None:
    """Return what stands after the name of a constraint that SQLAlchemy cannot say."""
    match constraint.type:
        case "check" if constraint.no_inherit or not (constraint.enforced and constraint.validated):
            inherit = " no inherit" if constraint.no_inherit else ""
            return f"check {_parenthesised(constraint.expression or '')}{inherit}"
        case "foreign key" if not is_sayable(constraint):
            return _foreign_key_definition(constraint)
        case "primary key" | "unique" if constraint.period:
            *columns, last = constraint.columns
            return f"{constraint.type} ({', '.join((*columns, f'{last} without overlaps'))}){_includes(constraint)}"
        case "exclusion" if not _plain_exclusion(constraint.expression or ""):
            return expression.plain(constraint.expression or "")
    return None


def _foreign_key_definition(constraint: Constraint) -> str:
    columns, targets = list(constraint.columns), list(constraint.referenced_columns)
    if constraint.period:
        columns[-1], targets[-1] = f"period {columns[-1]}", f"period {targets[-1]}"
    found = f"foreign key ({', '.join(columns)}) references {constraint.references} ({', '.join(targets)})"
    found += f" match {constraint.match}" if constraint.match != "simple" else ""
    for event, action in (("update", constraint.on_update), ("delete", constraint.on_delete)):
        found += f" on {event} {action}" if action != "no action" else ""
    return found + (f" ({', '.join(constraint.on_delete_columns)})" if constraint.on_delete_columns else "")


def _includes(constraint: Constraint) -> str:
    return f" include ({', '.join(constraint.include)})" if constraint.include else ""


def _plain_exclusion(text: str) -> bool:
    """Say whether SQLAlchemy can make it: of plain columns with the default operator classes."""
    found = EXCLUDE.fullmatch(text)
    parts = terms.elements(found["body"]) if found else [""]
    return bool(found) and all(re.fullmatch(rf"(?:{PLAIN_NAME.pattern}) WITH \S+", one) for one in parts)


def is_sayable(constraint: Constraint) -> bool:
    """Say whether SQLAlchemy can say the foreign key: it takes a dot in a name for the end of a table's."""
    dotted = [*names.split(constraint.references or ""), *unquoted(constraint.referenced_columns)]
    return constraint.enforced and not constraint.period and not any("." in one for one in dotted)


def _targets(constraint: Constraint) -> list[str]:
    """Return what a foreign key points to, as SQLAlchemy's names of columns."""
    schema, table = names.split(constraint.references or "")
    owner = table if schema == "public" else f"{schema}.{table}"
    return [f"{owner}.{one}" for one in unquoted(constraint.referenced_columns)]


def _actions(constraint: Constraint) -> dict[str, Node | None]:
    delete = (constraint.on_delete or "").upper()
    if constraint.on_delete_columns:
        delete += f" ({', '.join(constraint.on_delete_columns)})"
    update, match = (constraint.on_update or "").upper(), (constraint.match or "").upper()
    return {
        "ondelete": quoted(delete) if not delete.startswith("NO ACTION") else None,
        "onupdate": quoted(update) if update != "NO ACTION" else None,
        **_deferrable(constraint),
        "match": quoted(match) if match != "SIMPLE" else None,
        # in a table that is just made PostgreSQL takes every constraint for valid, so it is added afterwards
        "use_alter": None if constraint.validated else "True",
        "postgresql_not_valid": None if constraint.validated else "True",
    }


def _deferrable(constraint: Constraint) -> dict[str, Node | None]:
    return {
        "deferrable": "True" if constraint.deferrable else None,
        "initially": quoted("DEFERRED") if constraint.deferred else None,
    }


def _parenthesised(text: str) -> str:
    return f"({expression.plain(terms.stripped(text))})"


def _rank(constraint: Constraint) -> int:
    return ("primary key", "unique", "exclusion", "foreign key", "check").index(constraint.type)

"""The SQL that brings the actual side back, where one statement can say it."""

from __future__ import annotations

from tools import kinds, rarities
from tools.alterations import alter
from tools.changes import Change
from tools.creations import create, literal, split
from tools.kinds import Comment, DefaultPrivilege, Object, Privilege
from tools.rights import regrant

SPOKEN_OF_AS = {
    "composite type": "type",
    "enum": "type",
    "foreign server": "server",
    "function": "routine",
    "range type": "type",
}
ON_A_TABLE = ("constraint", "policy", "rule", "trigger")


def suggest(change: Change) -> str | None:
    """Return the statement, or None where it takes more than one."""
    match change.item:
        case Privilege() | DefaultPrivilege():
            return regrant(change)
        case Comment():
            return _comment(change.item.name, change.expected)
    if change.expected is None:
        return drop(change.item)
    if change.actual is None:
        return create(change.expected)
    if change.facts.keys() == {"owner"}:
        owner = change.facts["owner"].expected
        return (
            None if owner == "(owner)" else f"alter {_reference(change.item.kind, change.item.name)} owner to {owner}"
        )
    is_moved = "owned_by" in change.facts  # with a sequence's column its owner comes and goes
    return alter(change.expected, change.facts) if "owner" not in change.facts or is_moved else None


def drop(item: Object) -> str:
    """Return the statement that drops the object."""
    match item:
        case kinds.Column() | kinds.Constraint():
            return f"alter {item.parents[0]} drop {item.kind} {item.label}"
        case rarities.PublicationRelation():
            publication, table = (parent.partition(" ")[2] for parent in item.parents)
            return f"alter publication {publication} drop table {table}"
        case rarities.UserMapping():
            server, _, role = item.name.rpartition(" for ")
            return f"drop user mapping for {role} server {server}"
    return f"drop {_reference(item.kind, item.name)}"


def _comment(name: str, expected: Object | None) -> str:
    """Return the comment's statement; its name starts with the kind of what it is about, which may be two words."""
    text = literal(expected.text) if isinstance(expected, Comment) else "null"
    kind = next(kind for kind in COMMENTED if name.startswith(f"{kind} "))
    return f"comment on {_reference(kind, name.removeprefix(f'{kind} '))} is {text}"


def _reference(kind: str, name: str) -> str:
    if kind not in (*ON_A_TABLE, "domain constraint"):
        return f"{SPOKEN_OF_AS.get(kind, kind)} {name}"
    owner, label = split(name)
    return f"constraint {label} on domain {owner}" if kind == "domain constraint" else f"{kind} {label} on {owner}"


COMMENTED = sorted(
    (
        *("access method", "cast", "collation", "column", "composite type", "constraint", "conversion", "domain"),
        *("domain constraint", "enum", "event trigger", "extension", "foreign data wrapper", "foreign server"),
        *("foreign table", "function", "index", "language", "materialized view", "operator", "operator class"),
        *("operator family", "policy", "publication", "range type", "rule", "schema", "sequence", "statistics"),
        *("subscription", "table", "text search configuration", "text search dictionary", "text search parser"),
        *("text search template", "transform", "trigger", "type", "view"),
    ),
    key=len,
    reverse=True,
)

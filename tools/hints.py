"""The SQL that brings the actual side back, where one statement can say it."""

from __future__ import annotations

from tools import kinds, rarities
from tools.alterations import alter
from tools.catalog import members
from tools.changes import Change
from tools.creations import create, literal, split
from tools.kinds import Comment, DefaultPrivilege, Object, Privilege
from tools.rights import regrant

SPOKEN_OF_AS = {
    "base type": "type",
    "composite type": "type",
    "enum": "type",
    "foreign server": "server",
    "function": "routine",
    "multirange type": "type",
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
        case rarities.SecurityLabel():
            return _label(change.item.name, change.expected)
        case rarities.ExtensionDependency():
            return _dependency(change.item.name, is_wanted=change.actual is None)
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
    with_functions = " cascade" if isinstance(item, rarities.BaseType) and not item.shell else ""
    return f"drop {_reference(item.kind, item.name)}{with_functions}"


def _comment(name: str, expected: Object | None) -> str:
    text = literal(expected.text) if isinstance(expected, Comment) else "null"
    return f"comment on {_about(name)} is {text}"


def _label(name: str, expected: Object | None) -> str:
    text = literal(expected.text) if isinstance(expected, rarities.SecurityLabel) else "null"
    target, _, provider = name.rpartition(" by ")
    return f"security label for {provider} on {_about(target)} is {text}"


def _dependency(name: str, *, is_wanted: bool) -> str:
    target, _, extension = name.rpartition(" on ")
    return f"alter {_about(target)} {'' if is_wanted else 'no '}depends on extension {extension}"


def _about(name: str) -> str:
    """Return what a comment or a label is about; the name starts with the kind, which may be two words."""
    kind = next(kind for kind in COMMENTED if name.startswith(f"{kind} "))
    return _reference(kind, name.removeprefix(f"{kind} "))


def _reference(kind: str, name: str) -> str:
    if kind not in (*ON_A_TABLE, "domain constraint"):
        return f"{SPOKEN_OF_AS.get(kind, kind)} {name}"
    owner, label = split(name)
    return f"constraint {label} on domain {owner}" if kind == "domain constraint" else f"{kind} {label} on {owner}"


# Two words before the one that they end with
COMMENTED = sorted(
    (*(kind.kind for kind in members().values()), "domain constraint", "multirange type"), key=len, reverse=True
)

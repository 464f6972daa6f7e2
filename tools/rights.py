"""The statements that give or take rights, on an object or on those that somebody will make."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tools.changes import OPTION, Change
from tools.creations import role, split
from tools.kinds import DefaultPrivilege, Object, Privilege

# What everybody may do with a new object (acldefault() in src/backend/utils/adt/acl.c)
GIVEN = {
    "function": "execute",
    "functions": "execute",
    "language": "usage",
    **dict.fromkeys(("base type", "composite type", "domain", "enum", "range type", "types"), "usage"),
}
GRANTED_AS = {
    "base type": "type",
    "column": "table",
    "composite type": "type",
    "domain": "type",
    "enum": "type",
    "foreign table": "table",
    "function": "routine",
    "materialized view": "table",
    "range type": "type",
    "view": "table",
}
KINDS = (*GRANTED_AS, "foreign data wrapper", "foreign server", "language", "schema", "sequence", "table")
TARGET = re.compile(rf"^(?P<kind>{'|'.join(KINDS)}) (?P<name>.+) to (?P<grantee>.+)$", re.DOTALL)
FUTURE = re.compile(r"^for (?P<maker>.+?)(?: in (?P<space>schema .+?))? on (?P<kind>[a-z ]+) to (?P<grantee>.+)$")


def regrant(change: Change, owner: str | None = None) -> str | None:
    """Return the statements that bring the rights back; None where a grant is somebody else's.

    `owner` is the role that owns the object, where the rights are its owner's own.
    """
    target = (TARGET if isinstance(change.item, Privilege) else FUTURE).match(change.item.name)
    if target is None:
        return None
    given = {GIVEN[target["kind"]]} if target["grantee"] == "public" and target["kind"] in GIVEN else set()
    if target["grantee"] == "its owner":
        given = {"all"}
    should, has = _rights(change.expected, given), _rights(change.actual, given)
    if any(" by " in right for right in should | has):
        return None
    grantee = role(owner or "(owner)") if target["grantee"] == "its owner" else role(target["grantee"])
    words = _words(should, has)
    turns = [words] if words else [("revoke", "all", False), *_grants(should)]
    return ";\n".join(_statement(change.item, target, grantee, turn) for turn in turns)


def _statement(item: Object, target: re.Match[str], grantee: str, turn: tuple[str, str, bool]) -> str:
    verb, rights, option = turn
    side = "to" if verb == "grant" else "from"
    what = _what(target, rights) if isinstance(item, Privilege) else f"{rights} on {target['kind']}"
    ending = OPTION if option and verb == "grant" else ""
    limits = "grant option for " if option and verb == "revoke" else ""
    statement = f"{verb} {limits}{what} {side} {grantee}{ending}"
    return _for_the_future(target, statement) if isinstance(item, DefaultPrivilege) else statement


def _grants(should: set[str]) -> list[tuple[str, str, bool]]:
    """Return the grants that make up all rights, those with grant option apart."""
    optional = {right.removesuffix(OPTION) for right in should if right.endswith(OPTION)}
    plain = {right for right in should if not right.endswith(OPTION)}
    return [("grant", _joined(rights), option) for rights, option in ((plain, False), (optional, True)) if rights]


def _rights(side: Object | None, given: set[str]) -> set[str]:
    return set(side.privileges) if isinstance(side, Privilege | DefaultPrivilege) else given


def _words(should: set[str], has: set[str]) -> tuple[str, str, bool] | None:
    """Return verb, rights and whether it is about the grant option; None where it takes more than one statement."""
    more, less = should - has, has - should
    if not should:
        return "revoke", "all", False
    if more == {"all"}:
        return "grant", "all", False
    if "all" in less:
        return None
    optional = {right.removesuffix(OPTION) for right in less if right.endswith(OPTION)}
    if more and more == optional and len(less) == len(optional):
        return "revoke", _joined(more), True
    if more and all(right.endswith(OPTION) for right in more) and less <= {r.removesuffix(OPTION) for r in more}:
        return "grant", _joined(right.removesuffix(OPTION) for right in more), True
    if more and less:
        return None
    chosen = more or less
    return (
        None
        if any(OPTION in right for right in chosen) and more
        else (
            "grant" if more else "revoke",
            _joined(right.removesuffix(OPTION) for right in chosen),
            False,
        )
    )


def _joined(rights: Iterable[str]) -> str:
    return ", ".join(sorted(rights))


def _what(target: re.Match[str], rights: str) -> str:
    kind = GRANTED_AS.get(target["kind"], target["kind"])
    if target["kind"] != "column":
        return f"{rights} on {kind} {target['name']}"
    table, column = split(target["name"])
    chosen = ", ".join(f"{right} ({column})" for right in rights.split(", "))
    return f"{chosen} on table {table}"


def _for_the_future(target: re.Match[str], statement: str) -> str:
    maker = "" if target["maker"] == "(owner)" else f" for role {target['maker']}"
    space = f" in {target['space']}" if target["space"] else ""
    return f"alter default privileges{maker}{space} {statement}"

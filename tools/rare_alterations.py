"""The statements that alter what few databases have: the rest of `alterations`, kept apart for its length."""

from __future__ import annotations

import re

from tools import rarities
from tools.alterations import Action, Facts, actions, alter, foreign, statement
from tools.completions import SWITCHES
from tools.creations import literal

PUBLICATION: dict[str, Action] = {
    "publish": lambda expected, _: [f"publish = {literal(', '.join(expected))}"],
    "via_partition_root": lambda expected, _: [f"publish_via_partition_root = {str(expected).lower()}"],
    "generated_columns": lambda expected, _: [f"publish_generated_columns = {expected or 'none'}"],
}
SETTABLE = ("receive", "send", "typmod_in", "typmod_out", "analyze", "subscript", "storage")
SUBSCRIPTION: dict[str, Action] = {
    "slot": lambda expected, _: [f"slot_name = {expected or 'none'}"],
    **{
        name: lambda expected, _, name=name: [f"{name} = {str(expected).lower()}"]  # type: ignore[misc] # of a mapping
        for name in (
            *("binary", "streaming", "disable_on_error", "synchronous_commit", "password_required", "run_as_owner"),
            "origin",
        )
    },
}


@alter.register
def _(expected: rarities.BaseType, facts: Facts) -> str | None:
    if not facts.keys() <= set(SETTABLE) or ("storage" in facts and expected.storage == "plain"):
        return None  # nothing becomes plain again
    words = ", ".join(f"{name} = {fact.expected or 'none'}" for name, fact in facts.items())
    return f"alter type {expected.name} set ({words})"


@alter.register
def _(expected: rarities.Subscription, facts: Facts) -> str | None:
    if facts.keys() == {"enabled"}:
        return f"alter subscription {expected.name} {'enable' if expected.enabled else 'disable'}"
    if facts.keys() == {"publications"}:
        names = ", ".join(expected.publications)
        return f"alter subscription {expected.name} set publication {names} with (refresh = false)"
    words = actions(facts, SUBSCRIPTION)
    return f"alter subscription {expected.name} set ({', '.join(words)})" if words else None


@alter.register
def _(expected: rarities.Statistics, facts: Facts) -> str | None:
    target = -1 if expected.target is None else expected.target
    return f"alter statistics {expected.name} set statistics {target}" if facts.keys() == {"target"} else None


@alter.register
def _(expected: rarities.EventTrigger, facts: Facts) -> str | None:
    switch = SWITCHES[expected.enabled]
    return f"alter event trigger {expected.name} {switch}" if facts.keys() == {"enabled"} else None


@alter.register
def _(expected: rarities.Publication, facts: Facts) -> str | None:
    if facts.keys() == {"schemas"}:
        here, there = set(expected.schemas), set(facts["schemas"].actual)
        words = [f"drop tables in schema {', '.join(sorted(there - here))}"] if there - here else []
        words += [f"add tables in schema {', '.join(sorted(here - there))}"] if here - there else []
        return ";\n".join(f"alter publication {expected.name} {word}" for word in words)
    changes = actions(facts, PUBLICATION)
    return f"alter publication {expected.name} set ({', '.join(changes)})" if changes else None


@alter.register
def _(expected: rarities.TextSearchConfiguration, facts: Facts) -> str | None:
    if facts.keys() != {"mappings"}:
        return None
    here, there = (dict(text.split(": ", 1) for text in side) for side in (expected.mappings, facts["mappings"].actual))
    words = [f"drop mapping for {token}" for token in there if token not in here]
    words += [
        f"{'alter' if token in there else 'add'} mapping for {token} with {dictionaries}"
        for token, dictionaries in here.items()
        if there.get(token) != dictionaries
    ]
    return ";\n".join(f"alter text search configuration {expected.name} {word}" for word in words)


@alter.register
def _(expected: rarities.TextSearchDictionary, facts: Facts) -> str | None:
    if facts.keys() != {"options"}:
        return None
    gone = _option_names(facts["options"].actual) - _option_names(expected.options)
    words = [*([expected.options] if expected.options else []), *sorted(gone)]
    return f"alter text search dictionary {expected.name} ({', '.join(words)})" if words else None


def _option_names(text: str | None) -> set[str]:
    return set(re.findall(r"(?:^|, )(\w+|\"[^\"]+\") = '", text or ""))


@alter.register
def _(expected: rarities.ForeignTable, facts: Facts) -> str | None:
    return statement(f"alter foreign table {expected.name}", actions(facts, {"options": foreign}))


@alter.register
def _(expected: rarities.ForeignServer, facts: Facts) -> str | None:
    words = actions(facts, {"version": _version, "options": foreign})
    return f"alter server {expected.name} {' '.join(words)}" if words else None


@alter.register
def _(expected: rarities.ForeignDataWrapper, facts: Facts) -> str | None:
    words = actions(facts, {"handler": _called("handler"), "validator": _called("validator"), "options": foreign})
    return f"alter foreign data wrapper {expected.name} {' '.join(words)}" if words else None


def _called(word: str) -> Action:
    return lambda expected, _: [f"{word} {expected}" if expected else f"no {word}"]


def _version(expected: str | None, _: str | None) -> list[str]:
    return [f"version {literal(expected)}"] if expected else []


@alter.register
def _(expected: rarities.Operator, facts: Facts) -> str | None:
    if not facts.keys() <= {"restrict", "join"}:
        return None
    words = ", ".join(f"{name} = {fact.expected or 'none'}" for name, fact in facts.items())
    return f"alter operator {expected.name} set ({words})"

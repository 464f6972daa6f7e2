"""The statements that drop, rename or comment on an object, whatever its kind."""

from __future__ import annotations

from tools import kinds, rarities
from tools.catalog import members
from tools.completions import reference
from tools.creations import literal, split
from tools.kinds import Comment, Object


def rename(new: Object, old: Object) -> str:
    """Return the statement that gives an object its expected name back."""
    label = split(new.name)[1]
    if isinstance(old, kinds.Column | kinds.Constraint):
        return f"alter {old.parents[0]} rename {old.kind} {old.label} to {label}"
    if isinstance(old, kinds.Function):
        label = split(new.name.partition("(")[0])[1]
    return f"alter {reference(old.kind, old.name)} rename to {label}"


def drop(item: Object) -> str:
    """Return the statement that drops the object."""
    match item:
        case kinds.Column() | kinds.Constraint():
            return f"alter {item.parents[0]} drop {item.kind} {item.label}"
        case rarities.PublicationRelation():
            publication, table = (parent.partition(" ")[2] for parent in item.parents)
            return f"alter publication {publication} drop table {table}"
        case rarities.UserMapping():
            server, _, account = item.name.rpartition(" for ")
            return f"drop user mapping for {account} server {server}"
    with_functions = " cascade" if isinstance(item, rarities.BaseType) and not item.shell else ""
    return f"drop {reference(item.kind, item.name)}{with_functions}"


def comment(name: str, expected: Object | None) -> str:
    """Return the comment's statement."""
    text = literal(expected.text) if isinstance(expected, Comment) else "null"
    return f"comment on {_about(name)} is {text}"


def label(name: str, expected: Object | None) -> str:
    """Return the statement of a security label."""
    text = literal(expected.text) if isinstance(expected, rarities.SecurityLabel) else "null"
    target, _, provider = name.rpartition(" by ")
    return f"security label for {provider} on {_about(target)} is {text}"


def dependency(name: str, *, is_wanted: bool) -> str:
    """Return the statement that ties an object to an extension, or unties it."""
    target, _, extension = name.rpartition(" on ")
    return f"alter {_about(target)} {'' if is_wanted else 'no '}depends on extension {extension}"


def _about(name: str) -> str:
    """Return what a comment or a label is about; the name starts with the kind, which may be two words."""
    kind = next(kind for kind in COMMENTED if name.startswith(f"{kind} "))
    return reference(kind, name.removeprefix(f"{kind} "))


# Two words before the one that they end with
COMMENTED = sorted(
    (*(kind.kind for kind in members().values()), "domain constraint", "multirange type"), key=len, reverse=True
)

"""Tables that belong together: small groups that one diagram can show, whatever the size of the schema."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

MOST = 16  # tables in a diagram that people still read
FEW = 3  # a smaller group joins another one


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A foreign key from one table to another; a table may point to itself."""

    child: str
    parent: str


@dataclass(slots=True)
class Group:
    """Tables on their way to an area."""

    members: list[str] = field(default_factory=list)


def split(
    tables: Sequence[str],
    ties: Iterable[Tie],
    homes: Mapping[str, str],
    told: Mapping[str, str],
    lesser: frozenset[str] = frozenset(),
    most: int = MOST,
) -> dict[str, tuple[str, ...]]:
    """Return the areas, each with its tables, by title; the largest first.

    `told` are the areas that comments name; no area is called after `lesser` tables where there are others. Tables
    without one are grouped along their foreign keys, inside of a schema (`homes`): what few tables point to binds more
    than what all point to.
    """
    free = [table for table in tables if table not in told]
    known = [tie for tie in dict.fromkeys(ties) if tie.child != tie.parent]
    areas: dict[str, list[str]] = defaultdict(list)
    for table in tables:
        if table in told:
            areas[told[table]].append(table)
    spread = {homes[table] for table in free}
    for home in sorted(spread):
        ours = [table for table in free if homes[table] == home]
        for members in _grouped(ours, known, most):
            title = _title(members, known, homes, lesser)
            if len(members) == len(ours) and len(spread) > 1:
                title = home
            areas[title].extend(members)
    order = sorted(areas, key=lambda title: (-len(areas[title]), title))
    return {title: tuple(sorted(areas[title])) for title in order}


def _grouped(tables: Sequence[str], ties: Sequence[Tie], most: int) -> list[list[str]]:
    if len(tables) <= most:
        return [list(tables)] if tables else []
    inside = set(tables)
    bonds = [tie for tie in ties if tie.child in inside and tie.parent in inside]
    groups = {table: Group([table]) for table in tables}
    for tie in _strongest_first(bonds):
        _join(groups, tie.child, tie.parent, most)
    _join_small(groups, bonds, most)
    found = {id(group): group.members for group in groups.values()}
    alone = [group for group in found.values() if len(group) == 1]
    rest = [group for group in found.values() if len(group) > 1]
    return [*rest, *_by_name([table for group in alone for table in group], most)]


def _strongest_first(ties: Sequence[Tie]) -> list[Tie]:
    """Sort by how many tables point to the parent, and how much the names have in common."""
    pointed = Counter(tie.parent for tie in ties)
    return sorted(ties, key=lambda tie: (pointed[tie.parent] - 2 * _common(tie), tie.parent, tie.child))


def _common(tie: Tie) -> int:
    """Return how many words both names begin with: ``order_items`` and ``order_item_taxes`` have one."""
    mine, yours = (name.rpartition(".")[2].rstrip("s").split("_") for name in (tie.child, tie.parent))
    count = 0
    for one, other in zip(mine, yours, strict=False):
        if one.rstrip("s") != other.rstrip("s"):
            break
        count += 1
    return count


def _join(groups: dict[str, Group], one: str, other: str, most: int) -> None:
    mine, yours = groups[one], groups[other]
    if mine is yours or len(mine.members) + len(yours.members) > most:
        return
    mine.members.extend(yours.members)
    for table in yours.members:
        groups[table] = mine


def _join_small(groups: dict[str, Group], ties: Sequence[Tie], most: int) -> None:
    """Let small groups join the smallest of those that they have a tie to, as long as that stays readable."""
    near: dict[str, set[str]] = defaultdict(set)
    for tie in ties:
        near[tie.child].add(tie.parent)
        near[tie.parent].add(tie.child)
    for table in sorted(groups):
        if len(groups[table].members) >= FEW:
            continue
        others = {other for member in groups[table].members for other in near[member]}
        for other in sorted(others, key=lambda name: (len(groups[name].members), name)):
            _join(groups, other, table, most + FEW)


def _by_name(tables: Sequence[str], most: int) -> list[list[str]]:
    """Return tables without foreign keys, those with the same first word together, the others as they come."""
    words: dict[str, list[str]] = defaultdict(list)
    for table in sorted(tables):
        words[table.rpartition(".")[2].split("_")[0]].append(table)
    found = [members for members in words.values() if len(members) >= FEW]
    loose = [table for members in words.values() if len(members) < FEW for table in members]
    return [members[at : at + most] for members in [*found, loose] for at in range(0, len(members), most)]


def _title(members: Sequence[str], ties: Sequence[Tie], homes: Mapping[str, str], lesser: frozenset[str]) -> str:
    """Return the table that most of the others are tied to."""
    inside = set(members)
    degree = Counter(
        name for tie in ties if {tie.child, tie.parent} <= inside for name in (tie.parent, tie.parent, tie.child)
    )
    chief = min(members, key=lambda table: (table in lesser, -degree[table], table))
    return chief.removeprefix(f"{homes[chief]}.") if homes[chief] == "public" else chief

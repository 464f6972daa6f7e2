"""What constraints, indexes, triggers and policies mean, in sentences; SQL stands in them between backticks."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tools import terms
from tools.kinds import Column, Constraint, Index, Policy, Trigger

TIMING = re.compile(
    r"CREATE (?:CONSTRAINT )?TRIGGER .+? (?P<time>BEFORE|AFTER|INSTEAD OF) (?P<events>.+?) ON .*?"
    r"FOR EACH (?P<level>ROW|STATEMENT)(?: WHEN \((?P<when>.*)\))? EXECUTE FUNCTION (?P<function>.+)\((?P<words>.*)\)$",
    re.DOTALL,
)
SHORT = {
    "character varying": "varchar",
    "character": "char",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
    "time with time zone": "timetz",
    "time without time zone": "time",
    "double precision": "float8",
    "bit varying": "varbit",
}
COMMANDS = {"all": "reads and writes", "select": "reads", "insert": "inserts", "update": "updates", "delete": "deletes"}
PRECISE = re.compile(r"(timestamp|time)\((\d)\) (with|without) time zone")


def shown(name: str) -> str:
    """Return a name as people say it: what has no schema is in ``public``.

    >>> shown("public.tasks"), shown("app.tasks")
    ('tasks', 'app.tasks')
    """
    return name.removeprefix("public.")


def brief_type(text: str) -> str:
    """Return a type by its short name.

    >>> brief_type("character varying(20)"), brief_type("timestamp(3) with time zone[]"), brief_type("public.status")
    ('varchar(20)', 'timestamptz(3)[]', 'status')
    """
    text = PRECISE.sub(lambda found: f"{found[1]}{'tz' if found[3] == 'with' else ''}({found[2]})", text)
    for long, brief in SHORT.items():
        if text == long or text.startswith((f"{long}(", f"{long}[")):
            return brief + text.removeprefix(long)
    return shown(text)


def listed(words: Iterable[str]) -> str:
    """Return ``a``, ``a and b``, ``a, b and c``."""
    found = list(words)
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def code(text: str) -> str:
    """Return SQL as sentences have it, without the parentheses around all of it.

    >>> code("((priority >= 1))"), code("a`b")
    ('`priority >= 1`', 'a`b')
    """
    bare = terms.stripped(text)
    return bare if "`" in bare else f"`{bare}`"


def names(columns: Iterable[str]) -> str:
    """Return names, each as SQL."""
    return listed(map(code, columns))


def value(column: Column) -> str:
    """Return what is in a column where nothing is given."""
    if column.generated:
        return f"generated: {column.expression}"
    if column.identity:
        return f"identity, {column.identity}"
    return column.default or ""


def constraint(item: Constraint, columns: Iterable[Column]) -> str:
    """Return what a constraint demands."""
    match item.type:
        case "primary key":
            text = f"{names(item.columns)} {_tells(item)} each row."
        case "unique":
            nulls = ", and null counts as a value" if item.nulls_not_distinct else ""
            text = f"No two rows have the same {names(item.columns)}{nulls}."
        case "foreign key":
            optional = any(one.nullable for one in columns if one.label in item.columns)
            text = _reference(item, optional=optional)
        case "exclusion":
            text = f"No two rows clash: {code(item.expression or '')}."
        case _:
            text = f"In each row: {code(item.expression or '')}."
    return " ".join((text, *_conditions(item)))


def _tells(item: Constraint) -> str:
    return "identifies" if len(item.columns) == 1 else "together identify"


def _reference(item: Constraint, *, optional: bool) -> str:
    target = shown(item.references or "")
    text = f"{names(item.columns)} {_points(item)} {names(item.referenced_columns)} of {target}"
    return f"{text}{', or is null' if optional else ''}. {consequence(item)}"


def _points(item: Constraint) -> str:
    return "points to" if len(item.columns) == 1 else "together point to"


def consequence(item: Constraint) -> str:
    """Return what a foreign key does when the row that it points to goes, or changes its key."""
    target = f"row of {shown(item.references or '')}"
    columns = names(item.on_delete_columns or item.columns)
    match item.on_delete:
        case "cascade":
            text = f"When that {target} is deleted, this row is deleted with it."
        case "set null":
            text = f"When that {target} is deleted, {columns} becomes null."
        case "set default":
            text = f"When that {target} is deleted, {columns} gets its default."
        case "restrict":
            text = f"That {target} cannot be deleted while this row is there."
        case _:
            text = f"That {target} cannot be deleted while this row is there at the end of the statement."
    changes = {
        "cascade": "A new key there is written here.",
        "set null": "A new key there makes this one null.",
        "set default": "A new key there gives this one its default.",
    }
    return " ".join(filter(None, (text, changes.get(item.on_update or ""))))


def _conditions(item: Constraint) -> Iterable[str]:
    if item.deferrable:
        yield f"It is checked {'when the transaction commits' if item.deferred else 'at once, or at commit if asked'}."
    if not item.enforced:
        yield "It is not enforced."
    elif not item.validated:
        yield "Rows that were there before it may break it: it is not validated."
    if item.period:
        yield "It holds at every moment of the period."


def index(item: Index) -> str:
    """Return what an index finds."""
    keys = names(item.keys)
    rows = f" among rows where {code(item.predicate)}" if item.predicate else ""
    text = f"No two rows{rows} have the same {keys}." if item.unique else f"Finds rows{rows} by {keys} ({item.method})."
    extra = f" It holds {names(item.include)}, too, so that the table need not be read." if item.include else ""
    return f"{text}{extra}{'' if item.valid else ' It is invalid: rebuild or drop it.'}"


def trigger(item: Trigger) -> str:
    """Return when a trigger does what."""
    found = TIMING.match(item.definition)
    if found is None:
        return f"Calls {shown(item.function)}."
    events = " or ".join(event.lower() for event in found["events"].split(" OR "))
    each = "each row" if found["level"] == "ROW" else "the statement"
    when = f", if {code(found['when'])}" if found["when"] else ""
    switch = {"origin": "", "disabled": " It is switched off.", "replica": " It fires on replicas only."}
    head = f"{found['time'].capitalize()} {events}, for {each}{when}"
    called = shown(item.function.partition("(")[0])
    return f"{head}: calls {called}.{switch.get(item.enabled, ' It fires on replicas, too.')}"


def policy(item: Policy) -> str:
    """Return which rows a policy lets whom see or write."""
    roles = "everybody" if item.roles == ("public",) else listed(item.roles)
    verb = "Lets" if item.permissive else "Keeps"
    using = f"rows where {code(item.using)}" if item.using else ""
    check = f"new rows with {code(item.check)}" if item.check else ""
    told = "; ".join(filter(None, (using, check)))
    passing = " through" if item.permissive else " to"
    return f"{verb} {COMMANDS[item.command]} of {roles}{passing}: {told or 'all rows'}."

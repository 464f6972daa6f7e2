"""A generated database of any size, the same every time: tables with all that hangs on them, functions and views."""

from __future__ import annotations

import random
from collections.abc import Iterator

SPACES = ("shop", "depot", "ledger", "people")
TYPES = (
    ("text", None),
    ("varchar(80)", "''"),
    ("integer", "0"),
    ("numeric(12, 2)", "0.00"),
    ("boolean", "false"),
    ("jsonb", "'{}'"),
    ("timestamptz", "now()"),
    ("uuid", "gen_random_uuid()"),
    ("date", None),
    ("text[]", "'{}'"),
)
CHECKS = {
    "varchar(80)": "length(btrim({name})) between 1 and 80",
    "integer": "{name} >= 0 and {name} < 1000000",
    "numeric(12, 2)": "{name} >= 0",
    "text": "{name} in ('new', 'open', 'held', 'done') or {name} is null",
}
FOOTING = "".join(
    f"create schema {space};\ncreate type {space}.stage as enum ('draft', 'live', 'gone');\n"
    f"create domain {space}.code as varchar(12) check (value ~ '^[A-Z0-9]+$');\n"
    for space in SPACES
)


def generate(tables: int) -> Iterator[str]:
    """Yield SQL, a message a string: 1,500 tables have 10,000 columns, 3,600 indexes and 1,800 triggers."""
    yield FOOTING
    yield "".join(_function(number) for number in range(_functions(tables)))
    chance = random.Random(20260101)
    for first in range(0, tables, 100):
        yield "".join(_table(number, tables, chance) for number in range(first, min(first + 100, tables)))
    yield "".join(_view(number, tables) for number in range(max(1, tables * 40 // 1500)))


def _functions(tables: int) -> int:
    return max(8, tables * 2 // 5)


def _space(number: int) -> str:
    return SPACES[number % len(SPACES)]


def _name(number: int) -> str:
    return f"{_space(number)}.item_{number}"


def _function(number: int) -> str:
    """Return a function: two of three stamp a row, the others are SQL that the server keeps parsed."""
    if number % 3:
        return f"""\
create function {_space(number)}.stamp_{number}() returns trigger language plpgsql set search_path = '' as $$
begin
  if new is distinct from old then
    new.changed_at = now();
    new.version = old.version + {number};
  end if;
  return new;
end
$$;
comment on function {_space(number)}.stamp_{number}() is 'Keeps the time of the last change';
"""
    return f"""\
create function {_space(number)}.price_{number}(amount numeric, rate numeric default 0.19, places integer default 2)
returns numeric language sql immutable strict parallel safe
return round(amount * (1 + rate) + {number}, places);
"""


def _table(number: int, tables: int, chance: random.Random) -> str:
    """Return a table of six or seven columns, its constraints, indexes, triggers, comments and rights."""
    label, name = f"item_{number}", _name(number)
    key, default = ("bigint", "generated always as identity") if number % 2 else ("uuid", "default gen_random_uuid()")
    above = max(number % 2, number - 2 * chance.randrange(1, 200))  # a table before it whose key has the same type
    fields = [(f"field_{place}", *choice) for place, choice in enumerate(chance.sample(TYPES, 2 if number % 3 else 1))]
    lines = [
        f"id {key} {default} primary key",
        f"parent_id {key} constraint {label}_parent_id_fkey references {_name(above)} on delete cascade",
        f"stage {_space(number)}.stage not null default 'draft'",
        "version integer not null default 1",
        "changed_at timestamptz not null default now()",
        *(f"{field} {type_} not null" + (f" default {value}" if value else "") for field, type_, value in fields),
        f"constraint {label}_version_check check (version > 0 and version < 1000000)",
        f"constraint {label}_changed_at_check check (changed_at >= '2000-01-01 00:00:00+00' and version > 0)",
        *(
            f"constraint {label}_{field}_check check ({CHECKS[type_].format(name=field)})"
            for field, type_, _ in fields
            if type_ in CHECKS
        ),
    ]
    if number % 2:
        lines.append(f"constraint {label}_stage_check check (stage <> 'gone' or parent_id is null)")
    if number % 5 == 0:
        lines.append(f"constraint {label}_version_key unique (version, changed_at)")
    made = f"create table {name} (\n  " + ",\n  ".join(lines) + "\n);\n"
    return made + "".join(f"{statement};\n" for statement in _around(number, tables, chance))


def _around(number: int, tables: int, chance: random.Random) -> Iterator[str]:
    """Yield what a table is given once it is there."""
    label, name = f"item_{number}", _name(number)
    stamps = [other for other in range(_functions(tables)) if other % 3]
    yield f"create index {label}_parent_id_idx on {name} (parent_id)"
    for place in range(1 if number % 5 else 2):
        stamp = chance.choice(stamps)
        yield (
            f"create trigger stamp_{place} before update on {name}"
            f" for each row execute function {_space(stamp)}.stamp_{stamp}()"
        )
    if number % 5 == 0:
        yield f"create index {label}_late_idx on {name} ((version % 7), changed_at desc) where version > 1"
    yield f"comment on table {name} is 'What is known of item {number}'"
    yield f"comment on column {name}.stage is 'How far it is'"
    yield f"comment on column {name}.field_0 is 'The first of its fields'"
    if number % 10 == 0:
        yield f"grant select (id, stage), update on {name} to public"
    if number % 25 == 0:
        yield f"alter table {name} enable row level security"
        yield f"create policy live on {name} for select using (stage <> 'gone' and version > 0)"


def _view(number: int, tables: int) -> str:
    first, second = (7 * number) % tables, (7 * number + 2) % tables
    return f"""\
create view {_space(number)}.overview_{number} as
select a.id, a.stage, count(b.id) as children, max(b.changed_at) as latest
from {_name(first)} as a
left join {_name(second)} as b on b.version = a.version and b.changed_at < a.changed_at
where a.version > {number}
group by a.id, a.stage;
"""

"""Random schemas with one random change: statements that build them in any order, and what the differ must name."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st
from random_items import TYPES, Change, Column, Draw, Garden, Item, Table, ordered


@st.composite
def schemas(draw: Draw) -> tuple[tuple[Item, ...], tuple[Item, ...], Change]:
    """Return what to create, the same in another order, and one change."""
    garden = Garden(draw)
    for plant in (_spaces, _types, _tables, _references, _indexes, _views, _rights, _routines):
        plant(garden)
    change = draw(st.sampled_from([change for item in garden.items for change in item.changes]))
    return ordered(garden.items), ordered(draw(st.permutations(garden.items))), change


def _spaces(garden: Garden) -> None:
    for _ in garden.times(2, least=1):
        name = garden.name()
        garden.spaces.append(name)
        garden.add(f"schema {name}", f"create schema {name}", (), (
            Change(sql="create schema one_more", head="unexpected schema one_more"),
            Change(sql=f"alter schema {name} owner to pg_monitor", head=f"changed schema {name}"),
            Change(sql=f"grant usage on schema {name} to pg_monitor",
                   head=f"unexpected privilege schema {name} to pg_monitor"),
        ))  # fmt: skip
        garden.comment("schema", name, f"schema {name}")


def _types(garden: Garden) -> None:
    for _ in garden.times(2):
        space = garden.pick(garden.spaces)
        name = f"{space}.{garden.name()}"
        changes: tuple[Change, ...]
        if garden.flip():
            key, sql = f"enum {name}", f"create type {name} as enum ('one', 'Two ''x', 'three')"
            more: tuple[str, ...] = (
                f"alter type {name} add value 'four' before 'three'",
                f"alter type {name} owner to pg_monitor",
            )
        else:
            kind = garden.pick(tuple(TYPES))
            check = garden.pick(TYPES[kind][1]).replace("{}", "value").replace("%%", "%")
            key, sql = f"domain {name}", f"create domain {name} as {kind} constraint known check ({check})"
            more = tuple(
                f"alter domain {name} {action}"
                for action in (
                    "drop constraint known",
                    "add constraint more check (value is not null)",
                    f"set default {_default(kind, 0)}",
                )
            )
        changes = tuple(Change(sql=one, head=f"changed {key}") for one in more)
        garden.types.append(key)
        garden.add(key, sql, {f"schema {space}"}, changes)


def _default(kind: str, place: int) -> str:
    return TYPES[kind][0][place].replace("{{", "{").replace("}}", "}")


def _tables(garden: Garden) -> None:
    for _ in garden.times(3, least=1):
        space, label = garden.pick(garden.spaces), garden.name()
        key = Column(name=garden.name(), type=garden.pick(("integer", "bigint", "uuid")), is_null=False, is_used=True)
        columns = [
            Column(name=garden.name(), type=garden.pick((*TYPES, *garden.types)), is_null=garden.flip())
            for _ in garden.times(4)
        ]
        garden.tables.append(table := Table(
            name=f"{space}.{label}", space=space, label=label, columns=columns, key=key
        ))  # fmt: skip
        is_partitioned = garden.flip()
        lines = [f"{key.name} {key.type} primary key", *(_column(garden, column) for column in columns)]
        checks = [_check(garden, column) for column in columns if column.type in TYPES and garden.flip()]
        body = f"create table {table.name} ({', '.join((*lines, *(check for _, check in checks)))})"
        garden.add(
            f"table {table.name}",
            f"{body} partition by hash ({key.name})" if is_partitioned else body,
            {f"schema {space}", *(column.type for column in columns if column.type not in TYPES)},
            (*_table_changes(table, is_partitioned=is_partitioned), *(
                Change(sql=f"alter table {table.name} drop constraint {name}",
                       head=f"missing constraint {table.name}.{name}") for name, _ in checks
            )),
        )  # fmt: skip
        garden.comment("table", table.name, f"table {table.name}")
        for place in range(2 if is_partitioned else 0):
            _partition(garden, table, place)


def _column(garden: Garden, column: Column) -> str:
    kind = column.type.partition(" ")[2] if column.type not in TYPES else column.type
    words = [column.name, kind]
    if column.type in TYPES and garden.flip():
        words.append(f"default {_default(column.type, 0)}")
    return " ".join(words if column.is_null else [*words, "not null"])


def _check(garden: Garden, column: Column) -> tuple[str, str]:
    column.is_used = True
    name = garden.name()
    text = garden.pick(TYPES[column.type][1]).replace("{}", column.name).replace("%%", "%")
    return name, f"constraint {name} check ({text})"


def _table_changes(table: Table, *, is_partitioned: bool) -> Iterable[Change]:
    alter = f"alter table {table.name}"
    yield Change(sql=f"{alter} add one_more text", head=f"unexpected column {table.name}.one_more")
    yield Change(sql=f"{alter} enable row level security", head=f"changed table {table.name}")
    yield Change(sql=f"{alter} owner to pg_monitor", head=f"changed table {table.name}")
    index = f"create index one_more on {table.name} ({table.key.name}) where {table.key.name} is null"
    yield Change(sql=index, head=f"unexpected index {table.space}.one_more")
    yield Change(
        sql=f"{alter} add constraint one_more check ({table.key.name} is not null)",
        head=f"unexpected constraint {table.name}.one_more",
    )
    if not is_partitioned:
        yield Change(sql=f"{alter} set (fillfactor = 70)", head=f"changed table {table.name}")
        yield Change(sql=f"{alter} set unlogged", head=f"changed table {table.name}")
    for column in table.columns:
        name = f"{table.name}.{column.name}"
        turn = "set" if column.is_null else "drop"
        yield Change(sql=f"{alter} alter {column.name} {turn} not null", head=f"changed column {name}")
        yield Change(sql=f"{alter} alter {column.name} set statistics 7", head=f"changed column {name}")
        if column.type in TYPES:
            yield Change(
                sql=f"{alter} alter {column.name} set default {_default(column.type, 1)}", head=f"changed column {name}"
            )


def _partition(garden: Garden, table: Table, place: int) -> None:
    name = f"{table.space}.{garden.name()}"
    table.partitions.append(name)
    made = f"create table {name} partition of {table.name} for values with (modulus 2, remainder {place})"
    changes = (
        Change(sql=f"drop table {name}", head=f"missing table {name}"),
        Change(sql=f"alter table {name} set (fillfactor = 70)", head=f"changed table {name}"),
    )
    garden.add(f"table {name}", made, {f"table {table.name}"}, changes)


def _references(garden: Garden) -> None:
    for table in garden.tables:
        others = [other for other in garden.tables if other.key.type == table.key.type]
        if not garden.flip():
            continue
        other, name = garden.pick(others), garden.name()
        action = garden.pick(("", " on delete cascade", " on update cascade on delete restrict", " deferrable"))
        key = f"constraint {table.name}.{name}"
        drop = f"alter table {table.name} drop constraint {name}"
        garden.add(
            key,
            f"alter table {table.name} add constraint {name} foreign key ({table.key.name})"
            f" references {other.name} ({other.key.name}){action}",
            {f"table {one}" for one in (table.name, other.name, *table.partitions, *other.partitions)},
            (Change(sql=drop, head=f"missing {key}"), Change(
                sql=f"alter table {table.name} alter constraint {name} deferrable initially deferred",
                head=f"changed {key}",
            )),
        )  # fmt: skip


def _indexes(garden: Garden) -> None:
    for table in garden.tables:
        for _ in garden.times(2):
            label = garden.name()
            column = garden.pick((table.key, *table.columns))
            column.is_used = True
            method = "btree" if column.type not in ("jsonb",) else garden.pick(("btree", "gin"))
            order = garden.pick(("", " desc", " nulls first")) if method == "btree" else ""
            where = garden.pick(("", f" where {table.key.name} is not null"))
            name = f"{table.space}.{label}"
            garden.add(
                f"index {name}",
                f"create index {label} on {table.name} using {method} ({column.name}{order}){where}",
                {f"table {one}" for one in (table.name, *table.partitions)},
                (Change(sql=f"drop index {name}", head=f"missing index {name}"),),
            )
            garden.comment("index", name, f"index {name}")


VIEWS = (
    ("select {key} from {table}", "select {key} from {table} where {key} is not null"),
    (
        "select t.{key}, exists (select null from {table}) as e from {table} as t",
        "select t.{key}, exists (select null from {table} as u where u.{key} = t.{key}) as e from {table} as t",
    ),
    (
        "select {key}, 'x' as x from {table} union all select null, 'y'",
        "select {key}, 'x' as x from {table} union select null, 'y'",
    ),
    (
        "select a.{key} from {table} as a join {table} as b on a.{key} = b.{key}",
        "select a.{key} from {table} as a left join {table} as b on a.{key} = b.{key}",
    ),
)


def _views(garden: Garden) -> None:
    for table in garden.tables:
        for _ in garden.times(2):
            name = f"{garden.pick(garden.spaces)}.{garden.name()}"
            first, second = (
                text.replace("{key}", table.key.name).replace("{table}", table.name) for text in garden.pick(VIEWS)
            )
            kind = garden.pick(("view", "materialized view"))
            changes = [Change(sql=f"drop {kind} {name}", head=f"missing {kind} {name}")]
            if kind == "view":
                changes += [
                    Change(sql=f"create or replace view {name} as {second}", head=f"changed view {name}"),
                    Change(sql=f"alter view {name} set (security_invoker = true)", head=f"changed view {name}"),
                ]
            space = name.removesuffix(f".{name.rpartition('.')[2]}")
            garden.add(
                f"{kind} {name}",
                f"create {kind} {name} as {first}",
                {f"table {table.name}", f"schema {space}"},
                changes,
            )
            garden.comment(kind, name, f"{kind} {name}")


def _rights(garden: Garden) -> None:
    for table in garden.tables:
        if garden.flip():
            right = garden.pick(("select", "insert, update", "all"))
            key = f"privilege table {table.name} to pg_monitor"
            garden.add(key, f"grant {right} on {table.name} to pg_monitor", {f"table {table.name}"}, (
                Change(sql=f"revoke all on {table.name} from pg_monitor", head=f"missing {key}"),
                Change(sql=f"grant select on {table.name} to pg_monitor with grant option", head=f"changed {key}"),
                Change(sql=f"grant select on {table.name} to pg_read_all_data",
                       head=f"unexpected privilege table {table.name} to pg_read_all_data"),
            ))  # fmt: skip
        if garden.flip():
            label = garden.name()
            key = f"policy {table.name}.{label}"
            garden.add(
                key,
                f"create policy {label} on {table.name} to pg_monitor, pg_read_all_data"
                f" using ({table.key.name} is not null and exists (select 1 from {table.name}))",
                {f"table {table.name}"},
                (
                    Change(sql=f"drop policy {label} on {table.name}", head=f"missing {key}"),
                    Change(sql=f"alter policy {label} on {table.name} to pg_monitor", head=f"changed {key}"),
                    Change(sql=f"alter policy {label} on {table.name} using (true)", head=f"changed {key}"),
                ),
            )


def _routines(garden: Garden) -> None:
    for _ in garden.times(2):
        space = garden.pick(garden.spaces)
        called = f"{space}.{garden.name()}"
        kind = garden.pick(("integer", "text", "uuid", "numeric"))
        name = f"{called}({kind})"
        made = f"create or replace function {called} (n {kind} default null) returns {kind} language sql"
        garden.add(f"function {name}", f"{made} immutable as 'select n'", {f"schema {space}"}, (
            Change(sql=f"{made} immutable as 'select  n'", head=f"changed function {name}"),
            Change(sql=f"{made} stable as 'select n'", head=f"changed function {name}"),
            Change(sql=f"drop function {name}", head=f"missing function {name}"),
            Change(sql=f"revoke execute on function {name} from public",
                   head=f"unexpected privilege function {name} to public"),
        ))  # fmt: skip
        garden.comment("function", name, f"function {name}")
    space = garden.pick(garden.spaces)
    touch = f"{space}.{garden.name()}"
    body = "begin return new; end"
    garden.add(
        f"function {touch}()",
        f"create function {touch}() returns trigger language plpgsql as '{body}'",
        {f"schema {space}"},
        (Change(sql=f"alter function {touch}() security definer", head=f"changed function {touch}()"),),
    )
    for table in garden.tables:
        if garden.flip():
            label = garden.name()
            event = garden.pick(("before update", "after insert or delete", f"before update of {table.key.name}"))
            key = f"trigger {table.name}.{label}"
            garden.add(
                key,
                f"create trigger {label} {event} on {table.name} for each row execute function {touch}()",
                {f"table {one}" for one in (table.name, *table.partitions)} | {f"function {touch}()"},
                (
                    Change(sql=f"drop trigger {label} on {table.name}", head=f"missing {key}"),
                    Change(sql=f"alter table {table.name} disable trigger {label}", head=f"changed {key}"),
                ),
            )
    name = f"{space}.{garden.name()}"
    garden.add(f"sequence {name}", f"create sequence {name} increment by 3 cache 5", {f"schema {space}"}, (
        Change(sql=f"alter sequence {name} increment by 4", head=f"changed sequence {name}"),
        Change(sql=f"drop sequence {name}", head=f"missing sequence {name}"),
    ))  # fmt: skip

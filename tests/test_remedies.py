"""The script that brings a database back: over the corpus of changes, what it leaves is nothing, or a known reason."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from test_drift import CHANGES, Scene, corpus, described, parts, skip_on_older, title
from tiny import A, call, rows, write_history

from tools import catalog, database, drift, scratch
from tools.catalog import Catalog


@pytest.fixture(scope="module")
def base(cluster: scratch.Cluster) -> Iterator[database.Connection]:
    with corpus(cluster) as connection:
        yield connection


@pytest.fixture(scope="module")
def expected(base: database.Connection) -> Catalog:
    return catalog.read(base)


def run(base: database.Connection, script: str) -> None:
    """Run the script, without labels, for which no provider comes with the server."""
    base.execute(re.sub(r"^security label .*;$", "", script, flags=re.MULTILINE).encode())


def mended(base: database.Connection, expected: Catalog) -> list[str]:
    """Run the script, what stands apart in it too, and return what still differs."""
    found = drift.find(expected, catalog.read(base))
    script = drift.mend(found, head="test", destructive=True)
    run(base, script)
    for statement in re.findall(r"^-- (reindex .*)$", script, re.MULTILINE):
        base.execute(statement.replace(" concurrently", "").encode())
    left = map(described, drift.diff(expected, catalog.read(base)))
    return [one for one in left if "security label" not in one]


ORDER = "a column comes back as the last one"
# What the script does not bring back, and why; the differences are their own names
LEFT = {
    r"changed extension \S+: version": "an extension goes back to an older version only",
    r"changed foreign server \S+: (version|type|wrapper)": "a foreign server",
    r"changed table app\.notes: columns": "PostgreSQL moves no column",
    r"changed table \S+: partition_key": "only a table that is made anew, with its rows, is this: partition_key",
    r"changed table app\.events_2026: indexes": "are set by hand, one by one",
    r"changed enum app\.status: labels": "column app.tasks.status is in the way",
    r"missing user mapping .*": "its options hold a secret that no report has",
    r"missing subscription \S+": "hold a secret that no report has",
    r"changed foreign table \S+: (inherits|partition_bound, partition_of)": "no statement gives the foreign table back",
    r"changed operator family .*: functions": "no statement of ours makes this operator family",
    r"missing operator class .*": "no statement of ours makes this",
    r"missing base type app\.base": "base type app.base is to be made by hand first",
    r"changed operator class .*: (family|type|default|storage|operators|functions)": "no statement gives",
    r"changed base type .*: (storage|length|by_value|alignment|category|preferred|default)": "no statement gives",
    r"changed base type .*: (element|delimiter|collatable|input, output, shell)": "no statement gives",
    r"changed subscription mirror: (two_phase|failover)": "no statement gives the subscription back",
}
# Where a column comes back, as the last one, in a table that has others behind it
MOVED = {
    r"missing column app\.tasks\.(extra|tags|number|due|priority|slug)": "changed table app.tasks: columns",
    r"changed column app\.tasks\.words: expression.*": "changed table app.tasks: columns",
    r"missing column app\.bookings\.room": "changed table app.bookings: columns",
}
MENDED = (
    "alter type app.status rename value",
    "alter type app.base set ",
)  # of those, what has a way back all the same


# What is made anew, by kind, when one of these facts changes; all else is altered where it stands
REMADE = {
    "access method": "handler type",
    "cast": "context method",
    "collation": "ctype deterministic icu_locale locale provider rules",
    "column": "collation expression generated",
    "constraint": "columns deferrable deferred enforced expression include match no_inherit nulls_not_distinct"
    " on_delete on_delete_columns on_update period referenced_columns references triggers type",
    "conversion": "default destination function source",
    "domain": "collation type",
    "event trigger": "event function tags",
    "foreign table": "columns server",
    "function": "aggregate returns routine",
    "index": "include keys method nulls_not_distinct predicate statistics table unique",
    "language": "handler inline trusted validator",
    "materialized view": "columns definition",
    "operator": "commutator function hashes merges negator",
    "operator family": "operators",
    "policy": "command permissive",
    "publication": "all_tables",
    "range type": "canonical collation multirange operator_class subtype subtype_difference",
    "rule": "enabled",
    "statistics": "columns expressions kinds table",
    "text search configuration": "parser",
    "text search dictionary": "template",
    "text search parser": "end headline start token token_types",
    "text search template": "init lexize",
    "transform": "from_sql to_sql",
    "view": "defaults",
}


REMAKES = re.compile(r"^(?:drop|alter table \S+ drop constraint) ", re.MULTILINE)


# Of constraints these alone say again when they are checked
DEFERRED = re.compile(r"changed constraint \S+_fkey: deferrable(?:, deferred)?")


def is_remade(head: str) -> bool:
    _, kind, facts = parts(head)
    if DEFERRED.fullmatch(head):
        return False
    return not set(facts).isdisjoint(REMADE.get(kind, "").split())


# Where a scene is what the history makes, and the base is what is there: what stays, and why
NOT_MADE = {
    r"changed constraint app\.tasks\.tasks_user_id_fkey: triggers": "the server's own triggers are left as they are",
    r"changed materialized view app\.task_counts: columns": "how its columns are kept is not said again",
    r"changed operator family app\.base_order USING btree: functions": "no statement of ours makes an operator class",
}


def is_moved(scene: Scene) -> bool:
    return any(re.fullmatch(pattern, title(scene)) for pattern in MOVED)


def known(scene: Scene) -> str | None:
    """Return the reason why the first difference of a scene stays."""
    return next((reason for pattern, reason in LEFT.items() if re.fullmatch(pattern, title(scene))), None)


@pytest.mark.parametrize("scene", CHANGES, ids=title)
def test_the_script_brings_it_back(scene: Scene, base: database.Connection, expected: Catalog) -> None:
    skip_on_older(scene, base)
    with base.transaction(force_rollback=True):
        base.execute(scene.sql.encode())
        before = drift.diff(expected, catalog.read(base))
        left = mended(base, expected)
    moved = next((what for pattern, what in MOVED.items() if re.fullmatch(pattern, title(scene))), None)
    if moved and left:
        assert left == [moved]
    elif left:
        reason = known(scene)
        assert reason is not None, left
        assert sorted(left) == sorted(scene.heads)
        assert [one.hint for one in before] == [None] * len(before)
        assert reason in (before[0].note or "")
    else:
        if title(scene).startswith("changed ") and len(before) == 1 and ": type" not in title(scene):
            assert is_remade(title(scene)) == bool(REMAKES.search(before[0].hint or ""))
        assert known(scene) is None or scene.sql.startswith(MENDED) or len(scene.heads) > 1
        assert all(one.hint for one in before)


# What comes and goes does so the other way round, too, in other scenes
TURNED = [one for one in CHANGES if re.match("changed|missing schema", title(one)) and "update pg_" not in one.sql]


@pytest.mark.parametrize("scene", TURNED, ids=title)
def test_the_script_goes_the_other_way_too(scene: Scene, base: database.Connection, expected: Catalog) -> None:
    skip_on_older(scene, base)
    with base.transaction(force_rollback=True):
        base.execute(scene.sql.encode())
        wanted = catalog.read(base)
    stays = next((why for pattern, why in NOT_MADE.items() if re.fullmatch(pattern, title(scene))), None)
    try:
        with base.transaction(force_rollback=True):
            hints = [one.hint for one in drift.diff(wanted, expected)]
            left = mended(base, wanted)
    except psycopg.Error:
        assert stays
    else:
        assert left == [] or stays or None in hints


def test_changes_are_brought_back_together(base: database.Connection, expected: Catalog) -> None:
    """The script's order holds whatever the pair: nothing is refused, and what is left are the known ones."""
    single = [scene for scene in CHANGES if len(scene.heads) == 1 and known(scene) is None and not is_moved(scene)]
    chance = random.Random(11)
    count = 0
    for _ in range(60):
        several = chance.sample(single, 2)
        with base.transaction(force_rollback=True):
            if (found := changed(base, several)) is None:
                continue
            assert mended(base, expected) == [], several
            count += found != expected
    assert count > 40


@pytest.mark.parametrize("destructive", [False, True])
def test_several_changes_are_in_nobody_s_way(
    base: database.Connection, expected: Catalog, *, destructive: bool
) -> None:
    """The script runs, from what three changes make and to it, whether or not it may lose data."""
    some = [scene for scene in CHANGES if not any(re.fullmatch(pattern, title(scene)) for pattern in NOT_MADE)]
    chance = random.Random(5)
    count = 0
    for _ in range(40):
        several = [one for one in chance.sample(some, 3) if "update pg_" not in one.sql]
        with base.transaction(force_rollback=True):
            if (other := changed(base, several)) is None:
                continue
            script = drift.mend(drift.find(expected, other), head="test", destructive=destructive)
            run(base, script)
        with base.transaction(force_rollback=True):
            run(base, drift.mend(drift.find(other, expected), head="test", destructive=destructive))
        count += 1
    assert count > 25


def changed(base: database.Connection, several: list[Scene]) -> Catalog | None:
    """Make the changes, and return what there is then; None where one takes away what another changes."""
    try:
        with base.transaction():
            for one in several:
                base.execute(one.sql.encode())
    except psycopg.Error:
        return None
    return catalog.read(base)


EVERYTHING = """
create schema extra;
create type extra.mood as enum ('good', 'bad');
create function extra.mood() returns extra.mood language sql immutable return 'good'::extra.mood;
create table extra.things (id bigserial primary key, mood extra.mood not null default extra.mood());
create view extra.shown as select * from extra.things where mood = extra.mood();
create view extra.again as select id from extra.shown;
create table extra.parts (thing bigint references extra.things) partition by hash (thing);
create table extra.parts_0 partition of extra.parts for values with (modulus 1, remainder 0);
create function extra.touch() returns trigger language plpgsql as 'begin return new; end';
create trigger touch before update on extra.things for each row execute function extra.touch();
alter table extra.things enable replica trigger touch, enable row level security;
create policy look on extra.things for select using (true);
create policy put on extra.things for insert to pg_monitor with check (id > 0);
create policy turn on extra.things for update using (id > 0) with check (true);
create policy away on extra.things as restrictive for delete using (false);
create table extra.refs (
  one bigint references extra.things on delete set null, two bigint references extra.things on delete set default,
  three bigint references extra.things on delete restrict on update cascade deferrable initially deferred,
  four bigint references extra.things on update set null
);
create function extra.least(n integer) returns integer language sql stable parallel restricted as 'select n';
create aggregate extra.most(integer) (sfunc = int4larger, stype = integer, sortop = >, msfunc = int4larger,
  minvfunc = int4larger, mstype = integer, msspace = 8, initcond = '0', parallel = safe);
create sequence extra.downward increment by -2 maxvalue 10 minvalue -10 cycle;
create table extra.pairs (a integer, b integer, primary key (a, b) using index tablespace corpus);
create table extra.halves (a integer, b integer, foreign key (a, b) references extra.pairs match full);
create index halves_a_idx on extra.halves (a) tablespace corpus;
create materialized view extra.counted with (fillfactor = 70) as select count(*) from extra.halves;
create function extra.dollars() returns text language plpgsql as $q$ begin return $$a$$ || $a$b$a$; end $q$;
create function extra.dollar() returns integer language sql as 'select 1 --$';
create domain extra.word as text;
alter domain extra.word add constraint word_check check (value <> '') not valid;
"""
EVERYTHING_OF_18 = """
create table extra.stays (room int4range, at daterange, primary key (room, at without overlaps),
  constraint stays_check check (not isempty(room)) not enforced);
create table extra.parties (room int4range, at daterange, unique (room, at without overlaps),
  foreign key (room, period at) references extra.stays (room, period at));
"""


def test_a_whole_schema_comes_and_goes(base: database.Connection, expected: Catalog) -> None:
    with base.transaction(force_rollback=True):
        base.execute(EVERYTHING.encode())
        if base.info.server_version >= 180000:
            base.execute(EVERYTHING_OF_18.encode())
        full = catalog.read(base)
        assert mended(base, expected) == [], "what nobody expected is dropped in an order that works"
        assert mended(base, full) == [], "and made again"


def test_a_column_comes_with_the_name_of_its_not_null(base: database.Connection) -> None:
    with base.transaction(force_rollback=True):
        base.execute(b"alter table app.notes add size integer default 1 constraint notes_are_measured not null")
        wanted = catalog.read(base)
        base.execute(b"alter table app.notes drop column size")
        assert mended(base, wanted) == []


def test_a_label_that_the_rest_uses_is_added_first(make_database: Callable[[str], str]) -> None:
    """PostgreSQL refuses a label in the transaction that adds it to a type that was there."""
    there = "create type mood as enum ('good'); create type turn as enum ('odd'); create table t (m mood)"
    wanted = make_database(
        f"{there}; alter type mood add value 'it''s bad'; alter type turn add value 'even'; commit;"
        "alter table t add check (m <> 'it''s bad')"
    )
    with database.connect(wanted) as one, database.connect(make_database(there)) as other:
        expected = catalog.read(one)
        script = drift.mend(drift.find(expected, catalog.read(other)), head="test", destructive=False)
        early = re.findall(r"^-- (alter type .*;)$", script, re.MULTILINE)
        assert early == ["alter type public.mood add value 'it''s bad' after 'good';"]
        for text in (*early, script):
            other.execute(text.encode())
        assert drift.diff(expected, catalog.read(other)) == ()


LEFT_BY_HAND = [  # a server with a password and a base type, and what is made of them
    "missing foreign table app.logs_old",
    "missing foreign table app.remote",
    "missing foreign table app.remote_child",
    "missing function app.base_compare(app.base, app.base)",
    "missing function app.less(app.base, app.base)",
    "missing foreign server elsewhere",
    "missing operator app.<<<(app.base,app.base)",
    "missing base type app.base",
    "missing operator family app.base_order USING btree",
    "missing subscription mirror",
]


def test_everything_is_made_from_nothing(
    expected: Catalog, make_database: Callable[[str], str], base: database.Connection
) -> None:
    """The whole schema as a script on an empty database; what holds a secret, and what leans on it, is left out."""
    with database.connect(make_database("")) as empty:
        left = mended(empty, expected)
    assert left == LEFT_BY_HAND


REBUILDS = [
    # what is made anew keeps comment, rights and owner, and what leans on it comes back too
    "create or replace view app.open_tasks as select id, title, name, user_id from (select t.id, t.title, u.name,"
    " t.user_id from app.tasks t join app.users u on u.id = t.user_id) as s",
    "drop index app.tasks_due_idx; create index tasks_due_idx on app.tasks (due)",
    "alter table app.tasks drop constraint tasks_user_id_fkey; alter table app.users drop constraint users_pkey;"
    " alter table app.users add constraint users_pkey primary key (id) include (name);"
    " alter table app.tasks add foreign key (user_id) references app.users on delete cascade",
    "drop function app.secret(); create function app.secret() returns integer language sql as 'select 1'",
    "drop view app.open_tasks, app.names; alter table app.users alter name type text;"
    " create view app.open_tasks as select 1 as one",
]


@pytest.mark.parametrize("sql", REBUILDS)
def test_what_is_made_anew_keeps_what_it_had(sql: str, base: database.Connection) -> None:
    """Views on views, a key that is pointed to, a function in a policy and in a default: none of them is lost."""
    more = (
        "create view app.titles as select title from app.open_tasks; comment on view app.titles is 'Titles';"
        "grant select on app.titles, app.open_tasks to pg_monitor; alter view app.titles owner to pg_monitor;"
        "create policy secretive on app.users using (name = app.secret()::text);"
        "alter table app.notes alter body set default app.secret()::text;"
        "comment on index app.tasks_due_idx is 'due';"
        "alter table app.tasks replica identity using index tasks_number_idx"
    )
    with base.transaction(force_rollback=True):
        base.execute(more.encode())
        wanted = catalog.read(base)
        undo = (
            "drop view app.titles; drop policy secretive on app.users; alter table app.notes alter body drop default;"
        )
        base.execute((undo + sql).encode())
        assert mended(base, wanted) == []


# Rights that should be, those that are, and what brings them back
RIGHTS = [
    (
        "grant select, insert on app.notes to pg_monitor",
        "grant select on app.notes to pg_monitor",
        ["grant insert on table app.notes to pg_monitor"],
    ),
    (
        "grant select on app.notes to pg_monitor",
        "grant select, insert on app.notes to pg_monitor",
        ["revoke insert on table app.notes from pg_monitor"],
    ),
    (
        "grant select on app.notes to pg_monitor with grant option",
        "grant select on app.notes to pg_monitor",
        ["grant select on table app.notes to pg_monitor with grant option"],
    ),
    (
        "grant select on app.notes to pg_monitor",
        "grant select on app.notes to pg_monitor with grant option",
        ["revoke grant option for select on table app.notes from pg_monitor"],
    ),
    (
        "grant select, insert on app.notes to pg_monitor with grant option",
        "grant select, update on app.notes to pg_monitor",
        [
            "revoke all on table app.notes from pg_monitor",
            "grant insert, select on table app.notes to pg_monitor with grant option",
        ],
    ),
    (
        "grant insert on app.notes to pg_monitor; grant select on app.notes to pg_monitor with grant option",
        "",
        [
            "revoke all on table app.notes from pg_monitor",
            "grant insert on table app.notes to pg_monitor",
            "grant select on table app.notes to pg_monitor with grant option",
        ],
    ),
    (
        "alter default privileges revoke usage on types from public",
        "",
        ["alter default privileges revoke all on types from public"],
    ),
    (
        "",
        "alter default privileges revoke usage on types from public",
        ["alter default privileges grant usage on types to public"],
    ),
]


@pytest.mark.parametrize(("wanted", "there", "words"), RIGHTS)
def test_rights_are_brought_back_in_few_words(
    wanted: str, there: str, words: list[str], base: database.Connection
) -> None:
    with base.transaction(force_rollback=True):
        base.execute(wanted.encode())
        expected = catalog.read(base)
    with base.transaction(force_rollback=True):
        base.execute(there.encode())
        assert [one.hint for one in drift.diff(expected, catalog.read(base))] == [";\n".join(words)]
        assert mended(base, expected) == []


def test_no_script_says_a_secret_that_no_catalog_has(base: database.Connection, expected: Catalog) -> None:
    with base.transaction(force_rollback=True):
        base.execute(b"alter server elsewhere options (drop password, set host 'example.org')")
        found = drift.find(expected, catalog.read(base))
    script = drift.mend(found, head="test", destructive=True)
    assert "***" not in script
    assert "-- Not in here: changed foreign server elsewhere: " in script


def test_what_loses_data_waits_for_somebody_to_want_it(base: database.Connection, expected: Catalog) -> None:
    with base.transaction(force_rollback=True):
        base.execute(
            b"create table app.extra (id int); insert into app.extra values (1); create index on app.notes (body)"
        )
        base.execute(b"alter table app.notes add column color text")
        found = drift.find(expected, catalog.read(base))
        script = drift.mend(found, head="test", destructive=False)
        assert "\n-- drop table app.extra;" in script
        assert "\n-- alter table app.notes drop column color;" in script
        assert "its rows go with it, so it waits for somebody to want it (--destructive)" in script
        base.execute(script.encode())
        left = drift.diff(expected, catalog.read(base))
        assert [described(one) for one in left] == ["unexpected table app.extra", "unexpected column app.notes.color"]
        assert [one.note for one in left] == ["its rows go with it", "its values go with it"]


def test_the_values_of_a_sequence_go_on(base: database.Connection, expected: Catalog) -> None:
    with base.transaction(force_rollback=True):
        base.execute(b"insert into app.users (name) select 'u' from generate_series(1, 3)")
        base.execute(b"alter table app.users alter id drop identity")
        assert mended(base, expected) == []
        base.execute(b"insert into app.users (name) values ('next')")
        assert base.execute("select max(id) from app.users").fetchone() == (4,)


@pytest.mark.skipif(shutil.which("psql") is None, reason="needs psql on the PATH")
def test_psql_runs_the_script(tmp_path: Path, empty_url: str) -> None:
    project = write_history(
        tmp_path, {A: "create table a (id int primary key, note text); create view v as select id from a"}
    )
    call(project, "apply", "-u", empty_url)
    rows(empty_url, "drop view v; alter table a alter id type bigint, add more int; create table b (id int)")
    words = ("drift-check", "--actual", "live", "-u", empty_url)
    answer = call(project, *words, "--sql")
    assert answer.code == 1
    assert answer.out.startswith(
        "-- live as migrations has it: 4 to mend\n-- Run it with psql -1, as the role that owns"
    )
    for more, left in (((), 1), (("--destructive",), 0)):
        script = call(project, *words, "--sql", *more).out
        command = ["psql", "-X", "-1", "-q", "-v", "ON_ERROR_STOP=1", "-d", empty_url]
        done = subprocess.run(command, input=script, text=True, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert call(project, *words).code == left
    assert call(project, *words, "--sql").out == "-- live as migrations has it: 0 to mend\n-- nothing to do\n"


def test_a_script_is_for_a_database(tmp_path: Path) -> None:
    answer = call(write_history(tmp_path, {A: "select 1"}), "drift-check", "--sql", "--actual", "models")
    assert (answer.code, answer.out) == (2, "")
    assert "--sql mends a database, and there is none to compare: pass --url or --actual" in answer.err

"""A history whose statements all take a while, the databases it runs on, and what an undisturbed run makes of them."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.mortal import Mortal
from tools import catalog, database, drift
from tools.catalog import Catalog

TIMEOUT = 90.0  # seconds for a run
# What is there before: tables of some size, and one that counts how often each file ran
GROUND = """
create table ran (name text);
create table big (id int, email text, note text);
insert into big select n, 'user' || n || '@example.com', repeat('x', n % 40) from generate_series(1, 40000) as n;
create table parted (id int, due date) partition by range (due);
create table parted_25 partition of parted for values from ('2025-01-01') to ('2026-01-01');
create table parted_26 partition of parted for values from ('2026-01-01') to ('2027-01-01');
insert into parted select n, date '2025-01-01' + n % 700 from generate_series(1, 20000) as n;
"""
OUTSIDE = "-- transactional: false\n"
FILES = {
    "20260101000000_table": (
        "insert into ran values ('table');\n"
        "create table items (id int primary key, big_id int, note text);\n"
        "insert into items select n, n, 'item ' || n from generate_series(1, 20000) as n;\n"
    ),
    "20260102000000_index": f"{OUTSIDE}create index concurrently big_email on big (email);\n",
    "20260103000000_column": (
        "insert into ran values ('column');\n"
        "alter table items add column due date not null default '2026-01-01';\n"
        "update items set due = due + id % 100 where id % 3 = 0;\n"
    ),
    "20260104000000_indexes": (
        f"{OUTSIDE}insert into ran values ('indexes');\n"
        "create unique index concurrently big_id on big (id);\n"
        "create index concurrently on big (note, id);\n"
        "insert into ran values ('indexes, again');\n"
        "create index concurrently if not exists big_lower on big (lower(email)) where id % 2 = 0;\n"
    ),
    "20260105000000_reindex": f"{OUTSIDE}reindex index concurrently big_email;\n",
    "20260106000000_constraint": (
        f"{OUTSIDE}insert into ran values ('constraint');\n"
        "alter table items add constraint items_big foreign key (big_id) references big (id) not valid;\n"
        "alter table items validate constraint items_big;\n"
        "alter table big add constraint big_note check (length(note) < 100) not valid;\n"
        "alter table big validate constraint big_note;\n"
    ),
    "20260107000000_detach": (
        f"{OUTSIDE}alter table parted detach partition parted_25 concurrently;\ninsert into ran values ('detach');\n"
    ),
    "20260108000000_reindex_table": f"{OUTSIDE}reindex table concurrently big;\nvacuum big;\n",
    "20260109000000_own": (
        "-- transactional: own\n"
        "begin;\ncreate table if not exists own (id int primary key, note text);\n"
        "insert into own select n, 'own' from generate_series(1, 10000) as n on conflict do nothing;\ncommit;\n"
        "begin;\ncreate index if not exists own_note on own (note);\ncommit;\n"
    ),
    "20260110000000_drop": (
        f"{OUTSIDE}drop index concurrently big_lower;\ndrop index concurrently if exists big_email;\n"
        "create index concurrently big_email on big (email, id);\n"
    ),
    "20260111000000_view": (
        "insert into ran values ('view');\n"
        "create view due as select id, due from items where due > '2026-02-01';\n"
        "create materialized view counted as select note, count(*) from big group by note;\n"
        "comment on view due is 'What is due.';\n"
    ),
    "20260112000000_last": f"{OUTSIDE}insert into ran values ('last');\nreindex index concurrently big_id;\n",
}
# Each answers with rows where something was left behind
LEFT_BEHIND = {
    "an invalid index": "select indexrelid::regclass from pg_index where not indisvalid or not indisready",
    "an index of a reindex": "select oid::regclass from pg_class where relname ~ '_cc(new|old)[0-9]*$'",
    "a partition half detached": "select inhrelid::regclass from pg_inherits where inhdetachpending",
    "a constraint not validated": "select conname from pg_constraint where not convalidated",
    "an advisory lock": "select pid from pg_locks where locktype = 'advisory' and database = (select oid from"
    " pg_database where datname = current_database())",
    "a session": "select pid, query from pg_stat_activity where datname = current_database() and"
    " application_name ~ '^tools'",
    "a log row": "select migration_id, statements_done from schema_tools.log where finished_at is null",
    "a file recorded twice": "select migration_id from public._yoyo_log group by 1 having count(*) > 1 union all"
    " select migration_id from schema_tools.log group by 1 having count(*) > 1",
}
TABLES = ("ran", "big", "items", "own", "parted", "parted_25", "counted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What an undisturbed run made, and the seconds that it took."""

    catalog: Catalog
    contents: dict[str, Any]
    span: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run ended."""

    code: int
    said: str


class Ground:
    """A server, the files in a folder, and the database that each round is a copy of."""

    def __init__(self, server: Mortal, folder: Path) -> None:
        self.server, self.folder = server, folder
        for name, text in FILES.items():
            path = folder / "sql" / "migrations" / f"{name}.sql"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.server.ask("postgres", "create database ground")
        self.server.ask("ground", GROUND)
        self.server.ask("ground", "vacuum (analyze, freeze)")

    def url(self, name: str) -> str:
        """Return the URL of a database."""
        return self.server.address(name).url()

    @contextmanager
    def copy(self, name: str) -> Iterator[str]:
        """Make a database for one round."""
        self.server.ask("postgres", f"create database {name} template ground strategy wal_log")
        yield name
        self.server.ask("postgres", f"drop database {name} with (force)")

    def start(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        """Start the command line."""
        command = [sys.executable, "-m", "tools", "-C", str(self.folder), *arguments, "--url", self.url(name)]
        pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(command, text=True, **pipes)

    def truth(self) -> Truth:
        """Apply undisturbed."""
        with self.copy("undisturbed") as name:
            started = time.monotonic()
            done = ended(self.start(name, "apply", "--yes"))
            if done.code:
                raise SystemExit(f"an undisturbed run fails: {done.said}")
            span = time.monotonic() - started
            return Truth(catalog=self._catalog(name), contents=self._contents(name), span=span)

    def wrong(self, name: str, truth: Truth) -> Iterator[str]:
        """Yield what is not as an undisturbed run leaves it."""
        status = ended(self.start(name, "status", "--exit-code"))
        if status.code or not status.said.endswith(f"{len(FILES)} applied, 0 pending\n"):
            yield f"status: exit {status.code}: {status.said}"
        for what, question in LEFT_BEHIND.items():
            if found := self._asked_again(name, question):
                yield f"left behind: {what}: {found}"
        for one in drift.diff(truth.catalog, self._catalog(name)):
            yield f"{one.change} {one.kind} {one.name} {dict(one.facts)}"
        contents = self._contents(name)
        yield from (
            f"rows of {table}: {contents[table]}" for table in TABLES if contents[table] != truth.contents[table]
        )

    def unlisted(self, name: str) -> list[str]:
        """Return the files that yoyo's own `list` does not call applied; it stumbles over a directive that it lacks."""
        with tempfile.TemporaryDirectory() as folder:
            for file, text in FILES.items():
                Path(folder, f"{file}.sql").write_text(text.replace("-- transactional: own", ""), encoding="utf-8")
            url = self.server.address(name).url("postgresql+psycopg")
            command = (sys.executable, "-W", "ignore", "-m", "yoyo", "list", "--batch", "--no-config-file")
            done = subprocess.run([*command, "--database", url, folder], capture_output=True, text=True, check=False)
        listed = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
        return [file for file in FILES if not re.search(rf"^A +{file}\b", listed, re.MULTILINE)]

    def _asked_again(self, name: str, question: str) -> list[tuple[Any, ...]]:
        """Ask, for two seconds again where there is an answer: a session that ends needs a moment."""
        deadline = time.monotonic() + 2
        while (found := self.server.ask(name, question)) and time.monotonic() < deadline:
            time.sleep(0.05)
        return found

    def _catalog(self, name: str) -> Catalog:
        with database.connect(self.url(name), application="soak") as connection:
            return catalog.read(connection)

    def _contents(self, name: str) -> dict[str, Any]:
        rows = "select count(*), md5(string_agg(row::text, ' ' order by row::text)) from {} as row"
        return {table: self.server.ask(name, rows.format(table)) for table in TABLES}


def ended(process: subprocess.Popen[str], timeout: float = TIMEOUT) -> Ended:
    """Wait for a run; one that hangs is killed, and -9 says so."""
    try:
        said, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        said = f"it hangs: {process.communicate()[0]}"
    return Ended(code=process.returncode, said=said)

"""A generated history of any length, and how each runner wants its files: the same SQL in each layout."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

FIRST = datetime(2026, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One migration: its 14 digits, its name, its way up and its way down."""

    stamp: str
    name: str
    up: str
    down: str = ""
    transactional: bool = True

    @property
    def id(self) -> str:
        """What a ledger calls it."""
        return f"{self.stamp}_{self.name}"


def stamp(number: int) -> str:
    """Return the timestamp of the migration with this number, from 0."""
    return (FIRST + timedelta(minutes=number)).strftime("%Y%m%d%H%M%S")


def generate(count: int) -> tuple[Change, ...]:
    """Return a history: of ten migrations four make a table, the others build on the newest ones."""
    return tuple(_change(number) for number in range(count))


def _change(number: int) -> Change:
    group, kind = divmod(number, 10)
    make = (_table, _column, _table, _index, _trigger, _table, _rows, _column, _table, _view)[kind]
    newest = 10 * group + max(other for other in (0, 2, 5, 8) if other <= kind)
    name, up, down = make(number, newest)
    return Change(stamp=stamp(number), name=name, up=up, down=down)


def _table(number: int, newest: int) -> tuple[str, str, str]:
    parent = f"references item_{newest - 10}" if newest >= 10 else "references item_0"
    up = f"""\
create table item_{number} (
  id bigint generated always as identity primary key,
  name varchar(200) not null check (length(name) > 0),
  quantity integer not null default 0 check (quantity >= 0),
  parent_id bigint references item_{number} on delete cascade,
  other_id bigint {parent if number else "references item_0"} on delete set null,
  created_at timestamptz not null default now()
);
create index item_{number}_parent_id_idx on item_{number} (parent_id);
"""
    return f"item_{number}", up, f"drop table item_{number};\n"


def _column(number: int, newest: int) -> tuple[str, str, str]:
    up = f"""\
alter table item_{newest} add column note_{number} varchar(100);
alter table item_{newest} add constraint item_{newest}_note_{number}_check check (note_{number} <> '');
"""
    return f"note_{number}", up, f"alter table item_{newest} drop column note_{number};\n"


def _index(number: int, newest: int) -> tuple[str, str, str]:
    up = f"create index item_{newest}_some_idx on item_{newest} (created_at, name) where quantity > 0;\n"
    return f"index_{number}", up, f"drop index item_{newest}_some_idx;\n"


def _trigger(number: int, newest: int) -> tuple[str, str, str]:
    up = f"""\
create function touch_{number}() returns trigger language plpgsql as $$
begin
  new.created_at = now();
  return new;
end
$$;
create trigger touch before update on item_{newest} for each row execute function touch_{number}();
"""
    return f"touch_{number}", up, f"drop trigger touch on item_{newest};\ndrop function touch_{number}();\n"


def _rows(number: int, newest: int) -> tuple[str, str, str]:
    up = f"""\
insert into item_{newest} (name, quantity) values ('first', 1), ('second; with a semicolon', 2);
insert into item_{newest} (name, quantity) select 'row ' || n, n from generate_series(1, 20) as n;
"""
    return f"rows_{number}", up, f"delete from item_{newest};\n"


def _view(number: int, newest: int) -> tuple[str, str, str]:
    up = f"""\
create view items_{number} as select id, name, quantity from item_{newest} where quantity > 0;
comment on view items_{number} is 'What there is of item_{newest}';
"""
    return f"items_{number}", up, f"drop view items_{number};\n"


def write_pairs(folder: Path, changes: Iterable[Change]) -> None:
    """Write them as this project and yoyo want them: an .sql file and a .rollback.sql file."""
    place = folder / "sql" / "migrations"
    place.mkdir(parents=True, exist_ok=True)
    for change in changes:
        head = "" if change.transactional else "-- transactional: false\n"
        (place / f"{change.id}.sql").write_text(head + change.up, encoding="utf-8")
        if change.down:
            (place / f"{change.id}.rollback.sql").write_text(head + change.down, encoding="utf-8")


def write_sections(folder: Path, changes: Iterable[Change]) -> None:
    """Write them as dbmate wants them: both ways in one file."""
    place = folder / "db"
    place.mkdir(parents=True, exist_ok=True)
    for change in changes:
        option = "" if change.transactional else " transaction:false"
        text = f"-- migrate:up{option}\n{change.up}\n-- migrate:down{option}\n{change.down}"
        (place / f"{change.id}.sql").write_text(text, encoding="utf-8")


ALEMBIC_INI = "[alembic]\nscript_location = %(here)s/alembic\n"
ALEMBIC_ENV = """\
import os
from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
ALEMBIC_REVISION = '''\
from alembic import op

revision = {revision!r}
down_revision = {down!r}


def upgrade():
    op.execute("""{up_text}""")


def downgrade():
    op.execute("""{down_text}""")
'''


def write_revisions(folder: Path, changes: Iterable[Change]) -> None:
    """Write them as Alembic wants them: a chain of Python files that execute the same SQL."""
    place = folder / "alembic" / "versions"
    place.mkdir(parents=True, exist_ok=True)
    (folder / "alembic.ini").write_text(ALEMBIC_INI, encoding="utf-8")
    (folder / "alembic" / "env.py").write_text(ALEMBIC_ENV, encoding="utf-8")
    previous = None
    for change in changes:
        text = ALEMBIC_REVISION.format(revision=change.stamp, down=previous, up_text=change.up, down_text=change.down)
        (place / f"{change.id}.py").write_text(text, encoding="utf-8")
        previous = change.stamp


Write = Callable[[Path, Iterable[Change]], None]

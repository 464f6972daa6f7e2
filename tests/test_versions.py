"""What lint says of a file that is for an older PostgreSQL than the one that scratch runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import statements, versions
from tools.catalog import Catalog
from tools.config import Project
from tools.effects import Effect
from tools.history import Step
from tools.kinds import Table
from tools.measure import Measurement
from tools.migrations import Migration, read_script
from tools.scenes import Scene

VIRTUAL = "a virtual generated column"
NAMED = "a NOT NULL constraint with a name, or not valid"
UNENFORCED = "a constraint that is not enforced"
OVERLAPS = "a key without overlaps"
PARTITIONED = "a foreign key of a partitioned table that is not valid"
MERGE = "merge into t using u on t.id = u.id when matched then delete"

NEEDED = [
    ("alter table t add c int generated always as (1) virtual", 18, VIRTUAL),
    ("create table n (a int, b int generated always as (a) virtual)", 18, VIRTUAL),
    ("alter table t add c int generated always as (1) stored", None, ""),
    ("alter table t add constraint n not null c", 18, NAMED),
    ("alter table t add constraint n not null c not valid", 18, NAMED),
    ("alter table t add constraint n check (c > 0)", None, ""),
    ("alter table t alter c set not null", None, ""),
    ("alter table t add check (c > 0) not enforced", 18, UNENFORCED),
    ("create table n (c int check (c > 0) not enforced)", 18, UNENFORCED),
    ("create table n (c int check (c > 0) enforced)", 18, UNENFORCED),
    ("alter table t add foreign key (id) references u not enforced", 18, UNENFORCED),
    ("alter table t alter constraint k not enforced", 18, UNENFORCED),
    ("alter table t alter constraint k deferrable", None, ""),
    ("create table n (id int primary key, c int unique not null default 1)", None, ""),
    ("alter table t add primary key (id, at without overlaps)", 18, OVERLAPS),
    ("alter table t add foreign key (id, period at) references u (id, period at)", 18, OVERLAPS),
    ("alter table t add primary key (id, at)", None, ""),
    ("alter table parts add foreign key (id) references u not valid", 18, PARTITIONED),
    ("alter table parts add foreign key (id) references u", None, ""),
    ("alter table parts add check (id > 0) not valid", None, ""),
    ("alter table t add foreign key (id) references u not valid", None, ""),
    ("alter table t alter b set expression as (2)", 17, "set expression"),
    ("alter table t alter b drop expression", None, ""),
    (f"{MERGE} returning t.id", 17, "merge ... returning"),
    (f"with gone as ({MERGE} returning t.id) select * from gone", 17, "merge ... returning"),
    (MERGE, None, ""),
    ("delete from t returning id", None, ""),
]
TYPE = "create type mood as enum ('good'); "
# Statements of one file, and the labels that a server before 17 refuses in it
LABELS = [
    ("alter type mood add value 'bad'; create table n (m mood default 'bad')", ["bad"]),
    ("alter type mood add value 'bad'; create table n (bad int); create index on n (bad); select bad from n", []),
    ("alter type mood add value 'bad'; select 1, null, 'good'::mood", []),
    ("alter type mood rename value 'good' to 'fine'; select 'fine'::mood", []),
    ("alter type other add value 'bad'; select 'bad'", []),  # of a type that was there, every version refuses it
    ("alter type mood add value 'bad'; commit; begin; select 'bad'::mood", []),
]


def found(directory: Path, text: str, major: int) -> list[str]:
    """Return the messages of a file with these statements."""
    (directory / "try.sql").write_text(text)
    script = read_script(Project(directory=directory), directory / "try.sql")
    effects: list[Effect] = []
    transaction = 0
    for statement, node in statements.parse(text):
        transaction += statement.text.strip() == "commit"
        effects.append(Effect(statement=statement, node=node, transaction=transaction))
    step = Step(migration=Migration(id="try", up=script), operation="apply")
    scene = Scene(
        script=script,
        measurement=Measurement(step=step, effects=tuple(effects)),
        before=Catalog(),
        after=Catalog(tables=(Table(name="public.parts", partition_key="RANGE (id)"), Table(name="public.t"))),
        major=major,
    )
    (check,) = versions.CHECKS
    return [hit.message for hit in check.find(scene)]


@pytest.mark.parametrize(("text", "since", "words"), NEEDED, ids=[text for text, *_ in NEEDED])
def test_the_first_version_that_takes_a_statement(text: str, since: int | None, words: str, tmp_path: Path) -> None:
    for major in (15, 16, 17, 18):
        is_older = since is not None and major < since
        message = f"{words} needs PostgreSQL {since}, and this is for {major}"
        assert found(tmp_path, f"select 1; {text}", major) == ([message] if is_older else [])


@pytest.mark.parametrize(("text", "labels"), LABELS, ids=[text for text, _ in LABELS])
def test_a_label_that_is_used_in_the_transaction_that_made_its_type(
    text: str, labels: list[str], tmp_path: Path
) -> None:
    words = "is used in the transaction that added it: PostgreSQL 16 refuses that"
    assert found(tmp_path, TYPE + text, 16) == [f"{label!r} {words}" for label in labels]
    assert found(tmp_path, TYPE + text, 17) == []

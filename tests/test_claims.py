"""What a file's header says of it, and what lint computes of it instead: risk, phase, rules to be ignored."""

from __future__ import annotations

import json
from pathlib import Path

from test_lint import HEADER, SAFE, TABLE, lint, lint_json
from tiny import A, B, write_history

# What a file does to the tables below, one after the other, and what that comes to
DONE = [
    ("alter table b add column c int", "low", "expand"),
    ("create table d (a_id int references a (id))", "low", "expand"),
    ("alter table b add constraint b_a_fkey foreign key (a_id) references a (id) not valid", "high", "expand"),
    ("alter table b validate constraint b_a_fkey", "high", "migrate"),
    ("alter table b drop constraint b_a_fkey", "high", "expand"),
    ("alter table b add constraint b_check check (id > 0) not valid", "low", "expand"),
    ("alter table b validate constraint b_check", "low", "migrate"),
    ("alter table b rename constraint b_check to b_id_check", "low", "expand"),
    ("alter table b drop constraint b_id_check", "low", "expand"),
    ("alter table a alter note type varchar(30)", "medium", "expand"),
    ("alter table a alter note set default 'x'", "low", "expand"),
    ("update b set id = id + 1 where false", "low", "expand"),
    ("update b set id = id + 1", "high", "migrate"),
    ("alter view v rename to w", "medium", "contract"),
    ("alter schema s rename to t", "medium", "contract"),
    ("alter index b_id_idx rename to b_idx", "low", "expand"),
    ("drop index b_idx", "low", "expand"),
    ("drop view w", "low", "contract"),
    ("drop type mood", "low", "contract"),
    ("alter table b drop column c", "high", "contract"),
    ("drop table d", "high", "contract"),
]


def test_risk_and_phase_are_what_a_file_does(tmp_path: Path) -> None:
    """Each header says that it contracts, so no rule speaks of what is taken away, and the tables are small."""
    tables = (
        "create table a (id int primary key, note varchar(20)); create table b (id int, a_id int);"
        "create index b_id_idx on b (id); create view v as select id from a; create schema s;"
        "create type mood as enum ('good'); insert into b values (1, null);"
    )
    header = HEADER.format(risk="low", phase="contract")
    files = {f"202601020000{at:02}_{at}": f"{header}{text};" for at, (text, _, _) in enumerate(DONE)}
    project = write_history(tmp_path, {A: tables, **files})
    (tmp_path / "sql" / "estimates.json").write_text('{"rows": {"public.a": 1, "public.b": 1, "public.d": 1}}')
    _, *shown = json.loads(lint(project, "-f", "json").out)["migrations"]
    assert [(text, one["risk"], one["phase"]) for (text, _, _), one in zip(DONE, shown, strict=True)] == DONE


def test_a_rule_is_ignored_in_the_whole_file_by_a_comment_at_its_top(tmp_path: Path) -> None:
    two = "create index a_id_idx on a (id);\ncreate index a_note_idx on a (note);"
    project = write_history(tmp_path, {A: TABLE, B: f"{SAFE}-- lint: ignore create-index because it is small\n{two}"})
    assert lint_json(project) == []

"""The command, its exit codes and forms, and the page that describes them.

``python tests/test_advising.py`` writes the table of the rules in docs/advise.md anew.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import pytest
from questions import RULES, make
from tiny import call, rows

from tools import advisor
from tools.config import Project

PAGE = Path(__file__).resolve().parent.parent / "docs" / "advise.md"


def test_exit_codes(empty_url: str, project: Project) -> None:
    grave = call(project, "advise", "-u", empty_url)
    assert grave.code == 1  # scratch syncs nothing
    assert grave.out.splitlines()[-1].startswith("1")
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(advisor, "RULES", (RULES["table-without-primary-key"],)))
        rows(empty_url, "create table t (id int)")
        assert call(project, "advise", "-u", empty_url).code == 0
        assert call(project, "advise", "-u", empty_url, "--fail-on", "medium").code == 0
        assert call(project, "advise", "-u", empty_url, "--fail-on", "low").code == 1
        rows(empty_url, "drop table t")
        answer = call(project, "advise", "-u", empty_url, "--fail-on", "low")
        assert (answer.code, answer.out.splitlines()[-1]) == (0, "nothing found")
    answer = call(project, "advise", "-u", "postgresql://nobody@127.0.0.1:1/x")
    assert answer.code == 2
    answer = call(project, "advise")
    assert (answer.code, answer.err) == (2, "tools: no database: pass --url or set DATABASE_URL\n")


HOSTILE = (
    'create table "e\x1b[31mvil\n| `x`" (id int); create table t (id int not null); create unique index u on t (id)'
)


def test_text(empty_url: str, project: Project) -> None:
    make(empty_url, HOSTILE)
    with mock.patch.object(advisor, "RULES", (RULES["table-without-primary-key"],)):
        lines = call(project, "advise", "-u", empty_url).out.splitlines()
    assert lines[:9] == [
        'table-without-primary-key: public."e\\x1b[31mvil\\n| `x`" [low]',
        "    no primary key, about 0 rows: nothing tells two rows apart",
        "    to do: give it a primary key, an identity if nothing else is one",
        "table-without-primary-key: public.t [low]",
        "    no primary key, about 0 rows: nothing tells two rows apart",
        "    to do: make its unique index the primary key",
        "        alter table public.t add primary key using index u;",
        "    but mind: a short exclusive lock; the index takes the name of the constraint",
        lines[8],
    ]
    assert lines[-1] == "2 findings: 2 low"


def test_json_is_as_the_page_says(empty_url: str, project: Project) -> None:
    make(empty_url, HOSTILE)
    found = json.loads(call(project, "advise", "-u", empty_url, "-f", "json").out)
    shown = json.loads(PAGE.read_text(encoding="utf-8").partition("```json\n")[2].partition("```")[0])
    assert found.keys() == shown.keys()
    assert {key for one in found["findings"] for key in one} == shown["findings"][0].keys()
    assert {key for one in found["unseen"] for key in one} == shown["unseen"][0].keys()
    (one,) = (one for one in found["findings"] if one["object"] == "public.t")
    assert one == shown["findings"][0]
    risks = [one["risk"] for one in found["findings"]]
    assert risks == sorted(risks, key=["high", "medium", "low"].index)
    assert {"high", "low"} <= set(risks)


@pytest.mark.parametrize("form", ["markdown", "github", "junit", "sarif"])
def test_other_forms(form: str, empty_url: str, project: Project) -> None:
    make(empty_url, HOSTILE)
    answer = call(project, "advise", "-u", empty_url, "-f", form)
    assert answer.code == 1
    assert "\x1b" not in answer.out
    assert "alter table public.t add primary key using index u" in answer.out
    assert "fsync" in answer.out
    assert "pg_stat_statements" in answer.out.replace("&#95;", "_")


def table() -> str:
    """Return the table of the rules, as docs/advise.md has it."""
    lines = ["| rule | what it asks | why |", "| --- | --- | --- |"]
    for rule in advisor.RULES:
        asked = advisor.question(rule.id).partition("\n")[0].removeprefix("-- ")
        lines.append(f"| `{rule.id}` | {asked} | {rule.reason} |")
    return "\n".join(lines) + "\n"


def test_the_page_lists_the_rules() -> None:
    shown = PAGE.read_text(encoding="utf-8").partition("<!-- rules -->\n")[2].partition("<!-- end -->")[0]
    assert shown == table(), "write it anew: python tests/test_advising.py"


def write() -> None:
    """Write the table of the rules."""
    text = PAGE.read_text(encoding="utf-8")
    head, mark, rest = text.partition("<!-- rules -->\n")
    PAGE.write_text(head + mark + table() + "<!-- end -->" + rest.partition("<!-- end -->")[2], encoding="utf-8")


if __name__ == "__main__":
    write()

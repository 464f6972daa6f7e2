"""The forms of an answer: what each looks like, and that no name, however hostile, breaks one."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import AB, A, B, call, write_history

from tools import listing, markdown, notices, report, terminal, wording
from tools.changes import Fact
from tools.drift import Difference
from tools.sources import Comparison

NOON = datetime(2026, 6, 15, 12, 0, 0)
CHECK = "((priority >= 1) AND (priority <= 5) AND (priority IS NOT NULL) AND (title <> ''::text))"
TITLE = Difference(
    change="changed",
    kind="column",
    name="public.tasks.title",
    facts={"nullable": Fact(expected=False, actual=True)},
    where="sql/migrations/20260112090000_create_tasks.sql:18",
    severity="breaking",
    compatible=False,
    hint="alter table public.tasks alter column title set not null",
    group="table public.tasks",
)
RANGE = Difference(
    change="changed",
    kind="constraint",
    name="public.tasks.priority_range",
    facts={"expression": Fact(expected=CHECK, actual=CHECK.replace("5", "6"))},
    severity="change",
    compatible=True,
    hint=None,
    note="no way back",
    group="table public.tasks",
)
SPARE = Difference(
    change="unexpected",
    kind="index",
    name="public.spare",
    facts={},
    severity="cosmetic",
    compatible=True,
    hint="drop index public.spare",
    group="index public.spare",
)
FOUND = Comparison(
    expected="migrations",
    actual="live",
    differences=(TITLE, RANGE, SPARE),
    objects=7,
    pending=("20260701090000_later",),
    ignored=(SPARE,),
)
SAME = Comparison(expected="migrations", actual="models", differences=(), objects=3)

TEXT = """\
migrations against models: same, 3 objects
migrations against live: 3 differences (1 pending, which is no drift; 1 ignored by .driftignore)
  unexpected index public.spare [cosmetic]
      to mend: drop index public.spare
  table public.tasks
    changed column public.tasks.title [breaking]
        nullable: expected false
                  actual   true
        made at sql/migrations/20260112090000_create_tasks.sql:18
        to mend: alter table public.tasks alter column title set not null
    changed constraint public.tasks.priority_range [change]
        expression: [-expected-] {+actual+}
          ((priority >= 1) AND (priority <= [-5-]{+6+}) AND (priority IS NOT NULL) AND (title <> ''::text))
        no statement mends it: no way back
3 differences: 1 breaking, 1 change, 1 cosmetic; 1 difference ignored by .driftignore"""

GITHUB = """\
::error file=sql/migrations/20260112090000_create_tasks.sql,line=18,title=changed column public.tasks.title \
(migrations against live)::changed column public.tasks.title [breaking]%0Anullable: expected false%0A          \
actual   true%0Ato mend: alter table public.tasks alter column title set not null
::warning title=changed constraint public.tasks.priority_range (migrations against live)::changed constraint \
public.tasks.priority_range [change]%0Aexpression: [-expected-] {+actual+}%0A  ((priority >= 1) AND (priority <= \
[-5-]{+6+}) AND (priority IS NOT NULL) AND (title <> ''::text))%0Ano statement mends it: no way back
::notice title=unexpected index public.spare (migrations against live)::unexpected index public.spare [cosmetic]\
%0Ato mend: drop index public.spare
::notice title=migrations against live::20260701090000_later is pending, which is no drift
::notice title=migrations against live::ignored by .driftignore: unexpected index public.spare"""

MARKDOWN = """\
**Drift check:** 3 differences: 1 breaking, 1 change, 1 cosmetic; 1 difference ignored by .driftignore

migrations against models: same, 3 objects

migrations against live: 3 differences (1 pending, which is no drift; 1 ignored by .driftignore)

| severity | difference | name | made at |
| --- | --- | --- | --- |
| 🔴 breaking | changed column | `public.tasks.title` | `sql/migrations/20260112090000_create_tasks.sql:18` |
| 🟡 change | changed constraint | `public.tasks.priority_range` | `-` |
| ⚪ cosmetic | unexpected index | `public.spare` | `-` |

<details><summary>Details</summary>

```diff
changed column public.tasks.title
- nullable: false
+ nullable: true

changed constraint public.tasks.priority_range
expression: [-expected-] {+actual+}
  ((priority >= 1) AND (priority <= [-5-]{+6+}) AND (priority IS NOT NULL) AND (title <> ''::text))
no statement mends it: no way back

unexpected index public.spare
```

</details>

<details><summary>To mend</summary>

```sql
alter table public.tasks alter column title set not null;
drop index public.spare;
```

</details>"""


@pytest.mark.parametrize(("form", "text"), [("text", TEXT), ("github", GITHUB), ("markdown", MARKDOWN)])
def test_a_form_looks_like_this(form: str, text: str) -> None:
    assert report.comparisons((SAME, FOUND), form) == text


@pytest.mark.parametrize("form", ["text", "github", "junit", "sarif", "markdown"])
def test_no_statement_mends_models(form: str) -> None:
    text = report.comparisons((replace(FOUND, actual="models"),), form)
    assert "write the models again, by tools models or by hand" in text
    assert "drop index" not in text
    assert "no way back" not in text


def test_json_has_the_statement_for_models_too() -> None:
    (found,) = json.loads(report.comparisons((replace(FOUND, actual="models"),), "json"))["comparisons"]
    assert found["differences"][2]["hint"] == "drop index public.spare"


def test_junit_has_a_suite_for_a_comparison_and_a_case_for_a_kind() -> None:
    root = ElementTree.fromstring(notices.junit(map(notices.of_comparison, (SAME, FOUND)), NOON))
    same, found = root.findall("testsuite")
    assert (same.get("name"), same.get("failures")) == ("migrations against models", "0")
    assert (found.get("failures"), found.get("timestamp")) == ("3", "2026-06-15T12:00:00")
    assert int(found.get("tests") or 0) == len(found.findall("testcase"))
    failed = {case.get("name"): case.find("failure") for case in found.findall("testcase") if len(case)}
    assert set(failed) == {"column", "constraint", "index"}
    column = failed["column"]
    assert column is not None
    assert (column.get("message"), column.get("type")) == ("changed column public.tasks.title", "changed column")
    assert "made at sql/migrations/20260112090000_create_tasks.sql:18" in (column.text or "")
    assert "20260701090000_later is pending, which is no drift" in (found.findtext("system-out") or "")


def test_what_is_not_compared_is_told_in_every_form_of_ci() -> None:
    found = (replace(SAME, uncompared=("property graph public.g",)),)
    for form in ("github", "junit", "sarif"):
        assert "not compared: property graph public.g" in report.comparisons(found, form)


def test_sarif_has_rules_levels_and_places() -> None:
    answer = json.loads(report.comparisons((SAME, FOUND), "sarif"))
    (run,) = answer["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["changed-column", "changed-constraint", "unexpected-index"]
    assert [one["level"] for one in run["results"]] == ["error", "warning", "note"]
    assert [rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"]] == [True] * 3
    (location,) = run["results"][0]["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "sql/migrations/20260112090000_create_tasks.sql"},
        "region": {"startLine": 18},
    }
    assert "physicalLocation" not in run["results"][1]["locations"][0]
    assert location["logicalLocations"] == [
        {"fullyQualifiedName": "changed column public.tasks.title", "kind": "column"}
    ]
    told = [one["message"]["text"] for one in run["invocations"][0]["toolExecutionNotifications"]]
    assert told[0] == "migrations against live: 20260701090000_later is pending, which is no drift"


def test_json_tells_what_is_pending_and_what_was_ignored() -> None:
    answer = json.loads(report.comparisons((FOUND,), "json", unused=(".driftignore:2",)))
    (comparison,) = answer["comparisons"]
    assert comparison["pending"] == ["20260701090000_later"]
    assert [one["name"] for one in comparison["ignored"]] == ["public.spare"]
    assert (answer["same"], answer["unused_ignores"]) == (False, [".driftignore:2"])


HOSTILE = st.text(
    st.one_of(
        st.sampled_from("'\"\n\r\t\0\x1b\x7f\x85\u2028\u202e|`<>&]:,%@*_#\\[]{}"),
        st.characters(exclude_categories=["Cs"]),
    )
) | st.sampled_from(
    ["::error::x", "]]>", "```", "</details>", "<!--", "a\n::set-output name=x::y", "%0A::stop-commands::x"]
)


def hostile(name: str, text: str) -> Comparison:
    ours = replace(
        TITLE,
        name=name,
        facts={"default": Fact(expected=text, actual=name)},
        hint=f"-- {name}",
        note=text,
        where=f"{name}:3",
    )
    return Comparison(
        expected=name, actual=text, differences=(ours, replace(RANGE, name=text)), objects=1, ignored=(ours,)
    )


@given(name=HOSTILE, text=HOSTILE)
def test_no_name_breaks_a_form(name: str, text: str) -> None:
    found = (hostile(name, text),)
    for line in report.comparisons(found, "text").split("\n"):
        assert all(wording.visible(char) == char or char == "\t" for char in line)
    commands = report.comparisons(found, "github").split("\n")
    assert len(commands) == 3, "two differences and one remark"
    for command in commands:
        match = re.fullmatch(r"::(?:error|warning|notice) ((?:\w+=[^:,\r\n]*)(?:,\w+=[^:,\r\n]*)*)::(.*)", command)
        assert match, command
        assert not re.search(r"%(?!25|0D|0A|3A|2C)", command)
    root = ElementTree.fromstring(notices.junit(map(notices.of_comparison, found), NOON))
    assert [suite.get("failures") for suite in root] == ["2"]
    json.loads(report.comparisons(found, "json"))
    run = json.loads(report.comparisons(found, "sarif"))["runs"][0]
    assert len(run["results"]) == 2
    assert_is_one_table(report.comparisons(found, "markdown"))


def assert_is_one_table(text: str) -> None:
    """Outside of fences every row has four cells, and no details are opened or closed by a name."""
    fence, rows, outside = "", [], ""
    for line in text.split("\n"):
        if fence:
            fence = "" if line == fence else fence
        elif line.startswith("```"):
            fence = line.rstrip("abcdefghijklmnopqrstuvwxyz")
        else:
            assert "<" not in re.sub(r"</?(?:details|summary|code)>", "", line), line
            rows += [line] if line.startswith("|") else []
            outside += line
    assert not fence
    assert [len(row.split("|")) for row in rows] == [6] * 4
    assert outside.count("</details>") == outside.count("<details>") == 2


@given(text=HOSTILE)
def test_a_name_in_markdown_is_the_name(text: str) -> None:
    cell = markdown.code(text)
    shown = cell[1:-1] if cell.startswith("`") else html.unescape(cell.removeprefix("<code>").removesuffix("</code>"))
    assert shown == wording.visible(text)


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminal.painter() is listing.uncoloured, "this is no terminal"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    text = report.comparisons((FOUND,), "text", paint=terminal.painter())
    assert "\x1b[31m[breaking]\x1b[0m" in text
    assert "(priority <= \x1b[31m5\x1b[0m\x1b[32m6\x1b[0m)" in text
    assert re.sub(r"\x1b\[\d+m", "", text).splitlines()[0] == wording.headline(FOUND)
    monkeypatch.setenv("NO_COLOR", "1")
    assert terminal.painter() is listing.uncoloured


def test_the_order_of_columns_is_shown_where_it_differs() -> None:
    names = [f"c{n}" for n in range(20)]
    moved = [*names[:5], names[6], names[5], *names[7:]]
    fact = Fact(expected=tuple(names), actual=tuple(moved))
    assert wording.fact_lines("columns", fact) == [
        "columns: expected ..., c5, c6, ...",
        "         actual   ..., c6, c5, ...",
    ]


def test_of_a_long_text_the_lines_around_a_change_are_shown() -> None:
    lines = [f"line {n}" for n in range(9)]
    fact = Fact(expected="\n".join(lines), actual="\n".join([*lines[:4], "line four", *lines[5:]]))
    assert wording.fact_lines("body", fact) == [
        "body: [-expected-] {+actual+}",
        "  line 3",
        "  line [-4-]{+four+}",
        "  line 5",
    ]


@pytest.mark.parametrize(
    ("command", "forms"),
    [
        ("status", {"text", "json", "markdown"}),
        ("plan", {"text", "json", "markdown"}),
        ("apply", {"text", "json"}),
        ("verify", {"text", "json", "markdown", "github", "junit", "sarif"}),
        ("drift-check", {"text", "json", "markdown", "github", "junit", "sarif"}),
    ],
)
def test_a_form_that_a_command_has_not_is_refused(
    command: str, forms: set[str], tmp_path: Path, empty_url: str
) -> None:
    project = write_history(tmp_path, AB)
    words = [] if command == "verify" else ["--url", empty_url]
    for form in ("text", "json", "markdown", "github", "junit", "sarif"):
        answer = call(project, command, "-f", form, *words)
        assert ("is not one of" in answer.err) == (form not in forms), answer.err
        assert answer.code in ((0, 1) if form in forms else (2,)), answer.err


def test_tables_in_markdown(tmp_path: Path, empty_url: str) -> None:
    project = write_history(tmp_path, {A: ("-- Make a | b.\n-- risk: low\ncreate table a (id int)", "drop table a")})
    assert call(project, "plan", "-f", "markdown", "-u", empty_url).out.startswith(
        f"**Plan:** 1 to apply\n\n| migration | what | risk | phase |\n| --- | --- | --- | --- |\n"
        f"| `{A}` | Make a &#124; b. | low | expand |\n"
    )
    call(project, "apply", "-u", empty_url)
    write_history(tmp_path, {B: ("create table b (id int)", "select 1")})
    shown = call(project, "status", "-f", "markdown", "-u", empty_url).out
    assert re.sub(r"\d{4}-\S+", "WHEN", shown) == (
        "**Migrations:** 1 applied, 1 pending\n\n| state | migration | note |\n| --- | --- | --- |\n"
        f"| applied | `{A}` | WHEN |\n| pending | `{B}` |  |\n"
    )
    answer = call(project, "verify", "-f", "markdown")
    assert answer.code == 1
    assert f"| `{B}` | not repeatable |" in answer.out
    answer = call(project, "verify", "-f", "github")
    line = f"::error file=sql/migrations/{B}.sql,line=1,title={B}%3A not repeatable (up%2C down%2C up)::"
    assert answer.out.startswith(line)


def test_where_a_way_back_fails_an_annotation_stands(tmp_path: Path) -> None:
    files = {A: ("create table a (id int)", "\ndrop table b"), B: ("create table b (id int)", None)}
    project = write_history(tmp_path, files)
    first, second = call(project, "verify", "-f", "github").out.splitlines()
    assert first.startswith(f"::error file=sql/migrations/{A}.rollback.sql,line=2,title={A}%3A refused (")
    assert first.endswith("this was a scratch database: no other was changed")
    assert second.startswith(f"::error file=sql/migrations/{B}.sql,title={B}%3A irreversible (")


@pytest.mark.parametrize("command", ["verify", "lint", "drift-check --actual other.sql", "explain"])
def test_a_file_that_does_not_run_stands_in_the_answer(command: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: ("create table a (\n  id integr\n)", "drop table a")})
    (tmp_path / "other.sql").write_text("create table a (id integer)")
    project.queries.mkdir()
    (project.queries / "one.sql").write_text(
        "-- Which one?\n-- who: a person\n-- index: none, as there is no table\n\nselect 1"
    )
    answer = call(project, *command.split(), "-f", "github")
    place = f"sql/migrations/{A}.sql"
    assert (answer.code, answer.out) == (
        2,
        f'::error file={place},line=2,title=type "integr" does not exist (tools)::'
        "this was a scratch database: no other was changed\n",
    )
    assert f'{place}:2:6: type "integr" does not exist (42704)' in answer.err
    suite = ElementTree.fromstring(call(project, *command.split(), "-f", "junit").out)[0]
    assert [(case.get("name"), case[0].get("message")) for case in suite.iter("testcase")] == [
        (f"{place}:2", 'type "integr" does not exist')
    ]
    assert call(project, *command.split(), "-f", "sarif").out == ""  # no results close old ones


def test_trouble_without_a_file_is_an_annotation_of_the_job(tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    answer = call(project, "advise", "-f", "github", "-u", "postgresql://nobody:secret@127.0.0.1:1/x")
    trouble = "cannot connect to nobody@127.0.0.1:1/x: Connection refused: check --url or DATABASE_URL"
    assert answer.code == 2
    assert answer.out == f"::error title=trouble (tools)::{trouble}\n"
    assert answer.err == f"tools: {trouble}\n"


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ("comment on table a is 'mine'", (1, 0, 0)),
        ("alter table a add note text", (1, 1, 0)),
        ("drop table a", (1, 1, 1)),
        ("select 1", (0, 0, 0)),
    ],
)
def test_the_exit_code_is_that_of_the_threshold(
    change: str, codes: tuple[int, ...], tmp_path: Path, make_database: object
) -> None:
    url = make_database(f"create table a (id int); create table b (id int); {change}")  # type: ignore[operator]
    project = write_history(tmp_path, AB)
    words = ("drift-check", "--expected", "migrations", "--actual", url)
    answers = [call(project, *words, "--fail-on", level) for level in ("cosmetic", "change", "breaking")]
    assert tuple(answer.code for answer in answers) == codes
    assert len({answer.out for answer in answers}) == 1, "all differences are shown, whatever the threshold"
    assert call(project, *words).code == codes[0]

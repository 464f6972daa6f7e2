"""The documented queries on large data: each uses the index that it names, and each index serves something."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from tiny import A, Answer, call, write_history

from tools import catalog, coverage, goldens, headers, migrations, origins, patterns, plans, scratch
from tools.config import Project
from tools.coverage import Explained
from tools.database import Connection
from tools.findings import Finding
from tools.patterns import Pattern
from tools.wording import counted

SCALE = ("--scale", "1")
NAMES = sorted(path.stem for path in (Path(__file__).parent.parent / "sql/queries").glob("*.sql"))


def pattern(project: Project, name: str) -> Pattern:
    return patterns.read(project, (name,))[0]


def findings(large: Connection, *chosen: Pattern) -> tuple[Finding, ...]:
    return coverage.of_queries(large, catalog.read(large), coverage.explain(large, chosen))


@pytest.mark.parametrize("name", NAMES)
def test_a_query_uses_the_index_that_it_names(project: Project, large: Connection, name: str) -> None:
    query = pattern(project, name)
    plan = plans.run(large, query)
    assert set(query.indexes) <= plan.indexes, plan.shape
    assert query.indexes
    assert plan.root.rows > 0
    assert findings(large, query) == ()


def test_every_index_serves_something_until_one_is_there_for_nothing(project: Project, large: Connection) -> None:
    large.execute("create index tasks_description_idx on tasks (description)")
    large.execute("create index on tasks (updated_by) where updated_by is not null")  # serves a foreign key
    found = catalog.read(large)
    explained = coverage.explain(large, patterns.read(project))
    steps = scratch.steps_of(migrations.read(project))
    external = frozenset(f"table public.{name}" for name in ("users", "accounts", "sessions", "verifications"))
    known = origins.find(project, steps)
    [finding] = coverage.of_indexes(found, explained, external, known)
    assert (finding.rule, finding.statement) == ("unused-index", "public.tasks_description_idx")
    without = tuple(one for one in explained if one.pattern.name != "search_tasks")
    more = coverage.of_indexes(found, without, external, known)
    assert [one.statement for one in more] == ["public.tasks_description_idx", "public.tasks_search_vector_idx"]
    assert more[1].file == "sql/migrations/20260324080000_index_task_search.sql"


def test_a_query_that_lost_its_index_is_found(project: Project, large: Connection) -> None:
    large.execute("drop index comments_task_id_created_at_idx")
    scan, missing = findings(large, pattern(project, "list_task_comments"))
    assert (scan.rule, scan.risk) == ("large-sequential-scan", "high")
    assert scan.message == "list_task_comments reads comments (50,000 rows) from end to end"
    assert scan.instead.startswith('create index on "public"."comments" ("task_id"): tried, the cost falls')
    assert missing.message == "list_task_comments names comments_task_id_created_at_idx, and there is none"
    assert (scan.file, scan.line) == ("sql/queries/list_task_comments.sql", 3)


@pytest.mark.parametrize(
    ("index", "name", "statement"),
    [
        ("tasks_title_idx", "find_tasks_by_title", 'using gin ("title" gin_trgm_ops)'),
        ("tasks_tags_idx", "find_tasks_by_label", 'using gin ("tags")'),
        (
            "audit_log_table_name_row_key_occurred_at_idx",
            "list_row_history",
            '("table_name", "row_key")',
        ),
    ],
)
def test_an_index_that_is_suggested_was_measured(
    index: str, name: str, statement: str, project: Project, large: Connection
) -> None:
    large.execute(f"drop index {index}".encode())
    query = replace(
        pattern(project, name),
        text=pattern(project, name).text.replace("and t.user_id = $1", "and $1::uuid is not null"),
    )
    [before] = coverage.explain(large, (query,))
    found = coverage.suggest(large, catalog.read(large), before)
    assert found is not None
    assert found.statement.endswith(statement)
    assert found.plan.cost < before.plan.cost / 2
    assert found.plan.buffers < before.plan.buffers
    after = plans.run(large, query)
    assert after.cost == before.plan.cost  # what was tried is gone


def test_a_scan_that_no_index_helps_has_no_suggestion(project: Project, large: Connection) -> None:
    query = replace(pattern(project, "list_tasks"), text="select max(title || '') from tasks", header=headers.Header())
    [one] = coverage.explain(large, (query,))
    assert coverage.suggest(large, catalog.read(large), one) is None
    [finding] = findings(large, query)
    assert finding.instead == "an index for it"


def test_a_query_runs_as_who_asks(project: Project, large: Connection) -> None:
    query = pattern(project, "find_tasks_by_title")
    assert query.role is None
    searched = plans.run(large, query).indexes
    asking = replace(
        query,
        header=headers.read(
            query.text.replace(
                "-- who: a search service whose role", "-- who: the application, as todo_app; none"
            ).replace("select user_id,", 'select user_id as "app.user_id", user_id,')
        ),
    )
    filtered = plans.run(large, asking).indexes
    assert "tasks_title_idx" in searched
    assert "tasks_title_idx" not in filtered  # ilike is not leakproof: docs/decisions/0010
    assert large.execute("select current_user <> 'todo_app', current_setting('app.user_id', true)").fetchone() in [
        (True, ""),
        (True, None),
    ]


def test_a_query_that_changes_rows_changes_nothing(project: Project, large: Connection) -> None:
    query = replace(pattern(project, "list_tasks"), text="delete from comments", header=headers.Header())
    plans.run(large, query)
    assert large.execute("select count(*) from comments").fetchone() == (50_000,)


# --- the command ------------------------------------------------------------------------------------------------------

HISTORY = """
create table owners (id integer primary key);
create table items (id integer primary key, owner_id integer not null references owners, name text not null, day date);
create index items_owner_id_idx on items (owner_id);
create index items_day_idx on items (day);
"""
BY_OWNER = """-- What has an owner?
-- who: anybody
-- index: items_owner_id_idx
-- $1: owner
-- given: select owner_id from items order by id limit 1
select * from items where owner_id = $1
"""
BY_NAME = """-- What is called so?
-- who: anybody
-- $1: name
-- given: select name
--   from items order by id limit 1

select * from items where name = $1
"""


@pytest.fixture
def small(tmp_path: Path) -> Project:
    """A history with two tables, a documented query, and an index that nobody needs."""
    project = write_history(tmp_path, {A: HISTORY})
    project.queries.mkdir()
    (project.queries / "by_owner.sql").write_text(BY_OWNER)
    project.seed.mkdir()
    (project.seed / "large.toml").write_text('[rows]\n"public.owners" = 1000\n"public.items" = 8000\n')
    return project


def explained(project: Project, *words: str) -> Answer:
    return call(project, "explain", *SCALE, *words)


def test_what_is_found_is_told_in_every_form(small: Project) -> None:
    (small.queries / "by_name.sql").write_text(BY_NAME)
    text = explained(small)
    assert text.code == 1
    assert "by_owner" in text.out
    assert "large-sequential-scan: by_name reads items (8,000 rows) from end to end\n" in text.out
    assert '    create index on "public"."items" ("name"): tried, the cost falls from ' in text.out
    assert "unused-index: public.items_day_idx serves nothing that is documented\n" in text.out
    assert f"    sql/migrations/{A}.sql:5\n" in text.out
    assert text.out.endswith(f"2 queries: {counted(2, 'finding')}\n")

    found = json.loads(explained(small, "-f", "json").out)
    assert [one["rule"] for one in found["findings"]] == ["large-sequential-scan", "unused-index"]
    assert set(found["findings"][0]) == {
        "rule",
        "class",
        "risk",
        "file",
        "line",
        "statement",
        "message",
        "instead",
        "measured",
    }
    assert found["queries"][1]["uses"] == ["items_owner_id_idx"]
    assert found["queries"][0]["plan"] == ["Seq Scan on items"]

    assert "| unused-index |" in explained(small, "-f", "markdown").out
    github = explained(small, "-f", "github").out.splitlines()
    assert github[0].startswith("::error file=sql/queries/by_name.sql,line=1,title=large-sequential-scan by_name")
    assert 'failures="2"' in explained(small, "-f", "junit").out
    assert '"ruleId": "unused-index"' in explained(small, "-f", "sarif").out


def test_one_query_is_shown_with_its_plan_and_indexes_are_not_judged(small: Project) -> None:
    answer = explained(small, "by_owner")
    assert answer.code == 0
    assert "\n\nBitmap Heap Scan on items\n  Bitmap Index Scan using items_owner_id_idx\n" in answer.out
    assert answer.out.endswith("1 query: each is served\n")


def test_plans_are_kept_and_checked(small: Project) -> None:
    assert explained(small, "by_owner", "--check").code == 1
    assert explained(small, "by_owner", "--write").err.endswith("written: sql/queries/plans/by_owner.txt\n")
    assert explained(small, "by_owner", "--write").err.endswith("nothing to write\n")
    assert explained(small, "by_owner", "--check").code == 0
    kept = small.queries / "plans" / "by_owner.txt"
    kept.write_text("Seq Scan on items\n")
    answer = explained(small, "by_owner", "--check")
    assert answer.code == 1
    assert "changed-plan: the plan of by_owner is not the kept one\n" in answer.out
    assert "-Seq Scan on items\n" in answer.out
    assert explained(small, "by_owner").code == 0
    gone = kept.with_name("gone.txt")
    gone.write_text("Seq Scan on items\n")
    kept.unlink()  # an older server leaves a newer one's plan there, and writes its own beside it
    assert explained(small, "by_owner", "--write").err.endswith("written: sql/queries/plans/by_owner.txt\n")
    assert gone.exists()
    assert explained(small, "--write").err.endswith("removed: sql/queries/plans/gone.txt\n")
    assert not gone.exists()


def test_where_nothing_is_said_the_data_is_large(small: Project) -> None:
    shown = [
        re.sub(r"[\d.]+ ms", "", call(small, "explain", "by_owner", *words).out)
        for words in ((), SCALE, ("--scale", "0.01"))
    ]
    assert shown[0] == shown[1] != shown[2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("select 1", "sql/queries/by_owner.sql:1: what does it answer? write it in a comment on the first line"),
        ("-- index: a\nselect 1", "sql/queries/by_owner.sql:1: what does it answer?"),
        ("-- What?\nselect 1", "sql/queries/by_owner.sql:1: who asks? write -- who: the application, as ROLE"),
        (BY_OWNER.replace("-- given: select owner_id from items order by id limit 1\n", ""), ".sql:4: which values"),
        (
            BY_OWNER.replace("anybody", "them, as nobody_knows"),
            '.sql:2: who: role "nobody_knows" does not exist (22023)',
        ),
        (BY_OWNER.replace("order by id", "where false"), "by_owner.sql:5: given finds no row in the large data"),
        (BY_OWNER.replace("select owner_id", "select owner_id, id"), ".sql:5: given has 2 columns for 1 parameters"),
        (BY_OWNER.replace("select owner_id from", "select nothing from"), '.sql:5: given: column "nothing" does not'),
        (BY_OWNER.replace("select * from items", "select *\n  from itms"), '.sql:7:8: relation "itms" does not exist'),
        (
            BY_OWNER.replace("owner_id = $1", "owner_id = = $1"),
            "sql/queries/by_owner.sql:6:38: syntax error at or near",
        ),
        (BY_OWNER.replace("owner_id = $1", "id / (owner_id - owner_id) = $1"), ".sql:5: given: division by zero"),
    ],
)
def test_what_cannot_be_run_says_where(text: str, said: str, small: Project) -> None:
    (small.queries / "by_owner.sql").write_text(text)
    answer = explained(small)
    assert answer.code == 2
    assert said in answer.err


def test_a_query_that_is_not_there_says_what_was_meant(small: Project) -> None:
    answer = explained(small, "by_ower")
    assert (answer.code, answer.err) == (2, "tools: no query by_ower in sql/queries: did you mean by_owner\n")
    (small.queries / "by_owner.sql").unlink()
    assert "no queries in sql/queries: write the first" in explained(small).err


def test_an_index_that_a_header_leaves_out_is_asked_for(small: Project) -> None:
    (small.queries / "by_owner.sql").write_text(BY_OWNER.replace("-- index: items_owner_id_idx\n", ""))
    answer = explained(small, "by_owner")
    assert "query-without-index: by_owner names no index, and uses items_owner_id_idx\n" in answer.out


def test_the_index_that_is_shown_is_the_one_that_is_used(small: Project) -> None:
    (small.queries / "by_owner.sql").write_text(BY_OWNER.replace("items_owner_id_idx", "items_day_idx"))
    text = explained(small, "by_owner").out
    assert " rows  items_owner_id_idx  (" in text
    assert "index-not-used: by_owner names items_day_idx, and uses items_owner_id_idx\n" in text
    assert "| by_owner | items_owner_id_idx |" in explained(small, "by_owner", "-f", "markdown").out


def test_an_older_server_that_plans_otherwise_has_a_file_of_its_own(tmp_path: Path) -> None:
    project = Project(directory=tmp_path, queries=tmp_path)

    def write(shape: str, major: int) -> list[str]:
        changes = goldens.compare(project, {"a": shape}, major, whole=True)
        goldens.write(changes)
        return sorted(path.name for path in (tmp_path / "plans").iterdir())

    assert write("new\n", 18) == ["a.txt"]
    assert write("old\n", 15) == ["a.15.txt", "a.txt"]
    assert goldens.compare(project, {"a": "old\n"}, 15, whole=True) == ()
    assert goldens.compare(project, {"a": "new\n"}, 18, whole=True) == ()
    assert write("new\n", 15) == ["a.txt"]
    [change] = goldens.compare(project, {"b": "x\n"}, 18, whole=True)[1:]
    assert (change.name, change.text) == ("a", None)


def test_the_kept_plans_of_this_repository_are_current(project: Project, large: Connection) -> None:
    found = coverage.explain(large, patterns.read(project))
    shapes = {one.pattern.name: one.plan.shape for one in found}
    assert [one.difference for one in goldens.compare(project, shapes, catalog.read(large).major, whole=True)] == []
    assert isinstance(found[0], Explained)

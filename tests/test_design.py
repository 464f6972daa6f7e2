"""The design rules: each with a schema that breaks it and one that keeps it, and what the project allows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tiny import A, write_history

from tools import allowances, catalog, config, database, design, design_files, migrations, runner, scratch, sources
from tools.config import Project
from tools.design import Examined
from tools.errors import Trouble
from tools.findings import Finding, Rule

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "tests" / "rules" / "design"
DOCUMENT = ROOT / "docs" / "design-rules.md"
NAMES = sorted(path.name for path in RULES.iterdir())


def examine(project: Project, cluster: scratch.Cluster) -> Examined:
    """Hold the history of a project against the rules, as `design.examine` does with a server of its own."""
    allowed = allowances.read(project, design.RULES)
    steps = scratch.steps_of(migrations.read(project))
    url = cluster.create()
    with database.connect(url, application="tests") as connection:
        scratch.load_folder(connection, project, project.external)
        before = catalog.read(connection)
        runner.replay(url, project, steps)
        found = catalog.read(connection)
        examined = design.findings(project, found, steps=steps, before=before, scratch=connection, allowances=allowed)
    cluster.drop(url)
    return examined


def written(directory: Path, rule: str, side: str) -> Project:
    """Write the rule's schema as a project with one migration."""
    folder = RULES / rule
    down = folder / f"{side}.rollback.sql"
    text = None if rule == "irreversible" and not down.exists() else down.read_text() if down.exists() else "select 1"
    if (folder / "external.sql").exists():
        (directory / "sql" / "external").mkdir(parents=True)
        shutil.copy(folder / "external.sql", directory / "sql" / "external")
    up = (folder / f"{side}.sql").read_text()
    return write_history(directory, {A: up if text is None else (up, text)})


def shown(one: Finding) -> str:
    place = f"{one.file}:{one.line}".removeprefix(f"sql/migrations/{A}.sql:")
    return f"{place}: {one.statement}: {one.message}\n"


def rules() -> str:
    rows = [f"| `{one.id}` | {one.risk} | {one.reason} | {one.instead} |\n" for one in sorted(design.RULES, key=by_id)]
    return "| rule | risk | why | instead |\n| --- | --- | --- | --- |\n" + "".join(rows)


def by_id(rule: Rule) -> str:
    return rule.id


def test_the_list_of_rules_is_that_of_the_code() -> None:
    assert rules() in DOCUMENT.read_text(encoding="utf-8"), "run python tests/test_design.py"


def test_the_allowances_shown_are_read(tmp_path: Path) -> None:
    shown = (ROOT / "README.md").read_text(encoding="utf-8").partition("<!-- allowances -->\n```toml\n")[2]
    (tmp_path / "pyproject.toml").write_text(shown.partition("```")[0], encoding="utf-8")
    found = allowances.read(config.load(tmp_path), design.RULES)
    assert found.off == {"money-column"}
    assert [(entry.rule, entry.name) for entry in found.entries] == [
        ("updated-at", "public.audit_log"),
        ("updated-at", "legacy.*"),
    ]


def test_each_rule_has_its_pair() -> None:
    assert sorted(rule.id for rule in design.RULES) == NAMES


@pytest.mark.parametrize("rule", NAMES)
def test_what_breaks_a_rule_is_found_with_its_place(rule: str, tmp_path: Path, cluster: scratch.Cluster) -> None:
    found = [one for one in examine(written(tmp_path, rule, "bad"), cluster).findings if one.rule == rule]
    assert "".join(map(shown, found)) == (RULES / rule / "bad.txt").read_text(encoding="utf-8")
    assert all(one.class_ == "design" and one.instead for one in found)


@pytest.mark.parametrize("rule", NAMES)
def test_what_keeps_a_rule_is_not_found(rule: str, tmp_path: Path, cluster: scratch.Cluster) -> None:
    found = examine(written(tmp_path, rule, "good"), cluster).findings
    assert [(one.statement, one.message) for one in found if one.rule == rule] == []


NOT_ENFORCED = "create table t (a integer constraint t_a_check check (a > 0) not enforced)"
WITHOUT_OVERLAPS = """
create table parents (id int4range primary key);
create table children (a int4range references parents, at daterange, primary key (a, at without overlaps));
"""


@pytest.mark.parametrize(
    ("sql", "rule", "said"),
    [
        (NOT_ENFORCED, "constraint-not-valid", ["1: public.t.t_a_check: it is not enforced: rows may break it\n"]),
        (WITHOUT_OVERLAPS, "foreign-key-without-index", []),  # GiST finds what is equal, too
    ],
)
def test_constraints_of_postgresql_18(
    sql: str, rule: str, said: list[str], conn: database.Connection, tmp_path: Path, cluster: scratch.Cluster
) -> None:
    if conn.info.server_version < 180000:
        pytest.skip("PostgreSQL 18 can say it")
    found = examine(write_history(tmp_path, {A: (sql, "")}), cluster).findings
    assert [shown(one) for one in found if one.rule == rule] == said


def test_this_repository_keeps_them_all(project: Project) -> None:
    with sources.reader(project, scratch.configured(None, None)) as reader:
        found = design.examine(reader, reader.steps(), allowances.read(project, design.RULES))
    assert found.findings == ()
    assert [entry.reason for _, entry in found.allowed] == ["rows are added and never changed"]
    assert found.unused == ()


def test_what_is_tried_leaves_nothing_behind(conn: database.Connection, project: Project) -> None:
    found = catalog.read(conn)
    examined = design.findings(project, found, scratch=conn)
    assert {(one.file, one.line) for one in examined.findings} == {(None, None)}  # no text was asked
    assert {rule.id for rule in design_files.RULES}.isdisjoint(one.rule for one in examined.findings)
    assert conn.execute("select count(*) from tasks").fetchone() == (0,)
    assert conn.execute("show session_replication_role").fetchone() == ("origin",)


LINT = "[tool.schema-tools.lint]\n"
TWO = "create table a (id int); create table b (id int)"


def test_a_rule_can_be_off(tmp_path: Path, cluster: scratch.Cluster) -> None:
    project = write_history(tmp_path, {A: (TWO, "")})
    before = {one.rule for one in examine(project, cluster).findings}
    (tmp_path / "pyproject.toml").write_text(f'{LINT}created-at = "off"\n')
    assert before - {one.rule for one in examine(project, cluster).findings} == {"created-at"}


def test_an_object_can_be_allowed_with_a_reason(tmp_path: Path, cluster: scratch.Cluster) -> None:
    project = write_history(tmp_path, {A: (TWO, "")})
    entries = '[{ name = "public.a", reason = "a trial" }, { name = "public.gone*", reason = "was here" }]'
    (tmp_path / "pyproject.toml").write_text(f"{LINT}created-at = {entries}\n")
    found = examine(project, cluster)
    assert [one.statement for one in found.findings if one.rule == "created-at"] == ["public.b"]
    assert [(one.statement, entry.reason) for one, entry in found.allowed] == [("public.a", "a trial")]
    assert [entry.name for entry in found.unused] == ["public.gone*"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('created-a = "off"', "no rule 'created-a' in [tool.schema-tools.lint]: did you mean created-at"),
        ('zzz = "off"', "the rules are char-column, column-without-comment, constraint-not-valid, "),
        ('created-at = "no"', "'created-at' in [tool.schema-tools.lint] takes \"off\" or a list"),
        ("created-at = true", 'takes "off" or a list'),
        ('created-at = ["public.a"]', "write {name = …, reason = …}"),
        ('created-at = [{ name = "public.a" }]', 'allows public.a without a reason: add reason = "…"'),
        ('created-at = [{ name = "public.a", reason = " " }]', "without a reason"),
        ('created-at = [{ reason = "a trial" }]', 'names no object: add name = "public.…"'),
        ('created-at = [{ name = "", reason = "a trial" }]', "names no object"),
        ('created-at = [{ name = 1, reason = "a trial" }]', "names no object"),
        ('created-at = [{ name = "public.a", reason = 1 }]', "without a reason"),
        ('created-at = [{ nam = "public.a", reason = "x" }]', "write {name = …, reason = …}"),
    ],
)
def test_a_bad_configuration_is_explained(line: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(LINT + line + "\n")
    with pytest.raises(Trouble) as raised:
        allowances.read(config.load(tmp_path), design.RULES)
    assert words in str(raised.value)


def test_the_section_must_be_a_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.schema-tools]\nlint = "off"\n')
    with pytest.raises(Trouble, match="must be a table"):
        allowances.read(config.load(tmp_path), design.RULES)


def write() -> None:
    """Write the list of rules that the code knows."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head, _, rest = text.partition("<!-- rules -->\n")
    DOCUMENT.write_text(
        f"{head}<!-- rules -->\n{rules()}<!-- end -->{rest.partition('<!-- end -->')[2]}", encoding="utf-8"
    )


if __name__ == "__main__":
    write()

"""Every rule has a pair: bad.sql breaks it and no other, good.sql is measured clean.

``python tests/test_lint_rules.py`` writes the table of docs/lint.md anew.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools import database, lint, scratch
from tools.config import Project
from tools.findings import Finding
from tools.history import Step
from tools.migrations import Migration, read_script
from tools.sizes import Sizes
from tools.walk import Walk

RULES = Path(__file__).parent / "rules"
IN_LINT = {"risk-in-header", "phase-in-header", "mitigation-in-header", "unused-ignore", "query-breaks"}  # test_lint.py
SINCE = {"set-expression": 17, "enforce-constraint": 18, "newer-version": 18}
FOR = {"newer-version": 17, "foreign-key-not-valid-partitioned": 18}
BEFORE = {"foreign-key-not-valid-partitioned": 18}


def found(cluster: scratch.Cluster, url: str, project: Project, path: Path) -> list[Finding]:
    """Return what is found in a file, measured on a copy of the database."""
    template = str(database.parse(url)["dbname"])
    script = read_script(project, path)
    step = Step(migration=Migration(id=path.stem, up=script), operation="apply")
    walk = Walk(
        cluster=scratch.Cluster(url=cluster.url, databases=cluster.databases, replayed=template),
        project=project,
        sizes=Sizes(),
        major=FOR.get(path.parent.name),
    )
    scenes = list(walk.scenes((step,), frozenset({path.stem}), frozenset()))
    return [one for scene in scenes for one in lint.judge(project, scene)]


def counted(findings: list[Finding], rule: str) -> set[str]:
    return {one.rule for one in findings if one.class_ != "hygiene" or one.rule == rule}


def test_every_rule_has_its_pair() -> None:
    assert {path.name for path in RULES.iterdir() if path.name != "design"} == {
        rule.id for rule in lint.RULES
    } - IN_LINT
    assert len({rule.id for rule in lint.RULES}) == len(lint.RULES)


@pytest.mark.parametrize("path", sorted(p for p in RULES.iterdir() if p.name != "design"), ids=lambda path: path.name)
def test_a_pair(path: Path, cluster: scratch.Cluster, make_database: Callable[[str], str], project: Project) -> None:
    with database.connect(cluster.url("postgres")) as connection:
        major = connection.info.server_version // 10_000
    if not SINCE.get(path.name, 0) <= major < BEFORE.get(path.name, 99):
        pytest.skip(f"says something else on PostgreSQL {major}")
    url = make_database((path / "before.sql").read_text(encoding="utf-8"))
    assert counted(found(cluster, url, project, path / "bad.sql"), path.name) == {path.name}
    assert counted(found(cluster, url, project, path / "good.sql"), path.name) == set()


DOCUMENT = Path(__file__).parent.parent / "docs" / "lint.md"


def table() -> str:
    """Return the table of the rules as the document has it."""
    rows = (f"| `{one.id}` | {one.class_} | {one.risk} | {one.reason} | {one.instead} |\n" for one in lint.RULES)
    return "| rule | class | risk | why | instead |\n| --- | --- | --- | --- | --- |\n" + "".join(rows)


def written(text: str) -> str:
    head, _, rest = text.partition("<!-- rules -->\n")
    return f"{head}<!-- rules -->\n{table()}{rest[rest.index('<!-- end -->') :]}"


def test_the_document_has_every_rule() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == written(text), "write it anew: python tests/test_lint_rules.py"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")

"""docs/parity.md says what is enforced where, and is written from the same zoo and exceptions as the proof.

``python tests/test_parity_page.py`` writes the tables anew.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

from proving import read

from tools import database, generation, layout, package, proof, scratch, terms, translation
from tools.inventory import label
from tools.layout import Scope
from tools.package import Model

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "parity.md"
LEFT = "left to the database"
KINDS = {
    "A": "accepted, and refused by the database",
    "B": "refused, and the database would store it",
    "C": "stored as something else",
}


def tables(url: str, clone: Callable[[], str]) -> dict[str, str]:
    """Return the generated parts of the page, by name."""
    catalog = read(url)
    court = proof.Court(clone=clone, rules=(HERE.parent / "models" / "rules.py").read_text(encoding="utf-8"))
    built = package.build(catalog, external=frozenset(), exports={}, prove=court.prove)
    (model,) = (one for one in built.models if one.module == "parity")
    return {"types": _types(model), "checks": _checks(model), "exceptions": _exceptions()}


def _types(model: Model) -> str:
    types = {label(column): column.type for column in model.subject.columns}
    rows = [
        (f"`{types[one.column]}`", f"`{_said(one.create.annotation)}`")
        for one in model.attributes
        if one.create and not one.column.startswith("check_")
    ]
    return _table(("column", "Create takes"), dict.fromkeys(rows))


def _checks(model: Model) -> str:
    (create,) = (one for one in model.schemas if one.ending == "Create")
    given = {one.column: one.create.annotation for one in model.attributes if one.create}
    rows = []
    for one in model.subject.constraints:
        if one.type != "check" or not one.expression:
            continue
        conditions = [_said(condition.function) for condition in create.conditions.get(label(one), ())]
        said = LEFT if label(one) in create.left else "; ".join([*conditions, _said(given[label(one)[7:-6]])])
        sql = translation.shown(terms.stripped(one.expression))
        rows.append((f"`{_safe(sql)}`", said if said == LEFT else f"`{said}`"))
    return _table(("CHECK", "Create"), sorted(rows, key=lambda row: row[1] == LEFT))


def _said(node: layout.Node) -> str:
    text = layout.flat(node, Scope()).removesuffix(" | None")
    # what it says is the CHECK beside it
    return _safe(re.sub(r"""(rules\.holds\(.*), (?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\)\)\]$""", r"\1))]", text))


def _safe(text: str) -> str:
    return text.replace("|", "\\|")


def _exceptions() -> str:
    found = tomllib.loads((HERE / "data" / "parity.toml").read_text(encoding="utf-8"))["exception"]
    rows = [(KINDS[one["class"]], f"{one['why']}") for one in found]
    return _table(("what happens", "when"), dict.fromkeys(rows))


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    lines = [head, ("---", "---"), *rows]
    return "".join(f"| {one} | {other} |\n" for one, other in lines)


def _marked(name: str) -> tuple[str, str]:
    return f"<!-- {name} -->\n", "<!-- end -->"


def test_the_page_says_what_is_true(cluster: scratch.Cluster) -> None:
    url = cluster.create()
    with database.connect(url, application="tests") as connection:
        connection.execute((HERE / "zoo" / "parity.sql").read_bytes())
    text = PAGE.read_text(encoding="utf-8")
    for name, table in tables(url, cluster.create).items():
        start, end = _marked(name)
        assert text.partition(start)[2].partition(end)[0] == table, "python tests/test_parity_page.py"
    assert "rules" in generation.SUPPORT  # the page speaks of it: it travels with every package


def main() -> None:
    """Write the tables anew."""
    with scratch.cluster(scratch.Settings()) as cluster:
        url = cluster.create()
        with database.connect(url, application="tests") as connection:
            connection.execute((HERE / "zoo" / "parity.sql").read_bytes())
        text = PAGE.read_text(encoding="utf-8")
        for name, table in tables(url, cluster.create).items():
            start, end = _marked(name)
            before, _, rest = text.partition(start)
            text = before + start + table + end + rest.partition(end)[2]
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

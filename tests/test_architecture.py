"""The order of the modules, and who may know what.

``python tests/test_architecture.py`` writes the picture and the list of ``docs/architecture.md`` anew.
"""

from __future__ import annotations

import ast
import doctest
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import generation, scratch

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "tools"
PAGE = ROOT / "docs" / "architecture.md"

# A module imports only modules to its left
# The rooms of the house, from the ground up: a module imports only what stands before it
ROOMS = {
    "The ground": (
        "where things are, a connection, a server of our own",
        "errors files config database directories binaries postmaster server",
    ),
    "Files": (
        "what the SQL files say, and where their statements begin and end",
        "outline statements migrations headers revision findings",
    ),
    "The run": (
        "what is applied, what is to be, and how it is done whole or not at all",
        "ledger history message failure envelope patience watch lock notes recovery autocommit runnable "
        "runner rehearsal repair scratch",
    ),
    "The catalog": (
        "what a database has, as one value",
        "kinds rarities printing rows census catalog names remarks inventory",
    ),
    "The comparison": (
        "what differs between two catalogs, how much it matters, and the SQL that mends it",
        "changes renames consequences subset ignores severity surroundings creations rare_creations "
        "completions rights alterations rare_alterations hints reasons remedies script drift",
    ),
    "Sources": (
        "where a catalog comes from: files, models, databases, snapshots",
        "mirror origins looks cache sources",
    ),
    "Rows": (
        "made-up rows for a scratch database, and what a database holds",
        "specimens sampling contents course",
    ),
    "Histories": (
        "how one begins on a database that is there, goes on, and is taken back",
        "adopt drafts baseline verify",
    ),
    "Advice": (
        "what a database at work would be better off with",
        "advice index_advice table_advice server_advice setting_advice advisor",
    ),
    "Design": (
        "what a schema should not be like, whatever the migration",
        "blueprint design_columns design_tables design_keys design_files design_trials allowances design",
    ),
    "Safety": (
        "what a migration does to a database at work, measured statement by statement",
        "tree effects beside measure neighbours sizes scenes causes locking failing versions breaking losing "
        "claims transfer borrowing release walk lint suggestions outlook",
    ),
    "Models": (
        "a catalog as a package of SQLModel classes, and CHECKs as rules in Python",
        "layout representation terms predicate translation matching corpus proof expression fields arguments "
        "relations standing package writer contract generation vendor",
    ),
    "Queries": (
        "the documented queries, and their plans on large data",
        "forms seeding samples sower sowing patterns plans coverage goldens",
    ),
    "Reports": (
        "every answer in every form",
        "wording listing markdown notices bulletin report explanations",
    ),
    "Pages": (
        "the schema as one Markdown page and as a site",
        "areas document phrases sheets integrity upkeep survey excerpts lineage gathering prose mermaid "
        "tabulation paper placing markup drawing frame pages records website publishing",
    ),
    "Commands": (
        "the edge: options, the terminal, exit codes",
        "terminal options checks writing trials advising linting cli __main__",
    ),
}
ORDER = tuple(module for _, modules in ROOMS.values() for module in modules.split())
STANDARD = sys.stdlib_module_names
MAY_IMPORT = {
    "yoyo": {"ledger"},
    "pglast": {"baseline", "outline", "statements", "recovery", "origins", "terms"},
    "pydantic": {"proof"},
    "sqlalchemy": {"mirror"},
    "sqlmodel": {"mirror"},
    "click": {"advising", "checks", "cli", "linting", "options", "terminal", "trials", "writing"},
    "dotenv": {"config"},
}
MODELS_MAY_IMPORT = {"sqlmodel", "sqlalchemy", "pydantic", "pydantic_core", "psycopg", "typing_extensions"}


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield every module that a file imports, and whether relatively."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, False) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "tools" and not node.level:
            yield from ((f"tools.{alias.name}", False) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.level > 0


def modules() -> list[Path]:
    return sorted(path for path in TOOLS.glob("*.py") if path.name != "__init__.py")


def test_every_module_has_its_place() -> None:
    wrong = {path.stem for path in modules()} ^ set(ORDER)
    assert wrong == set(), "a module has one place in ROOMS, after all that it imports"


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_a_module_imports_only_modules_to_its_left(path: Path) -> None:
    place = ORDER.index(path.stem)
    ours = {name.split(".")[1] for name, _ in imports(path) if name.startswith("tools.")} - {"__version__"}
    assert {name for name in ours if ORDER.index(name) >= place} == set()


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_who_may_import_what(path: Path) -> None:
    third_party = {name.split(".")[0] for name, _ in imports(path)} - STANDARD - {"tools", "psycopg"}
    assert {name for name in third_party if path.stem not in MAY_IMPORT.get(name, set())} == set()


@pytest.mark.parametrize("path", sorted((ROOT / "models").rglob("*.py")), ids=lambda path: path.stem)
def test_models_import_themselves_relatively_and_little_else(path: Path) -> None:
    for name, relative in imports(path):
        assert relative or name.split(".")[0] in STANDARD | MODELS_MAY_IMPORT, name


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    assert path.stem == "__main__" or ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize(
    "path", [one for one in modules() if ">>> " in one.read_text("utf-8")], ids=lambda path: path.stem
)
def test_the_examples_of_a_module_hold(path: Path) -> None:
    assert doctest.testmod(importlib.import_module(f"tools.{path.stem}")).failed == 0


def loaded_by(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_help_loads_nothing_but_click() -> None:
    loaded = loaded_by("from tools.cli import tools\ntools.main(['--help'], standalone_mode=False)")
    assert loaded & {"psycopg", "sqlalchemy", "sqlmodel", "pglast", "yoyo", "dotenv"} == set()


def test_status_loads_no_parser_no_orm_and_no_yoyo(database_url: str) -> None:
    arguments = ["-C", str(ROOT), "status", "-u", database_url]
    loaded = loaded_by(f"from tools.cli import tools\ntools.main({arguments!r}, standalone_mode=False)")
    assert "psycopg" in loaded
    assert loaded & {"sqlalchemy", "sqlmodel", "pydantic", "pglast", "sqlparse", "dotenv"} == set()


def test_a_drift_check_where_nothing_changed_loads_no_parser_no_orm_and_no_yoyo(database_url: str) -> None:
    if scratch.configured(None, None).url:
        pytest.skip("a server given by URL may have changed, so nothing is cached")
    arguments = ["-C", str(ROOT), "drift-check", "-u", database_url]
    code = f"from tools.cli import tools\ntools.main({arguments!r}, standalone_mode=False)"
    loaded_by(code)
    loaded = loaded_by(code)
    assert "psycopg" in loaded
    assert loaded & {"sqlalchemy", "sqlmodel", "pydantic", "pglast", "sqlparse", "yoyo", "models"} == set()


def test_advice_loads_no_parser_no_orm_and_no_yoyo(database_url: str) -> None:
    arguments = ["-C", str(ROOT), "advise", "-u", database_url]
    loaded = loaded_by(f"from tools.cli import tools\ntools.main({arguments!r}, standalone_mode=False)")
    assert "psycopg" in loaded
    assert loaded & {"sqlalchemy", "sqlmodel", "pydantic", "pglast", "sqlparse", "yoyo"} == set()


def test_the_wheel_holds_tools_only() -> None:
    """And, inside of tools, what a new package of models stands on."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    assert wheel["packages"] == ["tools"]
    assert wheel["force-include"] == {f"models/{name}.py": f"tools/support/{name}.py" for name in generation.SUPPORT}


# --- the page about it ------------------------------------------------------------------------------------------------


def uses() -> dict[str, set[str]]:
    """Return which rooms the modules of each room import from."""
    room = {module: title for title, (_, modules) in ROOMS.items() for module in modules.split()}
    found: dict[str, set[str]] = {title: set() for title in ROOMS}
    for module, title in room.items():
        names = {name.partition(".")[2] for name, _ in imports(TOOLS / f"{module}.py") if name.startswith("tools.")}
        found[title] |= {room[name] for name in names & set(room)} - {title}
    return found


def picture() -> str:
    """Return the rooms as Mermaid: an arrow where one uses another, but for what another arrow says already."""
    direct = uses()
    whole: dict[str, set[str]] = {}
    for title in ROOMS:  # from the ground up, so those that it uses are known
        whole[title] = direct[title].union(*(whole[other] for other in direct[title]))
    number = {title: f"r{place}" for place, title in enumerate(ROOMS)}
    arrows = [
        f"  {number[title]} --> {number[other]}"
        for title in ROOMS
        for other in sorted(direct[title], key=list(ROOMS).index)
        if not any(other in whole[between] for between in direct[title])
    ]
    boxes = [f'  {number[title]}["{title}"]' for title in ROOMS]
    return "\n".join(["```mermaid", "flowchart TB", *boxes, *arrows, "```", ""])


def rooms() -> str:
    """Return the rooms with their modules, each with its first sentence."""
    found = []
    for title, (what, modules) in ROOMS.items():
        found += [f"### {title}: {what}", ""]
        for module in modules.split():
            says = ast.get_docstring(ast.parse((TOOLS / f"{module}.py").read_text(encoding="utf-8"))) or ""
            found.append(f"- `{module}`: {says.partition(chr(10))[0]}" if says else f"- `{module}`")
        found.append("")
    return "\n".join(found)


PARTS = {"picture": picture, "rooms": rooms}


@pytest.mark.parametrize("mark", PARTS)
def test_the_page_shows_the_house_as_it_is(mark: str) -> None:
    written = PAGE.read_text(encoding="utf-8").partition(f"<!-- {mark} -->\n")[2].partition("<!-- end -->")[0]
    assert written == PARTS[mark](), "python tests/test_architecture.py writes it anew"


def test_the_page_speaks_of_modules_that_are_there() -> None:
    story = PAGE.read_text(encoding="utf-8").partition("<!-- rooms -->")[0]
    named = re.findall(r"`([a-z_]+)(?:\.([a-z_]+))?`", story)
    assert len(named) > 30
    for module, attribute in named:
        assert module in ORDER, module
        assert not attribute or hasattr(importlib.import_module(f"tools.{module}"), attribute), (module, attribute)


def write() -> None:
    """Write the parts of the page that the code knows."""
    text = PAGE.read_text(encoding="utf-8")
    for mark, made in PARTS.items():
        pattern = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = pattern.sub(lambda match, made=made: match[1] + made() + match[2], text)  # type: ignore[misc]
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()

"""The order of the modules, and who may know what."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import generation, scratch

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "tools"

# A module imports only modules to its left
ORDER = (  # noqa: SIM905 (a line of text reads better than a list)
    "errors config database directories binaries postmaster server outline statements migrations ledger history"
    " message failure envelope patience watch lock notes recovery autocommit runnable runner rehearsal repair scratch"
    " kinds rarities printing rows census catalog changes renames consequences subset ignores severity surroundings"
    " creations rare_creations completions rights alterations rare_alterations hints remedies script drift mirror"
    " origins looks cache sources specimens sampling adopt drafts baseline findings advice index_advice table_advice"
    " server_advice setting_advice advisor names remarks blueprint design_columns design_tables design_keys"
    " design_files design_trials allowances design tree effects beside measure neighbours"
    " sizes scenes causes locking failing"
    " versions breaking losing claims transfer revision release walk lint suggestions outlook"
    " layout representation terms"
    " predicate translation matching corpus proof expression inventory contents course verify fields arguments"
    " relations standing package writer contract generation vendor forms seeding samples sower sowing headers patterns"
    " plans coverage goldens areas document phrases sheets integrity upkeep survey excerpts wording lineage gathering"
    " listing markdown prose mermaid tabulation paper placing markup drawing frame pages records website publishing"
    " notices bulletin report explanations terminal options checks writing trials advising linting cli __main__"
).split()
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
    assert {path.stem for path in modules()} == set(ORDER)


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

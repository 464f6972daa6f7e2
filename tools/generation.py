"""The files of a generated package: made from a catalog, held against a folder, and written there."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools import contract, files, package, writer
from tools.catalog import Catalog
from tools.errors import Trouble
from tools.package import Package
from tools.proof import Court
from tools.rows import uncollected

# What every package of models stands on: written by hand, and given to a package that has none yet
SUPPORT = ("base", "compatibility", "composite", "loading", "relating", "rules", "tracked", "types", "verify")


DONE = {"changed": "changed", "missing": "written", "extra": "removed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file that is not as it should be: ``changed``, ``missing``, or ``extra``."""

    change: str
    path: Path
    wanted: str = ""
    found: str = ""

    @property
    def done(self) -> str:
        """Return what writing does about it."""
        return DONE[self.change]

    @property
    def difference(self) -> str:
        """Return how to get from what is there to what should be, as a unified diff."""
        name = self.path.name
        lines = difflib.unified_diff(
            self.found.splitlines(keepends=True), self.wanted.splitlines(keepends=True), f"a/{name}", f"b/{name}"
        )
        return "".join(lines)


def generate(catalog: Catalog, folder: Path, *, external: frozenset[str], clone: Callable[[], str]) -> dict[str, str]:
    """Return the text of each file; hand-written modules that are in the folder are exported as ``__all__`` says.

    `clone` makes an empty scratch database, to prove what was made of CHECKs that were not proved before.
    """
    support = _support(folder)
    with uncollected():
        built = build(catalog, folder, external=external, clone=clone)
        written = _written(built)
        _refuse_what_is_missing(folder, _hands(folder)["rules.py"], written)
        return {**support, **written, "contract.py": contract.write(built, catalog)}


def build(catalog: Catalog, folder: Path, *, external: frozenset[str], clone: Callable[[], str]) -> Package:
    """Return the package of models that the folder holds, or will hold."""
    by_hand = _hands(folder)
    exports = {Path(name).stem: _exported(name, text) for name, text in sorted(by_hand.items())}
    exports |= dict.fromkeys(("contract", "enums", "schema"), ())
    court = Court(clone=clone, rules=by_hand["rules.py"])
    return package.build(catalog, external=external, exports=exports, prove=court.prove)


def _hands(folder: Path) -> dict[str, str]:
    return {**_by_hand(folder), **_support(folder)}


def _support(folder: Path) -> dict[str, str]:
    """Return the modules that every package stands on, as far as the folder has none of its own."""
    missing = (name for name in SUPPORT if not (folder / f"{name}.py").is_file())
    return {f"{name}.py": _given(name) for name in missing}


def _written(built: Package) -> dict[str, str]:
    modules = {model.name: model.module for model in built.models}
    found = {f"{model.module}.py": writer.table(model, modules) for model in built.models}
    if built.standing.enums:
        found["enums.py"] = writer.enums(built.standing.enums)
    if built.standing.has_a_module:
        found["schema.py"] = writer.schema(built)
    return {**dict(sorted(found.items())), "__init__.py": writer.init(built)}


def _refuse_what_is_missing(folder: Path, rules: str, written: Mapping[str, str]) -> None:
    """Refuse to write what the package's own rules are too old for: a type has its rule there, proved or not."""
    used = {name for text in written.values() for name in re.findall(r"\brules\.(\w+)", text)}
    missing = sorted(name for name in used if not re.search(rf"^(?:def )?{name}\b", rules, re.MULTILINE))
    if missing:
        raise Trouble(
            f"{folder / 'rules.py'} is older than these tools and has no {', '.join(missing)}: remove it, and tools"
            " models writes it anew"
        )


def compare(folder: Path, wanted: Mapping[str, str]) -> tuple[Change, ...]:
    """Return what differs in the folder; a file there that somebody else wrote is in the way."""
    there = _texts(folder)
    foreign = sorted(
        name for name in wanted if name in there and not _is_generated(there[name]) and name not in _names()
    )
    if foreign:
        raise Trouble(
            f"{folder} holds files that tools models did not write and would write: {', '.join(foreign)}:"
            " name another folder with --out, or remove them"
        )
    found = []
    for name, text in wanted.items():
        if name not in there:
            found.append(Change(change="missing", path=folder / name, wanted=text))
        elif there[name] != text:
            found.append(Change(change="changed", path=folder / name, wanted=text, found=there[name]))
    stale = [name for name, text in there.items() if _is_generated(text) and name not in wanted]
    found += [Change(change="extra", path=folder / name, found=there[name]) for name in sorted(stale)]
    return tuple(found)


def write(changes: tuple[Change, ...]) -> None:
    """Make the folder as it should be, each file at once and whole."""
    for change in changes:
        if change.change == "extra":
            files.remove(change.path)
        else:
            files.write(change.path, change.wanted, parents=True)


def _texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}


def _by_hand(folder: Path) -> dict[str, str]:
    return {name: text for name, text in _texts(folder).items() if not _is_generated(text) and name != "__init__.py"}


def _is_generated(text: str) -> bool:
    return text.startswith(writer.FIRST)


def _names() -> frozenset[str]:
    return frozenset(f"{name}.py" for name in SUPPORT)


def _exported(name: str, text: str) -> tuple[str, ...]:
    """Return the names in the ``__all__`` of a module."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise Trouble(f"{name}:{error.lineno} is no Python: {error.msg}") from None
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(one, ast.Name) and one.id == "__all__" for one in node.targets
        ):
            return tuple(ast.literal_eval(node.value))
    return ()


def _given(name: str) -> str:
    """Return a module that every package stands on: as installed with the tools, or as in this repository."""
    here = Path(__file__).parent
    for folder in (here / "support", here.parent / "models"):
        path = folder / f"{name}.py"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise Trouble(f"the tools were installed without {name}.py: install them again")

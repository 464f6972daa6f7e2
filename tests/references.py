"""What the pages of docs/ say of the code: the parts that are written from it, and the names and links in them."""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click

from tools import cli

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`(tools [^`]+)`|^\s*(?:- run: |- |\$ )?(tools [a-z].*)$", re.MULTILINE)
FACTS = re.compile(r"(<!-- facts: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)
ROWS = re.compile(r"(<!-- rows: (\S+) / ([^\n]+) / ([^\n]+) -->\n).*?(<!-- end -->)", re.DOTALL)
MODES = {
    "AS": "ACCESS SHARE",
    "RS": "ROW SHARE",
    "RX": "ROW EXCLUSIVE",
    "SUX": "SHARE UPDATE EXCLUSIVE",
    "S": "SHARE",
    "SRX": "SHARE ROW EXCLUSIVE",
    "X": "EXCLUSIVE",
    "AX": "ACCESS EXCLUSIVE",
}


def commands() -> str:
    """Return the page of all commands, from their own ``--help``."""
    pages = "".join(f"\n## {name}\n\n```\n{_help(one, name)}```\n" for name, one in sorted(cli.tools.commands.items()))
    return (
        "# Commands\n\nWritten by `python tests/test_guides.py` from `--help`, and held against it by the tests."
        " Exit codes are those of diff(1): 0 same or done, 1 different, 2 trouble.\n\n"
        f"```\n{_help(cli.tools)}```\n{pages}"
    )


def with_facts(text: str) -> str:
    """Return a page whose tables of measured statements are written from ``tests/data/lock_facts.tsv``."""
    return FACTS.sub(lambda match: match[1] + _table(match[2].split()) + match[3], text)


def with_rows(text: str, docs: Path) -> str:
    """Return a page whose tables are rows of other pages' tables: those whose first cell begins with one of the words.

    After the name of the page comes the heading that the table stands under.
    """

    def chosen(match: re.Match[str]) -> str:
        page = (docs / match[2]).read_text(encoding="utf-8")
        under = re.split(rf"^#+ {re.escape(match[3])}\n", page, flags=re.MULTILINE)[1]
        head, line, *rows = re.search(r"(?:^\|.*\n)+", under, re.MULTILINE)[0].splitlines(keepends=True)  # type: ignore[index]
        kept = [row for row in rows if row.removeprefix("| ").startswith(tuple(match[4].split()))]
        return match[1] + "".join([head, line, *kept]) + match[5]

    return ROWS.sub(chosen, text)


def unknown_words(text: str) -> Iterator[str]:
    """Yield the commands and options of ours that a text names and that are not there."""
    for match in CODE.finditer(re.sub(r"<!--.*?-->", "", text)):
        words = _words(match[1] or match[2])
        group = [word for word in words if word in cli.tools.commands]
        if words and not words[0].startswith("-") and not words[0].isupper() and words[0] != "...":
            yield from () if group[:1] == words[:1] else (f"tools {words[0]}",)
        known = {option for name in group[:1] for option in _options(cli.tools.commands[name])} | _options(cli.tools)
        yield from (f"tools {words[0]} {word}" for word in words if word.startswith("--") and word not in known)


def broken_links(page: Path) -> Iterator[str]:
    """Yield the links of a page to files and headings that are not there."""
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        name, _, heading = target.partition("#")
        if "://" in target:
            continue
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (heading and heading not in _headings(path)):
            yield target


@cache
def facts() -> dict[str, dict[str, str]]:
    """Return what was measured of each statement, by its name."""
    with (ROOT / "tests" / "data" / "lock_facts.tsv").open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}


def _table(names: list[str]) -> str:
    head = "| statement | lock | work | who waits | time | fact |\n| --- | --- | --- | --- | --- | --- |\n"
    return head + "".join(_row(name, facts()[name]) for name in names)


def _row(name: str, fact: dict[str, str]) -> str:
    """Return a fact as people read it.

    >>> _row("a", {"statement": "DROP x", "setup": "", "pg18": "locks t=AS+AX | blocks t: reads+writes | 1->2 ms"})
    '| `DROP x` | ACCESS EXCLUSIVE | none | reads, writes | 1 to 2 ms | `a` |\\n'
    """
    said = fact["pg18"]
    statement = f"`{fact['statement']}`" + (f" after `{fact['setup']}`" if fact["setup"] else "")
    failed = said.startswith("FAILS")
    cells = (
        [said.replace("FAILS", "fails:"), "", "", ""]
        if failed
        else [_locks(said), _work(said), _waits(said), _time(said)]
    )
    return f"| {' | '.join([statement, *cells, f'`{name}`'])} |\n"


def _locks(said: str) -> str:
    """Return the strongest lock, of each table where there are several."""
    held = re.findall(r"(\w+)=([\w+]+)", said.partition("locks ")[2].partition(" |")[0])
    modes = [(table, MODES[max(modes.split("+"), key=list(MODES).index)]) for table, modes in held]
    return modes[0][1] if len(modes) == 1 else ", ".join(f"{table}: {mode}" for table, mode in modes) or "none"


def _work(said: str) -> str:
    if "in transaction: NO" in said:
        return "outside a transaction"
    return "writes every row" if "REWRITES" in said else "reads every row" if "scans" in said else "none"


def _waits(said: str) -> str:
    """Return what waits for the lock, of each table where there are several."""
    found = re.search(r"\bblocks (.*?)(?: \||$)", said)
    who = found[1].replace("nothing", "nobody").replace("+", ", ") if found else "nobody"
    return who if ";" in who else who.rpartition(": ")[2].replace("VACUUM/CIC/DDL", "VACUUM and DDL")


def _time(said: str) -> str:
    found = re.search(r"([\d.]+)->([\d.]+) ms", said)
    return f"{found[1]} to {found[2]} ms" if found else ""


def _words(text: str) -> list[str]:
    try:
        words = shlex.split(re.sub(r"\$\(.*?\)", "", text), comments=True)[1:]
    except ValueError:  # a quote that a line leaves open
        words = text.split()[1:]
    ends = [words.index(end) for end in ("--", "|", "&&", "||", ">", "&") if end in words]
    return [word.partition("=")[0].strip("[]") for word in words[: min(ends, default=len(words))]]


def _options(command: click.Command) -> set[str]:
    names = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    return names | {"--help", "--version"}


def _help(command: click.Command, name: str = "") -> str:
    context = click.Context(cli.tools, info_name="tools", terminal_width=100, **cli.tools.context_settings)
    if name:
        context = click.Context(command, parent=context, info_name=name, terminal_width=100)
    return command.get_help(context) + "\n"


def _headings(page: Path) -> set[str]:
    """Return the anchors that a page's headings have on GitHub."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}

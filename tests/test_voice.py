"""One voice: what several commands have is called alike, said alike and shown alike."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import click
import pytest
from tiny import AB, A, call, rows, write_history

from tools import cli, listing, report, terminal
from tools.findings import Finding
from tools.history import History, Item
from tools.lint import Lint
from tools.verify import Trial, Verification

TOOLS = Path(cli.__file__).parent
COMMANDS = cli.tools.commands
SENTENCE = re.compile(r"[\"'`(]?[A-Z][a-z]+ ")  # a word that only begins with a capital: IDs and PostgreSQL do not
WAY_OUT = re.compile(r"(?:.+: .+|write .+|until takes .+)", re.DOTALL)

# The order of the options that commands share: the rest stands between the first two and the others
FIRST = ("directory", "url")
LAST = (
    "yes",
    "lock_timeout",
    "patience",
    "statement_timeout",
    "scratch_url",
    "scratch_bindir",
    "format_",
)

# What is called alike and is not the same thing everywhere, by command; each is about where from, or up to where
OTHERS = {
    "--check": {"explain"},  # of plans, which are not written without --write
    "--from": {"mark", "verify"},  # another tool, the first of a range
    "--to": {"rollback", "verify"},  # what stays, the last of a range
    "--url": {"verify"},  # whose late files are tried, too
}


def options(command: click.Command) -> list[click.Option]:
    return [one for one in command.params if isinstance(one, click.Option)]


def sentences(*said_by: str) -> Iterator[str]:
    """Yield each text that is handed to these; what is put in is {}, which alone is no text."""
    for path in sorted(TOOLS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *_]) if name in said_by:
                    if re.search("[a-z]", text := written(first)):
                        yield text


def written(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(map(written, values))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return written(left) + written(right)
        case ast.IfExp(body=body, orelse=orelse):
            return min(written(body), written(orelse), key=len)
    return "{}"


def test_what_is_said_is_in_lower_case_without_a_full_stop() -> None:
    found = list(sentences("Trouble", "say", "tell", "confirm"))
    assert len(found) > 200
    assert [text for text in found if SENTENCE.match(text) or text.rstrip("\n").endswith((".", "!"))] == []


def test_every_trouble_has_a_way_out() -> None:
    stuck = [text for text in sentences("Trouble") if not WAY_OUT.fullmatch(text.removeprefix("{}: "))]
    assert stuck == [
        "the drafted baseline does not make what the database has:{}{}",  # and where the draft is
        "{}/{} depends on {}, and there is no such migration{}",  # which of them is meant
    ]


def test_an_option_is_the_same_everywhere() -> None:
    seen: defaultdict[str, set[tuple[object, ...]]] = defaultdict(set)
    for name, command in COMMANDS.items():
        for one in options(command):
            if not any(name in OTHERS.get(word, ()) for word in one.opts):
                for word in one.opts:
                    seen[word].add((*one.opts, type(one.type).__name__, one.help, one.is_flag))
    assert {word: found for word, found in seen.items() if len(found) > 1} == {}
    for word, names in OTHERS.items():
        assert all(any(word in one.opts for one in options(COMMANDS[name])) for name in names), word


@pytest.mark.parametrize("name", COMMANDS)
def test_options_stand_in_one_order(name: str) -> None:
    found = [one.name for one in options(COMMANDS[name])]
    ranks = [FIRST.index(one) if one in FIRST else 9 + LAST.index(one) if one in LAST else 5 for one in found]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_written_in_one_way(name: str) -> None:
    """A sentence each; what is taken where nothing is said stands behind it, in brackets of click's."""
    for one in options(COMMANDS[name]):
        assert re.fullmatch(r"[A-Z][^.\[`]*(?:\.\w[^.\[`]*)*\.", one.help or ""), one.opts
        assert one.is_flag or one.metavar or isinstance(one.type, click.Choice), one.opts
    text = COMMANDS[name].get_help(click.Context(COMMANDS[name], info_name=name, **cli.tools.context_settings))
    assert "``" not in text
    assert "default: (" not in text


def test_the_list_of_commands_cuts_no_sentence_off() -> None:
    text = cli.tools.get_help(
        click.Context(cli.tools, info_name="tools", terminal_width=80, **cli.tools.context_settings)
    )
    lines = text.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert len(lines) == len(COMMANDS)
    assert [line for line in lines if not line.endswith(".") or line.endswith("...")] == []
    assert text.count("Example: tools ") == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["statsu"], "no such command 'statsu'"),
        (["status", "--bogus"], "no such option"),
        (
            ["status", "-f", "xml"],
            "invalid value for '-f' / '--format': 'xml' is not one of 'text', 'json', 'markdown'",
        ),
        (["new"], "missing argument 'NAME'"),
        (["rollback", "--yes", "--url", ""], "invalid value for '-u' / '--url': it is empty, like a variable that is"),
        (["drift-check", "--actual="], "invalid value for '--actual': it is empty"),
        (["verify", "--late", ""], "invalid value for '--late': it is empty"),
    ],
)
def test_a_wrong_call_is_one_sentence_of_ours(arguments: list[str], sentence: str, tmp_path: Path) -> None:
    answer = call(write_history(tmp_path, AB), *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"tools: {sentence}")
    assert re.search(r": see tools( [\w-]+)? --help\n$", answer.err)
    assert answer.err.count("\n") == 1


def keys(value: Any) -> Iterator[str]:
    """Yield every key of an answer, but for the names of what the database has."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from keys(part) if key not in ("facts", "evidence") else ()
    elif isinstance(value, list):
        for part in value:
            yield from keys(part)


def test_json_is_written_in_one_way(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {**AB, A: ("-- A table.\ncreate table a (id int)", None)})
    applied = [
        json.loads(line) for line in call(project, "apply", "-u", empty_url, "--to", A, "-f", "json").out.splitlines()
    ]
    rows(empty_url, "create table odd (id int)")
    answers = {
        name: json.loads(call(project, name, "-u", empty_url, "-f", "json").out)
        for name in ("status", "plan", "lint", "verify", "drift-check", "advise")
    }
    found = set(keys([applied, *answers.values()]))
    assert {key for key in found if not re.fullmatch(r"[a-z]+(_[a-z]+)*", key)} == set()
    assert found >= {"id", "file", "line", "milliseconds", "notes"}
    assert [name for name in ("status", "plan", "lint", "advise") if not isinstance(answers[name]["notes"], list)] == []
    (odd,) = answers["drift-check"]["comparisons"][-1]["differences"]
    assert (odd["name"], odd["where"], odd["file"], odd["line"]) == ("public.odd", None, None, None)


@pytest.mark.parametrize(
    ("command", "last"),
    [
        ("status", "1 applied, 1 pending"),
        ("plan", "1 to apply"),
        ("lint", "1 file measured: 5 of design"),
        ("verify", "2 migrations up, down, up: 1 finding"),
        ("drift-check", "1 difference: 1 change"),
    ],
)
def test_the_last_line_counts(command: str, last: str, empty_url: str, tmp_path: Path) -> None:
    """In the words that number asks for: one migration is no migrations."""
    project = write_history(tmp_path, {**AB, A: "create table a (id int)"})
    call(project, "apply", "-u", empty_url, "--to", A)
    rows(empty_url, "create table odd (id int)")
    assert call(project, command, "-u", empty_url).out.splitlines()[-1].startswith(last)


def test_colours_mark_what_is_bad_in_every_list(empty_url: str, tmp_path: Path) -> None:
    def paint(text: str, colour: str) -> str:
        return f"<{colour}>{text}"

    found = Finding(
        rule="r", class_="hazard", risk="high", file="a.sql", line=1, statement=None, message="m", instead="i"
    )
    shown = listing.lint(Lint(findings=(found,), migrations=()), paint)
    assert shown.splitlines()[0] == "a.sql:1: r (hazard, <red>risk high)"
    bad = Trial(id="a", verdict="residue", schema="residue")
    shown = listing.verification(Verification(trials=(bad,)), paint)
    assert shown.splitlines() == ["a: <red>residue", "1 migration up, down, up: 1 finding"]
    items = Item(id="a", state="applied"), Item(id="b", state="edited")
    assert report.history(History(items=items), paint=paint).splitlines()[:2] == ["applied  a", "<red>edited   b"]
    with mock.patch.object(terminal, "painter", return_value=paint):
        plan = call(write_history(tmp_path, {A: "create table a (id int)"}), "plan", "-u", empty_url).out
    assert plan.startswith(f"{A}  (<cyan>risk low, expand)\n")

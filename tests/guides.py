"""The pages of docs/ as something to run: files to write, commands with their answers, and what only a person can do.

A fenced block is one of these, by its language and first line:

- ``console``: lines after ``$ `` are commands, run by one bash a page, in order (a line after ``> `` continues one);
  the lines below are what is printed, `...` for what is left out. A command that ends with ``# exits 1`` has to.
- any other language whose first line is a comment that names a path: a file with the rest as its text, written before
  the next command; with `*` in its name the one that is there.
- ``text``: not run; its first line, ``# not run here: ...``, says why.
"""

from __future__ import annotations

import doctest
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMENTED_PATH = re.compile(r"^(?:#|--) ([\w.*-]+(?:/[\w.*-]+)*\.\w+)\n")
EXITS = re.compile(r"  # exits (\d+)$")
SENTINEL = "\x1e"
VOLATILE = [
    (r"\b\d+ ms\b", "N ms"),
    (r"\b\d+(?:\.\d+)? s\b", "N s"),
    (r"\b\d+ (objects|applied|of the history)\b", r"N \1"),
    (r"\b\d{2,} pending\b", "N pending"),  # the whole history, which grows; of a few the page knows how many
    (r"\bpid \d+\b", "pid N"),
    (r"\b\w+@[\w./-]+(?::\d+)?/\w+", "USER@HOST/DATABASE"),
    (r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?(?:\+00:00)?", "DAY TIME"),
    (r"\b\d{14}_", "STAMP_"),
    (r"[ \t]+$", ""),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that a page shows."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command that a page shows, what it should print, and its exit code; `line` is where it stands."""

    text: str
    expected: str
    code: int
    line: int


Step = File | Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command printed, on both streams, and its exit code."""

    text: str
    code: int


def blocks(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield language, text and first line of each fenced block."""
    for match in BLOCK.finditer(text):
        yield match[1], match[2], text.count("\n", 0, match.start(2)) + 1


def steps(text: str) -> tuple[Step, ...]:
    """Return what a page does, in order."""
    found: list[Step] = []
    for language, body, line in blocks(text):
        if language == "console":
            found += _commands(body, line)
        elif path := COMMENTED_PATH.match(body):
            found.append(File(path=path[1], text=body[path.end() :]))
    return tuple(found)


def idle(text: str) -> Iterator[str]:
    """Yield the blocks that are neither commands nor files, nor say why they are not run."""
    for language, body, line in blocks(text):
        excused = language == "text" and body.startswith("# not run here: ")
        if language != "console" and not excused and not COMMENTED_PATH.match(body):
            yield f"line {line}: {body.partition(chr(10))[0]}"


def play(todo: tuple[Step, ...], folder: Path, environ: Mapping[str, str], *, timeout: float = 120) -> list[Answer]:
    """Write the files and run the commands in a folder, by one bash; what one sets the next one has."""
    with subprocess.Popen(
        ["bash", "-c", "".join(_spoken(step) for step in todo)],
        cwd=folder,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as bash:
        try:
            printed = bash.communicate(timeout=timeout)[0]
        except subprocess.TimeoutExpired:
            os.killpg(bash.pid, signal.SIGKILL)  # and what it left in the background
            raise
    parts = re.split(rf"{SENTINEL}(\d+)\n", printed)
    return [Answer(text=text, code=int(code)) for text, code in zip(parts[::2], parts[1::2], strict=False)]


def mistakes(todo: tuple[Step, ...], answers: list[Answer]) -> Iterator[str]:
    """Yield what a command did otherwise than its page says."""
    commands = [step for step in todo if isinstance(step, Command)]
    if len(answers) != len(commands):
        yield f"{len(answers)} of {len(commands)} commands were run"
    for command, answer in zip(commands, answers, strict=False):
        if answer.code != command.code or not is_as_shown(command.expected, answer.text):
            yield f"line {command.line}: $ {command.text}\n{answer.text}exit code {answer.code}, not {command.code}?"


def is_as_shown(expected: str, printed: str) -> bool:
    """Tell whether something was printed as a page shows it, apart from times, and from what ``...`` leaves out.

    >>> is_as_shown("... applied in 1 ms", "20260101000000_a: applied in 17 ms")
    True
    >>> is_as_shown("0 applied, 36 pending", "0 applied, 37 pending")
    True
    >>> is_as_shown("33 applied, 2 pending", "33 applied, 1 pending")
    False
    """
    return doctest.OutputChecker().check_output(plain(expected), plain(printed), doctest.ELLIPSIS)


def plain(text: str) -> str:
    """Return a text without what is another one each time."""
    for pattern, instead in VOLATILE:
        text = re.sub(pattern, instead, text, flags=re.MULTILINE)
    return text.strip() + "\n"


def _commands(body: str, line: int) -> Iterator[Command]:
    for part in re.finditer(r"^\$ (.*\n(?:>(?: .*)?\n)*)((?:(?!\$ ).*\n)*)", body, re.MULTILINE):
        text = re.sub(r"^> ?", "", part[1], flags=re.MULTILINE).rstrip("\n")
        exits = EXITS.search(text)
        at = line + body.count("\n", 0, part.start())
        yield Command(text=text, expected=part[2], code=int(exits[1]) if exits else 0, line=at)


def _spoken(step: Step) -> str:
    """Return a step as bash reads it; a command is followed by its exit code."""
    if isinstance(step, Command):
        return f"{step.text}\nprintf '{SENTINEL}%s\\n' $?\n"
    return f"mkdir -p \"$(dirname {step.path})\"\ncat > {step.path} <<'{SENTINEL}'\n{step.text}{SENTINEL}\n"

"""Holds `tools lint` and squawk against the labels of lint_corpus: which alarms are false, which harm is missed.

Run as ``python -m bench.lint`` in the repository's root; it prints Markdown, and its story on standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bench import corpus, peers
from bench.corpus import KINDS, Case
from bench.peers import HERE, PROJECT
from tools import database, migrations, scratch

REQUIREMENTS = HERE / "requirements-squawk.txt"
SQUAWK = HERE.parent / "build" / "squawk"
# Rules of squawk that are about taste, types or settings of the session: nothing goes wrong when the file is applied
HYGIENE = {
    "ban-char-field": "a type that it would not choose",
    "ban-create-domain-with-constraint": "a type that it would not choose",
    "identifier-too-long": "a name",
    "prefer-bigint-over-int": "a type that it would not choose",
    "prefer-bigint-over-smallint": "a type that it would not choose",
    "prefer-identity": "a type that it would not choose",
    "prefer-robust-stmts": "if exists and if not exists, for files that are run twice",
    "prefer-text-field": "a type that it would not choose",
    "prefer-timestamp-tz": "a type that it would not choose",
    "require-enum-value-ordering": "where a new value of an enum stands",
    "require-lock-timeout": "a setting, which the runner makes",
    "require-statement-timeout": "a setting, which the runner makes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What a linter says of some lines; hygiene is no danger."""

    rule: str
    lines: range
    hygiene: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a linter says of a case, in how many milliseconds."""

    case: Case
    alarms: tuple[Alarm, ...]
    wall: float = 0.0

    @property
    def dangers(self) -> list[Alarm]:
        """The alarms that are about danger."""
        return [one for one in self.alarms if not one.hygiene]

    @property
    def is_right(self) -> bool:
        """Whether there is an alarm where there is harm, and none where there is none."""
        return bool(self.dangers) == bool(self.case.kind)

    @property
    def is_at_the_statement(self) -> bool:
        """Whether an alarm is about the statement that does harm."""
        return any(set(one.lines) & set(self.case.lines) for one in self.dangers)

    @property
    def rules(self) -> str:
        """The rules of the alarms."""
        return ", ".join(dict.fromkeys(f"`{one.rule}`" for one in self.dangers))


Linter = Callable[[Case], Verdict]


def ours(url: str) -> Linter:
    """Return our linter, which looks at the shop as it is."""
    command = (str(PROJECT / "tools"), "-C", str(corpus.FOLDER), "lint", "--url", url, "--no-design", "-f", "json")

    def lint(case: Case) -> Verdict:
        found, wall = _run((*command, str(case.path)))
        return Verdict(case=case, alarms=tuple(map(_our_alarm, found["findings"])), wall=wall)

    return lint


def _our_alarm(one: dict[str, Any]) -> Alarm:
    return Alarm(rule=one["rule"], lines=range(one["line"], one["line"] + 1), hygiene=one["class"] == "hygiene")


def squawk(major: int) -> Linter:
    """Return squawk with its default rules, told the version of the server and whether there is a transaction."""
    command = (str(SQUAWK / "bin" / "squawk"), "--reporter", "json", f"--pg-version={major}")

    def lint(case: Case) -> Verdict:
        assume = "--assume-in-transaction" if case.transactional else "--no-assume-in-transaction"
        found, wall = _run((*command, assume, str(case.path)))
        return Verdict(case=case, alarms=tuple(map(_their_alarm, found)), wall=wall)

    return lint


def _their_alarm(one: dict[str, Any]) -> Alarm:
    rule = one["rule_name"]
    return Alarm(rule=rule, lines=range(one["line"] + 1, one["line_end"] + 2), hygiene=rule in HYGIENE)


def _run(command: tuple[str, ...]) -> tuple[Any, float]:
    start = time.perf_counter()
    done = subprocess.run(command, cwd=corpus.FOLDER, capture_output=True, text=True, check=False)
    wall = (time.perf_counter() - start) * 1000
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}: {done.stderr.strip()[-1000:]}")
    return json.loads(done.stdout), wall


def table(verdicts: dict[str, list[Verdict]]) -> Iterator[str]:
    """Yield the lines of the comparison, a column for each linter."""
    yield f"| | {' | '.join(verdicts)} |"
    yield f"| --- |{' ---: |' * len(verdicts)}"
    for label, cell in _rows(next(iter(verdicts.values()))):
        yield f"| {label} | {' | '.join(cell(found) for found in verdicts.values())} |"


def _rows(some: list[Verdict]) -> Iterator[tuple[str, Callable[[list[Verdict]], str]]]:
    harmful = sum(one.case.kind is not None for one in some)
    yield f"harmful files with an alarm (of {harmful})", lambda found: str(len(_alarmed(_harmful(found))))
    for kind, words in KINDS.items():
        of = sum(one.case.kind == kind for one in some)
        yield f"- {words} (of {of})", lambda found, kind=kind: str(len(_alarmed(_harmful(found, kind))))  # type: ignore[misc]
    yield "alarm at the statement that does the harm", lambda found: str(_count(found, "is_at_the_statement"))
    yield f"harmless files with an alarm (of {len(some) - harmful})", lambda found: str(len(_false(found)))
    yield "precision", lambda found: _share(len(_alarmed(_harmful(found))), len(_alarmed(found)))
    yield "recall", lambda found: _share(len(_alarmed(_harmful(found))), harmful)
    yield (
        "harmless files with any finding, hygiene too",
        lambda found: str(sum(bool(one.alarms) for one in found if one.case.kind is None)),
    )
    yield "a file, median", lambda found: f"{statistics.median(one.wall for one in found):,.0f} ms"


def _harmful(found: Iterable[Verdict], kind: str | None = None) -> list[Verdict]:
    return [one for one in found if one.case.kind and kind in (None, one.case.kind)]


def _alarmed(found: Iterable[Verdict]) -> list[Verdict]:
    return [one for one in found if one.dangers]


def _false(found: Iterable[Verdict]) -> list[Verdict]:
    return [one for one in _alarmed(found) if one.case.kind is None]


def _count(found: Iterable[Verdict], what: str) -> int:
    return sum(getattr(one, what) for one in found)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


def names(verdicts: dict[str, list[Verdict]]) -> Iterator[str]:
    """Yield the false alarms with their rules, and the harm that is missed, by name."""
    for name, found in verdicts.items():
        alarms = [f"{one.case.name} ({one.rules})" for one in _false(found)]
        missed = [f"{one.case.name} ({one.case.kind})" for one in _harmful(found) if not one.dangers]
        for title, listed in ((f"False alarms of {name}", alarms), (f"Missed by {name}", missed)):
            said = f"**{title}** ({len(listed)}): {', '.join(listed) or 'none'}."
            yield f"\n{textwrap.fill(said, 150, break_long_words=False, break_on_hyphens=False)}"


def main() -> None:
    """Run both on each file, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", help="only these [all]")
    given = parser.parse_args()
    cases = [one for one in corpus.read() if not given.cases or one.name in given.cases]
    versions = peers.install(REQUIREMENTS, SQUAWK)
    shop = corpus.project()
    steps = scratch.steps_of(migrations.read(shop))
    with scratch.cluster(scratch.configured(None, None), project=shop, steps=steps) as cluster:
        url = corpus.open_shop(cluster, str(cluster.replayed))
        with database.connect(url, application="bench") as connection:
            major = connection.info.server_version // 10_000
        linters = {"tools lint": ours(url), f"squawk {versions['squawk-cli']}": squawk(major)}
        verdicts: dict[str, list[Verdict]] = {name: [] for name in linters}
        for case in cases:
            for name, lint in linters.items():
                verdicts[name].append(lint(case))
                one = verdicts[name][-1]
                sys.stderr.write(
                    f"{'' if one.is_right else '! '}{case.path.parent.name}/{case.name}: {name}: {one.rules}\n"
                )
    print("\n".join(table(verdicts)))
    print(
        f"\n{os.cpu_count()} cores, {platform.system()} {platform.machine()}, PostgreSQL {major}, {len(cases)} files."
    )
    print("\n".join(names(verdicts)))


if __name__ == "__main__":
    main()

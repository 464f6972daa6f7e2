"""Measures the commands that are used most, each where there is nothing to do, on this repository's schema.

Run as ``python -m bench.commands`` in the repository's root; it prints a Markdown table.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import defaultdict

from bench.apply import machine
from bench.meter import Bench, Cost, durable_server
from bench.peers import HERE, PROJECT, Address
from tools import config, migrations, scratch

NAMES = ("status", "apply", "plan", "drift-check", "lint")
CONNECT = "import click, psycopg; psycopg.connect({!r}, autocommit=True).execute('select 1')"


def commands(at: Address) -> dict[str, tuple[str, ...]]:
    """Return what is measured, the floors first."""
    python, ours = sys.executable, str(PROJECT / "tools")
    yes = {"apply": ("--yes",)}
    return {
        "floor: `python -c pass`": (python, "-c", "pass"),
        "floor: click, psycopg, one connection": (python, "-c", CONNECT.format(at.url())),
        "`tools --help`": (ours, "--help"),
        **{f"`tools {name}`": (ours, name, "--url", at.url(), *yes.get(name, ())) for name in NAMES},
    }


def measure(bench: Bench, rounds: int) -> dict[str, list[Cost]]:
    """Run each in turns; the first round fills the caches, and does not count."""
    at = bench.create()
    project = config.load(HERE.parent)
    scratch.fill(at.url(), project, scratch.steps_of(migrations.read(project)))
    costs: dict[str, list[Cost]] = defaultdict(list)
    for round_ in range(rounds + 1):
        for name, command in commands(at).items():
            cost = bench.measure(command)
            if cost.code:
                raise SystemExit(f"{name}: exit {cost.code}: {cost.output[-2000:]}")
            if round_:
                costs[name].append(cost)
    return costs


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="how often each is measured [%(default)s]")
    given = parser.parse_args()
    with durable_server() as bench:
        costs = measure(bench, given.rounds)
        print("| nothing to do | wall | CPU of the client | of the server |\n| --- | ---: | ---: | ---: |")
        for name, found in costs.items():
            cells = (statistics.median(getattr(one, what) for one in found) for what in ("wall", "client", "server"))
            print(f"| {name} | {' | '.join(f'{cell:,.0f}' for cell in cells)} |")
        print(f"\n{machine(bench, {})}")


if __name__ == "__main__":
    main()

"""Measures apply, nothing to do, status and rollback of a generated history: ours, the peers, and the floors.

Run as ``python -m bench.apply`` in the repository's root; it prints Markdown tables, and its story on standard error.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from bench import histories, peers
from bench.meter import Bench, Cost, durable_server
from bench.peers import ALEMBIC, DBMATE, FLOOR, FLOOR_OF_FOUR, OURS, YOYO, Address, Runner

RUNNERS = (FLOOR, FLOOR_OF_FOUR, OURS, DBMATE, ALEMBIC, YOYO)
SLOW = (YOYO,)  # once is enough where a history is long: half a minute a round
LONG = 500
MOST_PROCESSES = 20  # of a runner that rolls back one file a process: the rest is reckoned
READ = "floor: read the ledger"
VERBS = ("apply", "nothing", "status", "rollback")

Costs = dict[tuple[str, str], list[Cost]]


def measure(bench: Bench, folder: Path, size: int, rounds: int, repeats: int) -> Costs:
    """Measure everything at one size; the runners take turns, so that a busy minute hits all of them."""
    costs: Costs = defaultdict(list)
    changes = histories.generate(size)
    for runner in RUNNERS:
        runner.write(_place(folder, runner), changes)
    for number in range(rounds):
        turn = [runner for runner in RUNNERS if not (number and size >= LONG and runner in SLOW)]
        if number % 2:
            turn.reverse()
        _round(bench, folder, turn, costs, size, repeats)
    return costs


def _round(bench: Bench, folder: Path, turn: list[Runner], costs: Costs, size: int, repeats: int) -> None:
    at = {runner.name: bench.create() for runner in turn}
    for runner in turn:
        _note(costs, bench, runner, "apply", _place(folder, runner), at[runner.name])
    for _ in range(repeats):
        for runner in turn:
            place = _place(folder, runner)
            _note(costs, bench, runner, "apply", place, at[runner.name], verb="nothing")
            if "status" in runner.verbs:
                _note(costs, bench, runner, "status", place, at[runner.name])
        read = FLOOR.command("read", _place(folder, FLOOR), at[OURS.name])
        costs[READ, "status"].append(_checked(bench.measure(read), read))
    for runner in turn:
        if "rollback" in runner.verbs:
            costs[runner.name, "rollback"].append(_roll_back(bench, runner, _place(folder, runner), at, size))
    for address in at.values():
        bench.drop(address)


def _note(
    costs: Costs, bench: Bench, runner: Runner, command: str, place: Path, at: Address, *, verb: str | None = None
) -> None:
    words = runner.command(command, place, at)
    counted = command == "apply" and verb is None
    costs[runner.name, verb or command].append(_checked(bench.measure(words, count_flushes=counted), words))


def _roll_back(bench: Bench, runner: Runner, place: Path, at: dict[str, Address], size: int) -> Cost:
    command = runner.command("rollback", place, at[runner.name])
    if not runner.per_file:
        return _checked(bench.measure(command), command)
    some = min(size, MOST_PROCESSES)
    each = [_checked(bench.measure(command), command) for _ in range(some)]
    scale = size / some
    return Cost(
        wall=sum(cost.wall for cost in each) * scale,
        client=sum(cost.client for cost in each) * scale,
        server=sum(cost.server for cost in each) * scale,
    )


def _checked(cost: Cost, command: tuple[str, ...]) -> Cost:
    if cost.code:
        raise SystemExit(f"{' '.join(command)}: exit {cost.code}: {cost.output[-2000:]}")
    return cost


def _place(folder: Path, runner: Runner) -> Path:
    place = folder / "".join(letter if letter.isalnum() else "_" for letter in runner.name)
    place.mkdir(exist_ok=True)
    return place


def table(costs: Costs, size: int) -> Iterable[str]:
    """Yield the lines of one table: medians of wall and work in ms, and work as a multiple of the floor's."""
    yield f"### {size:,} migrations"
    yield ""
    yield "| | apply | nothing to do | status | roll back all | WAL flushes |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for name in dict.fromkeys([READ, *(runner.name for runner in RUNNERS)]):
        cells = [_cell(costs, name, verb) for verb in VERBS]
        flushes = [cost.flushes for cost in costs.get((name, "apply"), [])]
        cells.append(f"{statistics.median(flushes):.0f}" if flushes else "")
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""


def _cell(costs: Costs, name: str, verb: str) -> str:
    found = costs.get((name, verb))
    if not found:
        return ""
    floor = costs[(READ, "status") if verb in ("nothing", "status") else (FLOOR.name, verb)]
    wall, work = _median(found, "wall"), _median(found, "work")
    ratio = f", {work / _median(floor, 'work'):.2f}" if found is not floor else ""
    return f"{wall:,.0f} / {work:,.0f}{ratio}"


def _median(costs: list[Cost], what: str) -> float:
    return float(statistics.median(getattr(cost, what) for cost in costs))


def machine(bench: Bench, versions: dict[str, str]) -> str:
    listed = "".join(f", {name} {version}" for name, version in versions.items())
    python = platform.python_version()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"Measured on {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {python}, PostgreSQL"
        f" {bench.version()} (a server of its own, on disk, fsync on, socket){listed}; load at the end {load}."
    )


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10,100,1000", help="how many migrations [%(default)s]")
    parser.add_argument("--rounds", type=int, default=3, help="how often each runner applies from zero [%(default)s]")
    parser.add_argument("--repeats", type=int, default=4, help="of nothing to do and status, a round [%(default)s]")
    given = parser.parse_args()
    versions = peers.install()
    with durable_server() as bench:
        for size in (int(text) for text in given.sizes.split(",")):
            print(f"{size} migrations", file=sys.stderr)
            with tempfile.TemporaryDirectory() as folder:
                costs = measure(bench, Path(folder), size, given.rounds, given.repeats)
            print("\n".join(table(costs, size)), flush=True)
        print(machine(bench, versions))


if __name__ == "__main__":
    main()

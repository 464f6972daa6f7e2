"""Kills runs at random moments, runs each once more, and looks whether all is as if nothing had happened.

Run as ``python -m bench.soak --kills 100 --seed 1`` in the repository's root; TOOLS_SCRATCH_BINDIR takes the programs
of another server. The same seed kills in the same ways and aims at the same moments. Exits 1 where anything is wrong.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench.ground import Ended, Ground, Truth, ended
from bench.kills import AIMS, BETWEEN, DOING, NOT_YET, WAYS, Seen, Way, watching
from bench.mortal import mortal_server

AGAIN = 0.2  # the share of kills after which the next run is killed, too
UNFIT = ("Traceback", "tools: unexpected", "This probably means")  # Python itself, while it starts, may say the first
HALF = 0.5  # the share of rounds with an application at work, and of kills that are aimed


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a soak has seen so far: kills by way and by what they hit, kills that came too late, and what was wrong."""

    hits: Counter[tuple[str, str]] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    late: int = 0
    runs: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """How many runs were killed."""
        return sum(self.hits.values())


@contextmanager
def traffic(url: str) -> Iterator[None]:
    """Let an application write to the tables, in transactions that concurrent statements wait for."""
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            with suppress(psycopg.Error), psycopg.connect(url) as connection:  # a crash takes it along
                while not over.wait(0.005):
                    connection.execute("update big set note = note where id = 1")
                    connection.execute("select from parted where id = 1")
                    over.wait(0.03)
                    connection.commit()
            over.wait(0.05)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One database, and the runs that are killed on it."""

    ground: Ground
    truth: Truth
    name: str
    chance: random.Random
    tally: Tally
    story: list[str] = field(default_factory=list)

    def kill(self) -> bool:
        """Start a run and kill it; False where it was done before."""
        way = WAYS[self.tally.runs % len(WAYS)]
        aim = self.chance.choice(AIMS) if self.chance.random() < HALF else None
        self.tally.runs += 1
        self.story.append(f"{way.name} aimed at {aim or 'any moment'}")
        process = self.ground.start(self.name, "apply", "--yes")
        with watching(self.ground.server, self.name) as watcher:
            seen = watcher.await_moment(process, aim, self.chance, self.truth.span)
            way.kill(process, seen.pid, self.ground.server)
        done = ended(process)
        self.ground.server.recover()
        return self._count(way, seen, done)

    def _count(self, way: Way, seen: Seen, done: Ended) -> bool:
        if done.code == 0:
            self.tally.late += 1
            return False
        self.tally.hits[way.name, seen.doing] += 1
        self.tally.phases.update([seen.phase] if seen.phase else [])
        unfit = {word for word in UNFIT if word in done.said and seen.doing != NOT_YET}
        if unfit or done.code not in way.codes:
            self.tally.wrong.append(f"{way.name} while {seen.doing}: exit {done.code}: {done.said}")
        return True

    def mend(self) -> None:
        """Run once more, and look at what is there."""
        started = time.monotonic()
        last = ended(self.ground.start(self.name, "apply", "--yes"))
        self.tally.slowest = max(self.tally.slowest, time.monotonic() - started)
        failed = [f"the run after it: exit {last.code}: {last.said}"] if last.code else []
        found = failed or [*self.ground.wrong(self.name, self.truth), *self._yoyo()]
        self.tally.wrong += [f"{self.name} ({', then '.join(self.story)}): {one}" for one in found]

    def _yoyo(self) -> list[str]:
        """Ask yoyo, too, in one round of ten."""
        if not self.name.endswith("1"):
            return []
        return [f"yoyo does not list it as applied: {file}" for file in self.ground.unlisted(self.name)]


def play(ground: Ground, truth: Truth, number: int, seed: int, tally: Tally) -> None:
    """Kill a run, perhaps kill the next one too, then run undisturbed, once."""
    chance = random.Random(f"{seed} {number}")
    with ground.copy(f"round_{number}") as name:
        one = Round(ground=ground, truth=truth, name=name, chance=chance, tally=tally)
        with traffic(ground.url(name)) if chance.random() < HALF else nullcontext():
            while one.kill() and chance.random() < AGAIN:
                pass
            one.mend()


def soak(kills: int, seed: int, seconds: float = 3600.0) -> tuple[Tally, str]:
    """Play rounds until so many runs were killed, and return what was seen, and the server's version."""
    tally, deadline = Tally(), time.monotonic() + seconds
    with mortal_server() as server, tempfile.TemporaryDirectory() as folder:
        ground = Ground(server, Path(folder))
        truth = ground.truth()
        number = 0
        while tally.kills < kills and time.monotonic() < deadline:
            number += 1
            play(ground, truth, number, seed, tally)
            if sys.stderr.isatty():
                print(f"\r{tally.kills} of {kills} kills, {len(tally.wrong)} wrong", end="", file=sys.stderr)
        return tally, str(server.ask("postgres", "show server_version")[0][0])


def table(tally: Tally) -> Iterator[str]:
    """Yield the lines of the table: how many kills of each way fell into what."""
    ways = [way.name for way in WAYS]
    yield f"| | {' | '.join(ways)} | |"
    yield f"| --- {'| ---: ' * (len(ways) + 1)}|"
    for doing in (NOT_YET, BETWEEN, *DOING):
        counts = [tally.hits[way, doing] for way in ways]
        yield f"| {doing} | {' | '.join(str(count or '') for count in counts)} | {sum(counts)} |"
    sums = [sum(tally.hits[way, doing] for doing in (NOT_YET, BETWEEN, *DOING)) for way in ways]
    yield f"| **all** | {' | '.join(map(str, sums))} | **{sum(sums)}** |"


def main() -> None:
    """Soak, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="how many runs to kill [50]")
    parser.add_argument("--seed", type=int, default=1, help="which ways and moments [1]")
    parser.add_argument("--seconds", type=float, default=600.0, help="stop after so long [600]")
    given = parser.parse_args()
    tally, version = soak(given.kills, given.seed, given.seconds)
    print("\n".join(table(tally)))
    phases = ", ".join(f"{phase} {count}" for phase, count in tally.phases.most_common())
    print(f"\nPhases of index builds that were hit: {phases or 'none'}.")
    print(f"{tally.late} runs were done before the kill; the slowest run after a kill took {tally.slowest:.1f} s.")
    print(f"PostgreSQL {version}, seed {given.seed}, {os.cpu_count()} cores: {len(tally.wrong)} wrong.")
    print("".join(f"\n{one}" for one in tally.wrong))
    sys.exit(1 if tally.wrong or tally.kills < given.kills else 0)


if __name__ == "__main__":
    main()

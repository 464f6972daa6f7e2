"""Measures everything in one run, and writes what came out into the documentation, between its marks.

Run as ``python -m bench`` in the repository's root, on a machine that does nothing else; it takes about twenty minutes.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
TABLES = {  # each prints the part of the page that is marked with its name
    "commands": "benchmarks.md",
    "apply": "benchmarks.md",
    "drift": "benchmarks.md",
    "models": "benchmarks.md",
    "check": "benchmarks.md",
    "seed": "benchmarks.md",
    "lint": "lint.md",
    "scenes": "runners.md",
}


def part(name: str) -> re.Pattern[str]:
    """Return what finds the part that a benchmark writes."""
    return re.compile(rf"(<!-- bench: {name} -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> None:
    """Measure, and write; a benchmark that fails leaves its part as it was, and the exit code says so."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"only these of {', '.join(TABLES)}")
    chosen = parser.parse_args().names or list(TABLES)
    if unknown := set(chosen) - set(TABLES):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}: there are {', '.join(TABLES)}")
    failed = []
    for name in chosen:
        started = time.monotonic()
        done = subprocess.run((sys.executable, "-m", f"bench.{name}"), stdout=subprocess.PIPE, text=True, check=False)
        sys.stderr.write(f"{name}: exit {done.returncode}, {time.monotonic() - started:.0f} s\n")
        if done.returncode:
            failed.append(name)
            continue
        page = DOCS / TABLES[name]
        made = f"{done.stdout.strip()}\n"
        text = part(name).sub(lambda match, made=made: match[1] + made + match[2], page.read_text(encoding="utf-8"))  # type: ignore[misc]
        page.write_text(text, encoding="utf-8")
    sys.exit(f"failed, and left as it was: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()

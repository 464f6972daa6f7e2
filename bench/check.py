"""Measures `models.check` on this repository's schema, as the owner and as the application's role.

Run as ``python -m bench.check`` in the repository's root; it prints a Markdown table.
"""

from __future__ import annotations

import os
import statistics
import time

import models
from bench.peers import HERE
from models import compatibility
from tools import config, database, migrations, scratch
from tools.database import Connection

ROUNDS = 200


def walls(connection: Connection) -> list[float]:
    """Return the milliseconds of each check, all of them: the query, the wait and the comparison."""
    found = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        models.check(connection, "exact")
        found.append((time.perf_counter() - start) * 1000)
    return sorted(found)


def server(connection: Connection) -> float:
    """Return the milliseconds that the server plans and runs the query, the median of several."""
    contract = compatibility._contract()
    wanted = {key: list(contract[key]) for key in ("relations", "types")}
    query = compatibility.QUERY.replace(":relations", "%(relations)s").replace(":types", "%(types)s")
    statement = f"explain (analyze, timing off, costs off, summary on, format json) {query}".encode()
    plans = [connection.execute(statement, wanted).fetchall()[0][0][0] for _ in range(20)]
    return float(statistics.median(plan["Planning Time"] + plan["Execution Time"] for plan in plans))


def main() -> None:
    project = config.load(HERE.parent)
    steps = scratch.steps_of(migrations.read(project))
    print("| role | server | best | median | 95 of 100 |\n| --- | ---: | ---: | ---: | ---: |")
    with scratch.cluster(scratch.configured(None, None), project=project, steps=steps) as cluster:
        url = cluster.create(template=cluster.replayed)
        for role, called in (("none", "superuser"), ("todo_app", "`todo_app`")):
            with database.connect(url, application="bench") as connection:
                connection.execute(f"set role {role}".encode())
                models.check(connection)  # imports, and fills the server's caches
                times = walls(connection)
                cells = (server(connection), times[0], statistics.median(times), times[ROUNDS * 95 // 100])
                print(f"| {called} | {' | '.join(f'{cell:.1f} ms' for cell in cells)} |")
                version = connection.info.parameter_status("server_version")
    print(f"\n{os.cpu_count()} cores, PostgreSQL {version}, a socket; load at the end {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()

"""How long a run waits for the locks of others: shortly each time, so that nobody queues behind it, and again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tools.ledger import Waits

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """`lock_timeout` in ms is what one try waits, `seconds` what all tries may; `blocker` is who was seen to block."""

    lock_timeout: int
    seconds: float
    say: Callable[[str], None]
    blocker: Callable[[], str | None]

    def insist(self, what: str, attempt: Callable[[Waits], Result], missed: Callable[[Result], str | None]) -> Result:
        """Try until the locks are free or the patience is over, and return how the last try ended.

        An attempt is told what was waited for before it; `missed` says which lock it could not have, where nothing of
        it is left and it can be made again.
        """
        started = time.monotonic()
        waits = Waits()
        while True:
            result = attempt(waits)
            reason = missed(result)
            if reason is None or time.monotonic() - started > self.seconds:
                return result
            misses = waits.misses + 1
            held = f", held by {blocker}" if (blocker := self.blocker()) else ""
            self.say(f"{what}: {reason}{held}: trying again ({misses})")
            time.sleep(min(5.0, 0.1 * 2 ** min(misses, 6)) * random.uniform(0.5, 1.0))  # noqa: S311 (jitter)
            waits = Waits(misses=misses, seconds=time.monotonic() - started)

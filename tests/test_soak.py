"""A small edition of the soak: each way to kill a run, and one more run makes all as if nothing had happened."""

from __future__ import annotations

import pytest

from bench.kills import WAYS
from bench.soak import soak


@pytest.mark.slow
def test_killed_in_every_way_and_run_once_more() -> None:
    tally, _ = soak(kills=15, seed=20260622)
    assert "\n".join(tally.wrong) == ""
    assert tally.kills >= 15
    assert len({way for way, _ in tally.hits}) >= len(WAYS) - 2, "hardly any kill found a run at work"

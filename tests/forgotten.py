"""Packages of models that a test imported under another name, and that no later test may meet."""

from __future__ import annotations

import sys
from collections.abc import Set as AbstractSet

from sqlalchemy.orm import registry


def forget(tops: AbstractSet[str]) -> None:
    """Remove the packages and their mappers: `configure_mappers()` configures all that is alive in the process."""
    for name in [name for name in sys.modules if name.partition(".")[0] in tops]:
        base = vars(sys.modules.pop(name)).get("Base")  # getattr() would load it again
        found = getattr(base, "_sa_registry", None)
        if isinstance(found, registry):
            found.dispose()

# written by tools models; edit the SQL
"""The mirrors of the schema: a class for each table and view, and what a client may create, update and read.

To be vendored as it is, under any name. Importing it connects to nothing and loads no table: each is loaded
when its class is asked for, and all of them with `metadata`.
"""

from typing import TYPE_CHECKING

from .loading import Loader

if TYPE_CHECKING:
    from .a import A, ACreate, ARead, AUpdate
    from .base import Base, Input, Output, ReadOnlyError, metadata
    from .compatibility import SchemaError, check

# columns that no Read shows
PRIVATE: dict[str, frozenset[str]] = {}

_loader = Loader(
    __name__,
    names={
        "A": "a",
        "ACreate": "a",
        "ARead": "a",
        "AUpdate": "a",
        "Base": "base",
        "Input": "base",
        "Output": "base",
        "ReadOnlyError": "base",
        "SchemaError": "compatibility",
        "check": "compatibility",
        "metadata": "base",
    },
    tables={"a": "a"},
)
load_all = _loader.load_all
if not TYPE_CHECKING:
    __getattr__ = _loader.find

__all__ = [
    "PRIVATE",
    "A",
    "ACreate",
    "ARead",
    "AUpdate",
    "Base",
    "Input",
    "Output",
    "ReadOnlyError",
    "SchemaError",
    "check",
    "load_all",
    "metadata",
]

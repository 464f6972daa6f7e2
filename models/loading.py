"""Names that are loaded when they are asked for: a package of a thousand tables costs what is used of it."""

import gc
import importlib
import sys
from collections.abc import Iterable, Mapping
from typing import Any


class Loader:
    """Finds the names of a package; `names` says in which module each is, `tables` in which module each table is.

    `others` are modules that have neither, and that the tables stand on.
    """

    def __init__(
        self, package: str, *, names: Mapping[str, str], tables: Mapping[str, str], others: Iterable[str] = ()
    ) -> None:
        global _loader
        self.package = package
        self.names = names
        self.tables = tables
        self.others = others
        _loader = self

    def find(self, name: str) -> Any:
        """Return what the package calls so: the ``__getattr__`` of its module (PEP 562)."""
        if name == "metadata":
            self.load_all()  # somebody asks for the tables, and that is all of them
        if name in self.names:
            value = getattr(self.load(self.names[name]), name)
        elif name in self.names.values():
            value = self.load(name)
        else:
            raise AttributeError(f"module {self.package!r} has no attribute {name!r}")
        setattr(sys.modules[self.package], name, value)
        return value

    def load(self, module: str) -> Any:
        """Import a module of the package, while no other thread loads one or configures mappers.

        A mapper of which half is there fails when it is configured, and SQLAlchemy remembers that for good. The lock is
        the one under which it configures: two would be taken in two orders.
        """
        from sqlalchemy.orm.mapper import _CONFIGURE_MUTEX

        name = f"{self.package}.{module}"
        if not _is_ready(name):
            with _CONFIGURE_MUTEX:
                importlib.import_module(name)
        return importlib.import_module(name)

    def load_all(self) -> None:
        """Import every module that has a name or a table in it, or that tables stand on."""
        enabled = gc.isenabled()
        gc.disable()  # all of it stays, and the collector would walk over it again and again
        try:
            for module in sorted({*self.names.values(), *self.tables.values(), *self.others}):
                self.load(module)
        finally:
            if enabled:
                gc.freeze()
                gc.enable()


def _is_ready(name: str) -> bool:
    module = sys.modules.get(name)
    return module is not None and not getattr(module.__spec__, "_initializing", False)


_loader: Loader | None = None


def load_class(name: str) -> None:
    """Load the class of this name, where the package has one."""
    if _loader is not None and name in _loader.names:
        _loader.load(_loader.names[name])


def load_table(key: str) -> None:
    """Load the table of this key of the metadata, where the package has one."""
    if _loader is not None and key in _loader.tables:
        _loader.load(_loader.tables[key])


def load_targets(table: Any) -> None:
    """Load the tables that the foreign keys of a table point to: SQLAlchemy looks at them when it writes rows."""
    for key in table.foreign_keys:
        load_table(key.target_fullname.rpartition(".")[0])


def load_all() -> None:
    """Load all there is."""
    if _loader is not None:
        _loader.load_all()

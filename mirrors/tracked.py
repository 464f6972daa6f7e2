"""Lists and dicts that tell their row when they change, at any depth; SQLAlchemy would not notice and not save it."""

import functools
from collections.abc import Callable
from typing import Any, Self

from sqlalchemy.ext.mutable import Mutable


class Tracked(Mutable):
    """The value of a jsonb or array column, or a part of one."""

    owner: "Tracked | None" = None

    @classmethod
    def coerce(cls, key: str, value: Any) -> Any:
        """Return the value as one that is tracked; a copy, if it is part of another."""
        if value is None or (isinstance(value, Tracked) and value.owner is None):
            return value
        if isinstance(value, dict | list):
            return track(value)
        return super().coerce(key, value)

    def changed(self) -> None:
        """Mark the column of the row as changed."""
        if self.owner is None:
            super().changed()
        else:
            self.owner.changed()

    def own(self, value: Any) -> Any:
        """Return a value as part of this one."""
        if isinstance(value, Tracked) and value.owner is self:
            return value
        tracked = track(value)
        if isinstance(tracked, Tracked):
            tracked.owner = self
        return tracked


class TrackedList(Tracked, list[Any]):
    """A list that tells."""

    def __init__(self, values: Any = ()) -> None:
        super().__init__(values)
        self.adopt()

    def adopt(self) -> None:
        """Track what was put in."""
        list.__setitem__(self, slice(None), [self.own(value) for value in self])

    def __reduce_ex__(self, protocol: Any) -> tuple[type[Self], tuple[list[Any]]]:
        return type(self), (list(self),)


class TrackedDict(Tracked, dict[str, Any]):
    """A dict that tells."""

    def __init__(self, values: Any = ()) -> None:
        super().__init__(values)
        self.adopt()

    def adopt(self) -> None:
        """Track what was put in."""
        dict.update(self, {key: self.own(value) for key, value in self.items()})

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Return the value of the key as it is in here, so that a change of it tells, too."""
        if key not in self:
            self[key] = default
        return self[key]

    def __reduce_ex__(self, protocol: Any) -> tuple[type[Self], tuple[dict[str, Any]]]:
        return type(self), (dict(self),)


def track(value: Any) -> Any:
    """Return a list or dict as one that tells; anything else as it is."""
    if isinstance(value, dict):
        return TrackedDict(value)
    return TrackedList(value) if isinstance(value, list) else value


def _telling(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def tell(self: TrackedList | TrackedDict, *args: Any, **kwargs: Any) -> Any:
        result = method(self, *args, **kwargs)
        self.adopt()
        self.changed()
        return result

    return tell


for _name in ("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"):
    setattr(TrackedList, _name, _telling(getattr(list, _name)))
for _name in ("__delitem__", "__iadd__", "__imul__", "__setitem__"):
    setattr(TrackedList, _name, _telling(getattr(list, _name)))
for _name in ("__delitem__", "__ior__", "__setitem__", "clear", "pop", "popitem", "update"):
    setattr(TrackedDict, _name, _telling(getattr(dict, _name)))

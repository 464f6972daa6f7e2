"""Relationships between classes of which one may not be loaded yet: each is made as soon as both are there.

SQLAlchemy wants both sides when it configures a mapper, and in a schema where all is connected that is everything.
Here a relationship whose other side is missing waits; asking for it loads that side.
"""

from types import NoneType
from typing import TYPE_CHECKING, Any, ForwardRef, dataclass_transform, get_args, get_origin

from sqlalchemy import Table
from sqlalchemy.orm import Mapped, Mapper, RelationshipProperty, relationship
from sqlmodel import Field
from sqlmodel.main import SQLModelMetaclass

from .loading import load_class, load_table

# The classes that are loaded, by name; and the relationships that wait for one, by the name of that class
loaded: dict[str, type[Any]] = {}
waiting: dict[str, list[tuple[type[Any], str]]] = {}


@dataclass_transform(kw_only_default=True, field_specifiers=(Field,))
class Relating(SQLModelMetaclass):
    """The class of table models: hands out relationships when their other side is there."""

    def __init__(
        cls,  # noqa: N805 (a metaclass)
        classname: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        **keywords: Any,
    ) -> None:
        declared = dict(cls.__sqlmodel_relationships__)
        annotations = {name: cls.__annotations__.pop(name) for name in declared if name in cls.__annotations__}
        cls.__sqlmodel_relationships__.clear()
        super().__init__(classname, bases, namespace, **keywords)
        cls.__sqlmodel_relationships__.update(declared)
        cls.__annotations__.update(annotations)
        if "__mapper__" in cls.__dict__:
            _join(cls, classname)

    if not TYPE_CHECKING:

        def __getattr__(cls, name: str) -> Any:  # noqa: N805 (a metaclass)
            if relate(cls, name):
                return getattr(cls, name)
            return super().__getattr__(name)


def relate(cls: type[Any], name: str) -> bool:
    """Load what a relationship of the class waits for, and say whether it is there now."""
    if name not in cls.__dict__.get("__sqlmodel_relationships__", {}):
        return False
    if name in cls.__dict__:  # another thread loaded it since it was asked for
        return True
    target = _target(cls.__annotations__[name])
    load_class(target)
    if target not in loaded:
        raise AttributeError(f"{cls.__name__}.{name} leads to {target}, and no module with that class is imported")
    return name in cls.__dict__


def _join(cls: type[Any], classname: str) -> None:
    """Make the relationships of a new class to those that are there, and theirs to it."""
    loaded[classname] = cls
    targets = {name: _target(cls.__annotations__[name]) for name in cls.__sqlmodel_relationships__}
    for name, target in targets.items():
        if target not in loaded:
            waiting.setdefault(target, []).append((cls, name))
    ready = [(cls, name) for name, target in targets.items() if target in loaded]
    ready += waiting.pop(classname, [])
    for owner, name in ready:
        one, other = owner.__table__, loaded[_target(owner.__annotations__[name])].__table__
        link = owner.__sqlmodel_relationships__[name].link_model
        for pair in ((one, link.__table__), (link.__table__, other)) if link else ((one, other),):
            _load_around(*pair)
    made = [_added(owner, name) for owner, name in ready]
    for mapper, late in made:
        if mapper.configured and not late._configure_started:
            late.init()
            late.post_instrument_class(mapper)
            mapper._expire_memoizations()


def _load_around(one: Table, other: Table) -> None:
    """Load what the columns of the foreign keys between two tables point to besides.

    SQLAlchemy follows all foreign keys of a column to find the one of a relationship, also those of a key that is one.
    """
    for table, target in ((one, other), (other, one)):
        for key in table.foreign_keys:
            home, _, name = key.target_fullname.rpartition(".")
            if home == target.fullname:
                for further in (*key.parent.foreign_keys, *target.c[name].foreign_keys):
                    load_table(further.target_fullname.rpartition(".")[0])


def _added(cls: type[Any], name: str) -> tuple[Mapper[Any], RelationshipProperty[Any]]:
    """Add a relationship to a mapper that may be configured already.

    SQLAlchemy would configure it at once, and with it the new class, before the others that belong to that are added.
    """
    mapper: Mapper[Any] = cls.__mapper__
    late = _declared(cls, name, _target(cls.__annotations__[name]))
    configured, mapper.configured = mapper.configured, False
    try:
        mapper.add_property(name, late)
    finally:
        mapper.configured = configured
    return mapper, late


def _declared(cls: type[Any], name: str, target: str) -> RelationshipProperty[Any]:
    """Return the relationship as SQLModelMetaclass would make it."""
    info = cls.__sqlmodel_relationships__[name]
    if info.sa_relationship is not None:
        given: RelationshipProperty[Any] = info.sa_relationship
        return given
    annotation: Any = cls.__annotations__[name]
    inner: Any = get_args(annotation)[0] if get_origin(annotation) is Mapped else annotation
    options: dict[str, Any] = {"uselist": get_origin(inner) is list}
    if info.back_populates:
        options["back_populates"] = info.back_populates
    if info.cascade_delete:
        options["cascade"] = "all, delete-orphan"
    if info.passive_deletes:
        options["passive_deletes"] = info.passive_deletes
    if info.link_model is not None:
        options["secondary"] = info.link_model.__table__
    options.update(info.sa_relationship_kwargs or {})
    return relationship(target, *(info.sa_relationship_args or ()), **options)


def _target(annotation: Any) -> str:
    """Return the name of the class in ``list["Task"]``, ``Optional["Task"]`` or ``"Task"``."""
    match annotation:
        case str():
            return annotation
        case ForwardRef():
            return annotation.__forward_arg__
    inner = [one for one in get_args(annotation) if one is not NoneType]
    return _target(inner[0]) if inner else str(annotation.__name__)

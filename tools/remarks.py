"""Smart comments: what a comment on an object says to `tools models`, after an ``@`` and apart from its prose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# Each tag with whether it takes a value; where they may stand is in the README
TAGS: Mapping[str, bool] = {
    "private": False,  # a column that no schema shows or takes
    "immutable": False,  # a column that is given once
    "owner": False,  # a column that says whose row it is: the server sets it
    "omit": True,  # create, update, read: the schemas that leave a column out; of a table, the schemas there are not
    "name": True,  # what the class, attribute or relationship is called
    "inverse": True,  # of a foreign key: what the other side calls it
    "key": False,  # of a view's column: it tells rows apart
    "notnull": False,  # of a view's column or a composite type's: it is never null
    "version": False,  # of a column: it counts changes, and an update compares it
    "area": True,  # of a table: the part of the documentation that it stands in
    "rule": True,  # of a column: the annotation in house_rules.py that Create and Update use
}
TAG = re.compile(rf"(?:^|(?<=\s))@({'|'.join(TAGS)})\b(?:[ \t]+([A-Za-z_]\w*(?:[ \t]*,[ \t]*\w+)*))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A comment: its prose, and its tags with their values."""

    prose: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    def has(self, tag: str) -> bool:
        """Say whether the tag is there."""
        return tag in self.tags

    def omits(self, schema: str) -> bool:
        """Say whether a column with this comment is left out of ``create``, ``update`` or ``read``."""
        if not self.tags:
            return False
        if schema in re.split(r"\W+", self.tags.get("omit", "")) or self.has("private"):
            return True
        if schema == "read":
            return False
        return self.has("owner") or self.has("version") or (self.has("immutable") and schema == "update")


NONE = Remark()


def read(comment: str | None) -> Remark:
    """Take a comment apart; what only looks like a tag, or lacks its value, is prose.

    >>> read("Key in the store. @private")
    Remark(prose='Key in the store.', tags={'private': ''})
    """
    if not comment:
        return NONE
    if "@" not in comment:
        return Remark(prose=comment)
    tags: dict[str, str] = {}

    def take(found: re.Match[str]) -> str:
        tag, value = found.group(1), found.group(2) or ""
        if TAGS[tag] and not value:
            return found.group(0)
        tags[tag] = value if TAGS[tag] else ""
        return "" if TAGS[tag] else found.group(0)[len(tag) + 1 :]

    prose = TAG.sub(take, comment)
    return Remark(prose=re.sub(r"[ \t]{2,}", " ", prose).strip(), tags=tags)

"""What things are called in Python: names of the database as modules, classes and attributes, each of them free."""

from __future__ import annotations

import keyword
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache

# Attributes of SQLModel, pydantic and SQLAlchemy, which a field of that name would hide; a test holds them against
# the installed versions
HIDDEN = """
construct copy dict from_orm json metadata model_computed_fields model_config model_construct model_copy model_dump
model_dump_json model_extra model_fields model_fields_set model_json_schema model_parametrized_name
model_post_init model_rebuild model_validate model_validate_json model_validate_strings parse_file parse_obj
parse_raw registry schema schema_json sqlmodel_update update_forward_refs validate self cls
"""
# pydantic warns about a field that begins so (protected_namespaces)
RESERVED_PREFIXES = ("model_validate", "model_dump")

# Modules of a package of models that are written by hand, and its generated ones that are no table's
HANDS = """
address base check compatibility composite contract crud engine engines enums errors fastapi house_rules loading
metadata pages relating retry rules schema scope session sessions tracked types verify
"""

# Windows opens a device where a file is called so, whatever the ending, and git cannot check it out there
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{kind}{number}" for kind in ("com", "lpt") for number in range(1, 10))}
)

RESERVED_ATTRIBUTES = frozenset(HIDDEN.split())
RESERVED_MODULES = frozenset(HANDS.split())

IRREGULAR = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "mice": "mouse",
    "geese": "goose",
    "feet": "foot",
    "teeth": "tooth",
    "indices": "index",
    "vertices": "vertex",
    "matrices": "matrix",
    "criteria": "criterion",
    "media": "medium",
    "movies": "movie",
    "cookies": "cookie",
    "caches": "cache",
    "leaves": "leaf",
    "lives": "life",
    "shelves": "shelf",
}
PLURALS = {one: many for many, one in IRREGULAR.items()}
ALIKE = frozenset({"series", "species", "news", "data", "metadata", "settings", "status", "statistics", "analytics"})


@cache
def split(name: str) -> tuple[str, ...]:
    """Return the parts of a qualified name as PostgreSQL prints it, without their quotes.

    >>> split('public."My Table".id')
    ('public', 'My Table', 'id')
    """
    found = re.findall(r'"((?:[^"]|"")*)"|([^.]+)', name)
    return tuple(quoted.replace('""', '"') or plain for quoted, plain in found)


@cache
def words(name: str) -> str:
    """Return a name as lower-case words joined by underscores, or nothing where it has no letter or digit.

    >>> words("createdAt"), words("HTTPRequest"), words("line items (%)")
    ('created_at', 'http_request', 'line_items')
    """
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", unicodedata.normalize("NFKC", name))
    return re.sub(r"[\W_]+", "_", apart.casefold()).strip("_")


@cache
def attribute(name: str) -> str:
    """Return what an attribute for this name is called in Python.

    >>> attribute("metadata"), attribute("class"), attribute("2nd"), attribute("__x")
    ('metadata_', 'class_', 'n2nd', 'x')
    """
    clean = identifier(words(name) or "column", "n")
    if clean.startswith(RESERVED_PREFIXES):
        return f"its_{clean}"
    return f"{clean}_" if clean in RESERVED_ATTRIBUTES or keyword.iskeyword(clean) else clean


def module(name: str) -> str:
    """Return what the module for this name is called."""
    clean = identifier(words(name) or "table", "n")
    taken = clean in RESERVED_MODULES or clean in DEVICES
    return f"{clean}_" if taken or keyword.iskeyword(clean) else clean


def singular(name: str) -> str:
    """Return the last word of some words in the singular, as far as its spelling tells.

    >>> [singular(word) for word in ("tasks", "line_categories", "boxes", "addresses", "status", "people")]
    ['task', 'line_category', 'box', 'address', 'status', 'person']
    """
    head, _, word = name.rpartition("_")
    return f"{head}_{_singular(word)}" if head else _singular(word)


def plural(name: str) -> str:
    """Return the last word of some words in the plural.

    >>> [plural(word) for word in ("task", "line_category", "box", "address", "person", "series", "tags")]
    ['tasks', 'line_categories', 'boxes', 'addresses', 'people', 'series', 'tags']
    """
    head, _, word = name.rpartition("_")
    return f"{head}_{_plural(word)}" if head else _plural(word)


def camel(name: str) -> str:
    """Return some words as the name of a class.

    >>> camel("line_category"), camel("2fa_tokens"), camel("none")
    ('LineCategory', 'N2faTokens', 'None_')
    """
    clean = identifier("".join(part[:1].upper() + part[1:] for part in name.split("_")) or "Table", "N")
    return f"{clean}_" if keyword.iskeyword(clean) else clean


@dataclass(slots=True, kw_only=True)
class Free:
    """Names that are taken, and the next free one for a wish."""

    taken: set[str] = field(default_factory=set)

    def take(self, wanted: str, *endings: str, instead: str = "") -> str:
        """Return the wish, or the first variation of it that is free with each of the endings, and take them all."""
        name, number = wanted, 1
        while not self.taken.isdisjoint(family := {name, *(f"{name}{ending}" for ending in endings)}):
            name, instead, number = (instead, "", number) if instead else (f"{wanted}_{number + 1}", "", number + 1)
        self.taken |= family
        return name


def identifier(clean: str, before: str) -> str:
    """Return an identifier: some letters of other scripts may stand in a name and not begin one."""
    if clean.isidentifier():
        return clean
    kept = "".join(one for one in clean if f"a{one}".isidentifier())
    return kept if kept.isidentifier() else f"{before}{kept}"


def _singular(word: str) -> str:
    if word in IRREGULAR or word in ALIKE or word in PLURALS:
        return IRREGULAR.get(word, word)
    for ending, one in (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("zzes", "zz")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + one
    if word.endswith(("tuses", "buses", "ruses", "nuses", "puses")):
        return word[:-2]
    plain = word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2
    return word[:-1] if plain else word


def _plural(word: str) -> str:
    if word in PLURALS or word in ALIKE:
        return PLURALS.get(word, word)
    if _singular(word) != word:
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "z", "sh", "ch")) else f"{word}s"

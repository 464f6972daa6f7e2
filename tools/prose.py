"""Texts of the schema in Markdown: nothing that somebody wrote in a comment is taken for a sign of Markdown's."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tools.wording import visible

SIGN = re.compile(r"[\\`*\[\]|~$<>&]|(?<!\w)_|_(?!\w)")
ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
AT_THE_START = re.compile(r"(?=[#+=-])|(?<=^)(\d+)(?=[.)])")
CODE = re.compile(r"`([^`]+)`")


def plain(text: str) -> str:
    r"""Return a text on one line, as Markdown shows it just so.

    >>> plain("a <b> of_it\n*c* _d_ | 1. `e`")
    'a &lt;b&gt; of_it \\*c\\* \\_d\\_ \\| 1. \\`e\\`'
    """
    shown = _escaped(" ".join(text.split()))
    return AT_THE_START.sub(lambda found: f"{found[1] or ''}\\", shown, count=1) if AT_THE_START.match(shown) else shown


def code(text: str) -> str:
    """Return SQL or a name in the type of code, also inside of a table.

    >>> code("a <> 'b'"), code("a || b")
    ("`a <> 'b'`", '<code>a &#124;&#124; b</code>')
    """
    shown = visible(" ".join(text.split()))
    if shown and "`" not in shown and "|" not in shown:
        return f"`{shown}`"
    signs = "".join(char if char.isalnum() or char in " .,:;()='\"+-/" else f"&#{ord(char)};" for char in shown)
    return f"<code>{signs}</code>"


def sentence(text: str) -> str:
    """Return a sentence of `phrases`: between backticks is code."""
    parts = CODE.split(text)
    return "".join(code(part) if number % 2 else _escaped(part) for number, part in enumerate(parts) if part)


def paragraphs(text: str) -> str:
    """Return prose whose paragraphs have an empty line between them."""
    return "\n\n".join(plain(part) for part in re.split(r"\n\s*\n", text) if part.strip())


def fenced(language: str, text: str) -> str:
    """Return a text as it is, between more backticks than it has."""
    shown = visible(text.strip("\n"), lines=True)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", shown)), default=0))
    return f"{fence}{language}\n{shown}\n{fence}"


def listed(items: Iterable[str]) -> str:
    """Return a list; the items are Markdown already."""
    return "\n".join(f"- {item}" for item in items)


def anchor(slug: str) -> str:
    """Return a place to link to."""
    return f'<a id="{slug}"></a>'


def _escaped(text: str) -> str:
    return SIGN.sub(lambda found: ENTITIES.get(found[0], f"\\{found[0]}"), visible(text))

"""SQL that PostgreSQL printed, as an expression for SQLAlchemy."""

from __future__ import annotations

import re

from tools.layout import Node, Text, call
from tools.representation import sqlalchemy

# a string or a quoted name, which stay as they are, or the schema before a type; before a function it stays, too, for
# there could be one of that name in both
QUALIFIED = re.compile(
    r"""'(?:[^']|'')*'|\b(?:public|pg_catalog)\.(?=(?:"(?:[^"]|"")+"|\w+)(?!\w|"|\())|"(?:[^"]|"")+\""""
)
# what text() takes for a parameter, or for an escape (TextClause._bind_params_regex, BIND_PARAMS_ESC of the compiler)
PARAMETER = re.compile(r"(?<![:\w\\]):\w+(?!:)|\\:")


def plain(expression: str) -> str:
    """Return the expression without the schema public before types: search_path finds them.

    >>> plain("'public.x'::public.mood = public.f(a)")
    "'public.x'::mood = public.f(a)"
    """
    return QUALIFIED.sub(lambda found: "" if found[0] in ("public.", "pg_catalog.") else found[0], expression)


def text(expression: str) -> Node:
    """Return a call that makes it: another one than usual, where SQLAlchemy would take a colon for a parameter."""
    return call(sqlalchemy("literal_column" if PARAMETER.search(expression) else "text"), Text(value=plain(expression)))


def clause(expression: str) -> Node:
    """Return the expression for where a plain string is enough, too."""
    return text(expression) if PARAMETER.search(expression) else Text(value=plain(expression))

"""SQL text as PostgreSQL's own scanner and parser see it: tokens, statements, lines.

pglast is imported, and an expression compiled, when it is first needed: reading a folder of migrations costs neither.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tools import outline
from tools.outline import parse_error, scan

OPENS_OR_ENDS = frozenset({"BEGIN_P", "START", "COMMIT", "ROLLBACK", "END_P", "ABORT_P", "PREPARE"})
BACKSLASH = "ASCII_92"
SAVEPOINTS = frozenset({"TRANS_STMT_SAVEPOINT", "TRANS_STMT_RELEASE", "TRANS_STMT_ROLLBACK_TO"})
# Words without which no statement opens or ends a transaction; the scanner and the parser decide
TRANSACTION = r"(?i)\b(?:begin|start|commit|rollback|end|abort|prepare|transaction)\b"
SETS_UP = r"(?i)\bset\s+(?:local\s+|session\s+)?transaction\b"
# What a semicolon may stand in: parentheses, and a function's body; CASE ends as the body does
OPENS = frozenset({"ASCII_40", "ATOMIC", "CASE"})
CLOSES = frozenset({"ASCII_41", "END_P"})
# pg_dump 17.6 and later wrap a dump in these two psql commands; nothing in them is for the server
RESTRICT = r"(?m)^\\(?:un)?restrict\b[^\n]*"
OLD_STRINGS = r"(?i)\bset\s+(?:session\s+|local\s+)?standard_conforming_strings\s*(?:=|\bto\b)\s*'?(?:off|false|no|0)\b"
# Words without which no statement is refused inside a transaction; the parser decides
SUSPICIOUS = (
    r"(?i)\b(?:concurrently|vacuum|reindex|cluster|discard|alter\s+(?:system|database)"
    r"|(?:create|drop)\s+(?:database|tablespace|subscription))\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement: its text without the semicolon, and where it starts (characters from the start of the file).

    `data`: where the lines stand that psql sends after it.
    """

    text: str
    start: int
    data: slice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a file says that decides how it can run: the words, and where they stand."""

    words: str
    start: int


def locate(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, both from 1, of a character offset."""
    before = text[: max(0, offset)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def blank_restrict(text: str) -> str:
    r"""Return the text with pg_dump's ``\restrict`` lines blanked, every other character where it was."""
    for match in re.finditer(RESTRICT, text) if "restrict" in text else ():
        if _is_command(text[: match.start() + 1]):
            text = text[: match.start()] + " " * len(match.group()) + text[match.end() :]
    return text


def token_hash(text: str) -> str:
    r"""Return the sha256 of the tokens, and of data: comments, white space and line ends do not count.

    >>> token_hash("select 1; -- one") == token_hash("select\r\n  1 ;")
    True
    >>> token_hash("select 1") == token_hash("select 'a'")
    False
    """
    digest = hashlib.sha256()
    known = outline.read(text)
    try:
        for token in scan(known.sql):
            digest.update(known.sql[token.start : token.end + 1].replace("\r\n", "\n").encode() + b"\0")
    except parse_error():
        digest.update(" ".join(known.sql.split()).encode())
    for copy in known.copies:
        digest.update(text[copy.data].replace("\r\n", "\n").encode() + b"\0")
    return digest.hexdigest()


def split(text: str) -> tuple[Statement, ...]:
    """Return the statements of the text, cut by PostgreSQL's parser; by its scanner where the parser fails.

    Text that even the scanner cannot read, like a quote that nobody closes, is one statement.
    """
    known = outline.read(text)
    pieces = _split(known.sql)
    starts = [piece.start for piece in pieces]
    data = {bisect_left(starts, copy.end) - 1: copy.data for copy in known.copies}
    return tuple(
        replace(piece, start=known.place(piece.start), data=data.get(number)) for number, piece in enumerate(pieces)
    )


def whole(text: str, statement: Statement) -> str:
    """Return a statement as a text of its own, with its data."""
    return statement.text if statement.data is None else f"{statement.text}\n;\n{text[statement.data]}"


def brief(text: str) -> str:
    r"""Return a statement on one line, without its comments.

    >>> brief("select 1, -- one\n       '--'")
    "select 1, '--'"
    """
    words: list[str] = []
    end = 0
    try:
        for token in scan(text):
            gap = " " if token.start > end else ""
            words.append(gap + text[token.start : token.end + 1])
            end = token.end + 1
    except parse_error():
        return " ".join(text.split())
    return " ".join("".join(words).split())


def unreadable(text: str) -> Finding | None:
    """Return what PostgreSQL's scanner stops at: a quote or a comment that nobody closes."""
    known = outline.read(text)
    found = _unreadable(known.sql)
    return found and replace(found, start=known.place(found.start))


def own_transaction(text: str) -> Finding | None:
    """Return the first statement that opens, ends or sets up a transaction; savepoints are not meant.

    Where the server's grammar is newer than the parser's, the first word of a statement decides.
    """
    known = outline.read(text)
    if not re.search(TRANSACTION, known.sql):
        return None
    if not any(token.name in OPENS_OR_ENDS for token in _first_tokens(known.sql)) and not re.search(SETS_UP, known.sql):
        return None
    for statement, node in trees(known.sql):
        if _begins_or_ends(statement.text) if node is None else _is_about_transactions(node):
            return Finding(words=" ".join(statement.text.split()), start=known.place(statement.start))
    return None


def outside_transaction(text: str) -> Finding | None:
    """Return the first statement that PostgreSQL refuses to run inside a transaction block."""
    known = outline.read(text)
    if not re.search(SUSPICIOUS, known.sql):
        return None
    for statement, node in trees(known.sql):
        words = _forbidden(node)
        if words:
            return Finding(words=words, start=known.place(statement.start))
    return None


def psql_command(text: str) -> Finding | None:
    r"""Return the first command of psql, like ``\connect``, and so nothing for a server; no other token has a ``\``."""
    if "\\" not in text:
        return None
    known = outline.read(text)
    for token in _readable(known.sql):
        if token.name == BACKSLASH:
            words = known.sql[token.start : token.start + 80].split(maxsplit=1)
            return Finding(words=words[0], start=known.place(token.start))
    return None


def _is_command(text: str) -> bool:
    r"""Tell whether the ``\`` that the text ends with is a command's, and not a string's or a copy's data."""
    known = outline.read(text)
    try:
        tokens = list(scan(known.sql))
    except parse_error():
        return False
    return bool(tokens) and tokens[-1].name == BACKSLASH and known.place(tokens[-1].start) == len(text) - 1


def backslash_in_string(text: str) -> Finding | None:
    """Return the first string that means something else since ``set standard_conforming_strings = off`` before it."""
    known = outline.read(text)
    off = re.search(OLD_STRINGS, known.sql) if "\\" in known.sql else None
    for token in _readable(known.sql) if off else ():
        words = known.sql[token.start : token.end + 1]
        if off and token.start > off.start() and token.name == "SCONST" and words[0] == "'" and "\\" in words:
            return Finding(words=words.partition("\n")[0], start=known.place(token.start))
    return None


def _begins_or_ends(text: str) -> bool:
    return next((token.name in OPENS_OR_ENDS - {"PREPARE"} for token in _readable(text)), False)


def _is_about_transactions(node: Any) -> bool:
    match type(node).__name__:
        case "TransactionStmt":
            return _words(node.kind) not in SAVEPOINTS
        case "VariableSetStmt":  # the runner's transaction has its snapshot by then, so the server would refuse it
            return node.name == "TRANSACTION" and _option(node.args, "transaction_isolation")
    return False


def _forbidden(node: Any) -> str | None:
    """Return the words of the statement where PreventInTransactionBlock() in utility.c would refuse it."""
    match type(node).__name__:
        case "IndexStmt" if node.concurrent:
            return "create index concurrently"
        case "DropStmt" if node.concurrent:
            return "drop index concurrently"
        case "ReindexStmt" if _option(node.params, "concurrently"):
            return "reindex concurrently"
        case "ReindexStmt" if _words(node.kind).rpartition("_")[2] in ("SCHEMA", "SYSTEM", "DATABASE"):
            return f"reindex {_words(node.kind).rpartition('_')[2].lower()}"
        case "VacuumStmt" if node.is_vacuumcmd:
            return "vacuum"
        case "ClusterStmt" if node.relation is None:
            return "cluster"
        case "DiscardStmt" if _words(node.target).endswith("ALL"):
            return "discard all"
        case "AlterSystemStmt":
            return "alter system"
        case "CreatedbStmt" | "DropdbStmt":
            return "create database" if type(node).__name__ == "CreatedbStmt" else "drop database"
        case "CreateTableSpaceStmt" | "DropTableSpaceStmt":
            return "create tablespace" if type(node).__name__.startswith("Create") else "drop tablespace"
        case "CreateSubscriptionStmt" | "DropSubscriptionStmt":
            return "create subscription" if type(node).__name__.startswith("Create") else "drop subscription"
        case "AlterTableStmt" if any(_detaches_concurrently(command) for command in node.cmds or ()):
            return "alter table ... detach partition concurrently"
    return None


def _detaches_concurrently(command: Any) -> bool:
    return _words(command.subtype).endswith("DetachPartition") and bool(getattr(command.def_, "concurrent", False))


def _option(parameters: Any, name: str) -> bool:
    return any(parameter.defname == name for parameter in parameters or ())


def _words(member: Any) -> str:
    return str(getattr(member, "name", member))


def parse(text: str) -> Iterator[tuple[Statement, Any]]:
    """Yield the statements with their parse trees, whose own places count in the SQL without data.

    What the parser cannot read is passed over: then the server says why.
    """
    known = outline.read(text)
    for statement, node in trees(known.sql):
        if node is not None:
            yield replace(statement, start=known.place(statement.start)), node


def trees(sql: str) -> Iterator[tuple[Statement, Any]]:
    """Yield the statements of SQL without data with their parse trees; None where the parser fails."""
    import pglast

    try:
        raws = pglast.parse_sql(sql)
    except parse_error():
        pieces = _split(sql)
        for piece in pieces:
            yield piece, next((node for _, node in trees(piece.text)), None) if len(pieces) > 1 else None
        return
    for raw in raws:
        start = int(raw.stmt_location or 0)
        end = start + raw.stmt_len if raw.stmt_len else len(sql)
        yield _statement(sql, slice(start, end)), raw.stmt


def _split(sql: str) -> tuple[Statement, ...]:
    from pglast import parser

    try:
        slices = parser.split(sql, only_slices=True)
    except parse_error():
        slices = (slice(0, len(sql)),) if _unreadable(sql) else tuple(_cut(sql))
    return tuple(_statement(sql, piece) for piece in slices if sql[piece].strip())


def _unreadable(sql: str) -> Finding | None:
    try:
        list(scan(sql))
    except parse_error() as error:
        message, location = error.args
        return Finding(words=message.partition(" at or near")[0], start=int(location))
    return None


def _cut(text: str) -> Iterator[slice]:
    """Cut at the semicolons that the scanner sees; libpg_query's own cutting loses a statement without a keyword."""
    start, end, depth = None, 0, 0
    for token in scan(text):
        if token.name == "ASCII_59" and depth == 0:
            if start is not None:
                yield slice(start, token.start)
            start = None
            continue
        start, end = (token.start if start is None else start), token.end + 1
        depth += (token.name in OPENS) - (token.name in CLOSES and depth > 0)
    if start is not None:
        yield slice(start, end)


def _statement(text: str, piece: slice) -> Statement:
    """Return the statement in the slice, its start moved past leading white space and comments."""
    start = piece.start
    body = text[piece]
    lead = re.match(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*", body, re.DOTALL)
    skipped = lead.end() if lead and lead.end() < len(body) else 0
    return Statement(text=body[skipped:].rstrip(), start=start + skipped)


def _first_tokens(sql: str) -> Iterator[Any]:
    first = True
    for token in _readable(sql):
        if first:
            yield token
        first = token.name == "ASCII_59"


def _readable(sql: str) -> list[Any]:
    """Return the tokens up to where the scanner stops."""
    while True:
        try:
            return list(scan(sql))
        except parse_error() as error:  # inside a string that is cut off now, it may be the string's start next
            sql = sql[: min(int(error.args[1]), len(sql) - 1)]

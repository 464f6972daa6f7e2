"""SQL text as PostgreSQL's own scanner and parser see it: tokens, statements, lines.

pglast is imported, and an expression compiled, when it is first needed: reading a folder of migrations costs neither.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

COMMENTS = frozenset({"SQL_COMMENT", "C_COMMENT"})
OPENS_OR_ENDS = frozenset({"BEGIN_P", "START", "COMMIT", "ROLLBACK", "END_P", "ABORT_P", "PREPARE"})
SAVEPOINTS = frozenset({"TRANS_STMT_SAVEPOINT", "TRANS_STMT_RELEASE", "TRANS_STMT_ROLLBACK_TO"})
# Words without which no statement opens or ends a transaction; the scanner and the parser decide
TRANSACTION = r"(?i)\b(?:begin|start|commit|rollback|end|abort|prepare|transaction)\b"
SETS_UP = r"(?i)\bset\s+(?:local\s+|session\s+)?transaction\b"
# What a semicolon may stand in: parentheses, and a function's body; CASE ends as the body does
OPENS = frozenset({"ASCII_40", "ATOMIC", "CASE"})
CLOSES = frozenset({"ASCII_41", "END_P"})
# pg_dump 17.6 and later wrap a dump in these two psql commands; nothing in them is for the server
RESTRICT = r"(?m)^\\(?:un)?restrict\b[^\n]*"
# Words without which no statement is refused inside a transaction; the parser decides
SUSPICIOUS = (
    r"(?i)\b(?:concurrently|vacuum|reindex|cluster|discard|alter\s+(?:system|database)"
    r"|(?:create|drop)\s+(?:database|tablespace|subscription))\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement: its text without the semicolon, and where it starts (characters from the start of the file)."""

    text: str
    start: int


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
    return re.sub(RESTRICT, lambda match: " " * len(match.group()), text) if "restrict" in text else text


def token_hash(text: str) -> str:
    r"""Return the sha256 of the tokens: comments, white space and line ends do not count.

    >>> token_hash("select 1; -- one") == token_hash("select\r\n  1 ;")
    True
    >>> token_hash("select 1") == token_hash("select 'a'")
    False
    """
    digest = hashlib.sha256()
    try:
        for token in _scan(text):
            digest.update(text[token.start : token.end + 1].replace("\r\n", "\n").encode() + b"\0")
    except _parse_error():
        digest.update(" ".join(text.split()).encode())
    return digest.hexdigest()


def split(text: str) -> tuple[Statement, ...]:
    """Return the statements of the text, cut by PostgreSQL's parser; by its scanner where the parser fails.

    Text that even the scanner cannot read, like a quote that nobody closes, is one statement.
    """
    from pglast import parser

    try:
        slices = parser.split(text, only_slices=True)
    except _parse_error():
        slices = (slice(0, len(text)),) if unreadable(text) else tuple(_cut(text))
    return tuple(_statement(text, piece) for piece in slices if text[piece].strip())


def brief(text: str) -> str:
    r"""Return a statement on one line, without its comments.

    >>> brief("select 1, -- one\n       '--'")
    "select 1, '--'"
    """
    words: list[str] = []
    end = 0
    try:
        for token in _scan(text):
            gap = " " if token.start > end and words else ""
            words.append(gap + text[token.start : token.end + 1])
            end = token.end + 1
    except _parse_error():
        return " ".join(text.split())
    return " ".join("".join(words).split())


def unreadable(text: str) -> Finding | None:
    """Return what PostgreSQL's scanner stops at: a quote or a comment that nobody closes."""
    try:
        list(_scan(text))
    except _parse_error() as error:
        message, location = error.args
        return Finding(words=message.partition(" at or near")[0], start=int(location))
    return None


def own_transaction(text: str) -> Finding | None:
    """Return the first statement that opens, ends or sets up a transaction; savepoints are not meant."""
    if not re.search(TRANSACTION, text):
        return None
    if not any(token.name in OPENS_OR_ENDS for token in _first_tokens(text)) and not re.search(SETS_UP, text):
        return None
    for statement, node in parse(text):
        if _is_about_transactions(node):
            return Finding(words=" ".join(statement.text.split()), start=statement.start)
    return None


def outside_transaction(text: str) -> Finding | None:
    """Return the first statement that PostgreSQL refuses to run inside a transaction block."""
    if not re.search(SUSPICIOUS, text):
        return None
    for statement, node in parse(text):
        words = _forbidden(node)
        if words:
            return Finding(words=words, start=statement.start)
    return None


def psql_command(text: str) -> Finding | None:
    r"""Return the first line that is a command of psql, like ``\connect``, and so nothing for a server."""
    if "\\" not in text:
        return None
    try:
        tokens = list(_scan(text))
    except _parse_error():
        return None
    for token in tokens:
        if token.name == "ASCII_92" and not text[text.rfind("\n", 0, token.start) + 1 : token.start].strip():
            return Finding(words=text[token.start :].split(maxsplit=1)[0], start=token.start)
    return None


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
    """Yield the statements with their parse trees; nothing where the parser fails: then the server says why."""
    import pglast

    try:
        trees = pglast.parse_sql(text)
    except _parse_error():
        return
    for raw in trees:
        start = int(raw.stmt_location or 0)
        end = start + raw.stmt_len if raw.stmt_len else len(text)
        yield _statement(text, slice(start, end)), raw.stmt


def _cut(text: str) -> Iterator[slice]:
    """Cut at the semicolons that the scanner sees; libpg_query's own cutting loses a statement without a keyword."""
    start, end, depth = None, 0, 0
    for token in _scan(text):
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


def _first_tokens(text: str) -> Iterator[Any]:
    first = True
    try:
        for token in _scan(text):
            if first:
                yield token
            first = token.name == "ASCII_59"
    except _parse_error():
        return


def _scan(text: str) -> Iterator[Any]:
    from pglast import parser

    return (token for token in parser.scan(text) if token.name not in COMMENTS)


def _parse_error() -> type[Exception]:
    from pglast import parser

    error: type[Exception] = parser.ParseError
    return error

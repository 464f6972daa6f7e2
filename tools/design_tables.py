"""The design rules about tables and functions: comments, constraints that hold, and row-level security."""

from __future__ import annotations

from collections.abc import Iterator

from tools import remarks
from tools.blueprint import Blueprint, Breach, Convention, Sheet, of
from tools.findings import Risk, Rule


def _commented(design: Blueprint) -> Iterator[Breach]:
    for sheet in design.sheets:
        if not design.comments.get(sheet.table.key, "").strip():
            yield of(sheet.table, "no comment says what its rows are")


def _scoped(design: Blueprint) -> Iterator[tuple[Sheet, str]]:
    """Yield the tables whose rows are some user's, with the column that says whose."""
    for sheet in design.sheets:
        owned = [one.label for one in sheet.columns if remarks.read(design.comments.get(one.key)).has("owner")]
        keys = [one.columns[0] for one in sheet.foreign_keys if one.references in design.users]
        if (owned or keys) and sheet.table.name not in design.users:
            yield sheet, (owned or keys)[0]


def _secured(design: Blueprint) -> Iterator[Breach]:
    for sheet, column in _scoped(design):
        if not sheet.table.row_security:
            yield of(sheet.table, f"its rows are a user's ({column}), and any role that may read it reads everybody's")


def _forced(design: Blueprint) -> Iterator[Breach]:
    for sheet, _ in _scoped(design):
        if sheet.table.row_security and not sheet.table.force_row_security:
            yield of(sheet.table, "row-level security is not forced: the owner of the table reads everybody's rows")


def _with_policy(design: Blueprint) -> Iterator[Breach]:
    for sheet in design.sheets:
        if sheet.table.row_security and not sheet.policies:
            yield of(sheet.table, "row-level security is enabled without a policy: nobody sees or writes a row")
    for policy in design.catalog.policies:
        table = policy.container
        if f"table {table}" not in design.external and not design.secured(table):
            yield of(policy, f"row-level security is not enabled on {table}, so the policy does nothing")


def _held(design: Blueprint) -> Iterator[Breach]:
    for sheet in design.sheets:
        for one in sheet.constraints:
            if not one.enforced:
                yield of(one, "it is not enforced: rows may break it")
            elif not one.validated:
                yield of(one, "it was never validated: rows from before may break it")


def _fixed_path(design: Blueprint) -> Iterator[Breach]:
    for one in design.catalog.functions:
        if one.security_definer and not any(setting.startswith("search_path") for setting in one.config):
            yield of(one, "it runs with its owner's rights and looks names up where the caller says")


def _rule(id_: str, risk: Risk, reason: str, instead: str) -> Rule:
    return Rule(id=id_, class_="design", risk=risk, reason=reason, instead=instead)


CONVENTIONS = (
    Convention(
        rule=_rule(
            "table-without-comment",
            "low",
            "the comment is the documentation of the table: in psql, in the documents and in the models",
            "comment on table t is 'What a row is.'",
        ),
        look=_commented,
    ),
    Convention(
        rule=_rule(
            "row-security-off",
            "high",
            "one forgotten where in the application shows one user the rows of another",
            "alter table t enable row level security; alter table t force row level security; create policy …",
        ),
        look=_secured,
    ),
    Convention(
        rule=_rule(
            "row-security-not-forced",
            "medium",
            "policies do not count for the owner of a table unless they are forced",
            "alter table t force row level security",
        ),
        look=_forced,
    ),
    Convention(
        rule=_rule(
            "row-security-without-policy",
            "high",
            "enabled without a policy hides all rows; a policy on a table without row-level security hides none",
            "create policy … on t, or enable row level security",
        ),
        look=_with_policy,
    ),
    Convention(
        rule=_rule(
            "constraint-not-valid",
            "medium",
            "the planner and the reader believe a constraint that some rows break",
            "alter table t validate constraint c, in a migration of its own",
        ),
        look=_held,
    ),
    Convention(
        rule=_rule(
            "definer-search-path",
            "high",
            "who can make an object in a schema of the path runs code with the owner's rights",
            "alter function f set search_path = pg_catalog, public",
        ),
        look=_fixed_path,
    ),
)

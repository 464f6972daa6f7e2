"""Why a statement works under its lock: rules of single statements, told apart by what was done and by the words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools import tree
from tools.effects import Effect, Impact
from tools.findings import Rule
from tools.scenes import Scene, rule

SERIALS = frozenset({"smallserial", "serial", "bigserial", "serial2", "serial4", "serial8"})
LATER = "alter table t add constraint c ... not valid; in a later file: alter table t validate constraint c"

Predicate = Callable[[Effect, Impact, Scene], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a statement works under its lock; the first that fits names the rule."""

    rule: Rule
    fits: Predicate


def _adds(*kinds: str) -> Predicate:
    """Return whether a column comes with one of these constraints."""
    return lambda effect, _, __: any(
        tree.member(one.contype) in kinds
        for command in tree.commands(effect.node)
        if tree.member(command.subtype) == "AddColumn"
        for one in command.def_.constraints or ()
    )


def _constrains(*kinds: str) -> Predicate:
    """Return whether a constraint of one of these kinds is added to columns that are there."""
    return lambda effect, _, __: any(
        tree.word(command.def_) == "Constraint" and tree.member(command.def_.contype) in kinds
        for command in tree.commands(effect.node)
    )


def does(*actions: str) -> Predicate:
    """Return whether ALTER TABLE has one of these actions."""
    return lambda effect, _, __: any(tree.member(one.subtype) in actions for one in tree.commands(effect.node))


def _is(*words: str) -> Predicate:
    """Return whether the statement is one of these."""
    return lambda effect, _, __: tree.word(effect.node) in words


def _both(*predicates: Predicate) -> Predicate:
    return lambda effect, one, scene: all(fits(effect, one, scene) for fits in predicates)


def _either(*predicates: Predicate) -> Predicate:
    return lambda effect, one, scene: any(fits(effect, one, scene) for fits in predicates)


def _rewrites(_: Effect, one: Impact, __: Scene) -> bool:
    return one.rewritten


def _builds(_: Effect, one: Impact, __: Scene) -> bool:
    return bool(one.built)


def _reads(_: Effect, one: Impact, __: Scene) -> bool:
    return one.scanned


def _is_serial(effect: Effect, _: Impact, __: Scene) -> bool:
    return any(
        command.def_.typeName.names[-1].sval in SERIALS
        for command in tree.commands(effect.node)
        if tree.member(command.subtype) == "AddColumn"
    )


def _is_domain(effect: Effect, _: Impact, scene: Scene) -> bool:
    domains = {domain.name.rpartition(".")[2] for domain in scene.after.domains}
    return any(
        command.def_.typeName.names[-1].sval in domains
        for command in tree.commands(effect.node)
        if tree.member(command.subtype) == "AddColumn"
    )


def _is_using_index(effect: Effect, _: Impact, __: Scene) -> bool:
    return any(one.indexname for one in tree.constraints(effect.node))


# A statement fits the first cause that says why it worked; the rules are told by what PostgreSQL did, and the words of
# the statement choose only which one explains it best
CAUSES = (
    Cause(
        rule=rule(
            "add-column-serial",
            "high",
            reason="a serial or identity column gives every row its number: the table is written again",
            instead="add the column without a default; create the sequence, set the default; fill the rows in batches",
        ),
        fits=_both(_rewrites, _either(_is_serial, _adds("IDENTITY"))),
    ),
    Cause(
        rule=rule(
            "add-column-stored-generated",
            "high",
            reason="a stored generated column is computed for every row: the table is written again",
            instead="since 18 a virtual one; else a plain column, a trigger that fills it, a backfill in batches",
        ),
        fits=_both(_rewrites, _adds("GENERATED")),
    ),
    Cause(
        rule=rule(
            "add-column-constrained-domain",
            "high",
            reason="a column of a domain with constraints makes PostgreSQL write the table again, default or not",
            instead="the base type: add column c integer, add constraint k check (...) not valid; validate it later",
        ),
        fits=_both(_rewrites, _is_domain),
    ),
    Cause(
        rule=rule(
            "add-column-volatile-default",
            "high",
            reason="a volatile default has another value for each row: the table and its indexes are written again",
            instead="add the column without a default; alter column set default; fill the rows in batches",
        ),
        fits=_both(_rewrites, _adds("DEFAULT")),
    ),
    Cause(
        rule=rule(
            "add-column-unique",
            "high",
            reason="the index of the new column is built under a lock that lets nobody read",
            instead="add the column; create unique index concurrently; add constraint ... unique using index",
        ),
        fits=_both(_builds, _adds("UNIQUE", "PRIMARY")),
    ),
    Cause(
        rule=rule(
            "add-column-check",
            "high",
            reason="a CHECK that comes with a column is proved by reading every row under a lock that lets nobody read",
            instead="alter table t add column c integer, add constraint k check (...) not valid; validate it later",
        ),
        fits=_both(_reads, _adds("CHECK")),
    ),
    Cause(
        rule=rule(
            "add-column-references",
            "high",
            reason="a foreign key on a new column with a default is proved by reading both tables",
            instead="add the column without a default, or the key not valid; validate it later",
        ),
        fits=_both(_reads, _adds("FOREIGN")),
    ),
    Cause(
        rule=rule(
            "set-not-null",
            "high",
            reason="every row is read while nobody may read, unless a valid CHECK proves that none is null",
            instead="add constraint k check (c is not null) not valid; validate it in a later file; set not null",
        ),
        fits=_both(_reads, _either(does("SetNotNull"), _constrains("NOTNULL"))),
    ),
    Cause(
        rule=rule(
            "add-check",
            "high",
            reason="every row is read under a lock that lets nobody read",
            instead=LATER,
        ),
        fits=_both(_reads, _constrains("CHECK")),
    ),
    Cause(
        rule=rule(
            "add-foreign-key",
            "high",
            reason="both tables are read while nobody may write to them",
            instead=LATER,
        ),
        fits=_both(_reads, _constrains("FOREIGN")),
    ),
    Cause(
        rule=rule(
            "primary-key-nullable-column",
            "high",
            reason="a primary key on a nullable column sets it not null, which reads every row",
            instead="make the column not null first, with a valid CHECK that proves it",
        ),
        fits=_both(_reads, _constrains("PRIMARY"), _is_using_index),
    ),
    Cause(
        rule=rule(
            "add-unique",
            "high",
            reason="the index is built under a lock that lets nobody read",
            instead="create unique index concurrently; then alter table t add constraint c unique using index i",
        ),
        fits=_both(_builds, _constrains("UNIQUE", "PRIMARY")),
    ),
    Cause(
        rule=rule(
            "add-exclusion",
            "high",
            reason="the index is built under a lock that lets nobody read, and no index can be built beforehand",
            instead="a new table with the constraint, a trigger that copies writes, a backfill in batches",
        ),
        fits=_both(_builds, _constrains("EXCLUSION")),
    ),
    Cause(
        rule=rule(
            "type-change-rewrites",
            "high",
            reason="the values are stored in another way: the table and its indexes are written again",
            instead="a new column of the new type, a trigger that keeps both, a backfill in batches, then the release",
        ),
        fits=_both(_rewrites, does("AlterColumnType")),
    ),
    Cause(
        rule=rule(
            "type-change-rebuilds-index",
            "high",
            reason="an index on an expression or with a condition of the column is built again, its table locked",
            instead="drop the index concurrently, change the type, create it again concurrently",
        ),
        fits=_both(_builds, does("AlterColumnType")),
    ),
    Cause(
        rule=rule(
            "type-change-rechecks",
            "high",
            reason="a CHECK on the column is proved again by reading every row under a lock that lets nobody read",
            instead="one alter table: drop the CHECK, change the type, add the CHECK not valid; validate it later",
        ),
        fits=_both(_reads, does("AlterColumnType")),
    ),
    Cause(
        rule=rule(
            "set-expression",
            "high",
            reason="a stored generated column is computed again for every row: the table is written again",
            instead="a new column with the new expression, virtual where the server can, then the release",
        ),
        fits=_both(_rewrites, does("SetExpression")),
    ),
    Cause(
        rule=rule(
            "set-logged",
            "high",
            reason="the table is written again, and one that is not logged is empty after a crash",
            instead="choose it when the table is created, or copy to a new table in batches",
        ),
        fits=_both(_rewrites, does("SetLogged", "SetUnLogged")),
    ),
    Cause(
        rule=rule(
            "rewrite-table",
            "high",
            reason="CLUSTER, VACUUM FULL and a change of tablespace or access method write the whole table under lock",
            instead="plain VACUUM; where room must come back, pg_repack or pg_squeeze",
        ),
        fits=_both(_rewrites, _either(_is("ClusterStmt", "VacuumStmt"), does("SetTableSpace", "SetAccessMethod"))),
    ),
    Cause(
        rule=rule(
            "create-index",
            "high",
            reason="nobody may write to the table while the index is built",
            instead="create index concurrently, in a file of its own that says -- transactional: false;"
            " on a partitioned table: on only the parent, concurrently on each partition, then attach",
        ),
        fits=_both(_builds, _is("IndexStmt")),
    ),
    Cause(
        rule=rule(
            "reindex",
            "high",
            reason="nobody may write to the table, and whoever plans a query on it waits",
            instead="reindex ... concurrently, in a file of its own that says -- transactional: false",
        ),
        fits=_is("ReindexStmt"),
    ),
    Cause(
        rule=rule(
            "refresh-materialized-view",
            "high",
            reason="nobody may read the view while its query runs",
            instead="refresh materialized view concurrently, which needs a unique index",
        ),
        fits=_is("RefreshMatViewStmt"),
    ),
    Cause(
        rule=rule(
            "domain-constraint",
            "high",
            reason="every table that uses the domain is read while nobody may write to it; when validated, too",
            instead="a CHECK of the table, not valid, validated in a later file; the domain's stays not valid",
        ),
        fits=_is("AlterDomainStmt"),
    ),
    Cause(
        rule=rule(
            "enforce-constraint",
            "high",
            reason="a constraint that is enforced again is proved by reading both tables under lock",
            instead="a second constraint, not valid; validate it in a later file, then drop the first",
        ),
        fits=does("AlterConstraint"),
    ),
    Cause(
        rule=rule(
            "partition-of-scans-default",
            "high",
            reason="the default partition is read for rows of the new one, while nobody may read the whole table",
            instead="a CHECK on the default partition that leaves the range out, validated before",
        ),
        fits=_is("CreateStmt"),
    ),
    Cause(
        rule=rule(
            "attach-partition-scans-default",
            "high",
            reason="the default partition is read for rows of the new one under a lock that lets nobody read it",
            instead="a CHECK on the default partition that leaves the range out, validated before",
        ),
        fits=does("AttachPartition"),
    ),
)

"""The proof of translated CHECKs: values at their bounds, judged here as the models would and by a scratch database."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from psycopg import sql

from tools import cache, corpus, database, names, representation, terms, translation
from tools.layout import Node, Scope, flat
from tools.predicate import Condition, Kind
from tools.representation import STR
from tools.terms import Constant
from tools.translation import Rule, Rules

# Each item of `claims` is {"expression", "columns": [[name, type], ...], "rows": [[text, ...], ...]}. All rows of one
# at once; where that raises (an overflow, a division by zero), row by row: an error refuses the row
VERDICTS = """
create function pg_temp.verdicts(claims jsonb) returns jsonb language plpgsql as $$
declare
  claim jsonb;
  columns text;
  answer jsonb;
  answers jsonb = '[]';
begin
  for claim in select * from jsonb_array_elements(claims) loop
    select string_agg(format('(held->>%s)::%s as %I', number - 1, item->>1, item->>0), ', ' order by number)
    into columns
    from jsonb_array_elements(claim->'columns') with ordinality as of (item, number);
    begin
      execute format(
        'select jsonb_agg((%s) is not false order by place) from (select place, %s'
          ' from jsonb_array_elements($1) with ordinality as of (held, place)) as tried',
        claim->>'expression', columns
      ) into answer using claim->'rows';
    exception when others then
      answer = pg_temp.one_by_one(claim, columns);
    end;
    answers = answers || jsonb_build_array(answer);
  end loop;
  return answers;
end
$$;
create function pg_temp.one_by_one(claim jsonb, columns text) returns jsonb language plpgsql as $$
declare
  held jsonb;
  answer boolean;
  answers jsonb = '[]';
begin
  for held in select * from jsonb_array_elements(claim->'rows') loop
    begin
      execute format('select (%s) is not false from (select %s from (select $1 as held) as row) as tried',
        claim->>'expression', columns) into answer using held;
    exception when others then
      answer = false;
    end;
    answers = answers || to_jsonb(answer);
  end loop;
  return answers;
end
$$;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A rule, the rows it was tried with, and what it says of each."""

    rule: Rule
    rows: tuple[tuple[object, ...], ...]
    said: tuple[bool, ...]

    def asked(self) -> dict[str, Any]:
        """Return what the database is asked."""
        kinds = [kind for _, kind in self.rule.columns]
        rows = [
            [corpus.written(value, kind.family) for value, kind in zip(row, kinds, strict=True)] for row in self.rows
        ]
        return {
            "expression": self.rule.sql,
            "columns": [[name, kind.sql] for name, kind in self.rule.columns],
            "rows": rows,
        }


@dataclass(kw_only=True)
class Court:
    """Judges rules; `clone` makes an empty database where needed, `rules` is the text of the package's rules.py."""

    clone: Callable[[], str]
    rules: str
    _module: ModuleType | None = field(default=None, init=False)

    def prove(self, found: Iterable[Rule]) -> frozenset[Rule]:
        """Return the rules that say what the database says, of every value that is tried."""
        rules = tuple(dict.fromkeys(found))
        if not rules:
            return frozenset()
        name = cache.key(self.rules, *map(repr, rules))
        verdicts = cache.find_value(name)
        if verdicts is None:
            verdicts = self._judge(rules)
            cache.keep_value(name, verdicts)
        return frozenset(rule for rule, holds in zip(rules, verdicts, strict=True) if holds)

    def _judge(self, rules: Sequence[Rule]) -> list[bool]:
        claims = [self._claim(rule) for rule in rules]
        asked = [claim for claim in claims if claim is not None]
        answers: Iterator[list[bool]] = iter(())
        if asked:
            with database.connect(self.clone(), application="tools models") as connection:
                prepare(connection, asked)
                answers = iter(ask(connection, asked))
        return [claim is not None and list(claim.said) == next(answers) for claim in claims]

    def _claim(self, rule: Rule) -> Claim | None:
        """Return what a rule says of its values; nothing where it fails.

        One that refuses all of them, or none, proves nothing, but for a bound beyond what the type can hold.
        """
        try:
            claim = self.claim(rule, corpus.rows([kind for _, kind in rule.columns], constants(rule)))
        except Exception:  # whatever a condition, or an older rules.py, makes of a value
            return None
        is_bound = bool(rule.limits) and all(claim.said)
        return claim if is_bound or len(set(claim.said)) == 2 else None

    def claim(self, rule: Rule, rows: Iterable[tuple[object, ...]]) -> Claim:
        """Return what a rule says of those rows that the types accept, as they are stored."""
        found = list(self._said(rule, rows))
        return Claim(rule=rule, rows=tuple(row for row, _ in found), said=tuple(says for _, says in found))

    def _said(self, rule: Rule, rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[tuple[object, ...], bool]]:
        kinds = [kind for _, kind in rule.columns]
        plain = [self._adapter(_annotation(kind, Rules())) for kind in kinds]
        test = self._together(rule.condition, rule) if rule.condition else self._alone(rule, kinds[0])
        for row in rows:
            stored = tuple(_read(adapter, value) for adapter, value in zip(plain, row, strict=True))
            if REFUSED not in stored and not (rule.limits and stored[0] != stored[0]):  # a bound takes no NaN
                yield stored, test(*stored)

    def _alone(self, rule: Rule, kind: Kind) -> Callable[..., bool]:
        """Return the test of a rule of one column, whose null is never tested."""
        rules = Rules()
        rules.add(rule)
        adapter = self._adapter(_annotation(kind, rules))
        return lambda value: value is None or _read(adapter, value) is not REFUSED

    def _together(self, condition: Condition, rule: Rule) -> Callable[..., bool]:
        places = {name: f"value{number}" for number, (name, _) in enumerate(rule.columns)}
        found: Callable[..., bool] = self._evaluate(condition.function(places.values(), places.__getitem__))
        return found

    def _adapter(self, annotation: Node) -> Any:
        from pydantic import TypeAdapter

        return TypeAdapter(self._evaluate(annotation))

    def _evaluate(self, node: Node) -> Any:
        """Return what the text stands for in a module that imports what it needs."""
        scope = Scope()
        text = flat(node, scope)
        known = {local: self._import(*owner) for owner, local in scope.used.items()}
        return eval(text, known)  # noqa: S307 (our own text, as it will stand in the models)

    def _import(self, module: str, name: str) -> Any:
        if module == ".":
            return self._rules()
        return importlib.import_module(name) if not module else getattr(importlib.import_module(module), name)

    def _rules(self) -> ModuleType:
        if self._module is None:
            self._module = ModuleType("rules")
            exec(compile(self.rules, "rules.py", "exec"), vars(self._module))  # noqa: S102 (the package's own module)
        return self._module


REFUSED = object()


def _annotation(kind: Kind, rules: Rules) -> Node:
    if kind.family == "enum":
        return translation.given(representation.Representation(python=STR, given=STR), rules)
    return translation.given(translation.shaped(representation.of(kind.sql, {}), rules), rules)


def _read(adapter: Any, value: object) -> object:
    from pydantic import ValidationError

    if value is None:
        return None
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return REFUSED


def constants(rule: Rule) -> list[object]:
    """Return the constants in the CHECK."""
    term = terms.read(rule.sql)
    return [one.value for one in terms.walk(term) if isinstance(one, Constant)] if term else []


def prepare(connection: database.Connection, claims: Iterable[Claim]) -> None:
    """Make the enums that the claims are about, and the functions that judge them."""
    enums = {kind.sql: kind.labels for claim in claims for _, kind in claim.rule.columns if kind.labels}
    for name, labels in enums.items():
        path = names.split(name)
        if len(path) > 1:
            connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(path[0])))
        made = sql.SQL("create type {} as enum ({})").format(
            sql.Identifier(*path), sql.SQL(", ").join(map(sql.Literal, labels))
        )
        connection.execute(made)
    connection.execute(VERDICTS)


def ask(connection: database.Connection, claims: Iterable[Claim]) -> list[list[bool]]:
    """Return what the database says of each row of each claim."""
    asked = json.dumps([claim.asked() for claim in claims])
    row = connection.execute("select pg_temp.verdicts(%s::jsonb)", [asked]).fetchone()
    found: list[list[bool]] = row[0] if row else []
    return found

"""The plan as text, JSON and Markdown: what apply would do, statement by statement, in words and in figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tools.advice import size
from tools.listing import RISKS, Paint, uncoloured
from tools.markdown import code, folded, plain, table
from tools.outlook import OF_ROWS
from tools.statements import Statement, brief, locate, split
from tools.wording import counted, visible

if TYPE_CHECKING:
    from tools.config import Project
    from tools.effects import Effect, Impact
    from tools.neighbours import Holder, Session
    from tools.outlook import Expected, File, Outlook

LONG = 100  # characters of a statement that is shown on a line
MOST = 5  # locks in the way of a file, the oldest first; JSON has them all
LASTS = {
    "moment": "for a moment",
    "work": "while it works",
    "transaction": "to the end of the transaction, which goes on to work on a large table",
}


def text(found: Outlook, paint: Paint = uncoloured) -> str:
    """Return the plan as text."""
    if not found.files and not found.refusals:
        return "nothing to apply"
    lines = [line for file in found.files for line in _file(found, file, paint)]
    lines += [f"{paint('refused', 'red')}: {visible(sentence, lines=True)}" for sentence in found.refusals]
    oldest = found.neighbours.oldest
    lines += [f"the oldest open transaction: {visible(session(oldest))}"] if oldest else []
    return "\n".join([*lines, *(f"note: {visible(one)}" for one in found.notes), summary(found)])


def summary(found: Outlook) -> str:
    """Return how many files would be applied."""
    return f"{len(found.files)} to apply" + (f", {len(found.refusals)} in the way" if found.refusals else "")


def _file(found: Outlook, file: File, paint: Paint) -> Iterator[str]:
    """Yield the lines of one file."""
    effects = file.effects
    about = _about(file, paint)
    yield f"{visible(file.step.migration.id)}{'  (' + ', '.join(about) + ')' if about else ''}"
    if title := file.step.script.title:
        yield f"    {visible(title)}"
    for piece in split(file.step.script.text):
        yield f"    {visible(_shortened(brief(piece.text)))}"
        effect = effects.get(piece.start)
        if effect is not None:
            yield from (f"        {visible(line)}" for line in said(found, file, effect))
    yield from (f"    {visible(line)}" for line in ending(found, file))


def _about(file: File, paint: Paint) -> list[str]:
    """Return what is said of a file in brackets: risk and phase as computed, where the header says another."""
    script = file.step.script
    about = [paint(f"risk {file.risk}", RISKS[file.risk]) + _doubt(file, file.risk, script.risk)] if file.risk else []
    about += [file.phase + _doubt(file, file.phase, script.phase)] if file.phase else []
    about += [] if script.transactional == "true" else ["outside a transaction"]
    return about + (["late"] if file.step.late else [])


def _doubt(file: File, computed: str, header: str | None) -> str:
    return f" though its header says {header}" if file.scene and header not in (None, computed) else ""


def said(found: Outlook, file: File, effect: Effect) -> Iterator[str]:
    """Yield what a statement is expected to do: its transaction, where the file has several, then table by table."""
    if place := _transaction(file, effect):
        yield place
    for one in file.expected(effect):
        if one.mode != "AccessShareLock" or one.impact.worked:
            yield f"{sized(found, one.impact)}: {one.mode or 'no lock'}: {'; '.join((*work(one), waits(one)))}"
    if effect.failure is not None:
        moment = " when the transaction ends" if effect.at_commit else ""
        yield f"fails on scratch{moment}: {effect.failure.message} ({effect.failure.sqlstate})"


def ending(found: Outlook, file: File) -> Iterator[str]:
    """Yield what is said of a whole file: hazards, who is in its way now, and its way back."""
    for hazard in file.hazards:
        yield f"hazard {hazard.rule}, line {hazard.line}: {hazard.message}"
    holders = found.in_the_way(file)
    yield from (f"in its way now: {held(one)}" for one in holders[:MOST])
    if len(holders) > MOST:
        yield f"in its way now: {len(holders) - MOST} more"
    oldest = found.neighbours.oldest
    if file.waits and oldest is not None:
        yield f"waits for transactions that are open: the oldest is {session(oldest)}"
    if found.measured:
        yield back(file)


def sized(found: Outlook, impact: Impact) -> str:
    """Return a table with its size.

    Its rows are as the server estimates them, its bytes with indexes and TOAST.
    """
    name, rows, space = impact.relation, found.rows(impact), found.neighbours.bytes.get(impact.relation)
    if impact.kind not in OF_ROWS:
        return name
    words = ["of unknown size" if rows is None else "empty" if rows == 0 else f"about {counted(rows, 'row')}"]
    return f"{name} ({', '.join([*words, *([] if space is None else [size(space)])])})"


def work(one: Expected) -> tuple[str, ...]:
    """Return what is done under the lock, in words; nothing where it takes a moment whatever the size."""
    impact = one.impact
    if one.empties:
        return ("empties it",)
    done = ["writes all of it again"] if impact.rewritten else []
    done += [f"builds {', '.join(impact.built)}"] if impact.built else []
    done += ["reads all of it"] if impact.scanned and not done else []
    if impact.changed:
        done.append(f"changes {min(impact.changed, impact.rows)} of the {impact.rows} rows that it was tried on")
    return tuple(done)


def waits(one: Expected) -> str:
    """Return who waits for it, and for how long."""
    if one.readers_wait or one.writers_wait:
        who = "readers and writers wait" if one.readers_wait else "readers go on, writers wait"
        return f"{who} {LASTS[one.lasts]}"
    if one.impact.changed:
        return "readers go on, who writes to the same rows waits for the commit"
    return "readers and writers go on"


def back(file: File) -> str:
    """Return what the way back would lose."""
    name, one = f"{file.step.migration.id}.rollback.sql", file.back
    if file.step.migration.down is None:
        return "no way back: it has no rollback file"
    if one is None:
        return f"way back: {name}, which was not tried"
    if one.reason is not None:
        return f"way back: {name} fails: {one.reason}"
    parts = [f"loses {', '.join(one.loses)}"] if one.loses else []
    parts += [f"makes again, but empty: {', '.join(one.empty)}"] if one.empty else []
    parts += (
        [f"rows were changed in {', '.join(one.changes)}: tools verify says what comes back"] if one.changes else []
    )
    return f"way back: {name}: {'; '.join(parts) or 'loses no data'}"


def session(one: Session) -> str:
    """Return a session as a person would look for it; not what it asks, which may hold what nobody else should read."""
    if one.pid is None:
        return "a prepared transaction (see pg_prepared_xacts)"
    age = "of unknown age" if one.age is None else f"for {one.age:.0f} s"
    known = (one.application or "no application name", f"role {one.role}", one.state or "state unknown", age)
    return f"pid {one.pid} ({', '.join(known)})"


def held(one: Holder) -> str:
    """Return a session and the lock that it holds or waits for."""
    return f"{session(one.session)} {'holds' if one.granted else 'waits for'} {one.mode} on {one.relation}"


def as_json(project: Project, found: Outlook) -> dict[str, Any]:
    """Return the plan as JSON."""
    oldest = found.neighbours.oldest
    return {
        "steps": [_step_json(project, found, file) for file in found.files],
        "refusals": list(found.refusals),
        "measured": found.measured,
        "oldest_transaction": asdict(oldest) if oldest else None,
        "notes": list(found.notes),
    }


def _step_json(project: Project, found: Outlook, file: File) -> dict[str, Any]:
    step, script = file.step, file.step.script
    return {
        "id": step.migration.id,
        "file": project.relative(script.path),
        "title": script.title,
        "transactional": script.transactional,
        "risk": script.risk,
        "phase": script.phase,
        "late": step.late,
        "reversible": step.migration.down is not None,
        "statements": [piece.text for piece in split(script.text)],
        "measured": _measured_json(found, file) if file.scene else None,
    }


def _measured_json(found: Outlook, file: File) -> dict[str, Any]:
    pieces, effects = split(file.step.script.text), file.effects
    return {
        "risk": file.risk,
        "phase": file.phase,
        "statements": [_statement_json(file, piece, effects.get(piece.start)) for piece in pieces],
        "tables": [
            {
                "relation": name,
                "mode": _strongest(some),
                "rows": found.rows(some[0].impact),
                "bytes": found.neighbours.bytes.get(name),
            }
            for name, some in file.tables.items()
        ],
        "findings": [one.as_json() for one in file.findings],
        "in_the_way": [asdict(one) for one in found.in_the_way(file)],
        "waits_for_transactions": file.waits,
        "back": asdict(file.back) if file.back else None,
    }


def _statement_json(file: File, piece: Statement, effect: Effect | None) -> dict[str, Any]:
    """Return a statement; what it did is null where one before it fails."""
    line, _ = locate(file.step.script.text, piece.start)
    return {
        "line": line,
        "transaction": None if effect is None or effect.alone else effect.transaction,
        "measured": asdict(effect.measured) if effect else None,
        "expected": [_expected_json(one) for one in file.expected(effect)] if effect else [],
        "failure": asdict(effect.failure) if effect and effect.failure else None,
    }


def _expected_json(one: Expected) -> dict[str, Any]:
    return {
        "relation": one.impact.relation,
        "mode": one.mode,
        "rewritten": one.impact.rewritten,
        "scanned": one.impact.scanned,
        "built": list(one.impact.built),
        "changed": one.impact.changed,
        "tried_on": one.impact.rows,
        "readers_wait": one.readers_wait,
        "writers_wait": one.writers_wait,
        "lasts": one.lasts,
    }


def as_markdown(found: Outlook) -> str:
    """Return the plan as Markdown: a table of the files, then of each what it does to the tables that are there."""
    parts = [f"**Plan:** {summary(found)}", *(f"- refused: {plain(sentence)}" for sentence in found.refusals)]
    files = [_row(file) for file in found.files]
    parts += [table(("migration", "what", "risk", "phase"), files)] if files else []
    for file in found.files if found.measured else ():
        parts += _tables(found, file)
    listed = (f"-- {f.step.migration.id}\n" + "".join(_commented(found, f)) for f in found.files)
    parts += [folded("Statements", "sql", "\n".join(listed))] if files else []
    oldest = found.neighbours.oldest
    notes = [f"the oldest open transaction: {session(oldest)}"] if oldest else []
    return "\n\n".join([*parts, *(f"- {plain(one)}" for one in (*notes, *found.notes))])


def _row(file: File) -> tuple[str, str, str, str]:
    script = file.step.script
    pairs = ((file.risk, script.risk), (file.phase, script.phase))
    risk, phase = (value + _doubt(file, value, header) if value else "" for value, header in pairs)
    return code(file.step.migration.id), plain(script.title or ""), risk, phase


def _tables(found: Outlook, file: File) -> Iterator[str]:
    yield f"**{code(file.step.migration.id)}**"
    rows = [
        (
            code(sized(found, some[0].impact)),
            _strongest(some) or "",
            plain("; ".join(_once(work, some))),
            plain("; ".join(_worst(some))),
        )
        for some in file.tables.values()
    ]
    if rows:
        yield table(("table", "strongest lock", "work", "readers and writers"), rows)
    yield "\n".join(f"- {plain(line)}" for line in ending(found, file))


def _commented(found: Outlook, file: File) -> Iterator[str]:
    """Yield each statement, and what is expected of it as comments below it."""
    effects = file.effects
    for piece in split(file.step.script.text):
        yield f"{piece.text};\n"  # as it is written: on one line, a comment in a body would swallow the rest
        effect = effects.get(piece.start)
        yield from (f"--   {visible(line)}\n" for line in (said(found, file, effect) if effect else ()))


def _once(words: Any, some: Iterable[Expected]) -> list[str]:
    return list(dict.fromkeys(word for one in some for word in words(one)))


def _worst(some: Iterable[Expected]) -> list[str]:
    """Return who waits, said once; that nobody does only where that is all."""
    found = dict.fromkeys(waits(one) for one in some)
    return [one for one in found if one != "readers and writers go on"] or list(found)


def _strongest(some: Iterable[Expected]) -> str | None:
    from tools.effects import MODES

    return max((one.mode for one in some if one.mode), key=MODES.index, default=None)


def _transaction(file: File, effect: Effect) -> str | None:
    """Return in which transaction a statement runs, where that is not the one of the whole file."""
    if file.step.script.transactional == "true":
        return None
    return "outside any transaction" if effect.alone else f"in transaction {effect.transaction + 1} of the file"


def _shortened(line: str) -> str:
    return line if len(line) <= LONG else line[: LONG - 3] + "..."

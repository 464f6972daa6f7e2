"""Answers in the forms that continuous integration reads: GitHub's workflow commands, JUnit's XML and SARIF."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal
from xml.etree import ElementTree

from tools import __version__, catalog, wording
from tools.errors import Trouble
from tools.failure import Failed
from tools.wording import visible

if TYPE_CHECKING:
    from tools.advisor import Counsel, Found
    from tools.drift import Difference
    from tools.findings import Finding
    from tools.lint import Lint
    from tools.sources import Comparison
    from tools.verify import Late, Trial, Verification

Level = Literal["error", "warning", "note"]
LEVELS: dict[str, Level] = {"breaking": "error", "change": "warning", "cosmetic": "note"}
RISKS: dict[str, Level] = {"high": "error", "medium": "warning", "low": "note"}
COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to say: the rule that it breaks, the case that it is part of, where it was made."""

    rule: str
    level: Level
    case: str
    title: str
    message: str
    place: str | None = None
    kind: str | None = None  # of the object that it is about
    about: str = ""  # the statement or object that it is about, where the title does not name it


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was looked at: all its cases, good ones too, what is to be said, and what is no fault."""

    name: str
    cases: tuple[str, ...]
    notices: tuple[Notice, ...]
    remarks: tuple[str, ...] = ()


def of_comparison(found: Comparison) -> Examination:
    """Return a comparison as an examination with a case for each kind of object."""
    notices = tuple(_of_difference(one) for one in found.differences)
    remarks = [sentence] if (sentence := wording.mending(found)) else []
    remarks += [f"{name} is pending, which is no drift" for name in found.pending]
    remarks += [f"ignored by .driftignore: {wording.title(one)}" for one in found.ignored]
    remarks += [f"not compared: {key}" for key in found.uncompared]
    kinds = tuple(kind.kind for kind in catalog.members().values())
    name = f"{found.expected} against {found.actual}"
    return Examination(name=name, cases=kinds, notices=notices, remarks=tuple(remarks))


def of_verification(found: Verification) -> Examination:
    """Return a verification as an examination with a case for each migration."""
    trials = found.judged
    notices = [_of_trial(trial) for trial in trials if not trial.good]
    notices += [_of_late(one) for one in found.late if not one.good]
    notices += [
        Notice(
            rule="triggers not current",
            level="error",
            case="triggers",
            title=f"the triggers' files: {wording.title(one)}",
            message=_message(one),
            place=one.where,
        )
        for one in found.triggers
    ]
    late = (f"{one.id} run last" for one in found.late)
    remarks = [wording.TRIGGERS.rstrip(":")] if found.triggers else []
    remarks += [f"{trial.name}: {line}" for trial in trials if trial.good for line in wording.rows_lines(trial)]
    cases = (*(trial.name for trial in trials), *late, *(["triggers"] if found.reached else []))
    return Examination(name="up, down, up", cases=cases, notices=tuple(notices), remarks=tuple(remarks))


def of_lint(found: Lint) -> Examination:
    """Return what lint found as an examination with a case for each file."""
    notices = tuple(_of_finding(one) for one in found.findings)
    cases = (*(one.id for one in found.migrations), *(one.case for one in notices))
    return Examination(name="lint", cases=tuple(dict.fromkeys(cases)), notices=notices, remarks=found.notes)


def of_counsel(found: Counsel) -> Examination:
    """Return advice on a database as an examination with a case for each rule."""
    from tools import advisor

    remarks = [f"not seen: {one.reason} ({', '.join(one.rules)})" for one in found.unseen]
    return Examination(
        name=f"advice on {found.scene.database}",
        cases=tuple(rule.id for rule in advisor.RULES),
        notices=tuple(map(_of_found, found.found)),
        remarks=(*remarks, *found.notes),
    )


def of_trouble(error: Trouble) -> Examination:
    """Say what ended a command early; a statement that failed has its place."""
    title, message, place = "trouble", str(error), None
    if isinstance(error, Failed):
        title, place = error.message, f"{error.path}:{error.line}"
        message = "\n".join(filter(None, (error.detail, error.hint, error.state)))
    case = place or "the command"
    notice = Notice(rule="trouble", level="error", case=case, title=title, message=message, place=place)
    return Examination(name="tools", cases=(case,), notices=(notice,))


def github(found: Iterable[Examination]) -> str:
    """Return workflow commands, a line each; GitHub shows them beside the file.

    Source: actions/toolkit, packages/core/src/command.ts, for what is to be escaped.
    """
    lines = []
    for examination in found:
        for notice in examination.notices:
            path, line = wording.split(notice.place)
            parts = {"file": path, "line": line, "title": f"{notice.title} ({examination.name})"}
            lines.append(_command(COMMANDS[notice.level], parts, notice.message))
        lines += [_command("notice", {"title": examination.name}, remark) for remark in examination.remarks]
    return "\n".join(lines)


def junit(found: Iterable[Examination], now: datetime) -> str:
    """Return JUnit's XML: a suite for each examination, a failure in each case of which something is to be said."""
    root = ElementTree.Element("testsuites")
    for number, examination in enumerate(found):
        failed = {notice.case for notice in examination.notices}
        attributes = {
            "name": visible(examination.name),
            "package": "tools",
            "id": str(number),
            "hostname": "localhost",
            "timestamp": now.isoformat(timespec="seconds"),
            "tests": str(len(examination.cases)),
            "failures": str(len(failed)),
            "errors": "0",
            "time": "0",
        }
        suite = ElementTree.SubElement(root, "testsuite", attributes)
        ElementTree.SubElement(suite, "properties")
        for case in examination.cases:
            _case(suite, examination, case)
        ElementTree.SubElement(suite, "system-out").text = "\n".join(map(visible, examination.remarks))
        ElementTree.SubElement(suite, "system-err")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def sarif(found: Iterable[Examination]) -> str:
    """Return SARIF 2.1.0: one run, a rule for each way to differ, and remarks as notifications."""
    found = tuple(found)
    notices = [(one, notice) for one in found for notice in one.notices]
    rules = sorted({notice.rule for _, notice in notices})
    remarks = [f"{one.name}: {remark}" for one in found for remark in one.remarks]
    driver = {
        "name": "schema-tools",
        "version": __version__,
        "rules": [{"id": _identifier(rule), "shortDescription": {"text": rule}} for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {"level": "note", "message": {"text": visible(remark)}} for remark in remarks
                ],
            }
        ],
        "results": [_result(one, notice, rules.index(notice.rule)) for one, notice in notices],
    }
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, indent=2)


def _of_difference(one: Difference) -> Notice:
    return Notice(
        rule=f"{one.change} {one.kind}",
        level=LEVELS[one.severity],
        case=one.kind,
        title=wording.title(one),
        message=_message(one),
        place=one.where,
        kind=one.kind,
    )


def _of_trial(trial: Trial) -> Notice:
    lines = [trial.reason or "", *wording.rows_lines(trial), *(wording.title(one) for one in trial.differences)]
    return _bad(trial.name, trial.verdict, lines, trial.place)


def _of_late(one: Late) -> Notice:
    lines = [one.reason or "", *map(wording.title, one.differences)]
    return _bad(f"{one.id} run last", one.verdict, lines, one.place)


def _bad(case: str, verdict: str, lines: list[str], place: str | None) -> Notice:
    message = "\n".join(filter(None, lines)) or verdict
    return Notice(rule=verdict, level="error", case=case, title=f"{case}: {verdict}", message=message, place=place)


def _of_finding(one: Finding) -> Notice:
    lines = [one.statement or "", one.message, f"instead: {one.instead}"]
    return Notice(
        rule=one.rule,
        level=RISKS[one.risk] if one.class_ != "hygiene" else "note",
        case=PurePath(one.file).name.removesuffix(".sql") if one.file else one.class_,
        title=f"{one.rule} ({one.class_}, risk {one.risk})",
        message="\n".join(filter(None, (visible(line, lines=True) for line in lines))),
        place=wording.place(one),
        about=visible(one.statement or ""),
    )


def _of_found(one: Found) -> Notice:
    advice = one.advice
    lines = [advice.message, f"to do: {advice.todo}"]
    lines += [f"{advice.statement};"] if advice.statement else []
    lines += [f"but mind: {advice.caution}"] if advice.caution else []
    return Notice(
        rule=one.rule.id,
        level=RISKS[advice.risk],
        case=one.rule.id,
        title=f"{one.rule.id}: {visible(advice.object)} [{advice.risk}]",
        message=visible("\n".join(lines), lines=True),
    )


def _message(one: Difference) -> str:
    lines = [f"{wording.title(one)} [{one.severity}]"]
    lines += [line for name, fact in one.facts.items() for line in wording.fact_lines(name, fact)]
    lines += [f"to mend: {visible(one.hint, lines=True)}"] if one.hint else []
    word = "but mind" if one.hint else "no statement mends it"
    lines += [f"{word}: {visible(one.note)}"] if one.note else []
    return "\n".join(lines)


def _case(suite: ElementTree.Element, examination: Examination, case: str) -> None:
    attributes = {"name": visible(case), "classname": visible(examination.name), "time": "0"}
    element = ElementTree.SubElement(suite, "testcase", attributes)
    notices = [notice for notice in examination.notices if notice.case == case]
    if notices:
        # one failure a case is what every reader takes: more are an error to some
        attributes = {"message": "; ".join(visible(one.title) for one in notices), "type": notices[0].rule}
        text = "\n\n".join(_placed(one) for one in notices)
        ElementTree.SubElement(element, "failure", attributes).text = visible(text, lines=True)


def _placed(notice: Notice) -> str:
    return f"{notice.message}\nmade at {notice.place}" if notice.place else notice.message


def _result(examination: Examination, notice: Notice, rule: int) -> dict[str, Any]:
    path, line = wording.split(notice.place)
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(path)}} if path else {}
    if path and line:
        physical["region"] = {"startLine": int(line)}
    location: dict[str, Any] = {"physicalLocation": physical} if path else {}
    name = visible(notice.about or notice.title)
    location["logicalLocations"] = [{"fullyQualifiedName": name} | ({"kind": notice.kind} if notice.kind else {})]
    marks = (examination.name, notice.title, notice.about)
    return {
        "ruleId": _identifier(notice.rule),
        "ruleIndex": rule,
        "level": notice.level,
        "message": {"text": visible(f"{examination.name}: {notice.message}", lines=True)},
        "locations": [location],
        "partialFingerprints": {"object/v1": ": ".join(filter(None, marks))},
    }


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path)


def _identifier(rule: str) -> str:
    return rule.replace(" ", "-")


def _command(name: str, parts: Mapping[str, Any], message: str) -> str:
    shown = ",".join(f"{key}={_property(str(part))}" for key, part in parts.items() if part)
    return f"::{name} {shown}::{_data(message)}"


def _data(text: str) -> str:
    shown = visible(text, lines=True)
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")

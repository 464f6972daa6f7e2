"""Values that the database refuses and accepts, rule by rule: what Create must agree with."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from garden import ALICE, HOUR, NOON
from sqlalchemy.dialects.postgresql import Range

from models import Recurrence, RecurrenceFrequency, TaskStatus

DAY = dt.timedelta(hours=24)
INSTANT = dt.timedelta(microseconds=1)
KEY = uuid.UUID(int=100)  # of a project, a task and a comment that are there

# What is enough for a row; a case changes a value of it, or some
ENOUGH: dict[str, dict[str, Any]] = {
    "projects": {"name": "Garden"},
    "project_members": {"project_id": KEY, "user_id": KEY},
    "tasks": {"title": "Weed"},
    "task_assignments": {"task_id": KEY, "user_id": KEY},
    "tags": {"name": "later"},
    "task_tags": {"task_id": KEY, "tag_id": KEY},
    "comments": {"task_id": KEY, "body": "Why?"},
    "attachments": {
        "task_id": KEY,
        "file_name": "a.pdf",
        "content_type": "application/pdf",
        "byte_size": 1,
        "sha256": bytes(32),
    },
    "time_blocks": {"during": Range(NOON, NOON + HOUR)},
    "user_settings": {},
}

# Set by the server and not by the client: who asks is the owner, and where a file is stored is nobody's business
SERVER: dict[str, dict[str, Any]] = {
    "projects": {"user_id": ALICE},
    "project_members": {},
    "tasks": {"user_id": ALICE},
    "task_assignments": {"assigned_by": ALICE},
    "tags": {"user_id": ALICE},
    "task_tags": {},
    "comments": {"user_id": ALICE},
    "attachments": {"user_id": ALICE, "storage_key": "k"},
    "time_blocks": {"user_id": ALICE},
    "user_settings": {"user_id": ALICE},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One rule: the columns it is about, and values (tuples of them for several columns) on both sides of it."""

    rule: str
    table: str
    columns: str
    refused: list[Any]
    accepted: list[Any]

    def changes(self) -> list[tuple[dict[str, Any], bool]]:
        """Return each change of the columns, and whether it is to be accepted."""
        names = self.columns.split()
        return [
            (dict(zip(names, value if len(names) > 1 else (value,), strict=True)), wanted)
            for values, wanted in ((self.refused, False), (self.accepted, True))
            for value in values
        ]


def case(rule: str, where: str, *, refused: list[Any], accepted: list[Any]) -> Case:
    """Make a case of `table.column` or `table.column column`."""
    table, _, columns = where.partition(".")
    return Case(rule=rule, table=table, columns=columns, refused=refused, accepted=accepted)


def varchar(where: str, length: int) -> Case:
    """PostgreSQL counts characters, and stores neither NUL nor half of a surrogate pair."""
    long = ["x" * (length + 1), "\0", "a\0b", "\ud800", "a\udfff"]
    return case(f"varchar({length})", where, refused=long, accepted=["x" * length, "\U0001f600" * length])


def recurrence(every: int) -> Recurrence:
    return Recurrence(frequency=RecurrenceFrequency.DAILY, every=every)


BLANK = ["", " ", "   "]
NOT_BLANK = ["\t", "\n", "\u00a0", " a ", "\u0301"]
NO_COLORS = ["", "#00000", "#0000000", "#00000G", "#FFFFFF", "#00000\u0663", "#000000\n", "000000", "\n#000000"]
NO_OBJECTS = [[], "a", 1, True]
NO_JSON = [{"a": "\0"}, {"\0": 1}, {"a": ["\ud800"]}, {"a": float("nan")}, {"a": float("inf")}]
EDGES = [dt.datetime.max.replace(tzinfo=dt.timezone(-HOUR)), dt.datetime.min.replace(tzinfo=dt.timezone(HOUR))]

CASES = [
    case("projects_name_check", "projects.name", refused=BLANK, accepted=NOT_BLANK),
    varchar("projects.name", 120),
    varchar("projects.description", 1000),
    case("hex_color_check", "projects.color", refused=NO_COLORS, accepted=["#00ff9a"]),
    case("tasks_title_check", "tasks.title", refused=BLANK, accepted=NOT_BLANK),
    varchar("tasks.title", 200),
    varchar("tasks.description", 1000),
    case("task_status", "tasks.status", refused=["", "TODO", "done ", "x"], accepted=list(TaskStatus)),
    case("tasks_priority_check", "tasks.priority", refused=[-1, 0, 6, 2**15, 2**70], accepted=[1, 5]),
    case("tasks_position_check", "tasks.position", refused=[-1, 0, 2**31, 2**63], accepted=[1, 2**31 - 1, None]),
    case(
        "tasks_tags_check",
        "tasks.tags",
        refused=[["x"] * 21, ["a", None], ["\0"], ["\ud800"]],
        accepted=[["x"] * 20, [""], []],
    ),
    case("tasks_metadata_check", "tasks.metadata_", refused=NO_OBJECTS, accepted=[{}, {"a": {"b": [None]}}]),
    case("jsonb", "tasks.metadata_", refused=NO_JSON, accepted=[{"\\u0000": "\\"}, {"": 2**70, "a": 1e308}]),
    case(
        "tasks_recurrence_check",
        "tasks.recurrence",
        refused=[recurrence(every) for every in (-1, 0, 367, 2**15)],
        accepted=[recurrence(1), recurrence(366), None],
    ),
    case(
        "timestamptz",
        "tasks.due_at",
        refused=[NOON.replace(tzinfo=None), *EDGES],
        accepted=[dt.datetime.max.replace(tzinfo=dt.UTC), dt.datetime.min.replace(tzinfo=dt.UTC), None],
    ),
    case("tags_name_check", "tags.name", refused=BLANK, accepted=NOT_BLANK),
    varchar("tags.name", 50),
    case("hex_color_check", "tags.color", refused=NO_COLORS, accepted=["#ffffff", None]),
    case("comments_body_check", "comments.body", refused=BLANK, accepted=NOT_BLANK),
    varchar("comments.body", 5000),
    case(
        "comments_parent_check",
        "comments.task_id project_id",
        refused=[(None, None), (KEY, KEY)],
        accepted=[(KEY, None), (None, KEY)],
    ),
    case(
        "attachments_parent_check",
        "attachments.task_id project_id comment_id",
        refused=[(None, None, None), (KEY, KEY, None), (None, KEY, KEY), (KEY, KEY, KEY)],
        accepted=[(KEY, None, None), (None, KEY, None), (None, None, KEY)],
    ),
    case(
        "attachments_file_name_check",
        "attachments.file_name",
        refused=[*BLANK, "/", "a/b", "x/"],
        accepted=[*NOT_BLANK, "a\\b"],
    ),
    varchar("attachments.file_name", 255),
    case(
        "attachments_content_type_check",
        "attachments.content_type",
        refused=["", "a", "a/", "/b", "A/b", "a/b;c", "a/b\n", "\u00e9/b", "a/\u0663", "a/" + "b" * 126],
        accepted=["application/vnd.x+json-1.0", "a/" + "b" * 125],
    ),
    case(
        "attachments_byte_size_check",
        "attachments.byte_size",
        refused=[-1, 0, 5_368_709_121, 2**63],
        accepted=[1, 5_368_709_120],
    ),
    case(
        "attachments_sha256_check",
        "attachments.sha256",
        refused=[b"", bytes(31), bytes(33)],
        accepted=[b"\xff" * 32],
    ),
    case(
        "time_blocks_during_check",
        "time_blocks.during",
        refused=[
            Range(NOON, NOON),
            Range(empty=True),
            Range(None, NOON),
            Range(NOON, None),
            Range(None, None),
            Range(NOON, NOON + HOUR, bounds="[]"),
            Range(NOON, NOON + HOUR, bounds="(]"),
            Range(NOON, NOON + HOUR, bounds="()"),
            Range(NOON + HOUR, NOON),
            Range(NOON, NOON + DAY + INSTANT),
            Range(NOON.replace(tzinfo=None), NOON),
        ],
        accepted=[Range(NOON, NOON + DAY), Range(NOON, NOON + INSTANT)],
    ),
    varchar("time_blocks.note", 500),
    case(
        "time_blocks_hourly_rate_check",
        "time_blocks.hourly_rate",
        refused=[Decimal(number) for number in ("-0.01", "100000000", "NaN", "Infinity", "-NaN")],
        accepted=[Decimal(number) for number in ("0", "99999999.99", "1", "-0")] + [None],
    ),
    case(
        "user_settings_timezone_check",
        "user_settings.timezone",
        refused=["", "a b", "Europe/Z\u00fcrich", "UTC\n", "x" * 65],
        accepted=["Etc/GMT+1", "x" * 64],
    ),
    case(
        "user_settings_locale_check",
        "user_settings.locale",
        refused=["", "e", "EN", "en-a", "de_AT", "de-AT\n", "abcd"],
        accepted=["en", "deu", "de-AT"],
    ),
    case("user_settings_settings_check", "user_settings.settings", refused=NO_OBJECTS, accepted=[{"a": []}]),
    case("jsonb", "user_settings.settings", refused=NO_JSON, accepted=[{"a": None}]),
]

# Rules that no client can break, because it does not set the column, or that need the row as it is stored
LEFT_TO_THE_DATABASE = {
    "tasks_completed_at_check": "a trigger keeps completed_at",
    "tasks_parent_id_check": "the key is made by the database",
    "tasks_version_check": "a trigger counts",
    "audit_log_rows_check": "triggers write the log",
}

# What the database would store, and a client is refused, because storing would change the value
STRICTER = [
    ("varchar drops spaces beyond its length", "tasks", {"title": "x" * 200 + " "}),
    ("numeric(10, 2) rounds", "time_blocks", {"hourly_rate": Decimal("1.005")}),
]

# written by tools models; edit the SQL
"""What the tables stand on: extensions, schemas and types that are made first."""

from datetime import date

from .base import CommentOn, stand_on
from .composite import Composite
from .enums import RecurrenceFrequency
from .types import composite_type, made_type

stand_on(extensions=["btree_gist", "pg_trgm"])

hex_color = made_type(
    "hex_color",
    "create domain public.hex_color as character varying(7) constraint hex_color_check CHECK (((VALUE)::text ~ "
    "'^#[0-9a-f]{6}$'::text))",
    kind="domain",
    comments=[CommentOn("domain", ["hex_color"], "A colour as browsers write it, in lower case: #rrggbb.")],
)


class Recurrence(Composite):
    """How often a task comes again: every so many units, until a day or without end."""

    frequency: RecurrenceFrequency
    every: int
    until: date | None = None


recurrence = composite_type(
    Recurrence,
    "recurrence",
    "create type public.recurrence as (frequency public.recurrence_frequency, every smallint, until date)",
    comments=[
        CommentOn(
            "type", ["recurrence"], "How often a task comes again: every so many units, until a day or without end."
        ),
        CommentOn("column", ["recurrence", "frequency"], "The unit. @notnull"),
        CommentOn("column", ["recurrence", "every"], "How many units lie between two times. @notnull"),
        CommentOn("column", ["recurrence", "until"], "The last day on which it may come; null for ever."),
    ],
)

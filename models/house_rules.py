"""Rules of this schema that no CHECK is translated to yet; a column takes one by ``@rule`` in its comment."""

import datetime as dt
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime
from sqlalchemy.dialects.postgresql import Range

from .rules import in_utc
from .schema import Recurrence


def _time_block(value: Range[dt.datetime]) -> Range[dt.datetime]:
    if value.empty or value.lower is None or value.upper is None or value.bounds != "[)":
        raise ValueError("must have a beginning that is part of it and an end that is not")
    lower, upper = in_utc(value.lower), in_utc(value.upper)
    if not lower < upper:
        raise ValueError("must end after it begins")
    if upper - lower > dt.timedelta(hours=24):
        raise ValueError("must not last longer than 24 hours")
    return Range(lower, upper)


def _recurrence(value: Recurrence) -> Recurrence:
    if not 1 <= value.every <= 366:
        raise ValueError("must come every 1 to 366 units")
    return value


TimeBlockRange = Annotated[Range[AwareDatetime], AfterValidator(_time_block)]
Repetition = Annotated[Recurrence, AfterValidator(_recurrence)]

"""Claims: what a course says that can go out of date, and when it must be checked again."""

import calendar
import datetime
import re
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator

from coursepack.course.blocks.block import wrong
from coursepack.problems import Location, quoted

_PERIOD = r"([1-9][0-9]{0,3}) (day|week|month|year)s?"


def _period(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(_PERIOD, value):
        raise wrong("not-a-period", "is not a period like 12 months: {0}", quoted(value))
    return value


Period = Annotated[str, BeforeValidator(_period)]
"""A number of days, weeks, months or years."""


def after(day: datetime.date, period: str) -> datetime.date:
    """The day a period later; the last day of a month that is too short, and of the calendar."""
    found = re.fullmatch(_PERIOD, period)
    assert found is not None
    number, unit = int(found[1]), found[2]
    try:
        if unit in ("day", "week"):
            return day + datetime.timedelta(days=number * (7 if unit == "week" else 1))
        months = day.month - 1 + number * (12 if unit == "year" else 1)
        year, month = day.year + months // 12, months % 12 + 1
        return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))
    except (ValueError, OverflowError):
        return datetime.date.max


class Claim(NamedTuple):
    """A passage that rests on a source or a contact, and its place.

    `passage` is None for a whole page. `page` is empty outside the pages. `title` is that of the source, or the name of
    the contact. `due` is the last day on which it need not be checked again. A claim that was never `checked` has none.
    """

    passage: str | None
    page: str
    source: str
    title: str
    checked: datetime.date | None
    due: datetime.date | None
    place: Location

    def is_overdue(self, today: datetime.date) -> bool:
        """Whether it should have been checked before today."""
        return self.due is not None and self.due < today

"""The time of a build, and its day."""

from __future__ import annotations

import datetime
import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# APPNOTE 4.4.6: the years of MS-DOS.
FIRST = 315_532_800
LAST = 4_354_819_199
"""The first and last second of 1980 to 2107, as Unix time: the range of times in zips."""

_day: ContextVar[datetime.date | None] = ContextVar("day", default=None)


@contextmanager
def on_day(day: datetime.date) -> Iterator[None]:
    """Builds and checks as on a day: its midnight in UTC replaces the clock and SOURCE_DATE_EPOCH."""
    token = _day.set(day)
    try:
        yield
    finally:
        _day.reset(token)


def source_date() -> int | None:
    """The day of `on_day`, or SOURCE_DATE_EPOCH, in seconds of Unix time, limited to 1980 to 2107; None without both.

    Raises OSError when SOURCE_DATE_EPOCH is not an integer.
    """
    day = _day.get()
    if day:
        midnight = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
        return min(max(int(midnight.timestamp()), FIRST), LAST)
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return None
    if not re.fullmatch(r"-?[0-9]+", epoch):
        # SOURCE_DATE_EPOCH specification: a malformed value should end the build.
        raise OSError(errno.EINVAL, f"SOURCE_DATE_EPOCH is not a whole number of seconds: {epoch[:40]!r}")
    # Forty digits are out of range anyway, and int() limits the number of digits.
    return min(max(int(epoch[:40]), FIRST), LAST)


def today() -> datetime.date:
    """The day of `on_day`, of SOURCE_DATE_EPOCH, or of the clock, in UTC. Raises OSError as `source_date`."""
    day = _day.get()
    if day:
        return day
    seconds = source_date()
    if seconds is None:
        return datetime.datetime.now(datetime.UTC).date()
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date()

"""The time of a build, and its day."""

from __future__ import annotations

import datetime
import errno
import os
import re

# APPNOTE 4.4.6: the years of MS-DOS.
FIRST = 315_532_800
LAST = 4_354_819_199
"""The first and last second of 1980 to 2107, as Unix time: the range of times in zips."""


def source_date() -> int | None:
    """SOURCE_DATE_EPOCH in seconds of Unix time, limited to 1980 to 2107; None when it is not set.

    Raises OSError when it is not an integer.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return None
    if not re.fullmatch(r"-?[0-9]+", epoch):
        # SOURCE_DATE_EPOCH specification: a malformed value should end the build.
        raise OSError(errno.EINVAL, f"SOURCE_DATE_EPOCH is not a whole number of seconds: {epoch[:40]!r}")
    # Forty digits are out of range anyway, and int() limits the number of digits.
    return min(max(int(epoch[:40]), FIRST), LAST)


def today() -> datetime.date:
    """The day of SOURCE_DATE_EPOCH, or of the clock, in UTC. Raises OSError as `source_date`."""
    seconds = source_date()
    if seconds is None:
        return datetime.datetime.now(datetime.UTC).date()
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date()

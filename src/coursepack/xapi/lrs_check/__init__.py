"""Tries an LRS with all that an xAPI package asks of it: its address and a credential go in, a table comes out.

What a package needs and what it can do without is what its player does in `player/src/lms`.
"""

from coursepack.xapi.lrs_check.address import (
    basic_authorization,
    check_authorization,
    is_origin,
    judge_address,
)
from coursepack.xapi.lrs_check.check import try_lrs
from coursepack.xapi.lrs_check.report import Row, Trial, Written

__all__ = [
    "Row",
    "Trial",
    "Written",
    "basic_authorization",
    "check_authorization",
    "is_origin",
    "judge_address",
    "try_lrs",
]

"""Checks whether an LRS does what packages need, as `coursepack lrs` reports it.

What is required and what is optional follows the player in `player/src/lms`.
"""

from coursepack.xapi.lrs_check.address import (
    basic_authorization,
    check_address,
    check_authorization,
    is_origin,
)
from coursepack.xapi.lrs_check.check import check_lrs
from coursepack.xapi.lrs_check.report import LrsReport, Row, Written

__all__ = [
    "LrsReport",
    "Row",
    "Written",
    "basic_authorization",
    "check_address",
    "check_authorization",
    "check_lrs",
    "is_origin",
]

"""Decodes support codes and resume states, for people who help learners."""

from __future__ import annotations

from coursepack.progress.decoding import MismatchError, Progress, decode
from coursepack.progress.description import describe, describe_error

__all__ = ["MismatchError", "Progress", "decode", "describe", "describe_error"]

"""Quirks of single LRSs and LMSs that the stand-ins can have; `coursepack.profiles` says what they are, and whose."""

from __future__ import annotations

from collections.abc import Iterable

PLAYED = frozenset({
    "cors-off",
    "error-becomes-412",
    "fetch-once",
    "filtered-statements-faked",
    "one-result-per-registration",
    "one-state-id",
    "partial-batch-stored",
    "post-statements-ignored",
    "prefs-before-statements",
    "state-put-needs-if-match",
    "statements-only-lrs",
    "token-dies-on-terminated",
    "token-expires",
    "unknown-state-200",
    "verb-by-display",
})  # fmt: skip
"""By their names there.

`fetch-once` answers the second time with 401, and not with 200 as the specification wants. The launcher always has
`prefs-before-statements` and `one-result-per-registration`. `filtered-statements-faked` drops `experienced`.
"""


def quirks_named(names: Iterable[str]) -> frozenset[str]:
    """The names as a set; raises ValueError for one that cannot be played."""
    found = frozenset(names)
    unknown = sorted(found - PLAYED)
    if unknown:
        raise ValueError(f"There is no quirk {unknown[0]!r}.")
    return found

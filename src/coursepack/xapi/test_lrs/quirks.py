"""Quirks of LRSs and LMSs that the test LRS and launcher can simulate; `coursepack.profiles` describes them."""

from __future__ import annotations

from collections.abc import Iterable

SUPPORTED = frozenset({
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
"""Names of quirks.

`fetch-once` answers the second request with 401 instead of the 200 of the specification. The launcher always has
`prefs-before-statements` and `one-result-per-registration`. `filtered-statements-faked` drops `experienced`.
"""


def parse_quirks(names: Iterable[str]) -> frozenset[str]:
    """The names as a set. Raises ValueError for an unsupported quirk."""
    found = frozenset(names)
    unknown = sorted(found - SUPPORTED)
    if unknown:
        raise ValueError(f"There is no quirk {unknown[0]!r}.")
    return found

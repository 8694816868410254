"""How something is known, by its source: tried, read in code, or told by somebody."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Kind = Literal["tried", "read", "documented", "reported", "inferred", "unknown"]
"""`documented` is by the vendor's own pages, `reported` by its customers, `inferred` from facts about other systems."""

# Pages that a vendor's customers wrote.
_CUSTOMERS = (
    "https://community.articulate.com/",
    "https://community.canvaslms.com/thread/",
    "https://polistrasmill.com/",
    "https://scormedit.com/",
    "https://service.pima.edu/",
)
_THREAD = re.compile(r"^https://github\.com/[\w.-]+/[\w.-]+/(?:issues|pull)/")
_INFERRED = re.compile(r", (?:whose|which here is that of)\b|^taken together from ")
_TRIED = re.compile(r"^(?:tried on|seen in) ")
_READ = re.compile(r"^read in the product's source,? ?|^(?=[\w.-]+/[\w.-]+@[0-9a-f]{7})")


class Origin(NamedTuple):
    """How something is known, and `where`: a product and its version, a file in a repository, or a URL."""

    kind: Kind
    where: str


def origin(source: str) -> Origin:
    """The origin that a source in a profile or in `quirks.yaml` names."""
    for pattern, kind in ((_TRIED, "tried"), (_READ, "read")):
        if found := pattern.search(source):
            where = source[found.end() :]
            return Origin("inferred" if _INFERRED.search(source) else kind, where)  # type: ignore[arg-type]
    if source.startswith(("http:", "https:")):
        is_told = source.startswith(_CUSTOMERS) or _THREAD.match(source)
        return Origin("reported" if is_told else "documented", source)
    return Origin("inferred" if _INFERRED.search(source) else "unknown", source)

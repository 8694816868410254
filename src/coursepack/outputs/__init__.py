"""Output formats for the results of `check`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coursepack.checking import CheckResult


def as_json(results: Sequence[CheckResult]) -> str:
    """The check results as JSON, as in `report.schema.json`: `ok`, `packages` and all their `problems`."""
    values = {
        "ok": all(each.report.ok for each in results),
        "packages": [each.as_dict() for each in results],
        "problems": [problem for each in results for problem in each.problems_as_dicts()],
    }
    text = json.dumps(values, ensure_ascii=False, indent=2)
    # A path whose bytes are not text contains characters that no encoding can write.
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()

"""Turns check results into a code quality report, which GitLab shows in merge requests."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from coursepack.outputs.places import file_address
from coursepack.rules.rule import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coursepack.checking import CheckResult
    from coursepack.problems import Problem

_SEVERITIES = {"fatal": "blocker", "error": "critical", "warning": "minor", "note": "info"}


def gitlab(results: Sequence[CheckResult]) -> str:
    """A list of all problems. GitLab takes two of the same fingerprint for one, so those that are alike are counted."""
    seen: Counter[str] = Counter()
    found = [_problem(each, problem, seen) for each in results for problem in each.report]
    return json.dumps(found, ensure_ascii=False, indent=2)


def _problem(result: CheckResult, problem: Problem, seen: Counter[str]) -> dict[str, Any]:
    address = file_address(result, problem)
    message = printable(problem.message)
    # Stays the same when line numbers change.
    same = f"{problem.rule}\0{address}\0{message}"
    seen[same] += 1
    mark = hashlib.sha256(f"{same}\0{seen[same]}".encode()).hexdigest()
    return {
        "description": f"{message} {printable(problem.hint)}".rstrip(),
        "check_name": problem.rule,
        "fingerprint": mark,
        "severity": _SEVERITIES[problem.severity],
        # A report without a line is refused.
        "location": {"path": address, "lines": {"begin": problem.location.line or 1}},
    }

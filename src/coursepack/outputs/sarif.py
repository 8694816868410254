"""Turns check results into SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from coursepack.languages import ENGLISH
from coursepack.outputs.places import file_address
from coursepack.outputs.texts import explained
from coursepack.rules import RULES
from coursepack.rules.rule import printable
from coursepack.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coursepack.checking import CheckResult
    from coursepack.problems import Problem

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"fatal": "error", "error": "error", "warning": "warning", "note": "note"}


def sarif(results: Sequence[CheckResult]) -> str:
    """One run with a result for each problem, and the rules that found them.

    A file in a zip has the address `course.zip!/file`: as a nested artifact (3.24.3), most readers would omit the name
    of the zip, and the manifests of two packages would look like one.
    """
    found = [(each, problem) for each in results for problem in each.report]
    first = {problem.rule: problem for _, problem in reversed(found)}
    numbers = {name: number for number, name in enumerate(first)}
    driver = {
        "name": "coursepack",
        "version": __version__,
        "rules": [_rule(problem) for problem in first.values()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, problem, numbers[problem.rule]) for each, problem in found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rule(problem: Problem) -> dict[str, Any]:
    """The rule of a problem. Its category is a tag, by which readers can sort (3.8.2)."""
    name = problem.rule
    known = RULES.get(name)
    # Facts about an LMS have no documentation except their source.
    words = explained(name, ENGLISH)
    described: dict[str, Any] = {"properties": {"tags": [problem.category]}}
    if words:
        described |= {
            "shortDescription": {"text": words.what},
            "fullDescription": {"text": f"{words.what}\n\n{words.text}"},
            "help": {"text": words.text},
        }
    if known and known.spec:
        described["properties"]["spec"] = known.spec
    level = _LEVELS[known.severity if known else problem.severity]
    return {"id": name, **described, "defaultConfiguration": {"level": level}}


def _result(result: CheckResult, problem: Problem, index: int) -> dict[str, Any]:
    address = file_address(result, problem)
    message = printable(problem.message)
    uri = _uri(address, result.path.is_absolute())
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    place = problem.location
    if place.line:
        physical["region"] = {"startLine": place.line}
        if place.column:
            physical["region"]["startColumn"] = place.column
    # Stays the same when line numbers change.
    mark = hashlib.sha256(f"{problem.rule}\0{address}\0{message}".encode()).hexdigest()
    return {
        "ruleId": problem.rule,
        "ruleIndex": index,
        "level": _LEVELS[problem.severity],
        "message": {"text": f"{message}\n\n{printable(problem.hint)}" if problem.hint else message},
        "locations": [
            {
                "physicalLocation": physical,
                "logicalLocations": [{"name": printable(place.file), "fullyQualifiedName": address}],
            }
        ],
        "partialFingerprints": {"coursepack/v1": mark},
    }


def _uri(address: str, absolute: bool) -> str:
    """A relative path as a relative reference (RFC 3986, 4.2), an absolute one as a file's address (RFC 8089)."""
    path = quote(address, safe="/!")
    return f"file:///{path.removeprefix('/')}" if absolute else path

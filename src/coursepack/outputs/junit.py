"""Turns check results into JUnit XML, which build servers read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from coursepack.outputs.places import address, file_address
from coursepack.rules.rule import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lxml.etree import _Element

    from coursepack.checking import CheckResult
    from coursepack.problems import Category, Problem


def junit(results: Sequence[CheckResult], strict: Collection[Category] = ()) -> str:
    """A suite for each path, with a case for each rule that found something, or one passing case if none did.

    Errors fail, and so do warnings of the categories in `strict`. Other warnings are skipped cases, which build
    servers show without failing; notes pass, with their text as output.
    """
    root = etree.Element("testsuites", name="coursepack check")
    for each in results:
        root.append(_suite(each, strict))
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    etree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{etree.tostring(root, encoding="unicode")}'


def _suite(result: CheckResult, strict: Collection[Category]) -> _Element:
    suite = etree.Element("testsuite", name=address(result))
    values = {"kinds": " and ".join(result.kinds), "maker": result.maker}
    known = {name: value for name, value in values.items() if value}
    if known:
        properties = etree.SubElement(suite, "properties")
        for name, value in known.items():
            etree.SubElement(properties, "property", name=name, value=printable(value))
    by_rule: dict[str, list[Problem]] = {}
    for problem in result.report:
        by_rule.setdefault(problem.rule, []).append(problem)
    for rule, problems in by_rule.items():
        _fill(_case(suite, rule), result, problems, strict)
    if not by_rule:
        _case(suite, "no problems")
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", "0")
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    return suite


def _case(suite: _Element, name: str) -> _Element:
    return etree.SubElement(suite, "testcase", classname=suite.get("name", ""), name=name)


def _fill(case: _Element, result: CheckResult, problems: list[Problem], strict: Collection[Category]) -> None:
    """Fills in the case of a rule. Readers show one failure per case, so it contains everything that the rule found."""
    properties = etree.SubElement(case, "properties")
    etree.SubElement(properties, "property", name="category", value=problems[0].category)
    severities = {problem.severity for problem in problems}
    message = printable(problems[0].message)
    if len(problems) > 1:
        message = f"{message} (and {len(problems) - 1} more)"
    text = "\n".join(_line(result, problem) for problem in problems)
    if severities & {"fatal", "error"} or ("warning" in severities and problems[0].category in strict):
        kind = next(severity for severity in ("fatal", "error", "warning") if severity in severities)
        etree.SubElement(case, "failure", type=kind, message=message).text = text
    elif "warning" in severities:
        etree.SubElement(case, "skipped", message=message)
        etree.SubElement(case, "system-out").text = text
    else:
        etree.SubElement(case, "system-out").text = text


def _line(result: CheckResult, problem: Problem) -> str:
    place = problem.location
    where = (file_address(result, problem), place.line, place.column)
    line = f"{':'.join(str(part) for part in where if part is not None)}: {printable(problem.message)}"
    return f"{line}\n    {printable(problem.hint)}" if problem.hint else line

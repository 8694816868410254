"""Turns check results into one HTML document in one language, without scripts or requests."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from coursepack.inspection import said, size_in
from coursepack.languages import ENGLISH, authors, kind_words
from coursepack.outputs.places import address
from coursepack.outputs.texts import category_verdict, explained, in_language
from coursepack.problems import CATEGORIES, Problem, Report
from coursepack.resources import stylesheet, templates_dir
from coursepack.rules import RULES
from coursepack.rules.rule import printable
from coursepack.version import __version__

if TYPE_CHECKING:
    from coursepack.checking import CheckResult
    from coursepack.inspection import Facts, Node
    from coursepack.problems import Category, Severity

_PLACES_SHOWN = 10
_NODES_OPEN = 60

_GROUPS: dict[str, tuple[Severity, ...]] = {
    "error": ("fatal", "error"),
    "warning": ("warning",),
    "note": ("note",),
}

LmsTable = Mapping[str, Sequence[Sequence[Problem] | None]]
"""By the title of an LMS, its findings for each package, in order; None for paths that were not checked for it."""


def page(
    results: Sequence[CheckResult],
    facts: Sequence[Facts | None],
    table: LmsTable | None = None,
    language: str = ENGLISH,
) -> str:
    """The report as HTML. `facts` has one item for each result, None if it is not a package.

    `table` contains the findings of `Profile.check`; `language` is one of `author_codes`. Everything from a package is
    escaped, and the policy of the document forbids all scripts and requests.
    """
    words = authors(language)["report"]
    style = stylesheet("report.css")
    packages = [
        _package(number, each, known, words, language)
        for number, (each, known) in enumerate(zip(results, facts, strict=True), 1)
    ]
    names = [package["name"] for package in packages]
    return _template(language).render(
        language=language,
        t=words,
        # Rules without texts in the language.
        en=Markup(' lang="en"') if language != ENGLISH else "",
        title=words["title"].format(name=names[0])
        if len(names) == 1
        else words["title_many"].format(n=len(names)),
        style=Markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        packages=packages,
        table=[
            (system, [_cell(found, words, language) for found in cells])
            for system, cells in (table or {}).items()
        ],
        version=__version__,
    )


@cache
def _template(language: str) -> jinja2.Template:
    """The template of the report, compiled once."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_dir()),
        autoescape=True,
        finalize=_shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        inline=_inline,
        about=partial(_about, language=language),
        said=partial(said, language=language),
        size=partial(size_in, language=language),
    )
    return environment.get_template("report.html")


def _package(
    number: int, result: CheckResult, facts: Facts | None, words: Mapping[str, str], language: str
) -> dict[str, Any]:
    """The values of the template for one path."""
    report = result.report.of_category(CATEGORIES[0])
    kind = "course" if result.kinds == ("course folder",) else "will"
    worst = _worst(report, "clean")
    if worst != "error" and kind == "will" and not result.is_training:
        worst = "other"
    ended = any(problem.severity == "fatal" for problem in report)
    nodes = _count(facts.tree) if facts else 0
    mendable = result.mendable.intersection(report)
    return {
        "id": f"p{number}",
        "name": result.path.name or address(result),
        "path": address(result),
        "kinds": [kind_words(name, language) for name in result.kinds],
        "maker": result.maker,
        "sign": "unknown" if worst == "other" else worst,
        "verdict": words[f"{kind}_{worst}"],
        "verdict_why": words["ended"] if ended else words[f"{kind}_{worst}_why"],
        "counts": _counts(report, words),
        "categories": list(
            _categories(result.report, kind == "will" and result.is_training and not ended, language)
        ),
        "groups": list(_groups(result, words, language)),
        "mendable": _counted(words, "one_mendable", "mendables", len(mendable)) if mendable else "",
        "facts": facts,
        "nodes": _counted(words, "one_node", "nodes", nodes),
        "open": nodes <= _NODES_OPEN,
        "files": _counted(words, "one_file", "files", facts.sizes.files if facts else 0),
        "shares": list(_shares(facts, words)) if facts else [],
    }


def _counts(report: Report, words: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """The number of problems by severity, also as text."""
    return [
        (name, len(problems), _counted(words, f"one_{name}", f"{name}s", len(problems)))
        for name, problems in (("error", report.errors), ("warning", report.warnings), ("note", report.notes))
    ]


def _categories(report: Report, all_of_them: bool, language: str) -> Iterator[dict[str, Any]]:
    """The verdicts of the other categories than function: of all, or of those with findings."""
    for category in CATEGORIES[1:]:
        own = report.of_category(category)
        if own.problems or all_of_them:
            yield {
                "name": category,
                "sign": _worst(own, "clean"),
                "verdict": category_verdict(category, own, language),
                "counts": ", ".join(
                    text for _, number, text in _counts(own, authors(language)["report"]) if number
                ),
            }


def _groups(result: CheckResult, words: Mapping[str, str], language: str) -> Iterator[dict[str, Any]]:
    """The rules with findings, by category and severity."""
    for category in CATEGORIES:
        name = authors(language)["categories"].get(category, {}).get("name", "")
        for severity, severities in _GROUPS.items():
            rules = list(_rules(result, category, severities, language))
            if rules:
                heading = words[f"group_{severity}"]
                yield {
                    "sign": severity,
                    "id": f"{category}-{severity}" if name else severity,
                    "heading": f"{name}: {heading}" if name else heading,
                    "means": "" if name else words[f"group_{severity}_means"],
                    "rules": rules,
                }


def _rules(
    result: CheckResult, category: Category, severities: Sequence[Severity], language: str
) -> Iterator[dict[str, Any]]:
    """Problems by rule, with the text of the rule; marked as English if it is not in the language."""
    by_rule: dict[str, list[Problem]] = {}
    for problem in result.report.of_category(category):
        if problem.severity in severities:
            by_rule.setdefault(problem.rule, []).append(problem)
    for name, found in by_rule.items():
        rule, words = RULES.get(name), explained(name, language) or explained(name, ENGLISH)
        places = [
            {
                "place": str(shown.location),
                "message": shown.message,
                "hint": shown.hint,
                "mendable": problem in result.mendable,
            }
            for problem in found
            for shown in [in_language(problem, language)]
        ]
        yield {
            "name": name,
            # Facts about an LMS are in the reader's language, and their hints are sources.
            "general": not name.startswith("for-"),
            "fatal": found[0].severity == "fatal",
            "en": Markup(' lang="en"') if language != ENGLISH and not explained(name, language) else "",
            "what": words.what if words else "",
            "why": words.text.split("\n\n") if words else [],
            "spec": rule.spec if rule else "",
            "shown": places[:_PLACES_SHOWN],
            "folded": places[_PLACES_SHOWN:],
        }


def _shares(facts: Facts, words: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The kinds of files, largest first, each with its section of a bar that is 1,000 wide."""
    whole = sum(share.size for share in facts.sizes.by_kind)
    before = 0
    for share in facts.sizes.by_kind:
        percent = 100 * share.size / whole if whole else 0
        yield {
            "kind": share.kind,
            "name": words[f"size_{share.kind}"],
            "files": share.files,
            "size": share.size,
            "percent": words["percent"].format(n=round(percent)) if percent >= 1 else words["less"],
            "start": round(1000 * before / whole, 1) if whole else 0,
            "width": round(10 * percent, 1),
        }
        before += share.size


def _cell(found: Sequence[Problem] | None, words: Mapping[str, str], language: str) -> dict[str, Any]:
    """The cell of an LMS and a package: the worst severity, and every reason once."""
    if found is None:
        return {"verdict": "unknown", "summary": "", "reasons": []}
    read = (in_language(problem, language) for problem in found)
    reasons = list(dict.fromkeys((problem.message, problem.hint) for problem in read))
    return {
        "verdict": _worst(found, "ok"),
        "summary": _counted(words, "one_reason", "reasons", len(reasons)),
        "reasons": reasons,
    }


def _worst(problems: Iterable[Problem], none: str) -> str:
    found = {problem.severity for problem in problems}
    for name, severities in _GROUPS.items():
        if found & set(severities):
            return name
    return none


def _count(nodes: Sequence[Node]) -> int:
    return sum(1 + _count(node.children) for node in nodes)


def _counted(words: Mapping[str, str], one: str, many: str, number: int) -> str:
    return words[one] if number == 1 else words[many].format(n=number)


def _about(node: Node, language: str) -> str:
    """The description of a node, without the file that it opens, which is shown separately."""
    return ", ".join(said(each, language) for each in node.words if each.template != "opens {0}")


def _shown(value: object) -> object:
    """Text without control characters, which HTML cannot contain, and without changes of the text direction."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else printable(value)


def _inline(text: str) -> Markup:
    """The text of a rule, with text in backticks as code."""
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if number % 2 else Markup("{}").format(piece)
        for number, piece in enumerate(text.split("`"))
    )

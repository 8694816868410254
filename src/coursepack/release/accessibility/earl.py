"""The conformance table for programs: EARL 1.0 (W3C, 2017) as JSON-LD."""

from __future__ import annotations

import json
from typing import Any

from coursepack.release.accessibility.conformance import NAME as TABLE
from coursepack.release.accessibility.conformance import explanation
from coursepack.release.accessibility.rows import Assessment, Row
from coursepack.release.accessibility.statement import level
from coursepack.release.handover import Document, Handover
from coursepack.release.layout import words
from coursepack.targets.statements import iri
from coursepack.version import __version__

NAME = "earl.json"

_CONTEXT = {
    "earl": "http://www.w3.org/ns/earl#",
    "dct": "http://purl.org/dc/terms/",
    "doap": "http://usefulinc.com/ns/doap#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_OUTCOMES = {
    "built": "earl:passed",
    "checked": "earl:passed",
    "author": "earl:cantTell",
    "untried": "earl:untested",
    "inapplicable": "earl:inapplicable",
}
_LEVELS = {"full": "earl:passed", "partial": "earl:failed", "none": "earl:failed"}

_BUILDER, _PUBLISHER = "_:coursepack", "_:publisher"


def document(handover: Handover, assessment: Assessment) -> Document:
    """The assertions of the builder on each row, and the publisher's own on the norm as a whole."""
    definition = handover.course.definition
    subject = iri(definition)
    graph: list[dict[str, Any]] = [
        {
            "@id": subject,
            "@type": "earl:TestSubject",
            "dct:title": {"@value": definition.title, "@language": definition.language},
            "doap:revision": definition.version,
            "dct:hasPart": [{"@id": package.path.name} for package in handover.packages],
        },
        {
            "@id": _BUILDER,
            "@type": ["earl:Assertor", "earl:Software"],
            "dct:title": "coursepack",
            "doap:revision": __version__,
        },
        {
            "@id": _PUBLISHER,
            "@type": ["earl:Assertor", "foaf:Organization"],
            "foaf:name": definition.publisher,
        },
    ]
    graph += [_criterion(row, assessment) for row in assessment.rows]
    graph += [_assertion(row, subject, handover, assessment) for row in assessment.rows]
    statement = definition.accessibility
    if statement:
        graph.append(
            {
                "@id": assessment.norm.url,
                "@type": "earl:TestRequirement",
                "dct:title": assessment.norm.name,
            }
        )
        graph.append(
            {
                "@type": "earl:Assertion",
                "earl:assertedBy": {"@id": _PUBLISHER},
                "earl:subject": {"@id": subject},
                "earl:test": {"@id": assessment.norm.url},
                "earl:mode": {"@id": "earl:manual"},
                "earl:result": {
                    "@type": "earl:TestResult",
                    "earl:outcome": {"@id": _LEVELS[level(statement, assessment)]},
                    "dct:date": _date(statement.assessed.isoformat()),
                    "dct:description": {"@value": statement.method, "@language": definition.language},
                },
            }
        )
    text = json.dumps({"@context": _CONTEXT, "@graph": graph}, ensure_ascii=False, indent=2)
    return Document(NAME, f"{text}\n".encode())


def _test(row: Row, assessment: Assessment) -> str:
    """The address of what is tested: that of WCAG for web content, that of the norm with the clause for the rest."""
    if row.criterion and (row.clause is None or row.clause.is_web):
        return row.criterion.url
    return f"{assessment.norm.url}#{row.clause.number}" if row.clause else assessment.norm.url


def _criterion(row: Row, assessment: Assessment) -> dict[str, Any]:
    clause, criterion = row.clause, row.criterion
    is_wcag = criterion is not None and (clause is None or clause.is_web)
    number = criterion.number if is_wcag and criterion else f"EN {clause.number}" if clause else ""
    name = (clause.name if clause else "") or (criterion.name if criterion else "")
    return {
        "@id": _test(row, assessment),
        "@type": "earl:TestRequirement",
        "dct:identifier": number,
        "dct:title": {"@value": name, "@language": "en"},
        "dct:isPartOf": {"@id": assessment.guidelines.url if is_wcag else assessment.norm.url},
    }


def _assertion(row: Row, subject: str, handover: Handover, assessment: Assessment) -> dict[str, Any]:
    outcome = "earl:failed" if row.faults else _OUTCOMES[row.status]
    # Tests and rules run by themselves; what no machine can see waits for a person.
    mode = "earl:semiAuto" if row.status in ("author", "untried") and row.by else "earl:automatic"
    if not row.by and row.status in ("author", "untried"):
        mode = "earl:unknownMode"
    return {
        "@type": "earl:Assertion",
        "earl:assertedBy": {"@id": _BUILDER},
        "earl:subject": {"@id": subject},
        "earl:test": {"@id": _test(row, assessment)},
        "earl:mode": {"@id": mode},
        "earl:result": {
            "@type": "earl:TestResult",
            "earl:outcome": {"@id": outcome},
            "dct:date": _date(handover.date.isoformat()),
            "dct:description": {
                "@value": explanation(row, assessment, "en", words(TABLE, "en")),
                "@language": "en",
            },
            **({"dct:source": list(row.by)} if row.by else {}),
        },
    }


def _date(day: str) -> dict[str, str]:
    return {"@value": day, "@type": "xsd:date"}

"""The passport of a release: where it comes from, what is in it, and who has checked what, when."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from coursepack.course import lock
from coursepack.course.claims import Claim
from coursepack.inventory import inventory
from coursepack.inventory.claims import claim_dict, due_by
from coursepack.inventory.medium import Medium
from coursepack.languages import authors, format_of
from coursepack.outputs.plain import counted, counts
from coursepack.profiles import PROFILES
from coursepack.release import sums
from coursepack.release.handover import LANGUAGES, Document, Handover
from coursepack.release.layout import about, other_page, sheet, words
from coursepack.release.provenance import PYTHON, Library, commit_of, libraries, source_digest
from coursepack.release.sbom import licence_of, sbom
from coursepack.version import __version__

NAME, SBOM = "passport.json", "sbom.cdx.json"


def passport(handover: Handover) -> Iterator[Document]:
    """The passport as HTML in each language and as JSON, and the bill of materials. Raises OSError."""
    media = inventory(handover.course, handover.folder, handover.cache, look=False)
    used = libraries(tuple(_extras(handover)))
    digests = {each.path.name: sums.of_file(each.path) for each in handover.packages}
    values = _values(handover, media, used, digests)
    for language in LANGUAGES:
        yield Document(f"passport.{language}.html", _page(values, handover, language).encode())
    yield Document(NAME, json.dumps(values, ensure_ascii=False, indent=2).encode() + b"\n")
    yield Document(SBOM, sbom(handover, media, used, digests))


def _extras(handover: Handover) -> Iterator[str]:
    """The libraries of extras that take part in the release."""
    if handover.has_pdf:
        yield "weasyprint"
    if handover.course.conversions:
        yield "av"


def _values(
    handover: Handover, media: Sequence[Medium], used: Iterable[Library], digests: Mapping[str, str]
) -> dict[str, Any]:
    """The passport as plain values, as in `passport.schema.json`."""
    definition, report = handover.course.definition, handover.report
    rules = Counter((problem.rule, problem.severity) for problem in report)
    statement = definition.accessibility
    return {
        "format": 1,
        "date": str(handover.date),
        "course": {
            "id": definition.id,
            "title": definition.title,
            "version": definition.version,
            "languages": [definition.language, *definition.translations],
            "publisher": definition.publisher,
            "licence": definition.licence,
        },
        "source": {
            "commit": commit_of(handover.folder),
            "files": source_digest(handover.folder),
            "lock": sums.of_file(handover.folder / lock.NAME),
        },
        "builder": {
            "name": "coursepack",
            "version": __version__,
            "python": PYTHON,
            "libraries": [
                {
                    "name": each.name,
                    "version": each.version,
                    "licences": list(each.licences),
                    "purl": each.purl,
                }
                for each in used
            ],
        },
        "packages": [
            {
                "file": f"{each.path.parent.name}/{each.path.name}",
                "target": each.target,
                "variant": each.variant,
                "size": each.size,
                "sha256": digests[each.path.name],
                "files": each.files,
            }
            for each in handover.packages
        ],
        "sbom": SBOM,
        "check": {
            "errors": len(report.errors),
            "warnings": len(report.warnings),
            "notes": len(report.notes),
            "rules": [
                {"rule": rule, "severity": severity, "number": number}
                for (rule, severity), number in sorted(rules.items())
            ],
        },
        "rehearsal": handover.rehearsals and handover.rehearsals.model_dump(mode="json"),
        "accessibility": statement
        and {"conformance": statement.conformance, "assessed": str(statement.assessed)},
        "law": definition.dates.law and str(definition.dates.law),
        "reviewers": [
            {"name": each.name, "role": each.role, "date": str(each.date)} for each in definition.reviewers
        ],
        "claims": [claim_dict(each, handover.date) for each in due_by(handover.course.claims)],
        "media": [
            {
                "file": each.file,
                "kind": each.kind,
                "size": each.size,
                "origin": each.origin,
                "made_with": each.made_with,
                "author": each.credit.author,
                "licence": licence_of(each, handover),
            }
            for each in media
        ],
    }


def _page(values: Mapping[str, Any], handover: Handover, language: str) -> str:
    definition, form = handover.course.definition, format_of(language)
    titles = authors(language)["titles"]
    return sheet(
        "passport",
        language,
        **about(definition),
        **other_page("passport", language),
        passport=values,
        date=form.date(handover.date),
        packages=[
            {
                "file": package["file"],
                "title": titles.get(each.title, each.title),
                "size": form.number(f"{each.size:,}"),
                # Groups of eight can be compared by eye.
                "sha256": [package["sha256"][at : at + 8] for at in range(0, 64, 8)],
            }
            for package, each in zip(values["packages"], handover.packages, strict=True)
        ],
        checks=list(_checks(values, handover, language)),
        media=list(_media(values["media"], language)),
        claims=list(_claims(handover.course.claims, language)),
        sums=sums.NAME,
        signature=sums.SIGNATURE,
        sbom=SBOM,
        json=NAME,
    )


def _checks(values: Mapping[str, Any], handover: Handover, language: str) -> Iterator[dict[str, Any]]:
    """What was checked, the outcome and the day. What nobody has done is said too."""
    t, form, definition = words("passport", language), format_of(language), handover.course.definition
    counted = counts(handover.report, language)
    sign = "warning" if values["check"]["warnings"] else "ok"
    yield {"what": "coursepack check", "sign": sign, "outcome": counted, "date": str(handover.date)}
    yield {"what": t["rehearsal"], **_rehearsed(handover, language)}
    statement = definition.accessibility
    yield {
        "what": t["accessibility"],
        "sign": _SIGNS[statement.conformance] if statement else "unknown",
        "outcome": t["conformance"][statement.conformance] if statement else t["no_statement"],
        "date": str(statement.assessed) if statement else "",
    }
    for each in definition.reviewers:
        outcome = t["reviewer"].format(name=each.name, role=each.role)
        yield {"what": t["reviewed"], "sign": "ok", "outcome": outcome, "date": str(each.date)}
    if not definition.reviewers:
        yield {"what": t["reviewed"], "sign": "unknown", "outcome": t["nobody"], "date": ""}
    if definition.dates.law:
        yield {"what": t["law"], "sign": "note", "outcome": t["law_as_of"], "date": str(definition.dates.law)}
    claims = values["claims"]
    if claims:
        overdue = sum(each["overdue"] for each in claims)
        unchecked = sum(each["checked"] is None for each in claims)
        days = sorted(each["checked"] for each in claims if each["checked"])
        yield {
            "what": t["claims"].format(number=form.number(f"{len(claims):,}")),
            "sign": "warning" if overdue or unchecked else "note",
            "outcome": t["claims_state"].format(overdue=overdue, unchecked=unchecked),
            "date": t["from_to"].format(first=days[0], last=days[-1]) if days else "",
        }


def _rehearsed(handover: Handover, language: str) -> dict[str, str]:
    """What the rehearsals found, with the sign of the worst outcome, and their day."""
    t, found = words("passport", language), handover.rehearsals
    if found is None:
        return {"sign": "unknown", "outcome": t["none"], "date": ""}
    systems = {each.lms: _system(each.lms, language) for each in found.rehearsals}
    states = {state for each in found.rehearsals for state in each.scenarios.values()}
    severities: Counter[str] = Counter(
        problem.severity for each in found.rehearsals for problem in each.problems
    )
    outcome = t["rehearsed"].format(
        packages=len({each.sha256 for each in found.rehearsals}),
        all=len(handover.packages),
        systems=", ".join(systems.values()),
        found=counted(severities, language),
    )
    sign = next((sign for state, sign in _STATES.items() if state in states), "unknown")
    return {"sign": sign, "outcome": outcome, "date": str(found.date)}


def _system(name: str | None, language: str) -> str:
    """The title of the profile of an LMS, which may be one that is not known here."""
    if name is None:
        return str(authors(language)["rehearse"]["strict"])
    return PROFILES[name].title if name in PROFILES else name


_STATES = {"failed": "error", "warned": "warning", "unfinished": "unknown", "ok": "ok"}
"""The signs of what scenarios of a rehearsal come to, the worst first."""

_SIGNS = {"full": "ok", "partial": "warning", "none": "error"}


def _media(media: Iterable[Mapping[str, Any]], language: str) -> Iterator[dict[str, Any]]:
    """The media, those with the same origin and licence together."""
    t, origins = words("passport", language), authors(language)["media"]["origins"]
    groups: dict[tuple[str, ...], list[str]] = {}
    for each in media:
        key = (each["origin"] or "", each["made_with"], each["author"], each["licence"])
        groups.setdefault(key, []).append(each["file"])
    for (origin, made_with, author, licence), files in groups.items():
        yield {
            "files": files,
            "origin": origins[origin] if origin else t["no_origin"],
            "is_synthetic": origin in ("synthetic", "edited"),
            "made_with": ", ".join(filter(None, (made_with, author))),
            "licence": licence,
        }


def _claims(claims: Iterable[Claim], language: str) -> Iterator[dict[str, Any]]:
    """How many facts rest on each source, and when they were checked."""
    t = words("passport", language)

    def source(claim: Claim) -> tuple[str, str, str]:
        return (claim.title, str(claim.checked or ""), str(claim.due or ""))

    for (title, checked, due), group in groupby(sorted(claims, key=source), source):
        number = sum(1 for _ in group)
        yield {"title": title, "number": number, "checked": checked or t["never"], "due": due}

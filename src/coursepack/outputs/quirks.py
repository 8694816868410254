"""What LMSs do, as lines for a terminal and as values for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coursepack.inspection.terminal import LEAST_WIDTH, wrapped
from coursepack.languages import ENGLISH, authors, format_of
from coursepack.profiles import PROFILES, profiles_with

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coursepack.profiles import Profile, Quirk

_INDENT = "  "


def quirk_dict(quirk: Quirk) -> dict[str, Any]:
    """A quirk as plain values for JSON. `simulated` and `severity` are None where there is none."""
    return {
        "name": quirk.name,
        "what": quirk.what,
        "standards": list(quirk.standards),
        "source": quirk.source,
        "date": quirk.date,
        "known": quirk.known,
        "confidence": quirk.confidence,
        "severity": quirk.severity if quirk.test else None,
        "simulated": quirk.simulated,
        "profiles": list(profiles_with(quirk.name)),
    }


def list_lines(
    quirks: Sequence[Quirk], profile: Profile | None = None, width: int = 80, language: str = ENGLISH
) -> Iterator[str]:
    """Each quirk with what it does, and their number, wrapped to `width` columns (at least 40).

    With a profile, the quirks are those of its LMS, whose title comes first.
    """
    words = authors(language)["quirks"]
    width = max(width, LEAST_WIDTH)
    if profile:
        yield profile.title
        yield ""
    for quirk in quirks:
        yield quirk.name
        yield from wrapped(_what(quirk, language), width, _INDENT, _INDENT)
    if quirks:
        yield ""
    simulated = sum(quirk.simulated is not None for quirk in quirks)
    told = words["none"] if not quirks else words["sum"].format(n=len(quirks), simulated=simulated)
    yield from wrapped(told, width)
    if quirks:
        yield f"{_INDENT}coursepack quirks {quirks[0].name}"


def quirk_lines(quirk: Quirk, width: int = 80, language: str = ENGLISH) -> Iterator[str]:
    """All that is known of a quirk, wrapped to `width` columns (at least 40)."""
    words = authors(language)["quirks"]
    width = max(width, LEAST_WIDTH)
    listed = format_of(language).listed
    titles = [PROFILES[name].title for name in profiles_with(quirk.name)]
    yield quirk.name
    yield from wrapped(_what(quirk, language), width, _INDENT, _INDENT)
    yield ""
    for name, value in (
        ("standards", listed(list(quirk.standards))),
        ("systems", listed(titles) if titles else words["no_system"]),
        ("known", f"{words['kinds'][quirk.known]} ({words['confidence'][quirk.confidence]})"),
        ("source", quirk.source),
        ("date", quirk.date),
        ("simulated", words["simulators"][quirk.simulated or "nothing"]),
    ):
        yield from wrapped(f"{words[name]}: {value}", width, _INDENT, _INDENT * 2)


def _what(quirk: Quirk, language: str) -> str:
    return quirk.what.get(language, quirk.what[ENGLISH])

"""The results of `check` and `build` as lines for a terminal, in a language."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from coursepack.languages import authors, format_of, kind_words
from coursepack.outputs.texts import category_verdict, in_language
from coursepack.problems import CATEGORIES

Quality = Literal["very_good", "good", "fair", "poor"]

_QUALITIES: dict[Quality, float] = {"very_good": 0.98, "good": 0.95, "fair": 0.9, "poor": -1}
"""The least SSIM of each."""

if TYPE_CHECKING:
    from coursepack.checking import CheckResult
    from coursepack.problems import Problem, Report, Severity
    from coursepack.result import Built, FilmSize, TextSize


def severity_word(severity: Severity, language: str) -> str:
    """The word for a severity."""
    return str(authors(language)["terminal"][severity])


def lines(result: CheckResult, language: str = "en") -> Iterator[str]:
    """The kind of a path, and its problems."""
    words = authors(language)["terminal"]
    kinds = [kind_words(kind, language) for kind in result.kinds]
    made = words["made"].format(maker=result.maker) if result.maker else ""
    head = str(result.path)
    if kinds:
        head = f"{head}: {format_of(language).listed(kinds)}{made}"
    report = result.report
    if not report.problems:
        yield f"{head}: {words['clean']}"
        return
    yield head
    yield from report_lines(report, language, result.mendable)


def report_lines(report: Report, language: str = "en", mendable: Collection[Problem] = ()) -> Iterator[str]:
    """All problems of a report, and their number; nothing when there are none.

    Problems that threaten import, start or result come first; each other category starts with a line with its verdict.
    `mendable` are the problems that are marked as fixable by `mend`.
    """
    function, *others = CATEGORIES
    own = report.of_category(function)
    yield from _problem_lines(own, language, mendable)
    if own.problems:
        yield counts(own, language)
    for category in others:
        own = report.of_category(category)
        if own.problems:
            yield f"{category_verdict(category, own, language)} ({counts(own, language)})"
            yield from _problem_lines(own, language, mendable)


def built_lines(packages: Sequence[Built], language: str = "en") -> Iterator[str]:
    """The built packages; what is the same for all packages is shown once."""
    words, titles = authors(language)["terminal"], authors(language)["titles"]
    first = packages[0]
    for package in packages:
        title = titles.get(package.title, package.title)
        yield f"{package.path}  {_size(package.size, language)}  {title}"
        facts = [
            _count(package.files, "file", language),
            words["unpacked"].format(size=_size(package.unpacked, language)),
            words["folder"].format(folder=package.folder)
            if package.folder
            else _count(package.units, package.unit, language),
        ]
        yield f"  {', '.join(facts)}"
        if package.target == first.target:
            yield from (f"  {_film(film, language)}" for film in package.films)
            yield from (f"  {_text(text, language)}" for text in package.texts)
    for sentence in dict.fromkeys(package.completions[language] for package in packages):
        yield f"  {sentence}"
    limits = [package.state_limit for package in packages if package.state_limit]
    if limits:
        state, limit = _number(packages[0].state, language), _number(min(limits), language)
        yield f"  {words['state'].format(state=state, limit=limit)}"
    new_slots = max(package.new_slots for package in packages)
    if new_slots:
        yield f"  {words['lock'].format(lines=_count(new_slots, 'line', language))}"


def quality(ssim: float) -> Quality:
    """What an SSIM means: how like a film is to the file that was handed in."""
    return next(name for name, least in _QUALITIES.items() if ssim >= least)


def film_words(film: FilmSize, language: str) -> str:
    """What a film became in a package with a largest size, without its name."""
    return _film(film, language).removeprefix(f"{film.src}: ")


def _film(film: FilmSize, language: str) -> str:
    """What a film became in a package with a largest size."""
    words = authors(language)["terminal"]
    values: dict[str, object] = film._asdict()
    values |= {"rate": _number(round(film.rate / 1000), language), "size": _size(film.size, language)}
    if film.ssim is None or film.ssim == 1:
        return str(words["film_whole"].format(**values))
    # Rounded down, so that the figure fits its word.
    ssim = format_of(language).number(f"{int(film.ssim * 1000) / 1000:.3f}")
    return str(words["film"].format(**{**values, "ssim": ssim, "quality": words[quality(film.ssim)]}))


def _text(text: TextSize, language: str) -> str:
    """A film or sound that is text in a package."""
    words = authors(language)["terminal"]["text_pictures" if text.pictures else "text_alone"]
    pictures = _count(text.pictures, "picture", language)
    whole, size = (_size(each, language) for each in (text.whole, text.size))
    return str(words.format(src=text.src, pictures=pictures, size=size, whole=whole))


def _count(number: int, what: str, language: str) -> str:
    one, many = authors(language)["counted"][what]
    return f"{number} {one if number == 1 else many}"


def _number(number: int, language: str) -> str:
    return format_of(language).number(f"{number:,}")


def _size(size: int, language: str) -> str:
    return format_of(language).number(
        f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{size / 1000:.1f} kB"
    )


def _problem_lines(report: Report, language: str, mendable: Collection[Problem]) -> Iterator[str]:
    for problem in report:
        yield _line(in_language(problem, language), severity_word(problem.severity, language))
        if problem in mendable:
            yield f"    {authors(language)['terminal']['mendable']}"


def _line(problem: Problem, severity: str) -> str:
    text = f"{problem.location}: {severity} {problem.rule}: {problem.message}"
    return f"{text}\n    {problem.hint}" if problem.hint else text


def counts(report: Report, language: str) -> str:
    """The number of each severity; notes only if there are any."""
    numbers = {"error": len(report.errors), "warning": len(report.warnings), "note": len(report.notes)}
    return counted(numbers, language)


def counted(numbers: Mapping[str, int], language: str) -> str:
    """Numbers by severity in words, as those of `counts`."""
    severities = ("error", "warning", "note")
    return ", ".join(
        _count(numbers.get(each, 0), each, language)
        for each in severities
        if numbers.get(each) or each != "note"
    )

"""Makes the films of a package so small that it has its largest size: the step between conversion and rendering."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from coursepack.building.conversion import converted, holding, media_cache
from coursepack.building.order import Workshop
from coursepack.building.tasks import Planned, results
from coursepack.course.rungs import RUNGS, USUAL_RUNG, Conversion, Rung
from coursepack.course.severity import course_problem
from coursepack.course.variant import Variant, media
from coursepack.media import is_installed
from coursepack.problems import CourseError, Location, Message, Number, Quoted, Report
from coursepack.reading.media import INSTALL
from coursepack.result import FilmSize

if TYPE_CHECKING:
    from coursepack.media.cache import MediaCache
    from coursepack.media.fit import Film, Point
    from coursepack.media.task import MediaTask

T = TypeVar("T")

_GRAIN = 200
"""The films get whole parts of this many of the largest size, so that a changed word encodes no film anew."""
_ENOUGH = 0.97
"""Share of the largest size that a package has at least, if its films could be larger."""
_AIM = 0.99
_TRIES = 3
_SPARE = 1.03
"""Factor by which the least size is told larger, since it is estimated."""
_WHOLE = Rung(1 << 14, 1 << 14, 0, 0, RUNGS[USUAL_RUNG].audio_rate)
"""The limits of a film that is packed as it is."""


class Weight(NamedTuple):
    """The size of a package in bytes, and that of each of its films and sounds by path in the course folder."""

    total: int
    files: Mapping[str, int]


Weigh = Callable[[Variant], Weight]


def within(original: Variant, package: Variant, weigh: Weigh, workshop: Workshop) -> Variant:
    """The package with films that fit into its largest size; `original` is that before its files were converted.

    Sounds become smaller too, if films alone do not suffice. Raises CourseError with the least size that is possible,
    or with the files that cannot be converted, and PackageError.
    """
    assert package.most is not None
    weight = weigh(package)
    names = [
        src
        for src in package.course.recordings
        if src in weight.files and package.course.recordings[src].is_film
    ]
    if weight.total <= package.most:
        whole = package._replace(films=tuple(_told(package, src, weight.files[src], None) for src in names))
        if names and is_installed():
            _keep(original, whole, media_cache(original.course, workshop.cache))
        return whole
    if weight.files and not is_installed():
        raise CourseError(
            Report.of(
                course_problem(
                    "media/unconverted",
                    Message("{0} must be converted before it is packed", Quoted(src)),
                    package.course.recordings[src].place,
                    INSTALL,
                )
                for src in weight.files
            )
        )
    if not weight.files:
        raise _impossible(package, weight.total)
    return _Ceiling(original, package, weigh, workshop).fitted(
        {src: weight.files[src] for src in names}, weight.total
    )


class _Ceiling:
    """The search for what the films of a package become."""

    def __init__(self, original: Variant, package: Variant, weigh: Weigh, workshop: Workshop) -> None:
        assert package.most is not None
        self.original, self.package = original, package
        self.most = package.most
        self.weigh, self.workshop = weigh, workshop
        self.cache: MediaCache = media_cache(original.course, workshop.cache)
        self.sources = original.course.media
        own = package.course.conversions
        self.largest = {
            src: (own[src].limits if src in own else None) or _WHOLE for src in original.course.recordings
        }

    def fitted(self, wholes: Mapping[str, int], total: int) -> Variant:
        """The package with films that fit. Without a ceiling, it has `total` bytes, and the films have `wholes`."""
        measured = self._measured(wholes)
        films = {src: usual for src, (usual, _) in measured.items()}
        rungs, package = self.largest, self.package
        others = total - sum(wholes.values())
        if self._budget(others) < _least(films):
            package = self._with_small_sounds()
            others = self.weigh(package).total - sum(wholes.values())
            films = {src: fragile for src, (_, fragile) in measured.items()}
            rungs = {src: _small_sound(rung) for src, rung in rungs.items()}
        if self._budget(others) < _least(films):
            raise _impossible(package, math.ceil((others + _least(films) * _SPARE) * _GRAIN / (_GRAIN - 1)))
        return self._searched(package, films, rungs, self._budget(others))

    def _budget(self, others: int) -> int:
        """The bytes that the films may have, beside so many others."""
        grain = max(1, self.most // _GRAIN)
        return (self.most - others) // grain * grain

    def _searched(
        self, package: Variant, films: Mapping[str, Film], rungs: Mapping[str, Rung], budget: int
    ) -> Variant:
        """The package with films that together have about `budget` bytes."""
        from coursepack.media.fit import shared

        least, found, size = _least(films), None, 0
        for _ in range(_TRIES):
            points = dict(zip(films, shared(list(films.values()), budget), strict=True))
            made = {
                src: each
                for src, each in self._made(points, rungs).items()
                # What cannot be as small as it should is larger in spite of it.
                if each[0].stat().st_size < films[src].whole.size
            }
            tried = self._holding(package, {src: path for src, (path, _) in made.items()})
            weight = self.weigh(tried)
            total = weight.total
            if size < total <= self.most:
                ssims = {src: made[src][1] if src in made else film.whole.ssim for src, film in films.items()}
                told = (_told(tried, src, weight.files[src], ssim) for src, ssim in ssims.items())
                found, size = tried._replace(films=tuple(told)), total
            is_all = all(point.pixels is None for point in points.values())
            if self.most * _ENOUGH <= total <= self.most or (total <= self.most and is_all):
                break
            # What came out is not quite what was asked for, so something else is asked for.
            budget = max(least, budget + int(self.most * _AIM) - total)
        if found is None:
            raise _impossible(package, math.ceil(total * _SPARE))
        _keep(self.original, found, self.cache)
        return found

    def _measured(self, wholes: Mapping[str, int]) -> dict[str, tuple[Film, Film]]:
        """What each film can become with the sound that it has without a ceiling, and with a small one."""
        from coursepack.media.fit import Film, Point

        step = "measuring films"
        measured = self._done(step, {src: self._measuring(src) for src in wholes}, self.cache.measures)
        comparing = {
            src: self.cache.comparing(self.sources[src], self.package.course.media[src], self.largest[src])
            for src in wholes
            if src in self.package.conversions
        }
        ssims = self._done(step, comparing, self.cache.likeness)
        found = {}
        for src, measures in measured.items():
            ssim = ssims.get(src, 1.0)
            films = []
            for sound in measures.sounds:
                curves: dict[tuple[int, int], list[Point]] = {}
                for each in measures.points:
                    point = Point(each.size + sound, each.ssim, each.pixels)
                    curves.setdefault(each.pixels, []).append(point)
                films.append(Film.of(Point(wholes[src], ssim, None), list(curves.values())))
            found[src] = films[0], films[1]
        return found

    def _measuring(self, src: str) -> MediaTask:
        largest = self.largest[src]
        limits = [largest, *(each for each in RUNGS.values() if each.longer < largest.longer)]
        return self.cache.measuring(self.sources[src], limits, (largest, _small_sound(largest)))

    def _made(self, points: Mapping[str, Point], rungs: Mapping[str, Rung]) -> dict[str, tuple[Path, float]]:
        """The films that become smaller, and their likeness."""
        fitting = {}
        for src, point in points.items():
            if point.pixels:
                own = rungs[src]._replace(longer=point.pixels[0], shorter=point.pixels[1])
                fitting[src] = self.cache.fitting(self.sources[src], own, point.size, self.largest[src])
        return self._done("making films smaller", fitting, self.cache.fitted)

    def _holding(self, package: Variant, made: Mapping[str, Path]) -> Variant:
        """The package with these films."""
        course = package.course
        limits = {src: Conversion(True, self.largest[src], course.recordings[src].place) for src in made}
        return holding(package.changed(conversions={**course.conversions, **limits}), made)

    def _with_small_sounds(self) -> Variant:
        """The package with sounds of the rung `fragile`."""
        course, used = self.original.course, media(self.original.course)
        small = {
            src: each
            for src, recording in course.recordings.items()
            if src in used and not recording.is_film and (each := recording.conversion("fragile"))
        }
        changed = self.original.changed(conversions={**course.conversions, **small})
        return converted((changed,), self.workshop)[0]

    def _done(
        self, step: str, tasks: Mapping[str, MediaTask], found: Callable[[MediaTask], T | None]
    ) -> dict[str, T]:
        """What tasks of films make. Raises CourseError with all that cannot be converted."""
        recordings = self.original.course.recordings
        planned = {src: Planned(src, recordings[src].place, task) for src, task in tasks.items()}
        return results(self.workshop, self.cache.folder, step, [planned], found)[0]


def _least(films: Mapping[str, Film]) -> int:
    from coursepack.media.fit import least

    return least(list(films.values()))


def _small_sound(rung: Rung) -> Rung:
    return rung._replace(audio_rate=min(rung.audio_rate, RUNGS["fragile"].audio_rate))


def _keep(original: Variant, package: Variant, cache: MediaCache) -> None:
    """Keeps what the films became, for those who list the media of the course."""
    assert package.most is not None
    # Nothing else needs it.
    with suppress(OSError):
        for film in package.films:
            cache.keep_fit(original.course.media[film.src], package.name, package.most, film)


def _told(package: Variant, src: str, size: int, ssim: float | None) -> FilmSize:
    course = package.course
    width, height = course.sizes.get(src, (0, 0))
    seconds = course.lengths.get(src)
    return FilmSize(src, width, height, size, round(size * 8 / seconds) if seconds else 0, ssim)


def _impossible(package: Variant, least: int) -> CourseError:
    def megabytes(size: float) -> Number:
        return Number(f"{size / 1_000_000:.2f}")

    message = Message(
        "the package {0} has at least {1} MB; it may have {2} MB",
        Quoted(package.name),
        megabytes(math.ceil(least / 10_000) * 10_000),
        megabytes(package.most or 0),
    )
    hint = "Allow it that much, shorten films, or make packages of some parts each: packages."
    problem = course_problem("package/ceiling-too-low", message, Location("course.yaml"), hint)
    return CourseError(Report.of([problem]))

"""Takes key pictures out of the films that packages show as text: a step before rendering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from coursepack.building.order import Progress, unwritable
from coursepack.course.blocks.block import Still
from coursepack.course.blocks.video import Video
from coursepack.course.model import Course
from coursepack.course.rungs import Conversion
from coursepack.course.severity import course_problem
from coursepack.course.variant import Variant, shown_as_text
from coursepack.problems import CourseError, Message, Problem, Quoted, Report

if TYPE_CHECKING:
    from coursepack.media.cache import MediaCache
    from coursepack.media.picture_cache import PictureFile

MOST = 6
"""Pictures of a film without chapters, beside its poster."""
MOST_CHAPTERS = 12

Begins = tuple[float, ...]
"""The seconds at which the chapters of a film begin; none without chapters."""


def films_as_text(course: Course) -> dict[str, Begins]:
    """The films that the pages of a course show as text, by path in the course folder, in the order of the pages."""
    found: dict[str, Begins] = {}
    for block in shown_as_text(course):
        if isinstance(block, Video):
            found.setdefault(block.src, _begins(block, course))
    return found


def _begins(video: Video, course: Course) -> Begins:
    chapters = course.transcripts[video.chapters] if video.chapters else ()
    begins = [cue.start for cue in chapters if not isinstance(cue, str)]
    # The first of each of so many equal groups.
    step = max(1, -(-len(begins) // MOST_CHAPTERS))
    return tuple(begins[::step])


def with_stills(packages: Sequence[Variant], cache: MediaCache, progress: Progress) -> tuple[Variant, ...]:
    """The packages with pictures of the films that they show as text.

    Raises CourseError with every film that cannot be read, and PackageError if the cache cannot be written.
    """
    from coursepack.media.failures import ConversionError

    wanted = dict(chain.from_iterable(films_as_text(each.course).items() for each in packages))
    course = packages[0].course
    made: dict[str, list[tuple[Still, PictureFile]]] = {}
    problems: list[Problem] = []
    try:
        sizes = {src: course.media[src].stat().st_size for src in wanted}
        done = 0
        for src, begins in wanted.items():
            on_read = partial(_report, progress, done, sizes[src], sum(sizes.values()))
            try:
                made[src] = _stills(src, begins, course, cache, on_read)
            except ConversionError as error:
                message = Message("{0}: {1}", Quoted(src), error.message)
                place = course.recordings[src].place
                problems.append(course_problem("media/not-convertible", message, place, error.hint))
            done += sizes[src]
    except OSError as error:
        raise unwritable(error, cache.folder) from None
    if problems:
        raise CourseError(Report.of(problems))
    return tuple(_holding(each, made) for each in packages)


def _report(progress: Progress, before: int, most: int, total: int, done: int) -> None:
    progress("taking pictures of films", before + min(done, most), total)


def _stills(
    src: str, begins: Begins, course: Course, cache: MediaCache, on_read: partial[None]
) -> list[tuple[Still, PictureFile]]:
    """The pictures of a film. Raises ConversionError and OSError."""
    from coursepack.media.picture_cache import PictureCache

    path, pictures = course.media[src], PictureCache(cache.folder)
    seconds = cache.moments(path, begins, MOST, on_read)
    key = pictures.stills_key(path, seconds)
    files = pictures.found(key) or pictures.stills(key, path, seconds)
    # No path of an author has a colon.
    return [
        (Still(f"{src.rpartition('.')[0]}:{round(second * 100)}.jpg", second), file)
        for second, file in zip(seconds, files, strict=True)
    ]


def with_first_pictures(
    packages: Sequence[Variant], folder: Path, wanted: Sequence[Mapping[str, Conversion]]
) -> tuple[Variant, ...]:
    """The packages with the first picture of each film that was made of a moving picture, which is its poster.

    `folder` is the cache, and `wanted` are the conversions of each package. Raises PackageError.
    """
    from coursepack.media.picture_cache import PictureCache

    pictures = PictureCache(folder)

    def first(src: str, film: Path) -> tuple[Still, PictureFile]:
        key = pictures.stills_key(film, [0.0])
        (file,) = pictures.found(key) or pictures.stills(key, film, [0.0])
        return Still(f"{src}:0.jpg", 0.0), file

    try:
        return tuple(
            _with(
                package,
                {
                    src: [first(src, package.course.media[src])]
                    for src, conversion in each.items()
                    if conversion.is_animation
                },
            )
            for package, each in zip(packages, wanted, strict=True)
        )
    except OSError as error:
        raise unwritable(error, folder) from None


def _holding(package: Variant, made: Mapping[str, Sequence[tuple[Still, PictureFile]]]) -> Variant:
    """The package with the pictures of the films that it shows as text."""
    return _with(package, {src: made[src] for src in films_as_text(package.course)})


def _with(package: Variant, own: Mapping[str, Sequence[tuple[Still, PictureFile]]]) -> Variant:
    """The package with these pictures of films."""
    course = package.course
    found = [(src, still, file) for src, each in own.items() for still, file in each]
    return package.changed(
        media={**course.media, **{still.src: file.path for _, still, file in found}},
        sizes={**course.sizes, **{still.src: (file.width, file.height) for _, still, file in found}},
        stills={**course.stills, **{src: tuple(still for still, _ in each) for src, each in own.items()}},
        origins={
            **course.origins,
            **{still.src: course.origins[src] for src, still, _ in found if src in course.origins},
        },
    )

"""Takes key pictures of films that packages show as text, and posters of moving pictures: a step before rendering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from coursepack.building.order import Workshop
from coursepack.building.tasks import Planned, results, tasks_of
from coursepack.course.blocks.block import Still
from coursepack.course.blocks.video import Video
from coursepack.course.model import Course
from coursepack.course.variant import Variant, shown_as_text

if TYPE_CHECKING:
    from coursepack.media.picture_cache import PictureCache, PictureFile
    from coursepack.problems import Location

MOST = 6
"""Pictures of a film without chapters, beside its poster."""
MOST_CHAPTERS = 12

Begins = tuple[float, ...]
"""The seconds at which the chapters of a film begin; none without chapters."""


class _Film(NamedTuple):
    """A film that is shown as text, and the place where a page names it."""

    begins: Begins
    place: Location


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


def still_tasks(package: Variant, cache: PictureCache) -> dict[str, Planned]:
    """The tasks that take pictures for a package, by path in the course folder. Raises CourseError.

    They are the key pictures of films that it shows as text, and the first picture of each moving picture, which is the
    poster of its film.
    """
    course = package.course
    films = {
        src: _Film(begins, course.recordings[src].place) for src, begins in films_as_text(course).items()
    }
    moving = {src: each for src, each in package.conversions.items() if each.is_animation}
    return {
        **tasks_of(course, films, lambda path, film: cache.stills(path, film.begins, MOST)),
        **tasks_of(course, moving, lambda path, _: cache.poster(path)),
    }


def with_stills(packages: Sequence[Variant], cache: PictureCache, workshop: Workshop) -> tuple[Variant, ...]:
    """The packages with pictures of their films.

    Raises CourseError with every film that cannot be read, and PackageError if the cache cannot be written.
    """
    tasks = [still_tasks(package, cache) for package in packages]
    made = results(workshop, cache.folder, "taking pictures of films", tasks, cache.found)
    return tuple(_with(package, pictures) for package, pictures in zip(packages, made, strict=True))


def _with(package: Variant, pictures: Mapping[str, Sequence[PictureFile]]) -> Variant:
    """The package with these pictures of films."""
    course = package.course
    stills = {src: [_still(src, each) for each in files] for src, files in pictures.items()}
    found = [
        (src, still, file)
        for src, files in pictures.items()
        for still, file in zip(stills[src], files, strict=True)
    ]
    return package.changed(
        media={**course.media, **{still.src: file.path for _, still, file in found}},
        sizes={**course.sizes, **{still.src: (file.width, file.height) for _, still, file in found}},
        stills={**course.stills, **{src: tuple(each) for src, each in stills.items()}},
        origins={
            **course.origins,
            **{still.src: course.origins[src] for src, still, _ in found if src in course.origins},
        },
    )


def _still(src: str, file: PictureFile) -> Still:
    # No path of an author has a colon.
    return Still(f"{src}:{round(file.second * 100)}.jpg", file.second)

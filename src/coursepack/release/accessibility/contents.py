"""What a course has that clauses are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from coursepack.course.blocks.audio import Audio
from coursepack.course.blocks.block import DataBlock
from coursepack.course.blocks.image import Image
from coursepack.course.blocks.video import Video
from coursepack.course.model import Course
from coursepack.result import Built


@dataclass(frozen=True, slots=True)
class Contents:
    """The number of each kind of contents, and the seconds of all films."""

    numbers: Counter[str]
    seconds: float

    def has(self, kinds: Iterable[str]) -> bool:
        """Whether the course has all of these kinds."""
        return all(self.numbers[kind] for kind in kinds)


def contents(course: Course, packages: Iterable[Built]) -> Contents:
    """What the course has in its main language. Films and sounds that are text in every package are not played."""
    definition = course.definition
    blocks = [block for page in course.pages for block in page.blocks if isinstance(block, DataBlock)]
    films = [block for block in blocks if isinstance(block, Video)]
    sounds = [block for block in blocks if isinstance(block, Audio)]
    texts = [{text.src for text in package.texts} for package in packages]
    never = set.intersection(*texts) if texts else set()
    described = [isinstance(film.described, str) for film in films]
    decorative = {block.src for block in blocks if isinstance(block, Image) and block.decorative}
    pictures = [file for block in blocks for file in block.files() if file.kind in ("picture", "poster")]
    types = Counter(block.type for block in blocks)
    numbers = Counter(
        {
            "films": len(films),
            "sounds": len(sounds),
            "played": sum(each.src not in never for each in (*films, *sounds)),
            "played-films": sum(film.src not in never for film in films),
            "described": sum(described),
            "undescribed": len(films) - sum(described),
            "pictures": sum(file.src not in decorative for file in pictures) + bool(definition.logo),
            "animations": len(course.animations),
            "sliders": types["before-after"],
            "ordering": types["ordering"],
            "questions": sum(len(page.questions) for page in course.pages),
            "handed-in": bool(definition.final_check and definition.final_check.is_handed_in),
            "documents": types["document"] + types["download"],
            "help": len(definition.help),
        }
    )
    return Contents(numbers, sum(course.lengths.get(film.src, 0) for film in films))

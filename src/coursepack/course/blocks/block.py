"""The common base of blocks and of parts of a course definition."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from coursepack.course.blocks.formula import WithMath, problems_in
from coursepack.course.blocks.html import Html, Link
from coursepack.problems import Message, Quoted, Value, quoted

ID_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
ID_LENGTH = 64


def _kebab(name: str) -> str:
    return name.replace("_", "-")


RungName = Literal["standard", "light", "fragile", "text"]
"""How large a film or a sound becomes, from the largest: see `course.rungs`. `text` is none at all."""

Origin = Literal["recorded", "drawn", "edited", "synthetic"]
"""How a picture, film or sound was made: see `WithOrigin`."""

FileKind = Literal[
    "picture",
    "poster",
    "film",
    "described",
    "signed",
    "sound",
    "download",
    "document",
    "captions",
    "transcript",
    "made-captions",
    "made-transcript",
    "made-poster",
    "chapters",
]
"""Captions and transcripts that are made are made of each other: the file is the other one. A poster is made of its
film."""


class File(NamedTuple):
    """A file that a block names, and the place of its name in the block's YAML.

    `duration` and `rung` are the author's values of these fields for a film or a sound; captions, and the versions with
    audio description and sign language, are `of` their film; captions can be `easy`. A poster is a picture that is
    shown in one width. Captions, transcripts and chapters are read into the document; every other file is packed.
    `origin` and `made_with` are what the author says of a picture, film or sound. `can_play`: the block can show a
    film in place of a moving picture. `second` is the time in a film of the poster that is made of it; None if the
    build chooses it.
    """

    kind: FileKind
    src: str
    place: tuple[int | str, ...]
    duration: str = ""
    of: str = ""
    rung: RungName | None = None
    origin: Origin | None = None
    made_with: str | None = None
    easy: bool = False
    can_play: bool = False
    second: float | None = None

    @property
    def is_packed(self) -> bool:
        """True when the file itself is packed."""
        return not self.kind.endswith(("captions", "transcript", "chapters", "made-poster"))

    @property
    def taken(self) -> str:
        """The key of a poster that is made, in the media of the course."""
        # No path of an author has a colon.
        return f"{self.src}:poster{'' if self.second is None else f'-{round(self.second * 1000)}'}.jpg"


class Reference(NamedTuple):
    """Something of the course that a block names, and the place of its name in the block's YAML."""

    kind: Literal["contact", "source", "objective", "page"]
    name: str
    place: tuple[int | str, ...]


class Finding(NamedTuple):
    """A problem that is found only after files have been read, and its place in the block's YAML."""

    place: tuple[int | str, ...]
    rule: str
    message: Message
    hint: str | Message = ""


class Rendition(NamedTuple):
    """A smaller file of a picture: its key in the media of the course, its width in pixels, and its media type."""

    src: str
    width: int
    mime: str


class Still(NamedTuple):
    """A picture of a film: its key in the media of the course, and its time in seconds."""

    src: str
    second: float


class PictureSource(NamedTuple):
    """The attributes `type` and `srcset` of an element `source`, from which browsers choose."""

    mime: str
    srcset: str


class RenderContext(NamedTuple):
    """The context of a block's view: the course around it.

    `names` are package paths, `sizes` (width, height) in pixels, 0 for a film without them, `lengths` seconds of films
    and sounds, `captions` and `transcripts` their contents (chapters are in both), each by path in the course folder;
    `weigh` formats a file's size, `mime` returns its media type, `main` the film or sound of the main language that a
    translated one replaces, `slot` the slot of its position in the resume state. A question is number `number` of `of`
    on its page. `renditions` are the smaller files of pictures. Films and sounds in `texts` are shown as text, with the
    pictures in `stills`.
    """

    language: str
    names: Mapping[str, str]
    sizes: Mapping[str, tuple[int, int]]
    lengths: Mapping[str, float]
    captions: Mapping[str, str]
    transcripts: Mapping[str, Html | tuple[Any, ...]]
    contacts: Mapping[str, Any]
    weigh: Callable[[str], str]
    mime: Callable[[str], str]
    main: Callable[[str], str]
    slot: Callable[[str], int]
    number: int = 0
    of: int = 0

    renditions: Mapping[str, tuple[Rendition, ...]] = {}
    texts: frozenset[str] = frozenset()
    stills: Mapping[str, tuple[Still, ...]] = {}

    def picture(self, src: str) -> dict[str, Any]:
        """The address and size of a picture, and its smaller files, for templates."""
        width, height = self.sizes[src]
        by_type = groupby(self.renditions.get(src, ()), key=lambda each: each.mime)
        sources = [
            PictureSource(mime, ", ".join(f"{self.names[each.src]} {each.width}w" for each in files))
            for mime, files in by_type
        ]
        return {"url": self.names[src], "width": width, "height": height, "sources": sources}


# Modules of models do without `annotations` from `__future__`: Pydantic would compile each text again. Models that are
# defaults are made by `model_construct`: for the others, Pydantic would build a validator of their class.
class Model(BaseModel):
    """Frozen, without unknown fields, and with hyphens in field names, as authors write them."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=_kebab, defer_build=True)


class DataBlock(Model):
    """A block that is fenced code with a YAML body.

    `own_to_language` names fields that can differ between languages by more than their text.
    """

    type: ClassVar[str]
    own_to_language: ClassVar[tuple[str, ...]] = ()

    def files(self) -> Iterator[File]:
        """The files that the block names."""
        return iter(())

    def references(self) -> Iterator[Reference]:
        """The other parts of the course that the block names."""
        return iter(())

    def findings(self, sizes: Mapping[str, tuple[int, int]]) -> Iterator[Finding]:
        """The problems of the block after its files have been read; `sizes` is as in RenderContext."""
        return iter(())

    def view(self, context: RenderContext) -> dict[str, Any]:
        """The variable `b` of the block's template."""
        return {name: getattr(self, name) for name in type(self).model_fields}

    def links(self, _context: RenderContext) -> Iterable[Link]:
        """The links out of the course in the block. Fields hold plain text."""
        return ()


def wrong(
    rule: str, template: str, *values: Value | Message, hint: Message | None = None
) -> PydanticCustomError:
    """The error that a validator raises: the problem's name, the arguments of its Message, and a hint."""
    message = Message(template, *values)
    return PydanticCustomError(rule, str(message), {"message": message, "hint": hint or Message("")})


PlacedError = tuple[tuple[int | str, ...], PydanticCustomError]
"""A place in the block's YAML, and the error there."""


def check(model: BaseModel, errors: Iterable[PlacedError]) -> None:
    """For a validator of a whole model. Raises ValidationError with each error at its place, if there are any."""
    found = [{"type": error, "loc": place, "input": ""} for place, error in errors]
    if found:
        raise ValidationError.from_exception_data(type(model).__name__, found)  # type: ignore[arg-type]


def _text(value: Any) -> Any:
    if isinstance(value, str):
        if not value.strip():
            raise wrong("empty-value", "is empty")
        return " ".join(value.split())
    return value


def _path(value: Any) -> Any:
    # White space inside a path is part of the file's name.
    if isinstance(value, str) and value.strip():
        return value.strip()
    return _text(value)


def number(value: Any) -> Any:
    """A number as authors write it."""
    # YAML 1.1 reads 012 as ten and 1:30 as ninety; only plain numbers are accepted.
    if isinstance(value, str) and not re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", value):
        with_point = value.replace(",", ".").replace(" ", "")
        is_comma = re.fullmatch(r"-?[0-9]+\.[0-9]+", with_point)
        hint = Message("Write decimals after a point: {0}.", with_point) if is_comma else None
        raise wrong("not-a-number", "is not a number: {0}", quoted(value), hint=hint)
    return value


def _flag(value: Any) -> Any:
    if isinstance(value, str) and value not in ("true", "false"):
        raise wrong("not-true-or-false", "must be true or false, not {0}", quoted(value))
    return value


def _slug(value: str) -> str:
    if len(value) > ID_LENGTH or not re.fullmatch(ID_PATTERN, value):
        raise wrong(
            "bad-id",
            "is not an id: {0}. Use at most 64 small letters a-z, digits and single hyphens, "
            "starting with a letter",
            quoted(value),
        )
    return value


def _checked(text: str) -> str:
    for message in problems_in(text):
        raise wrong("bad-math", "{0}", message)
    return text


def _with_math(value: Any, handler: Callable[[Any], str]) -> str:
    return WithMath.of(_checked(handler(_text(value))))


def _plain(value: Any) -> Any:
    folded = _text(value)
    return str(WithMath.of(_checked(folded))) if isinstance(folded, str) else folded


Text = Annotated[str, BeforeValidator(_plain)]
"""Text on one line; white space is folded, and formulas become text."""

TextWithMath = Annotated[str, WrapValidator(_with_math)]
"""Text on one line that a page shows; formulas are shown as formulas."""


def _paragraphs(value: Any) -> Any:
    if isinstance(value, str) and value.strip():
        return _checked("\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", value.strip())))
    return _text(value)


Paragraphs = Annotated[str, BeforeValidator(_paragraphs)]
"""Text in one or more paragraphs, separated by empty lines."""


def paragraphs(text: str | None) -> list[str]:
    """The paragraphs, as a template shows them."""
    return [WithMath.of(part) for part in text.split("\n\n")] if text else []


Id = Annotated[str, Field(pattern=ID_PATTERN, max_length=ID_LENGTH), BeforeValidator(lambda v: _slug(str(v)))]
"""A permanent name: an XML name, an HTML id and a key of learners' progress."""

Flag = Annotated[bool, BeforeValidator(_flag)]
Percent = Annotated[int, Field(ge=1, le=100), BeforeValidator(number)]
Pixels = Annotated[int, Field(ge=1, le=20000), BeforeValidator(number)]
Minutes = Annotated[float, Field(gt=0, le=600, multiple_of=0.5), BeforeValidator(number)]

MediaPath = Annotated[str, BeforeValidator(_path)]
"""Path of a file inside the course folder, with `/`."""


class WithOrigin(Model):
    """How a picture, film or sound was made, and with what.

    recorded: by a camera or a microphone. drawn: by people, with any tool that does not generate. edited: recorded or
    drawn, and altered by generative AI. synthetic: generated, such as a picture by AI or a synthetic voice. The last
    two must be disclosed (Regulation (EU) 2024/1689, article 50).
    """

    origin: Origin | None = None
    made_with: Annotated[Text, Field(max_length=200)] | None = None

    @model_validator(mode="after")
    def _says_how(self) -> Self:
        if self.made_with and not self.origin:
            raise wrong("missing-field", "the field {0} is missing", Quoted("origin"))
        return self

    def made(self) -> dict[str, Any]:
        """Both fields by name, for the view and the file of a block."""
        return {"origin": self.origin, "made_with": self.made_with}


class Picture(WithOrigin):
    """A picture that a field names: by its path alone, or with its origin."""

    src: MediaPath

    def file(self, place: str) -> File:
        """The picture, for the field `place`."""
        return File("poster", self.src, (place,), **self.made())


def _by_path(value: Any) -> Any:
    return {"src": value} if isinstance(value, str) else value


NamedPicture = Annotated[Picture, BeforeValidator(_by_path, json_schema_input_type=str | Picture)]


def seconds(value: str) -> float:
    """Seconds of a clock value `m:ss`, `h:mm:ss`, each with optional decimals."""
    total = 0.0
    for part in value.split(":"):
        total = total * 60 + float(part)
    return total


def clock(at: float) -> str:
    """Seconds as a clock value, rounded down: `m:ss`, or `h:mm:ss` from an hour."""
    hours, rest = divmod(int(at), 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


_UNITS = {"kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000}


def byte_count(value: str) -> int:
    """The bytes of a size such as `100MB` or `1.5 GB`. Raises ValueError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?([kMG]B)", value, re.IGNORECASE)
    if not found:
        raise ValueError(value)
    return round(float(found[1]) * _UNITS[found[2].lower()])


def _size(value: Any) -> Any:
    try:
        byte_count(str(value))
    except ValueError:
        raise wrong("not-a-size", "is not a size like 100MB: {0}", quoted(value)) from None
    return value


ByteSize = Annotated[str, BeforeValidator(_size)]
"""A size in kB, MB or GB: thousands, millions or milliards of bytes."""


def _clock(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"(\d+:)?\d{1,2}:\d{2}(\.\d+)?", value):
        raise wrong("not-a-duration", "is not a duration like 2:18: {0}", quoted(value))
    return value


Clock = Annotated[str, BeforeValidator(_clock)]

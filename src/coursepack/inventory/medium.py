"""What is known of one file of a course."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple, get_args

from coursepack.course.blocks.block import Origin, RungName
from coursepack.result import FilmSize

Kind = Literal["picture", "film", "sound", "document", "download"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Version(NamedTuple):
    """A file that belongs to a film or a sound in one language."""

    language: str
    file: str


class Packed(NamedTuple):
    """What some packages hold: the file as it is (`kept`), with its index at the start (`indexed`), or `converted`.

    `fitted`: a film of a package with a largest size, and what the last build made of it: `film`.

    `text`: the film or sound is text there, and the size is that of the pictures of a film; None without the extra.

    `packages` are their names. `rung` is that of a conversion, if its limits are those of one. `size` is None until
    the build has made the file, and `most` its largest possible size, None if that is unknown; both in bytes.
    """

    packages: tuple[str, ...]
    how: Literal["kept", "indexed", "converted", "text", "fitted"]
    rung: RungName | None
    size: int | None
    most: int | None
    film: FilmSize | None = None


class Poster(NamedTuple):
    """A poster of a film: a `file` of the course, or what `packages` take from the film.

    That is at a `second`, or where the build chooses it: None. `size` is in bytes, None until the build has taken it.
    """

    packages: tuple[str, ...]
    file: str | None
    second: float | None
    size: int | None


class Use(NamedTuple):
    """Where a file is used: the id of a page, None for course.yaml, and as what."""

    page: str | None
    kind: str


class Credit(NamedTuple):
    """What a picture says about itself: its author, its rights, and the address of its licence; or empty."""

    author: str = ""
    rights: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Medium:
    """A file of the course; docs/outputs.md describes the fields.

    `size` is in bytes, `packed` has an entry for each different result, `pixels` are width and height, `missing` holds
    words such as `captions`, `loudness` is in LUFS.
    """

    file: str
    kind: Kind
    codecs: tuple[str, ...]
    size: int
    packed: tuple[Packed, ...]
    pixels: tuple[int, int] | None
    seconds: float | None
    captions: tuple[Version, ...]
    transcripts: tuple[Version, ...]
    described: tuple[Version, ...]
    not_described: str
    signed: tuple[Version, ...]
    origin: Origin | None
    made_with: str
    credit: Credit
    uses: tuple[Use, ...]
    missing: tuple[str, ...]
    loudness: float | None = None
    posters: tuple[Poster, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The fields as plain values for JSON, by name."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return {name: _plain(inner) for name, inner in value._asdict().items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value

"""Takes key pictures out of a film: finds moments that differ, and writes their pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from coursepack.course.rungs import RUNGS, Rung
from coursepack.media.encode import fitted, upright
from coursepack.media.failures import ConversionError
from coursepack.media.filters import Filters
from coursepack.media.look import look, opened, video_of

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_STEP = Fraction(1, 4)
"""Seconds between two pictures that are compared."""
GRID = 16, 9
"""Columns and rows of the averages of a picture by which it is compared."""
_MOVING = 8.0
"""Mean difference of brightness, of 255, to the next picture: above it, one scene changes into another."""
_ALIKE = 10.0
"""Mean difference of brightness below which two pictures show the same."""
FULL = 0.6
"""Of the median contrast of a film's pictures; those with less, such as black ones and titles, show little."""
_LOOK_AHEAD = 2.0
"""Seconds after the beginning of a chapter within which its picture is."""

_CREDITS = {"artist": 0x013B, "copyright": 0x8298}
"""Tags of a film that are kept, and those of Exif."""

JPEG: dict[str, Any] = {"quality": 80, "progressive": True, "optimize": True}
"""How Pillow writes a picture of a film."""

OnRead = Callable[[int], object]


class Seen(NamedTuple):
    """A picture of the film in a few averages, 0 to 255."""

    second: float
    grid: bytes

    def differs(self, other: Seen) -> float:
        """The mean difference of brightness."""
        return sum(abs(a - b) for a, b in zip(self.grid, other.grid, strict=True)) / len(self.grid)

    @property
    def contrast(self) -> float:
        """The deviation of brightness from its mean."""
        mean = sum(self.grid) / len(self.grid)
        return float((sum((each - mean) ** 2 for each in self.grid) / len(self.grid)) ** 0.5)


def take(
    source: str, target: str, begins: Sequence[float], most: int, on_read: OnRead
) -> list[tuple[str, int, int, float]]:
    """Writes at most `most` key pictures as JPEGs `target`, a hyphen, their number and `.jpg`.

    Without `begins`, each equal part of the film has the one that differs most from those before it, if it shows
    something new. Else there is one for each of these times, at which a chapter begins. Calls `on_read` with the
    number of bytes that have been read. Returns extension, width, height and second of each, in order. Raises
    ConversionError, OSError and av.FFmpegError.
    """
    seconds = _moments(source, begins, most, on_read)
    sizes = written(source, target, seconds, RUNGS["fragile"])
    return [("jpg", *size, second) for size, second in zip(sizes, seconds, strict=True)]


def _moments(source: str, begins: Sequence[float], most: int, on_read: OnRead) -> list[float]:
    """The seconds of the pictures."""
    seen = list(_seen(source, on_read))
    if not seen:
        raise ConversionError("damaged")
    if begins:
        return [
            _clearest(seen, begin, end)
            for begin, end in zip(begins, [*begins[1:], seen[-1].second + 1], strict=True)
        ]
    full = median(each.contrast for each in seen) * FULL
    pairs = zip(seen, [*seen[1:], seen[-1]], strict=True)
    clear = [each for each, later in pairs if each.differs(later) < _MOVING and each.contrast >= full]
    chosen: list[Seen] = []
    span = (seen[-1].second + float(_STEP)) / most
    for number in range(most):
        own = [each for each in clear if number * span <= each.second < (number + 1) * span]
        best = max(own, key=lambda each: _news(each, chosen), default=None)
        if best and (not chosen or _news(best, chosen) >= _ALIKE):
            chosen.append(best)
    return [each.second for each in chosen]


def _news(picture: Seen, others: Sequence[Seen]) -> float:
    """How much a picture differs from the one of the others that is most like it; without others, its contrast."""
    return min((picture.differs(each) for each in others), default=picture.contrast)


def _clearest(seen: Sequence[Seen], begin: float, end: float) -> float:
    """The second of the picture with the most contrast at the beginning of a chapter, which can fade in."""
    near = [each for each in seen if begin <= each.second < min(end, begin + _LOOK_AHEAD)]
    return max(near, key=lambda each: each.contrast).second if near else begin


def _seen(source: str, on_read: OnRead) -> Iterator[Seen]:
    filters: Filters | None = None
    form: tuple[object, ...] = ()
    last: Fraction | None = None
    for frame, at in frames(source, on_read):
        if last is not None and at < last + _STEP:
            continue
        last = at
        own = (frame.width, frame.height, frame.format.name)
        if filters is None or own != form:
            filters, form = grey(frame, *GRID), own
        for small in filters.passed(frame):
            plane = small.planes[0]
            rows, (columns, number) = memoryview(plane), GRID
            yield Seen(
                float(at),
                b"".join(rows[row * plane.line_size :][:columns].tobytes() for row in range(number)),
            )


def grey(frame: VideoFrame, width: int, height: int) -> Filters:
    """Filters that make pictures like `frame` small and grey."""
    source = (
        f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}"
        f":time_base={frame.time_base}:pixel_aspect=1/1"
    )
    return Filters(
        ("buffer", source),
        ("scale", f"w={width}:h={height}:flags=area"),
        ("format", "pix_fmts=gray"),
        ("buffersink", ""),
    )


def frames(source: str, on_read: OnRead) -> Iterator[tuple[VideoFrame, Fraction]]:
    """The frames of a film with their times in seconds from its beginning."""
    import av

    with opened(source) as container:
        stream = film_of(container)
        start = Fraction(container.start_time or 0, 1_000_000)
        done = 0
        for packet in container.demux([stream]):
            done += packet.size
            # Damage in the middle of a film costs its frames.
            try:
                for frame in stream.decode(packet):
                    if frame.pts is not None and frame.time_base:
                        yield frame, frame.pts * frame.time_base - start
            except av.error.InvalidDataError:
                pass
            on_read(done)


def film_of(container: InputContainer) -> VideoStream:
    """The pictures of a film, decoded by several threads. Raises ConversionError."""
    stream = video_of(container)
    if stream is None or stream.codec_context is None:
        raise ConversionError("no-pictures")
    stream.thread_type = "AUTO"
    return stream


def written(source: str, target: str, seconds: Sequence[float], rung: Rung) -> list[tuple[int, int]]:
    """Writes the pictures of these times within a rung, and returns their sizes.

    Raises ConversionError, OSError and av.FFmpegError.
    """
    from PIL import Image

    facts = look(source).video
    if facts is None:
        raise ConversionError("no-pictures")
    size = fitted(facts.size, rung)
    sizes = []
    with opened(source) as container:
        stream = film_of(container)
        start = Fraction(container.start_time or 0, 1_000_000)
        exif = Image.Exif()
        for name, tag in _CREDITS.items():
            if name in container.metadata:
                exif[tag] = container.metadata[name].encode(errors="replace").decode()
        for number, second in enumerate(seconds):
            frame = _frame_at(container, stream, start, second)
            filters = upright(frame, facts, size)
            shown = next(iter([*filters.passed(frame), *filters.passed(None)]))
            picture = shown.to_image()
            options = {"exif": exif} if exif else {}
            picture.save(f"{target}-{number}.jpg", "JPEG", **JPEG, **options)
            sizes.append(picture.size)
    return sizes


def _frame_at(container: InputContainer, stream: VideoStream, start: Fraction, second: float) -> VideoFrame:
    """The frame that is shown at a time."""
    container.seek(int((second + float(start)) * 1_000_000), backward=True)
    last = None
    for frame in container.decode(stream):
        last = frame
        if (
            frame.pts is not None
            and frame.time_base
            and frame.pts * frame.time_base - start >= second - 0.001
        ):
            break
    if last is None:
        raise ConversionError("damaged")
    return last

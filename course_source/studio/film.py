"""Draws a film, one frame after the other, and puts its sound to it.

    python course_source/studio/film.py fyra-dorrar               # ../media/fyra-dorrar.mp4 and .jpg
    python course_source/studio/film.py fyra-dorrar --draft /tmp  # small, five frames a second, without sound
    python course_source/studio/film.py fyra-dorrar --sheet /tmp  # contact sheets, two frames a second
    python course_source/studio/film.py fyra-dorrar --sound       # only the sound anew: the picture is copied

Picture and sound are separate steps: a new sound of the same length needs no new picture.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import skia
from drawing import picture
from timeline import MEDIA, PRODUCTIONS

FILMS = ("det-som-inte-syns", "fyra-dorrar", "samtalet")
FRAMES_A_SECOND = 25
WIDTH, HEIGHT = 1280, 720
PICTURE = (
    "-c:v",
    "libx264",
    "-preset",
    "slow",
    "-tune",
    "animation",
    "-crf",
    "25",
    "-x264-params",
    "aq-mode=3",
    "-g",
    "250",
)
COLOURS = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
# The encoder's answer depends on the number of threads, so the number is fixed.
EXACT = (
    "-map_metadata",
    "-1",
    "-threads",
    "2",
    "-fflags",
    "+bitexact",
    "-flags:v",
    "+bitexact",
    "-flags:a",
    "+bitexact",
)


def draw(parts: str, width: int = WIDTH, height: int = HEIGHT) -> skia.Image:
    # The order of the colours is given, since the usual one differs between processors.
    surface = skia.Surface.MakeRaster(
        skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    )
    dom = skia.SVGDOM.MakeFromStream(skia.MemoryStream.MakeCopy(picture(parts).encode()))
    dom.setContainerSize(skia.Size(1600, 900))
    canvas = surface.getCanvas()
    canvas.scale(width / 1600, height / 900)
    dom.render(canvas)
    return surface.makeImageSnapshot()


def scene_of(film: ModuleType) -> Callable[[float], str]:
    """The picture of a film at a time: its script has a function for each shot, named by its number."""

    def scene(time: float) -> str:
        shot = film.SCRIPT.shown(time)
        return getattr(film, f"shot_{shot.no}")(time, time - shot.start)

    return scene


def frames(
    scene: Callable[[float], str], start: float, end: float, rate: float
) -> Iterator[tuple[float, str]]:
    for at in range(round(start * rate), round(end * rate)):
        yield at / rate, scene(at / rate)


def pixels(image: skia.Image) -> bytes:
    return bytes(image.tobytes())


def ffmpeg(*arguments: str) -> list[str]:
    return ["ffmpeg", "-y", "-loglevel", "error", *arguments]


def raw(width: int, height: int, rate: float) -> tuple[str, ...]:
    return (
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgba",
        "-s",
        f"{width}x{height}",
        "-framerate",
        str(rate),
        "-i",
        "-",
    )


def encode(
    scene: Callable[[float], str],
    span: tuple[float, float],
    rate: float,
    size: tuple[int, int],
    options: tuple[str, ...],
    target: Path,
) -> None:
    scale = ("-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p")
    command = ffmpeg(*raw(*size, rate), *scale, *options, *COLOURS, *EXACT, str(target))
    last: tuple[str, bytes] = ("", b"")
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
        assert encoder.stdin
        for _, parts in frames(scene, *span, rate):
            if parts != last[0]:
                last = parts, pixels(draw(parts, *size))
            encoder.stdin.write(last[1])
        encoder.stdin.close()
    if encoder.returncode:
        sys.exit(f"ffmpeg stopped with {encoder.returncode}")


def join(film: str, silent: Path, target: Path) -> None:
    """The picture as it is, and the sound of the film."""
    from soundtrack import soundtrack

    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder, "sound.wav")
        soundtrack(film, wav)
        done = Path(folder, target.name)
        sound = ("-c:a", "aac", "-b:a", "64k", "-ac", "1", "-metadata:s:a:0", "language=swe")
        subprocess.run(
            ffmpeg(
                "-i",
                str(silent),
                "-i",
                str(wav),
                "-map",
                "0:v",
                "-map",
                "1:a",
                "-c:v",
                "copy",
                *sound,
                *EXACT,
                "-metadata",
                f"title={PRODUCTIONS[film]}",
                "-movflags",
                "+faststart",
                str(done),
            ),
            check=True,
        )
        target.write_bytes(done.read_bytes())


def sheets(
    scene: Callable[[float], str], span: tuple[float, float], folder: Path, film: str, a_second: float = 2
) -> None:
    """Contact sheets of six by eight pictures."""
    across, down, width, height = 6, 8, 320, 180
    surface, canvas, count = None, None, 0
    for at, (_, parts) in enumerate(frames(scene, *span, a_second)):
        place = at % (across * down)
        if place == 0:
            surface = skia.Surface(across * width, down * height)
            canvas = surface.getCanvas()
            count += 1
        canvas.drawImage(draw(parts, width - 4, height - 4), place % across * width, place // across * height)
        surface.makeImageSnapshot().save(
            str(folder / f"{film}-{count}.png")
        ) if place == across * down - 1 else None
    surface.makeImageSnapshot().save(str(folder / f"{film}-{count}.png"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Draws a film of the example course.")
    parser.add_argument("film", choices=FILMS)
    parser.add_argument(
        "--draft", type=Path, metavar="FOLDER", help="a small film without sound, into FOLDER"
    )
    parser.add_argument("--sheet", type=Path, metavar="FOLDER", help="contact sheets, into FOLDER")
    parser.add_argument("--silent", type=Path, metavar="FILE", help="the picture only, into FILE")
    parser.add_argument("--sound", action="store_true", help="put the sound anew to the film that is there")
    parser.add_argument("--from", dest="start", type=float, default=0, metavar="SECONDS")
    parser.add_argument("--to", dest="end", type=float, metavar="SECONDS")
    given = parser.parse_args()
    module = import_module(given.film.replace("-", "_"))
    scene = scene_of(module)
    span = (given.start, given.end or module.SCRIPT.length)
    target = MEDIA / f"{given.film}.mp4"
    if given.sheet:
        sheets(scene, span, given.sheet, given.film)
    elif given.draft:
        fast = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "23")
        encode(scene, span, 5, (640, 360), fast, given.draft / f"{given.film}-draft.mp4")
    elif given.silent:
        encode(scene, span, FRAMES_A_SECOND, (WIDTH, HEIGHT), PICTURE, given.silent)
    elif given.sound:
        join(given.film, target, target)
    else:
        with tempfile.TemporaryDirectory() as folder:
            silent = Path(folder, "silent.mp4")
            encode(scene, span, FRAMES_A_SECOND, (WIDTH, HEIGHT), PICTURE, silent)
            join(given.film, silent, target)
        draw(scene(module.POSTER)).save(str(target.with_suffix(".jpg")), skia.kJPEG, 85)


if __name__ == "__main__":
    main()

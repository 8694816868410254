"""Writes the reference course that the benchmarks build: made of noise, but valid in every file."""

from __future__ import annotations

import argparse
import random
import struct
import textwrap
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

SEED = 20261124
WORDS_A_PAGE = 400
ANSWERS = 4
IMAGE_WIDTH, IMAGE_HEIGHT = 720, 500
VIDEO_SIZE = 25_000_000
AUDIO_SIZE = 8_000_000
VIDEO_SECONDS, AUDIO_SECONDS = 138, 305

_WORDS = """och i att det som en på är av för med den till inte har de om ett men var sig så vi kan man nu skulle
när hos eller utan barn skola stöd arbete fråga hjälp person situation våld människa ansvar samtal myndighet
lag plats dag tid kunskap uppgift trygghet behov rätt kollega signal oro anmälan möte kommun region familj
kväll telefon svar exempel ord sätt steg grund läsa skriva lyssna fråga berätta handla förstå upptäcka
möta följa hända ändra lära veta vara bli göra få ta ge komma gå stå hålla finnas kunna vilja behöva börja
ofta alltid ibland aldrig tidigt senare tillsammans ensam lugn tydlig svår enkel viktig vanlig olika samma""".split()
_TERMS = ("samverkan", "utsatthet", "orosanmälan", "sekretess")


@dataclass(frozen=True)
class Size:
    """How much of each a reference course holds; `weight` makes every film and sound that many times as large."""

    pages: int = 40
    images: int = 40
    questions: int = 20
    videos: int = 4
    sounds: int = 4
    weight: int = 1


class _Author:
    """Writes text that has the shape of real pages: sentences, paragraphs, headings, lists, links."""

    def __init__(self) -> None:
        self.dice = random.Random(SEED)

    def words(self, count: int) -> str:
        chosen = self.dice.choices(_WORDS, k=count)
        return " ".join(chosen)

    def sentence(self, count: int) -> str:
        return self.words(count).capitalize() + "."

    def paragraph(self, count: int) -> str:
        sentences = []
        while count > 0:
            length = min(count, self.dice.randint(8, 16))
            sentences.append(self.sentence(length))
            count -= length
        return " ".join(sentences)

    def page(self, at: int, ids: list[str]) -> str:
        """A page of WORDS_A_PAGE words."""
        other, term = ids[(at + 7) % len(ids)], _TERMS[at % len(_TERMS)]
        items = "\n".join(f"- {self.sentence(10)}" for _ in range(5))
        return (
            f"{self.paragraph(40)}\n\n"
            f"{self.paragraph(59)} Läs mer om [{self.words(3)}](page:{other}).\n\n"
            f"## {self.words(4).capitalize()}\n\n"
            f"{self.paragraph(55)} **{self.words(3).capitalize()}** och [{term}](term:{term.replace('ä', 'a')}).\n\n"
            f"{items}\n\n"
            f"::: note {self.words(3).capitalize()}\n{self.paragraph(40)}\n:::\n\n"
            f"## {self.words(4).capitalize()}\n\n"
            f"{self.paragraph(70)}\n\n{self.paragraph(59)}\n"
        )


def _question(author: _Author, number: int) -> str:
    answers = "".join(
        f"  - id: {'abcd'[at]}\n"
        + ("    right: true\n" if at == number % ANSWERS else "")
        + f"    text: {author.sentence(8)}\n    feedback: {author.sentence(10)}\n"
        for at in range(ANSWERS)
    )
    return f"\n```choice\nid: q-{number + 1:03}\nquestion: {author.words(9).capitalize()}?\nanswers:\n{answers}```\n"


def _image(name: str, author: _Author) -> str:
    return f"\n```image\nsrc: media/{name}.jpg\nalt: {author.sentence(8)}\n```\n"


def _video(name: str, author: _Author) -> str:
    return (
        f"\n```video\nsrc: media/{name}.mp4\ntitle: {author.words(3).capitalize()}\n"
        f"captions: media/{name}.vtt\ntranscript: media/{name}.transcript.vtt\n"
        f'duration: "{_clock(VIDEO_SECONDS)}"\nwidth: 1280\nheight: 720\n'
        "described:\n  not-needed: Rösterna berättar allt som syns.\n```\n"
    )


def _audio(name: str, author: _Author) -> str:
    return (
        f"\n```audio\nsrc: media/{name}.m4a\ntitle: {author.words(3).capitalize()}\n"
        f'transcript: media/{name}.transcript.vtt\nduration: "{_clock(AUDIO_SECONDS)}"\n```\n'
    )


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


def _captions(author: _Author, seconds: int) -> str:
    cues = [
        f"00:{at // 60:02}:{at % 60:02}.000 --> 00:{(at + 5) // 60:02}:{(at + 5) % 60:02}.500\n"
        f"<v Röst>{_broken(author.sentence(10))}\n"
        for at in range(0, seconds - 6, 6)
    ]
    return "WEBVTT\n\n" + "\n".join(cues)


def _broken(sentence: str) -> str:
    """The sentence in lines that fit under a film."""
    return "\n".join(textwrap.wrap(sentence, 42))


def _box(kind: bytes, body: bytes) -> bytes:
    # ISO/IEC 14496-12, 4.2
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _mp4_head(brand: bytes, seconds: int, size: int) -> bytes:
    """`ftyp`, `moov` with its `mvhd`, and the header of an `mdat` that fills the file up to `size`."""
    ftyp = _box(b"ftyp", brand + struct.pack(">I", 512) + brand + b"isom")
    # ISO/IEC 14496-12, 8.2.2: version and flags, two times, scale, duration, rate, volume, matrix, next track.
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    mvhd = struct.pack(">5I", 0, 0, 0, 1000, seconds * 1000) + struct.pack(">IH10x", 0x10000, 0x100)
    moov = _box(b"moov", _box(b"mvhd", mvhd + matrix + bytes(24) + struct.pack(">I", 2)))
    head = ftyp + moov
    return head + struct.pack(">I4s", size - len(head), b"mdat")


def _picture(path: Path, dice: random.Random) -> None:
    """A JPEG of about 200 kB, which is packed as it is."""
    data = dice.randbytes(IMAGE_WIDTH * IMAGE_HEIGHT)
    Image.frombytes("L", (IMAGE_WIDTH, IMAGE_HEIGHT), data).save(path, "JPEG", quality=75)


def _padded(path: Path, head: bytes, size: int, dice: random.Random) -> None:
    with path.open("wb") as file:
        file.write(head)
        left = size - len(head)
        while left:
            some = min(left, 1 << 24)
            file.write(dice.randbytes(some))
            left -= some


def _media(folder: Path, size: Size, author: _Author) -> None:
    dice = author.dice
    video, sound = (size.weight * one for one in (VIDEO_SIZE, AUDIO_SIZE))
    for number in range(1, size.images + 1):
        _picture(folder / f"image-{number:03}.jpg", dice)
    for number in range(1, size.videos + 1):
        name = f"video-{number:03}"
        _padded(folder / f"{name}.mp4", _mp4_head(b"mp42", VIDEO_SECONDS, video), video, dice)
        captions = _captions(author, VIDEO_SECONDS)
        (folder / f"{name}.vtt").write_text(captions, "utf-8")
        (folder / f"{name}.transcript.vtt").write_text(captions, "utf-8")
    for number in range(1, size.sounds + 1):
        name = f"sound-{number:03}"
        _padded(folder / f"{name}.m4a", _mp4_head(b"M4A ", AUDIO_SECONDS, sound), sound, dice)
        (folder / f"{name}.transcript.vtt").write_text(_captions(author, AUDIO_SECONDS), "utf-8")


def _course(size: Size, author: _Author) -> tuple[str, list[str]]:
    """`course.yaml` with four parts, and the pages' ids."""
    lines = [
        "id: reference-course",
        "title: Referenskurs",
        "description: En kurs för mätningar.",
        "language: sv",
        "version: 1.0.0",
        "publisher: coursepack",
        "licence: CC BY 4.0",
        f"minutes: {size.pages * 2}",
        "parts:",
    ]
    ids: list[str] = []
    chapters, pages = 2, 5
    while 4 * chapters * pages < size.pages:
        chapters, pages = min(10, chapters * 5), min(10, pages * 2)
    for part in range(1, 5):
        lines += [f"  - id: p{part}", f"    title: {author.words(2).capitalize()}", "    chapters:"]
        for chapter in range(1, chapters + 1):
            name = f"p{part}-c{chapter}"
            lines += [
                f"      - id: {name}",
                f"        title: {author.words(3).capitalize()}",
                "        pages:",
            ]
            for page in range(1, pages + 1):
                ids.append(f"{name}-s{page}")
                lines.append(
                    f"          - {{id: {ids[-1]}, title: {author.words(4).capitalize()}, minutes: 2}}"
                )
    return "\n".join(lines) + "\n", ids


def _spread(count: int, pages: int) -> list[list[int]]:
    """Numbers 0 to count - 1, dealt evenly over the pages."""
    dealt: list[list[int]] = [[] for _ in range(pages)]
    for number in range(count):
        dealt[number * pages // count].append(number)
    return dealt


def write_course(folder: Path, size: Size) -> None:
    """Writes a course of that size into a new folder. Every run writes the same bytes."""
    author = _Author()
    definition, ids = _course(size, author)
    (folder / "pages").mkdir(parents=True)
    (folder / "media").mkdir()
    (folder / "course.yaml").write_text(definition, "utf-8")
    glossary = "".join(
        f"- id: {term.replace('ä', 'a')}\n  term: {term}\n  text: {author.sentence(14)}\n" for term in _TERMS
    )
    (folder / "glossary.yaml").write_text(glossary, "utf-8")
    kinds = [
        (_image, "image", size.images),
        (_video, "video", size.videos),
        (_audio, "sound", size.sounds),
    ]
    dealt = [(write, name, _spread(count, len(ids))) for write, name, count in kinds]
    questions = _spread(size.questions, len(ids))
    for at, id_ in enumerate(ids):
        text = author.page(at, ids)
        for write, name, numbers in dealt:
            text += "".join(write(f"{name}-{number + 1:03}", author) for number in numbers[at])
        text += "".join(_question(author, number) for number in questions[at])
        (folder / "pages" / f"{id_}.md").write_text(text, "utf-8")
    _media(folder / "media", size, author)


def main() -> None:
    """Writes a reference course into the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a new folder")
    parser.add_argument("--pages", type=int, choices=(1, 10), default=1, help="times the pages")
    parser.add_argument("--questions", type=int, choices=(1, 10), default=1, help="times the questions")
    parser.add_argument(
        "--media", type=int, choices=(1, 10), default=1, help="times the size of films and sounds"
    )
    given = parser.parse_args()
    one = Size()
    write_course(
        given.folder,
        Size(pages=one.pages * given.pages, questions=one.questions * given.questions, weight=given.media),
    )


if __name__ == "__main__":
    main()

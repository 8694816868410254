"""The media of a course: finds, opens and checks each file once."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, TypeVar

from coursepack.course.blocks.block import File, FileKind, Origin, RungName, seconds
from coursepack.course.blocks.html import Html
from coursepack.course.model import Course, Cue, Definition
from coursepack.course.pictures import Picture
from coursepack.course.rungs import Animation, Recording, larger
from coursepack.course.variant import variants
from coursepack.media import is_installed, reads_heic
from coursepack.problems import Location, Message, Problem, Quoted, Reason, nearest
from coursepack.reading.animations import moving_seconds
from coursepack.reading.captions import EASY, USUAL, Captions, PlacedCue, read_placed, webvtt
from coursepack.reading.films import MediaFacts, media_facts
from coursepack.reading.folder import TEXT_LIMIT, Folder
from coursepack.reading.lights import hindrance, lit_drawing
from coursepack.reading.markdown import Placed, render_text
from coursepack.reading.media_heads import (
    AUDIO_TYPES,
    CONVERTED_IMAGE_TYPES,
    DOWNLOAD_TYPES,
    FONT_TYPES,
    IMAGE_TYPES,
    VIDEO_TYPES,
    MediaError,
    PictureFacts,
    check_font,
    picture_facts,
    suffix,
)
from coursepack.reading.rules import (
    animations,
    captions,
    chapters,
    covers,
    origins,
    people,
    pictures,
    playables,
    posters,
    texts,
)
from coursepack.reading.rules.rule import apply_rules
from coursepack.reading.source_type import source_type
from coursepack.reading.yaml_validation import Yaml

T = TypeVar("T")

_PLAYED: dict[FileKind, tuple[Mapping[str, str], Message]] = {
    "film": (VIDEO_TYPES, Message("a film")),
    "described": (VIDEO_TYPES, Message("a film")),
    "signed": (VIDEO_TYPES, Message("a film")),
    "sound": (AUDIO_TYPES, Message("a sound")),
}

_CONVERTED = {
    True: "3gp asf avi flv m2ts m4v mkv mov mpeg mpg mts ogv wmv".split(),
    False: "aac aif aiff amr caf flac m4b mka oga wma".split(),
}
"""Endings of films, and of sounds, that browsers do not open and the extra `media` converts."""
INSTALL = Message(
    "Install what converts it: pip install 'coursepack[media]'. Or convert it in another program."
)

_AS_JPEG = "Save it as JPEG, PNG, WebP or SVG."
_CURES = {
    "ai eps raw dng": _AS_JPEG,
    "sub ass ssa sbv ttml": "Save it as WebVTT (.vtt) or SubRip (.srt).",
}
"""Hints for files of other kinds, by extension."""


def _like(name: str, names: Collection[str]) -> Message:
    """A hint: the file that the author probably means, which can differ only by case."""
    same = next((each for each in names if each.casefold() == name.casefold()), None)
    if same:
        return Message("Did you mean {0}? Names are case-sensitive.", Quoted(same))
    return nearest(name, names, most=0)


def _foreign_facts(file: File, looks: Path) -> Callable[[Path], MediaFacts]:
    """Looks at a film or a sound of a kind that browsers do not open; what is known of it is in the cache `looks`."""
    # Few courses need them, and they take time to import.
    from coursepack.media.failures import ConversionError
    from coursepack.media.looks import Looks

    def facts(path: Path) -> MediaFacts:
        try:
            found = Looks(looks).at(path)
            if file.kind == "sound":
                if not found.has_sound:
                    raise ConversionError("no-sound")
                return MediaFacts(found.seconds)
            if found.size is None:
                raise ConversionError("no-pictures")
            return MediaFacts(found.seconds, found.size)
        except ConversionError as error:
            raise MediaError("not-convertible", error.message, error.hint) from None

    return facts


class _Timed(NamedTuple):
    """The text of a file of captions or a transcript, and its cues."""

    text: str
    cues: Sequence[PlacedCue]


class Media:
    """The media of a course. Each file is opened and checked once, even if many blocks show it."""

    def __init__(self, folder: Folder, cache: Path) -> None:
        self._folder, self._cache = folder, cache
        self.files: dict[str, Path] = {}
        self.captions: dict[str, str] = {}
        self.transcripts: dict[str, tuple[Cue, ...] | Html] = {}
        self.sizes: dict[str, tuple[int, int]] = {}
        self.lengths: dict[str, float] = {}
        self.weights: dict[str, int] = {}
        self.fonts: dict[str, int] = {}
        self.recordings: dict[str, Recording] = {}
        self.pictures: dict[str, Picture] = {}
        self.animations: dict[str, Animation] = {}
        self._moving: set[str] = set()
        self.origins: dict[str, Origin] = {}
        self._rung: RungName | None = None
        self._source_types: dict[str, str] = {}
        self._captions: dict[str, list[Captions]] = {}
        self._listings: dict[Path, frozenset[str]] = {}
        self._checked: dict[tuple[str, ...], bool] = {}
        self._read: dict[str, _Timed | None] = {}

    def read_look(self, definition: Definition, read: Yaml) -> None:
        """The cover, the logo and the fonts of a course, and how large its films are to be."""
        self._rung = definition.media.rung
        if definition.cover:
            cover, place = definition.cover.file("cover"), read.place(("cover", "src"))
            self.picture(cover.src, place)
            self.origin(cover, place)
            if cover.src in self.sizes:
                self.lights(cover.src, place)
        if definition.logo:
            self.picture(definition.logo.src, read.place(("logo", "src")))
        for role in ("text", "headings"):
            face = getattr(definition.fonts, role, None)
            for at, file in enumerate(face.files if face else ()):
                if file.src not in self.fonts:
                    self.font(file.src, read.place(("fonts", role, "files", at, "src")))

    def read_block(self, placed: Placed) -> None:
        """The files of a block."""

        def at(place: tuple[int | str, ...]) -> Location:
            return placed.yaml.place(place) if placed.yaml else placed.location

        for file in placed.block.files():
            place = at(file.place)
            if file.kind in ("picture", "poster"):
                self.picture(file.src, place, file.can_play)
                self.origin(file, place)
            elif file.kind in _PLAYED:
                # The length is next to the name.
                length = at((*file.place[:-1], "duration") if file.duration else file.place[:-1])
                self.playable(file, place, *_PLAYED[file.kind], length)
                self.origin(file, place)
            elif file.kind == "captions":
                self.subtitles(file, place)
            elif file.kind == "made-captions":
                self.made_captions(file, place)
            elif file.kind == "chapters":
                self.chapters(file, place)
            elif file.kind == "transcript":
                self.transcript(file.src, place)
            elif file.kind == "made-transcript":
                timed = self._timed(file.src, place) if file.src in self.files else None
                if timed:
                    self.transcripts[file.src] = tuple(each.cue for each in timed.cues)
            elif file.kind == "made-poster":
                self.made_poster(file, place)
            elif file.kind == "document":
                self.document(file.src, place)
            else:
                self.download(file.src, place)

    def file(self, src: str, place: Location) -> Path | None:
        """The media file that `src` names, or None, with the reason reported."""
        known = self.files.get(src)
        if known is not None:
            return known
        pure = PurePosixPath(src)
        if "\\" in src or pure.is_absolute() or ".." in pure.parts or ":" in src:
            self._folder.say(
                "media/outside",
                Message("{0} is not a path inside the course folder", Quoted(src)),
                place,
                "Write a path from the course folder with /, such as media/picture.svg.",
            )
            return None
        path = self._folder.path.joinpath(*pure.parts)
        folder = path.parent
        if folder not in self._listings:
            try:
                self._listings[folder] = frozenset(os.listdir(folder))
            except OSError:
                self._listings[folder] = frozenset()
        # macOS can store å as a and a combining ring, while the author's editor does not.
        if pure.name not in self._listings[folder]:
            same = unicodedata.normalize("NFC", pure.name)
            for name in self._listings[folder]:
                if unicodedata.normalize("NFC", name) == same:
                    pure, path = pure.with_name(name), path.with_name(name)
        # A name that differs only by case is found on some disks, but missing in every package.
        if pure.name not in self._listings[folder]:
            self._folder.say(
                "media/missing",
                Message("there is no file {0}", Quoted(src)),
                place,
                _like(pure.name, self._listings[folder]),
            )
            return None
        if not self._folder.inside(path):
            self._folder.say(
                "media/outside",
                Message("{0} is a link to a place outside the course folder", Quoted(src)),
                place,
                "Copy the file.",
            )
            return None
        try:
            facts = path.stat()
            if not stat.S_ISREG(facts.st_mode):
                raise OSError("it is not a file")
            with path.open("rb") as file:
                empty = not file.read(1)
        except OSError as error:
            self._folder.say(
                "media/unreadable",
                Message("{0} cannot be read: {1}", Quoted(src), Reason.of(error)),
                place,
            )
            return None
        if empty:
            self._folder.say("media/empty", Message("{0} is empty", Quoted(src)), place)
            return None
        self.files[src] = path
        self.weights[src] = facts.st_size
        return path

    def typed(self, src: str, place: Location, types: Any, what: Message) -> Path | None:
        """A media file whose extension is one of `types`."""
        if suffix(src) not in types:
            known = ", ".join(types)
            cure = next((cure for endings, cure in _CURES.items() if suffix(src) in endings.split()), None)
            self._folder.say(
                "media/unknown-type",
                Message("browsers do not open {0}", Quoted(src))
                if cure
                else Message("{0} is not {1}", Quoted(src), what),
                place,
                cure or Message("Known endings: {0}.", known),
            )
            return None
        return self.file(src, place)

    def look(self, src: str, path: Path, place: Location, look: Callable[[Path], T]) -> T | None:
        """The result of `look` for a media file, or None, with the reason reported."""
        try:
            return look(path)
        except MediaError as error:
            self._folder.say(
                f"media/{error.rule}",
                Message("{0}: {1}", Quoted(src), error.message),
                place,
                error.hint,
            )
        except OSError as error:
            self._folder.say(
                "media/unreadable",
                Message("{0} cannot be read: {1}", Quoted(src), Reason.of(error)),
                place,
            )
        return None

    def _picture_facts(self, path: Path) -> PictureFacts:
        """What `picture_facts` returns, which an SVG takes as long for as a page of text."""
        status = path.stat()
        version = (status.st_mtime_ns, status.st_size, status.st_ino)
        return self._folder.kept.once(f"picture {path}", version, lambda: picture_facts(path))

    def picture(self, src: str, place: Location, can_play: bool = False) -> None:
        """A picture, and its size. `can_play`: it can be shown as a film."""
        is_foreign = suffix(src) in CONVERTED_IMAGE_TYPES
        path = (
            self.file(src, place) if is_foreign else self.typed(src, place, IMAGE_TYPES, Message("a picture"))
        )
        if path is None:
            return
        if src in self.sizes:
            self._judge_animation(src, path, place, can_play)
            return
        facts = self.look(src, path, place, self._picture_facts)
        if facts is None:
            return
        self.sizes[src] = facts.size
        if facts.kind == "heic" and not reads_heic():
            self._unconverted(src, place)
        elif facts.kind != "drawing":
            moves = facts.kind == "moving"
            if moves:
                self._moving.add(src)
                self._judge_animation(src, path, place, can_play)
            is_converted = (
                src in self.animations if moves else self._convert_picture(src, facts, place, is_foreign)
            )
            shown = pictures.ShownPicture(src, facts.size, self.weights[src], place, is_converted, moves)
            self._folder.problems += apply_rules(pictures, shown)

    def _judge_animation(self, src: str, path: Path, place: Location, can_play: bool) -> None:
        """Whether a picture that moves becomes a film, or can be stopped otherwise."""
        if src not in self._moving:
            return
        if can_play and is_installed():
            self.animations.setdefault(src, Animation(self._rung, place))
            return
        seconds = self.look(src, path, place, moving_seconds)
        shown = animations.ShownAnimation(src, seconds or 0, can_play, place)
        self._folder.problems += apply_rules(animations, shown)

    def _convert_picture(self, src: str, facts: PictureFacts, place: Location, is_foreign: bool) -> bool:
        """Whether the build is to convert a still picture."""
        must_convert = is_foreign or facts.kind in ("foreign", "heic")
        self.pictures[src] = Picture(
            facts.size, self.weights[src], must_convert, self._rung, place, facts.hdr
        )
        return self.pictures[src].conversion() is not None

    def origin(self, file: File, place: Location) -> None:
        """How a picture, film or sound was made, by its author and by the file itself."""
        src = file.src
        if src not in self.files:
            return
        if src not in self._source_types:
            self._source_types[src] = self.look(src, self.files[src], place, source_type) or ""
        said = origins.Said(file, self.origins.get(src), self._source_types[src], place)
        self._folder.problems += apply_rules(origins, said)
        if file.origin:
            self.origins[src] = file.origin

    def lights(self, src: str, place: Location) -> None:
        """Whether the lights of a cover can light up."""
        root = self.look(src, self.files[src], place, lit_drawing)
        if root is not None:
            self._folder.problems += apply_rules(covers, covers.Cover(src, hindrance(root)))

    def document(self, src: str, place: Location) -> None:
        """A PDF, which must be accessible by law like the page that offers it."""
        from coursepack.reading.pdf import read_pdf
        from coursepack.reading.rules import documents

        path = self.typed(src, place, ("pdf",), Message("a PDF document"))
        if path is None or (src, "") in self._checked:
            return
        self._checked[src, ""] = True
        found = self.look(src, path, place, read_pdf)
        if found:
            self._folder.problems += apply_rules(documents, documents.Document(src, found, place))
        self.people(src, path, place)

    def download(self, src: str, place: Location) -> None:
        """A file that learners take away. Secrets are looked for in plain text."""
        path = self.typed(src, place, DOWNLOAD_TYPES, Message("a file that may be offered for download"))
        if path is None or (src, "") in self._checked:
            return
        self._checked[src, ""] = True
        self.people(src, path, place)
        if suffix(src) != "txt":
            return
        data = self.look(src, path, place, Path.read_bytes) if self.weights[src] <= TEXT_LIMIT else None
        if data:
            self._folder.problems += apply_rules(texts, texts.TextFile(src, data.decode("utf-8", "replace")))

    def people(self, src: str, path: Path, place: Location) -> None:
        """Whom a document names."""
        from coursepack.reading.documents import people_in

        named = self.look(src, path, place, people_in)
        if named:
            self._folder.problems += apply_rules(people, people.Document(src, named, place))

    def font(self, src: str, place: Location) -> None:
        """A font, and its size in bytes: 0 when it is not a font."""
        path = self.typed(src, place, FONT_TYPES, Message("a font"))
        self.fonts[src] = (self.look(src, path, place, check_font) if path else None) or 0

    def playable(self, file: File, place: Location, types: Any, what: Message, at: Location) -> None:
        """A film or a sound, whose length is given at `at`."""
        src, duration = file.src, file.duration
        is_foreign = suffix(src) in _CONVERTED[file.kind != "sound"]
        path = self.file(src, place) if is_foreign else self.typed(src, place, types, what)
        checked = (src, duration, file.rung or "")
        if path is None or checked in self._checked:
            return
        self._checked[checked] = True
        if is_foreign and not is_installed():
            self._unconverted(src, place)
            return
        facts = self.look(src, path, place, _foreign_facts(file, self._cache) if is_foreign else media_facts)
        if facts is None:
            return
        is_converted = self._convert(file, facts, place, is_foreign)
        length = seconds(duration) if duration else facts.seconds
        if length is not None:
            self.lengths[src] = length
        elif not file.of:
            self._folder.say(
                "page/missing-field",
                Message("the field {0} is missing", Quoted("duration")),
                at,
                "The file does not give its length. Write it, such as 2:18.",
            )
        if file.kind != "sound":
            self.sizes[src] = facts.size or (0, 0)
        played = playables.PlayedFile(
            file, facts, self.weights[src], self.lengths.get(file.of), place, at, is_converted
        )
        self._folder.problems += apply_rules(playables, played)

    def _convert(self, file: File, facts: MediaFacts, place: Location, is_foreign: bool) -> bool:
        """Whether the build is to convert a film or a sound, which is noted then."""
        is_film = file.kind != "sound"
        known = self.recordings.get(file.src)
        recording = Recording(
            is_film,
            facts.size if is_film else None,
            self.weights[file.src] * 8 / facts.seconds if facts.seconds else None,
            must_convert=is_foreign or (bool(facts.codecs) and is_installed()),
            starts_slowly=facts.starts_slowly and is_installed(),
            rung=larger(known.rung if known else None, file.rung or self._rung),
            place=place,
        )
        self.recordings[file.src] = recording
        is_converted = recording.conversion() is not None
        # That browsers do not play it all is told by rules.
        if is_converted and not is_installed():
            self._unconverted(file.src, place)
            return False
        return is_converted

    @property
    def has_extra(self) -> bool:
        """True when the extra `media` is installed."""
        return is_installed()

    def check_packages(self, course: Course) -> None:
        """Whether what packages with a rung of their own need can be converted."""
        if any(each.rung for each in course.definition.packages) and not is_installed():
            needed = {src for each in variants(course) for src in each.conversions}
            for src in sorted(needed):
                self._unconverted(src, self.recordings[src].place)

    def made_poster(self, file: File, place: Location) -> None:
        """The poster that is taken from a film, if its author says when."""
        if file.second is not None and file.src in self.recordings:
            taken = posters.TakenPoster(
                file.src, file.second, self.lengths.get(file.src), is_installed(), place
            )
            self._folder.problems += apply_rules(posters, taken)

    def _unconverted(self, src: str, place: Location) -> None:
        self._folder.say(
            "media/unconverted",
            Message("{0} must be converted before it is packed", Quoted(src)),
            place,
            INSTALL,
        )

    def _timed(self, src: str, place: Location) -> _Timed | None:
        """The text and the cues of a file of captions or a transcript, or None, with the reason reported."""
        if src not in self._read:
            text = self._folder.text(src, place, TEXT_LIMIT, "captions")
            if text is None:
                return None
            cues, problems = read_placed(text, src)
            self._folder.problems += problems
            self._read[src] = None if problems else _Timed(text, cues)
        return self._read[src]

    def subtitles(self, file: File, place: Location) -> None:
        """A file of captions."""
        src = file.src
        if (src, "captions") in self._checked:
            return
        if self.typed(src, place, ("vtt", "srt"), Message("a caption file (WebVTT or SubRip)")) is None:
            return
        timed = self._timed(src, place)
        if timed:
            self._checked[src, "captions"] = True
            self._judge(file, timed.cues)
            self.captions[src] = webvtt(timed.text, src)

    def made_captions(self, file: File, place: Location) -> None:
        """The captions of a film that only has a transcript with times."""
        # Few films need them.
        from coursepack.reading.caption_track import captions_from, webvtt_of

        src = file.src
        timed = self._timed(src, place) if src in self.files and src not in self.captions else None
        if timed is None:
            return
        cues = captions_from(timed.cues, EASY if file.easy else USUAL)
        if cues:
            self._judge(file, cues)
            self.captions[src] = webvtt_of(cues)
        else:
            self._folder.say(
                "captions/no-cues",
                "has nothing that is heard, so that no captions can be made from it",
                Location(src, 1, 1),
                "Describe what is heard in cues of the voice Sound, or that it is silent.",
            )

    def _judge(self, file: File, cues: Sequence[PlacedCue]) -> None:
        limits = EASY if file.easy else USUAL
        read = Captions(file.src, cues, self.lengths.get(file.of), limits)
        self._captions.setdefault(file.of, []).append(read)
        self._folder.problems += apply_rules(captions, read)

    def chapters(self, file: File, place: Location) -> None:
        """A file of chapters, which is read into the document."""
        src = file.src
        what = Message("a file of chapters (WebVTT or SubRip)")
        timed = self._timed(src, place) if self.typed(src, place, ("vtt", "srt"), what) else None
        if timed:
            read = Captions(src, timed.cues, self.lengths.get(file.of))
            self._folder.problems += apply_rules(chapters, read)
            self.captions[src] = webvtt(timed.text, src)
            self.transcripts[src] = tuple(each.cue for each in timed.cues)

    def transcript(self, src: str, place: Location) -> None:
        """A transcript. It is read into the document, and is not a file of the package."""
        if (
            src in self.transcripts
            or self.typed(src, place, ("vtt", "srt", "md"), Message("a transcript")) is None
        ):
            return
        if suffix(src) == "md":
            text = self._folder.text(src, place, TEXT_LIMIT, "captions")
            if text is not None:
                body, marks, problems = render_text(text, src)
                self._folder.problems += problems
                self._folder.marks += marks
                self.transcripts[src] = body
        elif timed := self._timed(src, place):
            self.transcripts[src] = tuple(each.cue for each in timed.cues)

    def examined(self, cache: Path) -> list[Problem]:
        """The problems of films and sounds that were examined before. No film or sound is read for that."""
        from coursepack.media.examinations import Examinations
        from coursepack.reading.rules import examinations as rules

        known = Examinations(cache)
        found = {src: each for src in self.recordings if (each := known.known(self.files[src]))}
        conversions = {src: self.recordings[src].conversion() for src in found}
        levelled = {src for src, each in conversions.items() if each and each.limits}
        levels = {
            src: level
            for src, each in found.items()
            if src not in levelled and (level := rules.level_of(each)) is not None
        }
        problems = []
        for src, each in found.items():
            place, cues = self.recordings[src].place, self._captions.get(src, [])
            problems += apply_rules(rules, rules.Examined(src, place, each, cues, src in levelled, levels))
        return problems

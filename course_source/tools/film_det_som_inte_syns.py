"""Makes the film "Det som inte syns" from one table: picture, speech, captions and text version.

    python course_source/tools/film_det_som_inte_syns.py

Writes media/det-som-inte-syns.mp4, .jpg, .vtt and .transcript.vtt. Needs ffmpeg, espeak-ng, rsvg-convert and
the typefaces Noto Serif and Noto Sans. The times of picture and captions come from the lengths of the spoken
lines, so a changed line needs nothing but a new run.
"""

import json
import re
import subprocess
import sys
import tempfile
import wave
from array import array
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import film_scenes as scenes

MEDIA = Path(__file__).resolve().parent.parent / "media"
NAME = "det-som-inte-syns"
FRAMES_A_SECOND = 25
SAMPLES_A_SECOND = 22050

# Slow and a little low: as calm as this voice gets. With the pauses of the table it comes to about 130 words a minute.
VOICE = ("-v", "sv", "-s", "134", "-p", "36", "-a", "90")

# What espeak-ng does not say as it is said in Swedish: mostly loan words, which it stresses on the first syllable.
SOUNDS = {
    "Personerna": "[[pEs.'u:nERna]]",
    "syntetiska": "[[synt'e:tIska]]",
    "restaurangkök": "[[REst8R'aNS;,Y:k]]",
    "patient": "[[pasj'Ent]]",
    "patientens": "[[pasj'EntEns]]",
    "inspektör": "[[InspEkt'Y:R]]",
    "Inspektören": "[[InspEkt'Y:REn]]",
    "madrass": "[[madR'as]]",
    "Sexuell": "[[sEksu-'El]]",
    "exploatering": "[[EksplOat'e:RIN]]",
    "förstå": "[[fWs.t'o:]]",
    "agera": "[[ag'e:Ra]]",
    "akut": "[[ak'u-t]]",
    "ber": "[[b'e:R]]",
    "det": "[[de:]]",
    "Det": "[[de:]]",
    "de": "[[dOm]]",
    "De": "[[dOm]]",
    "dem": "[[d'Om]]",
    "112": "ett, ett, två",
    "020-39 00 00": "noll tjugo, [[tREtin'i:;u:]], noll noll, noll noll",
}
SOUNDED = re.compile(
    r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(SOUNDS, key=len, reverse=True))) + r")(?!\w)"
)


@dataclass(frozen=True)
class Line:
    """What the narrator says, parted in phrases by `|`, and what the picture shows in the pause before."""

    text: str
    shows: str = ""
    pause: float = 0.5


@dataclass(frozen=True)
class Shot:
    """A scene and its lines. It rests after the last one, and lasts `least` seconds at the least.

    `ends` is what a reader must know of the picture after the last line.
    """

    scene: scenes.Scene
    lines: tuple[Line, ...]
    rest: float = 0.8
    least: float = 0.0
    fade_in: bool = False
    ends: str = ""


SHOTS = (
    Shot(
        scenes.first_card,
        (
            Line("Personerna är påhittade.", "Textskylt, läses upp.", 1.2),
            Line("Bild och röst är syntetiska.", pause=0.6),
        ),
        least=8.0,
    ),
    Shot(
        scenes.house,
        (
            Line("En vanlig tisdag.", "Ett hus i skymning. Fyra fönster tänds, ett i taget.", 1.8),
            Line("En skola,", pause=0.8),
            Line("en vårdcentral,", pause=0.4),
            Line("ett kontor,", pause=0.4),
            Line("ett restaurangkök.", pause=0.4),
        ),
        rest=1.4,
        fade_in=True,
    ),
    Shot(
        scenes.school,
        (
            Line(
                "I det första fönstret sitter en lärare | och ser på en tom stol.",
                "Ett klassrum. Ljus faller på en tom stol.",
                1.2,
            ),
            Line("Hon har märkt att en elev | är borta allt oftare."),
            Line("Hon tänker | att det nog är skoltrötthet."),
        ),
        rest=1.0,
    ),
    Shot(
        scenes.clinic,
        (
            Line(
                "I det andra fönstret | sitter en sjuksköterska.", "Ett mottagningsrum med två stolar.", 1.2
            ),
            Line("En patient kommer tillbaka, | gång på gång."),
            Line("Bakom patientens stol | faller en skugga."),
            Line("Någon annan svarar | på alla frågor."),
        ),
        rest=1.0,
    ),
    Shot(
        scenes.office,
        (
            Line(
                "I det tredje fönstret | läser en handläggare en ansökan.",
                "Tre papper ligger på ett skrivbord.",
                1.2,
            ),
            Line("Samma telefonnummer som i går."),
            Line("Och dagen innan."),
            Line("Tre ringar | runt samma nummer.", pause=0.8),
        ),
        rest=1.0,
    ),
    Shot(
        scenes.kitchen,
        (
            Line("Och i det fjärde | går en inspektör genom ett kök.", "Ett kök med en stängd dörr.", 1.2),
            Line("Bakom en dörr på glänt | ligger en madrass.", "Dörren öppnas lite. Ljus faller ut.", 0.9),
        ),
        rest=1.4,
    ),
    Shot(
        scenes.apart,
        (
            Line(
                "Var för sig ser de en liten bit.",
                "Fyra bitar av ett fönster, långt ifrån varandra: en stol, en skugga, ett nummer, en dörr.",
                2.0,
            ),
            Line("Ingen ser hela bilden.", pause=0.7),
        ),
        rest=1.0,
        fade_in=True,
    ),
    Shot(
        scenes.together,
        (
            Line(
                "Sexuell exploatering av barn, | prostitution och människohandel | pågår ofta mitt bland oss.",
                "Bitarna rör sig mot varandra, en i taget.",
                0.9,
            ),
            Line("Det är svårt att se."),
            Line("Men det går att lära sig | vad man ska titta efter –"),
            Line("och vad man ska göra.", pause=0.3),
        ),
        rest=1.8,
        ends="Bitarna är ett fönster, och det lyser.",
    ),
    Shot(
        scenes.hands,
        (
            Line(
                "Läraren frågar en gång till.",
                "Ett fönster med fyra rutor. I den första öppnas en dörr.",
                1.2,
            ),
            Line("Sjuksköterskan ber | att få prata i enrum.", "En stol dras fram.", 1.0),
            Line("Handläggaren ringer | och ber om råd.", "En telefonlur lyfts.", 1.0),
            Line(
                "Inspektören skriver ner vad hon sett | och för det vidare samma dag.",
                "En penna skriver.",
                1.0,
            ),
        ),
        rest=1.0,
    ),
    Shot(
        scenes.morning,
        (
            Line("Ingen av dem behövde vara säker.", "Morgon. Någon står framför en stängd grind.", 1.4),
            Line("De behövde bara veta | vad de skulle göra | när de undrade."),
            Line("En grind öppnas.", pause=0.9),
            Line("Någon går ut i morgonljuset.", pause=0.9),
        ),
        rest=3.9,
        fade_in=True,
        ends="Gatlyktan slocknar. Det är dag.",
    ),
    Shot(
        scenes.course_card,
        (
            Line("Det är vad den här kursen handlar om.", "Textskylt med kursens titel.", 1.0),
            Line("Se, förstå, agera."),
        ),
        rest=1.4,
        fade_in=True,
    ),
    Shot(
        scenes.last_card,
        (
            Line("Vid akut fara, ring 112.", "Textskylt med två telefonnummer.", 0.9),
            Line("Råd i ditt arbete: | 020-39 00 00,"),
            Line("vardagar kontorstid.", pause=0.2),
        ),
        rest=1.6,
        least=12.0,
    ),
)
FADE = 0.25
POSTER_SHOT = scenes.house


@dataclass(frozen=True)
class Spoken:
    line: Line
    samples: array
    start: float
    free_from: float

    @property
    def end(self) -> float:
        return self.start + len(self.samples) / SAMPLES_A_SECOND


@dataclass(frozen=True)
class Timed:
    shot: Shot
    start: float
    end: float
    spoken: tuple[Spoken, ...]


def run(*command: str, text: str | None = None) -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[0]}: {done.stderr.strip()[-2000:]}")
    return done.stderr


def plain(text: str) -> str:
    return text.replace(" | ", " ")


def speak(text: str, folder: Path) -> array:
    """The line as sound, without the silence that espeak-ng adds before and after."""
    spelled = plain(text).replace(" –", ",")
    spelled = SOUNDED.sub(lambda found: SOUNDS[found[0]], spelled)
    target = folder / "line.wav"
    run("espeak-ng", *VOICE, "-w", str(target), "--stdin", text=spelled)
    with wave.open(str(target)) as sound:
        samples = array("h", sound.readframes(sound.getnframes()))
    loud = [at for at, sample in enumerate(samples) if abs(sample) > 200]
    return samples[max(loud[0] - 200, 0) : loud[-1] + 1500]


def time_shots(folder: Path) -> list[Timed]:
    timed = []
    clock = 0.0
    for shot in SHOTS:
        start = clock
        spoken = []
        for line in shot.lines:
            free_from = clock
            clock += line.pause
            spoken.append(Spoken(line, speak(line.text, folder), clock, free_from))
            clock = spoken[-1].end
        clock = max(clock + shot.rest, start + shot.least)
        clock = round(clock * FRAMES_A_SECOND) / FRAMES_A_SECOND
        timed.append(Timed(shot, start, clock, tuple(spoken)))
    return timed


def write_speech(timed: list[Timed], target: Path) -> None:
    track = array("h", bytes(2 * round(timed[-1].end * SAMPLES_A_SECOND)))
    for spoken in (each for shot in timed for each in shot.spoken):
        at = round(spoken.start * SAMPLES_A_SECOND)
        track[at : at + len(spoken.samples)] = spoken.samples
    with wave.open(str(target), "wb") as sound:
        sound.setparams((1, 2, SAMPLES_A_SECOND, len(track), "NONE", ""))
        sound.writeframes(track.tobytes())


LOUDNESS = -16
HIGHEST_PEAK = 0.7  # about -3 dB: AAC adds a little


def level_speech(speech: Path, target: Path) -> None:
    """Softens the voice, lays a quiet room under it and brings the whole to LOUDNESS."""
    room = f"anoisesrc=color=brown:amplitude=0.001:seed=1:duration={run_length(speech)}:sample_rate=48000"
    inputs = ("-i", str(speech), "-f", "lavfi", "-i", room)
    mixed = (
        "[0:a]aresample=48000,highpass=f=70,treble=g=-4:f=4500,bass=g=2:f=180,lowpass=f=9000,"
        "acompressor=threshold=-24dB:ratio=3:attack=5:release=180[voice];[1:a]lowpass=f=500[room];"
        "[voice][room]amix=inputs=2:duration=first:normalize=0"
    )
    gain = LOUDNESS - loudness(inputs, mixed)
    # The limiter takes some of the loudness back, less each time.
    for _ in range(3):
        gain += LOUDNESS - loudness(inputs, limited(mixed, gain))
    run("ffmpeg", "-y", "-nostats", *inputs, "-filter_complex", limited(mixed, gain), "-ac", "1", str(target))


def limited(mixed: str, gain: float) -> str:
    return f"{mixed},volume={gain:.2f}dB,alimiter=limit={HIGHEST_PEAK}:attack=3:release=60:level=0"


def loudness(inputs: tuple[str, ...], filters: str) -> float:
    measured = f"{filters},loudnorm=print_format=json"
    told = run("ffmpeg", "-nostats", *inputs, "-filter_complex", measured, "-f", "null", "-")
    found, _ = json.JSONDecoder().raw_decode(told, told.rindex("{"))
    return float(found["input_i"])


def run_length(sound: Path) -> float:
    with wave.open(str(sound)) as opened:
        return opened.getnframes() / opened.getframerate()


def draw(shot: Timed, following: Timed | None, frame: int) -> str:
    now = frame / FRAMES_A_SECOND
    parts = shot.shot.scene(now - shot.start, [spoken.start - shot.start for spoken in shot.spoken])
    fades = []
    if shot.shot.fade_in:
        fades.append(1 - (now - shot.start) / FADE)
    if following is None or following.shot.fade_in:
        fades.append(1 - (shot.end - now) / FADE)
    return scenes.picture(parts + scenes.veil(max([0.0, *fades])))


def pictures(timed: list[Timed]) -> Iterator[str]:
    for shot, following in zip(timed, [*timed[1:], None], strict=True):
        for frame in range(round(shot.start * FRAMES_A_SECOND), round(shot.end * FRAMES_A_SECOND)):
            yield draw(shot, following, frame)


def rasterise(svg: str) -> bytes:
    command = ("rsvg-convert", "--width", "1280")
    return subprocess.run(command, input=svg.encode(), capture_output=True, check=True).stdout


def encode(timed: list[Timed], sound: Path, target: Path) -> None:
    """A picture that rests is drawn once and sent as many times as it is seen."""
    command = (
        *("ffmpeg", "-y", "-loglevel", "error"),
        *("-f", "image2pipe", "-framerate", str(FRAMES_A_SECOND), "-c:v", "png", "-i", "-"),
        *("-i", str(sound), "-map", "0:v", "-map", "1:a"),
        *("-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"),
        *("-c:v", "libx264", "-preset", "slow", "-tune", "animation", "-crf", "20", "-g", "100"),
        *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"),
        *("-c:a", "aac", "-b:a", "64k", "-ac", "1", "-movflags", "+faststart"),
        *("-map_metadata", "-1", "-metadata", "title=Det som inte syns", "-metadata:s:a:0", "language=swe"),
        # The encoder's answer depends on the number of threads, so the number is fixed.
        *("-threads", "2", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
        str(target),
    )
    runs = [(svg, len(list(same))) for svg, same in groupby(pictures(timed))]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as film, ThreadPoolExecutor(2) as drawers:
        for at in range(0, len(runs), 50):
            part = runs[at : at + 50]
            for image, (_, count) in zip(drawers.map(rasterise, (svg for svg, _ in part)), part, strict=True):
                film.stdin.write(image * count)
        film.stdin.close()
        if film.wait():
            sys.exit("ffmpeg could not write the film")


def write_poster(timed: list[Timed], target: Path) -> None:
    shot = next(each for each in timed if each.shot.scene is POSTER_SHOT)
    svg = scenes.picture(
        POSTER_SHOT(shot.end - shot.start, [spoken.start - shot.start for spoken in shot.spoken])
    )
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder, "poster.png")
        image.write_bytes(rasterise(svg))
        exact = ("-fflags", "+bitexact", "-flags:v", "+bitexact")
        run("ffmpeg", "-y", "-loglevel", "error", "-i", str(image), "-q:v", "3", *exact, str(target))


def clock_time(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"00:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def vtt(cues: list[tuple[float, float, str]]) -> str:
    return "WEBVTT\n" + "".join(
        f"\n{clock_time(start)} --> {clock_time(end)}\n{text}\n" for start, end, text in cues
    )


LINE_SIGNS = 37
SIGNS_A_SECOND = 15
SHORTEST, LONGEST = 1.0, 7.0
GAP = 0.08


def two_lines(phrases: list[str]) -> str:
    """One line if it fits, else two, parted between phrases if both lines fit then, else where they are most alike."""
    text = " ".join(phrases)
    if len(text) <= LINE_SIGNS:
        return text
    spaces = [at for at, sign in enumerate(text) if sign == " "]
    between = [len(" ".join(phrases[:count])) for count in range(1, len(phrases))]
    for places in (between, spaces):
        fitting = [at for at in places if max(at, len(text) - at - 1) <= LINE_SIGNS]
        if fitting:
            best = min(fitting, key=lambda at: abs(2 * at - len(text)))
            return f"{text[:best]}\n{text[best + 1 :]}"
    sys.exit(f"too long for a caption: {text}")


def captions(timed: list[Timed]) -> list[tuple[float, float, str]]:
    """Phrases of one line of the table stand together while they fit in a caption."""
    cues: list[tuple[float, float, str]] = []
    for spoken in (each for shot in timed for each in shot.spoken):
        phrases = spoken.line.text.split(" | ")
        spread = (spoken.end - spoken.start) / sum(map(len, phrases))
        clock = begun = spoken.start
        held: list[str] = []
        for phrase in phrases:
            if len(" ".join([*held, phrase])) > 2 * LINE_SIGNS - 6:
                cues.append((begun, clock, two_lines(held)))
                begun, held = clock, []
            held.append(phrase)
            clock += len(phrase) * spread
        cues.append((begun, spoken.end, two_lines(held)))
    return [lengthen(cue, following) for cue, following in zip(cues, [*cues[1:], None], strict=True)]


def lengthen(
    cue: tuple[float, float, str], following: tuple[float, float, str] | None
) -> tuple[float, float, str]:
    """Leaves a caption in the pause after it for as long as it takes to read."""
    start, end, text = cue
    wanted = max(end + 0.3, start + len(text) / SIGNS_A_SECOND, start + SHORTEST)
    if following:
        wanted = min(wanted, following[0] - GAP)
    return start, min(wanted, start + LONGEST), text


def transcript(timed: list[Timed]) -> list[tuple[float, float, str]]:
    cues = []
    for shot in timed:
        for spoken in shot.spoken:
            if spoken.line.shows:
                cues.append((spoken.free_from, spoken.start, f"<v Bild>{spoken.line.shows}"))
            cues.append((spoken.start, spoken.end, f"<v Berättare>{plain(spoken.line.text)}"))
        if shot.shot.ends:
            cues.append((shot.spoken[-1].end, shot.end, f"<v Bild>{shot.shot.ends}"))
    return cues


def main() -> None:
    MEDIA.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        timed = time_shots(folder)
        (MEDIA / f"{NAME}.vtt").write_text(vtt(captions(timed)), encoding="utf-8")
        (MEDIA / f"{NAME}.transcript.vtt").write_text(vtt(transcript(timed)), encoding="utf-8")
        write_poster(timed, MEDIA / f"{NAME}.jpg")
        write_speech(timed, folder / "speech.wav")
        level_speech(folder / "speech.wav", folder / "sound.wav")
        encode(timed, folder / "sound.wav", MEDIA / f"{NAME}.mp4")
    print(f"{NAME}: {timed[-1].end:.1f} s")


if __name__ == "__main__":
    main()

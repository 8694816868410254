"""Speaks the lines of a production, or takes the recorded ones, and times picture, captions and text version by them.

    python course_source/studio/voice.py [PRODUCTION...]

Without a name, all of them. A recorded line replaces a spoken one by its name alone:
voices/fyra-dorrar/06-rost-1.wav (or .flac) is line 6, read by the one who reads `rost-1`. What is made goes to build/studio/.
Needs espeak-ng and ffmpeg.
"""

import json
import re
import subprocess
import sys
import wave
from array import array
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, combinations
from pathlib import Path

import captions
from timeline import LINES, PRODUCTIONS, STUDIO, retime, rows, timeline

RECORDED = STUDIO / "voices"
MADE = STUDIO.parent.parent / "build" / "studio"
SAMPLES_A_SECOND = 48000


@dataclass(frozen=True)
class Voice:
    """A voice of espeak-ng: its variant, words a minute, pitch, range of melody, and the pause at `|` in milliseconds."""

    variant: str
    speed: int
    pitch: int
    melody: str
    pause: int


ROLES = {
    "berattare": Voice("sv+m7", 138, 34, "75%", 220),
    "samira": Voice("sv+f1", 140, 36, "80%", 280),
    "leo": Voice("sv+m1", 134, 30, "60%", 420),
    "rost-1": Voice("sv+m3", 136, 40, "75%", 360),
    "rost-2": Voice("sv+f2", 138, 38, "70%", 360),
    "rost-3": Voice("sv+klatt4", 142, 62, "70%", 380),
    "rost-4": Voice("sv+f4", 130, 22, "60%", 420),
    "karin": Voice("sv+f1", 152, 30, "85%", 200),
    "nova": Voice("sv+f2", 143, 34, "75%", 270),
    "ella": Voice("sv+f4", 146, 36, "85%", 240),
    "mattias": Voice("sv+m3", 144, 34, "80%", 240),
    "darius": Voice("sv+m1", 132, 38, "70%", 380),
}

# Early reflections only: a tail makes a synthetic voice less clear. The narrator has no room at all.
ROOMS = {
    "studio": "",
    "nara": "aecho=1:0.9:11|17|26:0.13|0.09|0.06",
    "rum": "aecho=1:0.9:19|29|41|57:0.14|0.10|0.07|0.05",
    "bil": "lowpass=f=5200,aecho=1:0.9:4|7:0.22|0.12",
    "expedition": "aecho=1:0.9:9|14|23:0.16|0.10|0.06",
    "soffa": "lowpass=f=6400,aecho=1:0.9:13|21|34:0.09|0.06|0.04",
    "hall": "aecho=1:0.9:23|37|53|71:0.18|0.14|0.10|0.07",
    "kontor": "aecho=1:0.9:15|24|39:0.10|0.07|0.05",
    "kok": "aecho=1:0.9:8|13|19|31:0.18|0.13|0.09|0.05",
}

# Takes down the buzz of the synthetic voice (2.4-3.6 kHz) and its hiss, gives the chest back (190 Hz), and evens out.
SYNTHETIC = (
    "aresample=48000,highpass=f=75,equalizer=f=190:t=q:w=0.9:g=2,equalizer=f=420:t=q:w=1:g=-1.5,"
    "equalizer=f=2900:t=q:w=0.8:g=-4,deesser=i=0.35:m=0.5:f=0.5,lowpass=f=7600,"
    "acompressor=threshold=-22dB:ratio=2.5:attack=8:release=160:makeup=1"
)
HUMAN = (
    "aresample=48000,highpass=f=75,deesser=i=0.2:m=0.4:f=0.5,"
    "acompressor=threshold=-24dB:ratio=2:attack=10:release=200:makeup=1"
)
ROOM_AFTER = 0.12
TRIM = "silenceremove=start_periods=1:start_threshold=-45dB"

# What is shown as digits is said so.
DIGITS = {
    "020-39 00 00": "noll tjugo, | trettinio, | noll noll, | noll noll",
    "116 111": "ett ett sex, | ett ett ett",
    "112": "ett, ett, två",
}
# What espeak-ng does not say as it is said in Swedish: mostly loan words, which it stresses on the first syllable.
SOUNDS = {
    "Personerna": "[[pEs.'u:nERna]]",
    "syntetiska": "[[synt'e:tIska]]",
    "restaurangkök": "[[REst8R'aNS;,Y:k]]",
    "patient": "[[pasj'Ent]]",
    "patientens": "[[pasj'EntEns]]",
    "inspektör": "[[InspEkt'Y:R]]",
    "Inspektören": "[[InspEkt'Y:REn]]",
    "miljöinspektörer": "[[mIlj'Y:InspEkt,Y:RER]]",
    "madrass": "[[madR'as]]",
    "madrasser": "[[madR'asER]]",
    "Sexuell": "[[sEksu-'El]]",
    "exploatering": "[[EksplOat'e:RIN]]",
    "exploatera": "[[EksplOat'e:Ra]]",
    "människoexploatering": "[[m'EnIxu_EksplOat'e:RIN]]",
    "förstå": "[[fWs.t'o:]]",
    "agera": "[[ag'e:Ra]]",
    "akut": "[[ak'u-t]]",
    "ber": "[[b'e:R]]",
    "organ": "[[ORg'A:n]]",
    "kurator": "[[kuR'A:tOR]]",
    "Skolkuratorn": "[[sku:lkuR'A:tORn]]",
    "rekryterar": "[[REkRyt'e:RaR]]",
    "reportage": "[[REpOt'A:sx]]",
    "korridoren": "[[kORId'o:REn]]",
    "Karin": "[[k'A:RIn]]",
    "jurist": "[[ju-R'Ist]]",
    "fotograferade": "[[fOtOgRaf'e:RadE]]",
    "direkt": "[[dIR'Ekt]]",
    "kontakt": "[[kOnt'akt]]",
    "kontaktas": "[[kOnt'aktas]]",
    "kontrollen": "[[kOntR'OlEn]]",
    "nationella": "[[natsxu:n'Ela]]",
    "planeringen": "[[plan'e:RINEn]]",
    "regionkoordinator": "[[REgI'u:nku:ORdIn,A:tOR]]",
    "Socialtjänsten": "[[sUsI'A:lS;,EnstEn]]",
    "socialtjänst": "[[sUsI'A:lS;,Enst]]",
    "socialtjänstens": "[[sUsI'A:lS;,EnstEns]]",
    "säsongsarbetare": "[[sEs'ONs,aRbe:t,aRE]]",
    "toaletten": "[[tUal'Et:En]]",
    "trettio": "[[tR'EtI]]",
    "ungefär": "[[8NEf'E:R]]",
    "det": "[[de:]]",
    "Det": "[[de:]]",
    "de": "[[dOm]]",
    "De": "[[dOm]]",
    "dem": "[[d'Om]]",
}
SOUNDED = re.compile(r"(?<!\w)(?:" + "|".join(sorted(SOUNDS, key=len, reverse=True)) + r")(?!\w)")


def run(*command: str, text: str | None = None) -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[0]}: {done.stderr.strip()[-2000:]}")
    return done.stderr


def spelled(phrase: str) -> str:
    for digits, said in DIGITS.items():
        phrase = phrase.replace(digits, said)
    return phrase.replace(" –", ",")


def speak(role: str, text: str, target: Path) -> None:
    voice = ROLES[role]
    said = SOUNDED.sub(lambda found: SOUNDS[found[0]], spelled(text))
    # After a word spelled by sound, espeak-ng reads a full stop aloud, and markup too if no space parts them.
    said = said.replace("]].", "]]").replace(" | ", f' <break time="{voice.pause}ms"/> ')
    # 80 of 200: several variants clip at the 100 that they have of themselves.
    base = ("-s", str(voice.speed), "-p", str(voice.pitch), "-a", "80", "-g", "1", "-m", "-w", str(target))
    markup = f'<speak><prosody range="{voice.melody}">{said} </prosody></speak>'
    run("espeak-ng", "-v", voice.variant, *base, text=markup)


def finish(source: Path, room: str, target: Path, human: bool) -> None:
    """Trims the line, shapes it, puts it in its room and brings it to -16 LUFS."""
    steps = [
        HUMAN if human else SYNTHETIC,
        ROOMS[room],
        TRIM,
        "areverse",
        TRIM,
        "areverse",
        f"apad=pad_dur={ROOM_AFTER}",
    ]
    shaped = target.with_suffix(".part.wav")
    run("ffmpeg", "-y", "-i", str(source), "-af", ",".join(filter(None, steps)), "-ac", "1", str(shaped))
    told = run("ffmpeg", "-i", str(shaped), "-af", "loudnorm=print_format=json", "-f", "null", "-")
    measured, _ = json.JSONDecoder().raw_decode(told, told.rindex("{"))
    now = float(measured["input_i"])
    gain = -16 - now if now > -60 else 0  # what is shorter than the 0.4 s of a measure cannot be measured
    run(
        *("ffmpeg", "-y", "-i", str(shaped)),
        *("-af", f"volume={gain:.2f}dB,alimiter=limit=0.6:attack=4:release=80:level=0"),
        *("-fflags", "+bitexact", "-flags:a", "+bitexact", str(target)),
    )
    shaped.unlink()


def measure(sound: Path, text: str) -> tuple[float, list[float]]:
    """The length of what is said, and where each phrase begins: after silences that are long, and where the text has them."""
    with wave.open(str(sound)) as opened:
        samples = array("h", opened.readframes(opened.getnframes()))
    seconds = len(samples) / SAMPLES_A_SECOND - ROOM_AFTER
    parts = [spelled(phrase).split(" | ") for phrase in text.split(" | ")]
    said = [part for phrase in parts for part in phrase]
    signs = list(accumulate(map(len, said)))
    by_text = [seconds * before / signs[-1] for before in signs[:-1]]
    found = silences(samples)
    chosen: Iterable[float] = by_text  # a reader who makes no pauses
    if len(found) >= len(by_text):
        best = min(
            combinations(found, len(by_text)),
            key=lambda each: sum(
                abs(end - near) - 3 * (end - start) for (start, end), near in zip(each, by_text, strict=True)
            ),
        )
        chosen = (end for _, end in best)
    begun = [0.0, *chosen]
    firsts = accumulate(map(len, parts[:-1]), initial=0)
    return round(seconds, 2), [round(begun[at], 2) for at in firsts]


def silences(samples: array) -> list[tuple[float, float]]:
    step = SAMPLES_A_SECOND // 100
    loudest = [max(map(abs, samples[at : at + step])) for at in range(0, len(samples) - step, step)]
    quiet = max(loudest) * 0.02
    found, begun = [], None
    for at, level in enumerate(loudest):
        if level >= quiet:
            if begun and at - begun >= 12:
                found.append((begun / 100, at / 100))
            begun = None
        elif begun is None:
            begun = at
    return found


def name_of(row: dict) -> str:
    return f"{row['no']:02d}-{row['role']}"


def recording(row: dict) -> Path | None:
    places = (RECORDED / row["film"] / f"{name_of(row)}.{ending}" for ending in ("wav", "flac"))
    return next((place for place in places if place.exists()), None)


def make(row: dict) -> tuple[float, list[float]]:
    target = MADE / row["film"] / f"{name_of(row)}.wav"
    target.parent.mkdir(parents=True, exist_ok=True)
    recorded = recording(row)
    source = recorded or target.with_suffix(".raw.wav")
    if not recorded:
        speak(row["role"], row["text"], source)
    finish(source, row["room"], target, bool(recorded))
    if not recorded:
        source.unlink()
    return measure(target, row["text"])


def main(films: list[str]) -> None:
    for film in films or PRODUCTIONS:
        table = rows(LINES, film)
        with ThreadPoolExecutor(2) as pool:
            measured = dict(zip((row["no"] for row in table), pool.map(make, table), strict=True))
        retime(film, measured)
        captions.write(film)
        people = sum(recording(row) is not None for row in table)
        print(f"{film}: {timeline(film).length:.1f} s, {len(table)} lines, {people} of them recorded")


if __name__ == "__main__":
    main(sys.argv[1:])

"""What each production sounds like: which sound, when, how loud and in which room. The times are the timeline's, so a sound
follows the line that it belongs to, and the picture beside it.

The theme is four notes: three hang open, the fourth closes, once a film, where the way opens.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import sounds
from timeline import Timeline

if TYPE_CHECKING:
    from soundtrack import Mix

PASSING = (0.47, 0.99, 1.51, 2.03, 2.55)
"""When the feet come down of somebody who passes a door."""


def every(start: float, end: float, gap: float) -> list[float]:
    return [float(at) for at in np.arange(start, end, gap)]


def rain_drops(mix: "Mix", start: float, end: float, often: tuple[float, float], level: float) -> None:
    """Drops on a window, so many a second at the beginning and at the end."""
    rng = mix.chance("drops", start)
    at = start
    while at < end:
        rate = np.interp(at, [start, end], often)
        at += float(rng.exponential(1 / max(rate, 0.2)))
        if at < end:
            mix.put(at, sounds.raindrop, level - float(rng.uniform(0, 6)), "near")


def birds(mix: "Mix", start: float, end: float, level: float = -36) -> None:
    rng = mix.chance("birds", start)
    at = start
    while at < end - 1:
        mix.put(at, sounds.chirps, level - float(rng.uniform(0, 4)), "outdoors")
        at += float(rng.uniform(2.6, 5.2))


def clock(mix: "Mix", start: float, end: float, level: float, room: str = "near") -> None:
    for number, at in enumerate(every(start, end, 1.0)):
        mix.put(at, sounds.clock_tick, level - number % 2, room)


def det_som_inte_syns(mix: "Mix", now: Timeline) -> None:
    cut = [0.0, *(shot.start for shot in now.shots), now.length]
    day = 3.2
    shadow = now.at(13, "skugga") - 0.4

    mix.bed(sounds.room_tone, -52)
    mix.bed(sounds.street, -46, cut[2], cut[3], (1.5, 0.3))
    for number, name in enumerate(("D4", "A4", "G4")):
        mix.note(cut[2] + 0.1 + 0.35 * number, name, -24)

    # Three mornings: the chairs are taken down, each day with less noise.
    mix.bed(sounds.corridor_tone, -49, cut[3], cut[4], (0.3, 0.2))
    for number in range(3):
        begun = cut[3] + 0.5 + day * number
        for at in (0.9, 1.5):
            mix.put(begun + at, sounds.chair, -33 - 3 * number, seconds=0.4)
        mix.put(begun + 2.0, sounds.pencil, -38, "near", seconds=0.45)
    mix.put(now.at(10, "skoltrötthet") + 1.0, sounds.laid_down, -38, "near")

    # The surgery. As the shadow grows, everything gets quieter.
    mix.bed(
        sounds.fan, -52, cut[4], cut[5], (0.3, 0.2), curve=((shadow, 0), (shadow + 2.6, -4), (cut[5], -4))
    )
    clock(mix, cut[4] + 0.2, shadow, -42)
    clock(mix, shadow + 0.3, cut[5], -46)
    for number in range(3):
        mix.put(now.at(12, "gång på") + 0.2 + 0.9 * number, sounds.paper, -37, "near")

    mix.bed(sounds.room_tone, -49, cut[5], cut[6], (0.3, 0.2))
    for at in (cut[5] + 0.3, now.line(16).start + 1.0, now.line(17).start - 0.2):
        mix.put(at, sounds.paper, -35, "near")
    for at in (now.line(16).start, now.line(16).start + 1.8, now.line(17).start + 0.7):
        mix.put(at, sounds.pencil, -37, "near", seconds=0.8, strokes=2)

    mix.bed(sounds.fan, -50, cut[6], cut[7], (0.3, 0.6))
    mix.walk([cut[6] + 0.3 + 0.75 * at for at in range(5)], -32, "room")
    for at in (1.5, 2.5):
        mix.put(cut[6] + at, sounds.china, -42)
    mix.put(now.at(20, "glänt") - 0.2, sounds.door_opens, -36)

    for at in (
        now.line(23).start + 1.7,
        now.at(23, "prostitution") + 1.5,
        now.line(24).start + 1.5,
        now.line(25).start + 1.5,
    ):
        mix.put(at, sounds.laid_down, -33)
    closes = now.line(26).end + 0.35
    mix.note(closes, "F#4", -22)
    mix.note(closes, "D3", -27)

    mix.put(now.line(27).start + 1.5, sounds.chair, -34, seconds=0.4)
    mix.put(now.at(28, "att få") + 1.4, sounds.door_shuts, -36)
    mix.put(now.line(29).start + 0.3, sounds.handle, -38, "near")
    mix.put(now.line(30).start + 0.2, sounds.pencil, -36, "near", seconds=2.3)

    mix.bed(sounds.street, -50, cut[10], now.length, (1.5, 0.8))
    birds(mix, now.line(32).end, now.length - 0.6, -38)
    mix.put(now.line(33).start + 0.2, sounds.door_opens, -37, "outdoors")
    for number in range(22):
        mix.put(
            now.line(34).start + 0.78 * (number + 0.8), sounds.gravel_step, -31 - 0.9 * number, "outdoors"
        )


def fyra_dorrar(mix: "Mix", now: Timeline) -> None:
    cut = [0.0, *(shot.start for shot in now.shots), now.length]
    handle = now.line(23).start
    opens = handle + 1.2
    stops = now.line(22).start - 0.2

    # The corridor is heard behind a door from shot 3 to the one where the door opens.
    mix.bed(sounds.room_tone, -52, 0, now.length)
    mix.bed(sounds.corridor_tone, -47, cut[2] - 0.3, cut[3] + 0.1, (0.6, 0.2))
    mix.bed(sounds.corridor_tone, -46, cut[3], cut[6], (0.2, 0.3), high=420)
    mix.bed(sounds.corridor_tone, -48, cut[7], cut[12], (1.0, 0.4))
    mix.bed(sounds.corridor_tone, -46, cut[12], opens + 1.5, (0.4, 1.5), high=420)
    mix.bed(sounds.corridor_tone, -45, opens, now.length, (1.5, 1.0))

    mix.passing(every(cut[2] + 0.5, cut[3] - 0.2, 0.92 / 2), -27, "corridor")
    mix.note(now.line(4).end + 0.55, "D4", -24)
    for no in (6, 8, 10):
        mix.passing([now.line(no).end + 0.15 + at for at in PASSING], -25, "behind")
    told = (now.line(7).end + 0.02, now.at(8, "Sedan") - 0.7, now.at(8, "att jag") - 0.35)
    for at in told:
        mix.put(at, sounds.buzz, -31, "near")
    mix.put(now.at(10, "gänget"), sounds.cloth, -37, "near", seconds=1.5)
    mix.put(now.at(10, "gänget") + 0.9, sounds.zip_pull, -40, "near")

    # The pavement: legs pass, a coin falls, and the last steps fade to silence.
    mix.bed(sounds.street, -41, cut[6] - 0.1, now.line(13).end + 0.2, (0.3, 1.0))
    walks = (now.line(11).start - 0.3, now.line(12).start + 0.5, now.line(12).start + 3.0)
    for begun in walks:
        mix.passing([begun + 0.3 + 0.5 * at for at in range(5)], -30, "outdoors")
    last = [now.line(13).start - 1.2 + 0.3 + 0.5 * at for at in range(4)]
    for number, at in enumerate(last):
        mix.put(at, sounds.step, -28 - 5 * number, "outdoors")
    mix.put(now.at(12, "varje") + 0.68, sounds.coin, -31, "outdoors")

    mix.note(now.line(13).end + 0.4, "A4", -24)
    mix.put(now.line(15).end + 0.35, sounds.lock, -33, "far")
    for word in ("vad", "hur", "varför"):
        mix.put(now.at(16, word), sounds.switch, -36)
    mix.put(now.at(17, "ingen"), sounds.switch, -36)

    mix.walk(every(cut[9] + 0.4, cut[11] + 2.3, 0.86), -33, "corridor")
    mix.put(cut[11] + 2.7, sounds.lantern_down, -30, "corridor")

    # One passes. Then steps come, and stop.
    mix.passing([cut[12] + 0.45 + at for at in PASSING], -25, "behind")
    for begun, long in ((-2.28, 0.66), (-1.60, 0.70), (-0.84, 0.80)):
        mix.put(stops + begun + 0.9 * long, sounds.step, -24, "behind")
    mix.note(stops - 1.35, "G4", -25)
    for at in (handle - 1.08, handle - 0.78):
        mix.put(at, sounds.knock, -23)
    mix.put(handle + 1.07, sounds.handle, -31)
    mix.put(opens, sounds.door_opens, -36)
    for begun in (2.75, 3.20):
        mix.put(handle + begun + 0.5, sounds.step, -31, "corridor")
    closes = now.line(23).end + 0.9
    mix.note(closes, "F#4", -21)
    mix.note(closes, "D3", -26)
    mix.note(closes + 0.3, "A3", -30)
    mix.put(now.at(24, "språk") + 0.6, sounds.cloth, -36, "near")
    mix.put(now.at(24, "språk") + 1.1, sounds.handle, -42, "near")
    birds(mix, now.line(24).end + 0.6, now.length - 0.5, -37)


def samtalet(mix: "Mix", now: Timeline) -> None:
    cut = [0.0, *(shot.start for shot in now.shots), now.length]
    asked = now.line(10).start
    quiet = now.line(11).end

    mix.bed(sounds.room_tone, -52)
    # The rain is the film's long movement: it falls, thins out, and has stopped when Samira waits.
    mix.bed(
        sounds.rain,
        -41,
        0,
        quiet + 1.5,
        (2.0, 2.5),
        curve=((0, -2), (cut[2], 0), (cut[5], 0), (asked, -6), (quiet, -10)),
    )
    rain_drops(mix, 0.6, cut[5], (12, 7), -37)
    rain_drops(mix, cut[5], quiet - 1, (6, 1), -38)
    clock(mix, cut[2] + 0.3, cut[6], -44)
    clock(mix, cut[6] + 0.3, cut[7], -36)
    clock(mix, cut[7] + 0.3, cut[10], -44)

    mix.put(now.line(5).start - 0.2, sounds.castor, -33)
    begun, stop = now.line(6).start, now.at(6, "går.") + 0.2
    mix.put(begun + 0.5, sounds.pouring, -33, "near", seconds=stop - begun - 0.6)
    mix.put(now.at(6, "först") + 0.1, sounds.laid_down, -38, "near")
    birds(mix, cut[8] + 0.3, cut[8] + 1.2, -38)
    mix.put(now.at(14, "skuld") + 0.35, sounds.china, -40, "near")
    mix.put(now.line(17).end + 0.35, sounds.drip, -38, "near")
    for word in ("skydd", "någon som kan", "personer"):
        mix.put(now.at(19, word), sounds.switch, -40, "far")
    mix.put(cut[12] + 1.55, sounds.laid_down, -33, "near")
    mix.put(now.line(24).start + 1.2, sounds.laid_down, -40, "near")

    closes = now.line(27).end + 0.05
    for number, name in enumerate(("D4", "A4", "G4", "F#4")):
        mix.note(closes + 0.3 * number, name, -23)
    mix.put(now.at(28, "genast") + 0.5, sounds.cloth, -39, "near")
    mix.put(now.at(28, "vill") + 0.4, sounds.cloth, -39, "near")
    mix.walk([cut[16] + 0.2 + 0.62 * at for at in range(6)], -36, "room")
    mix.bed(sounds.street, -47, cut[16] - 0.5, now.length, (1.5, 0.8))
    birds(mix, cut[16] + 0.3, now.length - 0.6, -38)


def hon_fragade(mix: "Mix", now: Timeline) -> None:
    cut = [0.0, *(shot.start for shot in now.shots), now.length]

    # The corridor of a school. Somebody passes, and a door is shut.
    mix.bed(sounds.corridor_tone, -45, 0, cut[2] + 0.2, (0.5, 0.6))
    begun = now.line(1).end
    mix.bed(sounds.voices, -46, 0, begun + 3.2, (1.0, 0.3), high=1600)
    mix.passing([begun + 0.25 + 0.5 * at for at in range(6)], -24, "corridor")
    mix.put(begun + 3.0, sounds.door_shuts, -25, "corridor")
    for number, name in enumerate(("D4", "A4", "G4")):
        mix.note(begun + 3.2 + 0.45 * number, name, -24)

    # Karin's room, and from the inside of it she walks out.
    mix.bed(sounds.room_tone, -50, cut[2], cut[3], (0.4, 0.4))
    clock(mix, cut[2] + 0.2, cut[3], -45)
    mix.walk([now.line(5).start + 0.5 + 0.62 * at for at in range(4)], -36, "room")

    # The dining hall.
    mix.bed(sounds.corridor_tone, -46, cut[3], cut[5], (0.6, 0.8))
    mix.bed(sounds.fan, -54, cut[3], cut[5], (0.6, 0.8))
    for no in (6, 7):
        mix.put(now.line(no).end - 0.3, sounds.china, -42, "far")
    for number, at in enumerate((0.15, 0.75, 1.35)):
        mix.put(now.line(8).end + at, sounds.step, -26 - 3 * number, "corridor")
    mix.put(cut[4] + 0.05, sounds.step, -25, "corridor")
    mix.put(cut[4] + 0.35, sounds.chair, -26, seconds=0.75)

    # The office: what is written down.
    mix.bed(sounds.room_tone, -49, cut[5], cut[6], (0.5, 0.5))
    clock(mix, cut[5] + 0.3, cut[6], -46)
    mix.put(now.at(24, "Hon skrev"), sounds.pencil, -37, "near", seconds=3.2)
    mix.put(now.line(25).start + 0.1, sounds.handle, -42, "near")

    # The house for children: warm and small.
    mix.bed(sounds.room_tone, -48, cut[6], cut[7] + 0.4, (0.5, 0.8))
    mix.put(now.line(27).end + 0.15, sounds.thump, -30, "near")
    for at in (cut[6] + 0.1, now.line(28).end + 0.02, now.line(30).end + 0.05):
        mix.put(at, sounds.chirps, -41, "outdoors")

    closes = now.line(32).end + 0.25
    mix.note(closes, "F#4", -22)
    mix.note(closes, "D3", -27)

    # The corridor again, and now the steps go out.
    end = now.lines[-1].end
    mix.bed(sounds.corridor_tone, -45, cut[7], now.length, (0.8, 1.0))
    mix.bed(
        sounds.voices,
        -43,
        cut[7],
        now.length,
        (1.0, 1.0),
        high=1600,
        curve=((cut[7] + 2.4, 0), (cut[7] + 3, -5)),
    )
    for at in (cut[7] + 0.6, cut[7] + 1.7, end + 0.2):
        mix.put(at, sounds.laughter, -35, "far")
    for number in range(5):
        mix.put(end + 0.5 + 0.5 * number, sounds.step, -24 - 2.5 * number, "corridor")


def passet_lag(mix: "Mix", now: Timeline) -> None:
    cut = [0.0, *(shot.start for shot in now.shots), now.length]

    # A car on gravel, a door, larks.
    mix.bed(sounds.street, -48, 0, cut[2] + 0.3, (0.8, 0.6))
    begun = now.line(1).end
    mix.put(begun + 0.1, sounds.engine, -30, "outdoors", seconds=2.6, stops=True)
    mix.put(begun + 0.1, sounds.tyres, -26, "outdoors", seconds=2.2)
    mix.put(begun + 3.2, sounds.car_door, -26, "outdoors")
    mix.walk([begun + 3.9 + 0.55 * at for at in range(3)], -28, "outdoors", sounds.gravel_step)
    for at in (begun + 2.9, begun + 5.0):
        mix.put(at, sounds.lark, -38, "outdoors")
    for number, name in enumerate(("D4", "A4", "G4")):
        mix.note(begun + 4.9 + 0.5 * number, name, -24)

    # The hall: a tap that drips, a fan that labours.
    mix.bed(sounds.room_tone, -48, cut[2], cut[3], (0.5, 0.5))
    mix.bed(sounds.fan, -46, cut[2], cut[3], (0.8, 0.6))
    for at in every(cut[2] + 0.4, cut[3] - 0.3, 2.3):
        mix.put(at, sounds.drip, -38)
    mix.put(now.at(5, "toaletten") + 0.2, sounds.door_opens, -38)

    # The car. After the hardest line, nothing but the car.
    mix.put(cut[3] + 0.1, sounds.car_door, -28, "near")
    mix.bed(sounds.car, -43, cut[3] + 0.3, cut[4] + 0.2, (0.6, 0.4))

    mix.bed(sounds.room_tone, -48, cut[4], cut[5], (0.4, 0.4))
    mix.put(cut[4] + 0.1, sounds.line_tone, -38, "near", seconds=0.45)

    # A drawer is shut. A small dark room.
    mix.bed(sounds.room_tone, -46, cut[5], cut[6], (0.4, 0.5))
    mix.put(cut[5] + 0.4, sounds.drawer, -25, "near", seconds=0.5, shut=True)

    # A kitchen: the drawer is pulled out.
    mix.bed(sounds.room_tone, -49, cut[6], cut[7], (0.5, 0.5))
    mix.bed(sounds.kettle, -46, cut[6], now.line(14).end + 0.3, (1.2, 0.8))
    mix.bed(sounds.radio, -53, cut[6], cut[7], (1.5, 1.0), high=1400)
    mix.put(now.line(14).end + 0.4, sounds.drawer, -27, "near", seconds=0.9)
    mix.put(now.line(14).end + 1.75, sounds.paper, -36, "near")
    closes = now.line(15).end + 0.3
    mix.note(closes, "F#4", -22)
    mix.note(closes, "D3", -27)
    mix.put(now.line(16).end + 0.2, sounds.china, -38, "near")

    # The office: three ticks on a page, and a drawer that may stay open.
    mix.bed(sounds.room_tone, -48, cut[7], cut[8] + 0.3, (0.5, 0.6))
    for word in ("Vad", "Vem", "Att"):
        mix.put(now.at(20, word) - 0.32, sounds.tick_on_paper, -36, "near")
    mix.put(now.line(20).end + 0.3, sounds.drawer, -29, "near", seconds=0.8)

    # The car again, and larks.
    mix.bed(sounds.street, -47, cut[8], now.length, (1.0, 0.8))
    mix.put(cut[8] + 0.1, sounds.car_door, -28, "outdoors")
    mix.put(cut[8] + 0.9, sounds.engine, -31, "outdoors", seconds=3.0, starts=True)
    mix.put(cut[8] + 2.2, sounds.tyres, -30, "outdoors", seconds=1.8)
    for at in (cut[8] + 0.4, cut[8] + 2.6, now.lines[-1].end + 0.3):
        mix.put(at, sounds.lark, -38, "outdoors")


SCORES: dict[str, Callable[["Mix", Timeline], None]] = {
    "det-som-inte-syns": det_som_inte_syns,
    "fyra-dorrar": fyra_dorrar,
    "samtalet": samtalet,
    "hon-fragade-en-gang-till": hon_fragade,
    "passet-lag-i-chefens-lada": passet_lag,
}

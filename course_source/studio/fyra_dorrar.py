"""The film "Fyra dörrar", shot by shot: what moves, and when. All times come from the lines."""

import itertools
import math
from functools import cache

import doors
from drawing import (
    INK,
    MIST,
    NIGHT,
    SANS,
    along,
    both,
    ellipse,
    first_card,
    line,
    moved,
    out,
    push,
    swing,
    veil,
    words,
)
from things import DOUBLE_STEP, SKIN, walker_side
from timeline import timeline

SCRIPT = timeline("fyra-dorrar")
LINE = SCRIPT.line
POSTER = SCRIPT.shot(13).start + 0.75
"""The poster's moment: the door is a hand's breadth open, and the light is on the gloves."""

# Steps outside the door: when, how long, which foot, from where to where (x of the foot's middle).
PASSING = (
    (0.0, 0.52, 0, 856, 1040),
    (0.52, 0.52, 1, 948, 1132),
    (1.04, 0.52, 0, 1040, 1224),
    (1.56, 0.52, 1, 1132, 1316),
    (2.08, 0.52, 0, 1224, 1400),
)
COMING = ((-2.28, 0.66, 1, 760, 930), (-1.60, 0.70, 0, 846, 1074), (-0.84, 0.80, 1, 930, 1146))
ASIDE = ((0.0, 0.55, 1, 1146, 1236), (0.45, 0.60, 0, 1074, 1250))

PASSES = tuple(LINE(no).end + 0.15 for no in (6, 8, 10))
"""When somebody begins to pass the door in shots 3, 4 and 5."""
STOP = LINE(22).start - 0.2
KNOCKS = (LINE(23).start - 1.08, LINE(23).start - 0.78)
HANDLE = LINE(23).start
PRESS, OPEN, REACH = HANDLE + 0.95, HANDLE + 1.2, HANDLE + 1.35
STEP_ASIDE = HANDLE + 2.75
BUZZES = (LINE(7).end + 0.02, LINE(8).at("Sedan") - 0.7, LINE(8).at("att jag") - 0.35)
SLIDES = LINE(10).at("gänget")
LEGS = (
    (LINE(11).start - 0.3, 640, "#1d4a51"),
    (LINE(12).start + 0.5, 590, "#35625f"),
    (LINE(12).start + 3.0, 620, "#1d4a51"),
    (LINE(13).start - 1.2, 560, "#4b6a6c"),
)
"""Who passes the cup: from when, how fast and in what trousers."""
COIN = LINE(12).at("varje")
SWITCHES = tuple(LINE(16).at(word) for word in ("vad", "hur", "varför"))
FALL = LINE(17).at("ingen")
LANTERN_DOWN = SCRIPT.shot(11).start + 2.7


def steps(walk, start):
    return [(start + begun, *rest) for begun, *rest in walk]


def feet(time, *walks):
    """What stands in the strip of light: a foot that stands does not move, so that no shadow slides."""
    shown = []
    for walk in walks:
        if time < walk[0][0] - 0.2:
            continue
        for foot in (0, 1):
            mine = [step for step in walk if step[2] == foot]
            x, up = mine[0][3], 0.0
            for begun, long, _, a, b in mine:
                if time >= begun:
                    part = both(time, begun, long)
                    x, up = a + (b - a) * part, 4 * part * (1 - part)
            shown.append((x - 24, x + 24, 1 - 0.45 * up))
    return shown


def narrower(shown):
    """The same feet under the door of a room that is seen straight on."""
    return [
        (doors.PLAIN_DOOR + (a - 990) * 220 / 232, doors.PLAIN_DOOR + (b - 990) * 220 / 232, solid)
        for a, b, solid in shown
    ]


@cache
def track(anchors, size):
    """A walk through (time, x), thirty places a second: x, double steps so far, and length of step. Who walks slowly takes
    shorter steps, so that no foot slides."""
    rate, places = 30, []
    start, phase, last = anchors[0][0], 0.0, anchors[0][1]
    for tick in range(math.ceil((anchors[-1][0] - start) * rate) + 1):
        time = start + tick / rate
        a, b = next(
            pair for pair in itertools.pairwise(anchors) if time <= pair[1][0] or pair[1] is anchors[-1]
        )
        x = a[1] + (b[1] - a[1]) * along(time, a[0], b[0] - a[0])
        stride = min(1.0, max(0.3, (x - last) * rate / 230))
        phase += (x - last) / (DOUBLE_STEP * size * stride)
        places.append((x, phase, stride))
        last = x
    return start, rate, tuple(places)


def walking(time, anchors, size):
    start, rate, places = track(anchors, size)
    at = min(max((time - start) * rate, 0.0), len(places) - 1.001)
    low = int(at)
    return tuple(a + (b - a) * (at - low) for a, b in zip(places[low], places[low + 1], strict=True))


def shot_1(t, s):
    leave = LINE(2).end + 0.15
    return first_card(s, (LINE(1).start, LINE(2).start), (doors.CORRIDOR_DOORS[2] + 22, 688, 220, 6), leave)


def shot_2(t, s):
    """Four doors. Someone walks past with a folder, and the strips are broken one after the other."""
    x = -150 + 196 * (s - 0.2)
    strips = [1 - 0.75 * max(0.0, 1 - abs(x - door - 132) / 150) for door in doors.CORRIDOR_DOORS]
    who = walker_side(MIST, SKIN[1], INK, x / (DOUBLE_STEP * 1.3), NIGHT, doors.FOLDER, stride=1)
    lit = both(s, 0, 1.0)
    return doors.corridor(
        strips,
        things=doors.ceiling_lamp(600, 116, lit)
        + ellipse(x, 846, 130, 14, INK, 0.4)
        + moved(who, x, 842, 1.3),
    )


def shot_3(t, s):
    wages, debt = LINE(6).at("Lönen"), LINE(6).at("Skulden")
    p = doors.room(
        feet=feet(t, steps(PASSING, PASSES[0])),
        strip=1 - 0.3 * both(t, wages, 1.6),
        glove=0.92 - 0.2 * both(t, wages, 1.6),
        sway=swing(s, -0.4, 2.6, 0.28, 0.55),
        debt=0.02 + 0.98 * both(t, debt, 2.0),
    )
    return push(p, s / 12, 0.025, 900)


def shot_4(t, s):
    light, buzz, creep = 0.0, 0.0, 0.0
    for at in BUZZES:
        light = max(light, out(t, at, 0.3) * (1 - both(t, at + 1.5, 0.9)))
        creep += 8 * out(t, at, 0.5)
        if at <= t < at + 0.5:
            buzz = 1.0
    light *= 1 - both(t, LINE(8).at("skyldig") + 0.2, 0.5)
    shake = 1.6 * math.sin(150 * t) * buzz
    bars = sum(out(t, at, 0.6) for at in BUZZES)
    return push(
        doors.telephone_room(narrower(feet(t, steps(PASSING, PASSES[1]))), light, bars, creep + shake, buzz),
        s / 11,
        0.02,
    )


def shot_5(t, s):
    slid = both(t, SLIDES, 1.6)
    pull = swing(s, -0.3, 26, 0.45, 0.9) + swing(t, SLIDES + 0.5, 24, 0.8, 1.1)
    return push(
        doors.bag_room(narrower(feet(t, steps(PASSING, PASSES[2]))), 5 * slid, slid, pull), s / 10, 0.02
    )


def shot_6(t, s):
    walkers = [
        (-240 + speed * (t - begun), trousers)
        for begun, speed, trousers in LEGS
        if -400 < -240 + speed * (t - begun) < 1900
    ]
    fallen = t - COIN
    coin = 240 + 900 * max(0.0, fallen) ** 2 if 0 <= fallen < 0.75 else None
    gone = LINE(12).at("inte")
    return doors.pavement(walkers, coin, both(t, COIN + 0.68, 0.2) * (1 - both(t, gone, 0.8)))


def shot_7(t, s):
    """The corridor, empty; then close: the plate without a handle."""
    close = LINE(15).at("och")
    if t < close:
        begun = LINE(14).start
        strips = [1 - 0.9 * both(t, begun + 0.1 + 0.9 * k, 0.9) for k in range(4)]
        glints = [math.sin(math.pi * along(t, LINE(15).start - 0.1 + 0.45 * k, 0.7)) for k in range(4)]
        return push(
            doors.corridor(strips, glints, doors.ceiling_lamp(600, 116, 1 - 0.6 * both(t, begun, 4))),
            s / 7,
            0.02,
        )
    s = t - close
    passing = both(s, 0.9, 0.35) - both(s, 1.7, 0.35)
    view = doors.room(strip=0.8, keyhole=1 - passing, screws=0.75 * math.sin(math.pi * along(s, 0.2, 2.2)))
    return moved(view, 800 - 1010 * 3.4, 430 - 438 * 3.4, 3.4)


def shot_8(t, s):
    drop = both(t, FALL + 0.5, 0.9)
    lit = [out(t, at, 0.6) for at in SWITCHES]
    lit[1] *= 1 - both(t, FALL, 0.6)
    comes = LINE(17).at("barn") - 0.2
    child = out(t, comes, 1.1)
    return push(
        doors.three_words(
            lit, drop, child, swing(t, FALL + 1.2, 4, 0.9, 0.7), swing(t, comes + 0.9, 4, 1.6, 1.2)
        ),
        s / 13,
        0.02,
    )


PURPOSES = ("sexuellt", "arbete", "organ", "krigstjänst", "nödläge")
PURPOSE_WORDS = tuple(LINE(19).at(word) for word in ("sex", "arbete", "organ", "krigstjänst", "annat"))
OFFENCES = ("tvångsarbete", "orimliga villkor", "tiggeri")
OFFENCE_WORDS = tuple(LINE(20).at(word) for word in OFFENCES)
SIZE = 1.22


def shot_9(t, s):
    """The light comes before the one who carries it. A name lights at its word, and stays lit."""
    first = PURPOSE_WORDS[0]
    stops = tuple((at, 87.0 + 320 * k) for k, at in enumerate(PURPOSE_WORDS))
    cut = SCRIPT.shot(9).start
    anchors = (
        (cut, -470.0),
        (first - 3.6, -250.0),
        *stops,
        (SCRIPT.shot(9).end, 1367 + 240 * (SCRIPT.shot(9).end - stops[-1][0])),
    )
    x, phase, stride = walking(t, anchors, SIZE)
    heading = out(t, LINE(18).at("människohandel"), 0.8) * (1 - both(t, LINE(19).start - 0.2, 0.6))
    return doors.lantern_corridor(
        PURPOSES,
        [out(t, at, 0.5) for at in PURPOSE_WORDS],
        x,
        phase,
        stride,
        "människohandel",
        heading,
        swung=4 * math.sin(6.28 * phase),
    )


def shot_10(t, s):
    stops = tuple((at, 307.0 + 490 * k) for k, at in enumerate(OFFENCE_WORDS))
    anchors = (
        (SCRIPT.shot(10).start, -180.0),
        *stops,
        (SCRIPT.shot(10).end, stops[-1][1] + 220 * (SCRIPT.shot(10).end - stops[-1][0])),
    )
    x, phase, stride = walking(t, anchors, SIZE)
    heading = out(t, LINE(20).at("människoexploatering"), 0.8)
    return doors.lantern_corridor(
        OFFENCES,
        [out(t, at, 0.5) for at in OFFENCE_WORDS],
        x,
        phase,
        stride,
        "människoexploatering",
        heading,
        490,
        420,
        190,
        swung=4 * math.sin(6.28 * phase),
    )


def shot_11(t, s):
    """The names go out, one after the other, and the lantern is set down before the third door."""
    off = [1 - both(s, 0.6 + 0.35 * k, 0.5) for k in range(5)]
    names = [name if part > 0.02 else "" for name, part in zip(PURPOSES, off, strict=True)]
    cut = SCRIPT.shot(11).start
    x, phase, stride = walking(t, ((cut, 210.0), (cut + 2.3, 690.0), (cut + 6, 690.0)), SIZE)
    stoop = both(s, 2.2, 0.8) - both(s, 3.25, 0.9)
    return doors.lantern_corridor(
        names,
        off,
        x,
        phase,
        stride,
        down=both(s, 2.3, 0.75),
        freed=both(s, 3.2, 0.6),
        stoop=stoop,
        swung=4 * math.sin(6.28 * phase) * (1 - both(s, 1.6, 0.6)),
    )


def shot_12(t, s):
    """One passes. Then steps come, and stop."""
    walks = (steps(PASSING, SCRIPT.shot(12).start + 0.45), steps(COMING, STOP) + steps(ASIDE, STEP_ASIDE))
    aside = both(t, STEP_ASIDE, 1.0)
    sway = sum(swing(t, at, 0.8, 3) for at in KNOCKS) + swing(t, OPEN + 0.9, 3.0)
    text = words("Du behöver", 560, 352, 54, opacity=out(t, LINE(23).start - 0.1, 0.6)) + words(
        "öppna en dörr.", 560, 424, 54, opacity=out(t, LINE(23).at("öppna") - 0.1, 0.6)
    )
    p = doors.room(
        feet=feet(t, *walks),
        strip=0.62 + 0.38 * both(t, STOP - 0.7, 1.4),
        opening=both(t, OPEN, 1.5),
        handle=out(t, HANDLE, 0.95),
        press=both(t, PRESS, 0.3) - both(t, OPEN + 0.8, 0.5),
        reach=max(0.02, 1.85 * both(t, REACH, 1.7)),
        glove=0.10,
        sway=sway,
        share=0.5 + 0.5 * aside,
        beside=aside,
        text=text,
    )
    return push(p, s / 13, 0.03, 900)


def shot_13(t, s):
    """The door opens on, night becomes morning, and the gloves are taken down."""
    taken = LINE(24).at("språk")
    key = both(s, 0.5, 4.0)
    lifted = both(t, taken + 0.55, 0.7)
    hand = both(t, taken - 0.15, 0.6)
    p = doors.room(
        opening=1 + both(s, 0.8, 3.2),
        handle=1,
        reach=1.85,
        glove=0.1 + 0.9 * key,
        key=key,
        lifted=lifted,
        hand=hand,
        sway=swing(s, -1.5, 3.0) + swing(t, taken + 0.25, 2.5, 2.5),
        text=words("Du behöver", 560, 352, 54, opacity=1 - both(s, 0.1, 0.6))
        + words("öppna en dörr.", 560, 424, 54, opacity=1 - both(s, 0.1, 0.6)),
    )
    return push(p, 1, 0.03, 900)


def numbers(t, advice, danger):
    """The two telephone numbers, as they are read."""
    said = (
        (words("Råd i ditt arbete", 560, 286, 36, colour=NIGHT), advice.start),
        (words("020-39 00 00", 560, 362, 60, SANS, NIGHT), advice.at("020")),
        (words("vardagar kontorstid", 560, 410, 32, colour=NIGHT), advice.at("vardagar")),
        (words("Akut fara", 560, 500, 36, colour=NIGHT), danger.start),
        (words("112", 560, 576, 60, SANS, NIGHT), danger.at("112")),
    )
    return "".join(moved(text, opacity=out(t, at - 0.1, 0.6)) for text, at in said)


def shot_14(t, s):
    branch = line("M-160 90C-40 20 40 -20 180 -120", "#cfc9a6", 9, 0.6) + "".join(
        moved(ellipse(0, 0, 46, 19, "#cfc9a6", 0.6), x, y, turn=turn)
        for x, y, turn in (
            (0, -14, 20),
            (64, -34, -40),
            (-50, 46, 30),
            (40, -84, -20),
            (120, -90, -60),
            (-90, 20, 60),
        )
    )
    shadow = moved(branch, 200 + 9 * s, 560 - 3 * s, 1.25, turn=5 * math.sin(0.9 * s) + 2 * math.sin(2.3 * s))
    p = doors.room(
        opening=2,
        handle=1,
        reach=1.85,
        key=1,
        hang=False,
        glove=1,
        text=numbers(t, LINE(25), LINE(26)),
        lamp_x=doors.LAMP_X + 5 * s,
        things=shadow,
    )
    end = SCRIPT.length
    return push(push(p, 1, 0.03, 900), s / 16, 0.01) + veil(both(t, end - 0.5, 0.5))

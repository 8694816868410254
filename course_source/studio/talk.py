"""The sets of "Samtalet": a room from grey morning to sun, and what is near in it."""

import math
import random

from drawing import (
    CLAY,
    CLAY_DARK,
    CREAM,
    DEEP,
    FOG,
    INK,
    LAMP,
    MIST,
    NIGHT,
    PALE,
    SUN,
    TEAL,
    both,
    circle,
    clipped,
    ellipse,
    line,
    mix,
    moved,
    number,
    out,
    path,
    polygon,
    rect,
    squeezed,
    words,
)
from things import SKIN, back_of, backpack, coat_hanging, from_behind, hand_round, house_far, mug, sitting

GREY = {
    "wall": "#b9c7c2",
    "floor": "#93a8a3",
    "line": "#86a8a4",
    "frame": "#dfe5dd",
    "sky": "#8fb0ad",
    "hill": "#6f9c97",
    "near": "#5d8a89",
    "house": "#4c7578",
    "roof": "#37595e",
    "glass": "#6f9794",
}
SUNNY = {
    "wall": "#eadfc9",
    "floor": "#d3bf98",
    "line": "#b39b70",
    "frame": "#fffaf0",
    "sky": "#b9d3cb",
    "hill": "#8fb3ab",
    "near": "#6f9c97",
    "house": "#5d8a89",
    "roof": "#3f6d70",
    "glass": "#a9c8c2",
}
SAMIRA, LEO = "#3a7377", "#6f8f8c"
"""Her cardigan, his sweater."""
SAMIRAS, LEOS = SKIN[1], SKIN[0]
MUG_DARK = "#8d3f29"
SHADE = "#5d6a58"
DROPS = "#dfece7"


def tone(name, day):
    return mix(GREY[name], SUNNY[name], day)


def rain(x, y, width, height, drops, fallen, seed=1, size=1.0):
    """`drops` streaks that have come `fallen` far."""
    chance = random.Random(seed)
    strokes = ""
    for at in range(90):
        place, begun, length, speed = (
            chance.uniform(8, width - 8),
            chance.uniform(0, height),
            chance.uniform(22, 42) * size,
            chance.uniform(0.85, 1.15),
        )
        if at < drops:
            top = (begun + fallen * speed) % (height + 60) - 50
            strokes += f"M{number(x + place - top * 0.08)} {number(y + top)}l{number(-0.12 * length)} {number(length)}"
    return line(strokes, DROPS, 3.5, 0.7)


def view(x, y, width, height, day, lit, drops, fallen, seed=1, scale=0.92):
    """What is seen through the window: the house of the first film, across the street."""
    base = y + height - 44
    p = rect(x, y, width, height, tone("sky", day)) + circle(
        x + width * 0.83, y + 150 - 70 * day, 46, PALE, max(0.0, min(1.0, (day - 0.45) * 3))
    )
    p += path(
        f"M{x} {base - 60}c{number(width * 0.2)}-60 {number(width * 0.35)}-40 {number(width * 0.5)}-10s{number(width * 0.3)} 20 {number(width * 0.5)}-30V{y + height}H{x}z",
        tone("hill", day),
    )
    p += moved(
        house_far(lit, tone("house", day), tone("roof", day), tone("glass", day), tone("roof", day)),
        x + width / 2,
        base,
        scale,
    )
    p += rect(x, base, width, 44, tone("near", day)) + line(
        f"M{x + 54} {base}v-120M{x + 54} {base - 50}l-18-22", tone("roof", day), 7
    )
    p += ellipse(x + 54, base - 130, 36, 48, mix(tone("near", day), tone("roof", day), 0.4))
    return p + rain(x, y, width, height, drops, fallen, seed, scale)


def window(x, y, width, height, day, lit=(0, 0, 0, 0), drops=0, fallen=0.0, seed=1, scale=0.92, glass=""):
    """Four panes, as the four words at the end. `glass` is what is on them."""
    frame = tone("frame", day)
    seen = clipped(
        view(x, y, width, height, day, lit, drops, fallen, seed, scale) + glass,
        f"M{x} {y}h{width}v{height}h{-width}z",
        "glass",
    )
    return (
        rect(x - 24, y - 24, width + 48, height + 48, frame)
        + seen
        + rect(x + width / 2 - 7, y, 14, height, frame)
        + rect(x, y + height / 2 - 6, width, 12, frame)
        + rect(x - 52, y + height + 20, width + 104, 26, frame)
        + rect(x - 52, y + height + 44, width + 104, 8, mix(frame, INK, 0.2))
    )


def armchair_with(person, main, light, x, y, flip=False, turned=0.0):
    """An armchair with someone in it: back, person, then the arm in front."""
    back = path("M0 60C0 10 30-10 80-4l60 10c20 4 30 16 28 36l-12 170H40z", light) + line(
        "M-10 330l-16 62M232 330l14 62", NIGHT, 12
    )
    seat = path("M20 212h224c14 0 24 10 24 24v60c0 12-8 20-20 20H0z", main)
    front = path("M-34 150c0-26 20-40 44-34 20 6 28 22 28 46v64h40v90H0c-20 0-34-12-34-34z", main)
    narrow = 1 - 0.1 * turned
    whole = (
        squeezed(back + seat, 0, 0, narrow)
        + moved(person, 92 * narrow, 204)
        + squeezed(front, -8 * turned, 0, 1 + 0.2 * turned)
    )
    return moved(whole, x, y, flip=flip)


def floor_panes(parts, shift=0.0, opacity=0.8):
    """Four panes of sun on the floor, from the window towards us; they wander as the sun climbs."""

    def at(u, v):
        top, bottom = 640 + 360 * u - shift * 0.4, 330 + 760 * u - shift
        return top + (bottom - top) * v, 676 + 214 * v

    p = ""
    for part, (across, down) in zip(parts, ((1, 0), (0, 0), (1, 1), (0, 1)), strict=True):
        left, right = 0.02 + across * 0.5, 0.46 + across * 0.5
        top, bottom = 0.04 + down * 0.5, 0.44 + down * 0.52
        p += polygon(
            (at(left, top), at(right, top), at(right, bottom), at(left, bottom)), SUN, opacity * part
        )
    return p


def wall_clock(x, y, radius, seconds, hand=CLAY):
    turn = math.radians(seconds * 6 - 90)
    marks = "".join(
        line(
            f"M{number(x + radius * 0.8 * math.cos(a))} {number(y + radius * 0.8 * math.sin(a))}L{number(x + radius * 0.88 * math.cos(a))} {number(y + radius * 0.88 * math.sin(a))}",
            MIST,
            max(3, radius * 0.03),
        )
        for a in (math.pi * hour / 6 for hour in range(12))
    )
    hands = line(
        f"M{x} {y}L{number(x - radius * 0.42)} {number(y - radius * 0.18)}M{x} {y}L{number(x + radius * 0.1)} {number(y - radius * 0.66)}",
        NIGHT,
        radius * 0.07,
    )
    second = line(
        f"M{number(x - radius * 0.16 * math.cos(turn))} {number(y - radius * 0.16 * math.sin(turn))}L{number(x + radius * 0.76 * math.cos(turn))} {number(y + radius * 0.76 * math.sin(turn))}",
        hand,
        max(3, radius * 0.035),
    )
    return (
        circle(x, y, radius, NIGHT)
        + circle(x, y, radius * 0.88, CREAM)
        + marks
        + hands
        + second
        + circle(x, y, radius * 0.06, NIGHT)
    )


def ticking(time, long=0.12):
    """Where a second hand is that jumps: it moves for `long` seconds and then waits."""
    return math.floor(time) + out(time % 1, 0, long) - 1


def door(x, y, width, height, day):
    leaf = mix("#4f7c7c", "#5f8f8e", day)
    p = rect(x - 20, y - 20, width + 40, height + 20, TEAL) + rect(x, y, width, height, leaf)
    p += rect(x + 30, y + 44, width - 60, height * 0.3, mix(leaf, NIGHT, 0.14)) + rect(
        x + 30, y + height * 0.46, width - 60, height * 0.44, mix(leaf, NIGHT, 0.14)
    )
    return (
        p
        + rect(x + 18, y + height * 0.5 - 30, 18, 64, CLAY_DARK, 6)
        + rect(x + 21, y + height * 0.5 - 6, 50, 14, CLAY, 7)
    )


def floor_lamp(x, ground, lit):
    cone = polygon(
        ((x - 56, ground - 566), (x + 56, ground - 566), (x + 190, ground), (x - 190, ground)),
        PALE,
        0.3 * lit,
    )
    return (
        cone
        + line(f"M{x} {ground}V{ground - 570}", NIGHT, 9)
        + path(f"M{x - 58} {ground - 562}h116l-28-94h-60z", mix("#9db3ad", LAMP, lit))
        + path(f"M{x - 36} {ground}h72l-14-12h-44z", NIGHT)
    )


def low_table(x, y):
    return (
        ellipse(x, y + 154, 140, 14, "#6d6242", 0.35)
        + line(f"M{x} {y + 24}v124M{x} {y + 148}l-56 9M{x} {y + 148}l56 9", NIGHT, 12)
        + ellipse(x, y + 8, 140, 26, NIGHT)
        + ellipse(x, y, 140, 25, DEEP)
    )


def small_glass(x, y):
    return path(f"M{x - 20} {y - 68}h40l-5 66h-30z", DROPS, 0.9) + path(
        f"M{x - 18} {y - 44}h36l-3 42h-30z", "#a9c8c2"
    )


def room(
    day,
    drops=0,
    fallen=0.0,
    lamp=1.0,
    turn=0.0,
    away=0.0,
    panes=(0, 0, 0, 0),
    shift=0.0,
    seconds=20.0,
    tap=0.0,
    hers=0.0,
    lean=0.0,
    texts="",
    glass_x=742,
):
    p = (
        rect(0, 0, 1600, 900, tone("wall", day))
        + rect(0, 660, 1600, 240, tone("floor", day))
        + rect(0, 650, 1600, 12, tone("line", day))
    )
    p += window(540, 86, 520, 440, day, drops=drops, fallen=fallen) + floor_panes(panes, shift)
    p += wall_clock(330, 210, 62, seconds, NIGHT) + door(1330, 150, 190, 510, day)
    p += rect(1180, 250, 110, 12, NIGHT, 6) + line("M1206 262v12M1262 262v12", NIGHT, 8)
    p += path(
        "M1188 286c14-14 30-14 44 0 16 6 22 16 24 34l12 126h-22l2 30h-72l2-30h-22l12-126c2-18 8-28 24-34z",
        mix("#6f8f8c", "#7fa09b", day),
    ) + line("M1210 290v180", NIGHT, 4, 0.35)
    p += (
        floor_lamp(150, 800, lamp)
        + ellipse(400, 836, 190, 18, SHADE, 0.35)
        + ellipse(1190, 836, 190, 18, SHADE, 0.35)
    )
    samira = sitting(SAMIRA, SAMIRAS, "long", turn=turn, hand=hers, lean=lean)
    leo = sitting(LEO, LEOS, "short", NIGHT, turn=turn * 0.35, head_turn=-26 * away, tap=tap)
    p += armchair_with(samira, TEAL, "#3f777a", 286 - 34 * turn, 446, turned=turn) + armchair_with(
        leo, CLAY, "#c66d4f", 1300, 446, flip=True
    )
    return (
        p
        + low_table(796, 690)
        + small_glass(glass_x, 690)
        + moved(mug(CLAY, MUG_DARK), 846, 636, 0.36)
        + texts
    )


def near_table(day, top=560):
    return (
        rect(0, 0, 1600, 900, tone("wall", day))
        + rect(0, top, 1600, 900 - top, DEEP)
        + rect(0, top, 1600, 12, NIGHT)
    )


def pouring(day, fallen, drops, filled, tilt, stream, slid, reached, ripple, hers):
    """A carafe and a glass. `filled` and `tilt` are 0 to 1, `stream` is how much runs; the glass is slid to the right,
    where a hand reaches for it. `hers`: how far her hand has left the carafe, come to the glass, and left that."""
    p = rect(0, 0, 1600, 900, tone("wall", day)) + window(
        930, -190, 560, 560, day, drops=drops, fallen=fallen, scale=1.2
    )
    p += (
        rect(0, 560, 1600, 340, DEEP)
        + rect(0, 560, 1600, 12, NIGHT)
        + polygon(((980, 572), (1430, 572), (1290, 900), (640, 900)), DROPS, 0.06 + 0.1 * day)
    )
    x, foot, tall = 760 + 330 * slid, 770.0, 300.0
    level = 36 + (tall - 96) * filled

    def half(height):
        return 92 + 26 * height / tall

    def side(height):
        return f"{number(x - half(height))} {number(foot - height)}"

    p += ellipse(x + 18, foot + 6, 150, 20, INK, 0.4)
    body = f"M{side(0)}L{side(tall)}H{number(x + half(tall))}L{number(x + half(0))} {foot}Q{number(x)} {foot + 26} {side(0)}z"
    p += path(body, DROPS, 0.28)
    if filled > 0:
        p += path(
            f"M{side(12)}L{side(level)}H{number(x + half(level))}L{number(x + half(12))} {foot - 12}Q{number(x)} {foot + 10} {side(12)}z",
            "#a9c8c2",
            0.85,
        )
        p += ellipse(x, foot - level, half(level), 15 + ripple, "#c9dfda")
    mouth = 54 * (1 - tilt)
    if stream > 0:
        p += line(
            f"M{number(x - 20)} {270 + mouth:.0f}C{number(x - 4)} 330 {number(x)} 400 {number(x)} {number(foot - level)}",
            "#c9dfda",
            16 * stream,
        )
        p += ellipse(x, foot - level, 40 * stream, 7, DROPS)
    p += ellipse(x, foot - tall, half(tall), 17, DROPS, 0.4) + line(
        f"M{side(tall - 10)}L{side(26)}", CREAM, 7, 0.5
    )
    carafe = path(
        "M-64 -190C-64 -120 -140 -90 -140 40v150c0 40 20 50 60 50h160c40 0 60-10 60-50V40C140 -90 64 -120 64 -190z",
        DROPS,
        0.34,
    )
    surface = 70 + 66 * filled
    inner = f"M-132 {number(surface)}H132V186c0 36-18 46-54 46H-78c-36 0-54-10-54-46z"
    inside = path(inner, "#a9c8c2", 0.85) + ellipse(0, surface, 132, 14, "#c9dfda")
    tipped = (
        moved(carafe, turn=0)
        + moved(inside, turn=0)
        + ellipse(0, -190, 64, 13, DROPS, 0.6)
        + line("M-104 60v120", CREAM, 8, 0.4)
    )
    hand = (
        line("M-420 30C-330 -10 -230 20 -150 60", SAMIRA, 92)
        + line("M-190 40L-120 66", SAMIRAS, 70)
        + "".join(line(f"M-128 {y}Q-60 {y - 12} -20 {y + 8}", SAMIRAS, 34) for y in (36, 74, 112))
    )
    up = both(tilt, 0, 1)
    p += ellipse(430, foot + 20, 190, 22, INK, 0.4 * (1 - up)) + moved(
        tipped, 430 + 90 * up, 545 - 250 * up, turn=62 * up
    )
    left, came, went = hers
    p += (
        moved(moved(hand, -560 * left, 90 * left), 430 + 90 * up, 545 - 250 * up, turn=62 * up)
        if left < 1
        else ""
    )
    p += (
        moved(
            hand, x - half(140) - 4 - 760 * (1 - came) - 760 * went, foot - 210 + 60 * (1 - came) + 60 * went
        )
        if came > 0 and went < 1
        else ""
    )
    if reached > 0:
        away = 520 * (1 - reached)
        p += line(
            f"M{number(1760 + away)} 800C{number(1560 + away)} 780 {number(1420 + away)} 720 {number(1330 + away)} 690",
            LEO,
            110,
        ) + line(f"M{number(1360 + away)} 700L{number(1290 + away)} 676", LEOS, 84)
        p += "".join(
            line(
                f"M{number(1300 + away)} {y}Q{number(1230 + away)} {y - 18} {number(1166 + away)} {y - 6}",
                LEOS,
                36,
            )
            for y in (620, 658, 696, 732)
        )
    return p


def steam(time, bend=0.0, amount=0.7, x=800, y=262):
    """Two threads that rise and sway; `bend` is when someone holds hard."""
    p = ""
    for shift, height, late in ((-44, 150, 0.0), (40, 176, 1.9)):
        points = []
        for step in range(13):
            up = step / 12
            sway = 16 * up * math.sin(2.6 * up * 3 - 2.2 * time + late) + 46 * bend * up * up
            points.append((x + shift + sway, y - height * up))
        p += line("M" + "L".join(f"{number(a)} {number(b)}" for a, b in points), CREAM, 9, amount)
    return p


def mug_near(day, time, hands="", bend=0.0, sun=0.0, texts="", amount=0.7):
    """The mug on the table, and the hands that are at it."""
    p = near_table(day) + polygon(
        ((1010 - 90 * sun, 572), (1300 - 90 * sun, 572), (1110 - 150 * sun, 900), (700 - 150 * sun, 900)),
        SUN,
        0.28 * min(1, 0.4 + sun),
    )
    p += (
        texts
        + ellipse(800, 690, 250, 30, INK, 0.4)
        + steam(time, bend, amount)
        + moved(mug(CLAY, MUG_DARK), 800, 330, 1.9)
    )
    return p + hands


def both_hands(gap=0.0, opened=(0, 0, 0, 0), low=0.0):
    left = moved(hand_round(-1, LEOS, LEO, opened), 690 - gap, 400 + low, 1.25)
    return left + moved(hand_round(1, LEOS, LEO, opened), 910 + gap, 400 + low, 1.25)


def thumb(along_rim):
    """A thumb that goes along the rim."""
    x = 668 + 90 * along_rim
    y = 330 + 53 * math.sqrt(max(0.0, 1 - ((x - 800) / 180) ** 2)) - 6
    return line(
        f"M556 470C590 {number(y + 40)} {number(x - 60)} {number(y + 8)} {number(x)} {number(y)}", LEOS, 40
    )


def clock_and_window(day, seconds, fallen, meet, run):
    """The clock, near; on the pane two drops meet and run."""
    p = (
        rect(0, 0, 1600, 900, tone("wall", day))
        + rect(0, 840, 1600, 60, tone("floor", day))
        + rect(0, 830, 1600, 12, tone("line", day))
    )
    left, right = 976 + 22 * meet, 1028 - 22 * meet
    y = 250 + 24 * meet
    drops = ""
    if run <= 0:
        drops += (
            line(
                f"M{number(left - 4)} 150L{number(left)} {number(y)}M{number(right + 3)} 132L{number(right)} {number(y - 4)}",
                DROPS,
                5,
                0.5,
            )
            + ellipse(left, y, 9, 13, "#eef5f1")
            + ellipse(right, y - 4, 9, 13, "#eef5f1")
        )
    else:
        foot = 274 + 390 * run
        drops += line(f"M1002 140V{number(foot)}", DROPS, 6, 0.55) + ellipse(
            1002 + 5 * math.sin(7 * run), foot, 12, 17, "#eef5f1"
        )
    for x, top, speed in ((904, 170, 26), (1290, 220, 18), (1366, 150, 34)):
        foot = top + speed * fallen
        drops += line(f"M{x} {number(foot - 90)}V{number(foot)}", DROPS, 5, 0.5) + ellipse(
            x, foot, 8, 12, "#eef5f1"
        )
    p += window(860, 120, 560, 560, day, scale=1.05, glass=drops)
    return p + ellipse(448, 424, 216, 216, INK, 0.12) + wall_clock(440, 410, 210, seconds)


def mist(x, y, width, height, clear):
    """A misted half of the window that clears from below, with an uneven edge."""
    if clear >= 1:
        return ""
    edge = y + height * (1 - clear) + 40 * math.sin(math.pi * clear)
    wave = f"M{x} {y}H{x + width}V{number(edge)}C{number(x + width * 0.75)} {number(edge - 50)} {number(x + width * 0.6)} {number(edge + 36)} {number(x + width * 0.42)} {number(edge - 8)}S{number(x + width * 0.15)} {number(edge - 40)} {x} {number(edge + 10)}z"
    return path(wave, "#dbe6e1", 0.8)


def behind_them(day, lit, left, right, drip, texts="", leo=0.0, samira=0.0, shown=1.0):
    """The window, and in front of it the two from behind. Its halves are clear as far as `left` and `right` say."""
    x, y, width, height = 130, 64, 880, 600
    fog = mist(x, y, width // 2, height, left) + mist(x + width // 2, y, width // 2, height, right)
    runs = "".join(
        line(f"M{a} {number(b + c * drip - 70)}V{number(b + c * drip)}", DROPS, 5, 0.7)
        + ellipse(a, b + c * drip, 8, 12, "#eef5f1")
        for a, b, c in ((700, 150, 22), (850, 90, 30), (930, 240, 14))
    )
    p = rect(0, 0, 1600, 900, tone("wall", day)) + window(
        x, y, width, height, day, lit, scale=1.3, glass=fog + runs
    )
    return (
        p
        + moved(back_of(SAMIRA, SAMIRAS, "long", samira), 300, 900 + 440 * (1 - shown), 1.2)
        + moved(back_of(LEO, LEOS, "short", leo), 880, 900, 1.2)
        + texts
    )


def three_kinds(lit):
    """What there is, one word a lit window."""
    p = ""
    for y, name, part in zip((250, 370, 490), ("skydd", "lagen", "stöd"), lit, strict=True):
        p += (
            rect(1150, y - 58, 58, 68, INK, opacity=0.25 + 0.75 * part)
            + rect(1155, y - 53, 48, 58, mix("#9fb3ad", LAMP, part))
            + rect(1177, y - 53, 4, 58, INK)
            + words(name, 1240, y, 72, colour=NIGHT, opacity=part)
        )
    return p


PHONE = "M-80 -170h160c16 0 26 10 26 26v300c0 16-10 26-26 26h-160c-16 0-26-10-26-26v-300c0-16 10-26 26-26z"


def open_hand(turn=6.0):
    """Samira's hand on the table, palm up, fingers to the left."""
    hand = line(
        "M-20 -34C-90 -50 -150 -46 -196 -34M-30 -4C-110 -14 -170 -8 -222 4M-30 28C-110 24 -168 30 -216 42M-16 58C-80 60 -130 66 -172 80",
        SAMIRAS,
        34,
    )
    hand += line("M40 -40C20 -86 -14 -106 -50 -104", SAMIRAS, 36) + path(
        "M-40 -52C-10 -86 70 -74 130 -40l30 110c-60 34-140 30-190 2z", SAMIRAS
    )
    hand += polygon(((112, -58), (620, 90), (580, 260), (126, 92)), SAMIRA) + line(
        "M118 -48L128 84", mix(SAMIRA, INK, 0.2), 30
    )
    return moved(hand, turn=turn)


def table_top(
    sun, phone_x=770.0, height=0.0, turned=0.0, glow=0.0, hand_x=1216.0, hand_y=646.0, hand=True, texts=""
):
    """The table from above: the telephone, Leo's mug and Samira's hand. `sun` is how far the light has crept to it;
    the telephone is `height` above the table, and `turned` from screen down (0) to screen up (1)."""
    creep = 220 * (1 - sun)
    p = (
        rect(0, 0, 1600, 900, "#e3d6bb")
        + rect(0, 0, 1600, 210, tone("wall", 1))
        + path("M0 210H1600V900H0z", "#d9c7a6")
        + rect(0, 210, 1600, 14, "#bfa982")
    )
    p += polygon(
        ((900 + creep, 224), (1180 + creep, 224), (900 + creep * 1.3, 900), (470 + creep * 1.3, 900)),
        SUN,
        0.75,
    )
    p += polygon(
        ((1230 + creep, 224), (1460 + creep, 224), (1330 + creep * 1.3, 900), (1000 + creep * 1.3, 900)),
        SUN,
        0.75,
    )
    p += ellipse(350, 690, 170, 30, "#8c7a58", 0.45) + moved(mug(CLAY, MUG_DARK), 330, 470, 1.3, flip=True)
    across = abs(math.cos(math.pi * turned))
    up = turned > 0.5
    p += squeezed(
        path(PHONE, "#8c7a58", 0.45), phone_x + 22 + 60 * height, 560 + 70 * height, max(0.1, across), -20
    )
    p += moved(ellipse(0, 0, 250, 270, LAMP, 0.28 * glow), phone_x, 540, turn=-20)
    face = path(PHONE, NIGHT)
    if up:
        face += rect(-90, -152, 180, 316, mix("#274b50", LAMP, glow), 14) + moved(
            circle(0, -40, 34, CREAM) + rect(-56, 30, 112, 16, PALE, 8) + rect(-36, 62, 72, 16, PALE, 8),
            opacity=glow,
        )
    else:
        face += (
            rect(-84, -150, 168, 312, "#1a424a", 20) + circle(48, -112, 18, INK) + circle(48, -66, 12, INK)
        )
    p += squeezed(face, phone_x, 540 - 26 * height, max(0.06, across), -20)
    if hand:
        p += ellipse(hand_x + 14, hand_y + 94, 190, 22, "#8c7a58", 0.3) + moved(open_hand(), hand_x, hand_y)
    return p + texts


WORDS = ("Enskilt.", "Öppet.", "Ärligt.", "Tillsammans.")


def shoe(x, y, colour, turn):
    return moved(
        path("M-34 60c-10-40-8-120 8-150 14-22 40-22 52 0 16 30 18 110 8 150-14 16-54 16-68 0z", colour)
        + line("M-12 -40h24M-14 -20h28", MIST, 5),
        x,
        y,
        turn=turn,
    )


def four_panes(creep, said, hers, third):
    """The floor from above. Four panes of sun creep in (`creep`), a word in each; her shoes turn beside his (`hers`),
    and a third pair steps in."""
    p = rect(0, 0, 1600, 900, "#c2ac80") + "".join(
        line(f"M0 {y}H1600", "#b39b70", 4) for y in (70, 210, 350, 490, 630, 770)
    )
    slant = math.tan(math.radians(-18))

    def at(x, y):
        return x + (y - 450) * slant + 330 * (1 - creep), y - 190 * (1 - creep)

    for name, part, (across, down) in zip(WORDS, said, ((0, 0), (1, 0), (0, 1), (1, 1)), strict=True):
        x, y, width, height = 250 + across * 540, 84 + down * 258, 500, 222
        p += polygon(
            (at(x, y), at(x + width, y), at(x + width, y + height), at(x, y + height)),
            SUN,
            0.55 + 0.45 * part,
        )
        middle_x, middle_y = at(x + width / 2, y + height / 2)
        p += words(name, middle_x, middle_y + 26, 70, colour=NIGHT, anchor="middle", opacity=part)
    p += shoe(1080, 720, INK, -8) + shoe(1172, 714, INK, -2)
    p += shoe(196 + 660 * hers, 716 + 4 * hers, "#1c474e", 60 - 58 * hers) + shoe(
        282 + 664 * hers, 744 - 20 * hers, "#1c474e", 66 - 60 * hers
    )
    first, second = both(third, 0, 0.55), both(third, 0.4, 0.6)
    return p + shoe(1306, 1120 - 406 * first, "#7d4f3a", 2) + shoe(1398, 1140 - 420 * second, "#7d4f3a", 6)


def two_hooks(day, bag, coat, sun, child=1.0, grown=1.0, sway=0.0, coat_sway=0.0):
    """A low hook with a bag and a high one with a coat; each is taken away (`bag`, `coat` from 0 to 1)."""
    p = (
        rect(0, 0, 1600, 900, tone("wall", day))
        + rect(0, 760, 1600, 140, tone("floor", day))
        + rect(0, 750, 1600, 12, tone("line", day))
    )
    x = 70 * sun
    p += polygon(((60 + x, 0), (720 + x, 0), (560 + x, 750), (-100 + x, 750)), SUN, 0.5) + polygon(
        ((-100 + x, 762), (560 + x, 762), (530 + x, 900), (-160 + x, 900)), SUN, 0.75
    )
    p += (
        rect(130, 396, 470, 20, NIGHT, 8)
        + line("M366 416v20c0 22 30 22 30 2", NIGHT, 10)
        + ellipse(380, 812, 130, 14, "#6d6242", 0.3 * (1 - bag))
    )
    lift = both(bag, 0, 0.3) * 34
    away = both(bag, 0.2, 0.8)
    hand_in = both(bag, 0, 0.2)
    carried = line("M0 -6v20", NIGHT, 6) + moved(backpack(CLAY, CLAY_DARK), 0, 250, 0.66)
    arm = line("M-18 20C-120 60 -230 180 -420 300", TEAL, 62) + circle(-10, 14, 26, SKIN[3])
    p += moved(
        moved(carried, turn=sway)
        + moved(arm, -260 * (1 - hand_in), 190 * (1 - hand_in), opacity=1 if bag > 0 else 0),
        382 - 900 * away,
        448 - lift + 120 * away,
    )
    p += moved(
        words("Barn:", 130, 250, 68, colour=NIGHT) + words("anmäl genast.", 130, 336, 68, colour=NIGHT),
        opacity=child,
    )
    p += rect(760, 146, 300, 20, NIGHT, 8) + line("M896 166v22c0 22 30 22 30 2", NIGHT, 10)
    off, gone = both(coat, 0, 0.35) * 40, both(coat, 0.3, 0.7)
    reach = both(coat, 0, 0.25)
    sleeve = line("M0 0C-40 120 -120 300 -150 560", LEO, 76) + circle(2, -14, 30, LEOS)
    p += moved(
        moved(coat_hanging("#4f7c7c", mix("#4f7c7c", INK, 0.25)), turn=coat_sway, scale=1.12)
        + moved(sleeve, -30 - 130 * (1 - reach), 60 + 560 * (1 - reach), opacity=1 if coat > 0 else 0),
        908 - 60 * gone,
        206 - off + 920 * gone,
    )
    p += (
        words("Vuxen:", 1110, 336, 56, colour=NIGHT, opacity=grown)
        + words("vad personen vill,", 1110, 412, 50, colour=NIGHT, opacity=grown)
        + words("och säkerheten.", 1110, 482, 50, colour=NIGHT, opacity=grown)
    )
    return p


def way_out(walked, sun, cloud, texts):
    """Two go out through the door, side by side, and on."""
    p = rect(0, 0, 1600, 900, tone("wall", 1)) + polygon(
        ((0 + 50 * sun, 0), (360 + 50 * sun, 0), (250 + 50 * sun, 690), (-110 + 50 * sun, 690)), SUN, 0.5
    )
    p += (
        rect(0, 700, 1600, 200, tone("floor", 1))
        + rect(0, 690, 1600, 12, tone("line", 1))
        + rect(930, 110, 470, 580, TEAL)
        + rect(954, 134, 422, 556, SUN)
    )
    out_there = circle(1290, 260 - 24 * sun, 48, PALE) + moved(
        ellipse(0, 0, 90, 20, "#fffaf0", 0.9) + ellipse(50, -14, 60, 18, "#fffaf0", 0.9),
        980 + 60 * cloud,
        210,
    )
    out_there += (
        path("M954 470c120-50 240-40 422-10v230H954z", FOG)
        + path("M954 560c140-30 300-20 422 0v130H954z", "#d9c7a6")
        + polygon(((1140, 548), (1190, 548), (1330, 690), (1000, 690)), "#f4e3bd")
    )
    out_there += moved(house_far((0, 0, 0, 0), "#8fb0a6", "#6f9c97", FOG, "#6f9c97"), 1060, 552, 0.42)
    p += clipped(out_there, "M954 134h422v556h-422z", "out")
    p += polygon(((954, 702), (1376, 702), (1480, 900), (760, 900)), SUN, 0.8)
    gone = 1 - (1 - walked) ** 1.5
    size = 1.16 - 0.56 * gone
    ground = 868 - 210 * gone
    middle = 1166 + 4 * gone
    pairs = ""
    for way, person, late in (
        (-1, ("short", LEO, LEOS, NIGHT), 0.0),
        (1, ("long", SAMIRA, SAMIRAS, INK), 0.5),
    ):
        hair, coat, skin, trousers = person
        step = math.sin(2 * math.pi * (walked * 8 + late)) * (1 if walked < 1 else 0)
        x = middle + way * 74 * size
        pairs += ellipse(x, ground + 2, 76 * size, 10 * size, "#8f7a52", 0.4) + moved(
            from_behind(coat, hair, skin, trousers, step), x, ground, size
        )
    p += pairs
    p += (
        polygon(((1376, 134), (1500, 84), (1500, 760), (1376, 690)), "#5f8f8e")
        + polygon(((1400, 170), (1478, 140), (1478, 330), (1400, 346)), "#4f7c7c")
        + polygon(((1400, 400), (1478, 396), (1478, 690), (1400, 646)), "#4f7c7c")
    )
    return p + rect(1384, 392, 16, 62, CLAY_DARK, 6) + rect(1388, 416, 52, 15, CLAY, 7) + texts

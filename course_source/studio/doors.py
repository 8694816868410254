"""The sets of "Fyra dörrar": a corridor, what is behind its doors, and the room of the third."""

import math

from drawing import (
    BLACK,
    CLAY,
    CLAY_DARK,
    CREAM,
    DEEP,
    FOG,
    GLASS,
    INK,
    LAMP,
    MIST,
    NIGHT,
    PALE,
    SAND,
    SUN,
    TEAL,
    TEAL_UP,
    circle,
    clipped,
    ellipse,
    line,
    mix,
    moved,
    number,
    out,
    outline_of,
    path,
    polygon,
    rect,
    words,
)
from things import SKIN, STOOP, backpack, gait, gloves, walker_side

VANISHING_X, VANISHING_Y, DEPTH = 1100, 400, 1000
WALL_X = 520
"""The left wall of the room."""
DOOR_LEFT, DOOR_RIGHT, DOOR_TOP = 990, 1222, 164
"""The leaf: its latch is to the left, its hinges to the right."""
LAMP_X, LAMP_Z = 1201, -78
"""The lamp in the corridor, behind the wall."""
DARK_FLOOR = "#0f2c32"


def seen(x, z, height=0):
    """Where a point of the room is in the picture; z grows towards us."""
    nearer = 1 / (1 - z / DEPTH)
    return VANISHING_X + (x - VANISHING_X) * nearer, VANISHING_Y + (290 - height) * nearer


def under_door(left, right, depth, fill, opacity=1):
    """The light or the shadow that comes through the gap under the door between `left` and `right`."""
    middle = (DOOR_LEFT + DOOR_RIGHT) / 2
    wider = 1 + 0.55 * depth / 100
    corners = (
        (left, 697),
        (right, 697),
        (middle + (right - middle) * wider, 697 + depth),
        (middle + (left - middle) * wider, 697 + depth),
    )
    return polygon(corners, fill, opacity)


def room(
    feet=(),
    strip=1.0,
    opening=0.0,
    handle=0.0,
    press=0.0,
    reach=1.0,
    glove=0.0,
    sway=0.0,
    key=0.0,
    hang=True,
    text="",
    share=1.0,
    beside=1.0,
    debt=0.0,
    keyhole=0.0,
    screws=0.0,
    lifted=0.0,
    hand=0.0,
    lamp_x=LAMP_X,
    things="",
):
    """A dark room; the only light comes under, and at last through, the door.

    `feet` are (left, right, how solid) in the strip; `opening` is 1 for a hand's breadth; `reach` is how far the light has
    come (1 is the wall); `glove` how much of their colour the gloves have; `key` 0 is dusk and 1 morning; `share` is how
    much of the gap lets light in, and `beside` is 1 when nobody stands in it; `debt` is how far the shadow of the gloves
    has grown; `hand` is how far a hand has come to them, `lifted` how far they are gone.
    """
    ajar = min(opening, 1)
    floor = mix(DARK_FLOOR, "#d9c7a6", key)
    back = mix(mix(NIGHT, DEEP, 0.15 + 0.35 * ajar), FOG, key)
    left = mix(mix("#0f2e34", NIGHT, 0.3 + 0.4 * ajar), "#b3c6bf", key)
    ceiling = mix(mix(INK, NIGHT, 0.5), "#a9bfb8", key)
    skirting = mix(INK, "#86a8a4", key)
    day = mix(LAMP, SUN, key)
    p, climbed = rect(0, 0, 1600, 900, back), ""
    p += polygon(
        ((WALL_X, 110), (WALL_X, 690), seen(WALL_X, 470), (-10, 930), (-10, -160), seen(WALL_X, 470, 580)),
        left,
    )
    p += polygon(((WALL_X, 110), (1600, 110), (1600, -10), (-10, -10), (-10, -160)), ceiling)
    p += polygon(((WALL_X, 690), (1600, 690), (1600, 910), (0, 930), seen(WALL_X, 470)), floor)
    p += rect(WALL_X, 680, 1080, 11, skirting)
    p += polygon(((WALL_X, 680), (WALL_X, 691), seen(WALL_X, 470), seen(WALL_X, 470, 12)), skirting) + text
    p += rect(
        DOOR_LEFT - 24, DOOR_TOP - 24, DOOR_RIGHT - DOOR_LEFT + 48, 714 - DOOR_TOP, mix(BLACK, TEAL, key)
    )
    p += rect(
        DOOR_LEFT, DOOR_TOP, DOOR_RIGHT - DOOR_LEFT, 690 - DOOR_TOP, mix(mix(LAMP, PALE, 0.35), SUN, key)
    )
    gap, lean = 92 * opening, 26 * opening
    if opening > 0 and beside < 1:  # the shoulder of the one outside, who then steps aside
        x = DOOR_LEFT + gap * 0.38 + 150 * beside
        coat = f"M{number(x + 96)} 318C{number(x + 44)} 322 {number(x + 14)} 338 {number(x + 8)} 384L{number(x - 6)} 546q4 18 22 14l8 52h12l6 78h54z"
        p += path(coat, "#2a5c62") if x < DOOR_LEFT + gap else ""
    spill = 62 + 34 * strip
    light = under_door(DOOR_LEFT, DOOR_RIGHT, spill, LAMP, 0.26 * strip * (1 - ajar))
    bright = rect(DOOR_LEFT, 688, DOOR_RIGHT - DOOR_LEFT, 9, mix(LAMP, PALE, 0.3), 0, 0.35 + 0.65 * strip)
    for left_end, right_end, solid in feet:
        a, b = max(left_end, DOOR_LEFT), min(right_end, DOOR_RIGHT)
        if b - a > 1:
            light += under_door(a, b, spill, floor, 0.85 * solid)
            bright += rect(a, 688, b - a, 9, BLACK, 0, 0.9 * solid)
    p += light
    if opening > 0:  # one ray through the gap gives the light on the floor and on the wall
        edges = DOOR_LEFT + 4, DOOR_LEFT + 4 + gap * share
        depths = [min(0.46 * DEPTH, (edge - WALL_X) * -LAMP_Z / (lamp_x - edge)) for edge in edges]
        far = min(1, max(0.02, reach))
        ends = [seen(edge + (WALL_X - edge) * far, z * far) for edge, z in zip(edges, depths, strict=True)]
        p += polygon((seen(edges[0], 0), ends[0], ends[1], seen(edges[1], 0)), day, 0.5 + 0.3 * key)
        if reach >= 1:
            height = 470 * max(0, min(1, (reach - 0.8) / 0.9))
            band = (
                seen(WALL_X, depths[0]),
                seen(WALL_X, depths[1]),
                seen(WALL_X, depths[1], height),
                seen(WALL_X, depths[0], height),
            )
            climbed = outline_of(band)
            p += path(climbed, day, 0.42 + 0.3 * key)
            p += clipped(things, climbed, "wall") if things else ""
    p += leaf(opening, gap, lean, handle, press, key, keyhole, screws) + (bright if opening < 0.02 else "")
    peg_x, peg_y = seen(WALL_X, 286, 416)
    hung = {"x": peg_x, "y": peg_y, "key": key, "sway": sway, "hang": hang and lifted < 1, "lifted": lifted}
    if debt > 0:
        grown = 1.36 * (1 + 0.35 * debt)
        shape = gloves(*["#081b1f"] * 3, sway)
        p += moved(
            shape, peg_x - 16 - 30 * debt, peg_y + 16 + 8 * debt, grown, opacity=0.55 * min(1, 0.4 + debt)
        )
    p += pegged(glove, **hung)
    if climbed:  # where the light falls on them they have their colour
        p += clipped(pegged(1, **hung), climbed, "lit")
    if hand > 0:
        reached, up = 1 - hand, -620 * lifted
        p += line(
            f"M{number(peg_x - 190 - 200 * reached)} {number(peg_y - 330 + up)}L{number(peg_x - 12 - 150 * reached)} {number(peg_y + 6 - 240 * reached + up)}",
            MIST,
            62,
        )
        p += circle(peg_x + 8 - 150 * reached, peg_y + 30 - 240 * reached + up, 30, SKIN[3])
    return p


def leaf(opening, gap, lean, handle, press, key, keyhole, screws):
    """The door's leaf, turning away from us on its right edge, with a bare plate where the handle should be."""
    colour = mix(mix("#1d4a51", "#26575e", min(opening, 1)), "#3f777a", key)
    edge = DOOR_LEFT + gap
    width = DOOR_RIGHT - edge
    p = polygon(
        ((edge, DOOR_TOP + lean), (DOOR_RIGHT, DOOR_TOP), (DOOR_RIGHT, 689), (edge, 689 - lean)), colour
    )

    def at(u, v):
        top, foot = DOOR_TOP + lean * (1 - u), 689 - lean * (1 - u)
        return edge + width * u, top + (foot - top) * v

    for top, foot in ((0.09, 0.42), (0.52, 0.92)):
        p += polygon(
            (at(0.17, top), at(0.83, top), at(0.83, foot), at(0.17, foot)),
            mix(mix("#163f46", colour, 0.25), TEAL, key),
        )
    if opening > 0:  # its edge catches the light
        p += polygon(
            (
                (edge, DOOR_TOP + lean),
                (edge + 7, DOOR_TOP + lean),
                (edge + 7, 689 - lean),
                (edge, 689 - lean),
            ),
            PALE,
            0.8,
        )
    x, y = at(0.09, 0.52)
    p += rect(x - 9, y - 42, 26, 84, "#0d2a30", 6) + circle(x + 4, y, 7, mix(BLACK, LAMP, keyhole))
    p += "".join(circle(x + 4, y + way * 28, 3, mix("#4b6a6c", PALE, screws)) for way in (-1, 1))
    if handle > 0:
        arm = rect(-2, -10, 14 + min(66, 0.42 * width) * handle, 20, CLAY, 10)
        p += rect(x - 9, y - 42 * handle, 26, 84 * handle, CLAY_DARK, 6) + moved(
            arm, x + 4, y, turn=24 * press
        )
        p += circle(x + 4, y, 12 * min(1, 2 * handle), CLAY)
    return p


def pegged(colour, x, y, key, sway, hang, lifted):
    """The peg and the gloves on it, in the dark (0) or in the light (1)."""
    peg = rect(x - 60, y - 22, 120, 26, mix(mix("#1a444b", "#8aa9a3", key), "#d9b48f", colour * (1 - key)), 6)
    peg += line(f"M{number(x)} {number(y - 8)}v16c0 16 20 16 20 0", mix(BLACK, NIGHT, key), 9)
    pair = gloves(
        mix("#1d4850", CLAY, colour),
        mix(mix("#163c43", SAND, colour), "#d9b48f", key),
        mix("#143a41", CLAY_DARK, colour),
        sway,
    )
    return peg + (moved(pair, x + 10, y + 14 - 620 * lifted, 1.36) if hang else "")


CORRIDOR_DOORS = (128, 488, 848, 1208)


def corridor(strips=(1, 1, 1, 1), glints=(0, 0, 0, 0), things=""):
    """Four doors from outside. `glints`: how the light goes over each handle."""
    p = (
        rect(0, 0, 1600, 900, DEEP)
        + rect(0, 0, 1600, 96, NIGHT)
        + rect(0, 700, 1600, 200, "#173d44")
        + rect(0, 688, 1600, 14, NIGHT)
    )
    for x, strip, glint, colour in zip(
        CORRIDOR_DOORS, strips, glints, (TEAL, TEAL_UP, TEAL, "#2a5c62"), strict=True
    ):
        p += rect(x, 168, 264, 522, NIGHT) + rect(x + 22, 190, 220, 500, colour)
        p += rect(x + 52, 230, 160, 170, NIGHT, 0, 0.28) + rect(x + 52, 440, 160, 200, NIGHT, 0, 0.28)
        p += rect(x + 198, 442, 12, 34, mix(SAND, CREAM, glint), 6)
        p += ellipse(x + 204, 459, 26 * glint, 40 * glint, PALE, 0.3 * glint) + line(
            f"M{x + 204} {number(459 - 44 * glint)}v{number(88 * glint)}M{number(x + 204 - 26 * glint)} 459h{number(52 * glint)}",
            CREAM,
            3,
            0.9 * glint,
        )
        p += rect(x + 22, 688, 220, 6, LAMP, 0, 0.5 * strip)
        p += polygon(((x + 22, 702), (x + 242, 702), (x + 262, 740), (x + 2, 740)), LAMP, 0.16 * strip)
        p += rect(x + 110, 120, 44, 30, MIST, 4)
    return p + things


def ceiling_lamp(x, y, lit=1.0):
    cone = polygon(((x - 34, y), (x + 34, y), (x + 330, 820), (x - 330, 820)), LAMP, 0.2 * lit) + ellipse(
        x, 820, 330, 34, LAMP, 0.26 * lit
    )
    return (
        cone
        + line(f"M{x} 0V{y - 54}", INK, 6)
        + path(f"M{x - 56} {y}c0-40 20-58 56-58s56 18 56 58z", INK)
        + ellipse(x, y, 34, 10, mix(MIST, PALE, lit))
    )


FOLDER = moved(
    rect(-34, -58, 72, 96, CLAY, 6) + line("M-22 -34h46M-22 -16h46", CLAY_DARK, 5), 22, -226, turn=-8
)

PLAIN_DOOR = 180


def plain_room(feet):
    """A room seen straight on, its door to the left with the strip of light under it. `feet`: (left, right, how solid)."""
    x, ground = PLAIN_DOOR, 640
    p = (
        rect(0, 0, 1600, 900, NIGHT)
        + rect(0, ground, 1600, 260, DARK_FLOOR)
        + rect(0, ground - 10, 1600, 12, INK)
    )
    p += rect(x - 22, 110, 264, ground - 110, BLACK) + rect(x, 132, 220, ground - 132, "#1d4a51")
    p += rect(x + 34, 176, 152, 150, "#183f46") + rect(x + 34, 366, 152, 210, "#183f46")
    p += rect(x + 190, 356, 22, 70, "#0d2a30", 6) + circle(x + 201, 391, 6, BLACK)
    strip = rect(x, ground - 8, 220, 9, mix(LAMP, PALE, 0.3))
    spill = polygon(
        ((x, ground), (x + 220, ground), (x + 300, ground + 92), (x - 80, ground + 92)), LAMP, 0.26
    )
    middle = x + 110
    for left_end, right_end, solid in feet:
        a, b = max(left_end, x), min(right_end, x + 220)
        if b - a > 1:
            strip += rect(a, ground - 8, b - a, 9, BLACK, 0, 0.9 * solid)
            corners = (
                (a, ground),
                (b, ground),
                (middle + (b - middle) * 1.7, ground + 92),
                (middle + (a - middle) * 1.7, ground + 92),
            )
            spill += polygon(corners, DARK_FLOOR, 0.9 * solid)
    return p + spill + strip


def telephone_room(feet=(), on=0.0, bars=0.0, creep=0.0, buzz=0.0):
    """A telephone stands against a glass on a low table. Its cold light is no lamp. `bars` messages have come."""
    cold = polygon(((905, 560), (1095, 560), (1330, 900), (640, 900)), MIST, 0.13 * on)
    table = (
        ellipse(1030, 806, 420, 24, BLACK, 0.45)
        + rect(640, 548, 800, 34, "#1d4a51", 8)
        + line("M700 582L676 800M1380 582L1404 800", "#17424a", 20)
    )
    shine = polygon(((940, 548), (1090, 548), (1130, 582), (890, 582)), FOG, 0.16 * on)
    glass = path("M1064 400h112l-12 148h-88z", "#2a5c62") + path("M1069 464h102l-7 84h-88z", "#3a7377")
    screen = mix("#0d2a30", FOG, on)
    messages = "".join(
        rect(-46, -226 + 42 * i, width * out(bars, i, 1), 30, mix(screen, MIST, 0.2 + 0.8 * on), 15)
        for i, width in enumerate((74, 92, 58))
    )
    phone = moved(
        rect(-78, -290, 156, 290, CLAY, 22) + rect(-64, -276, 128, 262, screen, 12) + messages,
        1004 + creep,
        548,
        turn=9,
    )
    waves = "".join(
        line(
            f"M{number(888 - i * 26 + creep)} {420 - i * 10}q-18 44 -4 {96 + i * 12}",
            MIST,
            6,
            (0.55 - 0.2 * i) * buzz,
        )
        for i in range(2)
    )
    return plain_room(feet) + cold + table + glass + shine + phone + waves


def bag_room(feet=(), slump=0.0, strap=0.0, pull=0.0, hooks=0.0):
    """A rucksack against a bench, under empty hooks."""
    rail = rect(620, 250, 800, 22, "#1d4a51", 6)
    rail += "".join(line(f"M{x} 272v26c0 18 26 18 26 2", BLACK, 9) for x in (680, 850, 1020, 1190, 1340))
    bench = (
        rect(600, 560, 860, 26, "#17424a", 8)
        + "".join(rect(x, 586, 20, 160, "#17424a") for x in (640, 1400))
        + rect(640, 690, 780, 14, "#17424a")
    )
    bag = ellipse(1010 + 8 * strap, 806, 190 + 8 * strap, 18, BLACK, 0.5) + moved(
        backpack(CLAY, CLAY_DARK, slump, strap, pull), 1010, 800, 1.02
    )
    return plain_room(feet) + rail + bench + bag


LONG_STEP = 307
"""How far the legs of `pavement` come in two steps."""


def pavement(walkers=(), coin=None, shine=1.0):
    """A paper cup under the street lamp of the first film. `walkers` are the x of those who pass, `coin` its height."""
    p = rect(0, 0, 1600, 900, "#173f46") + rect(0, 0, 1600, 560, NIGHT)
    p += (
        rect(980, 60, 400, 500, BLACK)
        + rect(1004, 84, 352, 476, "#1d4a51")
        + rect(1040, 120, 280, 250, GLASS)
        + rect(1176, 120, 8, 250, "#1d4a51")
    )
    p += (
        rect(90, 120, 700, 330, "#164047")
        + rect(110, 140, 660, 290, GLASS)
        + rect(436, 140, 8, 290, "#164047")
        + rect(0, 548, 1600, 14, INK)
    )
    p += "".join(
        polygon(
            ((x, 562), (x + 6, 562), (x + 6 + (x - 800) * 0.9, 900), (x + (x - 800) * 0.9, 900)),
            "#12363c",
            0.8,
        )
        for x in range(-200, 1900, 230)
    )
    p += rect(0, 668, 1600, 5, "#12363c", 0, 0.8)
    p += (
        ellipse(720, 846, 210, 16, "#2a5c62", 0.8)
        + ellipse(690, 846, 60, 6, PALE, 0.5)
        + ellipse(1320, 790, 160, 13, "#2a5c62", 0.6)
    )
    p += polygon(((392, 150), (430, 150), (1010, 900), (130, 900)), LAMP, 0.2) + ellipse(
        560, 806, 330, 44, LAMP, 0.2
    )
    p += (
        line("M200 900V96c0-60 200-60 200 0", INK, 16)
        + path("M366 122h72l-14-34h-44z", INK)
        + ellipse(402, 126, 32, 10, PALE)
    )
    for x, trousers in walkers:
        p += ellipse(x, 716, 150, 14, INK, 0.4)
        for shift, colour in ((0.5, mix(trousers, "#000000", 0.3)), (0, trousers)):
            foot, up = gait(x / LONG_STEP + shift, 92)
            lean, up = 14 - 0.65 * foot, 26 * up
            p += line(
                f"M{number(x + foot - lean)} -40Q{number(x + foot - lean * 0.4)} 260 {number(x + foot)} {number(660 - up)}",
                colour,
                74,
            )
            p += path(
                f"M{number(x + foot - 40)} {number(706 - up)}c-4-44 6-56 38-56 30 0 44 30 92 34 12 2 14 22 2 22z",
                INK,
            )
    p += (
        ellipse(606, 814, 96, 15, INK, 0.55)
        + path("M536 660h124l-20 150c-2 8-82 8-84 0z", CLAY)
        + ellipse(598, 660, 62, 15, CLAY_DARK)
    )
    p += ellipse(598, 660, 40, 8, LAMP, 0.9 * shine)
    if coin is not None:
        face = (
            ellipse(0, 0, 20, 20, PALE)
            + ellipse(0, 0, 13, 13, LAMP)
            + line("M-32 -30v-34M32 -30v-34M0 -48v-44", PALE, 4, 0.5)
        )
        p += clipped(moved(face, 598, coin), "M0 0H1600V662H0z", "cup")
    return p + path("M541 700h114l-6 46h-102z", SAND)


def pane(x, y, width, height, lit, word):
    frame = rect(x - 14, y - 14, width + 28, height + 28, BLACK) + rect(
        x, y, width, height, mix(GLASS, LAMP, lit)
    )
    return frame + words(
        word, x + width / 2, y + height / 2 + 26, 78, colour=mix(MIST, INK, lit), anchor="middle"
    )


def three_words(lit, drop=0.0, child=0.0, sway=0.0, swing_bag=0.0):
    """Three panes of light: how far each is lit, how far the middle one has fallen (the others come together), and how
    far a rucksack has slid in."""
    p = rect(0, 0, 1600, 900, NIGHT) + rect(0, 700, 1600, 200, DARK_FLOOR) + rect(0, 690, 1600, 12, INK)
    left, right, width = 100 + 130 * drop, 1080 - 190 * drop, 420 + 60 * drop
    up = 1 - drop
    places = ((left, width, lit[0]), (right, width, lit[2]), (580, 420, lit[1] * up))
    for x, wide, part in places:
        p += polygon(
            (
                (x + 70, 716),
                (x + wide - 70, 716),
                (x + wide - 40 + (x - 560) * 0.1, 900),
                (x - 60 + (x - 560) * 0.1, 900),
            ),
            LAMP,
            0.3 * part,
        )
    p += pane(left, 160, width, 210, lit[0], "åtgärd") + pane(right, 160, width, 210, lit[2], "syfte")
    middle = rect(-214 - 20 * up, -64 - 55 * up, 428 + 40 * up, 128 + 110 * up, BLACK)
    middle += rect(-202 - 18 * up, -52 - 53 * up, 404 + 36 * up, 104 + 106 * up, mix("#163c43", LAMP, lit[1]))
    middle += words("medel", 0, 22 + 4 * up, 66 + 12 * up, colour=mix(MIST, INK, lit[1]), anchor="middle")
    cord = line(f"M0 -150v{number(86)}", BLACK, 6, out(drop, 0.6, 0.4))
    p += moved(moved(cord + middle, 0, 150 * drop), 800, 265 + 125 * drop, turn=-3 * drop + sway)
    if child > 0:
        x = 800 - 1000 * (1 - child)
        p += ellipse(x, 846, 120, 14, BLACK, 0.5) + moved(
            backpack(CLAY, CLAY_DARK, swing_bag, pull=6 * swing_bag), x, 842, 0.5
        )
    return p + rect(0, 0, 1600, 60, INK)


def lantern_corridor(
    names,
    lit,
    walk,
    phase,
    stride=1.0,
    heading="",
    shown=0.0,
    step=320,
    wide=280,
    x0=40,
    down=0.0,
    freed=0.0,
    stoop=0.0,
    glow=1.0,
    swung=0.0,
):
    """Someone carries a lantern along dark doors with name plates. `walk` is their x, `down` how far the lantern is set
    down, `freed` how far the hand has let go, `shown` how much of the heading is seen."""
    p = (
        rect(0, 0, 1600, 900, "#163f46")
        + rect(0, 0, 1600, 104, NIGHT)
        + rect(0, 700, 1600, 200, "#12353b")
        + rect(0, 690, 1600, 12, NIGHT)
    )
    lamp_x = walk + 73
    for at, (name, part) in enumerate(zip(names, lit, strict=True)):
        x = x0 + at * step + (wide - 280) / 2
        near = max(0.0, 1 - abs(lamp_x - x - 120) / 420) * glow
        p += rect(x - 20, 250, 280, 440, NIGHT) + rect(
            x, 270, 240, 420, mix("#1f4c54", "#3a6a66", near * 0.8)
        )
        p += (
            rect(x + 34, 306, 172, 120, NIGHT, 0, 0.25)
            + rect(x + 34, 462, 172, 180, NIGHT, 0, 0.25)
            + rect(x + 206, 452, 12, 34, SAND, 6)
        )
        p += rect(x + 120 - wide / 2, 140, wide, 84, mix("#12353b", LAMP, part), 8)
        p += words(name, x + 120, 197, 44, colour=mix(MIST, INK, part * 1.6), anchor="middle")
    p += words(heading, 800, 74, 54, colour=CREAM, anchor="middle", opacity=shown)
    p += ellipse(lamp_x, 822, 470, 56, LAMP, 0.24 * glow) + ellipse(lamp_x, 822, 270, 32, LAMP, 0.22 * glow)
    lantern = (
        line("M0 0v40", INK, 7)
        + path("M-24 40h48l10 14H-34z", INK)
        + rect(-28, 54, 56, 66, PALE, 6)
        + rect(-28, 54, 56, 66, LAMP, 6, 0.45)
        + rect(-34, 118, 68, 12, INK, 4)
    )
    lantern_y = -206 + 76 * down
    hand_x, hand_y = 60 - 44 * freed, lantern_y - 44 * freed
    lean = math.radians(STOOP * stoop)
    shoulder_x, shoulder_y = 2 + 100 * math.sin(lean), -190 - 100 * math.cos(lean) + 26 * stoop
    middle_x, middle_y = (shoulder_x + hand_x) / 2 - 10, (shoulder_y + hand_y) / 2 + 14
    arm = line(
        f"M{number(shoulder_x)} {number(shoulder_y)}Q{number(middle_x)} {number(middle_y)} {number(hand_x)} {number(hand_y)}",
        CLAY_DARK,
        30,
    )
    arm += circle(hand_x, hand_y, 15, SKIN[2])
    who = walker_side(CLAY, SKIN[2], INK, phase, NIGHT, stride=stride, arm=" ", stoop=stoop)
    return (
        p
        + ellipse(walk + 10, 836, 130, 14, INK, 0.5)
        + moved(who + moved(lantern, 60, lantern_y, turn=swung) + arm, walk, 834, 1.22)
    )

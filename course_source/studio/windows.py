"""The sets of "Det som inte syns": a house at dusk, what is behind its windows, and a gate in the morning."""

import math

from drawing import (
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
    TEAL,
    both,
    circle,
    clipped,
    ellipse,
    line,
    mix,
    moved,
    number,
    outline_of,
    path,
    polygon,
    rect,
)
from things import DOUBLE_STEP, SKIN, bust, from_behind, side_chair, sitting, street_lamp, walker_side

GROUND = "#173d44"


def window_frame(post=True):
    """The frame of a window that fills the picture: we stand outside and look in."""
    edge = 44
    sides = rect(0, 0, 1600, edge, INK) + rect(0, 0, edge, 900, INK) + rect(1600 - edge, 0, edge, 900, INK)
    return (
        sides
        + (rect(791, 0, 18, 812, INK) if post else "")
        + rect(0, 812, 1600, 88, INK)
        + rect(0, 806, 1600, 10, DEEP)
    )


def somebody(colour):
    """The outline of somebody who could be anybody, standing on y = 0."""
    return path("M-104 0v-116c0-58 40-88 104-88s104 30 104 88V0z", colour) + circle(0, -272, 62, colour)


DESK_LAMP = (
    rect(8, 108, 104, 8, INK)
    + rect(18, 116, 7, 34, INK)
    + rect(95, 116, 7, 34, INK)
    + line("M88 106V74L66 56", INK, 6)
    + path("M50 66l26-26 10 22z", INK)
    + rect(24, 100, 34, 8, SAND)
)
# Upper left corner of each window of the house, and what is seen in it once it is lit.
LIT_WINDOWS = (
    (620, 300, line("M86 80v66M86 110h28v36", INK, 7) + moved(somebody(INK), 46, 150, 0.23)),
    (1040, 510, moved(somebody(INK), 40, 150, 0.23) + line("M122 80v66M122 110H94v36", INK, 7)),
    (1250, 300, DESK_LAMP),
    (830, 510, path("M44 30h52v120H44z", "#fbe3ad") + path("M44 30l30 10v110H44z", INK)),
)
DARK_WINDOWS = ((830, 300), (1040, 300), (620, 510), (1250, 510))


def house_window(x, y, content, lit):
    inside = rect(10, 10, 120, 140, mix(GLASS, LAMP, lit)) + moved(content, opacity=lit)
    return moved(
        rect(0, 0, 140, 160, INK) + inside + rect(67, 10, 6, 140, INK) + rect(-4, 156, 148, 8, INK), x, y
    )


def house(lit, cloud, walk):
    """At dusk. `lit`: its four windows; `cloud`: how far a cloud has come; `walk`: the x of who comes along the street."""
    p = (
        rect(0, 0, 1600, 900, "#35696d")
        + path("M0 0H1600V312C1300 280 700 240 0 300z", "#2c5c62")
        + circle(300, 250, 58, PALE)
    )
    p += moved(ellipse(0, 0, 130, 24, "#3d7074") + ellipse(60, -18, 80, 22, "#3d7074"), 150 + cloud, 264)
    p += path("M0 560h90v-30h90v-60l60-50 60 50v70h80v-40h120v60h1000v-40h100V900H0z", "#22525a")
    p += ellipse(1530, 640, 84, 128, "#174148") + line("M1530 812V620M1530 720l-34-44M1530 690l34-46", INK, 8)
    p += (
        path("M560 240L1010 106L1460 240V820H560z", NIGHT)
        + rect(1180, 100, 54, 96, INK)
        + rect(760, 120, 44, 80, INK)
    )
    p += path("M526 264L1010 122L1494 264V238L1010 94L526 238z", INK)
    p += "".join(house_window(x, y, "", 0) for x, y in DARK_WINDOWS)
    p += "".join(
        house_window(x, y, content, part) for (x, y, content), part in zip(LIT_WINDOWS, lit, strict=True)
    )
    p += "".join(
        path(f"M{x + 40} 824h80l36 38H{x + 4}z", LAMP, 0.16 * part)
        for (x, _, _), part in zip(LIT_WINDOWS, lit, strict=True)
    )
    p += (
        rect(0, 800, 1600, 100, INK)
        + rect(0, 800, 1600, 12, DEEP)
        + rect(962, 692, 106, 120, INK)
        + rect(974, 704, 82, 108, "#6d4135")
        + circle(1042, 762, 5, SAND)
    )
    p += (
        line("M240 812V560M240 690l-50-60M240 650l44-58", INK, 12)
        + ellipse(240, 520, 118, 150, "#174148")
        + line("M240 812V520M240 660l-48-58M240 620l44-56", INK, 9)
    )
    p += ellipse(92, 610, 74, 96, "#1b4b52") + line("M92 812V600", INK, 8)
    p += moved(street_lamp(1), 440, 812)
    return p + moved(walker_side(CLAY, SKIN[0], INK, walk / (DOUBLE_STEP * 0.44), "#0a1c20"), walk, 836, 0.44)


def desk(x, y, width=220, colour=TEAL, height=150):
    return line(f"M{x + 22} {y + 10}V{y + height}M{x + width - 22} {y + 10}V{y + height}", INK, 11) + rect(
        x, y, width, 22, colour, 8
    )


def taken_down(part, table_x, floor_x, scale, table_y, colour, flip):
    """A chair that stands up and down on its table (0), or on the floor beside it (1)."""
    x, y = (
        table_x + (floor_x - table_x) * part,
        table_y + (738 - table_y) * part - 90 * math.sin(math.pi * part),
    )
    top = 330 * scale * (1 - part)
    return moved(side_chair(colour), x, y - top, scale, turn=180 * (1 - part), flip=flip)


def classroom(chairs, dashes, laid, lamp, sweep, dark):
    """Chairs stand on tables and are taken down each morning (`chairs`: the left and the right one). Only the clay one
    stays. `dashes` in the teacher's list; `laid` when she lays it down; `sweep` is a day's light over the room."""
    p = rect(0, 0, 1600, 900, DEEP) + rect(0, 690, 1600, 210, GROUND) + rect(0, 680, 1600, 12, NIGHT)
    p += rect(110, 110, 520, 240, NIGHT, 8) + rect(110, 356, 520, 14, TEAL, 6)
    p += rect(880, 120, 620, 220, "#174047") + "".join(
        rect(900 + i * 152, 140, 136, 180, "#1b454c") for i in range(4)
    )
    if 0 < sweep < 1:
        x = -500 + 2100 * sweep
        p += polygon(
            ((x, 44), (x + 330, 44), (x + 560, 900), (x + 130, 900)), PALE, 0.16 * math.sin(math.pi * sweep)
        )
    for x, way, part in ((866, 1, chairs[0]), (1488, -1, chairs[1])):
        p += moved(desk(-62, 0, 124, "#2a5c62", 128), x + 74 * way, 610)
        p += taken_down(part, x + 74 * way, x, 0.74, 610, "#2f646a", way < 0)
    p += (
        ellipse(300, 776, 150, 14, INK, 0.4)
        + rect(150, 600, 470, 26, INK, 8)
        + rect(180, 626, 410, 150, NIGHT)
        + rect(420, 586, 120, 14, FOG, 4)
    )
    p += moved(bust(MIST, SAND, "long"), 300, 600)
    rows = "".join(line(f"M-34 {y}H{x}", MIST, 6) for y, x in ((-40, 20), (-16, 28), (32, 24))) + line(
        "M-34 8h18", MIST, 6
    )
    rows += "".join(
        line(f"M{x} 8h{number(12 * part)}", CLAY, 7)
        for x, part in zip((-6, 14, 34), dashes, strict=True)
        if part > 0
    )
    paper = rect(-52, -70, 104, 140, CREAM, 6) + rows
    x, y = 420 + 20 * laid, 500 + 74 * laid
    p += f'<g transform="translate({number(x)} {number(y)}) rotate({8 - 4 * laid:.2f}) scale(1 {1 - 0.78 * laid:.3f})">{paper}</g>'
    hand_x, hand_y = 392 - 24 * laid, 540 + 42 * laid
    p += line(
        f"M384 470C402 500 {number(400 - 6 * laid)} {number(520 + 26 * laid)} {number(hand_x)} {number(hand_y)}",
        mix(MIST, INK, 0.2),
        34,
    ) + circle(hand_x, hand_y, 19, SAND)
    p += polygon(((1146, 226), (1214, 226), (1440, 796), (920, 796)), LAMP, 0.34 * lamp) + ellipse(
        1180, 786, 262, 26, LAMP, 0.42 * lamp
    )
    p += (
        ellipse(1210, 790, 190, 15, INK, 0.4)
        + moved(side_chair(CLAY), 1174, 402, turn=180)
        + desk(1110, 580, 260, TEAL, 206)
    )
    p += (
        line("M1180 0V166", INK, 6)
        + path("M1124 222c0-40 20-58 56-58s56 18 56 58z", INK)
        + ellipse(1180, 222, 34, 10, mix(MIST, PALE, lamp))
    )
    return p + rect(0, 0, 1600, 900, NIGHT, opacity=dark) + window_frame()


EYE_CHART = rect(96, 120, 190, 250, CREAM, 6) + "".join(
    line(
        f"M{191 + 44 * column - d} {y - d}a{d * 1.2:.0f} {d * 1.2:.0f} 0 1 0 {2 * d} 0", INK, max(3, d * 0.38)
    )
    for y, d, columns in ((178, 20, (0,)), (240, 14, (-1, 1)), (288, 10, (-1, 0, 1)), (326, 7, (-1, 0, 1)))
    for column in columns
)


def surgery(shadow, written, sheet, look, seconds):
    """A nurse with a badge and a stethoscope, and a patient in the clay chair. `shadow` comes over the wall behind the
    patient; `written` and `sheet` are her board; `look` turns her head to the shadow."""
    p = rect(0, 0, 1600, 900, "#235058") + rect(0, 690, 1600, 210, GROUND) + rect(0, 680, 1600, 12, NIGHT)
    p += rect(44, 470, 747, 210, "#1f4a51") + rect(44, 464, 747, 8, TEAL) + EYE_CHART
    p += rect(380, 150, 74, 110, MIST, 8) + rect(394, 166, 46, 40, NIGHT, 4) + rect(402, 260, 30, 16, INK, 4)
    turn = math.radians(6 * seconds - 90)
    p += (
        circle(590, 210, 56, NIGHT)
        + circle(590, 210, 47, FOG)
        + line("M590 210l-18 8M590 210l4-30", NIGHT, 6)
        + line(f"M590 210L{number(590 + 38 * math.cos(turn))} {number(210 + 38 * math.sin(turn))}", INK, 4)
    )
    p += rect(668, 430, 100, 30, FOG, 10) + line("M718 430v-30c0-18 24-18 24 0", MIST, 8)
    edge = 1420 - 150 * shadow
    p += polygon(((868, 176), (930, 146), (edge, 780), (800, 780)), LAMP, 0.3)
    p += moved(somebody(INK), 1330 + 130 * (1 - shadow), 690, 1.2 + 0.5 * shadow, opacity=0.55 * shadow)
    p += (
        ellipse(470, 780, 150, 14, INK, 0.4)
        + rect(404, 596, 150, 24, TEAL, 12)
        + line("M478 620v110M478 730l-62 40M478 730l62 40M478 730v44", INK, 10)
    )
    p += circle(414, 774, 9, INK) + circle(542, 774, 9, INK) + circle(478, 778, 9, INK)
    rows = "".join(
        line(f"M8 {y}h{number(max(0.1, long * part))}", MIST, 5)
        for y, long, part in zip((-86, -66, -46), (48, 40, 50), written, strict=True)
        if part > 0
    )
    turned = 1 - 2 * sheet
    flying = (
        f'<g transform="translate(0 -108) scale(1 {turned:.3f})">{rect(-4, 0, 76, 104, mix(CREAM, FOG, sheet), 3)}</g>'
        if 0 < sheet < 1
        else ""
    )
    board = (
        rect(-14, -120, 96, 128, "#17424a", 6)
        + rect(-4, -108, 76, 108, CREAM, 3)
        + rows
        + flying
        + rect(18, -126, 36, 14, MIST, 4)
    )
    nurse = sitting(FOG, SKIN[1], "bun", "#a9bfb8", bare=True, head_turn=12 * look)
    stethoscope = (
        line("M-8 -204C-4 -150 36 -140 44 -186", NIGHT, 8)
        + line("M18 -156C14 -120 6 -104 8 -84", NIGHT, 8)
        + circle(8, -80, 12, MIST)
    )
    badge = (
        line("M40 -188L56 -118", TEAL, 6)
        + rect(40, -120, 34, 44, CREAM, 5)
        + circle(57, -106, 7, MIST)
        + line("M48 -90h18", MIST, 4)
    )
    nib = sum(written) * 8 % 8 if 0 < sum(written) < 3 else 0
    pen = moved(line("M112 -62L134 -94", INK, 8), nib, 0.4 * nib)
    p += moved(moved(board, 112, -46, turn=-24) + nurse + stethoscope + badge + pen, 478, 586)
    p += (
        ellipse(1130, 780, 150, 14, INK, 0.45)
        + moved(side_chair(CLAY), 1150, 778, 1.12)
        + moved(sitting("#6f8f8c", SAND, "short", NIGHT), 1132, 578, flip=True)
    )
    p += polygon(((1085, 812), (1500, 812), (1480, 690), (1140, 690)), INK, 0.34 * shadow)
    p += line("M700 44V92L880 128", INK, 12) + moved(
        path("M-30 -46h60l40 66H-70z", INK) + ellipse(0, 22, 58, 13, PALE), 894, 140, turn=-26 + 4 * shadow
    )
    return p + window_frame()


def phone_number(colour):
    """Ten strokes in four groups: a telephone number that is nobody's."""
    return "".join(rect(x, 0, 13, 26, colour, 4) for x in (0, 22, 44, 86, 108, 150, 172, 214, 236, 258))


def ring_points(part):
    return [
        (
            135 + 158 * (1 + 0.05 * part * step / 48) * math.cos(math.radians(-150 + 390 * part * step / 48)),
            13 + 52 * (1 + 0.05 * part * step / 48) * math.sin(math.radians(-150 + 390 * part * step / 48)),
        )
        for step in range(49)
    ]


def ring(part, colour=CLAY):
    """A ring drawn by hand around phone_number, as far as it has come."""
    return line(outline_of(ring_points(part))[:-1], colour, 9) if part > 0 else ""


PEN = line("M10 -12L104 -122", NIGHT, 18) + path("M0 0l4-22 16 14z", INK)


def sheet(part, pen=None):
    """A paper with a number; the ring around it, and the pen that is `pen` (x, y) on it."""
    rows = "".join(
        rect(40, y, width, 10, MIST, 5)
        for y, width in ((48, 190), (84, 280), (116, 250), (300, 280), (332, 220), (364, 264))
    )
    paper = (
        rect(14, 16, 360, 430, INK, 4, 0.3)
        + rect(0, 0, 360, 430, CREAM, 4)
        + rows
        + moved(phone_number(NIGHT) + ring(part), 45, 194)
    )
    if pen is None and 0 < part < 1:
        x, y = ring_points(part)[-1]
        pen = 45 + x, 194 + y
    return paper + (moved(PEN, *pen) if pen else "")


def office(papers, rings, reading, bend):
    """Three papers on a desk, one for each day; they slide in. The same number is ringed three times. `reading` is the
    pen's place in the text of the first, `bend` the lamp's turn to the last."""
    p = rect(0, 0, 1600, 900, TEAL) + rect(0, 0, 1600, 900, DEEP, opacity=0.6)
    reach = 210 * bend
    p += polygon(
        (
            (1236 - 30 * bend, 60),
            (1320 - 30 * bend, 110 - 10 * bend),
            (1180 - reach, 900),
            (60 - reach, 900),
            (-60, 560 - 100 * bend),
        ),
        LAMP,
        0.36,
    )
    pen = None
    if 0 < reading < 1:
        row = min(4, int(reading * 5))
        pen = 40 + 250 * (reading * 5 - row), (56, 92, 124, 210, 308)[row]
    for number_, (x, y, turn) in enumerate(((1070, 250, 6), (590, 240, 2), (130, 300, -7))):
        away = 1 - papers[number_]
        if away < 1:
            p += moved(
                sheet(rings[number_], pen if number_ == 0 else None),
                x - 120 * away,
                y + 760 * away,
                turn=turn + 14 * away,
            )
    head = moved(path("M-80 -44l118 -8 34 84 -84 44z", INK), 1280 - 30 * bend, 84 - 4 * bend, turn=16 * bend)
    return (
        p
        + line(f"M1560 60L{number(1290 - 30 * bend)} {number(76)}", INK, 14)
        + head
        + window_frame(post=False)
    )


def kitchen(torch_x, torch_y, torch, pans, ajar):
    """A kitchen after hours. A torch goes over it (`torch`: how bright); the door comes ajar."""
    width, lean = 240 - 74 * ajar, 34 * ajar
    p = rect(0, 0, 1600, 900, DEEP) + rect(0, 690, 1600, 210, GROUND) + rect(0, 680, 1600, 12, NIGHT)
    p += (
        "".join(rect(44, y, 747, 4, "#235058") for y in (300, 350, 400, 450))
        + rect(44, 250, 747, 6, TEAL)
        + line("M150 170H640", INK, 9)
    )
    for at, (x, w, h) in enumerate(((210, 44, 40), (340, 60, 58), (480, 40, 34), (590, 52, 50))):
        pan = line("M0 0v40", INK, 6) + path(
            f"M{-w} 40h{2 * w}v{h}c0 16-10 22-22 22h{-2 * w + 44}c-12 0-22-6-22-22z", MIST
        )
        p += moved(pan, x, 172, turn=pans * (1, -0.8, 0.9, -1)[at])
    p += (
        rect(80, 500, 680, 26, INK, 8)
        + rect(100, 526, 640, 240, TEAL)
        + "".join(rect(x, 552, 188, 190, NIGHT, 6, 0.45) for x in (118, 326, 534))
    )
    p += rect(160, 450, 130, 50, MIST, 8) + line("M146 462h158", INK, 9)
    p += moved(
        rect(0, 0, 120, 84, SAND, 6) + rect(42, -8, 36, 16, NIGHT, 6) + line("M18 28h84M18 50h60", MIST, 6),
        560,
        404,
    )
    p += rect(1080, 156, 296, 536, NIGHT) + rect(1108, 184, 240, 508, PALE)
    gap = 1108 + width
    p += polygon(
        ((gap, 690), (1348, 690), (1348 + 150 * ajar, 812), (gap - 190 * ajar, 812)),
        LAMP,
        0.75 * min(1, ajar * 3),
    )
    p += polygon(((1108, 184), (gap, 184 + lean), (gap, 692 - lean), (1108, 692)), CLAY)
    p += polygon(
        ((1138, 230), (gap - 30, 230 + lean * 0.8), (gap - 30, 420), (1138, 424)), CLAY_DARK
    ) + polygon(((1138, 464), (gap - 30, 460), (gap - 30, 640 - lean * 0.8), (1138, 646)), CLAY_DARK)
    p += circle(gap - 18, 448, 9, SAND)
    p += ellipse(torch_x, torch_y, 190, 170, PALE, 0.15 * torch) + ellipse(
        torch_x, torch_y, 130, 116, PALE, 0.17 * torch
    )
    return p + window_frame()


DOOR_SIGN = (
    rect(100, 50, 120, 220, NIGHT)
    + rect(112, 62, 96, 208, CREAM)
    + polygon(((112, 62), (172, 80), (172, 262), (112, 270)), NIGHT)
)
SIGNS = (
    moved(side_chair(CLAY), 150, 262, 0.62),
    moved(somebody(NIGHT), 160, 280, 0.7),
    moved(phone_number(NIGHT) + ring(1, NIGHT), 64, 132, 0.7),
    DOOR_SIGN,
)


def piece(sign, corner, lit):
    """A quarter of a window, 320 x 280, with its own share of the frame."""
    right, low = corner % 2, corner // 2
    glass = rect(2, 2, 316, 276, mix(TEAL, LAMP, lit)) + sign
    edges = rect(0, 256 if low else 0, 320, 24, INK) + rect(296 if right else 0, 0, 24, 280, INK)
    posts = rect(0, 0 if low else 274, 320, 6, INK) + rect(0 if right else 314, 0, 6, 280, INK)
    return moved(glass + posts + edges, -160, -140)


# Where each piece is while it is alone: away from its place in the window, and turned.
ALONE = ((-330, -40, -7), (330, -34, 6), (-330, 30, 5), (330, 26, -6))


def pieces(joined, lit, drift=0.0):
    """Four pieces of one window. Those that are alone drift further apart."""
    p = rect(0, 0, 1600, 900, DEEP)
    for corner, (sign, (x, y, turn), part) in enumerate(zip(SIGNS, ALONE, joined, strict=True)):
        away = (1 - part) * (1 + 0.08 * drift)
        home_x, home_y = (640, 960)[corner % 2], (256, 536)[corner // 2]
        p += moved(
            piece(sign, corner, lit),
            home_x + x * away,
            home_y + (y + 24 * drift * (1 if y > 0 else -1)) * (1 - part),
            turn=(turn + 2 * drift * (1 if turn > 0 else -1)) * (1 - part),
        )
    return p


def chair_pane(part):
    """A chair is lifted down and set opposite another."""
    lifted = moved(
        side_chair(CLAY),
        500 - 40 * (1 - part),
        340 - 190 * (1 - part) - 60 * math.sin(math.pi * part),
        0.82,
        turn=-24 * (1 - part),
    )
    return rect(0, 340, 727, 6, NIGHT) + moved(side_chair(NIGHT), 236, 340, 0.82, flip=True) + lifted


def room_pane(drawn, shut):
    """A chair is drawn up to a table, and the door behind is shut."""
    leaf, lean = 90 + 90 * shut, 22 * (1 - shut)
    door = rect(508, 40, 204, 306, NIGHT) + rect(520, 52, 180, 294, CREAM)
    door += polygon(
        ((700, 52), (700 - leaf, 52 + lean), (700 - leaf, 346 - lean), (700, 346)), TEAL
    ) + circle(700 - leaf + 16, 204, 7, SAND)
    table = rect(110, 176, 200, 20, NIGHT, 8) + line("M134 194V340M286 194V340", NIGHT, 11)
    return (
        door
        + table
        + moved(side_chair(NIGHT), 96, 340, 0.78, flip=True)
        + moved(side_chair(CLAY), 440 - 94 * drawn, 340, 0.78)
    )


def telephone_pane(part, swung):
    base = path(
        "M232 330l34-138c4-14 12-20 26-20h146c14 0 22 6 26 20l34 138c2 10-4 16-14 16H246c-10 0-16-6-14-16z",
        NIGHT,
    )
    dial = circle(365, 262, 52, TEAL) + circle(365, 262, 18, NIGHT)
    cradle = rect(300, 142, 24, 34, NIGHT, 8) + rect(406, 142, 24, 34, NIGHT, 8)
    handset = path(
        "M-132 22c0-62 40-66 132-66s132 4 132 66c0 12-6 16-18 16H70c-12 0-18-6-18-18 0-16-12-20-52-20s-52 4-52 20c0 12-6 18-18 18h-44c-12 0-18-4-18-16z",
        CLAY,
    )
    rise = 62 * part
    cord = line(
        f"M236 320c{number(-70 + swung)}-4-{number(100 - 2 * swung)}-40{number(-70 + swung)}-80 20-28 60-50 {number(70 - 16 * part)} {number(-94 - rise * 0.4)}",
        INK,
        8,
    )
    return cord + base + dial + cradle + moved(handset, 365, 134 - rise, turn=-13 * part)


def pen_pane(written, handed):
    """A pen writes; then the sheet is handed on, out of the pane."""
    rows = line("M40 58h250M40 106h210", MIST, 8) + (
        line(f"M40 154h{number(240 * written)}", NIGHT, 8) if written > 0 else ""
    )
    paper = moved(
        rect(0, 0, 360, 260, CREAM, 4) + rows, 186 + 640 * handed, 60 - 30 * handed, turn=7 * handed
    )
    pen = moved(
        line("M10 -12L104 -122", CLAY, 18) + path("M0 0l4-22 16 14z", INK),
        228 + 240 * written + 40 * both(handed, 0, 0.4),
        212 - 60 * both(handed, 0, 0.4),
    )
    return paper + pen


def four_acts(panes, lit):
    """The same window from near: in each pane one thing is done, and the pane is lit as it is said."""
    p = rect(0, 0, 1600, 900, INK)
    for number_, ((x, y), drawn, part) in enumerate(
        zip(((62, 44), (811, 44), (62, 430), (811, 430)), panes, lit, strict=True)
    ):
        p += moved(
            clipped(
                rect(0, 0, 727, 368, mix(TEAL, LAMP, part)) + drawn, "M0 0h727v368h-727z", f"pane{number_}"
            ),
            x,
            y,
        )
    return p + rect(0, 806, 1600, 10, DEEP)


def bird(x, y, beat, colour=NIGHT):
    up = 16 * math.sin(beat)
    return line(
        f"M{number(x - 26)} {number(y - up)}Q{number(x - 10)} {number(y - 8)} {number(x)} {number(y)}Q{number(x + 10)} {number(y - 8)} {number(x + 26)} {number(y - up)}",
        colour,
        6,
    )


def gate(opened, walked, steps, sun, lamp, birds, cloud, texts=""):
    """Morning. The gate opens and someone walks out, away from us: `walked` is how small they have become (1 is near),
    `steps` how many they have taken; `birds` is how far two have flown from the wall."""
    p = rect(0, 0, 1600, 900, "#f3e8d2") + circle(1206, 340 - 60 * sun, 74, PALE)
    p += moved(
        ellipse(0, 0, 150, 26, "#fffaf0") + ellipse(70, -20, 90, 26, "#fffaf0"),
        980 + 7 * cloud,
        190,
        opacity=0.8,
    )
    p += path("M0 500C260 410 470 430 720 470S1240 410 1600 480V640H0z", FOG) + path(
        "M0 560C300 500 520 540 800 540S1300 490 1600 550V700H0z", "#a9c0b9"
    )
    p += (
        rect(0, 626, 1600, 280, "#d9c7a6")
        + rect(0, 620, 1600, 10, "#bfa982")
        + polygon(((1046, 620), (1096, 620), (1370, 900), (720, 900)), "#f4e3bd")
    )
    p += (
        line("M1440 640V400M1440 520l40-52", "#5f8f8e", 10)
        + ellipse(1440, 356, 92, 120, "#8fb0a6")
        + line("M1440 470V330M1440 420l34-40", "#5f8f8e", 8)
    )
    ground = 606 + 244 * walked
    who = ellipse(1078, ground + 2, 84 * walked, 11 * walked, "#8f7a52", 0.4) + moved(
        from_behind(CLAY, "long", SAND, INK, math.sin(math.pi * steps)), 1074, ground, 0.92 * walked
    )
    if ground < 716:  # beyond the wall
        p += who
    wall = ""
    for x, width in ((0, 810), (1330, 270)):
        wall += (
            rect(x, 500, width, 220, "#8aa9a3")
            + rect(x, 482, width, 22, TEAL)
            + "".join(rect(x + i, 504, 14, 216, "#7a9b96") for i in range(110, width, 190))
        )
    p += wall + clipped(
        ellipse(-260 + 34 * cloud, 610, 250, 160, NIGHT, 0.13),
        "M0 482H810V720H0zM1330 482H1600V720H1330z",
        "wall",
    )
    for x in (800, 1300):
        p += rect(x, 412, 46, 314, TEAL, 6) + rect(x - 8, 400, 62, 18, NIGHT, 6)
    width, lean = 224 - 154 * opened, 28 * opened
    for hinge, way in ((846, 1), (1300, -1)):
        edge = hinge + way * width
        p += line(
            f"M{hinge} 494L{number(edge)} {number(494 + lean)}M{hinge} 672L{number(edge)} {number(672 - 0.43 * lean)}",
            NIGHT,
            9,
        )
        p += "".join(
            line(
                f"M{number(hinge + way * width * q)} {number(466 + lean * q)}V{number(708 - 0.43 * lean * q)}",
                NIGHT,
                9,
            )
            for q in (0.04, 0.28, 0.52, 0.76, 1)
        )
    if birds < 1:
        for start_x, start_y, way, late in ((300, 470, 1, 0.0), (372, 470, 1.25, 0.12)):
            part = max(0.0, (birds - late) / (1 - late))
            beat = 0.0 if part <= 0 else 60 * part
            if part > 0:
                p += bird(start_x + 420 * part * way, start_y - 520 * part**0.8, beat)
            else:
                p += (
                    ellipse(start_x, start_y + 3, 17, 10, NIGHT)
                    + circle(start_x + 14, start_y - 6, 7, NIGHT)
                    + line(f"M{start_x - 16} {start_y + 2}l-14 8", NIGHT, 5)
                )
    p += moved(street_lamp(lamp, NIGHT), 688, 812) + ellipse(708, 814, 60, 8, "#8f7a52", 0.4)
    return p + (who if ground >= 716 else "") + texts

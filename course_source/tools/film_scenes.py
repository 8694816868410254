"""Draws the scenes of the film as SVG, one function a scene.

A scene gets the time since it began and the times at which its lines are spoken, and returns the parts of a
picture on 1600 x 900. Two calls that show the same picture return the same text, so that a resting picture is
drawn only once.
"""

import math
from collections.abc import Callable, Sequence

NIGHT = "#12343a"
DEEP = "#1c474e"
TEAL = "#2f646a"
MIST = "#86a8a4"
FOG = "#c6d4cd"
SAND = "#eadfc9"
LAMP = "#f2b950"
PALE = "#f8d893"
CLAY = "#b4583c"
INK = "#0c2328"
CREAM = "#fff8ea"
GLASS = "#1b4047"

Scene = Callable[[float, Sequence[float]], str]


def picture(parts: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 900" width="1280" height="720">{parts}</svg>'


def veil(opacity: float) -> str:
    return rect(0, 0, 1600, 900, NIGHT, opacity=opacity)


def ease(time: float, start: float, length: float) -> float:
    """How far a move has come, from 0 to 1: quick at first, then slower until it rests."""
    part = min(max((time - start) / length, 0.0), 1.0)
    return round(1 - (1 - part) ** 3, 4)


def number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def mix(first: str, second: str, part: float) -> str:
    pairs = ((int(first[at : at + 2], 16), int(second[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(low + (high - low) * part):02x}" for low, high in pairs)


def opaque(opacity: float) -> str:
    return "" if opacity >= 1 else f' opacity="{number(opacity)}"'


def rect(
    x: float, y: float, width: float, height: float, fill: str, radius: float = 0, opacity: float = 1
) -> str:
    if opacity <= 0:
        return ""
    round_corners = f' rx="{number(radius)}"' if radius else ""
    place = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    return f'<rect {place} fill="{fill}"{round_corners}{opaque(opacity)}/>'


def circle(x: float, y: float, radius: float, fill: str) -> str:
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}"/>'


def ellipse(x: float, y: float, across: float, down: float, fill: str, opacity: float = 1) -> str:
    place = f'cx="{number(x)}" cy="{number(y)}" rx="{number(across)}" ry="{number(down)}"'
    return f'<ellipse {place} fill="{fill}"{opaque(opacity)}/>'


def path(outline: str, fill: str, opacity: float = 1) -> str:
    return f'<path d="{outline}" fill="{fill}"{opaque(opacity)}/>' if opacity > 0 else ""


def polygon(corners: Sequence[tuple[float, float]], fill: str, opacity: float = 1) -> str:
    return path("M" + "L".join(f"{number(x)} {number(y)}" for x, y in corners) + "z", fill, opacity)


def line(outline: str, colour: str, width: float) -> str:
    ends = 'stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{outline}" fill="none" stroke="{colour}" stroke-width="{number(width)}" {ends}/>'


def moved(
    parts: str, x: float, y: float, scale: float = 1, turn: float = 0, flip: bool = False, opacity: float = 1
) -> str:
    if opacity <= 0:
        return ""
    change = f"translate({number(x)} {number(y)})"
    if turn:
        change += f" rotate({number(turn)})"
    if scale != 1 or flip:
        change += f" scale({number(-scale if flip else scale)} {number(scale)})"
    return f'<g transform="{change}"{opaque(opacity)}>{parts}</g>'


def words(
    text: str, x: float, y: float, size: float, family: str, colour: str = CREAM, weight: int = 400
) -> str:
    style = f'font-family="{family}" font-size="{number(size)}" font-weight="{weight}"'
    return f'<text x="{number(x)}" y="{number(y)}" {style} fill="{colour}">{text}</text>'


SERIF = "Noto Serif, DejaVu Serif, serif"
SANS = "Noto Sans, DejaVu Sans, sans-serif"


def bust(coat: str, skin: str, hair: str) -> str:
    """Head and shoulders without a face, standing on y = 0. `hair` is one of the outlines below."""
    return (
        path("M-104 0v-116c0-58 40-88 104-88s104 30 104 88V0z", coat)
        + rect(-22, -240, 44, 60, skin, 18)
        + circle(0, -280, 56, skin)
        + path(hair, INK)
    )


LONG_HAIR = "M-62 -222C-80 -390 80 -390 62 -222h-22c4-30 0-46-10-58-22 10-50 12-72 0-2 14-2 32 2 58z"
SHORT_HAIR = "M-60 -276C-70 -366 70 -366 60 -276c-10-14-18-20-24-24-26 8-50 8-76 0-6 6-12 14-20 24z"


def shadow(colour: str) -> str:
    """The outline of somebody who could be anybody, standing on y = 0."""
    return path("M-104 0v-116c0-58 40-88 104-88s104 30 104 88V0z", colour) + circle(0, -272, 62, colour)


def side_chair(colour: str) -> str:
    """A chair seen from the side, back to the right, feet on y = 0."""
    return (
        line("M-58 -160L-76 -6M62 -160L80 -6", INK, 12)
        + line("M64 -160L88 -330", INK, 12)
        + rect(-80, -178, 160, 28, colour, 12)
        + f'<g transform="rotate(8 84 -290)">{rect(66, -360, 30, 140, colour, 14)}</g>'
    )


def front_chair(colour: str) -> str:
    """A chair seen from the front, feet on y = 0."""
    return (
        line("M-78 -150V-6M78 -150V-6", INK, 12)
        + rect(-84, -400, 168, 226, colour, 20)
        + rect(-94, -190, 188, 44, mix(colour, INK, 0.18), 14)
    )


def seated(coat: str, skin: str, hair: str) -> str:
    """A grown person on a front_chair, hands in the lap, feet on y = 0."""
    return (
        moved(bust(coat, skin, hair), 0, -150, 0.78)
        + rect(-66, -170, 52, 164, INK, 14)
        + rect(14, -170, 52, 164, INK, 14)
        + rect(-86, -206, 172, 60, mix(coat, INK, 0.18), 28)
        + ellipse(0, -200, 26, 15, skin)
    )


def window_frame(post: bool = True) -> str:
    """The frame of a window that fills the picture: we stand outside and look in."""
    edge = 44
    sides = rect(0, 0, 1600, edge, INK) + rect(0, 0, edge, 900, INK) + rect(1600 - edge, 0, edge, 900, INK)
    middle = rect(791, 0, 18, 812, INK) if post else ""
    return sides + middle + rect(0, 812, 1600, 88, INK) + rect(0, 806, 1600, 10, DEEP)


def title_bar(y: float) -> str:
    return rect(160, y, 120, 10, LAMP)


def first_card(time: float, at: Sequence[float]) -> str:
    return (
        rect(0, 0, 1600, 900, NIGHT)
        + title_bar(356)
        + words("Personerna är påhittade.", 160, 470, 64, SERIF)
        + words("Bild och röst är syntetiska.", 160, 558, 64, SERIF)
    )


def course_card(time: float, at: Sequence[float]) -> str:
    return rect(0, 0, 1600, 900, NIGHT) + title_bar(340) + words("Se, förstå, agera", 160, 470, 88, SERIF)


def last_card(time: float, at: Sequence[float]) -> str:
    return (
        rect(0, 0, 1600, 900, NIGHT)
        + title_bar(190)
        + words("Akut fara", 160, 284, 44, SERIF, SAND)
        + words("112", 160, 392, 96, SANS, CREAM, 600)
        + words("Råd i ditt arbete, vardagar kontorstid", 160, 520, 44, SERIF, SAND)
        + words("020-39 00 00", 160, 628, 96, SANS, CREAM, 600)
    )


def lamp_on_desk() -> str:
    return (
        rect(8, 108, 104, 8, INK)
        + rect(18, 116, 7, 34, INK)
        + rect(95, 116, 7, 34, INK)
        + line("M88 106V74L66 56", INK, 6)
        + path("M50 66l26-26 10 22z", INK)
        + rect(24, 100, 34, 8, SAND)
    )


# Upper left corner of each window of the house, and what is seen in it once it is lit.
HOUSE_WINDOWS: Sequence[tuple[float, float, str]] = (
    (620, 300, line("M86 80v66M86 110h28v36", INK, 7) + moved(shadow(INK), 46, 150, 0.23)),
    (1040, 510, moved(shadow(INK), 40, 150, 0.23) + line("M122 80v66M122 110H94v36", INK, 7)),
    (1250, 300, lamp_on_desk()),
    (830, 510, path("M44 30h52v120H44z", "#fbe3ad") + path("M44 30l30 10v110H44z", INK)),
)
DARK_WINDOWS = ((830, 300), (1040, 300), (620, 510), (1250, 510))


def house_window(x: float, y: float, content: str, lit: float) -> str:
    inside = rect(10, 10, 120, 140, mix(GLASS, LAMP, lit)) + moved(content, 0, 0, opacity=lit)
    frame = rect(0, 0, 140, 160, INK)
    return moved(frame + inside + rect(67, 10, 6, 140, INK) + rect(-4, 156, 148, 8, INK), x, y)


def house(time: float, at: Sequence[float]) -> str:
    """At dusk. One window is lit at each place that is named: lines 1 to 4 of the scene."""
    lit = [ease(time, start + 0.1, 0.8) for start in at[1:5]]
    return house_picture(lit)


def house_picture(lit: Sequence[float]) -> str:
    sky = (
        rect(0, 0, 1600, 900, "#35696d")
        + path("M0 0H1600V312C1300 280 700 240 0 300z", "#2c5c62")
        + circle(300, 250, 58, PALE)
        + path("M0 560h90v-30h90v-60l60-50 60 50v70h80v-40h120v60h1000v-40h100V900H0z", "#22525a")
        + ellipse(1530, 640, 84, 128, "#174148")
        + line("M1530 812V620M1530 720l-34-44M1530 690l34-46", INK, 8)
    )
    walls = (
        path("M560 240L1010 106L1460 240V820H560z", NIGHT)
        + rect(1180, 100, 54, 96, INK)
        + rect(760, 120, 44, 80, INK)
        + path("M526 264L1010 122L1494 264V238L1010 94L526 238z", INK)
    )
    windows = "".join(house_window(x, y, "", 0) for x, y in DARK_WINDOWS)
    windows += "".join(
        house_window(x, y, content, part) for (x, y, content), part in zip(HOUSE_WINDOWS, lit, strict=True)
    )
    pools = "".join(
        path(f"M{x + 40} 824h80l36 38H{x + 4}z", LAMP, 0.16 * part)
        for (x, _, _), part in zip(HOUSE_WINDOWS, lit, strict=True)
    )
    street = (
        rect(0, 800, 1600, 100, INK)
        + rect(0, 800, 1600, 12, DEEP)
        + rect(962, 692, 106, 120, INK)
        + rect(974, 704, 82, 108, CLAY)
        + circle(1042, 762, 5, SAND)
        + line("M240 812V560M240 690l-50-60M240 650l44-58", INK, 12)
        + ellipse(240, 520, 118, 150, "#174148")
        + line("M240 812V520M240 660l-48-58M240 620l44-56", INK, 9)
        + ellipse(92, 610, 74, 96, "#1b4b52")
        + line("M92 812V600", INK, 8)
    )
    return sky + walls + windows + street + pools + street_lamp(440, 812, 1)


def street_lamp(x: float, ground: float, lit: float) -> str:
    light = path("M34 -394h32l70 394H-36z", PALE, 0.17 * lit)
    post = line("M0 0V-392c0-34 50-34 50-6", INK, 9) + path("M32 -396h36l-8-20H40z", INK)
    return moved(light + post + ellipse(50, -392, 15, 7, mix(MIST, PALE, lit)), x, ground)


def school(time: float, at: Sequence[float]) -> str:
    """A teacher at a desk, an empty chair. The light reaches the chair when it is named."""
    light = ease(time, at[0] + 2.2, 1.2)
    room = rect(0, 0, 1600, 900, DEEP) + rect(0, 690, 1600, 210, "#173d44") + rect(0, 680, 1600, 12, NIGHT)
    board = rect(150, 150, 540, 270, NIGHT, 8) + rect(150, 428, 540, 14, TEAL, 6)
    teacher = moved(bust(MIST, SAND, LONG_HAIR), 400, 600)
    desk = (
        rect(170, 590, 470, 26, INK, 8)
        + rect(200, 616, 410, 150, NIGHT)
        + rect(520, 552, 44, 38, SAND, 8)
        + rect(210, 576, 130, 14, FOG, 4)
    )
    lamp = line("M1180 0V150", INK, 6) + path("M1124 206c0-40 20-58 56-58s56 18 56 58z", INK)
    bulb = ellipse(1180, 206, 34, 10, mix(MIST, PALE, 0.3 + 0.7 * light))
    wedge = polygon(((1146, 210), (1214, 210), (1424, 780), (936, 780)), LAMP, 0.42 * light)
    pool = ellipse(1180, 768, 236, 26, LAMP, 0.5 * light)
    table = line("M960 764V600M1084 764V600", INK, 12) + rect(930, 580, 184, 24, TEAL, 8)
    chair = ellipse(1240, 772, 120, 14, INK, 0.4) + moved(side_chair(CLAY), 1236, 772)
    return room + board + teacher + desk + lamp + wedge + pool + bulb + table + chair + window_frame()


def clinic(time: float, at: Sequence[float]) -> str:
    """A nurse, the patient's chair, and a shadow that comes over the wall behind it."""
    come = ease(time, at[2] + 0.5, 1.4)
    room = (
        rect(0, 0, 1600, 900, "#235058") + rect(0, 690, 1600, 210, "#173d44") + rect(0, 680, 1600, 12, NIGHT)
    )
    light = polygon(((150, 300), (290, 300), (700, 780), (56, 780)), LAMP, 0.36)
    lamp = (
        line("M220 770V300", INK, 9)
        + path("M150 306h140l-34-112h-72z", LAMP)
        + path("M180 776h80l-16-12h-48z", INK)
    )
    nurse = (
        ellipse(520, 776, 150, 16, INK, 0.4)
        + moved(front_chair(TEAL), 520, 776)
        + moved(seated(FOG, "#c9906f", SHORT_HAIR), 520, 776)
    )
    fallen = moved(shadow(INK), 1300 + 90 * (1 - come), 690, 1.62, opacity=0.5 * come)
    chair = ellipse(1110, 776, 150, 16, INK, 0.4) + moved(front_chair(CLAY), 1110, 776)
    shelf = rect(610, 250, 130, 10, INK) + rect(630, 190, 40, 60, FOG, 8) + rect(684, 214, 30, 36, MIST, 8)
    return room + fallen + light + lamp + shelf + nurse + chair + window_frame()


def phone_number(colour: str) -> str:
    """Ten strokes in four groups: a telephone number that is nobody's."""
    places = (0, 22, 44, 86, 108, 150, 172, 214, 236, 258)
    return "".join(rect(x, 0, 13, 26, colour, 4) for x in places)


def ring(part: float, colour: str = CLAY) -> str:
    """A ring drawn by hand around phone_number, as far as it has come."""
    if part <= 0:
        return ""
    turn = [math.radians(-150 + 390 * part * step / 48) for step in range(49)]
    grow = [1 + 0.05 * part * step / 48 for step in range(49)]
    points = [
        (135 + 158 * g * math.cos(a), 13 + 52 * g * math.sin(a)) for a, g in zip(turn, grow, strict=True)
    ]
    return line("M" + "L".join(f"{number(x)} {number(y)}" for x, y in points), colour, 9)


def sheet(part: float) -> str:
    rows = "".join(
        rect(40, y, w, 10, MIST, 5)
        for y, w in ((48, 190), (84, 280), (116, 250), (300, 280), (332, 220), (364, 264))
    )
    paper = rect(14, 16, 360, 430, INK, 4, 0.3) + rect(0, 0, 360, 430, CREAM, 4)
    return paper + rows + moved(phone_number(NIGHT) + ring(part), 45, 194)


def office(time: float, at: Sequence[float]) -> str:
    """Three papers on a desk. The same number is ringed three times, as the days are named."""
    rings = ease(time, at[1] + 0.3, 0.9), ease(time, at[1] + 1.7, 0.9), ease(time, at[2] + 0.2, 0.9)
    desk = rect(0, 0, 1600, 900, TEAL) + rect(0, 0, 1600, 900, DEEP, opacity=0.6)
    light = polygon(((1236, 60), (1320, 110), (1180, 900), (60, 900), (60, 560)), LAMP, 0.36)
    lamp = line("M1560 60L1290 76", INK, 14) + path("M1200 40l118-8 34 84-84 44z", INK)
    papers = (
        moved(sheet(rings[2]), 130, 300, turn=-7)
        + moved(sheet(rings[1]), 590, 240, turn=2)
        + moved(sheet(rings[0]), 1070, 250, turn=6)
    )
    return desk + light + papers + lamp + window_frame(post=False)


def kitchen(time: float, at: Sequence[float]) -> str:
    """A kitchen after hours. The door comes ajar when it is named, and the light falls out."""
    open_part = ease(time, at[1] + 0.6, 1.4)
    leaf = 240 - 74 * open_part
    lean = 34 * open_part
    room = rect(0, 0, 1600, 900, DEEP) + rect(0, 690, 1600, 210, "#173d44") + rect(0, 680, 1600, 12, NIGHT)
    tiles = "".join(rect(44, y, 747, 4, "#235058") for y in (300, 350, 400, 450)) + rect(
        44, 250, 747, 6, TEAL
    )
    rail = line("M150 170H640", INK, 9) + "".join(
        line(f"M{x} 172v40", INK, 6)
        + path(f"M{x - w} 212h{2 * w}v{h}c0 16-10 22-22 22h{-2 * w + 44}c-12 0-22-6-22-22z", MIST)
        for x, w, h in ((210, 44, 40), (340, 60, 58), (480, 40, 34), (590, 52, 50))
    )
    counter = rect(80, 500, 680, 26, INK, 8) + rect(100, 526, 640, 240, TEAL)
    doors = "".join(rect(x, 552, 188, 190, NIGHT, 6, 0.45) for x in (118, 326, 534))
    board = moved(
        rect(0, 0, 120, 84, SAND, 6) + rect(42, -8, 36, 16, NIGHT, 6) + line("M18 28h84M18 50h60", MIST, 6),
        560,
        404,
    )
    steel = rect(160, 450, 130, 50, MIST, 8) + line("M146 462h158", INK, 9)
    frame = rect(1080, 156, 296, 536, NIGHT) + rect(1108, 184, 240, 508, PALE)
    gap = 1108 + leaf
    wedge = polygon(
        ((gap, 690), (1348, 690), (1348 + 150 * open_part, 812), (gap - 190 * open_part, 812)),
        LAMP,
        0.75 * min(1, open_part * 3),
    )
    door = polygon(((1108, 184), (gap, 184 + lean), (gap, 692 - lean), (1108, 692)), CLAY)
    panel = polygon(
        ((1138, 230), (gap - 30, 230 + lean * 0.8), (gap - 30, 420), (1138, 424)), "#9c4830"
    ) + polygon(((1138, 464), (gap - 30, 460), (gap - 30, 640 - lean * 0.8), (1138, 646)), "#9c4830")
    knob = circle(gap - 18, 448, 9, SAND)
    return (
        room
        + tiles
        + rail
        + counter
        + doors
        + steel
        + board
        + frame
        + wedge
        + door
        + panel
        + knob
        + window_frame()
    )


def chair_sign(colour: str) -> str:
    return moved(side_chair(colour), 150, 262, 0.62)


def shadow_sign() -> str:
    return moved(shadow(NIGHT), 160, 280, 0.7)


def number_sign() -> str:
    return moved(phone_number(NIGHT) + ring(1, NIGHT), 64, 132, 0.7)


def door_sign() -> str:
    return (
        rect(100, 50, 120, 220, NIGHT)
        + rect(112, 62, 96, 208, CREAM)
        + polygon(((112, 62), (172, 80), (172, 262), (112, 270)), NIGHT)
    )


def piece(sign: str, corner: int, lit: float) -> str:
    """A quarter of a window, 320 x 280, with its own share of the frame."""
    right, low = corner % 2, corner // 2
    glass = rect(2, 2, 316, 276, mix(TEAL, LAMP, lit)) + sign
    edges = rect(0, 256 if low else 0, 320, 24, INK) + rect(296 if right else 0, 0, 24, 280, INK)
    posts = rect(0, 0 if low else 274, 320, 6, INK) + rect(0 if right else 314, 0, 6, 280, INK)
    return moved(glass + posts + edges, -160, -140)


# Where each piece stands while it is alone: away from its place in the window, and turned.
ALONE = ((-330, -40, -7), (330, -34, 6), (-330, 30, 5), (330, 26, -6))


def pieces_picture(joined: Sequence[float], lit: float) -> str:
    signs = (chair_sign(CLAY), shadow_sign(), number_sign(), door_sign())
    parts = rect(0, 0, 1600, 900, DEEP)
    for corner, (sign, (x, y, turn), part) in enumerate(zip(signs, ALONE, joined, strict=True)):
        away = 1 - part
        place_x, place_y = (640, 960)[corner % 2], (256, 536)[corner // 2]
        parts += moved(piece(sign, corner, lit), place_x + x * away, place_y + y * away, turn=turn * away)
    return parts


def apart(time: float, at: Sequence[float]) -> str:
    return pieces_picture((0, 0, 0, 0), 0)


def together(time: float, at: Sequence[float]) -> str:
    """The pieces go home one at a time, and are lit as one window at the last words."""
    starts = at[0] + 0.4, at[0] + 3.0, at[1] + 0.3, at[2] + 0.2
    return pieces_picture([ease(time, start, 1.4) for start in starts], ease(time, at[3] + 0.3, 1.2))


def door_pane(part: float) -> str:
    leaf = 180 - 90 * part
    lean = 22 * part
    frame = rect(262, 22, 204, 324, NIGHT) + rect(274, 34, 180, 312, CREAM)
    return (
        frame
        + polygon(((274, 34), (274 + leaf, 34 + lean), (274 + leaf, 346 - lean), (274, 346)), TEAL)
        + circle(274 + leaf - 16, 196, 7, SAND)
    )


def chair_pane(part: float) -> str:
    table = rect(150, 172, 240, 20, NIGHT, 8) + line("M180 190V336M360 190V336", NIGHT, 11)
    return table + moved(side_chair(CLAY), 390 + 130 * part, 340, 0.82)


def telephone_pane(part: float) -> str:
    base = path(
        "M232 330l34-138c4-14 12-20 26-20h146c14 0 22 6 26 20l34 138c2 10-4 16-14 16H246c-10 0-16-6-14-16z",
        NIGHT,
    )
    dial = circle(365, 262, 52, TEAL) + circle(365, 262, 18, NIGHT)
    cradle = rect(300, 142, 24, 34, NIGHT, 8) + rect(406, 142, 24, 34, NIGHT, 8)
    handset = path(
        "M-132 22c0-62 40-66 132-66s132 4 132 66c0 12-6 16-18 16H70c-12 0-18-6-18-18 0-16-12-20-52-20s-52 4-52 20c0 12-6 18-18 18h-44c-12 0-18-4-18-16z",
        INK,
    )
    rise = 62 * part
    cord = line(
        f"M236 320c-70 4-100-40-70-80 20-28 60-50 {number(70 - 16 * part)} {number(-94 - rise * 0.4)}", INK, 8
    )
    return cord + base + dial + cradle + moved(handset, 365, 134 - rise, turn=-13 * part)


def pen_pane(part: float) -> str:
    paper = moved(rect(0, 0, 360, 260, CREAM, 4) + line("M40 58h250M40 106h210", MIST, 8), 186, 60)
    end = 240 * part
    written = line(f"M226 214h{number(max(end, 0.1))}", NIGHT, 8) if part > 0 else ""
    pen = line("M10 -12L104 -122", NIGHT, 18) + path("M0 0l4-22 16 14z", INK)
    return paper + written + moved(pen, 228 + end, 212)


def hands(time: float, at: Sequence[float]) -> str:
    """The same window from near: in each pane one thing is done, and the pane is lit as it is said."""
    panes = (
        (62, 44, door_pane, at[0] + 0.2),
        (811, 44, chair_pane, at[1] + 0.6),
        (62, 430, telephone_pane, at[2] + 0.4),
        (811, 430, pen_pane, at[3] + 0.2),
    )
    parts = rect(0, 0, 1600, 900, INK)
    for x, y, draw, start in panes:
        lit = ease(time, start, 0.8)
        parts += moved(rect(0, 0, 727, 368, mix(TEAL, LAMP, lit)) + draw(ease(time, start + 0.3, 1.4)), x, y)
    return parts + rect(0, 806, 1600, 10, DEEP)


def walker(step: float) -> str:
    """Someone seen from behind, feet on y = 0. `step` from -1 to 1 lifts the one foot or the other."""
    left, right = max(step, 0) * 22, max(-step, 0) * 22
    return (
        rect(-40, -150, 34, 150 - left, INK, 8)
        + rect(6, -150, 34, 150 - right, INK, 8)
        + path("M-58 -110c-4-150 2-214 58-214s62 64 58 214c-34 14-82 14-116 0z", CLAY)
        + line("M-52 -266c-12 44-16 92-14 132M52 -266c12 44 16 92 14 132", "#9c4830", 20)
        + rect(-16, -350, 32, 40, SAND, 12)
        + circle(0, -372, 36, SAND)
        + path("M-39 -352c-10-82 88-82 78 0-22 14-56 14-78 0z", INK)
        + rect(54, -136, 56, 62, INK, 8)
        + line("M68 -134c0-30 28-30 28 0", INK, 7)
    )


STEPS = 5
STEP_SECONDS = 0.8


def morning(time: float, at: Sequence[float]) -> str:
    """The gate opens, someone walks out and away, and the street lamp goes out because it is day."""
    gate = ease(time, at[2] + 0.1, 1.4)
    begun = at[3]
    steps = [ease(time, begun + STEP_SECONDS * each, STEP_SECONDS) for each in range(STEPS)]
    walked = sum(steps) / STEPS
    moving = sum(steps) % 1
    swing = math.sin(math.pi * moving) * (1 if int(sum(steps)) % 2 else -1)
    lamp = 1 - ease(time, begun + STEP_SECONDS * STEPS + 0.6, 0.8)
    sky = rect(0, 0, 1600, 900, "#f3e8d2") + circle(936, 350, 74, PALE)
    hills = path("M0 470C260 380 470 400 720 440S1240 380 1600 450V640H0z", FOG) + path(
        "M0 540C300 470 520 520 800 520S1300 470 1600 530V700H0z", "#a9c0b9"
    )
    ground = rect(0, 610, 1600, 290, "#d9c7a6") + rect(0, 604, 1600, 10, "#bfa982")
    road = polygon(((776, 604), (824, 604), (1180, 900), (420, 900)), "#f4e3bd")
    trees = (
        line("M1300 640V400M1300 520l40-52", "#5f8f8e", 10)
        + ellipse(1300, 356, 96, 124, "#8fb0a6")
        + line("M1300 470V330M1300 420l34-40", "#5f8f8e", 8)
        + line("M1452 640V460", "#5f8f8e", 8)
        + ellipse(1452, 440, 66, 86, "#a3bfb6")
    )
    wall = "".join(
        rect(x, 470, 560, 236, "#8aa9a3")
        + rect(x, 452, 560, 22, TEAL)
        + "".join(rect(x + place, 474, 14, 232, "#7a9b96") for place in (100, 280, 460))
        for x in (0, 1040)
    )
    posts = "".join(rect(x, 392, 44, 318, TEAL, 6) + rect(x - 8, 380, 60, 18, NIGHT, 6) for x in (540, 1016))
    width = 216 - 150 * gate
    lean = 34 * gate
    leaves = ""
    for hinge, way in ((584, 1), (1016, -1)):
        edge = hinge + way * width
        bars = "".join(
            line(
                f"M{number(hinge + way * width * k)} {number(452 + lean * k)}V{number(696 - lean * 0.4 * k)}",
                NIGHT,
                9,
            )
            for k in (0.04, 0.28, 0.52, 0.76, 1)
        )
        leaves += (
            line(
                f"M{hinge} 476L{number(edge)} {number(476 + lean)}M{hinge} 660L{number(edge)} {number(660 - lean * 0.4)}",
                NIGHT,
                9,
            )
            + bars
        )
    someone = moved(
        ellipse(6, 2, 84, 12, "#8f7a52", 0.4) + walker(swing),
        800 + 6 * math.sin(walked),
        764 - 130 * walked,
        1 - 0.62 * walked,
    )
    front = street_lamp(230, 790, lamp) + ellipse(250, 792, 60, 8, "#8f7a52", 0.4)
    return sky + hills + trees + ground + road + wall + leaves + posts + someone + front

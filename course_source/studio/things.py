"""People and things that come back in the films: faceless, in the palette, and drawn once."""

from drawing import (
    CLAY,
    INK,
    LAMP,
    MIST,
    NIGHT,
    PALE,
    SAND,
    both,
    circle,
    ellipse,
    line,
    mix,
    moved,
    number,
    path,
    polygon,
    rect,
)

SKIN = ("#eadfc9", "#c9906f", "#7d4f3a", "#d9b48f")
HAIR = {
    "short": "M-60 -276C-70 -366 70 -366 60 -276c-10-14-18-20-24-24-26 8-50 8-76 0-6 6-12 14-20 24z",
    "long": "M-62 -222C-80 -390 80 -390 62 -222h-22c4-30 0-46-10-58-22 10-50 12-72 0-2 14-2 32 2 58z",
    "bun": "M-60 -272C-72 -356 -22 -362 -14 -352C-30 -398 30 -398 14 -352C22 -362 72 -356 60 -272c-12-18-30-28-60-28s-48 10-60 28z",
    "thin": "M-58 -268c-8-46 10-66 26-70-8 10-10 18-8 26-10 10-16 24-18 44zM58 -268c8-46-10-66-26-70 8 10 10 18 8 26 10 10 16 24 18 44z",
}


def bust(coat, skin, hair="short", hair_colour=INK, collar=None):
    return (
        path("M-104 0v-116c0-58 40-88 104-88s104 30 104 88V0z", coat)
        + (polygon(((-34, -202), (0, -150), (34, -202), (20, -208), (-20, -208)), collar) if collar else "")
        + rect(-22, -240, 44, 56, skin, 18)
        + circle(0, -280, 56, skin)
        + path(HAIR[hair], hair_colour)
    )


def gait(phase, most):
    """Where a foot is before or behind the hip, and how high: it stands while the body passes over it, then swings."""
    phase %= 1
    if phase < 0.6:
        return most * (1 - 2 * phase / 0.6), 0.0
    swung = (phase - 0.6) / 0.4
    return most * (2 * both(swung, 0, 1) - 1), 4 * swung * (1 - swung)


STOOP = 24
"""How far somebody bends who puts something down, in degrees."""
DOUBLE_STEP = 248
"""How far `walker_side` comes in two steps of full length."""


def walker_side(coat, skin, hair_colour, phase, trousers=INK, carried="", stride=1.0, arm="", stoop=0.0):
    """Someone walking to the right, feet on y = 0, 410 high. `phase` counts double steps; `carried` is held, `arm`
    stands in for the swinging arm; `stoop` is 1 for somebody who puts something down."""
    legs = ""
    for shift, shade in ((0.5, mix(trousers, "#000000", 0.25)), (0, trousers)):
        foot, up = gait(phase + shift, 74 * stride)
        up *= 16
        legs += line(
            f"M0 {number(-190 + 26 * stoop)}Q{number(foot * 0.45 + 10 + 16 * stoop)} -100 {number(foot)} {number(-14 - up)}",
            shade,
            40,
        )
        legs += rect(foot - 18, -16 - up, 52, 16, shade, 8)
    ahead, _ = gait(phase, 1)
    body = path("M-58 -150c-6-110 2-178 54-178s64 62 60 178c-30 12-84 12-114 0z", coat)
    swung = line(
        f"M0 -290Q{number(-ahead * 20)} -220 {number(-ahead * 52 * stride + 8)} -170",
        mix(coat, INK, 0.22),
        30,
    )
    head = (
        rect(-14, -352, 32, 36, skin, 12)
        + circle(4, -372, 38, skin)
        + path("M-36 -362c-8-60 66-74 78-26-24 0-34 4-42 14-2 12-8 26-18 38-10-4-16-14-18-26z", hair_colour)
    )
    upper = moved(body + carried + (arm or swung) + head, 0, 190)
    return legs + moved(upper, 0, abs(ahead) * 5 + 26 * stoop - 190, turn=STOOP * stoop)


def armchair(main, light, leg=NIGHT):
    """As in frame 6: seen half from the side, opening to the right, feet near y = 392."""
    return (
        path("M0 60C0 10 30-10 80-4l130 20c20 4 30 16 28 36l-12 170H40z", light)
        + path(
            "M-34 150c0-26 20-40 44-34 20 6 28 22 28 46v64h200c14 0 24 10 24 24v60c0 12-8 20-20 20H0c-20 0-34-12-34-34z",
            main,
        )
        + path("M38 196h206c18 0 28 12 28 28v18H38z", light)
        + line("M-10 330l-16 62M232 330l14 62", leg, 12)
    )


def side_chair(colour):
    return (
        line("M-58 -160L-76 -6M62 -160L80 -6", INK, 12)
        + line("M64 -160L88 -330", INK, 12)
        + rect(-80, -178, 160, 28, colour, 12)
        + moved(rect(-15, -70, 30, 140, colour, 14), 81, -290, turn=8)
    )


def gloves(main, cuff, seam, sway=0):
    """A pair of working gloves on a clip, hanging from (0, 0). About 190 high."""

    def one(x, turn, c):
        hand = (
            "M-30 34c-2 30-6 46-6 66 0 16 2 34 4 46 2 10 16 10 17 0l2-24 2 34c1 11 17 11 18 0l1-34 3 30c1 10 16 10 17 0l0-34"
            "c8 14 14 20 20 16 8-4 0-16-6-32-6-18-10-44-10-68z"
        )
        return moved(
            path(hand, c) + rect(-34, 12, 66, 30, cuff, 6) + line("M-18 62c10 6 24 6 36 0", seam, 4),
            x,
            18,
            turn=turn,
        )

    pair = one(-26, 5, mix(main, INK, 0.2)) + one(22, -5, main)
    return moved(line("M-12 20C-12 -6 12 -6 12 20", cuff, 7) + pair, 0, 0, turn=sway)


def mug(main, dark, coffee="#4a2117"):
    """As in frame 4; the rim's middle at (0, 0)."""
    return (
        line("M95 58c70-10 76 96-6 92", main, 24)
        + path("M-95 0H95v150c0 40-40 56-95 56s-95-16-95-56z", main)
        + ellipse(0, 0, 95, 28, dark)
        + ellipse(0, 4, 78, 19, coffee)
    )


def house_far(lit=(0, 0, 0, 0), walls="#3f6d70", roof="#2c565b", glass="#5d8a89", door=CLAY):
    """The house of the first film, 450 x 360, standing on y = 0, seen from afar. The same four windows."""
    s = polygon(((-225, -280), (0, -350), (225, -280), (225, 0), (-225, 0)), walls)
    s += rect(85, -362, 27, 48, roof) + rect(-125, -352, 22, 40, roof)
    s += path("M-242 -270L0 -344L242 -270v-14L0 -364L-242 -284z", roof)
    order = {(0, 0): 0, (2, 1): 1, (3, 0): 2, (1, 1): 3}
    for row in (0, 1):
        for col in range(4):
            x, y = -195 + col * 105, -250 + row * 105
            k = lit[order[col, row]] if (col, row) in order else 0
            s += (
                rect(x, y, 70, 80, roof)
                + rect(x + 5, y + 5, 60, 70, mix(glass, LAMP, k))
                + rect(x + 33, y + 5, 4, 70, roof)
            )
    return s + rect(-24, -60, 53, 60, roof) + rect(-18, -54, 41, 54, door)


def street_lamp(lit=1, ink=INK):
    light = path("M34 -394h32l70 394H-36z", PALE, 0.17 * lit)
    return (
        light
        + line("M0 0V-392c0-34 50-34 50-6", ink, 9)
        + path("M32 -396h36l-8-20H40z", ink)
        + ellipse(50, -392, 15, 7, mix(MIST, PALE, lit))
    )


def sitting(coat, skin, hair, trousers=INK, turn=0.0, head_turn=0.0, bare=False, tap=0.0, hand=0.0, lean=0.0):
    """A grown person in an armchair, in profile to the right; hip at (0, 0), floor at y = 200.

    `turn` 0 to 1 is towards us; `tap` lifts the toes, in degrees; `hand` lifts the hand, in speech; `lean` leans back,
    in degrees.
    """
    far = mix(trousers, "#000000", 0.3)
    knee, shin = 150 - 66 * turn, 152 - 60 * turn
    legs = line(f"M18 -14L{number(knee)} {number(-6 + 14 * turn)}L{number(shin)} 182", far, 44) + rect(
        138 - 66 * turn, 180, 62 - 12 * turn, 20, far, 8
    )
    legs += line(
        f"M14 -6L{number(166 - 26 * turn)} {number(2 + 8 * turn)}L{number(172 - 28 * turn)} 182", trousers, 46
    )
    legs += moved(rect(-10, -20, 64 - 10 * turn, 20, trousers, 8), 166 - 32 * turn, 200, turn=-tap)
    w = 62 + 26 * turn
    torso = path(
        f"M{number(-w + 12)} 14c-12-96-10-168 {number(w * 0.9)}-204 16-6 40 2 54 22 22 50 26 116 20 182-30 16-{number(w)} 16-{number(2 * w - 6)} 0z",
        coat,
    )
    neck = rect(-6 - 8 * turn, -222, 34, 38, skin, 12)
    x = 14 - 8 * turn + head_turn
    caps = {
        "long": f"M{number(x - 40)} -196c-24-70-8-112 40-104 34 0 46 22 44 44-24-4-38 2-48 16-2 22 2 34 4 44z",
        "bun": f"M{number(x - 36)} -222c-16-20-20-56 4-74c-34-8-32-52 0-50 16 2 22 16 18 30 34-8 62 16 60 40-26-2-40 4-50 14-2 14-12 30-32 40z",
        "short": f"M{number(x - 40)} -238c-10-66 74-78 86-26-26-2-38 4-46 14-2 14-8 28-20 38-12-4-18-14-20-26z",
    }
    head = circle(x, -250, 42, skin) + path(caps[hair], INK)
    dark = mix(coat, INK, 0.2)
    reach, up = 104 - 14 * turn + 10 * hand, -50 - 46 * hand
    arm = line(
        f"M{number(4 + 22 * turn)} -150Q{number(10 + 20 * turn)} {number(-66 + 6 * hand)} {number(reach - 12)} {number(up + 2)}",
        dark,
        36,
    ) + circle(reach, up, 17, skin)
    if bare:  # short sleeves
        arm = (
            line("M4 -150Q6 -110 24 -82", dark, 42)
            + line("M26 -80Q44 -56 92 -54", skin, 26)
            + circle(104, -54, 17, skin)
        )
    return legs + moved(neck + head + torso + arm, turn=-lean)


def from_behind(coat, hair, skin, trousers, step=0.0):
    """Someone who walks away from us, feet on y = 0; `step` from -1 to 1 lifts the one foot or the other."""
    left, right = max(step, 0) * 20, max(-step, 0) * 20
    caps = {
        "short": "M-39 -362c-10-80 88-80 78 0-20 16-58 16-78 0z",
        "long": "M-42 -330c-14-120 98-120 84 0-24 12-60 12-84 0z",
    }
    return (
        rect(-40, -160, 34, 160 - left, trousers, 8)
        + rect(6, -160, 34, 160 - right, trousers, 8)
        + path("M-60 -120c-4-150 2-220 60-220s64 70 60 220c-34 14-86 14-120 0z", coat)
        + line("M-54 -276c-12 44-16 92-14 132M54 -276c12 44 16 92 14 132", mix(coat, INK, 0.18), 22)
        + moved(
            rect(-16, -358, 32, 40, skin, 12) + circle(0, -380, 37, skin) + path(caps[hair], INK), 2 * step
        )
    )


def back_of(coat, skin, hair, head=0.0):
    """Shoulders and head from behind; `head` moves the head to the side."""
    caps = {
        "long": "M-66 -206c-22-190 154-190 132 0-36 16-96 16-132 0z",
        "short": "M-58 -262c-12-106 128-106 116 0-10 34-30 50-58 50s-48-16-58-50z",
    }
    top = circle(0, -276, 58, skin) + path(caps[hair], INK)
    return (
        path("M-150 0c-8-120 20-190 150-196 130 6 158 76 150 196z", coat)
        + rect(-26, -236, 52, 60, skin, 18)
        + moved(top, head, turn=0.25 * head)
    )


def hand_round(side, skin, sleeve, opened=(0, 0, 0, 0)):
    """A hand laid round the mug from the left (or, mirrored, the right); each finger lets go when its `opened` is 1."""
    fingers = ""
    for y, part in zip((40, 78, 116, 152), opened, strict=True):
        tip_x, tip_y = -20 - 42 * part, y + 4 - 26 * part
        fingers += line(
            f"M-150 {y}C-90 {number(y - 10 - 16 * part)} {number(-60 - 20 * part)} {number(y - 6 - 26 * part)} {number(tip_x)} {number(tip_y)}",
            skin,
            36,
        )
    palm = path("M-330 240C-300 120 -230 30 -150 20c40-4 70 20 66 60l-6 80c-30 40-110 60-140 120z", skin)
    arm = polygon(((-460, 330), (-300, 170), (-190, 260), (-290, 420)), sleeve)
    cuff = line("M-312 178L-198 262", mix(sleeve, INK, 0.2), 30)
    return moved(palm + fingers + arm + cuff, flip=side > 0)


def coat_hanging(c, seam):
    return (
        path(
            "M-64 28c20-24 44-34 64-34s44 10 64 34c28 8 42 26 46 60l26 190c-14 10-34 10-44 4l-14-96 8 216c-58 22-114 22-172 0l8-216-14 96c-10 6-30 6-44-4l26-190c4-34 18-52 46-60z",
            c,
        )
        + line("M-86 176l8-110M86 176l-8-110", seam, 5)
        + line("M0 60v340", seam, 5)
        + path("M-40 10c20 34 60 34 80 0 0 30-16 56-40 56s-40-26-40-56z", seam)
    )


def backpack(main, dark, slump=0.0, strap=0.0, pull=0.0):
    """Against a wall, standing on y = 0, about 330 high. The strap has slid down when `strap` is 1; `pull` turns the
    zip's pull, in degrees."""
    loose = f"M-96 {number(-250 + 34 * strap)}c{number(-54 - 26 * strap)} {number(20 + 60 * strap)}-70 {number(110 + 40 * strap)}-46 {number(190 - 20 * strap)}"
    return moved(
        line(loose, dark, 20)
        + path("M-120 0c-22-60-22-190 4-250 20-50 60-72 116-72s96 22 116 72c26 60 26 190 4 250z", main)
        + path(
            "M-120 0c-22-60-22-190 4-250 18-46 54-70 104-72-46 14-70 50-80 110-10 70-8 150 2 212z",
            mix(main, PALE, 0.22),
        )
        + path("M-88 -8c-10-40-8-92 6-124h164c14 32 16 84 6 124z", dark)
        + line("M-80 -96h160", SAND, 6)
        + moved(line("M0 0v26", SAND, 6) + circle(0, 34, 9, LAMP), 40, -96, turn=pull)
        + line("M-36 -320c0-42 72-42 72 0", dark, 14)
        + line("M-84 -220c30-18 138-18 168 0", dark, 7),
        turn=slump,
    )

"""The film "Samtalet", shot by shot: what moves, and when. All times come from the lines."""

import math

import talk
from drawing import (
    NIGHT,
    SANS,
    along,
    both,
    first_card,
    moved,
    out,
    push,
    rect,
    swing,
    veil,
    words,
)
from timeline import timeline

SCRIPT = timeline("samtalet")
LINE = SCRIPT.line
POSTER = LINE(5).start + 2.5
TURN = LINE(5).start - 0.2
"""When Samira turns her chair."""


def day(t):
    """One movement through the whole film: from grey to sun."""
    return along(t, SCRIPT.shot(3).start, SCRIPT.shot(13).start - SCRIPT.shot(3).start)


def drops(t):
    """How many drops fall: fewer and fewer, until the question is asked."""
    return round(
        90
        - 34 * along(t, SCRIPT.shot(3).start, 14)
        - 50 * along(t, SCRIPT.shot(5).start - 4, LINE(10).start - SCRIPT.shot(5).start + 4)
    )


def fallen(t):
    """How far the rain has come; it slows down while Leo looks out."""
    start, length, fast, slow = SCRIPT.shot(5).start, 16.0, 560.0, 150.0
    if t < start:
        return fast * t
    part = min(t - start, length)
    return (
        fast * start
        + fast * part
        - (fast - slow) * part * part / (2 * length)
        + slow * max(0.0, t - start - length)
    )


def speaking(t, no):
    """A hand that goes with the words: up in the pauses of a line, and down when it is said."""
    line = LINE(no)
    return (both(t, line.start, 0.8) - both(t, line.end - 0.4, 0.8)) * (
        0.75 + 0.25 * math.sin(2.1 * (t - line.start))
    )


def shot_1(t, s):
    return first_card(s, (LINE(1).start, LINE(2).start), (92, 228, 116, 10), LINE(2).end + 0.15)


def shot_2(t, s):
    """The room. Leo's foot taps until it is said that there is something more."""
    calm = LINE(3).at("något mer")
    tap = 13 * abs(math.sin(math.pi * 1.9 * s)) ** 3 * (1 - both(t, calm - 0.2, 0.5))
    shown = out(t, LINE(3).start - 0.1, 0.6) * (1 - both(t, LINE(3).at("söker") + 1.6, 0.7))
    leo = out(t, LINE(3).at("Leo") - 0.1, 0.6) * (1 - both(t, LINE(3).at("söker") + 1.6, 0.7))
    names = words("Samira", 404, 326, 52, colour=NIGHT, anchor="middle", opacity=shown) + words(
        "Leo", 1236, 222, 52, colour=NIGHT, anchor="middle", opacity=leo
    )
    return push(
        talk.room(0, drops(t), fallen(t), out(s, 0.1, 0.8), seconds=talk.ticking(s), tap=tap, texts=names),
        s / 12,
        0.02,
    )


def shot_3(t, s):
    return talk.room(
        day(t),
        drops(t),
        fallen(t),
        turn=both(t, TURN, 1.4),
        seconds=talk.ticking(s + 12),
        hers=speaking(t, 4),
    )


def shot_4(t, s):
    """Water rises with the words, and stops at "så långt det går". At "först" the glass is slid to Leo."""
    stop = LINE(6).at("går.") + 0.2
    begun = LINE(6).start
    tilt = both(s, 0.0, 0.9) - both(t, stop + 0.05, 1.1)
    stream = both(t, begun + 0.5, 0.25) - both(t, stop - 0.1, 0.25)
    ripple = 6 * math.exp(-0.9 * max(0.0, t - stop)) * math.sin(7 * (t - stop)) if t > begun + 0.5 else 0
    filled = along(t, begun + 0.6, stop - begun - 0.6)
    first = LINE(6).at("först")
    slid = both(t, first, 1.2)
    hers = (both(t, stop + 1.6, 1.0), both(t, first - 1.0, 0.9), both(t, first + 1.3, 0.9))
    return push(
        talk.pouring(
            day(t),
            fallen(t),
            drops(t),
            0.04 + 0.72 * filled,
            tilt,
            stream,
            slid,
            out(t, LINE(7).start - 0.5, 0.9),
            ripple,
            hers,
        ),
        s / 16,
        0.02,
    )


def shot_5(t, s):
    """Leo looks out; the rain slows down. Then near: a mug, and steam straight up."""
    if t < LINE(10).start - 0.1:
        head = -26 * both(t, LINE(8).start + 0.1, 1.2) + 14 * both(t, LINE(9).start + 3.4, 1.2)
        return push(over_shoulder(t, head), s / 11, 0.02)
    return push(talk.mug_near(day(t), t, amount=0.75), (t - LINE(10).start) / 7, 0.03)


def over_shoulder(t, head):
    window = talk.window(330, 56, 940, 640, day(t), drops=drops(t), fallen=fallen(t), scale=1.42)
    wall = rect(0, 0, 1600, 900, talk.tone("wall", day(t)))
    return wall + window + moved(talk.back_of(talk.LEO, talk.LEOS, "short", head), 1190, 920, 1.75)


def shot_6(t, s):
    """It is quiet. Only the second hand goes, and the last drops."""
    meet = both(s, 2.0, 2.2)
    return talk.clock_and_window(day(t), 15 + talk.ticking(s + 0.5), s, meet, both(s, 4.4, 3.4))


def shot_7(t, s):
    text = words(
        "Kanske.", 330, 280, 88, colour=NIGHT, anchor="middle", opacity=out(t, LINE(12).start - 0.05, 0.6)
    )
    rim = both(s, 0.1, 3.0)
    return talk.mug_near(day(t), t, talk.both_hands(44, low=26) + talk.thumb(rim), texts=text, amount=0.6)


def shot_8(t, s):
    """Samira leans back, and the first pane of sun lies on the floor."""
    return talk.room(
        day(t),
        0,
        turn=1,
        lamp=1 - 0.4 * both(s, 2, 3),
        panes=(both(s, 0.6, 1.6), both(s, 3.2, 2.0) * 0.5, 0, 0),
        shift=6 * s,
        seconds=talk.ticking(s + 36),
        lean=3 * both(t, LINE(13).start + 0.2, 1.4),
        hers=0.7 * speaking(t, 13),
    )


def shot_9(t, s):
    grip = both(t, LINE(14).at("skuld"), 0.6)
    opens = LINE(16).at("inte ditt")
    opened = [both(t, opens + 0.4 * k, 0.8) for k in range(4)]
    loose = both(t, opens, 2.4)
    hands = talk.both_hands(2 - 12 * grip + 18 * loose, opened)
    return push(talk.mug_near(day(t), t, hands, grip * (1 - loose), 0.5 * along(s, 0, 13)), s / 13, 0.02)


def shot_10(t, s):
    """The window has two misted halves. The one of tonight clears; tomorrow's does not."""
    left = both(t, LINE(18).start - 0.1, 1.2)
    return push(
        talk.behind_them(
            day(t),
            (0, 0, 0, 0),
            left,
            0.08,
            s,
            leo=-20 + 34 * both(t, LINE(18).at("morgon") - 0.2, 1.0),
            shown=0,
        ),
        s / 8,
        0.015,
    )


LIGHTS = tuple(LINE(19).at(word) for word in ("skydd", "någon som kan", "personer"))


def shot_11(t, s):
    lit = [out(t, at, 0.6) for at in LIGHTS]
    right = 0.08 + 0.92 * both(t, LINE(19).start + 0.6, 9.0)
    seen = both(s, 0.2, 1.4)
    return talk.behind_them(
        day(t),
        (*lit, 0),
        1,
        right,
        8 + s,
        talk.three_kinds(lit),
        leo=14 - 14 * seen,
        samira=10 * speaking(t, 19),
        shown=seen,
    )


def shot_12(t, s):
    """A telephone is laid down, with the screen down. The hand lets go, and turns its palm up. The sun creeps to it."""
    down = both(s, 0.5, 1.3)
    away = both(s, 2.3, 1.2)
    return talk.table_top(
        along(s, 0, 20),
        770 + 620 * (1 - down),
        1 - both(s, 1.2, 0.7),
        hand_x=1030 + 620 * (1 - down) + 186 * away,
        hand_y=590 + 56 * away + 10 * math.sin(1.3 * s) * (1 - along(s, 0, 14)),
    )


def shot_13(t, s):
    turn = LINE(24).start + 0.2
    reach = both(t, turn - 0.5, 0.7) - both(t, turn + 1.0, 0.8)
    text = words(
        "Ja.", 330, 330, 96, colour=NIGHT, anchor="middle", opacity=out(t, LINE(23).start - 0.05, 0.5)
    )
    return talk.table_top(
        0.68 + along(s, 0, 20),
        770,
        0.9 * math.sin(math.pi * along(t, turn, 1.0)),
        both(t, turn, 1.0),
        both(t, turn + 0.7, 1.2),
        1216 - 190 * reach,
        646 - 50 * reach,
        texts=text,
    )


def shot_14(t, s):
    said = [out(t, LINE(27).at(word), 0.6) for word in talk.WORDS]
    return talk.four_panes(
        0.55 * both(s, 0, 5.5) + 0.45 * both(t, LINE(26).start - 1.0, 6.5),
        said,
        both(t, LINE(25).at("Hon ställde"), 2.2),
        along(t, LINE(26).at("inte ensam"), 1.6),
    )


def shot_15(t, s):
    bag, coat = along(t, LINE(28).at("genast") + 0.2, 1.9), along(t, LINE(28).at("vill") + 0.1, 1.9)
    sway = swing(s, -0.2, 4, 0.5, 0.7)
    return talk.two_hooks(
        0.85,
        bag,
        coat,
        along(s, 0, 11),
        out(t, LINE(28).at("barn") - 0.1, 0.6),
        out(t, LINE(28).at("vuxen") - 0.1, 0.6),
        sway,
        swing(t, LINE(28).at("vuxen") - 0.4, 2.2, 0.7, 0.6),
    )


def shot_16(t, s):
    advice, danger = LINE(29), LINE(30)
    said = (
        (words("Råd i ditt arbete", 170, 270, 44, colour=NIGHT), advice.start),
        (words("020-39 00 00", 170, 366, 84, SANS, NIGHT), advice.at("020")),
        (words("Akut fara", 170, 480, 44, colour=NIGHT), danger.start),
        (words("112", 170, 576, 84, SANS, NIGHT), danger.at("112")),
    )
    texts = "".join(moved(text, opacity=out(t, at - 0.1, 0.6)) for text, at in said)
    length = SCRIPT.length - SCRIPT.shot(16).start
    return talk.way_out(along(s, 0.0, length), s / 14, s, texts) + veil(both(t, SCRIPT.length - 0.5, 0.5))

"""The film "Det som inte syns", shot by shot: what moves, and when. All times come from the lines."""

import math

import windows
from drawing import NIGHT, SANS, along, both, first_card, moved, out, push, swing, veil, words
from timeline import timeline

SCRIPT = timeline("det-som-inte-syns")
LINE = SCRIPT.line
POSTER = LINE(7).end + 0.8
"""The poster's moment: the house with four lit windows."""
FADE = 0.25
DAY = 3.2
"""How long a day takes in the classroom."""


def fades(t, shot, begins=True, ends=True):
    """Night at the beginning and at the end of a shot."""
    return max(
        1 - (t - SCRIPT.shot(shot).start) / FADE if begins else 0.0,
        1 - (SCRIPT.shot(shot).end - t) / FADE if ends else 0.0,
        0.0,
    )


def shot_1(t, s):
    leave = LINE(2).end + 0.05
    return first_card(s, (LINE(1).start, LINE(2).start), (630, 310, 120, 140), leave)


def shot_2(t, s):
    """The house. Someone comes along the street; a window is lit at each place that is named."""
    lit = [out(t, LINE(no).start + 0.1, 0.8) for no in (4, 5, 6, 7)]
    lit[0] = 0.6 + 0.4 * lit[0]
    return windows.house(lit, 4 * s, -60 + 98 * s)


def shot_3(t, s):
    """Three days. Each morning the chairs are taken down, all but one, and a dash is made in the list."""
    start = 0.5
    day = min(2, max(0, int((s - start) / DAY)))
    now = s - start - DAY * day
    chairs = both(now, 0.3, 1.0), both(now, 0.9, 1.0)
    dashes = [out(s - start, DAY * k + 2.0, 0.5) for k in range(3)]
    night = max(
        math.sin(math.pi * along(now, DAY - 0.35, 0.7)) if day < 2 else 0.0,
        math.sin(math.pi * (0.5 + along(now, 0, 0.35) / 2)) if day > 0 else 0.0,
    )
    laid = both(t, LINE(10).at("skoltrötthet"), 1.2)
    return windows.classroom(chairs, dashes, laid, 1 - 0.2 * laid, (now - 0.1) / (DAY - 0.3), 0.4 * night)


def shot_4(t, s):
    """At the surgery. A shadow falls behind the patient; the nurse looks at it, and back."""
    again = LINE(12).at("gång")
    written = [along(s, 0.8 + 1.7 * k, 1.4) for k in range(3)]
    turns = [along(t, again + 0.9 * k, 0.8) for k in range(3)]
    sheet = next((both(part, 0, 1) for part in turns if 0 < part < 1), 0.0)
    if t > again:
        written = [along(t, again + 2.8 + 1.5 * k, 1.3) for k in range(3)]
    shadow = both(t, LINE(13).at("skugga") - 0.4, 2.6)
    answers = LINE(14).at("svarar")
    look = both(t, answers, 1.0) - both(t, answers + 1.6, 1.0)
    return push(
        windows.surgery(shadow, written, sheet, look, math.floor(s) + out(s % 1, 0, 0.15)), s / 16, 0.02
    )


def shot_5(t, s):
    """A paper for each day, and the same number on each."""
    papers = out(s, 0.2, 1.0), out(t, LINE(16).start + 0.9, 0.9), out(t, LINE(17).start - 0.3, 0.9)
    rings = (
        both(t, LINE(16).start - 0.1, 1.0),
        both(t, LINE(16).start + 1.7, 1.0),
        both(t, LINE(17).start + 0.6, 1.0),
    )
    return windows.office(
        papers,
        rings,
        along(s, 1.5, LINE(16).start - SCRIPT.shot(5).start - 1.8),
        both(t, LINE(18).start - 0.2, 1.6),
    )


TORCH = ((0.0, 60, 620), (1.3, 240, 250), (2.6, 600, 300), (3.6, 520, 640), (5.2, 1226, 440))
"""Where the inspector's torch shines: when, x and y."""


def shot_6(t, s):
    x, y = TORCH[0][1:]
    for (begun, *_), (until, *to), _at in zip(TORCH, TORCH[1:], range(len(TORCH)), strict=False):
        part = both(s, begun, until - begun)
        x, y = x + (to[0] - x) * part, y + (to[1] - y) * part
    ajar = both(t, LINE(20).at("glänt") - 0.3, 1.4)
    pans = sum(swing(s, at, 2.0, 0.6, 0.9) for at in (1.4, 2.4))
    trembling = 6 * math.sin(2.3 * s), 5 * math.sin(1.7 * s)
    return windows.kitchen(x + trembling[0], y + trembling[1], 1 - 0.7 * ajar, pans, ajar) + veil(
        fades(t, 6, begins=False)
    )


def shot_7(t, s):
    return windows.pieces((0, 0, 0, 0), 0, along(s, 0, SCRIPT.shot(7).end - SCRIPT.shot(7).start)) + veil(
        fades(t, 7, ends=False)
    )


def shot_8(t, s):
    """The pieces go home one at a time, and are lit as one window at the last words."""
    starts = (
        LINE(23).start + 0.4,
        LINE(23).at("prostitution") + 0.2,
        LINE(24).start + 0.2,
        LINE(25).start + 0.2,
    )
    drift = 1 + 0.6 * along(s, 0, 12)
    joined = [both(t, start, 1.4) for start in starts]
    return push(windows.pieces(joined, out(t, LINE(26).start + 0.2, 0.8), drift), s / 18, 0.02)


def shot_9(t, s):
    panes = (
        windows.chair_pane(both(t, LINE(27).start + 0.3, 1.5)),
        windows.room_pane(both(t, LINE(28).start - 0.3, 1.4), both(t, LINE(28).at("att få") + 0.2, 1.4)),
        windows.telephone_pane(
            both(t, LINE(29).start + 0.2, 1.2), swing(t, LINE(29).start + 0.6, 16, 0.9, 0.8)
        ),
        windows.pen_pane(along(t, LINE(30).start + 0.1, 2.4), both(t, LINE(30).at("för det") + 0.1, 1.6)),
    )
    lit = [out(t, start, 0.8) for start in (LINE(27).start, LINE(28).start, LINE(29).start, LINE(30).start)]
    return windows.four_acts(panes, lit) + veil(fades(t, 9, begins=False))


WALK = LINE(34).start
STEP = 0.78
"""Seconds a step, on the way out through the gate."""


def at_the_gate(t, texts=""):
    """One picture for the last three shots: morning, and someone who walks away from us."""
    walked = math.exp(-0.052 * max(0.0, t - WALK))
    steps = max(0.0, t - WALK) / STEP
    sun = both(t, SCRIPT.shot(10).start, 18)
    lamp = 1 - both(t, WALK + 2.6, 0.9)
    birds = along(t, LINE(32).start + 0.3, 5.0)
    return windows.gate(
        both(t, LINE(33).start + 0.1, 1.6), walked, steps, sun, lamp, birds, t - SCRIPT.shot(10).start, texts
    )


def shot_10(t, s):
    return at_the_gate(t) + veil(fades(t, 10, ends=False))


def shot_11(t, s):
    gone = 1 - both(t, SCRIPT.shot(11).end - 0.5, 0.5)
    line = LINE(36)
    parts = (("Se,", 120, line.start), ("förstå,", 262, line.at("förstå")), ("agera", 548, line.at("agera")))
    return at_the_gate(
        t,
        "".join(
            words(word, x, 270, 88, colour=NIGHT, opacity=out(t, at - 0.1, 0.6) * gone)
            for word, x, at in parts
        ),
    )


def shot_12(t, s):
    danger, advice, hours = LINE(37), LINE(38), LINE(39)
    said = (
        (words("Akut fara", 120, 170, 40, colour=NIGHT), danger.start),
        (words("112", 120, 262, 84, SANS, NIGHT), danger.at("112")),
        (words("Råd i ditt arbete", 330, 170, 40, colour=NIGHT), advice.start),
        (words("020-39 00 00", 330, 262, 84, SANS, NIGHT), advice.at("020")),
        (words("vardagar kontorstid", 330, 322, 36, colour=NIGHT), hours.start),
    )
    texts = "".join(moved(text, opacity=out(t, at - 0.1, 0.6)) for text, at in said)
    return at_the_gate(t, texts) + veil(both(t, SCRIPT.length - 0.5, 0.5))

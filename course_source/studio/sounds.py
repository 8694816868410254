"""Sounds made by calculation: what one hears of a step, a door, rain. Needs numpy.

Each function gives one sound as samples, 48 000 a second, with its highest peak (of a bed: its root mean square) at 1. How
loud it is decides the one who places it. All chance comes from the generator that is handed in, so the same seed gives the
same sound.
"""

import numpy as np
from numpy import ndarray
from numpy.random import Generator

RATE = 48000
BED = (
    1 << 20
)  # samples of a bed before it begins anew: 22 seconds. The noise is a circle, so nothing is heard of it.

TONES = {
    "D3": 146.83,
    "A3": 220.0,
    "D4": 293.66,
    "F#4": 369.99,
    "G4": 392.0,
    "A4": 440.0,
}


def band(sound: ndarray, low: float = 0, high: float = 0) -> ndarray:
    """12 dB an octave below `low` and above `high`."""
    at = np.fft.rfftfreq(len(sound), 1 / RATE)
    gain = np.ones_like(at)
    if high:
        gain /= 1 + (at / high) ** 2
    if low:
        gain *= (at / low) ** 2 / (1 + (at / low) ** 2)
    return np.fft.irfft(np.fft.rfft(sound) * gain, len(sound))


def echo(sound: ndarray, rng: Generator, seconds: float, wet: float, high: float) -> ndarray:
    """The sound with the tail of a room; longer by that tail."""
    count = int(seconds * 1.3 * RATE)
    tail = band(rng.standard_normal(count), 120, high) * 10 ** (-3 * np.arange(count) / RATE / seconds)
    tail /= np.sqrt((tail**2).sum())
    whole = len(sound) + count
    size = 1 << whole.bit_length()
    wetted = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[:whole]
    wetted *= wet
    wetted[: len(sound)] += sound
    return wetted


def times(seconds: float) -> ndarray:
    return np.arange(int(seconds * RATE)) / RATE


def falling(seconds: float, half: float) -> ndarray:
    return 0.5 ** (times(seconds) / half)


def noise(rng: Generator, seconds: float, low: float = 0, high: float = 0) -> ndarray:
    return peak(band(rng.standard_normal(int(seconds * RATE)), low, high))


def peak(sound: ndarray) -> ndarray:
    return sound / np.abs(sound).max()


def hump(sound: ndarray, rise: float, fall: float) -> ndarray:
    """Rises at the beginning and falls at the end, so that nothing clicks."""
    at = np.arange(len(sound)) / RATE
    return sound * np.clip(np.minimum(at / rise, (at[-1] - at) / fall), 0, 1)


def struck(parts: tuple[tuple[float, float, float], ...], seconds: float) -> ndarray:
    """Something hard that is hit: frequency, share and half-life of each partial."""
    at = times(seconds)
    return sum(share * np.sin(2 * np.pi * tone * at) * 0.5 ** (at / half) for tone, share, half in parts)


# Feet, doors, hands


def step(rng: Generator) -> ndarray:
    at = times(0.3)
    thump = np.sin(2 * np.pi * (62 * at + 1.6 * (1 - np.exp(-at * 34)))) * falling(0.3, 0.028)
    sole = noise(rng, 0.3, 260, 1500) * falling(0.3, 0.012) * rng.uniform(0.5, 0.7)
    grit = noise(rng, 0.3, 2500, 6000) * falling(0.3, 0.02) * 0.16
    return peak(thump + sole + grit) * rng.uniform(0.85, 1)


def gravel_step(rng: Generator) -> ndarray:
    sound = np.zeros(int(0.3 * RATE))
    for at in rng.triangular(0, 0.05, 0.16, 24):
        grain = noise(rng, 0.012, 1500, 6000) * falling(0.012, 0.003) * rng.uniform(0.3, 1)
        begin = int(at * RATE)
        sound[begin : begin + len(grain)] += grain
    return peak(sound) * rng.uniform(0.8, 1)


def knock(rng: Generator) -> ndarray:
    body = struck(((196, 1, 0.03), (338, 0.6, 0.02), (610, 0.3, 0.012)), 0.25)
    return peak(body + 0.35 * noise(rng, 0.25, 800, 2600) * falling(0.25, 0.005))


def handle(_: Generator) -> ndarray:
    parts = ((940, 0.5, 0.012), (1480, 0.35, 0.010), (2350, 0.2, 0.007), (3900, 0.1, 0.005))
    sound = np.concatenate([struck(parts, 0.1), 0.5 * struck(parts, 0.2)])
    return peak(sound)


def switch(_: Generator) -> ndarray:
    return peak(struck(((1480, 1, 0.008), (2600, 0.6, 0.005), (420, 0.5, 0.012)), 0.15))


def lock(rng: Generator) -> ndarray:
    turn = noise(rng, 0.18, 700, 2200) * 0.2
    bolt = struck(((310, 1, 0.03), (880, 0.6, 0.015), (1750, 0.3, 0.008)), 0.3)
    return peak(np.concatenate([turn, bolt]))


def door_opens(rng: Generator) -> ndarray:
    air = noise(rng, 1.8, 180, 800)
    return peak(air * np.hanning(len(air)))


def door_shuts(rng: Generator) -> ndarray:
    thud = struck(((74, 1, 0.05), (128, 0.7, 0.035), (240, 0.3, 0.02)), 0.5)
    return peak(thud + 0.3 * noise(rng, 0.5, 300, 1800) * falling(0.5, 0.02))


def car_door(rng: Generator) -> ndarray:
    catch = struck(((620, 0.5, 0.012), (1300, 0.3, 0.008)), 0.09)
    return peak(np.concatenate([catch, 1.2 * door_shuts(rng)]))


def drawer(rng: Generator, seconds: float = 0.6, *, shut: bool = False) -> ndarray:
    slide = hump(noise(rng, seconds, 120, 500), seconds * 0.6, 0.08)
    wheel = hump(noise(rng, seconds, 900, 2400), seconds * 0.6, 0.08) * 0.15
    stop = knock(rng) * (0.9 if shut else 0.25)
    return peak(np.concatenate([slide + wheel, stop]))


def chair(rng: Generator, seconds: float = 0.7) -> ndarray:
    """Drawn over a floor: it sticks and lets go."""
    at = times(seconds)
    grip = 0.55 + 0.45 * np.sign(np.sin(2 * np.pi * np.cumsum(34 + 10 * np.sin(9 * at)) / RATE))
    scrape = noise(rng, seconds, 240, 1100) * band(grip, 0, 200)
    return peak(
        np.concatenate([hump(scrape, 0.12, 0.1), 0.7 * struck(((150, 1, 0.03), (260, 0.6, 0.02)), 0.2)])
    )


def castor(rng: Generator, seconds: float = 1.3) -> ndarray:
    at = times(seconds)
    roll = noise(rng, seconds, 200, 900) * (0.7 + 0.3 * np.sin(2 * np.pi * 17 * at))
    return peak(roll * np.hanning(len(roll)))


def thump(rng: Generator) -> ndarray:
    """A bag that is put down."""
    body = struck(((82, 1, 0.05), (140, 0.4, 0.03)), 0.4)
    cloth = noise(rng, 0.4, 500, 2600) * falling(0.4, 0.05) * 0.35
    return peak(body + cloth)


def cloth(rng: Generator, seconds: float = 0.9) -> ndarray:
    rub = noise(rng, seconds, 900, 4200)
    return peak(rub * np.hanning(len(rub)) * (0.6 + 0.4 * np.sin(2 * np.pi * 5 * times(seconds))))


def zip_pull(_: Generator) -> ndarray:
    ticks = [struck(((3100, 1, 0.004), (5200, 0.5, 0.003)), 0.09) * 0.7**at for at in range(4)]
    return peak(np.concatenate(ticks))


def laid_down(rng: Generator) -> ndarray:
    """Something flat, laid on wood."""
    return peak(
        struck(((180, 1, 0.03), (420, 0.5, 0.015)), 0.25)
        + 0.3 * noise(rng, 0.25, 800, 3000) * falling(0.25, 0.01)
    )


def lantern_down(rng: Generator) -> ndarray:
    stone = noise(rng, 0.3, 400, 1800) * falling(0.3, 0.012) * 0.5
    ring = struck(((880, 0.3, 0.06), (2130, 0.2, 0.05)), 0.3)
    return peak(stone + ring + struck(((120, 1, 0.03),), 0.3))


def china(_: Generator) -> ndarray:
    return peak(struck(((1180, 1, 0.02), (2540, 0.6, 0.016), (4100, 0.2, 0.01), (240, 0.6, 0.015)), 0.25))


def coin(_: Generator) -> ndarray:
    parts = ((5200, 1, 0.06), (7900, 0.6, 0.05), (10300, 0.3, 0.04))
    sound = np.zeros(int(0.7 * RATE))
    for at, loud in ((0, 1.0), (0.09, 0.55), (0.15, 0.3)):
        touch = struck(parts, 0.5) * loud
        begin = int(at * RATE)
        sound[begin : begin + len(touch)] += touch
    return peak(sound)


def buzz(_: Generator, seconds: float = 0.4) -> ndarray:
    """A telephone on wood."""
    at = times(seconds)
    shaken = np.sign(np.sin(2 * np.pi * 155 * at)) * (0.7 + 0.3 * np.sin(2 * np.pi * 26 * at))
    return peak(hump(band(shaken, 90, 400) + 0.3 * np.sin(2 * np.pi * 310 * at), 0.03, 0.06))


def line_tone(_: Generator, seconds: float = 0.6) -> ndarray:
    """The tone in a receiver."""
    return hump(np.sin(2 * np.pi * 425 * times(seconds)), 0.02, 0.05)


def pouring(rng: Generator, seconds: float) -> ndarray:
    """Water in a glass: the pitch rises as it fills."""
    at = times(seconds)
    middle = 500 * (1150 / 500) ** (at / seconds)
    turn = np.exp(2j * np.pi * np.cumsum(middle) / RATE)
    slow = band(rng.standard_normal(len(at)), 0, 125) + 1j * band(rng.standard_normal(len(at)), 0, 125)
    sound = peak((slow * turn).real)
    for begin in np.sort(rng.uniform(0, seconds - 0.1, int(seconds * 9))):
        tone = np.interp(begin, [0, seconds], [600, 1400]) * rng.uniform(0.9, 1.2)
        bubble = np.sin(2 * np.pi * tone * times(0.03)) * falling(0.03, 0.006) * rng.uniform(0.1, 0.5)
        first = int(begin * RATE)
        sound[first : first + len(bubble)] += bubble
    return peak(hump(sound, 0.15, 0.12))


def pencil(rng: Generator, seconds: float, strokes: float = 6) -> ndarray:
    at = times(seconds)
    speed = strokes * (1 + 0.15 * np.sin(2 * np.pi * 0.7 * at))
    writes = np.abs(np.sin(np.pi * np.cumsum(speed) / RATE)) ** 0.7
    halves = np.arange(0, seconds + 1, 0.5)
    words = np.interp(at, halves, rng.uniform(0.2, 1, len(halves)))
    return peak(hump(noise(rng, seconds, 2000, 7000) * writes * words, 0.05, 0.1))


def tick_on_paper(rng: Generator) -> ndarray:
    return peak(np.concatenate([pencil(rng, 0.1, 9), np.zeros(1500), pencil(rng, 0.18, 5)]))


def paper(rng: Generator) -> ndarray:
    humps = [noise(rng, 0.12, 2000, 7000) * np.hanning(int(0.12 * RATE)) * loud for loud in (0.6, 1, 0.5)]
    return peak(np.concatenate(humps))


def drip(rng: Generator) -> ndarray:
    at = times(0.09)
    tone = rng.uniform(900, 1300)
    return peak(np.sin(2 * np.pi * (tone * at + 900 * at * at)) * 0.5 ** (at / 0.012))


def clock_tick(_: Generator) -> ndarray:
    return peak(struck(((2100, 1, 0.003), (3400, 0.6, 0.003), (700, 0.3, 0.006)), 0.06))


def chirps(rng: Generator) -> ndarray:
    """A bird, once."""
    sound = np.zeros(int(1.1 * RATE))
    begin, tone = 0.0, rng.uniform(2900, 3900)
    for _ in range(int(rng.integers(3, 6))):
        at = times(0.06)
        bend = rng.uniform(-500, 700)
        chirp = (
            np.sin(2 * np.pi * (tone * at + bend * at * at / 0.12))
            * np.hanning(len(at))
            * rng.uniform(0.5, 1)
        )
        first = int(begin * RATE)
        sound[first : first + len(chirp)] += chirp
        begin += rng.uniform(0.09, 0.17)
        tone *= rng.uniform(0.93, 1.07)
    return peak(echo(sound, rng, 0.8, 0.3, 5000))


def lark(rng: Generator, seconds: float = 2.6) -> ndarray:
    """High up, and without a pause."""
    sound = np.zeros(int((seconds + 0.2) * RATE))
    begin = 0.0
    while begin < seconds - 0.08:
        at = times(rng.uniform(0.03, 0.07))
        tone = rng.choice((3100, 3500, 3900, 4300)) * rng.uniform(0.97, 1.03)
        trill = np.sin(2 * np.pi * (tone * at + rng.uniform(-6000, 6000) * at * at)) * np.hanning(len(at))
        first = int(begin * RATE)
        sound[first : first + len(trill)] += trill * rng.uniform(0.4, 1)
        begin += rng.uniform(0.05, 0.11)
    return peak(hump(echo(sound, rng, 0.9, 0.25, 5000), 0.5, 1.0))


def laughter(rng: Generator) -> ndarray:
    """Far away: four bursts of one voice, without a word."""
    sound = np.zeros(int(1.2 * RATE))
    tone = rng.uniform(210, 300)
    for burst in range(4):
        at = times(0.16)
        voice = sum(np.sin(2 * np.pi * tone * number * at) / number for number in range(1, 9))
        breath = noise(rng, 0.16, 700, 2400) * 0.4
        first = int(burst * 0.21 * RATE)
        sound[first : first + len(at)] += (
            (band(voice, 500, 1300) + breath) * np.hanning(len(at)) * 0.85**burst
        )
        tone *= 0.95
    return peak(sound)


def engine(_: Generator, seconds: float, *, starts: bool = False, stops: bool = False) -> ndarray:
    at = times(seconds)
    speed = np.full_like(at, 23.0)
    if starts:
        speed *= 0.45 + 0.55 * np.clip((at - 0.7) / 0.5, 0, 1)
    if stops:
        speed *= np.clip((seconds - at) / 0.4, 0.2, 1)
    turned = np.cumsum(speed) / RATE
    sound = sum(np.sin(2 * np.pi * turned * number + number) / number for number in (2, 3, 4, 6, 8))
    if starts:
        cranks = at < 0.7
        sound[cranks] *= 0.5 + 0.5 * np.sin(2 * np.pi * 6 * at[cranks])
    return peak(hump(band(sound, 30, 240), 0.08, 0.15 if stops else 1.2))


def tyres(rng: Generator, seconds: float) -> ndarray:
    """On gravel: grains that come the slower the nearer the stop."""
    sound = noise(rng, seconds, 500, 2500) * 0.15
    for begin in np.sort(rng.triangular(0, 0, seconds - 0.05, int(90 * seconds))):
        grain = noise(rng, 0.01, 1200, 5000) * falling(0.01, 0.0025) * rng.uniform(0.1, 1)
        first = int(begin * RATE)
        sound[first : first + len(grain)] += grain
    return peak(hump(sound, 0.8, 0.4))


def note(rng: Generator, name: str, seconds: float = 3.6) -> ndarray:
    """A felted piano: soft attack, few partials, the high ones gone first."""
    at = times(seconds)
    tone = TONES[name]
    sound = sum(
        np.sin(2 * np.pi * tone * number * np.sqrt(1 + 0.0004 * number * number) * at)
        / number**2.1
        * 0.5 ** (at * number**0.8)
        for number in range(1, 7)
    )
    sound *= 1 - np.exp(-at / 0.007)
    felt = band(rng.standard_normal(len(at)), 150, 900) * 0.5 ** (at / 0.015) * 0.12
    return peak((sound + felt) * np.minimum(1, (seconds - at) / 0.4))


# What is there all the time


def bed(sound: ndarray) -> ndarray:
    return sound / np.sqrt((sound**2).mean())


def brown(rng: Generator, low: float, high: float) -> ndarray:
    """Brown noise in a band. Made in the spectrum, so that its end meets its beginning."""
    at = np.fft.rfftfreq(BED, 1 / RATE)
    gain = np.zeros_like(at)
    gain[1:] = 1 / at[1:]
    gain *= (at / low) ** 2 / (1 + (at / low) ** 2) / (1 + (at / high) ** 2)
    return bed(np.fft.irfft(np.fft.rfft(rng.standard_normal(BED)) * gain, BED))


def room_tone(rng: Generator) -> ndarray:
    return brown(rng, 40, 160)


def corridor_tone(rng: Generator) -> ndarray:
    return brown(rng, 60, 700)


def street(rng: Generator) -> ndarray:
    """Far traffic, with swells of some seconds."""
    at = np.arange(BED) / BED
    swells = 1 + 0.35 * np.sin(2 * np.pi * 4 * at) + 0.2 * np.sin(2 * np.pi * 7 * at + 1)
    return bed(brown(rng, 50, 300) * swells)


def car(rng: Generator) -> ndarray:
    # Whole numbers of turns in the bed, so that it closes.
    at = np.arange(BED) / BED
    hum = sum(
        loud * np.sin(2 * np.pi * round(tone * BED / RATE) * at)
        for tone, loud in ((46, 1.0), (92, 0.6), (138, 0.2))
    )
    return bed(brown(rng, 50, 300) + 0.7 * hum)


def fan(rng: Generator) -> ndarray:
    """A fan that labours."""
    at = np.arange(BED) / BED
    slow = round(2.3 * BED / RATE)
    hum = np.sin(2 * np.pi * round(98 * BED / RATE) * at) + 0.4 * np.sin(
        2 * np.pi * round(196 * BED / RATE) * at
    )
    air = bed(band(rng.standard_normal(BED), 200, 900))
    return bed((air + 0.6 * hum) * (1 + 0.25 * np.sin(2 * np.pi * slow * at)))


def rain(rng: Generator) -> ndarray:
    at = np.arange(BED) / BED
    swell = 10 ** ((2 * np.sin(2 * np.pi * 3 * at) + np.sin(2 * np.pi * 5 * at + 2)) / 20)
    return bed(band(rng.standard_normal(BED), 1200, 6000) * swell)


def raindrop(rng: Generator) -> ndarray:
    at = times(0.03)
    tone = rng.uniform(1800, 3000)
    return peak(
        np.sin(2 * np.pi * (tone * at - 0.1 * tone * at * at / 0.012)) * 0.5 ** (at / 0.006)
    ) * rng.uniform(0.3, 1)


def voices(rng: Generator) -> ndarray:
    """Many people far off: syllables of many pitches, none of them a word."""
    sound = np.zeros(BED)
    for _ in range(420):
        length = rng.uniform(0.09, 0.24)
        at = times(length)
        tone = rng.uniform(110, 260)
        mouth = rng.uniform(400, 1100)
        voice = sum(
            np.sin(2 * np.pi * tone * number * at) / (1 + ((tone * number - mouth) / 220) ** 2)
            for number in range(1, 11)
        )
        begin = int(rng.integers(0, BED - len(at)))
        sound[begin : begin + len(at)] += voice * np.hanning(len(at)) * rng.uniform(0.2, 1)
    return bed(band(sound, 200, 1400))


def radio(rng: Generator) -> ndarray:
    """In another room: a tune without words, through a small loudspeaker."""
    sound = np.zeros(BED)
    beat = 0.48
    for number in range(int(BED / RATE / beat) - 2):
        tone = float(rng.choice((294, 330, 370, 440, 494)))
        at = times(0.9)
        reed = sum(np.sin(2 * np.pi * tone * part * at) / part for part in (1, 2, 3)) * 0.5 ** (at / 0.25)
        begin = int(number * beat * RATE)
        sound[begin : begin + len(at)] += reed * rng.uniform(0.4, 1)
    return bed(band(sound, 450, 1200))


def kettle(rng: Generator) -> ndarray:
    at = np.arange(BED) / BED
    boil = 1 + 0.4 * np.sin(2 * np.pi * 61 * at) * np.sin(2 * np.pi * 23 * at)
    return bed(band(rng.standard_normal(BED), 250, 1100) * boil)

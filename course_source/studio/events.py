"""The sounds that captions and text version tell of, and when they are heard."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from timeline import Timeline


@dataclass(frozen=True)
class Heard:
    at: float
    seconds: float
    text: str


def heard(now: Timeline) -> list[Heard]:
    return list(TABLES[now.film](now))


def det_som_inte_syns(now: Timeline) -> Iterator[Heard]:
    yield Heard(now.shot(2).start + 0.1, 1.6, "(Tre toner.)")


def fyra_dorrar(now: Timeline) -> Iterator[Heard]:
    yield Heard(now.line(4).end + 0.3, 1.4, "(Steg som går förbi.)")
    for no in (6, 8, 10):
        yield Heard(now.line(no).end + 0.25, 1.6, "(Steg som går förbi.)")
    begun = now.shot(12).start
    yield Heard(begun + 0.5, 2.6, "(Steg som går förbi.)")
    yield Heard(now.line(22).start - 2.2, 2.1, "(Steg som stannar.)")
    yield Heard(now.line(22).end + 0.1, 1.0, "(Det knackar.)")
    yield Heard(now.line(23).end + 0.15, 1.9, "(Ett handtag trycks ned.)")


def samtalet(now: Timeline) -> Iterator[Heard]:
    yield Heard(now.line(11).end + 0.4, 5.0, "(Tystnad. En klocka tickar.)")


def hon_fragade(now: Timeline) -> Iterator[Heard]:
    yield Heard(now.line(1).end + 0.3, 4.3, "(Steg i en skolkorridor. En dörr stängs.)")
    yield Heard(now.line(8).end + 0.1, 1.5, "(Långsamma steg.)")
    yield Heard(now.shot(4).start + 0.1, 1.3, "(En stol dras fram.)")
    yield Heard(now.shot(7).start + 0.2, 2.6, "(Korridoren igen. Röster, skratt långt borta.)")
    yield Heard(now.lines[-1].end + 0.5, 2.4, "(Steg som går ut.)")


def passet_lag(now: Timeline) -> Iterator[Heard]:
    yield Heard(now.line(1).end + 0.3, 6.4, "(En bil på en grusväg. En dörr öppnas. Fåglar.)")
    yield Heard(now.shot(5).start + 0.3, 1.4, "(En låda skjuts igen.)")
    yield Heard(now.line(14).end + 0.3, 1.9, "(En låda dras ut.)")
    yield Heard(now.line(20).end + 0.3, 1.6, "(Lådan får stå öppen.)")
    yield Heard(now.shot(8).start + 0.8, 3.0, "(Bilen igen. Fåglar.)")


TABLES: dict[str, Callable[[Timeline], Iterator[Heard]]] = {
    "det-som-inte-syns": det_som_inte_syns,
    "fyra-dorrar": fyra_dorrar,
    "samtalet": samtalet,
    "hon-fragade-en-gang-till": hon_fragade,
    "passet-lag-i-chefens-lada": passet_lag,
}

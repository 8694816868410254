"""What the administrator's sheet shows of a release, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from markupsafe import Markup

from coursepack.course.model import Course, Definition, completion_sentence
from coursepack.course.variant import Variant, variants
from coursepack.languages import format_of, strings
from coursepack.profiles import Profile, Setting, origin
from coursepack.profiles.sources import Kind
from coursepack.release.handover import Handover
from coursepack.release.layout import about, other_page, words
from coursepack.release.sheet.load import SPEEDS, Load, load, seconds
from coursepack.release.sheet.systems import FIRST, Applied, System, systems
from coursepack.result import Built
from coursepack.rules.rule import printable
from coursepack.targets import TARGETS
from coursepack.targets.reported import Value, can_pass, final_status, moments, reported

_SIGNS: Mapping[Kind, str] = {"tried": "ok", "unknown": "unknown"}
_SEVERITIES = ("error", "warning", "note")


class Known(NamedTuple):
    """How something is known. `url` is empty where the source is not a page."""

    kind: Kind
    sign: str
    where: str
    url: str
    date: str


class Row(NamedTuple):
    """A system in the table of files. `know` is the most important thing that is known of it."""

    system: System
    file: str
    know: str
    known: Known


class View:
    """The values of the templates. Texts in the course's language are marked as such."""

    def __init__(self, handover: Handover, language: str) -> None:
        self.handover = handover
        self.language = language
        self.t = words("administrator", language)
        self.form = format_of(language)
        editions = (handover.course, *handover.course.editions)
        self.course = next(
            (each for each in editions if each.definition.language == language), handover.course
        )
        """In the sheet's language, if it is in it."""
        self.learner = strings(self.course.definition.language)
        """The words that a learner sees."""
        name = handover.packages[0].variant
        self.packages = [each for each in handover.packages if each.variant == name]
        """Those that the sheet is about: of the variant that is built first."""

    # What the course is

    @cached_property
    def variant(self) -> Variant:
        """The contents of these packages."""
        return next(each for each in variants(self.handover.course) if each.name == self.packages[0].variant)

    @property
    def definition(self) -> Definition:
        """Of these packages, in the main language."""
        return self.variant.course.definition

    @cached_property
    def edition(self) -> Course:
        """The contents of these packages, in the sheet's language if they are in it."""
        editions = (self.variant.course, *self.variant.course.editions)
        language = self.course.definition.language
        return next(each for each in editions if each.definition.language == language)

    @property
    def rule(self) -> str:
        """The completion rule."""
        return completion_sentence(self.edition.definition, self.language)

    @cached_property
    def for_lms(self) -> list[Built]:
        """The packages for LMSs, the one that most of them take first."""
        order = list(TARGETS)
        packages = (each for each in self.packages if not TARGETS[each.target].is_published)
        return sorted(packages, key=lambda each: order.index(each.target))

    @cached_property
    def best(self) -> Built:
        """The package to take when in doubt."""
        return self.for_lms[0] if self.for_lms else self.packages[0]

    @cached_property
    def systems(self) -> list[System]:
        """All systems of which something is known, and what they take."""
        return systems(self.for_lms, self.definition)

    @cached_property
    def load(self) -> Load:
        """What the package to take in doubt takes on a line."""
        return load(self.best, self.handover.course.lengths)

    # Words

    def own(self, text: str, tag: str = "b") -> Markup:
        """A text in the course's language."""
        language = self.course.definition.language
        opened = Markup('<{} lang="{}">').format(Markup(tag), language)
        return Markup("{}{}</{}>").format(
            opened if language != self.language else Markup("<{}>").format(Markup(tag)), text, Markup(tag)
        )

    def m(self, text: str, **values: object) -> Markup:
        """Words of the sheet, which may have markup, with values, which are escaped."""
        return Markup(text).format(**values)

    def standard(self, package: Built) -> str:
        """The name of the standard of a package."""
        target = TARGETS[package.target]
        return self.t["file"]["web"] if target.is_published else target.title

    def name(self, texts: Mapping[str, str]) -> str:
        """Words of an LMS: as it has them in this language, else in English."""
        return texts.get(self.language) or texts["en"]

    def says(self, profile: Profile, applied: Applied) -> str:
        """A fact with its details."""
        return profile.translated(applied.problem, self.language).message

    def known(self, source: str, date: str) -> Known:
        """How something is known."""
        kind, where = origin(source)
        url = where if where.startswith(("http:", "https:")) else ""
        return Known(kind, _SIGNS.get(kind, "note"), urlsplit(url).netloc if url else where, url, date)

    def sources(self, settings: Sequence[Setting]) -> list[Known]:
        """How settings are known, each source once."""
        return list(dict.fromkeys(self.known(each.source, each.date) for each in settings))

    def number(self, value: float, digits: int = 0) -> str:
        """A number in the sheet's language."""
        return self.form.number(f"{value:,.{digits}f}")

    def time(self, spent: float) -> str:
        """Seconds in words."""
        t = self.t["load"]
        if spent < 1:
            return str(t["less"])
        whole = round(spent)
        if whole < 120:
            return str(t["seconds"]).format(n=whole)
        return str(t["minutes_seconds"]).format(m=self.number(whole // 60), s=whole % 60)

    def date(self, text: str) -> str:
        """A year and a month."""
        year, month = text.split("-")
        return f"{self.form.months[int(month) - 1]} {year}"

    # Parts of the sheet

    def common(self) -> dict[str, Any]:
        """What both pages need."""
        definition = self.definition
        final = definition.final_check
        says = self.learner["player"], self.learner["page"]
        pages = [page.entry for page in self.edition.pages]
        return {
            "v": self,
            "w": self.t,
            **about(self.course.definition),
            "package": self.best,
            "file": self.best.path.name,
            "takes": sum(each.package is self.best for each in self.systems),
            "of": len(self.systems),
            "graded": definition.graded,
            "can_pass": can_pass(definition),
            "mastery": f"{final.mastery:g}" if final and final.mastery else "",
            "final": final,
            "check_page": next((page.title for page in pages if final and page.id == final.page), ""),
            "try_page": pages[1].title if len(pages) > 1 else "",
            "answers_reported": definition.report.answers,
            "media_reported": definition.report.media,
            "status": final_status(definition),
            "is_lms": bool(self.for_lms),
            "has_fields": any(reported(each.target, definition).fields for each in self.packages),
            "lrs": any(reported(each.target, definition).statements for each in self.packages),
            "settings": next(
                (each.settings for each in self.systems if each.profile.name == "moodle" and each.package), ()
            ),
            "saved": self.own(says[0]["saved"]),
            "saving": self.own(says[0]["saving"]),
            "not_saved": self.own(says[0]["notSaved"]),
            "menu": self.own(says[1]["menu"]),
            "code": self.own(says[1]["support_code"].rstrip(":")),
            "retry": self.own(says[1]["retry"]),
            "exit": self.own(says[1]["exit"]),
            "help": self.own(says[1]["help"]),
            "rule": self.rule,
            "minutes": self.number(definition.minutes),
            "film": bool(self.load.largest),
            "size": self.form.size,
            "load": self.load,
        }

    def one_page(self) -> dict[str, Any]:
        """The values of the sheet of one page."""
        return {**self.common(), **other_page("administrator-a4", self.language)}

    def values(self) -> dict[str, Any]:
        """The values of the whole sheet."""
        definition = self.definition
        languages = [
            strings(each)["page"]["language_name"] for each in (definition.language, *definition.translations)
        ]
        return {
            **self.common(),
            **other_page("administrator", self.language),
            "rows": [self.row(each) for each in self.systems],
            "first": len(FIRST),
            "files": list(self.handover.packages),
            "several_variants": len({each.variant for each in self.handover.packages}) > 1,
            "web": next((each for each in self.packages if each.target == "web"), None),
            "reports": [(each, reported(each.target, definition)) for each in self.for_lms],
            "moments": moments(definition),
            "languages": ", ".join(languages) if len(languages) > 1 else "",
            "speeds": [
                (
                    self.number(speed, 1 if speed % 1 else 0),
                    self.time(seconds(self.load.first_compressed, speed)),
                    self.time(seconds(self.load.first, speed)),
                    self.time(seconds(self.load.largest.size, speed)) if self.load.largest else "",
                )
                for speed in SPEEDS
            ],
            "release_date": self.form.date(self.handover.date),
            "definition": definition,
            "publisher": definition.publisher,
            "mail": Markup("\n\n").join(map(printable, self.mail())),
        }

    def row(self, system: System) -> Row:
        """A system in the table of files."""
        t = self.t["file"]
        profile = system.profile
        (standards,) = (each for each in profile.facts if each.test == "standards")
        facts = sorted(system.facts, key=lambda each: _SEVERITIES.index(each.fact.severity))
        fact, says = (
            (facts[0].fact, self.says(profile, facts[0])) if facts else (standards, self.name(standards.what))
        )
        known = self.known(fact.source, fact.date)
        if system.package is None:
            return Row(system, t["none"], says, known)
        file = self.standard(system.package)
        if system.settings:
            known = self.known(system.settings[0].source, system.settings[0].date)
            return Row(system, file, t["see_settings"], known)
        if known.kind == "unknown":
            return Row(system, file, t["nothing"], known)
        return Row(system, file, says, known)

    def codes(self, names: Sequence[str]) -> Markup:
        """Technical names in a row."""
        return Markup(", ").join(Markup("<code>{}</code>").format(name) for name in names)

    def cells(self, held: Mapping[Any, Value | None]) -> Iterator[Markup]:
        """What an LMS has of a field after each moment."""
        t = self.t["values"]
        for moment in moments(self.definition):
            value = held[moment]
            if value is None:
                yield Markup('<span class="muted">{}</span>').format(t["nothing"])
            elif value.kind != "exact":
                yield Markup("{}").format(t[value.kind])
            else:
                yield (
                    Markup("<code>{}</code>").format(value.text)
                    if value.text
                    else Markup("{}").format(t["empty"])
                )

    def mail(self) -> list[str]:
        """The paragraphs of the mail to learners."""
        t, definition = self.t["mail"], self.definition
        says = self.learner["player"], self.learner["page"]
        now = t["now"].format(
            title=self.course.definition.title,
            version=definition.version,
            minutes=self.number(definition.minutes),
        )
        seen = [t["seen_score" if definition.graded else "seen"]]
        seen.append(t["answers" if definition.report.answers else "no_answers"])
        more = []
        if note := self.course.definition.content_note:
            more.append(note)
        if definition.help:
            more.append(t["help"].format(help=says[1]["help"]))
        if definition.quick_exit:
            more.append(t["exit"])
        if definition.certificate:
            more.append(t["certificate"])
        stuck = t["stuck"].format(not_saved=says[0]["notSaved"], retry=says[1]["retry"])
        paragraphs = [t["hello"], f"{now} {self.rule}"]
        if self.for_lms:
            paragraphs.append(" ".join(seen))
        return [
            *paragraphs,
            *([" ".join(more)] if more else []),
            *([stuck] if self.for_lms else []),
            t["questions"],
        ]

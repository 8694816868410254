"""What a build returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from coursepack.problems import (
    Count,
    Location,
    Message,
    Names,
    Number,
    Parts,
    Problem,
    Quoted,
    Reason,
    Report,
)

if TYPE_CHECKING:
    from coursepack.problems import Value


class FilmSize(NamedTuple):
    """What a film became in a package with a largest size: pixels, bytes, and bits a second.

    `ssim` is its likeness to the file that was handed in, from 0 to 1; None where nothing had to become smaller.
    """

    src: str
    width: int
    height: int
    size: int
    rate: int
    ssim: float | None


class TextSize(NamedTuple):
    """A film or sound that a package shows as text: its bytes, and the number and bytes of the pictures of a film."""

    src: str
    whole: int
    pictures: int
    size: int


class Built(NamedTuple):
    """A package that was built and checked. Sizes are in bytes; `state` is the longest resume state in characters.

    `folder` has the same files unpacked, for targets that are published rather than imported. `units` is the number
    of launchable units, `unit` the standard's term for one. `state_limit` is None where there is no limit. `films` are
    those of a package with a largest size, `texts` the films and sounds that are text in it.
    `completions` has the completion rule in one sentence for each language, such as `en`.
    """

    path: Path
    folder: Path | None
    variant: str
    target: str
    title: str
    units: int
    unit: str
    size: int
    unpacked: int
    files: int
    state: int
    state_limit: int | None
    completions: Mapping[str, str]
    new_slots: int
    report: Report
    films: tuple[FilmSize, ...] = ()
    texts: tuple[TextSize, ...] = ()

    @property
    def completion(self) -> str:
        """The completion rule in one English sentence."""
        return self.completions["en"]

    def as_dict(self) -> dict[str, Any]:
        """The package as plain values for JSON."""
        names = ("completion" if name == "completions" else name for name in self._fields)
        return {
            **{
                name: getattr(self, name)
                for name in names
                if name not in ("path", "folder", "report", "films", "texts")
            },
            "path": self.path.as_posix(),
            "folder": self.folder and self.folder.as_posix(),
            "ok": self.report.ok,
            "problems": [problem.as_dict() for problem in self.report],
            "films": [film._asdict() for film in self.films],
            "texts": [text._asdict() for text in self.texts],
        }


def reported(packages: Iterable[Built]) -> Report:
    """The problems of the packages of a course, each once."""
    return Report.of(problem for package in packages for problem in package.report)


_VALUES = {kind.__name__: kind for kind in (Quoted, Count, Number, Names, Reason)}


def report_fields(report: Report) -> dict[str, Any]:
    """A report as plain values, the inverse of `report_of`."""
    return {
        "problems": [
            {
                "rule": problem.rule,
                "severity": problem.severity,
                "category": problem.category,
                "says": _message_fields(problem.says),
                "location": asdict(problem.location),
                "advises": _message_fields(problem.advises),
            }
            for problem in report
        ]
    }


def report_of(fields: Mapping[str, Any]) -> Report:
    """The report of plain values, the inverse of `report_fields`."""
    return Report(
        tuple(
            Problem(
                p["rule"],
                p["severity"],
                _message(*p["says"]),
                Location(**p["location"]),
                _message(*p["advises"]),
                p["category"],
            )
            for p in fields["problems"]
        )
    )


def _message_fields(message: Message) -> list[Any]:
    """The template and its values."""
    return [message.template, *map(_value_fields, message.values)]


def _value_fields(value: Value) -> Any:
    """A value as plain values: texts and numbers unchanged, others as class name and fields."""
    if isinstance(value, Parts):
        return ["Parts", [_message_fields(each) for each in value.messages], value.joint]
    return value if isinstance(value, (str, int)) else [type(value).__name__, value._asdict()]


def _message(template: str, *values: Any) -> Message:
    return Message(template, *map(_value, values))


def _value(fields: Any) -> Value:
    match fields:
        case ["Parts", messages, joint]:
            return Parts(tuple(_message(*each) for each in messages), joint)
        case [kind, values]:
            return _VALUES[kind](**values)
        case value:
            return cast("Value", value)


def built_fields(built: Built) -> dict[str, Any]:
    """A package as plain values, the inverse of `built_of`."""
    fields = built._asdict()
    return {
        **fields,
        "path": str(built.path),
        "folder": built.folder and str(built.folder),
        "completions": dict(built.completions),
        "report": report_fields(built.report),
    }


def built_of(fields: Mapping[str, Any]) -> Built:
    """The package of plain values, the inverse of `built_fields`."""
    folder = fields["folder"] and Path(fields["folder"])
    films = tuple(FilmSize(*each) for each in fields["films"])
    texts = tuple(TextSize(*each) for each in fields["texts"])
    report = report_of(fields["report"])
    return Built(
        **{
            **fields,
            "path": Path(fields["path"]),
            "folder": folder,
            "report": report,
            "films": films,
            "texts": texts,
        }
    )

"""The look that all sheets share: one self-contained HTML document, without scripts or requests."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from coursepack import languages
from coursepack.course.model import Definition
from coursepack.release.handover import LANGUAGES
from coursepack.resources import stylesheet, templates_dir
from coursepack.rules.rule import printable
from coursepack.version import __version__

_SPACES = "\n\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{SOFT HYPHEN}"
"""What cannot be seen and is meant."""


@cache
def words(name: str, language: str) -> Mapping[str, Any]:
    """The words of a sheet: `languages/<language>/release/<name>.json`."""
    path = Path(languages.__file__).parent / language / "release" / f"{name}.json"
    texts: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    return texts


def about(definition: Definition) -> dict[str, str]:
    """What the head of a sheet says of a course."""
    return {
        "course_title": definition.title,
        "course_language": definition.language,
        "course_version": definition.version,
    }


def other_page(name: str, language: str) -> dict[str, dict[str, str]]:
    """The link of the sheet `<name>.<language>.html` to the same one in the other language."""
    (other,) = (code for code in LANGUAGES if code != language)
    return {"other": {"href": f"{name}.{other}.html", "language": other}}


def sheet(name: str, language: str, **values: object) -> str:
    """The sheet `templates/release/<name>.html`, which extends `layout.html`, with its words as `t`.

    Values are escaped. The policy of the document forbids all scripts and requests.
    """
    style = stylesheet("report.css", "release/sheet.css")
    return (
        _environment()
        .get_template(f"{name}.html")
        .render(
            language=language,
            shared=words("layout", language),
            t=words(name, language),
            version=__version__,
            style=Markup(style),
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            **values,
        )
    )


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader([templates_dir() / "release", templates_dir()]),
        autoescape=True,
        finalize=_shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: object) -> object:
    """Text without control characters, which HTML cannot contain, and without changes of the text direction."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return "".join(sign if sign in _SPACES else printable(sign) for sign in value)

"""Where the files that end up in packages are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

DOCUMENT = "index.html"
"""The package path of the document that is launched first."""


def templates_dir() -> Path:
    """The `templates` folder: beside the package when installed, at the top of the checkout when editable."""
    here = Path(__file__).resolve().parent
    return next(p for p in (here / "templates", here.parents[1] / "templates") if p.is_dir())


@lru_cache(maxsize=8)
def strings(language: str) -> Mapping[str, Mapping[str, Any]]:
    """A language's words: `page` for templates, `player` for the script, `prose` for the text of pages."""
    text = (templates_dir() / "strings" / f"{language}.json").read_text("utf-8")
    return cast(Mapping[str, Mapping[str, Any]], json.loads(text))

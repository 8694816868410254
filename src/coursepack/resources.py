"""Where the files that end up in packages are."""

from __future__ import annotations

from pathlib import Path

DOCUMENT = "index.html"
"""The package path of the document that is launched first."""


def templates_dir() -> Path:
    """The `templates` folder: beside the package when installed, at the top of the checkout when editable."""
    here = Path(__file__).resolve().parent
    return next(p for p in (here / "templates", here.parents[1] / "templates") if p.is_dir())

"""The location of the files that are copied into packages."""

from __future__ import annotations

from pathlib import Path

DOCUMENT = "index.html"
"""The package path of the document that is launched first."""


def templates_dir() -> Path:
    """The `templates` folder: in the Python package when installed, at the top of the checkout when editable."""
    here = Path(__file__).resolve().parent
    return next(p for p in (here / "templates", here.parents[1] / "templates") if p.is_dir())

"""The files in `templates`: what is copied into packages, and what pages of ours consist of."""

from __future__ import annotations

from pathlib import Path

DOCUMENT = "index.html"
"""The package path of the document that is launched first."""


def templates_dir() -> Path:
    """The `templates` folder: in the Python package when installed, at the top of the checkout when editable."""
    here = Path(__file__).resolve().parent
    return next(p for p in (here / "templates", here.parents[1] / "templates") if p.is_dir())


def stylesheet(*names: str) -> str:
    """The style sheets of these names in `templates`, one after the other, after the colours and typefaces of ours."""
    return "".join((templates_dir() / name).read_text("utf-8") for name in ("tokens.css", *names))

"""Makes releases without PDFs, as where the extra `pdf` is not installed."""

from __future__ import annotations

from pathlib import Path

import pytest


def without_pdf(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Hides WeasyPrint from processes that are started, with a module in `folder`, which is made."""
    folder.mkdir()
    (folder / "weasyprint.py").write_text("raise ImportError\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))

"""The page of the panel: its document, in a language for authors, and the policy that it is sent with."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from coursepack import languages
from coursepack.bytecode import BytecodeCache
from coursepack.languages import authors_language
from coursepack.resources import templates_dir


@cache
def words(language: str) -> Mapping[str, Any]:
    """The words of the panel: `page` for its document, `script` for its script; English where there are none."""
    path = Path(languages.__file__).parent / authors_language(language) / "preview.json"
    texts: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    return texts


def panel_page(language: str, *, token: str, site: str, lms: str | None = None) -> str:
    """The panel as an HTML document.

    `token` is what it sends with each change, `site` the origin of the stage: scheme, host and port. `lms` is the
    profile that is chosen first, if not the one used last.
    """
    texts = words(language)
    modules = sorted(path.name for path in (templates_dir() / "preview" / "panel").glob("*.js"))
    return (
        _environment()
        .get_template("preview/panel.html")
        .render(
            language=authors_language(language),
            t=texts["page"],
            words=texts["script"],
            token=token,
            site=site,
            lms=lms or "",
            modules=modules,
        )
    )


def policy(site: str) -> str:
    """The Content-Security-Policy of the panel: nothing but its own files, and the stage in a frame."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        f"frame-src {site}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@cache
def _environment() -> jinja2.Environment:
    templates = templates_dir()
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates),
        # The browser waits for the panel first of all.
        bytecode_cache=BytecodeCache(os.fspath(templates / "__pycache__")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

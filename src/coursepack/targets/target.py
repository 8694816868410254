"""Targets: standards that packages are written for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from coursepack.course.variant import Variant

Files = dict[str, bytes | Path]
"""A package's files by their path in it: content in memory, or a file on disk that is streamed."""


class Target(NamedTuple):
    """A standard. `extras(variant, files)` returns the files that it adds to the site, such as its manifest.

    `manifest` is the name of the manifest, or None. `adapter` names the player's bundle, and `tracking` the one that
    loads after it as `tracking.js`, if the LMS needs its own script; `unit` is the standard's term for what is
    launched; `state_limit` the characters of resume state that an LMS must keep, None without a limit; `connects`
    the addresses that the page may connect to (Content Security Policy Level 3, `connect-src`); `trusts` the policy
    by which the adapter may load a script (Trusted Types, `trusted-types`). `holds_units` is True when a package can
    have several units, `takes_schemas` when it can include XSD files; `is_published` when it is published, not
    imported, and therefore unpacked too.
    """

    name: str
    title: str
    adapter: str
    unit: str
    manifest: str | None
    state_limit: int | None
    extras: Callable[[Variant, Mapping[str, bytes | Path]], Files]
    connects: str = "'none'"
    trusts: str = "'none'"
    tracking: str | None = None
    holds_units: bool = False
    takes_schemas: bool = False
    is_published: bool = False

    @property
    def family(self) -> str:
        """The standard without its edition: an LMS that takes one edition can read the progress of another."""
        return family_of(self.title)


def family_of(title: str) -> str:
    """A standard without its edition."""
    return re.sub(r" \d.. Edition", "", title)

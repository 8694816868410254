"""What a target is: a standard that packages are written for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from coursepack.course.variant import Variant

Files = dict[str, bytes | Path]
"""A package's files by their path in it: content in memory, or a file on disk that is streamed."""


class Target(NamedTuple):
    """A standard. `extras(variant, files)` returns what the standard adds to the site: its manifest.

    `manifest` is that file's name, None where there is none. `adapter` names the player's bundle, and
    `tracking` the one that comes after it as `tracking.js`, where it takes a script of its own to tell the LMS; `unit`
    is what is launched, in the standard's own word; `state_limit` the characters of resume state that are sure to be
    kept, None where there is no limit; `connects` is what the page may connect to, in the words of Content
    Security Policy Level 3 (`connect-src`); `trusts`, the policy by which the adapter may load a script, in those
    of Trusted Types (`trusted-types`). A package `holds_units` when it can have several to launch, and
    `takes_schemas` when XSD files may be put into it; one that `is_published`, not imported, is unpacked too.
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

"""Web: the bare site, for any static host or for opening from disk. The learner's device stores the progress."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from coursepack.course.variant import Variant
from coursepack.targets.target import Files, Target


def extras(variant: Variant, files: Mapping[str, bytes | Path]) -> Files:
    """No files: a web site has no manifest."""
    return {}


WEB = Target(
    name="web",
    title="Web",
    adapter="web",
    unit="site",
    manifest=None,
    state_limit=None,
    extras=extras,
    is_published=True,
)

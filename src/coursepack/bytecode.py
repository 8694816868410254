"""Keeps compiled templates."""

from __future__ import annotations

import os
from contextlib import suppress

import jinja2
from jinja2.bccache import Bucket


class BytecodeCache(jinja2.FileSystemBytecodeCache):
    """Caches compiled templates next to their sources, as Python does for modules, if the folder is writable.

    Compiling them takes longer than rendering a course.
    """

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Writes a compiled template. If that fails, the template is compiled again next time."""
        with suppress(OSError):
            os.makedirs(self.directory, exist_ok=True)
            super().dump_bytecode(bucket)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Reads a compiled template, if there is one."""
        with suppress(NotADirectoryError):
            super().load_bytecode(bucket)

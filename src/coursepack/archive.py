"""Writes a package: the same files give the same bytes, and it appears whole or not at all."""

from __future__ import annotations

import os
import stat
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

FIRST = ("imsmanifest.xml",)
"""Importers find a manifest faster, and some only, when it is the first entry."""

CHUNK = 1 << 20
_DEFLATED = (".html", ".js", ".css", ".xml", ".xsd", ".dtd", ".svg", ".vtt", ".json", ".txt", ".csv")


def _time() -> tuple[int, int, int, int, int, int]:
    """The one time of every entry: SOURCE_DATE_EPOCH, or the first that a zip can tell."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch.isdigit():
        return (1980, 1, 1, 0, 0, 0)
    moment = time.gmtime(int(epoch))
    # A zip tells years 1980 to 2107.
    return (min(max(moment.tm_year, 1980), 2107), *moment[1:6])


def _give_name(handle: int, path: Path) -> None:
    """Gives a file without a name one: linkat(2) with AT_SYMLINK_FOLLOW, as open(2) tells of O_TMPFILE."""
    handles = os.open("/proc/self/fd", os.O_RDONLY)
    try:
        os.link(str(handle), path, src_dir_fd=handles, follow_symlinks=True)
    finally:
        os.close(handles)


@contextmanager
def _aside(path: Path) -> Iterator[BinaryIO]:
    """A file to write that becomes `path` when the block ends well, and nothing when it does not.

    On Linux it has no name until it is whole, so that even a killed build leaves nothing behind.
    """
    named = path.with_name(f".{path.name}.part")
    try:
        handle = os.open(path.parent, os.O_TMPFILE | os.O_RDWR, 0o644)
        nameless = True
    except (AttributeError, OSError):
        handle = os.open(named, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
        nameless = False
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            if nameless:
                named.unlink(missing_ok=True)
                _give_name(file.fileno(), named)
        os.replace(named, path)
    except BaseException:
        named.unlink(missing_ok=True)
        raise


def write_zip(
    path: Path, files: Mapping[str, bytes | Path], progress: Callable[[int, int], None] | None = None
) -> None:
    """Writes the zip at `path`: the manifest first, the rest sorted; media stored, text deflated.

    Times and modes are fixed.

    A file on disk is streamed. `progress(done, total)` hears bytes. Raises OSError; an earlier file at
    `path` then stays as it is.
    """
    when = _time()
    sizes = {name: len(c) if isinstance(c, bytes) else c.stat().st_size for name, c in files.items()}
    total, done = sum(sizes.values()), 0
    with _aside(path) as file, zipfile.ZipFile(file, "w") as archive:
        for name in sorted(files, key=lambda n: (n not in FIRST, n)):
            content = files[name]
            info = zipfile.ZipInfo(name, when)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.file_size = sizes[name]
            info.compress_type = zipfile.ZIP_DEFLATED if name.endswith(_DEFLATED) else zipfile.ZIP_STORED
            with archive.open(info, "w") as entry:
                if isinstance(content, bytes):
                    entry.write(content)
                    written = len(content)
                else:
                    written = 0
                    with content.open("rb", buffering=0) as source:
                        while chunk := source.read(CHUNK):
                            entry.write(chunk)
                            written += len(chunk)
                            if progress:
                                progress(done + written, total)
            if written != sizes[name]:
                raise OSError(f"{name} changed while it was read")
            done += written

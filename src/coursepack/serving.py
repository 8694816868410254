"""How an LMS serves the files of a package, by the names of its quirks; for the preview's server and for tests.

Without quirks, files are found by their exact names, have the types that browsers expect, and can be had in part and
compressed; the resource of the first item is launched.
"""

from __future__ import annotations

from dataclasses import dataclass
from mimetypes import MimeTypes
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from coursepack.package import Package

SUPPORTED = frozenset({
    "csp-self",
    "first-resource",
    "flat-file-lookup",
    "names-lower-cased",
    "new-types-refused",
    "new-types-unknown",
    "no-compression",
    "no-range",
    "other-case",
})  # fmt: skip
"""Names of the quirks that change what is served. `other-case` is how files are found without it, too."""

_NEW_TYPES = {
    ".avif": "image/avif",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".vtt": "text/vtt",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_TYPES = {
    ".js": "text/javascript",
    ".m4a": "audio/mp4",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".xhtml": "application/xhtml+xml",
}
_UNKNOWN = "application/octet-stream"
_TEXTS = ("text/", "application/json", "application/manifest+json", "application/xml", "image/svg+xml")

# The standard library's own table, and not that of the machine.
_GUESS = MimeTypes(filenames=())


@dataclass(frozen=True, slots=True)
class Serving:
    """How the files of a package are served. `quirks` are names in `SUPPORTED`; others change nothing."""

    quirks: frozenset[str] = frozenset()

    @property
    def ranges(self) -> bool:
        """Whether a part of a file is served to who asks for it by `Range`."""
        return "no-range" not in self.quirks

    @property
    def policy(self) -> str:
        """The `Content-Security-Policy` of each answer, or empty."""
        if "csp-self" not in self.quirks:
            return ""
        return "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:"

    def find(self, path: str, names: Collection[str]) -> str | None:
        """The name of the file that is served for a path in the package, or None for a 404.

        `path` has no query and is decoded; `names` are the files of the package, by paths with `/`.
        """
        if "new-types-refused" in self.quirks and _ending(path) in _NEW_TYPES:
            return None
        if "flat-file-lookup" in self.quirks:
            last = path.rpartition("/")[2]
            same = (name for name in names if name.rpartition("/")[2] == last)
            return min(same, key=lambda name: (name.count("/"), name), default=None)
        if "names-lower-cased" in self.quirks:
            return {name.lower(): name for name in names}.get(path)
        return path if path in names else None

    def media_type(self, name: str) -> str:
        """The `Content-Type` of a file, without a character set."""
        ending = _ending(name)
        if ending in _NEW_TYPES:
            return _UNKNOWN if "new-types-unknown" in self.quirks else _NEW_TYPES[ending]
        return _TYPES.get(ending) or _GUESS.guess_type(f"file{ending}")[0] or _UNKNOWN

    def compresses(self, name: str) -> bool:
        """Whether a file is served compressed to who accepts it."""
        return "no-compression" not in self.quirks and self.media_type(name).startswith(_TEXTS)

    def launch(self, package: Package) -> str | None:
        """The path in a SCORM package of the file that is launched first, or None if there is none."""
        # A preview serves files before anything is judged.
        from coursepack.rules import ims

        if "first-resource" in self.quirks:
            resources = [each for each in ims.elements(package, "resource") if ims.own(each, "href")]
        else:
            resources = package.cached(ims.launched)
        return ims.target(package, resources[0]) if resources else None


def serving(quirks: Iterable[str]) -> Serving:
    """How an LMS with these quirks serves files. Quirks of other kinds are left out."""
    return Serving(SUPPORTED.intersection(quirks))


def _ending(name: str) -> str:
    stem, dot, ending = name.rpartition("/")[2].rpartition(".")
    return f".{ending.lower()}" if stem and dot else ""

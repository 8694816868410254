"""Rules for web editions: courses that work on any static host, under any path and from disk, and report to nobody."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from coursepack.package import MAX_MANIFEST, WEB_PAGE, Package, UnreadableError
from coursepack.problems import Location, Message
from coursepack.rules.ims import REMOTE, path_of
from coursepack.rules.rule import Finding, rule, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

LMS_CALLS: tuple[str, ...] = ()

# A tag must not contain '<', which careful pages never have: each character is then read only once.
_COMMENT_OR_TAG = re.compile(
    r"""<!--.*?(?:-->|\Z)|<([a-z]+)\b((?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)>""", re.IGNORECASE | re.DOTALL
)
_SCRIPT_END = re.compile(r"</script|\Z", re.IGNORECASE)
# Only from the start of a name: a name of megabytes would otherwise be matched again from each character.
_ATTRIBUTE = re.compile(
    r"""(?<![a-z-])([a-z-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]++))""", re.IGNORECASE
)
_WATCHED = ("meta", "base", "script", "style", "link", "img", "body", "a", "area")
_BEFORE_POLICY = ("script", "style", "link", "img", "body")


@dataclass(frozen=True, slots=True)
class _Tag:
    """A start tag: its name, its attributes, and its first line."""

    name: str
    attributes: dict[str, str]
    line: int


def launch_files(package: Package) -> tuple[str, ...]:
    """The start page."""
    return (WEB_PAGE,)


@rule("warning", spec="CSP 3", category="privacy")
def missing_policy(package: Package) -> Iterator[Finding]:
    """The page has no Content-Security-Policy.

    A file that is added later can then report to others who takes the course. Rebuild the web edition, or write the
    policy as a `meta` element, first in the page's head.
    """
    if not _policies(package):
        yield "There is no Content-Security-Policy.", Location(WEB_PAGE)


@rule("warning", spec="CSP 3 6.1.2", category="privacy")
def open_policy(package: Package) -> Iterator[Finding]:
    """The page's Content-Security-Policy lets scripts connect to a server.

    A web edition keeps what the learner does on the learner's own device. Write `connect-src 'none'`, or
    `default-src 'none'` without any `connect-src`.
    """
    policies = _policies(package)
    if policies and not any(_is_closed(tag.attributes.get("content", "")) for tag in policies):
        yield "It does not say connect-src 'none'.", Location(WEB_PAGE, policies[0].line)


@rule("warning", spec="CSP 3 3.3", category="privacy")
def late_policy(package: Package) -> Iterator[Finding]:
    """The Content-Security-Policy comes after elements that it should apply to.

    A policy in the page only applies to what follows it, and only works in the head. Move it before every script,
    style and link.
    """
    policies = _policies(package)
    early = next(
        (tag for tag in package.cached(_tags) if tag.name in _BEFORE_POLICY or tag in policies), None
    )
    if early and policies and early not in policies:
        policy = policies[0]
        yield (
            Message("There is a {0} before it, in line {1}.", early.name, early.line),
            Location(WEB_PAGE, policy.line),
        )


@rule("warning", spec="HTML 4.2.3")
def base_address(package: Package) -> Iterator[Finding]:
    """The page has a `base` element.

    It ties the course to one address: on another host, under another path or from disk, nothing is found. Remove it.
    """
    for tag in package.cached(_tags):
        if tag.name == "base" and "href" in tag.attributes:
            yield Message("The base is {0}.", shortened(tag.attributes["href"])), Location(WEB_PAGE, tag.line)


@rule("warning", spec="RFC 3986 4.2")
def rooted_link(package: Package) -> Iterator[Finding]:
    """A link starts with a slash.

    It refers to the top of the host or disk, not of the course. Write it relative to the page.
    """
    for tag, address in _links(package):
        if address.startswith("/") and not address.startswith("//"):
            yield Message("{0} leaves the course.", shortened(address)), Location(WEB_PAGE, tag.line)


@rule("warning")
def dead_link(package: Package) -> Iterator[Finding]:
    """A link leads to a file that is not in the package.

    Learners get the host's error page. Add the file, or correct the address, which is case-sensitive.
    """
    for tag, address in _links(package):
        path = unquote(path_of(address))
        inside = path and not path.startswith("/") and not REMOTE.match(address)
        if inside and posixpath.normpath(path) not in package.files:
            yield Message("{0} is not in the package.", shortened(address)), Location(WEB_PAGE, tag.line)


@rule("warning", spec="HTML 8.1.3")
def module_script(package: Package) -> Iterator[Finding]:
    """The page's script is a module.

    Browsers refuse modules in a page that is opened from disk, and the course does not start. Bundle them as one
    classic script.
    """
    for tag in package.cached(_tags):
        if tag.name == "script" and tag.attributes.get("type", "").strip().lower() == "module":
            yield (
                Message("{0} is a module.", shortened(tag.attributes.get("src", "script"))),
                Location(WEB_PAGE, tag.line),
            )


def _tags(package: Package) -> list[_Tag]:
    from html import unescape

    try:
        text = package.read(WEB_PAGE, MAX_MANIFEST).decode("utf-8", "replace")
    except UnreadableError:
        # The rules for pages report it.
        return []
    tags = []
    line, counted, at = 1, 0, 0
    while match := _COMMENT_OR_TAG.search(text, at):
        name, at = (match[1] or "").lower(), match.end()
        if name == "script":
            # Text like a tag inside a script is not a tag.
            end = _SCRIPT_END.search(text, at)
            at = end.start() if end else at
        if name in _WATCHED:
            line, counted = line + text.count("\n", counted, match.start()), match.start()
            attributes: dict[str, str] = {}
            for key, *values in _ATTRIBUTE.findall(match[2]):
                attributes.setdefault(key.lower(), unescape(next(filter(None, values), "")))
            tags.append(_Tag(name, attributes, line))
    return tags


def _policies(package: Package) -> list[_Tag]:
    return [
        tag
        for tag in package.cached(_tags)
        if tag.attributes.get("http-equiv", "").strip().lower() == "content-security-policy"
    ]


def _is_closed(policy: str) -> bool:
    """Whether a policy allows no connections. The first directive with a name counts (CSP 3, 2.2.1)."""
    directives: dict[str, list[str]] = {}
    for part in policy.split(";"):
        name, *values = part.split() or [""]
        directives.setdefault(name.lower(), [value.lower() for value in values])
    allowed = directives.get("connect-src", directives.get("default-src"))
    return allowed in ([], ["'none'"])


def _links(package: Package) -> list[tuple[_Tag, str]]:
    return [
        (tag, tag.attributes["href"].strip())
        for tag in package.cached(_tags)
        if tag.name in ("a", "area") and tag.attributes.get("href")
    ]

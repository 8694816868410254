"""Rules for what learners open: the pages and styles of the package, which are read but never run."""

from __future__ import annotations

import posixpath
import re
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import unquote

from coursepack.package import DEFLATED, STORED, Entry, Package, UnreadableError
from coursepack.problems import Count, Location, Message
from coursepack.rules.container import AICC_ENDINGS
from coursepack.rules.content import (
    MOST_READ,
    REMOTE,
    Address,
    Tag,
    addresses,
    codes,
    content,
    found_in,
    launch_files_of,
    line_of,
    opened,
    place,
    summed,
    tag_place,
)
from coursepack.rules.ims import path_of
from coursepack.rules.loading import imports
from coursepack.rules.rule import Finding, Minor, rule, several, shortened
from coursepack.rules.standards import standard_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_UNLOAD = (
    r"""(?:addEventListener|\.on|\.bind|attachEvent)\(\s*+["'](?:on)?(?:before)?unload["']"""
    r"""|\bon(?:before)?unload\s*=(?!=)"""
)
_UNLOAD_ATTRIBUTE = r"(?i)<(?:body|frameset)\b[^<>]*\s(on(?:before)?unload\s*=)"
_LOCAL = re.compile(
    r"file:|[A-Za-z]:[\\/]|(?:https?:)?//(?:localhost|127\.0\.0\.1|\[::1\])(?![\w.-])", re.IGNORECASE
)
_ROOTED = re.compile(r"[/\\](?![/\\])")
_HOST = r"(?i)(?:https?:)?//(?:[^/?#@]*@)?([^/?#:]*)"

_HTML_COMMENT = r"(?s)<!--.*?(?:-->|\Z)"
_HEAD_END = re.compile(r"</head\b|<body\b|<svg\b", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^<>]*>([^<]*)", re.IGNORECASE)
_HANDLER = r"(?i)<[a-z][^<>]*\son[a-z]+\s*="
_NO_ZOOM = r"(?i)user-scalable\s*=\s*(?:no|0)\b|maximum-scale\s*=\s*(?:0|1(?:\.\d+)?)(?![\d.])"
_HIDDEN = r"(?i)display\s*:\s*none|visibility\s*:\s*hidden"

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

_MOST_PARTS = 8

# Files that improve a page, but that it can do without.
_FOR_LOOKS = ("style", "font", "background", "link")
# Mixed Content 5.1: browsers request these by https, and block everything else.
_UPGRADED = ("medium", "background")

_AICC = tuple(f".{ending}" for ending in AICC_ENDINGS)

MOST_VERIFIED = 2 * 1024 * 1024 * 1024
"""The most bytes whose checksums are compared: more would take too long."""

# Hosts that are only used to track visitors.
_TRACKERS = {
    "google-analytics.com": "Google Analytics",
    "googletagmanager.com": "Google Tag Manager",
    "doubleclick.net": "DoubleClick",
    "connect.facebook.net": "Facebook",
    "facebook.com/tr": "Facebook",
    "static.hotjar.com": "Hotjar",
    "script.hotjar.com": "Hotjar",
    "matomo.cloud": "Matomo Cloud",
    "innocraft.cloud": "Matomo Cloud",
    "clarity.ms": "Microsoft Clarity",
    "bat.bing.com": "Microsoft Advertising",
    "cdn.segment.com": "Segment",
    "api.segment.io": "Segment",
    "cdn.mxpnl.com": "Mixpanel",
    "api.mixpanel.com": "Mixpanel",
    "api.amplitude.com": "Amplitude",
    "cdn.amplitude.com": "Amplitude",
    "js-agent.newrelic.com": "New Relic",
    "bam.nr-data.net": "New Relic",
    "fullstory.com/s/fs.js": "FullStory",
    "mc.yandex.ru": "Yandex Metrica",
    "snap.licdn.com": "LinkedIn",
    "analytics.tiktok.com": "TikTok",
    "static.ads-twitter.com": "X",
    "js.hs-analytics.net": "HubSpot",
    "cdn.heapanalytics.com": "Heap",
    "cdn.mouseflow.com": "Mouseflow",
    "script.crazyegg.com": "Crazy Egg",
}

_PLUG_INS = {
    "Flash": r"shockwave-flash|clsid:d27cdb6e|\.swf\b",
    "Java": r"java-(?:applet|bean|vm)|clsid:(?:8ad9c840|cafeefac)",
    "Silverlight": r"x-silverlight|clsid:dfeaf541|\.xap\b",
    "ActiveX": r"clsid:",
}
"""Patterns for kinds of plug-ins, of which the first match counts; every ActiveX control has a class id."""


@rule("error")
def damaged_file(package: Package) -> Iterator[Finding]:
    """A file cannot be read from the package.

    Its data, size, checksum or name do not match the zip's list of files, so LMSs refuse the package or serve a
    damaged file. Create the package again.
    """
    read = content(package)
    for name, reason in read.damaged.items():
        yield reason, Location(name)
    if package.verified:
        return
    for entry in _unread(package):
        try:
            package.verify(entry)
        except UnreadableError as error:
            yield error.fault.message, Location(entry.name)


@rule("note")
def start_page_not_judged(package: Package) -> Iterator[Finding]:
    """The start page is too large to be checked.

    A page with megabytes of text is not checked, so a report without findings says nothing about it. Phones also take
    long to show it. Split it, or move embedded contents to separate files.
    """
    for name in content(package).left_out:
        if name in launch_files_of(package):
            size = package.files[name].size
            yield (
                Message(
                    "It has {0} bytes, and at most {1} are read of a package.", Count(size), Count(MOST_READ)
                ),
                Location(name),
            )


@rule("note")
def files_not_judged(package: Package) -> Iterator[Finding]:
    """Some pages, scripts, styles or media were not checked.

    A check reads five megabytes of pages, scripts and styles, in at most 2,000 files, and compares the checksums of
    two gigabytes of media. The rest was not checked. There is nothing to fix.
    """
    starts = launch_files_of(package)
    names = [name for name in content(package).left_out if name not in starts]
    if names:
        yield Message("Not checked: {0}.", several(names)), Location(package.name)
    size = sum(entry.size for entry in package.entries)
    if package.is_zip and not package.verified and size > MOST_VERIFIED:
        yield "Not all checksums were compared.", Location(package.name)


@rule("warning")
def remote_script(package: Package) -> Iterator[Finding]:
    """A page loads scripts from another server.

    The course stops working without a network, when that server changes, or where hosts forbid it. The owner of the
    server can change the course and read what learners do. Put the scripts in the package.
    """
    yield from _remote(package, ("script",), "a script", "scripts")


@rule("warning", category="privacy")
def remote_style(package: Package) -> Iterator[Finding]:
    """A page loads styles from another server.

    The course loses its design without a network, when that server changes, or where hosts forbid it. A third party
    can see who takes the course. Put the styles in the package.
    """
    yield from _remote(package, ("style",), "a style", "styles")


@rule("warning", category="privacy")
def remote_font(package: Package) -> Iterator[Finding]:
    """A page or style loads fonts from another server.

    Browsers use another font if they cannot load it, but a third party receives the IP address of each learner, which
    European courts have found unlawful without consent. Put the fonts in the package.
    """
    yield from _remote(package, ("font",), "a font", "fonts")


@rule("note", category="privacy")
def remote_frame(package: Package) -> Iterator[Finding]:
    """A page shows pages from another server in frames.

    Films and forms are often embedded this way. They stay empty without a network, where hosts forbid it, and where
    the other server does not allow framing. A third party can see who watches. Make sure that the course can be
    completed without them.
    """
    yield from _remote(package, ("frame",), "a page", "pages")


@rule("warning", category="privacy")
def remote_medium(package: Package) -> Iterator[Finding]:
    """A page or style shows pictures, films or sounds from another server.

    They are missing without a network, when that server changes, or where hosts forbid it. A third party can see who
    takes the course. Put the files in the package.
    """
    yield from _remote(package, ("medium", "background"), "a medium", "media")


@rule("note", category="privacy")
def remote_reference(package: Package) -> Iterator[Finding]:
    """A page loads something else from another server: an icon, an object, or a preload.

    A third party can see who takes the course, and it may be missing without a network. Put the file in the package.
    """
    yield from _remote(package, ("other", "link"), "something", "files")


@rule("warning", category="privacy")
def tracking(package: Package) -> Iterator[Finding]:
    """The course reports what learners do to a tracking service.

    An organization that offers the course to its staff or students must know about this and have a legal basis for it.
    Browsers and networks often block it. Remove the code of the service; the LMS has the results.
    """
    places: dict[str, Location] = {}
    for address in addresses(package):
        name = _tracker(address.value)
        if name and name not in places:
            places[name] = place(package, address)
    for host, name in _TRACKERS.items():
        first = next(found_in(codes(package), host, rf"""(?<=[/.'"]){re.escape(host)}\b"""), None)
        if first and name not in places:
            places[name] = first
    if places:
        yield (
            Message("It reports to {0}.", several(sorted(places))),
            min(places.values(), key=lambda at: at.sort_key),
        )


@rule("warning", spec="Mixed Content 4")
def mixed_content(package: Package) -> Iterator[Finding]:
    """A page or style loads something over `http:`.

    LMSs use https, so browsers block it. They request pictures, films and sounds over https instead, even if the
    server does not support it, which is a note. Put the file in the package; if it must come from a server, write
    `https:`.
    """
    plain = [
        address
        for address in addresses(package)
        if address.value.lower().startswith("http://") and not _LOCAL.match(address.value)
    ]
    blocked = [address for address in plain if address.kind not in _UPGRADED]
    if blocked:
        yield _by_http("An LMS with https does not show {0}.", blocked), place(package, blocked[0])
    upgraded = [address for address in plain if address.kind in _UPGRADED]
    if upgraded:
        message = _by_http("In an LMS with https browsers ask for {0} by https.", upgraded)
        yield Minor(message, place(package, upgraded[0]))


@rule("warning")
def local_address(package: Package) -> Iterator[Finding]:
    """A page or style refers to its author's disk or local server.

    An address that begins with `file:`, a drive letter or `localhost` leads nowhere on a learner's device. This is a
    note for files that only affect the design, and in pages that are not opened at the start. Add the file to the
    package, and write its address relative to the page.
    """
    for address in addresses(package):
        if _LOCAL.match(address.value) and not _is_missing_script(package, address):
            message = Message("{0} is on the author's computer.", shortened(address.value))
            yield _lost(package, address, message)


@rule("warning", spec="RFC 3986 4.2")
def rooted_address(package: Package) -> Iterator[Finding]:
    """A page or style loads something from an address that starts with a slash.

    It refers to the top of the LMS's server, where the course is not. This is a note for files that only affect the
    design, and in pages that are not opened at the start. Write it relative to the page.
    """
    for address in addresses(package):
        if _ROOTED.match(address.value) and not _is_missing_script(package, address):
            message = Message("{0} leaves the course.", shortened(address.value))
            yield _lost(package, address, message, _meant(package, address))


@rule("error")
def missing_script(package: Package) -> Iterator[Finding]:
    """A page that learners open at the start loads a script that is not in the package.

    Most courses need their scripts: the page stays empty, or nothing in it works. The same applies to scripts that a
    module imports. An address is relative to the folder of its page or module, and case-sensitive. Add the file, or
    correct the address.
    """
    for address in addresses(package):
        if _is_missing_script(package, address):
            yield _without_script(package, address, place(package, address))
    for file in sorted(opened(package)):
        if "module" in content(package).texts[file]:
            for code, position, value, path in imports(package, file):
                if path not in package.files:
                    at = code.at(position)
                    yield _without_script(package, Address(code.file, at.line, value, "script", path), at)


@rule("warning")
def missing_reference(package: Package) -> Iterator[Finding]:
    """A page or style refers to a file that is not in the package.

    A picture, a film or a page in a frame will not show. This is a note for files that only affect the design, and in
    pages that are not opened at the start. Add the file, or correct the address.
    """
    gone = (at for at in _unfound(package) if at.path.casefold() not in package.cached(_by_folded_name))
    for _, group in groupby(gone, lambda address: address.file):
        missing = list(group)
        for address in missing:
            if _matters(package, address):
                yield (
                    Message("{0} is not in the package.", shortened(address.value)),
                    place(package, address),
                    _meant(package, address),
                )
        # Libraries include whole folders of pages that nobody opens.
        others = [address for address in missing if not _matters(package, address)]
        if others:
            names = several([address.value for address in others])
            yield Minor(Message("Not in the package: {0}.", names), place(package, others[0]))


@rule("warning")
def wrong_case(package: Package) -> Iterator[Finding]:
    """A page or style refers to a file in another case than its name.

    It works on the author's computer, but not on most servers, where something will not show. This is a note for files
    that only affect the design, and in pages that are not opened at the start. Use the same name in both places.
    """
    for address in _unfound(package):
        alike = package.cached(_by_folded_name).get(address.path.casefold())
        if alike:
            message = Message("{0} is named {1}.", shortened(address.value), shortened(alike))
            yield _lost(package, address, message)


@rule("note")
def unload_handler(package: Package) -> Iterator[Finding]:
    """A script listens for `unload` or `beforeunload`.

    Browsers no longer send them reliably, and hardly ever on phones, so data that is only saved then is lost. Save
    while the course runs, and finally on `pagehide` and `visibilitychange`.
    """
    found: dict[str, tuple[str, Location]] = {}
    for code in codes(package):
        # A plain search first: most scripts then need no slow one.
        match = re.search(_UNLOAD, code.text) if "unload" in code.text else None
        if match:
            found.setdefault(code.file, (match[0], code.at(match.start())))
    for name, page in content(package).pages.items():
        text = content(package).texts[name]
        match = re.search(_UNLOAD_ATTRIBUTE, text) if page.handlers else None
        if match:
            found.setdefault(name, (match[1], Location(name, line_of(text, match.start(1)))))
    words = next((text.strip() for text, _ in found.values()), "")
    yield from summed(Message("{0} is not reliable.", shortened(words)), [at for _, at in found.values()])


@rule("note", spec="RTE 3.2")
def no_lms_call(package: Package) -> Iterator[Finding]:
    """No script in the package seems to communicate with an LMS.

    A SCO must at least call `LMSInitialize` and `LMSFinish`, in SCORM 2004 `Initialize` and `Terminate`; in xAPI and
    cmi5, it reads from its own address where to send statements. Otherwise the LMS records nothing. Add the calls, or
    ignore this if they cannot be found in the text of the script.
    """
    read = content(package)
    standard = package.cached(standard_of)
    calls = standard.lms_calls if standard else ()
    if (
        calls
        and read.complete
        and read.starts
        # Scripts before pages that contain a whole course.
        and not any(call in text for text in sorted(read.texts.values(), key=len) for call in calls)
    ):
        yield (
            Message("No trace of {0} was found in its pages and scripts.", calls[0]),
            Location(next(iter(read.starts))),
        )


@rule("warning", spec="WCAG 2.2 3.1.1", category="accessibility")
def missing_language(package: Package) -> Iterator[Finding]:
    """The start page does not declare its language.

    Screen readers then use the wrong voice. Write `<html lang="sv">`.
    """
    for name, page in content(package).starts.items():
        if not page.language:
            yield "The html element has no lang.", Location(name)


@rule("warning", spec="WCAG 2.2 2.4.2", category="accessibility")
def missing_page_title(package: Package) -> Iterator[Finding]:
    """The start page has no title.

    It names the window and the tab, and screen readers say it first. Write a `<title>` in the page's head.
    """
    read = content(package)
    for name in read.starts:
        text = read.texts[name]
        end = _HEAD_END.search(text)
        if not any(title[1].strip() for title in _TITLE.finditer(text, 0, end.start() if end else len(text))):
            yield "The page has no title.", Location(name)


@rule("warning", spec="HTML 4.2.5.4")
def missing_charset(package: Package) -> Iterator[Finding]:
    """The start page does not declare its encoding.

    LMSs rarely declare it for the page, and browsers then guess, so that å, ä and ö are shown wrong. In a page that is
    only ASCII, nothing can go wrong, which is a note. Write `<meta charset="utf-8">` first in the page's head.
    """
    read = content(package)
    for name, page in read.starts.items():
        # A byte order mark declares it too (HTML 13.2.3.2).
        if not page.has_charset and not read.texts[name].startswith("\ufeff"):
            finding = Minor("The page does not declare its encoding.", Location(name))
            yield finding if re.sub(_HTML_COMMENT, "", read.texts[name]).isascii() else finding[:2]


@rule("note", spec="WCAG 2.2 1.3.1", category="accessibility")
def no_main_heading(package: Package) -> Iterator[Finding]:
    """A page has headings, but none of the first level.

    Screen reader users jump to it first to know where they are. Make the main heading of the page an `h1`.
    """
    for name, page in content(package).starts.items():
        headings = list(page.named(*_HEADINGS))
        if headings and not any(tag.name == "h1" for tag in headings):
            yield (
                Message("Its first heading is an {0}.", headings[0].name),
                tag_place(package, name, headings[0]),
            )


@rule("warning", spec="WCAG 2.2 1.1.1", category="accessibility")
def missing_alternative(package: Package) -> Iterator[Finding]:
    """A page shows pictures without `alt`.

    Screen readers then read out the file name. Describe what the picture shows, or write `alt=""` if it is only
    decorative.
    """
    for name, page in content(package).pages.items():
        images = list(page.named("img"))
        wordless = [tag for tag in images if not _has_words(tag)]
        if wordless:
            message = Message("{0} of {1} pictures have no alt.", len(wordless), len(images))
            yield (
                "A picture has no alt." if len(wordless) == 1 else message,
                tag_place(package, name, wordless[0]),
            )


@rule("note", spec="WCAG 2.2 1.2.2", category="accessibility")
def missing_captions(package: Package) -> Iterator[Finding]:
    """A film has no captions.

    Learners who cannot hear it, or cannot turn on sound, miss what is said. Add a `track` of the kind captions. Ignore
    this for a film without sound, or if a script adds the captions.
    """
    yield from _tagged(
        package,
        ("video",),
        "A film has no track with captions.",
        lambda tag: (
            "muted" not in tag.attributes
            and (bool(tag.get("src")) or "source" in tag.inside)
            and not {"captions", "subtitles"} & set(tag.inside)
        ),
    )


@rule("note", spec="WCAG 2.2 4.1.2", category="accessibility")
def untitled_frame(package: Package) -> Iterator[Finding]:
    """A frame has no title.

    Screen readers then only say "frame", not what it contains. Write `<iframe title="What it shows">`.
    """
    yield from _tagged(
        package,
        ("iframe", "frame"),
        "A frame has no title.",
        lambda tag: (
            not any(tag.get(key) for key in ("title", "aria-label", "aria-labelledby"))
            and not _is_hidden(tag)
        ),
    )


@rule("note", spec="WCAG 2.2 1.4.2", category="accessibility")
def autoplay(package: Package) -> Iterator[Finding]:
    """A film or sound starts by itself.

    It interferes with screen readers and startles others; most browsers block it until the learner has interacted with
    the page. Let the learner start it.
    """
    yield from _tagged(
        package,
        ("video", "audio"),
        "A film or sound starts by itself.",
        lambda tag: "autoplay" in tag.attributes and "muted" not in tag.attributes,
    )


@rule("warning", spec="WCAG 2.2 1.4.4", category="accessibility")
def zoom_forbidden(package: Package) -> Iterator[Finding]:
    """A page prevents zooming.

    Learners who need larger text cannot read it on a phone, unless the browser ignores this. Remove `user-scalable`
    and `maximum-scale` from the `viewport`.
    """
    yield from _tagged(
        package,
        ("meta",),
        "The viewport prevents zooming.",
        lambda tag: (
            tag.get("name").lower() == "viewport"
            and any(word in tag.get("content").lower() for word in ("user-scalable", "maximum-scale"))
            and re.search(_NO_ZOOM, tag.get("content")) is not None
        ),
    )


@rule("note", spec="WCAG 2.2 2.2.1")
def page_refresh(package: Package) -> Iterator[Finding]:
    """A page redirects or reloads itself by `meta refresh`.

    The parameters of the address, which xAPI and cmi5 use to start a course, are lost, and slow readers are
    interrupted. Launch the target page directly, or redirect in a script with `location.search`.
    """
    yield from _tagged(
        package,
        ("meta",),
        "The page is refreshed by a meta element.",
        lambda tag: tag.get("http-equiv").lower() == "refresh",
    )


@rule("note", spec="CSP 3")
def inline_handler(package: Package) -> Iterator[Finding]:
    """Pages have scripts in attributes such as `onclick`.

    They work nearly everywhere, but fail silently on a host whose Content-Security-Policy forbids inline scripts.
    Listen for the event in a script file.
    """
    read = content(package)
    found = {name: page.handlers for name, page in read.pages.items() if page.handlers}
    if found:
        name, amount = next(iter(found)), sum(found.values())
        match = re.search(_HANDLER, read.texts[name])
        line = line_of(read.texts[name], match.end()) if match else None
        message = Message("There is 1 of these." if amount == 1 else "There are {0} of these.", amount)
        if len(found) > 1:
            message = Message("There are {0} of these in {1} pages.", amount, len(found))
        yield message, Location(name, line)


@rule("warning")
def flash(package: Package) -> Iterator[Finding]:
    """A page shows a Flash film.

    No browser has played Flash since 2021. The page shows an empty area, and a Flash course cannot be taken. Publish
    the course as HTML5.
    """
    yield from _plugged(package, "Flash")


@rule("warning")
def java_applet(package: Package) -> Iterator[Finding]:
    """A page shows a Java applet.

    No browser runs applets any more. The page shows an empty area. Rewrite it in JavaScript.
    """
    yield from _plugged(package, "Java")


@rule("warning")
def silverlight(package: Package) -> Iterator[Finding]:
    """A page shows Silverlight content.

    No browser runs Silverlight any more. The page shows an empty area. Rewrite it in HTML and JavaScript.
    """
    yield from _plugged(package, "Silverlight")


@rule("warning")
def active_x(package: Package) -> Iterator[Finding]:
    """A page shows an ActiveX control.

    Only Internet Explorer supported them, and it is gone. The page shows an empty area. For films and sounds, use
    `video` and `audio`.
    """
    yield from _plugged(package, "ActiveX")


def _unread(package: Package) -> Iterator[Entry]:
    """The entries that no other rule has read, in the order of their data, up to the limit."""
    read = content(package)
    names = (package.manifest.name, *read.texts, *read.damaged)
    known = {package.files[name] for name in names if name in package.files}
    left = MOST_VERIFIED
    for entry in sorted(package.entries, key=lambda entry: entry.start):
        left -= entry.size
        if left < 0:
            return
        # Another rule reports damaged AICC description files.
        is_reported = entry.special or entry.name.lower().endswith(_AICC)
        if not (is_reported or entry.is_folder or entry in known) and entry.method in (STORED, DEFLATED):
            yield entry


def _remote(package: Package, kinds: tuple[str, ...], one: str, many: str) -> Iterator[Finding]:
    found = [
        address
        for address in addresses(package)
        if address.kind in kinds
        and REMOTE.match(address.value)
        and not _LOCAL.match(address.value)
        and not _tracker(address.value)
    ]
    if found:
        hosts = list(dict.fromkeys(host_of(address.value) for address in found))
        what = Message(one) if len(found) == 1 else Message(f"{{0}} {many}", len(found))
        yield Message("It loads {0} from {1}.", what, several(hosts)), place(package, found[0])


def host_of(address: str) -> str:
    """The host of an address with `http`, `https` or no scheme; empty for an address inside the package."""
    match = re.match(_HOST, address)
    return match[1].lower() if match else ""


def _tracker(address: str) -> str:
    """The tracking service that an address belongs to, or empty."""
    host = host_of(address)
    if not host:
        return ""
    whole = address[address.index("//") + 2 :].lower()
    return next(
        (
            name
            for part, name in _TRACKERS.items()
            if host == part or host.endswith(f".{part}") or ("/" in part and part in whole[:100])
        ),
        "",
    )


def _by_http(words: str, found: list[Address]) -> Message:
    return Message(words, several(list(dict.fromkeys(address.value for address in found))))


def _unfound(package: Package) -> Iterator[Address]:
    """The addresses inside the package that refer to no file, without those of missing scripts."""
    for address in addresses(package):
        if (
            address.path
            and address.path not in package.files
            and not _LOCAL.match(address.value)
            and not _is_missing_script(package, address)
        ):
            yield address


def _is_missing_script(package: Package, address: Address) -> bool:
    """True for the address of a script that does not exist, in a page that is opened at the start.

    Addresses that start with a slash, or are on the author's computer, only count if the package has the file: others
    are often leftovers of tools.
    """
    if address.kind != "script" or address.file not in opened(package):
        return False
    if _LOCAL.match(address.value) or _ROOTED.match(address.value):
        return bool(_meant(package, address))
    return bool(address.path) and address.path not in package.files


def _without_script(package: Package, address: Address, at: Location) -> Finding:
    value, path = shortened(address.value), address.path
    message = Message("{0} is not in the package.", value)
    if not path:
        message = Message("{0} does not lead into the package.", value)
    elif path != address.value.removeprefix("./"):
        message = Message("{0} leads to {1}, which is not in the package.", value, shortened(path))
    return message, at, _meant(package, address)


def _matters(package: Package, address: Address) -> bool:
    """True for a file that a page opened at the start cannot do without."""
    return address.kind not in _FOR_LOOKS and address.file in opened(package)


def _lost(package: Package, address: Address, message: Message, hint: str | Message = "") -> Finding:
    """A finding about an address that refers to no file: a note where it does no harm."""
    at = place(package, address)
    return (message, at, hint) if _matters(package, address) else Minor(message, at, hint)


def _meant(package: Package, address: Address) -> str | Message:
    """A hint: the file that an address most likely refers to, relative to its page."""
    folder = posixpath.dirname(address.file)
    by_name = package.cached(_by_folded_name)
    wanted = posixpath.normpath(_top(address.value))
    from_top = by_name.get(wanted.casefold(), "")
    alike = by_name.get(address.path.casefold(), "") if address.path else ""
    if alike:
        return Message("Did you mean {0}? Names are case-sensitive.", shortened(_from(folder, alike)))
    if from_top and folder and not _ROOTED.match(address.value):
        return Message(
            "Did you mean {0}? The page itself is in {1}.",
            shortened(_from(folder, from_top)),
            shortened(folder),
        )
    # The longest end of the address that is a path from the page or from the top of the package.
    parts = wanted.casefold().split("/")[-_MOST_PARTS:]
    for start in range(len(parts)):
        end = "/".join(parts[start:])
        for base in (folder, ""):
            found = by_name.get(posixpath.normpath(posixpath.join(base.casefold(), end)), "")
            if found and found != address.file:
                return Message("Did you mean {0}?", shortened(_from(folder, found)))
    same = package.cached(_by_last_name).get(parts[-1], ())
    return Message("Did you mean {0}?", shortened(_from(folder, same[0]))) if len(same) == 1 else ""


def _by_last_name(package: Package) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in package.files:
        found.setdefault(name.rpartition("/")[2].casefold(), []).append(name)
    return found


def _top(address: str) -> str:
    """The path of an address from the top of its server or disk, without leading '..'."""
    path = unquote(path_of(address.replace("\\", "/")))
    return re.sub(r"\A(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://[^/]*)?/*(?:\.\.?/)*", "", path)


def _from(folder: str, path: str) -> str:
    """A path in the package, relative to a page in a folder."""
    return posixpath.relpath(path, folder) if folder else path


def _by_folded_name(package: Package) -> dict[str, str]:
    return {name.casefold(): name for name in package.files}


def _tagged(
    package: Package, names: Sequence[str], message: str, is_wrong: Callable[[Tag], bool]
) -> Iterator[Finding]:
    """One finding for the pages with a wrong tag among those with these names, each at its first."""
    first = {
        name: tag
        for name, page in content(package).pages.items()
        if (tag := next(filter(is_wrong, page.named(*names)), None)) is not None
    }
    yield from summed(message, [tag_place(package, name, tag) for name, tag in first.items()])


def _plugged(package: Package, kind: str) -> Iterator[Finding]:
    yield from _tagged(
        package, ("applet", "object", "embed"), f"There is {kind} in it.", lambda tag: _plug_in(tag) == kind
    )


def _plug_in(tag: Tag) -> str:
    if tag.name == "applet":
        return "Java"
    said = " ".join(tag.get(key) for key in ("type", "classid", "data", "src", "codetype"))
    return next((kind for kind, pattern in _PLUG_INS.items() if re.search(pattern, said, re.IGNORECASE)), "")


def _has_words(tag: Tag) -> bool:
    named = "alt" in tag.attributes or any(tag.get(key) for key in ("aria-label", "aria-labelledby", "title"))
    return named or _is_hidden(tag) or tag.get("role") in ("presentation", "none")


def _is_hidden(tag: Tag) -> bool:
    return (
        "hidden" in tag.attributes
        or tag.get("aria-hidden") == "true"
        or tag.get("width") in ("0", "1")
        or tag.get("height") in ("0", "1")
        or re.search(_HIDDEN, tag.get("style")) is not None
    )

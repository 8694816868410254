"""Fixes mechanical faults of a third-party package in a new package; the original is only read."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coursepack.archive import write_zip
from coursepack.checking import CheckResult, check_path
from coursepack.detection import detect_kinds, detect_maker
from coursepack.package import MANIFEST, MAX_MANIFEST, Package, UnreadableError, local, open_package
from coursepack.problems import Count, Location, Message, PackageError, Problem, Reason, Remark, Report
from coursepack.repair import declarations, document, identifiers, order, references
from coursepack.repair.names import mend_names
from coursepack.repair.preview import gone
from coursepack.repair.transfer import contents, failure
from coursepack.repair.tree import Tree
from coursepack.rules import check_package
from coursepack.rules.rule import is_of_manifest, several

if TYPE_CHECKING:
    from coursepack.repair.names import Plan

# Fatal findings of the container that the new package will not have, or can keep: everything else can be read.
_NO_HINDRANCE = frozenset(
    f"container/{name}"
    for name in ("wrapper-folder", "missing-manifest", "wrong-encoding", "doctype", "malformed-manifest")
)
_MOST_LINES = 1000


@dataclass(frozen=True, slots=True)
class Mended:
    """The result of a repair. `done`: what was fixed; `kept`: what was found and left unchanged.

    `before` and `after` are the results of `check` for the source and for the new package.
    """

    done: tuple[Remark, ...]
    kept: tuple[Remark, ...]
    before: CheckResult
    after: CheckResult

    @property
    def lines(self) -> tuple[str, ...]:
        """What was fixed, as English sentences with locations."""
        return tuple(map(str, self.done))

    @property
    def left(self) -> tuple[str, ...]:
        """What was kept, and what is still wrong, as English sentences with locations."""
        wrong = (f"{p.location}: {p.severity} {p.rule}: {p.message}" for p in self.after.report)
        return (*map(str, self.kept), *wrong)


def mend(source: str | Path, target: str | Path) -> Mended:
    """Repairs the package `source`, a zip or a folder, in a new zip `target`, which must not exist.

    The same source gives the same bytes. Media are copied unchanged, never loaded into memory. Raises PackageError
    when the source cannot be read or is not a package, and when the target exists, is inside the source, or cannot be
    written; no partial target is left.
    """
    source, target = Path(source), Path(target)
    _refuse(source, target)
    with ExitStack() as stack:
        package = stack.enter_context(open_package(source))
        before = CheckResult(
            source, detect_kinds(package), detect_maker(package), Report.of(check_package(package))
        )
        _expect_package(source, before, package)
        plan = mend_names(package)
        changed = _mend_manifest(plan)
        _report_rest(plan, before)
        try:
            files = {**contents(plan), **changed}
            write_zip(target, files, earlier=package.zip_file, first=plan.manifest or None)
        except OSError as error:
            message = Message("It cannot be written: {0}.", Reason.of(error))
            raise failure("mend/unwritable", message, target.as_posix()) from error
    return Mended(_shortened(plan.done), tuple(plan.left), before, check_path(target))


def mendable(package: Package, report: Report) -> frozenset[Problem]:
    """The findings of a package's report that `mend` would fix; none if it would refuse the package.

    Nothing is written. Never raises because of the package's contents.
    """
    if package.is_single_manifest or _hindrances(report):
        return frozenset()
    plan = mend_names(package)
    try:
        changed = _mend_manifest(plan)
        contents(plan)
    except (PackageError, OSError):
        return frozenset()
    return gone(plan, changed, filter(is_of_manifest, report))


def _refuse(source: Path, target: Path) -> None:
    if os.path.lexists(target):
        raise failure("mend/target-exists", "It already exists and is not overwritten.", target.as_posix())
    whole = target.absolute().parent.resolve() / target.name
    if source.is_dir() and whole.is_relative_to(source.resolve()):
        raise failure(
            "mend/target-in-source", "It would be inside the package that is mended.", target.as_posix()
        )


def _expect_package(source: Path, before: CheckResult, package: Package) -> None:
    """Raises PackageError with the problems that prevent reading, or when it is not a package."""
    hindrances = _hindrances(before.report)
    if hindrances:
        raise PackageError(Report.of(hindrances))
    if not package.is_zip and not source.is_dir():
        raise failure("mend/no-package", "It is neither a zip nor a folder.", source.as_posix())
    if not package.is_zip and not package.manifest.name and "course.yaml" in package.files:
        raise failure("mend/no-package", "It is a course, not a package: build it.", source.as_posix())


def _hindrances(report: Report) -> list[Problem]:
    """Fatal findings that a repair does not fix: the package cannot be read."""
    return [
        problem
        for problem in report
        if problem.severity == "fatal"
        and problem.rule.startswith("container/")
        and problem.rule not in _NO_HINDRANCE
    ]


def _mend_manifest(plan: Plan) -> dict[str, bytes]:
    """The new manifest, if anything in it was fixed. Raises PackageError when it cannot be read."""
    name = plan.manifest
    if not name:
        _drop_junk(plan)
        return {}
    try:
        data = plan.read(name, MAX_MANIFEST)
    except UnreadableError as error:
        raise failure("container/unreadable-manifest", error.fault.message, name) from error
    found = document.mend_document(data)
    done: list[Remark] = []
    new = data
    if found:
        done = [Remark(Location(name), message) for message in found.done]
        text, fixed = _mend_tree(found.text, plan)
        new = text.encode()
        done += fixed
    _drop_junk(plan)
    # The manifest can be longer in UTF-8; it is only replaced if it can be read again.
    if not done or len(new) > MAX_MANIFEST:
        return {}
    plan.done += done
    return {name: new}


def _mend_tree(text: str, plan: Plan) -> tuple[str, list[Remark]]:
    """The manifest's text with its elements fixed, and what was done; unchanged when they cannot be read."""
    tree = _tree(text, plan)
    if tree is None:
        return text, []
    is_content_package = plan.manifest == MANIFEST and local(tree.root) == "manifest"
    if is_content_package:
        order.move_metadata(tree)
    standard = declarations.scorm_of(tree) if is_content_package else ""
    if standard and declarations.wants_scormtype(tree) and "adlcp" not in tree.root.nsmap:
        text = document.with_namespace(text, "adlcp", declarations.ADLCP[standard])
        tree = _tree(text, plan)
        assert tree is not None
        order.move_metadata(tree)
    references.mend_junk(tree)
    references.mend_paths(tree)
    if is_content_package:
        declarations.mend_schema(tree)
        order.drop_repeated_metadata(tree)
        identifiers.mend_identifiers(tree)
        declarations.mend_default(tree)
    if standard:
        declarations.mend_values(tree)
        declarations.mend_scormtype(tree)
        references.mend_lists(tree)
    if is_content_package or plan.manifest == "cmi5.xml":
        order.mend_order(tree)
    return (document.written(tree.root, text), tree.done) if tree.done else (text, [])


def _tree(text: str, plan: Plan) -> Tree | None:
    root = document.parsed(text)
    return Tree(root, plan.manifest, plan) if root is not None else None


def _drop_junk(plan: Plan) -> None:
    if plan.junk:
        plan.report("Junk was left out: {0}.", several(sorted(plan.junk)))


def _report_rest(plan: Plan, before: CheckResult) -> None:
    """Reports what is fixed by writing the zip again."""
    rules = {problem.rule for problem in before.report}
    if "container/needless-zip64" in rules:
        plan.report("The zip is now written in the plain format.")
    if "container/stray-bytes" in rules:
        plan.report("The bytes before or after the zip were left out.")


def _shortened(done: list[Remark]) -> tuple[Remark, ...]:
    """Limits the remarks to a readable number."""
    more = len(done) - _MOST_LINES
    if more <= 0:
        return tuple(done)
    return (*done[:_MOST_LINES], Remark(None, Message("And {0} more were mended.", Count(more))))

"""The standards of packages: how each is detected, and the module with its rules."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

from coursepack.rules import ims
from coursepack.rules.container import aicc_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from coursepack.package import Package


class Standard(NamedTuple):
    """One standard. Its module is imported at first use, since a package needs only one."""

    name: str
    module: str
    matches: Callable[[Package], bool]

    @property
    def rules(self) -> ModuleType:
        """The module with its rules."""
        return import_module(f"coursepack.rules.{self.module}")

    @property
    def launch_files(self) -> Callable[[Package], tuple[str, ...]]:
        """The function that returns the files that learners open first."""
        return cast("Callable[[Package], tuple[str, ...]]", self.rules.launch_files)

    @property
    def lms_calls(self) -> tuple[str, ...]:
        """Texts of which any script that calls an LMS contains one; empty when there is no LMS."""
        return cast("tuple[str, ...]", self.rules.LMS_CALLS)


STANDARDS = (
    Standard("SCORM 1.2", "scorm12", lambda package: ims.standard(package) == ims.SCORM12),
    Standard("SCORM 2004", "scorm2004", lambda package: ims.standard(package) == ims.SCORM2004),
    Standard("xAPI", "xapi", lambda package: package.manifest.name == "tincan.xml"),
    Standard("cmi5", "cmi5", lambda package: package.manifest.name == "cmi5.xml"),
    Standard("web edition", "web", lambda package: package.declared_target == "web"),
    Standard("AICC", "aicc", lambda package: not package.manifest.name and aicc_folder(package) is not None),
)
"""All standards; the first that matches a package applies."""


def standard_of(package: Package) -> Standard | None:
    """The standard of a package with a readable container; None when there are no rules for it."""
    return next((standard for standard in STANDARDS if standard.matches(package)), None)

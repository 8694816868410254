"""What the public functions return, as a type checker sees it. `make types` reads this; nothing runs it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

from coursepack import (
    TARGETS,
    Built,
    Course,
    Facts,
    Mended,
    Node,
    Report,
    Target,
    build_package,
    build_packages,
    check,
    inspect,
    mend,
    read_course,
    render_site,
)


def use(folder: Path) -> None:
    assert_type(build_packages(folder, ["web"], "build"), list[Built])
    assert_type(build_package("course"), Built)
    assert_type(check(folder), Report)
    assert_type(inspect(folder), Facts)
    assert_type(inspect(folder).tree, tuple[Node, ...])
    assert_type(mend(folder, "new.zip"), Mended)
    assert_type(mend(folder, "new.zip").after.report, Report)
    assert_type(read_course(folder), Course)
    assert_type(TARGETS, Mapping[str, Target])
    assert_type(render_site(read_course(folder), TARGETS["web"]), dict[str, bytes | Path])
    assert_type(render_site(read_course(folder), "web"), dict[str, bytes | Path])

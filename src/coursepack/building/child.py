"""The process that builds one of several courses: a task on standard input, its result on standard output.

Both are lines of JSON. For media that must be converted, it writes a line of tasks and reads a line for each.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from coursepack.building.order import OnRead
    from coursepack.media.failures import ConversionError
    from coursepack.media.task import MediaTask

# As in the command line: objects live until the build ends, and there are no plugins to search for.
gc.disable()
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def main() -> None:
    """Builds a course."""
    from coursepack.building.build import build_with
    from coursepack.problems import CoursepackError
    from coursepack.result import built_fields, report_fields, reported

    task = json.loads(sys.stdin.readline())
    try:
        packages = build_with(
            _asked_for,
            task["folder"],
            task["targets"],
            task["out"],
            schemas=task["schemas"],
            cache=task["cache"],
            max_size=task["max_size"],
        )
        report = reported(packages)
    except CoursepackError as error:
        packages, report = [], error.report
    answer = {"packages": list(map(built_fields, packages)), "report": report_fields(report)}
    _write(answer)


def _asked_for(
    tasks: Sequence[MediaTask], cache: Path, _on_read: OnRead
) -> Iterator[tuple[MediaTask, ConversionError | None]]:
    """Has the process that started this one do tasks: see `order.Work`."""
    from coursepack.media.failures import ConversionError
    from coursepack.media.task import PICTURE_KINDS
    from coursepack.problems import PackageError
    from coursepack.result import report_of

    _write({"tasks": tasks, "cache": os.path.abspath(cache)})
    wanted = {task.key: task for task in tasks}
    for _ in tasks:
        answer = json.loads(sys.stdin.readline())
        if "problems" in answer:
            raise PackageError(report_of(answer))
        task, cause = wanted[answer["key"]], answer["failed"]
        yield task, ConversionError(cause, is_picture=task.kind in PICTURE_KINDS) if cause else None


def _write(values: dict[str, Any]) -> None:
    # ASCII: paths can hold bytes that are not UTF-8.
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

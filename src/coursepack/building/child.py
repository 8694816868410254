"""The process that builds one of several courses: a task on standard input, its result on standard output."""

from __future__ import annotations

import gc
import json
import os
import sys

# As in the command line: objects live until the build ends, and there are no plugins to search for.
gc.disable()
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def main() -> None:
    """Builds a course."""
    from coursepack.building.build import build_packages
    from coursepack.problems import CoursepackError
    from coursepack.result import built_fields, report_fields, reported

    task = json.load(sys.stdin)
    try:
        packages = build_packages(
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
    # ASCII: paths can hold bytes that are not UTF-8.
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()

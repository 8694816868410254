"""Lets builds meet by chance in one output folder, with edits, damage and sudden ends, and looks at what comes of it.

By hand: `.venv/bin/python tests/together.py 100 [seed]` makes a hundred such meetings.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from faults import results, unfinished
from strategies import COURSE, PAGE, QUESTION, write_course

from coursepack.out_folder import HIDDEN

TARGETS = ("scorm12", "web", "xapi")
ENTRY = "          - {{id: p1-c1-s{0}, title: Page {0}, minutes: 1}}\n"
FILES = {
    PAGE: "Text.\n\n" + QUESTION.format(id="q") + "\n```download\nsrc: media/plan.csv\ntitle: A plan\n```\n",
    "media/plan.csv": "a,b\n" * 9,
}


def begin(course: Path, out: Path, targets: tuple[str, ...]) -> subprocess.Popen[str]:
    """A build in a process of its own."""
    chosen = [word for name in targets for word in ("--target", name)]
    command = [sys.executable, "-m", "coursepack", "build", course, "--out", out, *chosen]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def edit(rng: random.Random, course: Path) -> None:
    """Changes the words of a page, or adds one, while builds may be reading."""
    if rng.random() < 0.5:
        with (course / PAGE).open("a", encoding="utf-8") as page:
            page.write(f"\nSentence {rng.randrange(1000)}.\n")
        return
    number = 2 + len(list((course / "pages").iterdir()))
    (course / f"pages/p1-c1-s{number}.md").write_text("More.\n", "utf-8")
    with (course / "course.yaml").open("a", encoding="utf-8") as definition:
        definition.write(ENTRY.format(number))


def meddle(rng: random.Random, out: Path) -> bool:
    """Does to the output folder what people do; whether its packages may differ from then on."""
    found = [path for path in out.rglob("*") if path.is_file()]
    kind = rng.choice(("remove", "change", "forget", "none"))
    if kind == "forget":
        shutil.rmtree(out / HIDDEN, ignore_errors=True)
    elif found and kind == "remove":
        rng.choice(found).unlink()
    elif found and kind == "change":
        with rng.choice(found).open("ab") as file:
            file.write(b"x")
    return kind in ("remove", "change")


def meet(rng: random.Random, work: Path) -> Iterator[str]:
    """What is wrong after some builds have met."""
    courses = [work / "one", work / "two"]
    write_course(courses[0], FILES)
    write_course(courses[1], {"course.yaml": COURSE.replace("id: least", "id: other")})
    out = work / "out"
    locks: dict[Path, str] = {}
    is_disturbed = False
    for _ in range(rng.randint(1, 3)):
        running = []
        for _ in range(rng.randint(2, 4)):
            targets = tuple(rng.sample(TARGETS, rng.randint(1, len(TARGETS))))
            running.append(begin(rng.choice(courses), out, targets))
            time.sleep(rng.choice((0, 0, rng.uniform(0, 0.5))))
            if rng.random() < 0.3:
                edit(rng, rng.choice(courses))
        if rng.random() < 0.4:
            time.sleep(rng.uniform(0, 0.5))
            rng.choice(running).kill()
            is_disturbed = True
        for each in running:
            printed = each.communicate()[0]
            if "Traceback" in printed or each.returncode > 0:
                yield f"a build ended with {each.returncode}: {printed[-2000:]}"
        for course in courses:
            path = course / "course.lock"
            lock = path.read_text("utf-8") if path.exists() else ""
            if not lock.startswith(locks.get(course, "")) or len(set(lock.split("\n"))) < lock.count("\n"):
                yield f"course.lock was {locks[course]!r} and is {lock!r}"
            locks[course] = lock
        if not is_disturbed:
            yield from halves(out)
        is_disturbed |= meddle(rng, out)
    for folder in (out, work / "fresh"):
        for course in courses:
            last = begin(course, folder, TARGETS)
            printed = last.communicate()[0]
            if last.returncode:
                yield f"the last build ended with {last.returncode}: {printed[-2000:]}"
    if results(out) != results(work / "fresh"):
        yield "the packages are not those that builds make one after the other"
    if unfinished(work):
        yield f"left: {unfinished(work)}"


def halves(out: Path) -> Iterator[str]:
    """Packages that are not whole, and folders that do not hold what their package does."""
    for path in out.glob("*.zip") if out.exists() else ():
        with zipfile.ZipFile(path) as package:
            files = {name: package.read(name) for name in package.namelist()}
        folder = results(out).get(path.stem)
        if isinstance(folder, dict) and folder != files:
            yield f"{path.stem} does not hold what its package does"


def main() -> None:
    """Exit 1 when something was wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int, nargs="?", default=20)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    given = parser.parse_args()
    wrong = 0
    for number in range(given.count):
        with tempfile.TemporaryDirectory(prefix="coursepack-together-") as place:
            found = list(meet(random.Random(f"{given.seed}-{number}"), Path(place)))
        if found:
            wrong += 1
            print(f"{given.seed}-{number}: {'; '.join(found)}", flush=True)
    print(f"{given.count} meetings of builds, {wrong} of them wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()

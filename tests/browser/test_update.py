"""A later version of a course keeps what learners did in the earlier one."""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import TOP, Launch, served, unpacked
from playwright.sync_api import expect

COURSE = """\
id: prov-kurs
title: Prov
description: En kurs som ändras.
language: sv
version: {version}
publisher: Test
licence: CC BY 4.0
minutes: {minutes}
parts:
  - id: del
    title: Del
    chapters:
      - id: kapitel
        title: Kapitel
        pages:
"""

QUESTION = """\
Text.

```choice
id: fraga
question: Vilket?
multiple: true
answers:
{answers}```
"""


def write(folder: Path, version: str, pages: list[str], answers: str) -> None:
    folder.mkdir(exist_ok=True)
    shutil.rmtree(folder / "pages", ignore_errors=True)
    (folder / "pages").mkdir()
    lines = "".join(f"          - {{id: {page}, title: {page.title()}, minutes: 2}}\n" for page in pages)
    (folder / "course.yaml").write_text(
        COURSE.format(version=version, minutes=2 * len(pages)) + lines, "utf-8"
    )
    listed = "".join(f"  - {{id: {a}, text: Svar {a}, right: {str(a in 'ac').lower()}}}\n" for a in answers)
    for page in pages:
        text = QUESTION.format(answers=listed) if page == "fragesida" else f"Text på {page}.\n"
        (folder / "pages" / f"{page}.md").write_text(text, "utf-8")


def test_pages_added_moved_and_removed_lose_nothing(launch: Launch, tmp_path: Path) -> None:
    course = tmp_path / "course"
    write(course, "1.0.0", ["ett", "tva", "fragesida", "tre"], "abc")
    first = unpacked(course, tmp_path / "first")
    with served(first) as address:
        learner = launch(address=address)
        learner.go("fragesida")
        form = learner.course.locator("form[data-q=fraga]")
        form.locator("input[value=a]").check()
        form.locator("input[value=c]").check()
        form.locator("button[type=submit]").click()
        learner.settle()
        saved = learner.leave()

    # `tva` is gone, `ny` and the answer `d` are new, and everything else has moved.
    write(course, "2.0.0", ["ny", "tre", "fragesida", "ett"], "dcba")
    second = unpacked(course, tmp_path / "second")
    with served(second) as address:
        back = launch(address=address, saved=saved)
        assert back.now == "fragesida"
        chosen = back.course.locator("form[data-q=fraga] input:checked")
        assert chosen.evaluate_all("(all) => all.map((one) => one.value)") == ["c", "a"]
        done = back.course.locator(".menu li:has(.dot.done) a, .menu li:has(.dot.now) a")
        expect(done).to_have_count(2)
        assert done.evaluate_all("(all) => all.map((one) => one.hash)") == ["#fragesida", "#ett"]
        back.settle()
        again = back.leave()

    # And back again, as when a municipality restores the older zip.
    with served(first) as address:
        old = launch(address=address, saved=again)
        assert old.now == "fragesida"
        expect(old.course.locator("form[data-q=fraga] input:checked")).to_have_count(2)


def test_the_templates_of_the_checkout_are_those_that_are_built(package: Path) -> None:
    assert (package / "player.js").read_bytes() == (TOP / "templates" / "player" / "scorm12.js").read_bytes()

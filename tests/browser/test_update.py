"""A later version of a course keeps what learners did in the earlier one."""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import TOP, Launch, served, unpacked
from playwright.sync_api import expect
from small import a_page, write_small

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
    shutil.rmtree(folder / "pages", ignore_errors=True)
    listed = "".join(f"  - {{id: {a}, text: Svar {a}, right: {str(a in 'ac').lower()}}}\n" for a in answers)
    texts = {"fragesida": QUESTION.format(answers=listed)}
    written = [a_page(name, texts.get(name, f"Text på {name}.\n")) for name in pages]
    write_small(folder, written, head=f"version: {version}")


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

"""A package of several units in the preview: each is launched from the panel, and keeps what is its own."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest
from panels import Panel, panel_in, panel_of
from playwright.sync_api import Browser, Locator, expect
from small import a_page, questions, write_small

from coursepack import build_package
from coursepack.preview.packages import PackagePreview
from coursepack.preview.strangers import Stranger

pytestmark = pytest.mark.browser

MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>Rescue</title>
<item identifier="group"><title>Group</title>
<item identifier="i1" identifierref="r1"><title>First &lt;b&gt;aid</title></item>
<item identifier="i2" identifierref="r2"><title>Fire</title><adlcp:datafromlms>hot</adlcp:datafromlms></item>
</item></organization></organizations>
<resources><resource identifier="shared" type="webcontent" href="about.html"><file href="about.html"/></resource>
<resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="aid/start.html"/>
<resource identifier="r2" type="webcontent" adlcp:scormtype="sco" href="fire/start.html"/></resources>
</manifest>"""

SCO = """<!doctype html><html lang="en"><title>{name}</title><h1>{name}</h1><p id="was"></p><p id="data"></p>
<button onclick="note()">Done</button><script>
const api = parent.API;
api.LMSInitialize("");
was.textContent = "was " + api.LMSGetValue("cmi.suspend_data");
data.textContent = "data " + api.LMSGetValue("cmi.launch_data");
function note() {{
  api.LMSSetValue("cmi.suspend_data", "{name} done");
  api.LMSSetValue("cmi.core.lesson_status", "completed");
  api.LMSCommit("");
}}
addEventListener("pagehide", () => api.LMSFinish(""));
</script></html>"""


class Open(Protocol):
    def __call__(self, path: Path, language: str = "en", lms: str | None = None, **more: Any) -> Panel: ...


@pytest.fixture
def open_package(browser: Browser) -> Iterator[Open]:
    """Opens the panel on a package."""
    with ExitStack() as stack:

        def start(path: Path, language: str = "en", lms: str | None = None, **more: Any) -> Panel:
            package = stack.enter_context(Stranger(path))
            preview = PackagePreview(package, language, panel_in(language, lms))
            return stack.enter_context(panel_of(browser, path, preview, language, **more))

        yield start


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """A package that somebody has made by hand, with two SCOs in a group."""
    path = tmp_path / "rescue.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("imsmanifest.xml", MANIFEST)
        archive.writestr("about.html", "<!doctype html><title>About</title><h1>About</h1>")
        archive.writestr("aid/start.html", SCO.format(name="Aid"))
        archive.writestr("fire/start.html", SCO.format(name="Fire"))
    return path


def built(tmp_path: Path, target: str) -> Path:
    """A package of ours with a unit for each of two parts."""
    folder = write_small(
        tmp_path / "course",
        [a_page("p1", "En.\n"), a_page("p2", questions([1]))],
        [a_page("p3", "Tre.\n"), a_page("p4", questions([2]))],
        head="packages: [{id: enheter, separate: true}]",
    )
    return build_package(folder, target, tmp_path / "out").path


def unit(panel: Panel, name: str) -> Locator:
    return panel.page.locator("#unit-list button", has_text=name)


def test_units_are_listed_and_the_first_is_open(open_package: Open, strange: Path) -> None:
    panel = open_package(strange)
    expect(panel.course.locator("h1")).to_have_text("Aid")
    listed = panel.page.locator("#unit-list button b")
    expect(listed).to_have_text(["First <b>aid", "Fire"])
    expect(unit(panel, "First")).to_have_attribute("aria-current", "true")
    expect(unit(panel, "Fire")).not_to_have_attribute("aria-current", "true")
    expect(unit(panel, "Fire").locator("small")).to_have_text("not opened")


def test_each_unit_keeps_its_own_state_data_and_calls(open_package: Open, strange: Path) -> None:
    panel = open_package(strange)
    page = panel.page
    expect(panel.course.locator("#was")).to_have_text("was ")
    panel.course.get_by_role("button", name="Done").click()
    expect(page.locator("#calls .v", has_text="Aid done")).to_be_visible()
    unit(panel, "Fire").click()
    expect(panel.course.locator("h1")).to_have_text("Fire")
    expect(panel.course.locator("#was")).to_have_text("was ")
    expect(panel.course.locator("#data")).to_have_text("data hot")
    expect(unit(panel, "Fire")).to_have_attribute("aria-current", "true")
    expect(unit(panel, "First").locator("small")).to_have_text("completed")
    # The calls are those of the unit that is open.
    expect(panel.notes.last).to_contain_text("“Fire” was launched in Strict")
    expect(page.locator("#calls .v", has_text="Aid done")).to_have_count(0)
    page.locator("#tab-data").click()
    expect(page.locator("#data tr", has_text="cmi.launch_data").locator("b")).to_have_text("hot")
    page.locator("#tab-state").click()
    expect(page.locator("#raw")).to_have_text("(empty)")
    panel.course.get_by_role("button", name="Done").click()
    expect(page.locator("#raw")).to_have_text("Fire done")
    unit(panel, "First").click()
    expect(panel.course.locator("#was")).to_have_text("was Aid done")
    expect(page.locator("#raw")).to_have_text("Aid done")
    page.locator("#tab-calls").click()
    expect(page.locator("#calls .v", has_text="Aid done").first).to_be_visible()
    expect(page.locator("#calls .v", has_text="Fire done")).to_have_count(0)


def test_another_learner_and_a_new_attempt_have_opened_none(open_package: Open, strange: Path) -> None:
    panel = open_package(strange)
    panel.course.get_by_role("button", name="Done").click()
    unit(panel, "Fire").click()
    expect(unit(panel, "First").locator("small")).to_have_text("completed")
    panel.act("other")
    expect(unit(panel, "First").locator("small")).to_have_text("not opened")
    expect(unit(panel, "Fire")).to_have_attribute("aria-current", "true")
    panel.act("other")
    expect(unit(panel, "First").locator("small")).to_have_text("completed")
    panel.act("new")
    expect(unit(panel, "First").locator("small")).to_have_text("not opened")
    unit(panel, "First").click()
    expect(panel.course.locator("#was")).to_have_text("was ")


def test_units_that_are_chosen_in_haste_lose_nothing(open_package: Open, strange: Path) -> None:
    panel = open_package(strange)
    panel.course.get_by_role("button", name="Done").click()
    panel.page.evaluate(
        "() => { const all = document.querySelectorAll('#unit-list button'); for (const at of [1, 0, 1]) all[at].click(); }"
    )
    expect(panel.course.locator("h1")).to_have_text("Fire")
    expect(panel.course.locator("#was")).to_have_text("was ")
    unit(panel, "First").click()
    expect(panel.course.locator("#was")).to_have_text("was Aid done")


def test_moodle_keeps_units_apart_too(open_package: Open, strange: Path) -> None:
    panel = open_package(strange, lms="moodle")
    expect(panel.page.locator("#lms-name")).to_have_text(re.compile("^Moodle"))
    panel.course.get_by_role("button", name="Done").click()
    unit(panel, "Fire").click()
    expect(panel.course.locator("h1")).to_have_text("Fire")
    expect(panel.course.locator("#was")).to_have_text("was ")
    unit(panel, "First").click()
    expect(panel.course.locator("#was")).to_have_text("was Aid done")


@pytest.mark.share(1)
@pytest.mark.parametrize("target", ["scorm12", "scorm2004", "cmi5"])
def test_our_own_packages_of_parts(open_package: Open, tmp_path: Path, target: str) -> None:
    panel = open_package(built(tmp_path, target), "sv")
    expect(panel.page.locator("#unit-list button b")).to_have_text(["Del 1", "Del 2"])
    expect(panel.course.get_by_role("heading", level=1).locator("visible=true")).to_be_visible()
    panel.go("p2")
    expect(panel.course.locator("[data-save]").first).to_have_attribute("data-state", "yes")
    unit(panel, "Del 2").click()
    expect(unit(panel, "Del 2")).to_have_attribute("aria-current", "true")
    expect(panel.course.locator("#p3")).to_be_visible()
    panel.go("p4")
    expect(panel.course.locator("[data-save]").first).to_have_attribute("data-state", "yes")
    # What was said of one is not among the calls of the other.
    said = panel.page.locator("#calls")
    expect(said).to_contain_text("p4" if target != "cmi5" else "P4")
    expect(said).not_to_contain_text(re.compile(r"\bp2\b", re.IGNORECASE))
    unit(panel, "Del 1").click()
    expect(panel.course.locator("#p2")).to_be_visible()
    unit(panel, "Del 2").click()
    expect(panel.course.locator("#p4")).to_be_visible()


def test_a_package_of_one_unit_lists_none(open_package: Open, strange: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    with zipfile.ZipFile(strange) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb'<item identifier="i2".*?</item>', b"", old.read(name)))
    panel = open_package(path)
    expect(panel.course.locator("h1")).to_have_text("Aid")
    expect(panel.page.locator("#units")).to_be_hidden()


def test_an_lms_that_launches_the_first_resource_does_so_here(open_package: Open, strange: Path) -> None:
    panel = open_package(strange)
    expect(panel.course.locator("h1")).to_have_text("Aid")
    page = panel.page
    page.locator("#chooser").click()
    page.locator("#lms-others summary").click()
    page.locator("#other-quirks [value=first-resource]").check()
    page.locator("#restart").click()
    expect(panel.course.locator("h1")).to_have_text("About")
    page.locator("#chooser").click()
    page.locator("#lms-quirks [value=first-resource]").uncheck()
    page.locator("#restart").click()
    expect(panel.course.locator("h1")).to_have_text("Aid")

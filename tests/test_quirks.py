"""Quirks: each is simulated by what says so, `coursepack quirks` lists them, and files are served by them."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coursepack import build_package
from coursepack.cli import main
from coursepack.package import Package, open_package
from coursepack.preview.launching import units_of
from coursepack.profiles import PROFILES, Quirk, Serving, quirks, serving
from coursepack.profiles.predicates import PREDICATES
from coursepack.serving import SUPPORTED
from coursepack.xapi.test_lrs.quirks import SUPPORTED as OF_THE_LRS

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = (ROOT / "tests/packages/scorm12/imsmanifest.xml").read_text("utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["quirks", *arguments])


def simulated_by(simulator: str) -> set[str]:
    return {quirk.name for quirk in quirks().values() if quirk.simulated == simulator}


# What simulates them


def test_each_simulator_has_the_quirks_that_say_so() -> None:
    script = (ROOT / "templates/preview/quirks.js").read_text("utf-8").partition("\nconst QUIRKS = {\n")[2]
    assert simulated_by("lms") == set(re.findall(r'^  "?([\w-]+)"?: \{$', script, re.MULTILINE))
    assert simulated_by("lrs") == OF_THE_LRS
    assert simulated_by("server") == SUPPORTED
    assert simulated_by("moodle") <= set(PROFILES["moodle"].quirks)


def test_only_what_happens_before_a_launch_is_simulated_by_nothing() -> None:
    assert {name for name, quirk in quirks().items() if quirk.simulated is None} == {
        "actor-auth-in-url",
        "document-first-url",
        "first-manifest-in-zip",
        "schemaversion-list",
        "xsd-strict",
    }


@pytest.mark.parametrize("target", ["scorm12", "scorm2004", "xapi", "cmi5"])
def test_no_package_of_ours_has_what_an_import_trips_over(target: str, tmp_path: Path) -> None:
    """That others have it is tried with each predicate in `test_profiles.py`."""
    shutil.copytree(ROOT / "templates/starter/en", tmp_path / "course")
    built = build_package(tmp_path / "course", target, tmp_path / "out")
    seen = [quirk for quirk in quirks().values() if quirk.test and quirk.severity != "note"]
    # Which standard is built is chosen, and with it the LMSs that take it.
    ours = [quirk for quirk in seen if quirk.test != "for-standards"]
    assert {"xsd-strict", "schemaversion-list", "first-manifest-in-zip", "first-resource"} <= {
        q.name for q in ours
    }
    with open_package(built.path) as package:
        found = [quirk.name for quirk in ours for _ in PREDICATES[quirk.test].find(package, quirk.value)]
    assert found == []


def opened_by_the_first_address(package: Package) -> list[str]:
    """What each unit of a cmi5 package opens where the first address of the document counts for all."""
    root = package.manifest.root
    assert root is not None
    units = units_of("cmi5", root)
    first = next(str(each.text).strip() for each in root.iter("{*}url"))
    return [first for _ in units]


def opened(package: Package) -> list[str]:
    """What each unit of a cmi5 package is to open."""
    root = package.manifest.root
    assert root is not None
    return [unit.href for unit in units_of("cmi5", root)]


def test_document_first_url(tmp_path: Path) -> None:
    """A package of several units opens the wrong one; ours has one unit, unless its author asks for more."""
    naive = tmp_path / "naive"
    naive.mkdir()
    manifest = (ROOT / "tests/browser/naive/cmi5/cmi5.xml").read_text("utf-8")
    start, unit, end = re.split(r"(<au .*?</au>)", manifest, flags=re.DOTALL)
    second = unit.replace("course/1", "course/2").replace("index.html", "second.html")
    (naive / "cmi5.xml").write_text(start + unit + second + end, "utf-8")
    for name in ("index.html", "second.html"):
        (naive / name).write_text("<!doctype html><title>Naive</title>", "utf-8")
    shutil.copytree(ROOT / "templates/starter/en", tmp_path / "course")
    built = build_package(tmp_path / "course", "cmi5", tmp_path / "out")
    with open_package(naive) as theirs, open_package(built.path) as ours:
        assert opened_by_the_first_address(theirs) != opened(theirs)
        assert opened_by_the_first_address(ours) == opened(ours)
    # Of ours with more units, `check` tells.
    assert "one-au" in {fact.test for fact in PROFILES["ilias"].facts}


# By what plays it: where a naive package fails under it and ours does not, or where it is said why none fails.
TRIED = {
    "lms": "player/test/naive.test.js",
    "moodle": "player/test/naive-moodle.test.js",
    "lrs": "player/test/naive-lrs.test.js",
    "server": "tests/browser/test_quirks.py",
}
# Of those that nothing plays: a package shows by itself whether it is affected, which is tried by its predicate, or
# there is a test of its own.
OWN = {
    "document-first-url": "tests/test_quirks.py",
    "actor-auth-in-url": "player/test/naive-lrs.test.js",
}


@pytest.mark.parametrize("quirk", quirks().values(), ids=lambda quirk: quirk.name)
def test_each_quirk_is_tried_on_a_naive_package_and_on_ours(quirk: Quirk) -> None:
    if quirk.simulated is None and quirk.name not in OWN:
        # And on ours in `test_no_package_of_ours_has_what_an_import_trips_over`.
        place, words = "tests/test_profiles.py", [f'"{quirk.test}": [']
        assert quirk.severity != "note"
    else:
        place = OWN[quirk.name] if quirk.simulated is None else TRIED[quirk.simulated]
        words = [f'"{quirk.name}"', f'"{quirk.name}: ', f"def test_{quirk.name.replace('-', '_')}("]
        # A name without a hyphen is a name in JavaScript too.
        words.append(f"\n  {quirk.name}: {{")
    text = (ROOT / place).read_text("utf-8")
    assert any(word in text for word in words), place


# The command


def test_all_are_listed_with_what_they_do() -> None:
    lines = run("--language", "en").stdout.splitlines()
    assert [line for line in lines if re.fullmatch(r"[a-z][a-z0-9-]*", line)] == list(quirks())
    at = lines.index("only-api-12")
    assert lines[at + 1].startswith("  Only the API of SCORM 1.2 is there; ")
    assert lines[-2].startswith(f"Quirks: {len(quirks())}, simulated: ")


def test_lines_are_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    for arguments in ((), ("openedx",)):
        assert max(map(len, run(*arguments).stdout.splitlines())) <= 50


def test_all_is_told_of_one_in_both_languages() -> None:
    english = run("only-api-12", "--language", "en").stdout
    assert "Who has it: Chamilo 1.11 and OpenOlat\n" in english
    assert "Known because: it was read in source code (certain)\n" in english
    assert "Date: 2026-12\n" in english
    assert "Simulated by: the stand-in LMS\n" in english
    swedish = run("only-api-12", "--language", "sv").stdout
    assert "Bara API:et för SCORM 1.2 finns" in swedish
    assert "Känt eftersom: det har lästs i källkoden (säkert)\n" in swedish


def test_nobody_is_said_to_have_what_no_profile_has() -> None:
    told = run("mute", "--language", "en").stdout
    assert "Who has it: no known LMS\n" in told
    assert "Known because: nobody tells; it is assumed (possible)\n" in told


def test_the_quirks_of_an_lms_are_those_of_its_profile() -> None:
    told = run("openedx", "--json")
    assert [each["name"] for each in json.loads(told.stdout)["quirks"]] == list(PROFILES["openedx"].quirks)
    assert run("openedx").stdout.startswith("Open edX\n\nread-empty-status\n")
    assert run("docebo", "--language", "en").stdout == "Docebo\n\nNo quirks are known.\n"


def test_json_has_everything() -> None:
    (told,) = json.loads(run("other-case", "--json").stdout)["quirks"]
    assert told == {
        "name": "other-case",
        "what": quirks()["other-case"].what,
        "standards": ["SCORM 1.2", "SCORM 2004"],
        "source": "https://polistrasmill.com/2024/02/18/finished-the-task",
        "date": "2024-02",
        "known": "reported",
        "confidence": "medium",
        "severity": "warning",
        "simulated": "server",
        "profiles": ["canvas", "scormcloud"],
    }
    assert len(json.loads(run("--json").stdout)["quirks"]) == len(quirks())


def test_an_unknown_name_gets_a_hint() -> None:
    result = run("always-tru")
    assert result.exit_code == 2
    assert "there is no quirk or LMS 'always-tru'. Did you mean 'always-true'?" in result.stderr


def test_a_name_is_a_quirk_or_an_lms() -> None:
    assert set(quirks()).isdisjoint(PROFILES)


# How files are served

NAMES = ("index.html", "style.css", "a/style.css", "a/b/Photo.JPG", "player.mjs", "film.mp4")


@pytest.mark.parametrize(
    ("quirk", "path", "found"),
    [
        ("", "a/style.css", "a/style.css"),
        ("", "A/Style.css", None),
        ("", "a/photo.jpg", None),
        ("other-case", "Style.css", None),
        ("flat-file-lookup", "a/style.css", "style.css"),
        ("flat-file-lookup", "gone/Photo.JPG", "a/b/Photo.JPG"),
        ("flat-file-lookup", "gone.css", None),
        ("names-lower-cased", "a/b/Photo.JPG", None),
        ("names-lower-cased", "a/b/photo.jpg", "a/b/Photo.JPG"),
        ("new-types-refused", "player.mjs", None),
        ("new-types-refused", "film.mp4", "film.mp4"),
    ],
)
def test_a_file_is_found_by_the_quirks(quirk: str, path: str, found: str | None) -> None:
    assert serving([quirk]).find(path, NAMES) == found


def test_types_are_those_that_browsers_need() -> None:
    plain, old = serving([]), serving(["new-types-unknown"])
    wanted = {
        "a.html": "text/html",
        "a.css": "text/css",
        "a.js": "text/javascript",
        "a.mjs": "text/javascript",
        "a.json": "application/json",
        "a.vtt": "text/vtt",
        "a.svg": "image/svg+xml",
        "a.PNG": "image/png",
        "a.mp4": "video/mp4",
        "a.woff2": "font/woff2",
        "a.unheard": "application/octet-stream",
        ".hidden": "application/octet-stream",
    }
    assert {name: plain.media_type(name) for name in wanted} == wanted
    assert old.media_type("a.mjs") == old.media_type("a.vtt") == "application/octet-stream"
    assert old.media_type("a.js") == "text/javascript"


def test_ranges_compression_and_policy_follow_the_quirks() -> None:
    assert (serving([]).ranges, serving(["no-range"]).ranges) == (True, False)
    assert [serving([]).compresses(name) for name in ("a.html", "a.js", "a.svg", "a.png", "a.mp4")] == [True, True, True, False, False]  # fmt: skip
    assert not serving(["no-compression"]).compresses("a.html")
    assert serving([]).policy == ""
    assert serving(["csp-self"]).policy.startswith("default-src 'self'")


def test_the_first_item_is_launched_or_the_first_resource(tmp_path: Path) -> None:
    other = '<resources><resource identifier="r" type="webcontent" href="style.css"><file href="style.css"/></resource>'
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("imsmanifest.xml", MANIFEST.replace("<resources>", other))
        archive.writestr("index.html", "")
        archive.writestr("style.css", "")
    with open_package(path) as package:
        assert serving([]).launch(package) == "index.html"
        assert serving(["first-resource"]).launch(package) == "style.css"


def test_a_package_without_a_resource_launches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("index.html", "")
    with open_package(path) as package:
        assert serving([]).launch(package) is None


def test_quirks_of_other_kinds_change_nothing() -> None:
    assert serving(quirk.name for quirk in quirks().values() if quirk.simulated != "server") == Serving()

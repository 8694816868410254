"""The passport of a release: origin, contents, licences, checks and reviewers, and the bill of materials."""

from __future__ import annotations

import hashlib
import importlib.resources
import json
import re
import subprocess
import tomllib
import uuid
import zipfile
from pathlib import Path
from typing import Any

import cyclonedx.schema._res as cyclonedx_schemas
import jsonschema
import pytest
from PIL import Image
from referencing import Registry, Resource
from strategies import COURSE, PAGE, SVG, MakeCourse, fence
from without_pdf import without_pdf

from coursepack import CourseError, PackageError, read_course, release_course, verify_release
from coursepack.problems import Location, Problem
from coursepack.rehearsal.rehearse import Rehearsal
from coursepack.release import passport, pdf, sheets
from coursepack.release.provenance import LIBRARIES, PYTHON, Library, commit_of, libraries, source_digest

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[1]
REVIEWERS = "reviewers:\n  - {name: Kim Ek, role: lawyer, date: 2026-11-20}\n"
DATED = f"{COURSE}dates: {{published: 2026-11-24, law: 2026-04-30}}\n"
PICTURE = fence("image", {"src": "media/a.svg", "alt": "A", "origin": "drawn", "made-with": "a pen"})


@pytest.fixture(autouse=True)
def no_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setattr(sheets, "SHEETS", {"passport": sheets.SHEETS["passport"]})


def valid(passport: dict[str, Any]) -> dict[str, Any]:
    """The passport, as its schema has it."""
    path = importlib.resources.files("coursepack.release").joinpath("passport.schema.json")
    schema = json.loads(path.read_text("utf-8"))
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(passport)
    return passport


def released(folder: Path, out: Path) -> tuple[Path, dict[str, Any], dict[str, Any]]:
    """A release, its passport and its bill of materials."""
    path = release_course(folder, out).path
    passport = json.loads((path / "passport.json").read_text("utf-8"))
    return path, valid(passport), json.loads((path / "sbom.cdx.json").read_text("utf-8"))


def test_the_packages_are_those_of_the_release(make_course: MakeCourse, tmp_path: Path) -> None:
    path, passport, _ = released(make_course({"course.yaml": DATED}), tmp_path)
    assert [each["target"] for each in passport["packages"]] == [
        "scorm12",
        "scorm2004",
        "xapi",
        "cmi5",
        "web",
    ]
    for each in passport["packages"]:
        data = (path / each["file"]).read_bytes()
        assert (each["size"], each["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        assert each["files"] == len(zipfile.ZipFile(path / each["file"]).namelist())


def test_the_source_is_named_by_its_files(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course({"course.yaml": DATED})
    _, passport, _ = released(folder, tmp_path / "out")
    sums = subprocess.run(
        "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum",
        shell=True,
        cwd=folder,
        capture_output=True,
        check=True,
    )
    assert passport["source"]["files"] == hashlib.sha256(sums.stdout).hexdigest()
    lock = (folder / "course.lock").read_bytes()
    assert passport["source"]["lock"] == hashlib.sha256(lock).hexdigest()
    (folder / ".hidden").write_text("x")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__/a.pyc").write_text("x")
    assert source_digest(folder) == passport["source"]["files"]
    (folder / PAGE).write_text("Other.\n")
    assert source_digest(folder) != passport["source"]["files"]


def git(folder: Path, *arguments: str) -> str:
    settings = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", *settings, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def test_the_commit_is_the_one_that_is_checked_out(tmp_path: Path) -> None:
    assert commit_of(tmp_path) is None
    repository = tmp_path / "repository"
    (repository / "course").mkdir(parents=True)
    git(repository, "init", "-q", "-b", "main")
    assert commit_of(repository) is None
    git(repository, "commit", "-q", "--allow-empty", "-m", "One")
    head = git(repository, "rev-parse", "HEAD")
    assert commit_of(repository / "course") == head
    git(repository, "pack-refs", "--all")
    assert commit_of(repository) == head
    git(repository, "worktree", "add", "-q", "-b", "other/branch", str(tmp_path / "other"))
    git(tmp_path / "other", "commit", "-q", "--allow-empty", "-m", "Two")
    assert commit_of(tmp_path / "other") == git(tmp_path / "other", "rev-parse", "HEAD") != head
    git(tmp_path / "other", "checkout", "-q", "--detach", head)
    assert commit_of(tmp_path / "other") == head


def test_a_repository_can_neither_run_anything_nor_lead_elsewhere(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "One")
    proof = tmp_path / "proof"
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand", "alias.rev-parse"):
        git(tmp_path, "config", key, f"!touch {proof}" if key.startswith("alias") else f"touch {proof}")
    assert commit_of(tmp_path)
    assert not proof.exists()
    (tmp_path / "secret").write_text("0" * 40)
    for head in (
        "ref: refs/../../secret",
        "ref: ../secret",
        "ref: /etc/hostname",
        "secret",
        "",
        "ref: refs/heads/",
    ):
        (tmp_path / ".git/HEAD").write_text(f"{head}\n")
        assert commit_of(tmp_path) is None, head


def test_reviewers_are_named(make_course: MakeCourse, tmp_path: Path) -> None:
    path, passport, _ = released(make_course({"course.yaml": DATED + REVIEWERS}), tmp_path)
    assert passport["reviewers"] == [{"name": "Kim Ek", "role": "lawyer", "date": "2026-11-20"}]
    page = (path / "passport.en.html").read_text("utf-8")
    assert re.search(r"Reviewed by an expert</th>.*Kim Ek, lawyer</td><td class=\"nb\">2026-11-20<", page)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{name: Kim, role: lawyer}", "course/missing-field"),
        ("{name: '', role: lawyer, date: 2026-11-20}", "course/empty-value"),
        ("{name: Kim, role: lawyer, date: yesterday}", "course/bad-date"),
        ("{name: Kim, role: lawyer, date: 2026-11-20, age: 3}", "course/unknown-field"),
    ],
)
def test_a_reviewer_has_a_name_a_role_and_a_day(make_course: MakeCourse, entry: str, problem: str) -> None:
    with pytest.raises(CourseError, match=problem):
        read_course(make_course({"course.yaml": f"{COURSE}reviewers: [{entry}]\n"}))


@pytest.mark.parametrize(
    ("language", "none", "nobody"), [("en", "none", "nobody named"), ("sv", "ingen", "ingen namngiven")]
)
def test_what_nobody_has_done_is_said(
    make_course: MakeCourse, tmp_path: Path, language: str, none: str, nobody: str
) -> None:
    path, passport, _ = released(make_course({"course.yaml": DATED}), tmp_path)
    assert passport["rehearsal"] is None
    page = (path / f"passport.{language}.html").read_text("utf-8")
    unknown = re.findall(r'class="sign unknown">.*?</span> (.*?)</td>', page)
    assert none in unknown
    assert nobody in unknown


def rehearsed(passport: dict[str, Any], *, file: Path) -> Path:
    """What `coursepack rehearse --json` prints of two packages of a release, of one in two LMSs."""
    sums = [each["sha256"] for each in passport["packages"]]
    found = [
        Rehearsal(
            "release/a.zip", "SCORM 1.2", "Kurs", "", sums[0], outcomes={"completes": "ok", "narrow": "ok"}
        )
    ]
    found.append(
        Rehearsal("release/a.zip", "SCORM 1.2", "Kurs", "moodle", sums[0], outcomes={"resumes": "unfinished"})
    )
    script = Problem("rehearsal/throws", "warning", "a script fails", Location("index.html"), "Mend it.")
    found.append(
        Rehearsal("release/b.zip", "SCORM 2004", "Kurs", "", sums[1], [script], {"completes": "warned"})
    )
    told = {"ok": True, "date": "2026-11-22", "rehearsals": [each.as_dict() for each in found]}
    file.write_text(json.dumps(told), "utf-8")
    return file


def test_what_a_rehearsal_found_is_in_the_passport(make_course: MakeCourse, tmp_path: Path) -> None:
    course = make_course({"course.yaml": DATED})
    before, passport, _ = released(course, tmp_path / "before")
    file = rehearsed(passport, file=tmp_path / "rehearsal.json")
    path = release_course(course, tmp_path / "after", rehearsal=file).path
    now = valid(json.loads((path / "passport.json").read_text("utf-8")))
    one, two = (each["sha256"] for each in passport["packages"][:2])
    assert now == passport | {
        "rehearsal": {
            "date": "2026-11-22",
            "rehearsals": [
                {"sha256": one, "unit": "Kurs", "lms": None, "scenarios": {"completes": "ok", "narrow": "ok"}, "problems": []},
                {"sha256": one, "unit": "Kurs", "lms": "moodle", "scenarios": {"resumes": "unfinished"}, "problems": []},
                {
                    "sha256": two,
                    "unit": "Kurs",
                    "lms": None,
                    "scenarios": {"completes": "warned"},
                    "problems": [{"rule": "rehearsal/throws", "severity": "warning"}],
                },
            ],
        }
    }  # fmt: skip
    page = (path / "passport.en.html").read_text("utf-8")
    row = re.search(
        r"Rehearsal in LMSs</th><td><span class=\"sign (\w+)\">.*?</span> (.*?)</td><td .*?>(.*?)</td>", page
    )
    assert row is not None
    assert row.groups() == (
        "warning",
        "2 of 5 packages, in a strict LMS, Moodle: 0 errors, 1 warning",
        "2026-11-22",
    )
    for package in passport["packages"]:
        assert (path / package["file"]).read_bytes() == (before / package["file"]).read_bytes()
    # No source can show it again, and the rest is built again.
    verified = verify_release(path, source=course)
    assert verified.report.ok
    assert "passport.json" in verified.rebuilt


@pytest.mark.share(1)
@pytest.mark.parametrize("state", ["failed", "warned", "unfinished", "ok"])
def test_the_sign_of_a_rehearsal_is_that_of_its_worst_outcome(
    make_course: MakeCourse, tmp_path: Path, state: str
) -> None:
    course = make_course({"course.yaml": DATED})
    _, passport, _ = released(course, tmp_path / "out")
    file = rehearsed(passport, file=tmp_path / "rehearsal.json")
    told = json.loads(file.read_text("utf-8"))
    for number, each in enumerate(told["rehearsals"]):
        each["scenarios"] = {"completes": "ok" if number else state}
    file.write_text(json.dumps(told), "utf-8")
    path = release_course(course, tmp_path / "out", rehearsal=file).path
    sign = {"failed": "error", "warned": "warning", "unfinished": "unknown", "ok": "ok"}[state]
    assert f'Rehearsal in LMSs</th><td><span class="sign {sign}">' in (path / "passport.en.html").read_text(
        "utf-8"
    )


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"sha256": "0" * 64}, "is of other packages than those of this release"),
        ({"sha256": None}, "is not what `coursepack rehearse --json` prints of zips"),
        ({"scenarios": {"completes": "fine"}}, "is not what `coursepack rehearse --json` prints of zips"),
    ],
)
def test_a_rehearsal_of_something_else_is_refused(
    make_course: MakeCourse, tmp_path: Path, changed: dict[str, Any], says: str
) -> None:
    course = make_course({"course.yaml": DATED})
    before, passport, _ = released(course, tmp_path / "out")
    files = {each: each.read_bytes() for each in before.rglob("*") if each.is_file()}
    file = rehearsed(passport, file=tmp_path / "rehearsal.json")
    told = json.loads(file.read_text("utf-8"))
    told["rehearsals"][0] |= changed
    file.write_text(json.dumps(told), "utf-8")
    with pytest.raises(PackageError, match=f"release/rehearsal: {says}"):
        release_course(course, tmp_path / "out", rehearsal=file)
    assert files == {each: each.read_bytes() for each in before.rglob("*") if each.is_file()}


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[" * 100_000, b"\xff", b'{"date": "2026-11-22", "rehearsals": []}']
)
def test_what_is_no_rehearsal_is_refused(make_course: MakeCourse, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "rehearsal.json").write_bytes(data)
    with pytest.raises(PackageError, match="is not what `coursepack rehearse --json` prints of zips"):
        release_course(
            make_course({"course.yaml": DATED}), tmp_path / "out", rehearsal=tmp_path / "rehearsal.json"
        )


def test_the_findings_are_counted_by_rule(make_course: MakeCourse, tmp_path: Path) -> None:
    course = {
        "course.yaml": DATED,
        "sources.yaml": "law: {title: The law, valid: 1 month}\n",
        PAGE: "There is [a law](fact:law@2026-04-30).\n",
    }
    _, passport, _ = released(make_course(course), tmp_path)
    assert passport["check"] == {
        "errors": 0,
        "warnings": 1,
        "notes": 0,
        "rules": [{"rule": "fact/overdue", "severity": "warning", "number": 1}],
    }
    (claim,) = passport["claims"]
    assert (claim["title"], claim["checked"], claim["due"]) == ("The law", "2026-04-30", "2026-05-30")
    assert claim["overdue"] is True


def picture_with_rights(path: Path) -> bytes:
    exif = Image.Exif()
    exif[0x8298] = "CC BY-SA 4.0"
    exif[0x013B] = "Kim Ek"
    Image.new("RGB", (16, 9)).save(path, exif=exif)
    return path.read_bytes()


def test_media_have_their_origin_and_licence(make_course: MakeCourse, tmp_path: Path) -> None:
    photo = fence("image", {"src": "media/b.jpg", "alt": "B", "origin": "recorded"})
    course: dict[str, str | bytes] = {
        "course.yaml": DATED,
        PAGE: f"{PICTURE}\n{photo}",
        "media/a.svg": SVG,
        "media/b.jpg": picture_with_rights(tmp_path / "b.jpg"),
    }
    _, passport, bill = released(make_course(course), tmp_path / "out")
    drawn, photo_of = passport["media"]
    assert (drawn["file"], drawn["origin"], drawn["made_with"]) == ("media/a.svg", "drawn", "a pen")
    assert drawn["licence"] == read_course(tmp_path / "course").definition.licence
    assert (photo_of["licence"], photo_of["author"]) == ("CC BY-SA 4.0", "Kim Ek")
    files = {each["name"]: each for each in bill["components"][0]["components"]}
    assert files["media/b.jpg"]["licenses"] == [{"license": {"name": "CC BY-SA 4.0"}}]
    assert files["media/b.jpg"]["authors"] == [{"name": "Kim Ek"}]
    assert {"name": "coursepack:origin", "value": "drawn"} in files["media/a.svg"]["properties"]


# The bill of materials


def official(bill: dict[str, Any]) -> None:
    """Validates against the schema that CycloneDX publishes."""
    folder = Path(cyclonedx_schemas.__file__).parent
    read = {
        name: json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_text("utf-8"))
        for name in ("bom-1.6", "spdx", "jsf-0.82")
    }
    registry: Registry[Any] = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in read.values()
    )
    jsonschema.Draft7Validator(read["bom-1.6"], registry=registry).validate(bill)


def test_the_bill_is_valid_by_the_schema_of_cyclonedx(make_course: MakeCourse, tmp_path: Path) -> None:
    course = {"course.yaml": DATED, PAGE: PICTURE, "media/a.svg": SVG}
    _, _, bill = released(make_course(course), tmp_path)
    official(bill)
    with pytest.raises(jsonschema.ValidationError):
        official({**bill, "specVersion": 6})


def test_the_bill_lists_every_file_of_every_package(make_course: MakeCourse, tmp_path: Path) -> None:
    path, _, bill = released(make_course({"course.yaml": DATED}), tmp_path)
    assert len(bill["components"]) == 5
    for package in bill["components"]:
        with zipfile.ZipFile(path / "packages" / package["name"]) as zipped:
            expected = {name: hashlib.sha256(zipped.read(name)).hexdigest() for name in zipped.namelist()}
        assert {each["name"]: each["hashes"][0]["content"] for each in package["components"]} == expected
        player = next(each for each in package["components"] if each["name"] == "player.js")
        assert player["licenses"] == [{"expression": "Apache-2.0"}]


def test_the_references_of_the_bill_are_unique_and_lead_somewhere(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    _, _, bill = released(make_course({"course.yaml": DATED}), tmp_path)

    def refs(component: dict[str, Any]) -> list[str]:
        inner = [ref for each in component.get("components", ()) for ref in refs(each)]
        return [component["bom-ref"], *inner]

    tools = bill["metadata"]["tools"]["components"]
    found = [
        ref for each in (*tools, bill["metadata"]["component"], *bill["components"]) for ref in refs(each)
    ]
    assert len(found) == len(set(found))
    for each in bill["dependencies"]:
        assert {each["ref"], *each["dependsOn"]} <= set(found)


def test_the_serial_number_follows_from_the_contents(make_course: MakeCourse, tmp_path: Path) -> None:
    course = {"course.yaml": DATED}
    numbers = [
        released(make_course(course, name), tmp_path / f"of-{name}")[2]["serialNumber"] for name in "ab"
    ]
    other = released(make_course({**course, PAGE: "Other.\n"}, "c"), tmp_path / "of-c")[2]["serialNumber"]
    assert numbers[0] == numbers[1] != other
    number = uuid.UUID(numbers[0])
    assert (number.version, number.variant) == (5, uuid.RFC_4122)


def test_the_libraries_are_those_that_coursepack_depends_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[^\w.-]", each)[0].lower() for each in project["dependencies"]}
    assert set(LIBRARIES) == names
    assert project["requires-python"] == PYTHON
    found = {each.name: each for each in libraries()}
    # What these need in turn is there too.
    assert names | {"markupsafe", "mdurl", "pydantic-core"} <= set(found)
    assert found["lxml"].purl == f"pkg:pypi/lxml@{found['lxml'].version}"
    assert found["markupsafe"].licences == ("BSD-3-Clause",)
    assert all(each.licences for each in found.values())


def test_the_library_of_pdfs_is_named_when_there_are_any(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = make_course({"course.yaml": DATED})
    for is_there in dict.fromkeys((pdf.missing() is None, False)):
        if not is_there:
            without_pdf(monkeypatch, tmp_path / "hidden")
        monkeypatch.setattr(
            passport,
            "libraries",
            lambda more: [*libraries(), Library(more[0], "1", (), False)] if more else libraries(),
        )
        _, told, _ = released(course, tmp_path / "out")
        names = [each["name"] for each in told["builder"]["libraries"]]
        assert ("weasyprint" in names) is is_there


def test_the_words_of_the_course_are_escaped(make_course: MakeCourse, tmp_path: Path) -> None:
    reviewer = "reviewers:\n  - {name: '<script>alert(1)</script>', role: r, date: 2026-11-20}\n"
    path, _, _ = released(make_course({"course.yaml": DATED + reviewer}), tmp_path)
    page = (path / "passport.en.html").read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page

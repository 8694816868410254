"""`coursepack release`: everything that is handed over with a course, whole, and the same bytes each time."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from strategies import COURSE, PAGE, MakeCourse
from without_pdf import without_pdf

from coursepack import CourseError, PackageError, Release, release_course
from coursepack.cli import main
from coursepack.release import pdf, sheets
from coursepack.release.handover import Document, Handover
from coursepack.release.index import in_language, language_of

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[1]
ALL_SHEETS = dict(sheets.SHEETS)
DATED = f"{COURSE}dates: {{published: 2026-11-24}}\n"
TARGETS = ["cmi5", "scorm12", "scorm2004", "web", "xapi"]


@pytest.fixture(autouse=True)
def no_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheets have tests of their own."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setattr(sheets, "SHEETS", {})
    monkeypatch.setattr(sheets, "PRINTED", ())


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["release", *map(str, arguments)])


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def add_sheet(monkeypatch: pytest.MonkeyPatch, sheet: sheets.Sheet) -> None:
    monkeypatch.setattr("coursepack.release.sums.a_sheet", sheet, raising=False)
    monkeypatch.setattr(sheets, "SHEETS", {"administrator": "sums:a_sheet"})


def test_a_release_has_the_packages_of_all_targets_an_index_and_sums(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    made = release_course(make_course({"course.yaml": DATED}), tmp_path / "out")
    assert made.path == tmp_path / "out" / "least-1.0.0"
    names = [f"packages/least-1.0.0-{target}.zip" for target in TARGETS]
    sheets = [name for group, files in made.sheets.items() if group != "index" for name in files]
    assert sorted(contents(made.path)) == sorted(
        ["SHA256SUMS", "index.html", "index.sv.html", *names, *sheets]
    )
    assert [file.name for file in made.files] == sorted(["index.html", "index.sv.html", *names, *sheets])
    assert sorted(package.path for package in made.packages) == [made.path / name for name in names]
    for package in made.packages:
        assert zipfile.ZipFile(package.path).testzip() is None


def test_the_sums_are_what_sha256sum_checks(make_course: MakeCourse, tmp_path: Path) -> None:
    made = release_course(make_course({"course.yaml": DATED}), tmp_path)
    check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    done = subprocess.run(check, cwd=made.path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"{file.name}: OK" for file in made.files]
    (made.path / "index.html").write_text("")
    done = subprocess.run(check, cwd=made.path, capture_output=True, text=True, check=False)
    assert "index.html: FAILED" in done.stdout


def test_the_date_of_a_release_is_that_of_publication(make_course: MakeCourse, tmp_path: Path) -> None:
    made = release_course(make_course({"course.yaml": DATED}), tmp_path)
    assert str(made.date) == "2026-11-24"
    times = {info.date_time for info in zipfile.ZipFile(made.packages[0].path).infolist()}
    assert times == {(2026, 11, 24, 0, 0, 0)}
    assert "24 November 2026" in (made.path / "index.html").read_text("utf-8")


def test_the_environment_can_set_another_date(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 2025-03-01 23:59:59 in UTC: only the day counts.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1740873599")
    made = release_course(make_course({"course.yaml": DATED}), tmp_path)
    assert str(made.date) == "2025-03-01"
    times = {info.date_time for info in zipfile.ZipFile(made.packages[0].path).infolist()}
    assert times == {(2025, 3, 1, 0, 0, 0)}


def test_facts_are_overdue_by_the_date_of_the_release(make_course: MakeCourse, tmp_path: Path) -> None:
    course = {
        "course.yaml": DATED,
        "sources.yaml": "law: {title: The law, valid: 1 month}\n",
        PAGE: "There is [a law](fact:law@2026-10-25).\n",
    }
    folder = make_course(course)
    assert [problem.rule for problem in release_course(folder, tmp_path).report] == []
    (folder / "course.yaml").write_text(DATED.replace("11-24", "11-26"))
    assert [problem.rule for problem in release_course(folder, tmp_path).report] == ["fact/overdue"]


def test_a_course_without_a_date_is_not_released(make_course: MakeCourse, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"course\.yaml: error release/no-date: the course has no date"):
        release_course(make_course(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_names_tell_packages_apart(make_course: MakeCourse, tmp_path: Path) -> None:
    course = f"{DATED}packages:\n  - {{id: full}}\n  - {{id: units, separate: true}}\n"
    made = release_course(make_course({"course.yaml": course}), tmp_path)
    assert sorted(package.path.name for package in made.packages) == [
        f"least-1.0.0-{variant}-{target}.zip" for variant in ("full", "units") for target in TARGETS
    ]


def test_a_course_with_errors_is_not_released(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course({"course.yaml": DATED})
    before = contents(release_course(folder, tmp_path / "out").path)
    (folder / PAGE).write_text("![](media/none.png)\n")
    done = run(folder, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "1 error" in done.stdout
    assert contents(tmp_path / "out/least-1.0.0") == before


def test_a_newer_release_replaces_one_of_the_same_version(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course({"course.yaml": DATED})
    before = contents(release_course(folder, tmp_path / "out").path)
    (folder / PAGE).write_text("Other text.\n")
    after = contents(release_course(folder, tmp_path / "out").path)
    assert after.keys() == before.keys()
    assert after != before
    (folder / "course.yaml").write_text(DATED.replace("1.0.0", "1.1.0"))
    release_course(folder, tmp_path / "out")
    assert contents(tmp_path / "out/least-1.0.0") == after


@pytest.mark.parametrize("other", ["notes.txt", "packages/old.zip", "index.html"])
def test_files_of_others_are_never_replaced(make_course: MakeCourse, tmp_path: Path, other: str) -> None:
    folder = make_course({"course.yaml": DATED})
    made = release_course(folder, tmp_path)
    (made.path / other).write_text("mine")
    before = contents(made.path)
    with pytest.raises(PackageError, match=rf"release/other-files: has files .*: {re.escape(other)}\n"):
        release_course(folder, tmp_path)
    assert contents(made.path) == before


def test_a_folder_that_is_no_release_is_left_alone(make_course: MakeCourse, tmp_path: Path) -> None:
    (tmp_path / "least-1.0.0").mkdir()
    (tmp_path / "least-1.0.0/a.txt").write_text("mine")
    with pytest.raises(PackageError, match=r"were changed since: a\.txt"):
        release_course(make_course({"course.yaml": DATED}), tmp_path)
    shutil.rmtree(tmp_path / "least-1.0.0")
    (tmp_path / "least-1.0.0").symlink_to(tmp_path / "course")
    with pytest.raises(PackageError, match="release/other-files"):
        release_course(tmp_path / "course", tmp_path)
    assert (tmp_path / "least-1.0.0").is_symlink()


def test_an_empty_folder_is_filled(make_course: MakeCourse, tmp_path: Path) -> None:
    (tmp_path / "least-1.0.0").mkdir()
    assert release_course(make_course({"course.yaml": DATED}), tmp_path).path.is_dir()


def test_a_release_that_fails_leaves_the_one_before(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_course({"course.yaml": DATED})
    before = contents(release_course(folder, tmp_path / "out").path)

    def full(_handover: Handover) -> list[Document]:
        raise OSError(28, "No space left on device")

    add_sheet(monkeypatch, full)
    with pytest.raises(PackageError, match="package/unwritable: cannot be written: No space left"):
        release_course(folder, tmp_path / "out")
    assert contents(tmp_path / "out/least-1.0.0") == before
    assert [path.name for path in (tmp_path / "out/.coursepack").iterdir()] == ["lock"]


def test_the_release_is_not_written_into_the_course(make_course: MakeCourse) -> None:
    folder = make_course({"course.yaml": DATED})
    with pytest.raises(PackageError, match="package/inside-course"):
        release_course(folder, folder / "release")


def test_a_sheet_is_in_the_folder_the_sums_and_the_index(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sheet(handover: Handover) -> list[Document]:
        # The packages can be read, under their names in the release.
        assert [zipfile.is_zipfile(each.path) for each in handover.packages] == [True] * 5
        named = [each.path.name.encode() for each in handover.packages]
        texts = {"administrator.sv.html": named[0], "administrator.en.html": named[1], "mail/all.txt": b"@"}
        return [Document(name, data) for name, data in texts.items()]

    add_sheet(monkeypatch, sheet)
    made = release_course(make_course({"course.yaml": DATED}), tmp_path)
    assert (made.path / "administrator.sv.html").read_text() == "least-1.0.0-scorm12.zip"
    assert made.sheets["administrator"] == ("administrator.sv.html", "administrator.en.html", "mail/all.txt")
    assert {"administrator.sv.html", "mail/all.txt"} < {file.name for file in made.files}
    english, swedish = ((made.path / name).read_text("utf-8") for name in ("index.html", "index.sv.html"))
    assert re.findall('<li><a href="(.*?)">', english) == ["administrator.en.html", "mail/all.txt"]
    assert re.findall('<li><a href="(.*?)">', swedish) == ["administrator.sv.html", "mail/all.txt"]
    assert '<html lang="sv">' in swedish


@pytest.mark.parametrize("is_there", [True, False])
def test_a_printed_sheet_is_a_pdf_too_where_there_can_be_one(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    if not is_there:
        without_pdf(monkeypatch, tmp_path / "hidden")
    elif pdf.missing():
        pytest.skip(str(pdf.missing()))
    add_sheet(monkeypatch, lambda _handover: [Document("a.sv.html", b"<p>A"), Document("a.sv.txt", b"A")])
    monkeypatch.setattr(sheets, "PRINTED", ("administrator",))
    done = run(make_course({"course.yaml": DATED}), "--out", tmp_path)
    found = contents(tmp_path / "least-1.0.0")
    made = pdf.pdf("<p>A", datetime.date(2026, 11, 24)).reading if is_there else None
    assert found.get("a.sv.pdf") == made
    assert "a.sv.txt.pdf" not in found
    assert ("Without PDFs" in done.stdout) is not is_there


def test_a_sheet_that_has_nothing_to_say_is_not_listed(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_sheet(monkeypatch, lambda _handover: ())
    done = run(make_course({"course.yaml": DATED}), "--out", tmp_path)
    assert done.exit_code == 0
    assert "Import and settings" not in done.stdout
    assert "Import and settings" not in (tmp_path / "least-1.0.0/index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["a.sv.html", "a.en.html", "a.json"], ["a.en.html", "a.json"]),
        # What is there in another language only is better than nothing.
        (["text/a.sv.html", "text/a.sv.pdf"], ["text/a.sv.html", "text/a.sv.pdf"]),
    ],
)
def test_documents_are_shown_in_the_readers_language(names: list[str], shown: list[str]) -> None:
    assert in_language(names, "en") == shown


@pytest.mark.parametrize(
    ("name", "language"),
    [("a.sv.html", "sv"), ("text/a.en.pdf", "en"), ("a.html", None), ("a-1.0.zip", None), ("sv/a.css", None)],
)
def test_the_language_of_a_document_is_in_its_name(name: str, language: str | None) -> None:
    assert language_of(name) == language


def test_the_command_lists_what_there_is_and_ends_with_the_next_command(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    done = run(make_course({"course.yaml": DATED}), "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    path = (tmp_path / "out/least-1.0.0").as_posix()
    first, *rows, last, verify = done.stdout.splitlines()
    assert first == f"{path}/"
    listed = [row.split()[0] for row in rows if row.startswith("  ")]
    assert [*listed[:2], listed[-1]] == ["packages/", "index.html", "SHA256SUMS"]
    assert re.fullmatch(r"Ready to hand over after \d+\.\d s\.", last)
    assert verify == f"Verify: coursepack verify {path}"


def test_the_result_as_json(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course({"course.yaml": DATED})
    # The first one makes the lock.
    release_course(folder, tmp_path / "out")
    made: Release = release_course(folder, tmp_path / "out")
    told = json.loads(run(folder, "--out", tmp_path / "out", "--json").stdout)
    assert told == {"ok": True, "problems": [], "release": json.loads(json.dumps(made.as_dict()))}
    (folder / PAGE).unlink()
    told = json.loads(run(folder, "--out", tmp_path / "out", "--json").stdout)
    assert told["release"] is None
    assert [problem["rule"] for problem in told["problems"]] == ["course/missing-page"]


def test_the_folder_is_beside_the_course_by_default(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(make_course({"course.yaml": DATED}))
    assert run().exit_code == 0
    assert (tmp_path / "release/least-1.0.0/SHA256SUMS").is_file()


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (
            "en",
            {
                "accessibility-statement.en.html": "partially compliant, 1 shortcoming",
                "changes.en.html": "since 1.0.0: Replace it. Nobody loses anything.",
                "data-protection.en.html": "for the record under article 30",
                "SHA256SUMS": "not signed",
                "Fill in before": "controller and legal basis (data-protection.en.html).",
            },
        ),
        (
            "sv",
            {
                "accessibility-statement.sv.html": "delvis förenlig, 1 brist",
                "changes.sv.html": "mot 1.0.0: Byt ut den. Ingen förlorar något.",
                "data-protection.sv.html": "för registret enligt artikel 30",
                "SHA256SUMS": "inte signerad",
                "Fyll i före": "ansvarig och rättslig grund (data-protection.sv.html).",
            },
        ),
    ],
)
def test_the_command_says_what_each_sheet_says(
    make_course: MakeCourse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    says: dict[str, str],
) -> None:
    folder = make_course({"course.yaml": DATED})
    old = release_course(folder, tmp_path / "old").path
    names = ("accessibility", "data-protection", "diff")
    monkeypatch.setattr(sheets, "SHEETS", {name: ALL_SHEETS[name] for name in names})
    statement = "{conformance: partial, assessed: 2026-11-24, method: Read, email: a@b.se, shortcomings: [{what: Sign language}]}"
    text = DATED.replace("version: 1.0.0", "version: 1.0.1") + f"accessibility: {statement}\n"
    (folder / "course.yaml").write_text(text)
    done = run(folder, "--out", tmp_path / "out", "--since", old, "--language", language)
    assert done.exit_code == 0, done.output
    told = " ".join(done.stdout.split())
    for start, words in says.items():
        assert words in told.partition(start)[2][:150], (start, done.stdout)
    assert all(len(line) <= 80 for line in done.stdout.splitlines() if str(tmp_path) not in line)


def test_a_course_without_a_statement_is_told_to_have_none(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "SHEETS", {"accessibility": ALL_SHEETS["accessibility"]})
    done = run(make_course({"course.yaml": DATED}), "--out", tmp_path / "out")
    told = " ".join(done.stdout.split())
    assert "not assessed by the author" in told
    assert "Fill in before you hand it over: accessibility statement (accessibility in course.yaml)." in told

"""The command line: results on standard output, progress on standard error, and an exit code that can be trusted."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from permissions import run_bound
from strategies import COURSE, PAGE, MakeCourse, write_course

from coursepack import __version__, build_package
from coursepack.cli import COMMANDS, main
from coursepack.languages import codes
from coursepack.languages.messages import problem_names
from coursepack.profiles import PROFILES
from coursepack.reading.rules import RULES as COURSE_RULES
from coursepack.rules import RULES
from coursepack.targets import USUAL_TARGETS


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def silent(result: Result) -> bool:
    """Nothing stands on standard error but progress, which a slow machine tells."""
    return all(line.endswith(" ...") for line in result.stderr.splitlines())


def apart(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coursepack", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


# new


def test_a_new_course_builds_clean(tmp_path: Path) -> None:
    result = run("new", tmp_path / "course")
    assert (result.exit_code, silent(result)) == (0, True)
    result = run("build", tmp_path / "course", "--out", tmp_path / "out", "--strict")
    assert (result.exit_code, silent(result)) == (0, True)


@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_new_course_is_in_the_language_that_was_asked_for(tmp_path: Path, language: str) -> None:
    run("new", tmp_path / "course", "--language", language)
    assert f"\nlanguage: {language} " in (tmp_path / "course/course.yaml").read_text("utf-8")
    result = run("build", tmp_path / "course", "--out", tmp_path / "out", "--strict")
    assert (result.exit_code, silent(result)) == (0, True)


@pytest.mark.parametrize(
    ("variables", "created"),
    [
        ({"LC_ALL": "sv_SE.UTF-8", "LANG": "en_US.UTF-8"}, "Skapade"),
        ({"LC_ALL": "", "LC_MESSAGES": "sv_FI", "LANG": "C"}, "Skapade"),
        ({"LC_ALL": "", "LANG": "sv"}, "Skapade"),
        ({"LC_ALL": "", "LANG": ""}, "Created"),
        ({"LC_ALL": "fi_FI.UTF-8"}, "Created"),
        ({"LC_ALL": "C.UTF-8", "LANG": "sv_SE"}, "Created"),
    ],
)
def test_the_command_line_speaks_the_language_of_the_system(
    tmp_path: Path, variables: dict[str, str], created: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        variables.setdefault(name, "")
    assert apart("new", "course", cwd=tmp_path, **variables).stdout.startswith(created)
    (tmp_path / "course/course.yaml").unlink()
    told = "allvarligt fel" if created == "Skapade" else "fatal"
    assert told in apart("check", "course", cwd=tmp_path, **variables).stdout


def test_a_new_course_may_be_written_into_an_empty_folder_only(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("new", tmp_path / "empty").exit_code == 0
    (tmp_path / "full").mkdir()
    (tmp_path / "full/precious").write_text("x")
    (tmp_path / "file").write_text("x")
    for name in ("full", "file", "empty"):
        result = run("new", tmp_path / name)
        assert result.exit_code == 2
        assert f"{name} exists and is not empty; choose a new folder." in result.stderr
    result = run("new", tmp_path / "full", "--language", "sv")
    assert f"{tmp_path / 'full'} finns redan och är inte tom; välj en ny mapp." in result.stderr
    assert os.listdir(tmp_path / "full") == ["precious"]


@pytest.mark.parametrize("mode", [0o555, 0])
def test_a_new_course_that_cannot_be_written_is_told(tmp_path: Path, mode: int) -> None:
    (tmp_path / "locked").mkdir()
    (tmp_path / "locked").chmod(mode)
    done = run_bound("-m", "coursepack", "new", tmp_path / "locked/course")
    (tmp_path / "locked").chmod(0o755)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{tmp_path / 'locked/course'}: cannot be written: Permission denied\n"


def test_a_new_course_on_a_full_disk_is_told(tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)); from coursepack.cli import main; main()"
    command = [sys.executable, "-c", limit, "new", tmp_path / "course"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{tmp_path / 'course'}: cannot be written: ")
    assert "File too large" in done.stderr
    assert "None" not in done.stderr
    assert done.stderr.count("\n") == 1


# build


def test_a_build_says_what_it_made(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course({"pages/left-over.md": "x"})
    result = run("build", folder, "--out", tmp_path / "out")
    assert (result.exit_code, silent(result)) == (0, True)
    lines = result.stdout.splitlines()
    titles = ["SCORM 1.2", "SCORM 2004 4th Edition", "xAPI", "cmi5", "Web"]
    ends = ["1 SCO", "1 SCO", "1 activity", "1 assignable unit", "also as the folder"]
    # The page and its two scripts; a manifest but on the web; two scripts more for an LRS.
    counts = [4, 4, 6, 6, 3]
    for number, name in enumerate(("scorm12", "scorm2004", "xapi", "cmi5", "web")):
        package = tmp_path / f"out/least_full_{name}_en_v1.0.0.zip"
        first, files = lines[2 * number : 2 * number + 2]
        assert first == f"{package}  {package.stat().st_size / 1000:.1f} kB  {titles[number]}"
        assert re.match(rf"  {counts[number]} files, \d+\.\d kB unpacked, {ends[number]}", files)
    sentence, state, lock, *report = lines[10:]
    assert sentence == "  The course is complete when all pages have been opened."
    assert state == "  resume state: at most 21 of 4,000 characters"
    assert lock == "  course.lock: 1 new line; commit the file"
    assert report == [
        "pages/left-over.md: warning course/unused-page: no page of course.yaml has this file",
        "    Add the page to course.yaml, or delete the file.",
        "0 errors, 1 warning",
    ]


def test_a_build_speaks_swedish(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course({"pages/left-over.md": "x"})
    command = ("build", folder, "--out", tmp_path / "out", "--language", "sv")
    first = run(*command)
    assert (first.exit_code, silent(first)) == (0, True)
    lines = first.stdout.splitlines()
    package = tmp_path / "out/least_full_web_en_v1.0.0.zip"
    size = f"{package.stat().st_size / 1000:.1f}".replace(".", ",")
    assert lines[8] == f"{package}  {size} kB  Webb"
    assert re.match(r"  4 filer, \d+,\d kB uppackat, 1 SCO$", lines[1])
    assert lines[10:] == [
        "  Kursen är klar när alla sidor har öppnats.",
        "  det som sparas om en deltagare: högst 21 av 4\xa0000 tecken",
        "  course.lock: 1 ny rad; lägg in filen i versionshanteringen",
        "pages/left-over.md: varning course/unused-page: ingen sida i course.yaml har den här filen",
        "    Lägg till sidan i course.yaml, eller ta bort filen.",
        "0 fel, 1 varning",
    ]
    # What was built before is told in the same words.
    assert run(*command).stdout.splitlines()[10:] == [lines[10], lines[11], *lines[13:]]
    wrong = make_course({PAGE: "# A\n"}, "wrong")
    told = run("build", wrong, "--out", tmp_path / "out", "--language", "sv")
    assert told.exit_code == 1
    assert told.stdout == run("check", wrong, "--language", "sv").stdout.partition("\n")[2]
    assert f"{PAGE}:1:1: fel page/top-heading: en rubrik på nivå 1 står på sidan" in told.stdout


def exit_of(*arguments: object) -> int:
    return run("check", *arguments).exit_code


def package_with(folder: Path, name: str, words: str, **files: str) -> Path:
    """The least package of SCORM 1.2 with something before its heading."""
    least = Path(__file__).parent / "packages/scorm12"
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for each in least.iterdir():
            text = each.read_text("utf-8")
            archive.writestr(
                each.name, text.replace("<h1>", f"{words}<h1>") if each.suffix == ".html" else text
            )
        for file, text in files.items():
            archive.writestr(file, text)
    return path


def test_strict_looks_at_import_start_and_result_and_at_all_when_asked(tmp_path: Path) -> None:
    wordless = package_with(tmp_path, "wordless", '<img src="style.css">')
    gone = package_with(tmp_path, "gone", '<img alt="" src="gone.png">')
    remote = package_with(tmp_path, "remote", '<img alt="" src="https://cdn.test/a.png">')
    assert [exit_of(path) for path in (wordless, gone, remote)] == [0, 0, 0]
    assert [exit_of("--strict", path) for path in (wordless, gone, remote)] == [0, 1, 0]
    assert [exit_of(path, "--strict") for path in (wordless, gone, remote)] == [0, 1, 0]
    assert [exit_of("--strict=all", path) for path in (wordless, gone, remote)] == [1, 1, 1]
    assert exit_of("--strict=some", wordless) == 2


def test_a_path_that_is_called_as_an_option_is_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    package_with(tmp_path, "any", "").rename(tmp_path / "--strict")
    result = run("check", "--", "--strict")
    assert (result.exit_code, result.stdout) == (0, "--strict: SCORM 1.2: no problems\n")


@pytest.mark.parametrize(
    ("files", "hint"),
    [
        ({"h5p.json": "{}"}, "Upload it as H5P if the LMS supports that, or export it as SCORM."),
        ({"contentv3.xml": "<instance/>"}, "Open it in eXeLearning and export it as SCORM."),
        (
            {
                "imsmanifest.xml": "<manifest><metadata><schema>IMS Common Cartridge</schema></metadata></manifest>"
            },
            "Upload it as a Common Cartridge if the LMS supports that.",
        ),
    ],
)
def test_what_is_no_training_package_fails_when_asked_and_says_what_to_do(
    files: dict[str, str], hint: str, tmp_path: Path
) -> None:
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    told = run("check", path)
    assert (told.exit_code, run("check", path, "--require-package").exit_code) == (0, 1)
    assert f"\n    {hint}\n" in told.stdout


def test_courses_and_training_packages_are_what_is_required(make_course: MakeCourse) -> None:
    for path in (make_course(), *(Path(__file__).parent / "packages").iterdir()):
        assert run("check", path, "--require-package").exit_code == 0, path


def test_leaked_credentials_fail_under_a_verdict_of_their_own(tmp_path: Path) -> None:
    key = "-----BEGIN PRIVATE KEY-----\n" + "A" * 64
    path = package_with(tmp_path, "open", "", **{"server.pem": key})
    result = run("check", path)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1:] == [
        "imsmanifest.xml: note scorm12/undeclared-file: The manifest does not list 'server.pem'.",
        "    `coursepack mend` repairs this.",
        "0 errors, 0 warnings, 1 note",
        "Security: secrets lie open in it (1 error, 0 warnings)",
        "server.pem:1: error scripts/leaked-key: It holds a private key.",
    ]
    (told,) = json.loads(run("check", path, "--json").stdout)["packages"]
    assert told["verdicts"] == {
        "function": "note",
        "accessibility": None,
        "privacy": None,
        "security": "error",
    }


def test_warnings_fail_a_strict_build_only(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course({"pages/left-over.md": "x"})
    for command in (("build", folder, "--out", tmp_path / "out"), ("check", folder)):
        assert run(*command).exit_code == 0
        assert run(*command, "--strict").exit_code == 1
        assert run(*command, "--strict", "--json").exit_code == 1
        assert run(*command, "--strict=all").exit_code == 1


PACKAGE_KEYS = [
    *("variant", "target", "title", "units", "unit"),
    *("size", "unpacked", "files", "state", "state_limit", "completion", "new_slots"),
    *("path", "folder", "ok", "problems", "films", "texts"),
]
PROBLEM_KEYS = ["rule", "severity", "category", "message", "file", "line", "column", "hint"]


def test_the_json_of_a_build_has_stable_keys(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course({"pages/left-over.md": "x"})
    result = run("build", folder, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert list(told) == ["ok", "packages"]
    for package in told["packages"]:
        assert list(package) == PACKAGE_KEYS
        assert [list(problem) for problem in package["problems"]] == [PROBLEM_KEYS]
        assert (package["variant"], package["ok"], package["new_slots"]) == ("full", True, 1)
        assert (package["folder"] is not None) == (package["target"] == "web")
    assert [package["target"] for package in told["packages"]] == list(USUAL_TARGETS)


def test_the_json_of_a_wrong_course_has_stable_keys(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course({"course.yaml": COURSE.replace("language: en", "language: no")})
    built = run("build", folder, "--out", tmp_path / "out", "--json")
    checked = run("check", folder, "--json")
    assert (built.exit_code, checked.exit_code) == (1, 1)
    problem = {
        "rule": "course/unknown-value",
        "severity": "error",
        "category": "function",
        "message": "'language' cannot be 'no'",
        "file": "course.yaml",
        "line": 4,
        "column": 11,
        "hint": f"Known: {', '.join(codes())}.",
    }
    assert json.loads(built.stdout) == {"ok": False, "problems": [problem], "packages": []}
    problem["mendable"] = False
    package = {
        "path": str(folder),
        "kinds": ["course folder"],
        "maker": "",
        "ok": False,
        "verdicts": {"function": "error", "accessibility": None, "privacy": None, "security": None},
        "problems": [problem],
        "systems": [],
    }
    assert json.loads(checked.stdout) == {"ok": False, "packages": [package], "problems": [problem]}


def test_a_wrong_course_is_told_on_standard_output(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course({PAGE: "# A\n\n### B\n"})
    for command in (("build", folder, "--out", tmp_path / "out"), ("check", folder)):
        result = run(*command)
        assert (result.exit_code, silent(result)) == (1, True)
        assert result.stdout.splitlines()[-1] == "1 error, 0 warnings"
        assert f"{PAGE}:1:1: error page/top-heading: " in result.stdout


def test_both_languages_letters_reach_a_terminal_of_any_locale(make_course: MakeCourse) -> None:
    folder = make_course({PAGE: "[ö](term:åäö)\n", "glossary.yaml": "- {id: a, term: å, text: ä}\n"})
    done = apart("check", folder, cwd=folder.parent, LC_ALL="C")
    assert done.returncode == 1
    assert "the glossary has no term" in done.stdout
    assert done.stderr == ""


# check


def test_check_reads_a_course_a_package_and_a_folder_of_one(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course()
    run("build", folder, "--out", tmp_path / "out")
    packages = sorted((tmp_path / "out").glob("*.zip"))
    assert len(packages) == 5
    for package in packages:
        unpacked = tmp_path / package.stem
        subprocess.run([sys.executable, "-m", "zipfile", "-e", package, unpacked], check=True)
        for path in (package, unpacked):
            result = run("check", path)
            assert (result.exit_code, silent(result)) == (0, True)
            assert re.fullmatch(
                rf"{path}: (SCORM .+|xAPI|cmi5|web edition), made by coursepack: no problems\n", result.stdout
            )
    assert run("check", folder).stdout == f"{folder}: course folder: no problems\n"


def test_check_takes_many_and_only_some_rules(make_course: MakeCourse, tmp_path: Path) -> None:
    wrong = make_course({PAGE: "# A\n\n### B\n", "pages/left-over.md": "x"}, "wrong")
    right = make_course(name="right")
    result = run("check", wrong, right)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == f"{right}: course folder: no problems"
    assert run("check", wrong, "--ignore", "page/*").stdout.splitlines()[-1] == "0 errors, 1 warning"
    assert run("check", wrong, "--select", "course/*", "--ignore", "course/unused-*").exit_code == 0
    told = json.loads(run("check", wrong, right, "--json").stdout)
    assert [package["ok"] for package in told["packages"]] == [False, True]
    assert told["problems"] == told["packages"][0]["problems"]


def test_check_and_explain_speak_swedish(make_course: MakeCourse, tmp_path: Path) -> None:
    run("build", make_course(), "--target", "scorm12", "--out", tmp_path / "out")
    (package,) = (tmp_path / "out").glob("*.zip")
    clean = run("check", package, "--language", "sv")
    assert clean.stdout == f"{package}: SCORM 1.2, gjort med coursepack: inga problem\n"
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr("Thumbs.db", "x")
    told = run("check", package, "--language", "sv").stdout.splitlines()
    assert "upplysning container/junk-file: " in told[1]
    assert told[-1] == "0 fel, 0 varningar, 1 upplysning"
    text = run("explain", "container/junk-file", "--language", "sv").stdout
    assert text.startswith("container/junk-file: upplysning")
    assert RULES["container/junk-file"].text.partition("\n")[0] not in text


LEAST = Path(__file__).parent / "packages/scorm2004"


def test_check_for_all_prints_a_table_and_gives_it_as_json() -> None:
    text = run("check", LEAST, "--for", "all").stdout
    assert re.search(r"^Docebo +warning 1$", text, re.MULTILINE)
    assert "for-docebo/" not in text
    why = text[text.index("\nWhy, for [1] scorm2004:\n") :]
    assert (
        "\nDocebo: warning: Docebo is made for the 3rd Edition of SCORM 2004: SCORM 2004 4th Edition.\n"
        in why
    )
    swedish = run("check", LEAST, "--for", "all", "--language", "sv").stdout
    assert re.search(r"^Docebo +varning 1$", swedish, re.MULTILINE)
    assert "\nSkälen för [1] scorm2004:\n" in swedish
    assert "\nDocebo: varning: Docebo " in swedish
    told = json.loads(run("check", LEAST, "--for", "all", "--json").stdout)
    systems = {each["name"]: each for each in told["packages"][0]["systems"]}
    assert list(systems) == list(PROFILES)
    assert systems["docebo"]["worst"] == "warning"
    assert [each["rule"] for each in systems["docebo"]["findings"] if each["severity"] == "warning"] == [
        "for-docebo/edition"
    ]
    # What some LMS of all refuses is no fault of the package.
    assert systems["catapult"]["worst"] == "error"
    assert told["ok"] is True
    assert not [each for each in told["problems"] if each["rule"].startswith("for-")]


def test_check_for_one_lms_counts_what_it_refuses() -> None:
    result = run("check", LEAST, "--for", "catapult", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["ok"]) == (1, False)
    (system,) = told["packages"][0]["systems"]
    # Among the problems a finding has its source as its hint.
    (refused,) = (each for each in system["findings"] if each["severity"] == "error")
    (problem,) = (each for each in told["problems"] if each["rule"] == refused["rule"])
    assert problem["hint"] == f"Source: {refused['source']} ({refused['date']})."
    assert problem["message"] == refused["message"]


def test_check_for_an_lms_that_is_none_offers_the_nearest() -> None:
    result = run("check", LEAST, "--for", "moodel")
    assert result.exit_code == 2
    assert "Did you mean 'moodle'?" in result.stderr


def test_explain_says_what_why_and_how(tmp_path: Path) -> None:
    result = run("explain", "scorm12/missing-title")
    assert result.stdout.startswith("scorm12/missing-title: warning, CAM ")
    assert "Learners see the title" in result.stdout
    listed = run("explain").stdout.splitlines()
    assert len(listed) == len(RULES) + len(COURSE_RULES) + len(problem_names()) > 300
    assert all(re.match(r"[a-z0-9]+/[a-z0-9-]+ \((fatal|error|warning|note)\): \S", line) for line in listed)
    unknown = run("explain", "scorm12/missing-titel")
    assert unknown.exit_code == 2
    assert "Did you mean 'scorm12/missing-title'?" in unknown.stderr


def test_explain_knows_what_can_be_wrong_with_a_course() -> None:
    result = run("explain", "page/dangling-term")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == [
        "page/dangling-term: error",
        "",
        "A link names a term that the glossary does not have.",
    ]
    swedish = run("explain", "course/unused-page", "--language", "sv").stdout
    assert swedish.startswith("course/unused-page: varning\n\nEn fil i `pages/` hör inte till någon sida")
    listed = run("explain", "--language", "sv").stdout.splitlines()
    assert "page/dangling-term (fel): En länk ska förklara ett ord som inte finns i ordlistan." in listed
    assert "Did you mean 'page/dangling-term'?" in run("explain", "page/dangling-terms").stderr


@pytest.mark.parametrize("name", ["gone", "gone.zip"])
def test_check_of_what_is_not_there_is_an_error(tmp_path: Path, name: str) -> None:
    result = run("check", tmp_path / name)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "1 error, 0 warnings"


def test_check_of_what_may_not_be_reached_is_an_error(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = make_course(name="locked/course")
    (tmp_path / "locked").chmod(0)
    done = run_bound("-m", "coursepack", "check", folder)
    (tmp_path / "locked").chmod(0o755)
    assert (done.returncode, done.stderr) == (1, "")
    assert "Permission denied" in done.stdout


def test_check_of_what_may_not_be_read_is_an_error(make_course: MakeCourse) -> None:
    folder = make_course()
    folder.chmod(0)
    done = run_bound("-m", "coursepack", "check", folder)
    folder.chmod(0o755)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(f"Path '{folder}' is not readable.\n")


# The command line itself


@pytest.mark.parametrize(
    "arguments",
    [
        ["build", "--target", "scorm2005"],
        ["build", "--schemas", "gone"],
        ["inspect", "a", "b"],
        ["new"],
        ["schema", "prose"],
        ["explode"],
        ["build", "--explode"],
    ],
)
def test_a_wrong_command_line_exits_with_2(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Usage: ")


def test_an_unknown_target_names_the_known(tmp_path: Path) -> None:
    assert "'scorm' is not one of: scorm12" in run("build", "--target", "scorm").stderr


def test_the_list_of_commands_fits_a_narrow_terminal() -> None:
    listed = CliRunner().invoke(main, ["--help"], terminal_width=80).stdout.partition("Commands:\n")[2]
    assert len(listed.splitlines()) == len(COMMANDS)
    assert "..." not in listed


def test_the_version_is_told() -> None:
    assert run("--version").stdout == f"coursepack, version {__version__}\n"


def test_the_working_folder_is_the_course_when_it_has_one(make_course: MakeCourse) -> None:
    folder = make_course()
    done = apart("check", cwd=folder)
    assert (done.returncode, done.stdout) == (0, ".: course folder: no problems\n")
    done = apart("build", "--target", "web", cwd=folder)
    assert done.returncode == 0
    assert done.stdout.startswith("../build/least_full_web_en_v1.0.0.zip ")
    assert sorted(os.listdir(folder)) == ["course.lock", "course.yaml", "pages"]


def test_a_course_is_looked_for_in_course_source(make_course: MakeCourse) -> None:
    folder = make_course(name="course_source")
    done = apart("build", cwd=folder.parent)
    assert done.returncode == 0
    assert done.stdout.startswith("build/least_full_scorm12_en_v1.0.0.zip ")


@pytest.mark.parametrize("command", [["check"], ["build"], ["state", "1.0.0.A"]])
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("course.yml", "Rename 'course.yml' to course.yaml."),
        ("notes.txt", "Is this the course's folder? Start a new course with: coursepack new FOLDER"),
    ],
)
def test_without_a_course_the_working_folder_is_said_to_have_none(
    tmp_path: Path, command: list[str], name: str, hint: str
) -> None:
    (tmp_path / name).write_text("title: A course\n", "utf-8")
    done = apart(*command, cwd=tmp_path)
    told = f"course.yaml: fatal course/missing-file: the course folder has no course.yaml\n    {hint}\n"
    assert done.returncode == 1
    assert told in done.stdout + done.stderr


SLOW = """
import sys, time
import coursepack.reading.source
read = coursepack.reading.source.read_folder
now = time.monotonic
def slowly(*given):
    time.monotonic = lambda: now() + 1.1
    return read(*given)
coursepack.reading.source.read_folder = slowly
from coursepack.cli import main
main()
"""


def test_progress_is_told_on_standard_error_once_it_takes_more_than_a_second(
    make_course: MakeCourse, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", SLOW, "build", make_course(), "--out", tmp_path / "out", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines() == ["rendering ..."]
    assert json.loads(done.stdout)["ok"]


@pytest.mark.parametrize(
    ("arguments", "status"), [(["--version"], 0), (["check", "/none"], 1), (["check", "--none"], 2)]
)
def test_the_process_ends_with_its_status_when_all_else_has_run(arguments: list[str], status: int) -> None:
    code = """
import atexit
from coursepack import cli
command = cli.main
def main():
    atexit.register(print, "ended")
    command()
cli.main = main
cli.run()
"""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    assert done.stdout.endswith("ended\n")


HEAVY = ("lxml", "pydantic", "jinja2", "yaml", "markdown_it", "nh3", "PIL", "zipfile", "http", "asyncio")
LOADED = f"import sys; from coursepack.cli import main\ntry: main()\nfinally: print(*({HEAVY!r} & sys.modules.keys()), file=sys.stderr)"


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["build", "--help"], ["check", "--help"], ["new", "--help"]]
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    loaded = LOADED.replace(repr(HEAVY), repr(set(HEAVY)))
    done = subprocess.run(
        [sys.executable, "-c", loaded, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout
    assert done.stderr == "\n"


@pytest.mark.parametrize("options", [[], ["--target", "scorm12"], ["--part", "p1"]])
def test_a_build_with_nothing_to_do_imports_nothing_heavy(
    make_course: MakeCourse, tmp_path: Path, age, options: list[str]
) -> None:
    folder = make_course()
    command = ["build", folder, "--out", tmp_path / "out", *options]
    run(*command)
    age(folder)
    run(*command)
    loaded = LOADED.replace(repr(HEAVY), repr(set(HEAVY)))
    done = subprocess.run(
        [sys.executable, "-c", loaded, *map(str, command)], capture_output=True, text=True, check=True
    )
    assert done.stderr == "\n"


def test_schema_prints_a_json_schema() -> None:
    for name in ("course", "glossary", "contacts", "sources", "choice", "video"):
        assert (
            json.loads(run("schema", name).stdout)["$schema"]
            == "https://json-schema.org/draft/2020-12/schema"
        )
    assert run("schema").stdout == run("schema", "course").stdout


# Where the result goes


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course, a package of it, and the folder that they stand in."""
    folder = tmp_path_factory.mktemp("work")
    build_package(write_course(folder / "course"), out=folder / "out")
    shutil.copy(next((folder / "out").glob("*.zip")), folder / "a.zip")
    return folder


PRINTING = (
    *(
        "--help",
        "--version",
        "check --help",
        "check a.zip",
        "check a.zip --json",
        "check course --format html",
    ),
    *("inspect a.zip", "explain", "schema", "build course --json"),
)


def shell(line: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a line of shell in which `coursepack` is the command."""
    function = f'coursepack() {{ "{sys.executable}" -m coursepack "$@"; }}; set -o pipefail; {line}'
    return subprocess.run(
        ["bash", "-c", function],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def complaints(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What stands on standard error beside progress."""
    return [line for line in done.stderr.splitlines() if not line.endswith(" ...")]


@pytest.mark.share(4)
@pytest.mark.parametrize("command", PRINTING)
def test_a_result_that_cannot_be_printed_is_told_and_fails(work: Path, command: str) -> None:
    for to, why in ((">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")):
        done = shell(f"coursepack {command} {to}", work)
        assert complaints(done) == [f"standard output: cannot be written: {why}"]
        assert done.returncode == 1


@pytest.mark.parametrize("command", ["explain", "schema", "check --help", "check a.zip --json"])
def test_a_reader_that_goes_away_is_no_matter(work: Path, command: str) -> None:
    done = shell(f"coursepack {command} | head -n 1 | cut -c 1", work)
    assert complaints(done) == []
    assert len(done.stdout) == 2


@pytest.mark.parametrize("to", ["2>/dev/full", "2>&-"])
def test_progress_and_complaints_that_cannot_be_printed_change_nothing(work: Path, to: str) -> None:
    done = shell(f"coursepack check a.zip {to}", work)
    assert (done.stdout.endswith("no problems\n"), done.returncode) == (True, 0)
    assert shell(f"coursepack mend nothing.zip b.zip {to}", work).returncode == 1
    # Of all words that could be lost: what is waited for.
    slow = "from coursepack.cli.terminal import Progress; Progress()('waiting', 0, 0); print('ok')"
    assert shell(f'"{sys.executable}" -c "{slow}" {to}', work).stdout == "ok\n"


def test_nothing_is_written_into_a_package_that_was_meant_for_a_stream(work: Path) -> None:
    """A file that is opened gets the number of a stream that is closed."""
    out = work / "closed"
    done = shell("coursepack build course --out closed --target scorm12 <&- >&- 2>&-", work)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    (package,) = out.glob("*.zip")
    assert package.read_bytes() == next((work / "out").glob("*.zip")).read_bytes()


def test_a_command_that_asks_is_told_that_nobody_answers(work: Path) -> None:
    done = shell("coursepack lrs http://localhost:9/ <&-", work, COURSEPACK_LRS_KEY="")
    assert done.returncode == 2
    assert "No credentials" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("build course", 1),
        ("check a.zip", 1),
        ("check a.zip --out report", 1),
        ("mend a.zip b.zip", 1),
        ("inspect a.zip", 1),
        ("new course", 1),
        ("state AAAA course", 1),
        ("explain", 0),
        ("--help", 0),
        ("nothing", 2),
    ],
)
def test_a_working_folder_that_is_gone_is_no_traceback(tmp_path: Path, command: str, code: int) -> None:
    (tmp_path / "gone").mkdir()
    done = shell(f"cd gone && rmdir ../gone && coursepack {command}", tmp_path)
    assert "Traceback" not in done.stderr
    assert (done.returncode, bool(done.stdout or done.stderr)) == (code, True)
    if command.startswith(("build", "mend")):
        assert complaints(done) == ["the working folder is gone"]


def test_a_package_can_be_checked_from_a_folder_that_is_gone(work: Path, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    done = shell(f"cd gone && rmdir ../gone && coursepack check {work / 'a.zip'}", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_name_that_is_no_text_is_told(work: Path) -> None:
    name = os.fsdecode(b"\xff.zip")
    shutil.copy(work / "a.zip", work / name)
    done = shell(f"coursepack check {name}", work)
    assert (done.returncode, complaints(done)) == (0, [])
    assert done.stdout.startswith("\\udcff.zip: ")
    done = shell(f"coursepack check {name} --json", work)
    assert json.loads(done.stdout)["packages"][0]["path"] == name


def test_letters_that_a_terminal_lacks_are_told_by_number(work: Path) -> None:
    done = shell("coursepack explain course/unused-page --language sv", work, PYTHONIOENCODING="cp1253")
    assert (done.returncode, done.stderr) == (0, "")
    assert "h\\xf6r inte till" in done.stdout


@pytest.mark.parametrize("epoch", ["yesterday", "\u00b2", "9" * 30])
def test_the_time_of_a_build_is_validated(work: Path, epoch: str) -> None:
    for command in ("build course --out timed --target scorm12", "mend a.zip mended.zip"):
        (work / "mended.zip").unlink(missing_ok=True)
        done = shell(f"coursepack {command}", work, SOURCE_DATE_EPOCH=epoch)
        if epoch.startswith("9"):
            assert (done.returncode, complaints(done)) == (0, [])
        else:
            assert (done.returncode, complaints(done)) == (1, [])
            assert f"SOURCE_DATE_EPOCH is not a whole number of seconds: {epoch!r}" in done.stdout


# What is written is never what is read


@pytest.fixture
def checked(work: Path, tmp_path: Path) -> Path:
    """A folder with a package that has several names, and one that is unpacked."""
    shutil.copy(work / "a.zip", tmp_path / "a.zip")
    os.link(tmp_path / "a.zip", tmp_path / "hard.zip")
    (tmp_path / "soft.zip").symlink_to("a.zip")
    subprocess.run(
        [sys.executable, "-m", "zipfile", "-e", tmp_path / "a.zip", tmp_path / "unpacked"], check=True
    )
    shutil.copytree(work / "course", tmp_path / "course")
    (tmp_path / "link").symlink_to("course")
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize(
    "arguments",
    [
        "check a.zip --out a.zip",
        "check a.zip --out ./unpacked/../a.zip",
        "check a.zip --out hard.zip",
        "check a.zip --out soft.zip",
        "check soft.zip --out a.zip",
        "check course a.zip --out a.zip --json",
        "check unpacked --out unpacked/index.html",
        "check unpacked --out unpacked/report.html",
        "check course --out course/course.yaml",
        "check course --out link/report.html",
        "check link --out course/report.html",
        "check unpacked/imsmanifest.xml --out unpacked/imsmanifest.xml",
    ],
)
def test_a_report_never_replaces_what_is_checked(checked: Path, arguments: str) -> None:
    before = contents(checked)
    done = shell(f"coursepack {arguments}", checked)
    assert done.returncode == 2
    assert "Invalid value for --out" in done.stderr
    assert contents(checked) == before


@pytest.mark.parametrize(
    "arguments",
    ["mend a.zip a.zip", "mend a.zip hard.zip", "mend a.zip soft.zip", "mend unpacked unpacked/new.zip", "mend unpacked unpacked",
     "build course --out course", "build course --out link/out", "build link --out course/media", "new course"],
)  # fmt: skip
def test_no_other_command_replaces_what_it_reads(checked: Path, arguments: str) -> None:
    before = contents(checked)
    done = shell(f"coursepack {arguments}", checked)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert contents(checked) == before


def test_a_report_is_written_beside_what_is_checked(checked: Path) -> None:
    expected = shell("coursepack check a.zip", checked).stdout
    before = contents(checked)
    (checked / "old").write_text("old report")
    # The name that unfinished reports used to have.
    (checked / "old.part").symlink_to("a.zip")
    for name in ("new", "old"):
        assert shell(f"coursepack check a.zip --out {name}", checked).returncode == 0
        assert (checked / name).read_text() == expected
    (checked / "old.part").unlink()
    assert contents(checked) == before | {"new": expected.encode(), "old": expected.encode()}


def test_a_report_goes_to_a_device_a_pipe_or_where_a_link_leads(checked: Path) -> None:
    expected = shell("coursepack check a.zip", checked).stdout
    assert shell("coursepack check a.zip --out /dev/stdout", checked).stdout == expected
    os.mkfifo(checked / "pipe")
    assert shell("cat pipe & coursepack check a.zip --out pipe; wait", checked).stdout == expected
    (checked / "kept").symlink_to("report")
    (checked / "report").write_text("older, and longer than the new one" * 99)
    assert shell("coursepack check a.zip --out kept", checked).returncode == 0
    assert ((checked / "kept").is_symlink(), (checked / "report").read_text()) == (True, expected)
    done = shell("coursepack check a.zip --out /dev/full", checked)
    assert (done.returncode, done.stderr) == (1, "/dev/full: cannot be written: No space left on device\n")

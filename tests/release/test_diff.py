"""`coursepack diff` says in words what has changed, and never trusts what is in a package."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from lxml import html as lxml_html
from strategies import COURSE, PAGE, VTT, fence, mp4, write_course

from coursepack import PackageError, build_package, build_packages, diff, read_course
from coursepack.cli import main
from coursepack.release.diff import Changes, sheet
from coursepack.release.diff.report import documents, html, pieces, release_notes, sentence, text
from coursepack.release.handover import Handover

PACKAGES = Path(__file__).resolve().parents[1] / "packages"

OTHER = "          - {id: p1-c1-s2, title: Other page, minutes: 3}\n"
QUESTION = {
    "id": "q-1",
    "question": "What do you do first?",
    "answers": [
        {"id": "a", "text": "Warn the others.", "right": True, "feedback": "So it is."},
        {"id": "b", "text": "Take the lift."},
        {"id": "c", "text": "Fetch your coat."},
    ],
}

Versions = Callable[..., Changes]


def question(**changes: object) -> str:
    return fence("choice", {**QUESTION, **changes})


def answers(*texts: str) -> list[dict[str, object]]:
    return [{"id": "abcdef"[at], "text": words, "right": at == 0} for at, words in enumerate(texts)]


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    """Compares the packages of a course before and after files of it are written."""

    def compare(
        before: Mapping[str, str | bytes], after: Mapping[str, str | bytes], target: str = "scorm12"
    ) -> Changes:
        folder = tmp_path / "course"
        old = build_package(write_course(folder, before), target, tmp_path / "old").path
        shutil.rmtree(folder / "pages")
        new = build_package(write_course(folder, {**before, **after}), target, tmp_path / "new").path
        return diff(old, new)

    return compare


def said(changes: Changes) -> list[tuple[str, str, str]]:
    return [(each.what, each.how, each.id) for each in changes.changes]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["diff", *(str(argument) for argument in arguments)])


def test_a_package_does_not_differ_from_itself(tmp_path: Path) -> None:
    path = build_package(write_course(tmp_path / "course", {PAGE: question()}), out=tmp_path / "out").path
    changes = diff(path, path)
    assert changes.changes == ()
    assert changes.verdict.kind == "safe"


def test_a_new_page_is_told_with_its_place_and_is_no_loss(versions: Versions) -> None:
    changes = versions({}, {"course.yaml": COURSE + OTHER, "pages/p1-c1-s2.md": "Text.\n"})
    (added,) = changes.changes
    assert (added.what, added.how, added.title, added.minutes, added.core) == (
        "page",
        "added",
        "Other page",
        3,
        True,
    )
    assert "New page: Other page [p1-c1-s2] · after Page · 3 min · needed to complete" in " ".join(
        text(changes).split()
    )
    assert text(changes).splitlines()[-1] == "Replace it. Nobody loses anything."
    assert "Whoever is not has 1 more page to open, 3 min." in text(changes)


def test_a_page_that_is_gone_takes_its_mark_with_it(versions: Versions) -> None:
    both = {"course.yaml": COURSE + OTHER, "pages/p1-c1-s2.md": question()}
    changes = versions(both, {"course.yaml": COURSE})
    assert said(changes) == [("page", "removed", "p1-c1-s2"), ("question", "removed", "q-1")]
    assert changes.verdict.loses == {"pages": 1, "answers": 1}
    assert sentence(changes, "sv") == (
        "Byt ut den. Deltagarna behåller klarmarkeringen, övriga öppnade sidor, sin plats och övriga bokmärken men "
        "förlorar 1 öppnad sida (och plats och bokmärke där) och svaret på 1 fråga."
    )


def test_pages_that_change_places_are_one_page_moved(versions: Versions) -> None:
    head, _, first = COURSE.rpartition("          - {")
    both = {"course.yaml": COURSE + OTHER, "pages/p1-c1-s2.md": "Other text.\n"}
    changes = versions(
        both, {"course.yaml": f"{head}{OTHER}          - {{{first}", "pages/p1-c1-s2.md": "Other text.\n"}
    )
    assert [(what, how) for what, how, _ in said(changes)] == [("page", "moved")]
    assert changes.verdict.kind == "safe"


def test_a_page_with_a_new_id_counts_as_one_that_nobody_opened(versions: Versions) -> None:
    changes = versions(
        {PAGE: "The same text.\n"},
        {"course.yaml": COURSE.replace("p1-c1-s1", "p1-c1-s9"), "pages/p1-c1-s9.md": "The same text.\n"},
    )
    assert said(changes) == [("page", "renamed", "p1-c1-s9")]
    assert changes.verdict.loses == {"pages": 1}
    assert "Page with a new id: Page [p1-c1-s9] · was p1-c1-s1" in text(changes)


def test_reworded_texts_are_told_word_by_word(versions: Versions) -> None:
    changes = versions(
        {PAGE: f"It happened to every fourth pupil in some way.\n\nThe same.\n\n{question()}"},
        {
            PAGE: f"It happened to every fifth pupil in some way.\n\nThe same.\n\n{question(question='What first?')}"
        },
    )
    assert said(changes) == [("page", "reworded", "p1-c1-s1"), ("question", "reworded", "q-1")]
    assert "It happened to every [-fourth-] {+fifth+} pupil in some way." in text(changes)
    assert changes.verdict.kind == "safe"


def test_pieces_are_both_texts_in_turn() -> None:
    assert list(pieces("one two three", "one 2 three four")) == [
        ("same", "one"), ("del", "two"), ("ins", "2"), ("same", "three"), ("ins", "four"),
    ]  # fmt: skip


def test_a_text_that_is_quite_another_is_not_compared_word_by_word() -> None:
    assert list(pieces("All of this.", "Nothing is left of it.")) == [
        ("del", "All of this."),
        ("ins", "Nothing is left of it."),
    ]


def test_words_that_repeat_without_end_are_not_compared() -> None:
    """Comparing them would take half a minute, and a package can have thousands of such texts."""
    old, new = " ".join(["a", "b"] * 700), " ".join(["b", "a", "a"] * 450)
    assert list(pieces(old, new)) == [("del", old), ("ins", new)]


def test_answers_are_told_one_by_one(versions: Versions) -> None:
    changes = versions(
        {PAGE: question(answers=answers("Warn.", "Run.", "Wait."))},
        {PAGE: question(answers=answers("Warn.", "Run away.", "Wait.", "Call."))},
    )
    assert said(changes) == [("answer", "reworded", "q-1.b"), ("answer", "added", "q-1.d")]
    assert changes.verdict.kind == "safe"


def test_an_answer_that_is_gone_costs_those_who_chose_it_their_answer(versions: Versions) -> None:
    changes = versions(
        {PAGE: question(answers=answers("Warn.", "Run.", "Wait."))},
        {PAGE: question(answers=answers("Warn.", "Run."))},
    )
    assert changes.verdict.loses == {"answers": 1}


def test_another_right_answer_is_no_loss_but_is_told(versions: Versions) -> None:
    after = answers("Warn.", "Run.")
    after[0]["right"], after[1]["right"] = False, True
    changes = versions({PAGE: question(answers=answers("Warn.", "Run."))}, {PAGE: question(answers=after)})
    assert said(changes) == [("question", "judged", "q-1")]
    assert "1 question is marked in another way than before." in text(changes)


SOUND = {"src": "media/a.m4a", "title": "A sound", "transcript": "media/a.vtt", "duration": "0:10"}


def test_a_file_is_told_by_its_contents(versions: Versions) -> None:
    before = {PAGE: fence("audio", SOUND), "media/a.m4a": mp4(10), "media/a.vtt": VTT}
    same = versions(before, {PAGE: fence("audio", {**SOUND, "title": "Another title"})})
    assert [how for what, how, _ in said(same) if what == "medium"] == []
    changes = versions(before, {PAGE: fence("audio", SOUND), "media/a.m4a": mp4(10.2)})
    assert said(changes) == [("medium", "replaced", "media/a.m4a")]
    assert changes.verdict.kind == "safe"


def test_a_sound_under_another_name_is_renamed_and_begins_anew(versions: Versions) -> None:
    changes = versions(
        {PAGE: fence("audio", SOUND), "media/a.m4a": mp4(10), "media/a.vtt": VTT},
        {PAGE: fence("audio", {**SOUND, "src": "media/b.m4a"}), "media/b.m4a": mp4(10)},
    )
    assert ("medium", "renamed", "media/b.m4a") in said(changes)
    assert changes.verdict.loses == {"positions": 1}


def test_media_of_a_zip_are_not_read(tmp_path: Path) -> None:
    files = {PAGE: fence("audio", SOUND), "media/a.m4a": mp4(10) + bytes(50_000), "media/a.vtt": VTT}
    old = build_package(write_course(tmp_path / "course", files), out=tmp_path / "out").path
    data = bytearray(old.read_bytes())
    at = data.index(mp4(10))
    data[at : at + 1000] = bytes(1000)
    new = tmp_path / "new.zip"
    new.write_bytes(data)
    assert diff(old, new).changes == ()


def test_a_package_and_its_folder_are_the_same(tmp_path: Path) -> None:
    files = {PAGE: fence("audio", SOUND), "media/a.m4a": mp4(10), "media/a.vtt": VTT}
    path = build_package(write_course(tmp_path / "course", files), out=tmp_path / "out").path
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert diff(path, tmp_path / "unpacked").changes == ()
    media = tmp_path / "unpacked/media/a.m4a"
    media.write_bytes(media.read_bytes()[:-1] + b"x")
    assert said(diff(path, tmp_path / "unpacked")) == [("medium", "replaced", "media/a.m4a")]


def test_course_folders_are_compared_as_packages_are(tmp_path: Path) -> None:
    old = write_course(tmp_path / "old", {PAGE: "Some text.\n"})
    new = write_course(tmp_path / "new", {PAGE: "Other text.\n"})
    assert said(diff(old, new)) == [("page", "reworded", "p1-c1-s1")]
    package = build_package(old, "cmi5", tmp_path / "out").path
    changes = diff(package, new)
    assert said(changes) == [("page", "reworded", "p1-c1-s1")]
    assert changes.verdict.kind == "safe"


def test_a_rule_and_what_is_reported_are_told_as_before_and_after(versions: Versions) -> None:
    changes = versions(
        {PAGE: question()},
        {
            PAGE: question(),
            "course.yaml": f"{COURSE}final-check: {{page: p1-c1-s1, mastery: 80}}\nstatus: passed\n",
        },
    )
    opened = "The course is complete when all pages have been opened."
    assert [(each.what, each.id, each.texts) for each in changes.changes] == [
        (
            "rule",
            "completion",
            ((opened, f"{opened} In addition, at least 80 per cent must be right on the page “Page”."),),
        ),
        ("reporting", "status", (("completed", "passed"),)),
    ]
    assert sentence(changes, "en") == (
        "Add it as a new activity, because it asks for a pass, and those who are complete without one would no longer be."
    )


def test_who_has_the_course_is_told_how_nobody_loses_anything(tmp_path: Path) -> None:
    more = "".join(f"          - {{id: p1-c1-s{n}, title: Page {n}, minutes: 1}}\n" for n in range(2, 7))
    pages = {f"pages/p1-c1-s{n}.md": f"Text {n}.\n" for n in range(2, 7)}
    folder = write_course(tmp_path / "course", {"course.yaml": COURSE + more, **pages})
    old = build_packages(folder, ["scorm12", "web"], tmp_path / "old")
    lock = folder / "course.lock"
    head, *lines = lock.read_text("utf-8").splitlines()
    lock.write_text("\n".join([head, *reversed(lines), ""]), "utf-8")
    new = build_packages(folder, ["scorm12", "web"], tmp_path / "new")
    scorm, web = (diff(before.path, after.path) for before, after in zip(old, new, strict=True))
    # The LMS has the status beside the state; on the device both are one record.
    assert (scorm.verdict.kind, dict(scorm.verdict.loses)) == ("loses", {"state": 1})
    assert (web.verdict.kind, web.verdict.reason) == ("new", "unreadable")
    for changes in (scorm, web):
        assert "build it with the course.lock of the old version" in " ".join(text(changes).split())


def test_another_standard_is_another_activity(tmp_path: Path) -> None:
    old, new = (
        each.path
        for each in build_packages(write_course(tmp_path / "course"), ["scorm12", "cmi5"], tmp_path / "out")
    )
    changes = diff(old, new)
    assert sentence(changes, "sv") == (
        "Lägg in den som ny aktivitet, eftersom den är för cmi5 och det gamla paketet för SCORM 1.2."
    )


def test_another_edition_of_scorm_2004_is_the_same_activity(tmp_path: Path) -> None:
    targets = ["scorm2004", "scorm2004-3rd"]
    old, new = (
        each.path for each in build_packages(write_course(tmp_path / "course"), targets, tmp_path / "out")
    )
    changes = diff(old, new)
    assert said(changes) == [("reporting", "changed", "kind")]
    assert changes.verdict.kind == "safe"


def test_units_for_parts_are_another_activity_than_the_whole_course(versions: Versions) -> None:
    part = COURSE[COURSE.index("  - id: p1") :].replace("p1", "p2")
    two = {"course.yaml": COURSE + part, "pages/p2-c1-s1.md": "Second part.\n"}
    changes = versions(
        two, {**two, "course.yaml": f"packages: [{{id: full, separate: true}}]\n{COURSE}{part}"}
    )
    assert (changes.verdict.kind, changes.verdict.reason) == ("new", "identifiers")


def test_a_part_that_is_gone_takes_what_was_done_in_it(versions: Versions) -> None:
    part = COURSE[COURSE.index("  - id: p1") :]
    separate = f"packages: [{{id: full, separate: true}}]\n{COURSE}"
    more = "".join(part.replace("p1", name) for name in ("p2", "p3"))
    pages = {f"pages/{name}-c1-s1.md": f"Text of {name}.\n" for name in ("p2", "p3")}
    fewer = {"course.yaml": separate + part.replace("p1", "p2"), "pages/p2-c1-s1.md": "Text of p2.\n"}
    changes = versions({"course.yaml": separate + more, **pages}, fewer)
    assert changes.verdict.loses == {"parts": 1}


TRANSLATED = {
    "course.yaml": COURSE.replace("language: en\n", "language: en\ntranslations: [sv]\n"),
    PAGE: "Some text.\n",
    "translations/sv/translation.yaml": "title: Minsta kursen\n",
    "translations/sv/pages/p1-c1-s1.md": "En text.\n",
}


def test_translations_are_compared_too(versions: Versions) -> None:
    changes = versions(
        TRANSLATED, {PAGE: "Some text.\n", "translations/sv/pages/p1-c1-s1.md": "Samma text.\n"}
    )
    (change,) = changes.changes
    assert (change.what, change.how, change.id, change.language) == ("page", "reworded", "p1-c1-s1", "sv")
    assert "Page reworded: Page [p1-c1-s1] · Svenska" in text(changes)


def test_what_is_not_translated_is_told_once(versions: Versions) -> None:
    partial = {name: words for name, words in TRANSLATED.items() if not name.endswith(".md") or name == PAGE}
    changes = versions(partial, {PAGE: "Other text.\n"})
    assert said(changes) == [("page", "reworded", "p1-c1-s1")]


def test_a_language_that_is_added_is_told_by_its_name(versions: Versions) -> None:
    changes = versions({}, TRANSLATED)
    assert ("text", "added", "sv") in said(changes)
    assert "New language: Svenska" in text(changes)


def manifest_of(folder: Path) -> str:
    return (folder / "imsmanifest.xml").read_text("utf-8")


@pytest.fixture
def foreign(tmp_path: Path) -> tuple[Path, Path]:
    """A package of another tool, twice."""
    for name in ("old", "new"):
        shutil.copytree(PACKAGES / "scorm12", tmp_path / name)
    return tmp_path / "old", tmp_path / "new"


def test_of_packages_of_others_the_manifest_and_the_files_are_compared(foreign: tuple[Path, Path]) -> None:
    old, new = foreign
    title = re.findall(r"<title>(.*?)</title>", manifest_of(new))[-1]
    (new / "imsmanifest.xml").write_text(
        manifest_of(new).replace(f"<title>{title}<", "<title>Another<"), "utf-8"
    )
    (new / "style.css").write_text("p { color: red }", "utf-8")
    changes = diff(old, new)
    assert not changes.is_ours
    assert {("item", "retitled"), ("medium", "replaced")} <= {(what, how) for what, how, _ in said(changes)}
    assert changes.verdict.kind == "unknown"
    assert "Only its maker knows" in text(changes)


def test_the_same_package_of_others_loses_nobody_anything(foreign: tuple[Path, Path]) -> None:
    assert diff(*foreign).verdict.kind == "safe"


def test_another_identifier_of_others_is_another_activity(foreign: tuple[Path, Path]) -> None:
    old, new = foreign
    changed = re.sub(r'(<item[^>]*identifier=")', r"\1another-", manifest_of(new))
    (new / "imsmanifest.xml").write_text(changed, "utf-8")
    assert (diff(old, new).verdict.kind, diff(old, new).verdict.reason) == ("new", "identifiers")


def test_ours_cannot_continue_what_another_tool_stored(foreign: tuple[Path, Path], tmp_path: Path) -> None:
    ours = build_package(write_course(tmp_path / "course"), out=tmp_path / "out").path
    assert (diff(foreign[0], ours).verdict.kind, diff(foreign[0], ours).verdict.reason) == ("new", "tool")


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    path = build_package(write_course(tmp_path / "course", {PAGE: question()}), out=tmp_path / "out").path
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked"


def with_data(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Changes the data of the player."""
    path = folder / "index.html"
    head, mark, rest = path.read_text("utf-8").partition('id="course-data">')
    data, end, tail = rest.partition("</script>")
    values = json.loads(data)
    change(values)
    path.write_text(f"{head}{mark}{json.dumps(values)}{end}{tail}", "utf-8")


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(pages=None),
        lambda data: data.update(pages=[{"id": "p"}]),
        lambda data: data["pages"][0].update(slot=10**9),
        lambda data: data["pages"][0].update(slot=-1),
        lambda data: data["pages"][0].update(slot=True),
        lambda data: data["pages"][0].update(id="\x1b[2J"),
        lambda data: data.update(completion=[]),
        lambda data: data.update(completion={}),
        lambda data: data.update(check={"page": "p", "hand": {"turn": "x"}}),
        lambda data: data.update(marks=5),
        lambda data: data["questions"][0].update(answers=[[]]),
    ],
)
def test_data_that_ours_never_have_are_those_of_another_tool(
    unpacked: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    shutil.copytree(unpacked, tmp_path / "other")
    with_data(tmp_path / "other", change)
    assert not diff(unpacked, tmp_path / "other").is_ours


@pytest.mark.parametrize("data", ["[" * 100_000, "{", "null", '"\\ud800"', "{}"])
def test_data_that_cannot_be_read_are_those_of_another_tool(unpacked: Path, data: str) -> None:
    path = unpacked / "index.html"
    whole = path.read_text("utf-8")
    path.write_text(
        re.sub(r'(id="course-data">).*?(</script>)', lambda found: found[1] + data + found[2], whole), "utf-8"
    )
    assert not diff(unpacked, unpacked).is_ours


def test_a_document_that_is_nested_without_end_has_no_words(unpacked: Path, tmp_path: Path) -> None:
    shutil.copytree(unpacked, tmp_path / "other")
    path = tmp_path / "other/index.html"
    path.write_text(path.read_text("utf-8").replace("<main", f"{'<div>' * 50_000}<main"), "utf-8")
    assert diff(unpacked, tmp_path / "other").verdict.kind


def test_what_is_in_a_package_has_no_effect_in_a_terminal_or_a_browser(
    unpacked: Path, tmp_path: Path
) -> None:
    shutil.copytree(unpacked, tmp_path / "other")
    path = tmp_path / "other/index.html"
    whole = path.read_text("utf-8")
    evil = "&lt;script>alert(1)&lt;/script> \N{RIGHT-TO-LEFT OVERRIDE}gnp.exe"
    path.write_text(whole.replace("Take the lift.", evil), "utf-8")
    changes = diff(unpacked, tmp_path / "other")
    for shown in (text(changes), html(changes), release_notes(changes)):
        assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in shown
        assert "gnp.exe" in shown
    assert not lxml_html.fromstring(html(changes).encode()).xpath("//script")
    assert "<script" not in release_notes(changes)


def test_a_package_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    path = build_package(write_course(tmp_path / "course"), out=tmp_path / "out").path
    (tmp_path / "broken.zip").write_bytes(path.read_bytes()[:-100])
    with pytest.raises(PackageError) as raised:
        diff(path, tmp_path / "broken.zip")
    assert [problem.rule for problem in raised.value.report] == ["container/damaged"]
    result = run(path, tmp_path / "broken.zip")
    assert result.exit_code == 1
    assert "broken.zip" in result.output


def test_the_command_has_four_formats(versions: Versions, tmp_path: Path) -> None:
    changes = versions({PAGE: "Some text.\n"}, {PAGE: "Other text.\n"})
    old, new = next((tmp_path / "old").glob("*.zip")), next((tmp_path / "new").glob("*.zip"))
    assert run(old, new, "--language", "sv").stdout.splitlines()[-1] == "Byt ut den. Ingen förlorar något."
    values = json.loads(run(old, new, "--format", "json").stdout)
    assert values["verdict"]["sentences"] == {"en": sentence(changes, "en"), "sv": sentence(changes, "sv")}
    assert [(each["what"], each["how"]) for each in values["changes"]] == [("page", "reworded")]
    notes = run(old, new, "--format", "release-notes").stdout
    assert "**Replace it. Nobody loses anything.**" in notes
    assert "~~Some text.~~ **Other text.**" in notes or "~~Some~~ **Other** text." in notes
    document = lxml_html.fromstring(run(old, new, "--format", "html", "--language", "sv").stdout.encode())
    assert (
        document.xpath("string(//div[contains(@class, 'verdict')]//strong)")
        == "Byt ut den. Ingen förlorar något."
    )
    assert document.xpath("//del/@class") == ["del"]


def test_the_documents_of_a_release_are_in_each_language(versions: Versions) -> None:
    found = {
        each.name: each.data for each in documents(versions({PAGE: "Some text.\n"}, {PAGE: "Other text.\n"}))
    }
    assert sorted(found) == [
        "changes.en.html", "changes.en.md", "changes.json", "changes.sv.html", "changes.sv.md",
    ]  # fmt: skip
    assert b'href="changes.sv.html"' in found["changes.en.html"]
    assert b'<html lang="sv"' in found["changes.sv.html"]


def released(folder: Path, version: str, target: str, package: Path) -> Path:
    """A release, as far as it is compared."""
    path = folder / f"least-{version}/packages/least-{version}-{target}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(package, path)
    return path


def test_a_release_tells_what_is_the_same_in_all_packages_once(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "course", {PAGE: "Some text.\n"})
    targets = ["scorm12", "cmi5"]
    old = build_packages(folder, targets, tmp_path / "old")
    for each in old:
        released(tmp_path, "0.9.0", each.target, each.path)
    new = build_packages(write_course(folder, {PAGE: "Other text.\n"}), targets, tmp_path / "new")
    packages = tuple(each._replace(path=released(tmp_path, "1.0.0", each.target, each.path)) for each in new)
    course, report = read_course(folder), new[0].report
    for since in (tmp_path / "least-0.9.0", old[1].path):
        handover = Handover(course, folder, packages, report, datetime.date(2026, 12, 1), None, since)
        assert {each.name for each in sheet.documents(handover)} == {
            "changes.en.html", "changes.en.md", "changes.json", "changes.sv.html", "changes.sv.md",
        }  # fmt: skip
    assert not list(sheet.documents(replace(handover, since=None)))

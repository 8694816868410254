"""An inspection tells what is in a package, whatever its standard, and of a broken one what can be told."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coursepack import build_packages
from coursepack.cli import main
from coursepack.inspection import Facts, Node, inspect, size_words, text
from coursepack.inspection.manifest import MOST_LEVELS, MOST_NODES
from coursepack.inspection.nodes import nodes_of as nodes
from coursepack.inspection.nodes import printable_text
from coursepack.inspection.sizes import file_kind
from coursepack.problems import Message

LEAST = Path(__file__).parent / "packages"
STANDARDS = ("scorm12", "scorm2004", "xapi", "cmi5", "web")

RESOURCES = """
  <resources xml:base="content/">
    <resource identifier="intro" type="webcontent" adlcp:scormtype="sco" href="start.html"><file href="start.html"/></resource>
    <resource identifier="quiz" type="webcontent" adlcp:scormtype="sco" href="quiz%20a.html?mode=test"/>
    <resource identifier="paper" type="webcontent" adlcp:scormtype="asset" href="paper.pdf"/>
    <resource identifier="plain" type="webcontent" href="plain.html"/>
  </resources>"""

SCORM12 = f"""\
<manifest identifier="SAFETY" version="2.1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata>
    <schema>ADL SCORM</schema><schemaversion>1.2</schemaversion>
    <lom xmlns="http://www.imsglobal.org/xsd/imsmd_rootv1p2p1"><general>
      <title><langstring xml:lang="sv">En annan titel</langstring></title><language>sv</language>
      <description><langstring xml:lang="x-none"> </langstring><langstring xml:lang="sv">Lär dig vad du gör
         när det brinner, och hur du ser till att det inte gör det, på en dryg timme.</langstring></description>
    </general></lom>
  </metadata>
  <organizations default="b">
    <organization identifier="a"><title>Short way</title><item identifier="a1" identifierref="paper"><title>Paper</title></item></organization>
    <organization identifier="b"><title>Fire safety</title>
      <item identifier="part"><title>First part</title>
        <item identifier="intro-item" identifierref="intro" parameters="?page=2"><title>Introduction</title></item>
        <item identifier="quiz-item" identifierref="quiz" parameters="?page=2" isvisible="false"><title>Quiz</title>
          <adlcp:prerequisites type="aicc_script">intro-item</adlcp:prerequisites><adlcp:masteryscore>80</adlcp:masteryscore></item>
      </item>
      <item identifier="paper-item" identifierref="paper"><title>To print</title></item>
      <item identifier="plain-item" identifierref="plain"><title/></item>
      <item identifier="lost-item" identifierref="nowhere"><title>Lost</title></item>
    </organization>
  </organizations>{RESOURCES}
</manifest>
"""
FILES = {"content/start.html": "x" * 1500, "content/quiz a.html": "x", "content/paper.pdf": "x" * 2_000_000}

GOLDEN = """\
Fire safety
SCORM 1.2

  Package      course.zip
  Manifest     imsmanifest.xml
  Identifier   SAFETY
  Version      2.1
  Language     sv
  Description  Lär dig vad du gör när det brinner, och hur du ser till att det
               inte gör det, på en dryg timme.
  Status       3 of 5: opened; nothing more is reported to the LMS
               1 of 5: completed when the course reports it
               1 of 5: passed at 80 per cent or more
  Opens        content/paper.pdf
               content/start.html
               content/quiz a.html
  Size         2.0 MB zipped, 2.0 MB unpacked, 4 files

Contents
  ├─ Short way [a]
  │  │  not the default, so most LMSs never open it
  │  └─ Paper [a1]
  │        asset, opens content/paper.pdf
  └─ Fire safety [b]
     ├─ First part [part]
     │  ├─ Introduction [intro-item]
     │  │     SCO, opens content/start.html?page=2
     │  └─ Quiz [quiz-item]
     │        SCO, opens content/quiz a.html?mode=test&page=2, passed at 80 per
     │        cent or more, only after intro-item, hidden
     ├─ To print [paper-item]
     │     asset, opens content/paper.pdf
     ├─ (item without a title) [plain-item]
     │     neither SCO nor asset, opens content/plain.html
     └─ Lost [lost-item]

Bytes by kind
  document         2.0 MB  100%  1 file
  data             2.1 kB   <1%  1 file
  html             1.5 kB   <1%  2 files

Largest files
      2.0 MB  content/paper.pdf
      2.1 kB  imsmanifest.xml
      1.5 kB  content/start.html
      1 byte  content/quiz a.html"""


def write(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def made(folder: Path, files: Mapping[str, str | bytes]) -> Facts:
    return inspect(write(folder / "course.zip", files))


def english(messages: Iterable[Message]) -> tuple[str, ...]:
    return tuple(map(str, messages))


def by_id(facts: Facts) -> dict[str, Node]:
    return {node.identifier: node for node in nodes(facts.tree)}


# The example course


@pytest.fixture(scope="module")
def built(sample: Path) -> dict[str, Path]:
    packages = build_packages(sample, STANDARDS, sample.parent / "inspected")
    return dict(zip(STANDARDS, (package.path for package in packages), strict=True))


TITLE = "Se, förstå, agera"
SHORT = "Grundutbildning"


@pytest.mark.parametrize("standard", STANDARDS)
def test_the_example_course_is_told_in_every_standard(built: dict[str, Path], standard: str) -> None:
    facts = inspect(built[standard])
    # A page has the course's short title in its head.
    title = SHORT if standard == "web" else TITLE
    assert (facts.title, facts.faults, facts.left_out) == (title, (), 0)
    assert facts.languages[0] == "sv"
    assert facts.launch_files == ("index.html",)
    assert facts.name == built[standard].name
    assert len(facts.kinds) == 1
    launched = [node for node in nodes(facts.tree) if node.launch]
    assert [(node.title, node.launch) for node in launched] == [(title, "index.html")]
    assert facts.sizes.packed == built[standard].stat().st_size
    with zipfile.ZipFile(built[standard]) as archive:
        assert facts.sizes.files == len(archive.namelist())
        assert facts.sizes.unpacked == sum(entry.file_size for entry in archive.infolist())
    assert facts.sizes.by_kind[0].kind == "video"
    assert facts.sizes.largest[0].path == "media/samtalet.mp4"


@pytest.mark.parametrize(
    ("standard", "manifest", "status"),
    [
        ("scorm12", "imsmanifest.xml", "completed when the course reports it"),
        ("scorm2004", "imsmanifest.xml", "completed when the course reports it"),
        ("xapi", "tincan.xml", "completed when the course reports it"),
        ("cmi5", "cmi5.xml", "satisfied when completed"),
        ("web", "", "nothing is reported to an LMS"),
    ],
)
def test_the_example_course_says_when_it_is_done(
    built: dict[str, Path], standard: str, manifest: str, status: str
) -> None:
    facts = inspect(built[standard])
    assert (facts.manifest, english(facts.status)) == (manifest, (status,))


# SCORM


def test_the_text_of_a_package_is_golden(tmp_path: Path) -> None:
    assert str(made(tmp_path, {"imsmanifest.xml": SCORM12, **FILES})) == GOLDEN


def test_an_item_of_scorm12_tells_all_that_it_says(tmp_path: Path) -> None:
    quiz = by_id(made(tmp_path, {"imsmanifest.xml": SCORM12, **FILES}))["quiz-item"]
    assert quiz == Node(
        "item",
        title="Quiz",
        identifier="quiz-item",
        launch="content/quiz a.html?mode=test&page=2",
        role="sco",
        mastery="80",
        pass_mark=80,
        prerequisites="intro-item",
        hidden=True,
    )


@pytest.mark.parametrize(
    ("parameters", "launch"),
    [("?a=1", "start.html?a=1"), ("a=1", "start.html?a=1"), ("#top", "start.html#top"), ("", "start.html")],
)
def test_parameters_join_the_address(tmp_path: Path, parameters: str, launch: str) -> None:
    manifest = SCORM12.replace('parameters="?page=2"', f'parameters="{parameters}"')
    assert by_id(made(tmp_path, {"imsmanifest.xml": manifest}))["intro-item"].launch == f"content/{launch}"


@pytest.mark.parametrize(
    ("score", "mark", "words"),
    [
        ("66.5", 66.5, "passed at 66.5 per cent or more"),
        ("0", 0, "passed at 0 per cent or more"),
        ("80%", None, "passed at 80% or more, which no LMS understands"),
        ("1e1", None, "passed at 1e1 or more, which no LMS understands"),
    ],
)
def test_a_mastery_score_is_told_as_written_and_in_per_cent(
    tmp_path: Path, score: str, mark: float | None, words: str
) -> None:
    manifest = SCORM12.replace(">80<", f">{score}<")
    quiz = by_id(made(tmp_path, {"imsmanifest.xml": manifest}))["quiz-item"]
    assert (quiz.mastery, quiz.pass_mark, str(quiz.status)) == (score, mark, words)


def test_without_a_default_that_is_there_the_first_organization_is_opened(tmp_path: Path) -> None:
    facts = made(tmp_path, {"imsmanifest.xml": SCORM12.replace('default="b"', 'default="c"')})
    assert [node.default for node in facts.tree] == [True, False]
    assert facts.title == "Short way"


SEQUENCED = """\
<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
  xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
  <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion><adlcp:location>meta/lom.xml</adlcp:location></metadata>
  <organizations default="o"><organization identifier="o"><title>Course</title>
    <item identifier="cluster"><title>Cluster</title>
      <item identifier="first" identifierref="r"><title>First</title>
        <imsss:sequencing IDRef="common">
          <imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="satisfied"/></imsss:ruleConditions><imsss:ruleAction action="skip"/></imsss:preConditionRule></imsss:sequencingRules>
          <imsss:limitConditions attemptLimit="2"/>
        </imsss:sequencing>
        <adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.75"/>
        <adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>continue</adlnav:hideLMSUI></adlnav:navigationInterface></adlnav:presentation>
      </item>
      <item identifier="second" identifierref="r"><title>Second</title>
        <imsss:sequencing>
          <imsss:rollupRules rollupObjectiveSatisfied="false" rollupProgressCompletion="false"/>
          <imsss:objectives><imsss:primaryObjective objectiveID="p" satisfiedByMeasure="true"/></imsss:objectives>
          <imsss:deliveryControls tracked="false"/>
        </imsss:sequencing>
        <adlcp:completionThreshold>0.5</adlcp:completionThreshold></item>
      <imsss:sequencing><imsss:controlMode choice="false" flow="true" forwardOnly="true"/></imsss:sequencing>
    </item>
    <item identifier="closed"><title>Closed</title><item identifier="third" identifierref="r"><title>Third</title>
        <imsss:sequencing><imsss:objectives><imsss:primaryObjective objectiveID="p"><imsss:minNormalizedMeasure>0.9</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives></imsss:sequencing></item>
      <imsss:sequencing><imsss:controlMode choice="false"/></imsss:sequencing></item>
  </organization></organizations>
  <resources><resource identifier="r" type="webcontent" adlcp:scormType="sco" href="index.html"/></resources>
  <imsss:sequencingCollection><imsss:sequencing ID="common"><imsss:objectives><imsss:primaryObjective objectiveID="p" satisfiedByMeasure="true"><imsss:minNormalizedMeasure>0.8</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives></imsss:sequencing></imsss:sequencingCollection>
</manifest>
"""
LOM = """\
<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><title><string language="en">Other</string></title>
<description><string language="en">What it is about.</string></description></general>
<lifeCycle><version><string language="en-GB">3.2</string></version></lifeCycle></lom>"""


def test_sequencing_is_told_in_words(tmp_path: Path) -> None:
    found = by_id(made(tmp_path, {"imsmanifest.xml": SEQUENCED}))
    assert {name: english(node.sequencing) for name, node in found.items()} == {
        "o": ("free choice",),
        "cluster": ("continue, never previous",),
        "first": ("completed at 75 per cent of progress or more", "rules: skip", "attempts: at most 2", "the LMS hides continue"),
        "second": ("completed at 50 per cent of progress or more", "does not count", "not tracked"),
        "closed": ("neither choice nor flow",),
        "third": (),
    }  # fmt: skip


def test_the_mastery_of_scorm2004_is_its_measure(tmp_path: Path) -> None:
    facts = made(tmp_path, {"imsmanifest.xml": SEQUENCED})
    found = by_id(facts)
    assert [(found[name].mastery, found[name].pass_mark) for name in ("first", "second", "third")] == [
        ("0.8", 80),
        # SN 3.10: 1.0 when the objective is satisfied by a measure and names none.
        ("", 100),
        # The measure decides nothing where the objective is not satisfied by it.
        ("", None),
    ]
    assert sorted(english(facts.status)) == [
        "1 of 3: completed when the course reports it",
        "1 of 3: passed at 100 per cent or more",
        "1 of 3: passed at 80 per cent or more",
    ]


def test_metadata_in_a_file_of_their_own_are_read(tmp_path: Path) -> None:
    facts = made(tmp_path, {"imsmanifest.xml": SEQUENCED, "meta/lom.xml": LOM})
    assert (facts.title, facts.description, facts.version) == ("Course", "What it is about.", "3.2")
    assert facts.languages == ("en", "en-GB")


@pytest.mark.parametrize("lom", ["<lom>", "<html/>", "", '<!DOCTYPE lom [<!ENTITY a "b">]><lom>&a;</lom>'])
def test_metadata_that_cannot_be_read_are_left_out(tmp_path: Path, lom: str) -> None:
    facts = made(tmp_path, {"imsmanifest.xml": SEQUENCED, "meta/lom.xml": lom})
    assert (facts.title, facts.description, facts.version, facts.languages) == ("Course", "", "", ())


def test_names_without_a_namespace_are_understood(tmp_path: Path) -> None:
    manifest = (
        '<manifest identifier="m"><organizations><organization identifier="o"><title>T</title>'
        '<item identifier="i" identifierref="r"><title>I</title></item></organization></organizations>'
        '<resources><resource identifier="r" scormType="sco" href="a.html"/></resources></manifest>'
    )
    facts = made(tmp_path, {"imsmanifest.xml": manifest})
    assert (facts.title, by_id(facts)["i"].role, by_id(facts)["i"].launch) == ("T", "sco", "a.html")


# xAPI and cmi5

TINCAN = """\
<tincan xmlns="http://projecttincan.com/tincan.xsd"><activities>
  <activity id="https://x.test/page" type="http://adlnet.gov/expapi/activities/module"><name>Page</name></activity>
  <activity id="https://x.test/course" type="https://x.test/own-type"><name lang="fr-FR">Cours</name>
    <description lang="fr-FR">Un cours.</description><launch lang="en">start/index.html?x=1</launch></activity>
</activities></tincan>
"""

CMI5 = """\
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
  <course id="https://x.test/course"><title><langstring lang="de">Kurs</langstring><langstring lang="en">Course</langstring></title>
    <description><langstring lang="de">Worum es geht.</langstring></description></course>
  <block id="https://x.test/block"><title><langstring lang="de">Block</langstring></title>
    <au id="https://x.test/a" moveOn="CompletedAndPassed" masteryScore="0.8" launchMethod="OwnWindow"><title><langstring lang="de">A</langstring></title><url>a/index.html?x=1</url></au>
    <au id="https://x.test/b" moveOn="Completed" masteryScore="0.8"><title><langstring lang="de">B</langstring></title><url>b.html</url></au>
  </block>
  <au id="https://x.test/c"><title><langstring lang="de">C</langstring></title><url>https://x.test/c</url></au>
  <au id="https://x.test/d" moveOn="passed"><title><langstring lang="de">D</langstring></title></au>
</courseStructure>
"""


def test_an_xapi_package_is_named_after_what_it_launches(tmp_path: Path) -> None:
    facts = made(tmp_path, {"tincan.xml": TINCAN})
    assert (facts.title, facts.identifier, facts.description) == (
        "Cours",
        "https://x.test/course",
        "Un cours.",
    )
    assert facts.languages == ("fr-FR", "en")
    assert [(node.title, english(node.words)) for node in facts.tree] == [
        ("Page", ("module",)),
        ("Cours", ("https://x.test/own-type", "opens start/index.html?x=1")),
    ]
    assert english(facts.status) == ("completed when the course reports it",)


def test_the_tree_of_cmi5_is_the_course(tmp_path: Path) -> None:
    facts = made(tmp_path, {"cmi5.xml": CMI5})
    assert (facts.title, facts.identifier, facts.description) == (
        "Kurs",
        "https://x.test/course",
        "Worum es geht.",
    )
    assert facts.languages == ("de", "en")
    assert [(node.kind, node.title) for node in nodes(facts.tree)] == [
        ("course", "Kurs"),
        ("block", "Block"),
        ("au", "A"),
        ("au", "B"),
        ("au", "C"),
        ("au", "D"),
    ]
    found = by_id(facts)
    assert english(found["https://x.test/a"].words) == (
        "opens a/index.html?x=1",
        "satisfied when completed and passed, at 80 per cent or more",
        "in its own window",
    )
    # A mastery score counts only where somebody must pass.
    assert str(found["https://x.test/b"].status) == "satisfied when completed"
    # cmi5 13.1.4: NotApplicable is the default.
    assert str(found["https://x.test/c"].status) == "satisfied without being opened"
    assert str(found["https://x.test/d"].status) == "moveOn is passed, which cmi5 does not know"
    assert len(facts.status) == 4


def test_a_package_with_two_manifests_has_the_trees_of_both(tmp_path: Path) -> None:
    facts = made(tmp_path, {"imsmanifest.xml": SCORM12, "tincan.xml": TINCAN, "cmi5.xml": CMI5})
    assert (facts.title, facts.manifest) == ("Fire safety", "imsmanifest.xml")
    assert [node.kind for node in facts.tree] == [
        "organization", "organization", "course", "activity", "activity"
    ]  # fmt: skip
    facts = made(tmp_path, {"cmi5.xml": CMI5, "tincan.xml": TINCAN})
    assert (facts.title, facts.manifest) == ("Kurs", "cmi5.xml")
    facts = made(tmp_path, {"imsmanifest.xml": items(1990), "tincan.xml": TINCAN, "cmi5.xml": CMI5})
    # 1,991 nodes, six of cmi5, two of xAPI: one more fits.
    assert (sum(1 for _ in nodes(facts.tree)), facts.left_out) == (1999, 0)
    facts = made(tmp_path, {"imsmanifest.xml": items(1994), "tincan.xml": TINCAN, "cmi5.xml": CMI5})
    assert (sum(1 for _ in nodes(facts.tree)), facts.left_out) == (2000, 3)


def test_another_root_than_a_course_has_no_tree(tmp_path: Path) -> None:
    assert made(tmp_path, {"cmi5.xml": "<html><au id='a'><url>a</url></au></html>"}).tree == ()


# Pages


def test_the_language_of_the_start_page_stands_in_where_the_manifest_has_none(tmp_path: Path) -> None:
    page = '<!doctype html>\n<html dir="ltr" lang = sv-SE><title>T</title>'
    assert made(tmp_path, {"imsmanifest.xml": SEQUENCED, "index.html": page}).languages == ("sv-SE",)


def test_a_folder_that_is_no_package_is_told_by_its_start_page(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    page = "<html lang=en><title>Fish &amp; chips</title><meta name=\"description\" content='All of it'>"
    (tmp_path / "site/index.html").write_text(page)
    facts = inspect(tmp_path / "site")
    assert (facts.title, facts.description, facts.languages) == ("Fish & chips", "All of it", ("en",))
    assert (facts.tree, facts.status, facts.sizes.packed) == ((), (), None)


# Bounds and faults


def items(count: int, depth: int = 1) -> str:
    item = '<item identifier="i" identifierref="r"><title>T</title>'
    inner = item * depth + "</item>" * depth
    return (
        SEQUENCED[: SEQUENCED.index("<item ")] + inner * count + "</organization></organizations></manifest>"
    )


def test_a_large_tree_is_cut_and_says_so(tmp_path: Path) -> None:
    facts = made(tmp_path, {"imsmanifest.xml": items(20_000)})
    assert sum(1 for _ in nodes(facts.tree)) == MOST_NODES
    assert facts.left_out == 20_001 - MOST_NODES
    assert "\n  and 18,001 more\n" in str(facts)


def test_a_deep_tree_is_cut_and_keeps_within_the_width(tmp_path: Path) -> None:
    facts = made(tmp_path, {"imsmanifest.xml": items(2, 200)})
    # The organization is a level too.
    assert sum(1 for _ in nodes(facts.tree)) == 1 + 2 * (MOST_LEVELS - 1)
    assert facts.left_out == 1 + 400 - (1 + 2 * (MOST_LEVELS - 1))
    assert max(map(len, str(facts).splitlines())) <= 80


def test_a_manifest_of_ten_thousand_files_is_quick(tmp_path: Path) -> None:
    names = [f"media/{number}.png" for number in range(10_000)]
    listed = "".join(f'<file href="{name}"/>' for name in names)
    manifest = SEQUENCED.replace('href="index.html"/>', f'href="index.html">{listed}</resource>')
    path = write(tmp_path / "course.zip", {"imsmanifest.xml": manifest, **dict.fromkeys(names, "x")})
    started = time.process_time()
    facts = inspect(path)
    assert time.process_time() - started < 2
    assert facts.sizes.files == 10_001
    assert len(facts.sizes.largest) == 10


def test_texts_are_short_and_cannot_steer_a_terminal(tmp_path: Path) -> None:
    manifest = SEQUENCED.replace(">Course<", f">{'long ' * 100}<").replace(">First<", ">a\u202eb\x9b2J<")
    name = "media/\x1b[31mred.png"
    facts = made(tmp_path, {"imsmanifest.xml": manifest, name: "x" * 10_000})
    assert facts.title == ("long " * 100)[:197] + "..."
    assert by_id(facts)["first"].title == r"a\u202eb\x9b2J"
    assert facts.sizes.largest[0].path == r"media/\x1b[31mred.png"
    assert all(sign.isprintable() or sign == "\n" for sign in str(facts))


def test_a_text_is_cut_after_its_signs_are_escaped() -> None:
    assert printable_text(" \n a \t b ") == "a b"
    assert len(printable_text("\x00" * 150)) == 200
    assert printable_text("x" * 200) == "x" * 200
    assert printable_text("x" * 201) == "x" * 197 + "..."


def test_a_broken_manifest_is_a_fault_and_the_sizes_are_told(tmp_path: Path) -> None:
    facts = made(tmp_path, {"imsmanifest.xml": "<manifest>\n<organizations>", "a.mp3": "x" * 100})
    assert len(facts.faults) == 1
    assert str(facts.faults[0]).startswith("imsmanifest.xml:2: It is not well-formed XML")
    assert (facts.title, facts.tree) == ("", ())
    assert [share.kind for share in facts.sizes.by_kind] == ["audio", "data"]
    assert str(facts).startswith("course.zip\n")
    assert "\n  Fault        imsmanifest.xml:2: It is not well-formed" in str(facts)


def test_a_package_whose_files_are_all_empty_is_told(tmp_path: Path) -> None:
    facts = made(tmp_path, {"index.html": "", "a.js": ""})
    assert facts.sizes.unpacked == 0
    assert "  script          0 bytes    0%  1 file" in str(facts).splitlines()


def test_what_is_no_zip_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "course.zip"
    path.write_bytes(b"nothing")
    facts = inspect(path)
    assert english(facts.faults) == ("It is neither a zip nor a folder.",)
    assert facts.sizes.files == 0
    assert str(facts).splitlines()[:2] == ["course.zip", "not a known kind of package"]


def test_a_path_that_leads_nowhere_is_a_fault(tmp_path: Path) -> None:
    assert english(inspect(tmp_path / "gone.zip").faults) == (
        "It cannot be opened: No such file or directory.",
    )


# Texts and JSON


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (9_949, "9.9 kB"),
        (9_950, "10 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (34_000_000, "34 MB"),
        (2_500_000_000, "2.5 GB"),
        (9_999_000_000_000_000, "9,999 TB"),
    ],
)
def test_sizes_are_told_for_people(size: int, words: str) -> None:
    assert size_words(size) == words


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a/index.HTM", "html"),
        ("a.b/noending", "other"),
        ("x.mp4", "video"),
        (".htaccess", "other"),
        ("x.woff2", "font"),
        ("x.tar.gz", "other"),
        ("film.vtt", "data"),
    ],
)
def test_a_file_has_the_kind_of_its_ending(path: str, kind: str) -> None:
    assert file_kind(path) == kind


@pytest.mark.parametrize("width", [1, 40, 60, 80, 200])
def test_lines_keep_to_the_width_but_for_names(tmp_path: Path, width: int) -> None:
    facts = made(tmp_path, {"imsmanifest.xml": SCORM12, **FILES})
    shown = text(facts, width)
    assert all(len(line) <= max(width, 40) for line in shown.splitlines())
    long = "very-long-" * 12
    facts = made(tmp_path, {"imsmanifest.xml": SCORM12.replace('"SAFETY"', f'"{long}"'), **FILES})
    assert f"  Identifier   {long}\n" in text(facts, width)


def test_the_facts_are_plain_values_for_json(tmp_path: Path) -> None:
    facts = made(tmp_path, {"cmi5.xml": CMI5})
    plain = facts.as_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert list(plain) == [
        *("name", "title", "kinds", "maker", "manifest", "identifier", "version", "languages", "description"),
        *("status", "reports", "tree", "left_out", "launch_files", "sizes", "faults"),
    ]
    assert list(plain["sizes"]) == ["packed", "unpacked", "files", "by_kind", "largest"]
    assert plain["sizes"]["by_kind"] == [{"kind": "data", "files": 1, "size": len(CMI5.encode())}]
    assert plain["sizes"]["largest"] == [{"path": "cmi5.xml", "size": len(CMI5.encode())}]
    assert plain["tree"][0]["children"][0]["children"][0] == {
        "kind": "au",
        "title": "A",
        "identifier": "https://x.test/a",
        "type": "",
        "launch": "a/index.html?x=1",
        "role": "",
        "mastery": "0.8",
        "pass_mark": 80.0,
        "prerequisites": "",
        "hidden": False,
        "default": False,
        "sequencing": [],
        "move_on": "CompletedAndPassed",
        "launch_method": "OwnWindow",
        "children": [],
    }


def test_the_documentation_tells_every_key() -> None:
    page = (Path(__file__).parents[1] / "docs/inspect.md").read_text("utf-8")
    keys = {
        *Facts.__dataclass_fields__,
        *Node.__dataclass_fields__,
        "packed",
        "unpacked",
        "by_kind",
        "largest",
    }
    assert {key for key in keys if f"`{key}`" not in page} == set()


# Anything at all

PIECES = st.sampled_from(
    [b"<", b">", b'"', b"&", b"\0", b"\x1b", b"\xff\xfe", b"<item", b"<lom>", b"</item>", b"80", b"%2e%2e/", b"../",
     b'xml:base="/"', b"&#55296;", b"<!DOCTYPE a>", b'xmlns=""', "\u202e".encode()]
)  # fmt: skip
# What zipfile can write; names with a NUL come from changed zips.
NAME_SIGNS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
WHOLE = {
    "imsmanifest.xml": [SCORM12.encode(), SEQUENCED.encode()],
    "tincan.xml": [TINCAN.encode()],
    "cmi5.xml": [CMI5.encode()],
}


@st.composite
def changed(draw: st.DrawFn, data: bytes) -> bytes:
    """Some bytes with pieces cut out, repeated, or put in."""
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 200)))
        new = draw(PIECES | st.binary(max_size=4) | st.just(data[start:end] * 2))
        data = data[:start] + new + data[end:]
    return data


@st.composite
def packages(draw: st.DrawFn) -> tuple[str, bytes]:
    name = draw(st.sampled_from(sorted(WHOLE)))
    return name, draw(changed(draw(st.sampled_from(WHOLE[name]))))


def assert_told(path: Path) -> None:
    facts = inspect(path)
    shown = text(facts, 60)
    assert all(sign.isprintable() or sign == "\n" for sign in shown)
    assert len(shown) < 2000 * 1000
    assert sum(1 for _ in nodes(facts.tree)) <= MOST_NODES
    json.dumps(facts.as_dict())


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(packages(), st.text(NAME_SIGNS, min_size=1, max_size=20))
def test_a_changed_manifest_is_told(tmp_path: Path, package: tuple[str, bytes], other: str) -> None:
    name, data = package
    assert_told(write(tmp_path / "course.zip", {name: data, "meta/lom.xml": LOM, other: "x"}))


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_zip_is_told(tmp_path: Path, data: st.DataObject) -> None:
    path = write(tmp_path / "course.zip", {"imsmanifest.xml": SCORM12, **FILES, "content/paper.pdf": "x"})
    path.write_bytes(data.draw(changed(path.read_bytes())))
    assert_told(path)


AICC = {
    "course.crs": "[course]\r\ncourse_id = X1\r\nCourse_Title=Fire = hot\r\n[Course_Description]\r\nCourse_Title=No\r\n",
    "course.au": "System_ID,Mastery_Score,File_Name\r\nA1,80,one.html\r\nA2,,https://example.org/two\r\nA3,many,\r\n",
    "course.des": '"system_id","title"\r\n"a1","One"\r\n"A2","Two, ""the second"""\r\n',
    "course.cst": "block,member\r\nroot,B1\r\nB1,A2,A1\r\n",
    "one.html": "<p>One</p>",
}


def test_units_of_aicc_are_shown_in_the_order_of_the_structure(tmp_path: Path) -> None:
    facts = made(tmp_path, AICC)
    assert (facts.title, facts.identifier, facts.kinds) == ("Fire = hot", "X1", ("AICC",))
    assert facts.launch_files == ("one.html",)
    assert [(node.kind, node.identifier, node.title, node.launch, node.pass_mark) for node in facts.tree] == [
        ("unit", "A2", 'Two, "the second"', "https://example.org/two", None),
        ("unit", "A1", "One", "one.html", 80),
        ("unit", "A3", "", "", None),
    ]
    assert english(facts.status) == (
        "1 of 2: completed when the course reports it",
        "1 of 2: passed at 80 per cent or more",
    )


@pytest.mark.parametrize("ending", ["pre", "PRE"])
def test_units_of_aicc_tell_what_must_be_done_before_them_and_their_blocks(
    ending: str, tmp_path: Path
) -> None:
    # CMI001: the prerequisites file names a unit or a block, and what must be done before it.
    table = '"structure_element","prerequisite"\r\n"a1","A2"\r\n"B1","A3|A2"\r\n"A3",""\r\n'
    facts = made(tmp_path, {**AICC, f"course.{ending}": table})
    assert {node.identifier: node.prerequisites for node in facts.tree} == {
        "A1": "A2 & A3|A2",
        "A2": "A3|A2",
        "A3": "",
    }
    assert "only after A2 & A3|A2" in text(facts)


def test_blocks_of_aicc_that_hold_each_other_end(tmp_path: Path) -> None:
    facts = made(tmp_path, {**AICC, "course.cst": "block,member\r\nB1,B2,A1\r\nB2,B1\r\n"})
    assert [node.prerequisites for node in facts.tree] == ["", "", ""]


# In a folder


def test_what_lies_in_a_folder_is_shown_as_at_the_top(tmp_path: Path) -> None:
    files = {"imsmanifest.xml": SCORM12, **FILES, "content/paper.pdf": "x"}
    top = made(tmp_path, files)
    inner = made(
        tmp_path, {f"course v1/a/{name}": data for name, data in files.items()} | {"readme.txt": "x"}
    )
    assert inner.kinds == ("SCORM 1.2 in a folder",)
    assert inner.manifest == "course v1/a/imsmanifest.xml"
    assert inner.launch_files == tuple(f"course v1/a/{name}" for name in top.launch_files)
    assert (inner.title, inner.tree, inner.status, inner.languages) == (
        *(top.title, top.tree, top.status, top.languages),
    )
    assert inner.sizes.files == top.sizes.files + 1
    assert inner.faults == ()


def test_aicc_in_a_folder_is_shown_as_at_the_top(tmp_path: Path) -> None:
    top, inner = made(tmp_path, AICC), made(tmp_path, {f"course/{name}": text for name, text in AICC.items()})
    assert (inner.kinds, inner.title, inner.tree) == (("AICC in a folder",), top.title, top.tree)
    assert inner.launch_files == ("course/one.html",)


def test_a_broken_manifest_in_a_folder_is_told_with_its_place(tmp_path: Path) -> None:
    facts = made(
        tmp_path, {"course/imsmanifest.xml": "<manifest><schemaversion>1.2</schemaversion>\n<a></b>"}
    )
    assert facts.kinds == ("SCORM 1.2 in a folder",)
    assert [str(fault).partition(": ")[0] for fault in facts.faults] == ["course/imsmanifest.xml:2"]


def test_a_package_beside_a_site_is_not_taken_for_it(tmp_path: Path) -> None:
    facts = made(tmp_path, {"h5p.json": "{}", "old/imsmanifest.xml": SCORM12, **FILES})
    assert (facts.kinds, facts.manifest, facts.tree) == (("H5P",), "", ())


# What the scripts can report


@pytest.mark.parametrize(
    ("name", "manifest", "script", "words"),
    [
        (
            "imsmanifest.xml",
            "<manifest><metadata><schemaversion>1.2</schemaversion></metadata></manifest>",
            'set("cmi.core.lesson_status", s); set("cmi.core.score.raw", n); get("cmi.suspend_data")',
            ("status", "score", "suspend data"),
        ),
        (
            "imsmanifest.xml",
            "<manifest><metadata><schemaversion>2004 4th Edition</schemaversion></metadata></manifest>",
            'set("cmi.completion_status", s); set("cmi.success_status", s); set("cmi.score.scaled", n);'
            'set("cmi.location", p); set("cmi.session_time", t); set("cmi.interactions.0.id", q)',
            ("completion", "success", "score", "answers", "time", "bookmark"),
        ),
        (
            "tincan.xml",
            TINCAN,
            'send("http://adlnet.gov/expapi/verbs/completed", {score: {scaled: 1}})',
            ("completion", "score"),
        ),
        ("tincan.xml", TINCAN, "nothing", ()),
        # Words of another standard say nothing of what this one's LMS is told.
        ("cmi5.xml", CMI5, 'set("cmi.core.lesson_status", s)', ()),
    ],
)
def test_what_the_scripts_can_report_is_told_by_their_words(
    name: str, manifest: str, script: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    facts = made(tmp_path, {name: manifest, "lib/api.js": script, "notes.txt": "lesson_status session_time"})
    assert english(facts.reports) == words
    assert (f"Reports      {', '.join(words)}" in text(facts, 100)) == bool(words)


def test_what_the_scripts_of_aicc_can_report_may_stand_in_a_page(tmp_path: Path) -> None:
    page = "<script>const data = '[Core]\\r\\nlesson_status=c\\r\\nscore=80'</script>"
    assert english(made(tmp_path, {**AICC, "one.html": page}).reports) == ("status", "score")


@pytest.mark.parametrize("said", ["auto", "none", "x-none", "und", "English", "default", ""])
def test_what_is_no_language_is_not_shown_as_one(said: str, tmp_path: Path) -> None:
    page = f'<!doctype html><html lang="{said}"><title>A</title></html>'
    manifest = '<manifest identifier="a"><metadata><schemaversion>1.2</schemaversion></metadata></manifest>'
    made_of = {"imsmanifest.xml": manifest.replace("<metadata>", f'<metadata xml:lang="{said}">')}
    assert made(tmp_path, {**made_of, "index.html": page}).languages == ()


def test_of_a_long_path_the_ending_is_seen(tmp_path: Path) -> None:
    long = f"content/{'very-' * 60}long.html"
    facts = made(tmp_path, {"imsmanifest.xml": SCORM12, long: "x" * 5000})
    (file,) = (file for file in facts.sizes.largest if file.size == 5000)
    assert len(file.path) == 200
    assert file.path.startswith("content/very-")
    assert "..." in file.path
    assert file.path.endswith("-very-long.html")


# In Swedish

GOLDEN_SV = """\
Fire safety
SCORM 1.2

  Paket        course.zip
  Manifest     imsmanifest.xml
  Id           SAFETY
  Version      2.1
  Språk        sv
  Beskrivning  Lär dig vad du gör när det brinner, och hur du ser till att det
               inte gör det, på en dryg timme.
  Status       3 av 5: öppnad; inget mer rapporteras till lärplattformen
               1 av 5: slutförd när kursen själv säger det
               1 av 5: godkänd från 80 procent
  Öppnar       content/paper.pdf
               content/start.html
               content/quiz a.html
  Storlek      2,0 MB zippat, 2,0 MB uppackat, 4 filer

Innehåll
  ├─ Short way [a]
  │  │  inte standard, så de flesta lärplattformar öppnar den aldrig
  │  └─ Paper [a1]
  │        asset, öppnar content/paper.pdf
  └─ Fire safety [b]
     ├─ First part [part]
     │  ├─ Introduction [intro-item]
     │  │     SCO, öppnar content/start.html?page=2
     │  └─ Quiz [quiz-item]
     │        SCO, öppnar content/quiz a.html?mode=test&page=2, godkänd från 80
     │        procent, först efter intro-item, dold
     ├─ To print [paper-item]
     │     asset, öppnar content/paper.pdf
     ├─ (punkt utan titel) [plain-item]
     │     varken SCO eller asset, öppnar content/plain.html
     └─ Lost [lost-item]

Storlek per slag
  dokument         2,0 MB 100 %  1 fil
  data             2,1 kB  <1 %  1 fil
  sidor            1,5 kB  <1 %  2 filer

Största filerna
      2,0 MB  content/paper.pdf
      2,1 kB  imsmanifest.xml
      1,5 kB  content/start.html
      1 byte  content/quiz a.html"""


def in_swedish(folder: Path, files: Mapping[str, str | bytes]) -> list[str]:
    return text(made(folder, files), 80, "sv").splitlines()


def test_the_text_of_a_package_is_golden_in_swedish(tmp_path: Path) -> None:
    assert in_swedish(tmp_path, {"imsmanifest.xml": SCORM12, **FILES}) == GOLDEN_SV.splitlines()


@pytest.mark.parametrize(
    ("files", "lines"),
    [
        pytest.param(
            {"imsmanifest.xml": SEQUENCED},
            """
SCORM 2004 4th Edition
  Status       1 av 3: godkänd från 80 procent
               1 av 3: godkänd från 100 procent
               1 av 3: slutförd när kursen själv säger det
  Storlek      2,8 kB zippat, 2,6 kB uppackat, 1 fil
  └─ Course [o]
     │  fritt val
     ├─ Cluster [cluster]
     │  │  fortsätt, aldrig tillbaka
     │  ├─ First [first]
     │  │     SCO, öppnar index.html, godkänd från 80 procent, slutförd från 75
     │  │     procents framsteg, regler: skip, försök: högst 2, lärplattformen
     │  │     döljer continue
     │  └─ Second [second]
     │        SCO, öppnar index.html, godkänd från 100 procent, slutförd från 50
     │        procents framsteg, räknas inte, följs inte upp
     └─ Closed [closed]
        │  varken val eller flöde""",
            id="scorm2004",
        ),
        pytest.param(
            {"imsmanifest.xml": SEQUENCED.replace(' forwardOnly="true"', "").replace('choice="false" flow', "flow")},
            "     │  │  fritt val, fortsätt och tillbaka",
            id="flow",
        ),
        pytest.param(
            {"imsmanifest.xml": SCORM12.replace(">80<", ">66.5<")},
            "               1 av 5: godkänd från 66,5 procent",
            id="mastery",
        ),
        pytest.param(
            {"imsmanifest.xml": SCORM12.replace(">80<", ">80%<")},
            "               1 av 5: godkänd från 80%, vilket ingen lärplattform förstår",
            id="wrong-mastery",
        ),
        pytest.param(
            {"tincan.xml": TINCAN.replace("<name>Page</name>", "")},
            """
  Status       slutförd när kursen själv säger det
  ├─ (aktivitet utan titel) [https://x.test/page]
  │     module
        https://x.test/own-type, öppnar start/index.html?x=1""",
            id="xapi",
        ),
        pytest.param(
            {"cmi5.xml": CMI5},
            """
  Status       1 av 4: uppfylld när den är slutförd och godkänd, från 80 procent
               1 av 4: uppfylld när den är slutförd
               1 av 4: uppfylld utan att öppnas
               1 av 4: moveOn är passed, vilket cmi5 inte känner till
     │  │     från 80 procent, i ett eget fönster
  Storlek      1,1 kB zippat, 970 byte uppackat, 1 fil""",
            id="cmi5",
        ),
        pytest.param(
            {"cmi5.xml": CMI5.replace("CompletedAndPassed", "Passed").replace('moveOn="passed"', 'moveOn="CompletedOrPassed"')},
            """
  Status       1 av 4: uppfylld när den är godkänd, från 80 procent
               1 av 4: uppfylld när den är slutförd eller godkänd""",
            id="cmi5-passed",
        ),
        pytest.param(
            AICC,
            """
AICC
  Status       1 av 2: slutförd när kursen själv säger det
               1 av 2: godkänd från 80 procent
  ├─ Two, "the second" [A2]
  │     öppnar https://example.org/two
  └─ (AU utan titel) [A3]
        godkänd från many, vilket ingen lärplattform förstår""",
            id="aicc",
        ),
        pytest.param(
            {"index.html": '<html><head><meta name="generator" content="coursepack web"><title>T</title>'},
            """
webbutgåva, gjort med coursepack
  Status       inget rapporteras till någon lärplattform
        öppnar index.html""",
            id="web",
        ),
        pytest.param(
            {"course/imsmanifest.xml": SCORM12, "course/a.js": ""},
            """
SCORM 1.2 i en mapp
  skript           0 byte  <1 %  1 fil""",
            id="in-a-folder",
        ),
        pytest.param(
            {"imsmanifest.xml": "<manifest>\n<organizations>", "a.mp3": "x" * 100},
            """
inget känt slag av paket
  Fel          imsmanifest.xml:2: Det är inte välformad XML: filen tar slut
  ljud           100 byte  79 %  1 fil""",
            id="broken",
        ),
        pytest.param(
            {"a.txt": "x"}, "inget känt slag av paket\n  Fel          Det finns inget manifest.", id="no-package"
        ),
        pytest.param(
            {"imsmanifest.xml": items(MOST_NODES + 1), **{f"{n}.html": "" for n in range(5)}},
            "  och 2 till",
            id="large",
        ),
    ],
)  # fmt: skip
def test_a_package_is_described_in_swedish(
    files: Mapping[str, str | bytes], lines: str, tmp_path: Path
) -> None:
    shown = in_swedish(tmp_path, files)
    assert [line for line in lines.strip("\n").splitlines() if line not in shown] == []


def test_a_course_with_two_manifests_lists_its_kinds_in_swedish(tmp_path: Path) -> None:
    shown = in_swedish(tmp_path, {"imsmanifest.xml": SCORM12, "tincan.xml": TINCAN, "cmi5.xml": CMI5})
    assert shown[1] == "SCORM 1.2, cmi5 och xAPI"


def test_what_is_no_zip_is_a_fault_in_swedish(tmp_path: Path) -> None:
    (tmp_path / "course.zip").write_bytes(b"nothing")
    shown = text(inspect(tmp_path / "course.zip"), 80, "sv").splitlines()
    assert "  Fel          Det är varken en zip-fil eller en mapp." in shown
    shown = text(inspect(tmp_path / "gone.zip"), 80, "sv").splitlines()
    assert "  Fel          Det går inte att öppna: det finns ingen sådan fil eller mapp." in shown


def test_the_command_speaks_swedish(tmp_path: Path) -> None:
    write(tmp_path / "course.zip", {"imsmanifest.xml": SCORM12, **FILES})
    done = CliRunner().invoke(main, ["inspect", str(tmp_path / "course.zip"), "--language", "sv"])
    assert (done.exit_code, done.output.splitlines()) == (0, GOLDEN_SV.splitlines())
    (tmp_path / "course").mkdir()
    done = CliRunner().invoke(main, ["inspect", str(tmp_path / "course"), "--language", "sv"])
    assert done.exit_code == 2
    assert (
        f"{tmp_path}/course är inget paket. För en kursmapp, kör: coursepack check {tmp_path}/course"
        in done.output
    )


def test_json_is_english_in_every_language(tmp_path: Path) -> None:
    path = str(write(tmp_path / "course.zip", {"imsmanifest.xml": SCORM12, **FILES}))
    swedish, english = (
        CliRunner().invoke(main, ["inspect", path, "--json", *more]).output
        for more in (["--language", "sv"], [])
    )
    assert swedish == english
    assert json.loads(english)["status"][0] == "3 of 5: opened; nothing more is reported to the LMS"

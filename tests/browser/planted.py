"""Packages made by hand as tools make them: a sound one, and others that have one fault each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

MANIFEST_12 = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="planted" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>Planted</title>{items}</organization></organizations>
<resources>{resources}</resources></manifest>"""

MANIFEST_2004 = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="planted" version="1.0" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3">
<metadata><schema>ADL SCORM</schema><schemaversion>2004 {edition} Edition</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>Planted</title>{items}</organization></organizations>
<resources>{resources}</resources></manifest>"""

# In the frame around the pages, as most tools have it: the session outlives a turned page.
SHELL = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Planted</title>
<style>html, body, iframe {{ margin: 0; border: 0; width: 100%; height: 100%; display: block; overflow: hidden }}</style>
<iframe name="page" title="Page"></iframe><script>
let api = null;
for (let up = window; !(api = up.{api}) && up !== up.parent; up = up.parent);
var get = (name) => api.{pre}GetValue(name), set = (name, value) => api.{pre}SetValue(name, String(value));
const commit = () => api.{pre}Commit("");
const PLACE = "{place}", STATUS = "{status}", STATE = "cmi.suspend_data", EXIT = "{exit}";
api.{pre}Initialize("");
var answers = {{}};
let isOver = false;
function save() {{ set(STATE, JSON.stringify(answers)); {commit} }}
function shown(name) {{ if (isOver) return; set(PLACE, name); {commit} }}
function answer(name, value) {{ answers[name] = value; save(); }}
function complete() {{ {complete} }}
function end() {{ if (isOver) return; {ending} set(EXIT, "suspend"); isOver = true; api.{pre}{finish}(""); }}
addEventListener("beforeunload", end);
addEventListener("unload", end);
{begin}
document.querySelector("iframe").src = {resume} || "p1.html";
</script>"""

HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><h1>{title}</h1>"""
QUESTION = """<fieldset><legend>Is water wet?</legend><label><input type="radio" name="wet" value="yes"> Yes</label>
<label><input type="radio" name="wet" value="no"> No</label></fieldset><script>
for (const each of document.querySelectorAll("input")) {
  each.checked = parent.answers.wet === each.value;
  each.onchange = () => parent.answer("wet", each.value);
}</script>"""

CALLS_12 = {
    "api": "API",
    "pre": "LMS",
    "finish": "Finish",
    "place": "cmi.core.lesson_location",
    "status": "cmi.core.lesson_status",
    "exit": "cmi.core.exit",
}
CALLS_2004 = {
    "api": "API_1484_11",
    "pre": "",
    "finish": "Terminate",
    "place": "cmi.location",
    "status": "cmi.completion_status",
    "exit": "cmi.exit",
}
SOUND = {
    "commit": "commit();",
    "complete": 'set(STATUS, "completed"); commit();',
    "ending": "",
    "begin": 'if (get(STATUS) !== "completed") set(STATUS, "incomplete"); commit(); answers = JSON.parse(get(STATE) || "{}");',
    "resume": "get(PLACE)",
}


def page(number: int, last: int, body: str = "", onward: str | None = None, script: str = "") -> str:
    """A page that saves its place and leads on to the next; the last completes the package."""
    told = f'parent.shown("p{number}.html");' + (" parent.complete();" if number == last else "")
    lead = f'<p><a href="p{number + 1}.html">Next</a></p>' if number < last else "<p>The end.</p>"
    title = f"Page {number} on {('rivers', 'lakes', 'seas', 'springs')[number % 4]}"
    return f"{HEAD.format(title=title)}<p>Some words about {title}.</p>{body}{lead if onward is None else onward}<script>{told}{script}</script>"


def plant(
    folder: Path,
    *,
    edition: str = "1.2",
    pages: Mapping[int, Mapping[str, str]] | None = None,
    count: int = 3,
    files: Mapping[str, str] | None = None,
    **changed: str,
) -> Path:
    """Writes a package of `count` pages with a question on the second. `changed` are parts of its script, by `SOUND`.

    The `edition` is 1.2, 2004 or 2004 3rd.
    """
    own = {2: {"body": QUESTION}, **(pages or {})}
    written = {f"p{n}.html": page(n, count, **own.get(n, {})) for n in range(1, count + 1)}
    calls = CALLS_12 if edition == "1.2" else CALLS_2004
    written["index.html"] = SHELL.format(**calls, **{**SOUND, **changed})
    _write(folder, {**written, **(files or {})})
    _describe(folder, edition, {"Planted": (folder, "sco")})
    return folder


def plant_units(folder: Path, edition: str = "1.2", **units: Mapping[str, Any] | None) -> Path:
    """Writes a package of several units by title: SCOs as `plant` writes them, or for None an asset of one page."""
    described = {}
    for title, changed in units.items():
        if changed is None:
            text = f"{HEAD.format(title=title)}<p>Some words about {title}.</p>"
            _write(folder / title, {"index.html": text})
        else:
            plant(folder / title, edition=edition, **changed)
            (folder / title / "imsmanifest.xml").unlink()
        described[title] = (folder / title, "asset" if changed is None else "sco")
    _describe(folder, edition, described)
    return folder


def _write(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")


def _describe(folder: Path, edition: str, units: Mapping[str, tuple[Path, str]]) -> None:
    """Writes the manifest of units: for each title its folder and the type of its resource."""
    version, _, number = edition.partition(" ")
    kind = "scormtype" if version == "1.2" else "scormType"
    items = resources = ""
    for title, (own, type_) in units.items():
        names = sorted(path.relative_to(folder).as_posix() for path in own.iterdir())
        listed = "".join(f'<file href="{name}"/>' for name in names)
        start = (own / "index.html").relative_to(folder).as_posix()
        items += f'<item identifier="i-{title}" identifierref="r-{title}"><title>{title}</title></item>'
        resources += f'<resource identifier="r-{title}" type="webcontent" adlcp:{kind}="{type_}" href="{start}">{listed}</resource>'
    manifest = MANIFEST_12 if version == "1.2" else MANIFEST_2004
    text = manifest.format(items=items, resources=resources, edition=number or "4th")
    (folder / "imsmanifest.xml").write_text(text, "utf-8")

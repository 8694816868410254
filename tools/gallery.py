"""Takes the pictures of docs/gallery.md: the showcase page of every block, narrow and wide, in light and dark mode.

Writes that page, and the one in Swedish.

Run it when blocks or styles have changed: .venv/bin/python tools/gallery.py
"""

from __future__ import annotations

import io
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP / "tests/browser"), str(TOP / "tests")]

from conftest import CHROMIUM, Learner, served, unpacked  # noqa: E402
from showcase import PAGES, write_showcase  # noqa: E402
from using import answer_all, use_all  # noqa: E402

PICTURES = TOP / "docs/gallery"
DOCUMENTED = {path.stem for path in (TOP / "docs/blocks").glob("*.md")} - {"index"}
SIZES = {360: 1.0, 768: 0.4, 1440: 0.6}
"""Widths of the frame, and what a picture is reduced by."""
HIGHEST = 1100
"""Pixels of a page that are shown."""


@dataclass(frozen=True)
class Words:
    """What a page of the gallery says in its language."""

    head: str
    start: str
    page: str
    of_block: str
    alt: str
    """Of a picture, by its page, the width, the mode and the state."""
    light: tuple[str, str]
    dark: tuple[str, str]
    pictures: str = "gallery"


GALLERIES = {
    "docs/gallery.md": Words(
        head="""\
# Gallery

Every [block](blocks/index.md) at a width of 360 (a phone), 768 and 1440 pixels, in light and dark mode.
In light mode, the blocks are in their initial state; in dark mode, everything is expanded and answered. The theme is
Fjord; there are [others](themes.md). `tools/gallery.py` takes the pictures of the course in `tests/showcase/`.
""",
        start="The start page",
        page="The page “{heading}”",
        of_block=", of the block {link}",
        alt="{title}, {width} pixels wide, in {mode} mode, {state}.",
        light=("light", "initial state"),
        dark=("dark", "expanded and answered"),
    ),
    "docs/sv/gallery.md": Words(
        head="""\
# Galleri

Alla [block](blocks/index.md) i bredderna 360 (en mobil), 768 och 1440 bildpunkter, i ljust och mörkt läge.
I ljust läge är blocken som de är från början; i mörkt läge är allt utfällt och besvarat. Temat är Fjord; det finns
[fler](themes.md). `tools/gallery.py` tar bilderna av kursen i `tests/showcase/`.
""",
        start="Startsidan",
        page="Sidan ”{heading}”",
        of_block=", med blocket {link}",
        alt="{title}, {width} bildpunkter bred, i {mode} läge, {state}.",
        light=("ljust", "som den är från början"),
        dark=("mörkt", "utfälld och besvarad"),
        pictures="../gallery",
    ),
}


def take(page: Page, file: Path, scale: float) -> None:
    """A picture of the page of the course that is shown, from its title on."""
    # The browser's own controls take their time to come to rest.
    page.wait_for_timeout(2500 if page.locator(".page[data-now] :is(video, audio)").count() else 300)
    box = page.locator(".page[data-now]").bounding_box()
    if not box:
        raise RuntimeError(f"nothing is shown of {file.name}")
    clip = {**box, "y": box["y"] + page.evaluate("scrollY"), "height": min(box["height"], HIGHEST)}
    shot = Image.open(io.BytesIO(page.screenshot(clip=clip, full_page=True))).convert("RGB")
    small = shot.resize((round(shot.width * scale), round(shot.height * scale)), Image.Resampling.LANCZOS)
    small.save(file, "WEBP", quality=52, method=6)


def take_all() -> None:
    """Builds the showcase and takes every picture anew."""
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.webp"):
        old.unlink()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        package = unpacked(write_showcase(folder / "course"), folder)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        with served(package) as address:
            for width, scale in SIZES.items():
                for scheme in ("light", "dark"):
                    context = browser.new_context(
                        viewport={"width": width, "height": 900},
                        color_scheme=scheme,  # type: ignore[arg-type]
                        reduced_motion="reduce",
                    )
                    page = context.new_page()
                    page.goto(f"{address}/package/index.html")
                    page.wait_for_selector("html[data-js]", state="attached")
                    learner = Learner(page, address, in_frame=False)
                    if scheme == "dark":
                        use_all(learner)
                        answer_all(learner, right=None)
                    # The start page tells how far one has come.
                    for each in sorted(PAGES, key=lambda name: (name == "start") == (scheme == "dark")):
                        learner.go(each)
                        take(page, PICTURES / f"{each}-{width}-{scheme}.webp", scale)
                    context.close()
        browser.close()


def write(file: str, words: Words) -> None:
    """Writes a page of the documentation."""
    parts = [words.head]
    for name, path in PAGES.items():
        text = path.read_text("utf-8")
        heading = text.partition("\n")[0].removeprefix("# ")
        title = words.start if name == "start" else words.page.format(heading=heading)
        linked = words.of_block.format(link=f"[{name}](blocks/{name}.md)") if name in DOCUMENTED else ""
        rows = [
            "\n".join(
                f"![{words.alt.format(title=title, width=width, mode=mode, state=state)}]"
                f"({words.pictures}/{name}-{width}-{scheme}.webp){{width={shown}px}}"
                for scheme, (mode, state) in (("light", words.light), ("dark", words.dark))
            )
            for width, shown in ((360, 240), (768, 307), (1440, 355))
        ]
        parts.append("\n\n".join((f"## {name.capitalize()}", f"{title}{linked}.", *rows, "")))
    (TOP / file).write_text("\n".join(parts), "utf-8")


if __name__ == "__main__":
    take_all()
    for file, words in GALLERIES.items():
        write(file, words)

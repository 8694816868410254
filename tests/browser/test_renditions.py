"""Converted pictures in a real Chromium: which file it takes, what it shows of it, and that all blocks fit around it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from conftest import Launch, Learner, Sites, sites_of
from PIL import Image
from small import a_page, write_small
from test_converted_pictures import photo, quarters

PAGE = """\
```image
src: media/bild.tif
alt: En bild.
```

```hotspots
src: media/bild.tif
alt: Bilden med en punkt.
points:
  - {x: 50, y: 50, title: Mitten, text: Den är grå.}
```

```before-after
before: {src: media/bild.tif, alt: Före.}
after: {src: media/bild.tif, alt: Efter.}
```
"""

# The file that was taken, and the colours in the middle of the quarters as drawn on a canvas.
SEEN = """async (picture) => {
    picture.scrollIntoView();
    picture.loading = "eager";
    await picture.decode();
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 100;
    const drawing = canvas.getContext("2d", { willReadFrequently: true });
    drawing.drawImage(picture, 0, 0, 100, 100);
    const colour = (x, y) => [...drawing.getImageData(x, y, 1, 1).data].slice(0, 3);
    const colours = [colour(25, 25), colour(75, 25), colour(25, 75), colour(75, 75)];
    return [picture.currentSrc.split("/").pop(), colours];
}"""
BOX = (
    "(one) => { const { x, y, width, height } = one.getBoundingClientRect(); return [x, y, width, height]; }"
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """A course with a picture that is stored on its side, by target."""
    upright = Image.blend(quarters(size=(720, 480)), photo(), 0.5)
    data = BytesIO()
    # Orientation 6: browsers and viewers turn it a quarter to the right.
    upright.transpose(Image.Transpose.ROTATE_90).save(data, "TIFF", tiffinfo={0x0112: 6})
    folder = tmp_path_factory.mktemp("converted") / "course"
    folder = write_small(folder, [a_page("bildsida", PAGE)], files={"media/bild.tif": data.getvalue()})
    with sites_of(folder) as address:
        yield address


def seen(learner: Learner, at: int = 0) -> Any:
    return learner.course.locator("figure img").nth(at).evaluate(SEEN)


@pytest.mark.parametrize(
    ("width", "scale", "expected"),
    [(230, 1, "bild.tif-240.avif"), (360, 1, "bild.tif-480.avif"), (360, 3, "bild.tif-720.avif"), (1440, 1, "bild.tif-720.avif")],
)  # fmt: skip
def test_a_browser_takes_the_file_that_its_screen_needs_and_shows_it_right(
    launch: Launch, shown: Sites, width: int, scale: int, expected: str
) -> None:
    learner = launch(
        None,
        address=shown("web"),
        hash="#bildsida",
        viewport={"width": width, "height": 700},
        device_scale_factor=scale,
    )
    name, colours = seen(learner)
    assert name == expected
    # Half of it is grey details, which leave how much red and green differ, and green and blue.
    for (red, green, blue), (expected_red, expected_green, expected_blue) in zip(
        colours, ((200, 40, 40), (40, 160, 60), (40, 60, 200), (128, 128, 128)), strict=True
    ):
        assert red - green == pytest.approx((expected_red - expected_green) / 2, abs=30)
        assert green - blue == pytest.approx((expected_green - expected_blue) / 2, abs=30)


def test_points_and_sides_fit_on_the_picture(launch: Launch, shown: Sites) -> None:
    learner = launch(None, address=shown("web"), hash="#bildsida", viewport={"width": 1000, "height": 700})
    course = learner.course
    for at in range(4):
        seen(learner, at)
    points, picture = (
        course.locator(f".spots > {name}").first.evaluate(BOX) for name in ("svg", "picture > img")
    )
    assert points == pytest.approx(picture, abs=1)
    assert picture[3] / picture[2] == pytest.approx(480 / 720, abs=0.01)
    before, after = (course.locator(f".{name} img").evaluate(BOX) for name in ("before", "after"))
    assert before == pytest.approx(after, abs=1)

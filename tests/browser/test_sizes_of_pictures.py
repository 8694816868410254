"""Pictures are as large in a real Chromium as the build says, which has turned those that were taken upright."""

from __future__ import annotations

import base64

import pytest
from playwright.sync_api import Browser
from test_media import ON_THEIR_SIDE

SIZE = """
async (address) => {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    return [picture.naturalWidth, picture.naturalHeight];
}
"""


@pytest.mark.parametrize("name", ON_THEIR_SIDE)
def test_a_picture_is_turned_as_the_build_says(name: str, browser: Browser) -> None:
    make, size = ON_THEIR_SIDE[name]
    kind = name.rpartition(".")[2].replace("jpg", "jpeg")
    page = browser.new_page()
    try:
        address = f"data:image/{kind};base64,{base64.b64encode(make()).decode()}"
        assert page.evaluate(SIZE, address) == list(size)
    finally:
        page.close()

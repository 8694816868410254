"""A change of page is as much work in a long course as in a short one."""

from __future__ import annotations

from pathlib import Path

from conftest import Launch, served, unpacked
from small import a_page, write_small

# A search below an id begins there; any other looks through the document, up to what it finds.
COUNT = """() => {
  window.searched = 0;
  for (const name of ["querySelector", "querySelectorAll"]) {
    const search = Document.prototype[name];
    Document.prototype[name] = function (selector) {
      const found = search.call(this, selector);
      if (!selector.startsWith("#")) {
        const every = [...this.getElementsByTagName("*")];
        window.searched += found instanceof Element ? every.indexOf(found) + 1 : every.length;
      }
      return found;
    };
  }
}"""


def searched(launch: Launch, folder: Path, pages: int) -> int:
    """How many elements are looked through when a page is shown in a course of so many."""
    parts = [[a_page(f"p{part}-{n}", "Text.\n") for n in range(pages // 2)] for part in (1, 2)]
    course = write_small(folder / "course", *parts)
    with served(unpacked(course, folder / "package")) as address:
        learner = launch(address=address)
        learner.wait("document.documentElement.hasAttribute('data-later')")
        # What lasts is looked up once.
        for page in ("p1-3", "p1-4", "p1-3"):
            learner.go(page)
        learner.settle()
        learner.course.evaluate(COUNT)
        learner.go("p1-4")
        learner.settle()
        return learner.course.evaluate("window.searched")


def test_more_pages_make_no_page_change_search_more_elements(launch: Launch, tmp_path: Path) -> None:
    short, long = (searched(launch, tmp_path / str(pages), pages) for pages in (20, 200))
    assert long == short

"""Around the pages: documents and links, shortcuts for roles, and the accessibility statement."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pytest
from strategies import COURSE, PAGE, QUESTION, SVG, MakeCourse

from coursepack import read_course, render_site
from coursepack.reading.source import read_folder
from coursepack.targets import TARGETS

Element = lxml.html.HtmlElement


def document(folder: Path) -> Element:
    page = render_site(read_course(folder), TARGETS["web"])["index.html"]
    assert isinstance(page, bytes)
    return lxml.html.fromstring(page.decode())


def words(element: Element) -> str:
    return " ".join(element.text_content().split())


def place(page: Element, name: str) -> Element:
    (found,) = page.cssselect(f"#{name}")
    return found


# Documents and links

LINKS = """\
Read [the *law*](https://example.org/law?a=1&b=2) and [the page](page:p1-c1-s2), or call [us](tel:+46201234).

```download
src: media/plan.csv
title: A plan
```
"""
TWO = COURSE + "          - {id: p1-c1-s2, title: Second & last, minutes: 1}\n"


@pytest.fixture
def linked(make_course: MakeCourse) -> Path:
    again = "[Again](https://example.org/law?a=1&b=2), [another](https://example.org/other).\n"
    return make_course(
        {"course.yaml": TWO, PAGE: LINKS, "pages/p1-c1-s2.md": again, "media/plan.csv": "a,b\n1,2\n"}
    )


def test_every_document_and_every_outside_link_stands_once_with_its_page(linked: Path) -> None:
    page = place(document(linked), "resurser")
    (download,) = page.cssselect(".download a")
    assert (download.get("href"), words(download.cssselect("strong")[0])) == ("media/plan.csv", "A plan")
    links = [(each.get("href"), words(each)) for each in page.cssselect("li > a")]
    assert links == [
        ("https://example.org/law?a=1&b=2", "the law (opens in a new window)"),
        ("https://example.org/other", "another (opens in a new window)"),
    ]
    pages = [(each.get("href"), words(each)) for each in page.cssselect("li small a")]
    assert pages == [("#p1-c1-s1", "Page"), ("#p1-c1-s2", "Second & last")]


EVERYWHERE = """\
Not [a page](page:p1-c1-s2), [a number](tel:112), [a letter](mailto:a@b.example) nor [a word](term:word).

## [Heading](https://a.example/1)

- <https://a.example/2>
- [`code` & *words* <br>
  on two lines](https://a.example/3)

::: note
[Half of $`x`$](https://a.example/4)
:::

::: accordion
### [Fold](https://a.example/5)
[Folded](https://a.example/6)
:::

::: table Numbers
| a | b |
| - | - |
| 1 | [Cell](https://a.example/7) |
:::

```audio
src: media/a.mp3
title: A sound
transcript: media/a.md
duration: 0:10
```

[By reference][last]

[last]: https://a.example/9
"""


def test_links_of_every_kind_of_block_are_listed_in_their_order(make_course: MakeCourse) -> None:
    folder = make_course(
        {
            "course.yaml": TWO,
            "glossary.yaml": "- {id: word, term: word, text: What it means.}\n",
            PAGE: EVERYWHERE,
            "pages/p1-c1-s2.md": "[The same](https://a.example/1)\n",
            "media/a.mp3": "ID3",
            "media/a.md": "Said, in [a transcript](https://a.example/8).\n",
        }
    )
    page = place(document(folder), "resurser")
    links = [
        (each.get("href"), words(each).removesuffix(" (opens in a new window)"))
        for each in page.cssselect("li > a")
    ]
    assert links == [
        ("https://a.example/1", "Heading"),
        ("https://a.example/2", "https://a.example/2"),
        ("https://a.example/3", "code & words on two lines"),
        ("https://a.example/4", "Half of x"),
        ("https://a.example/5", "Fold"),
        ("https://a.example/6", "Folded"),
        ("https://a.example/7", "Cell"),
        ("https://a.example/8", "a transcript"),
        ("https://a.example/9", "By reference"),
    ]


def test_the_menu_leads_to_the_page_of_resources(linked: Path) -> None:
    assert [words(each) for each in document(linked).cssselect("nav.menu a[href='#resurser']")] == [
        "Documents and links"
    ]


def test_a_course_without_documents_and_links_has_no_such_page(make_course: MakeCourse) -> None:
    assert document(make_course()).cssselect("#resurser, [href='#resurser']") == []


# Roles

ROLES = "roles: {school: School, care: Health care, nobody: Nobody}\n"
TAGGED = ROLES + TWO.replace("title: Page, minutes: 1", "title: Page, minutes: 1, roles: [care]").replace(
    "title: Second & last, minutes: 1", "title: Second & last, minutes: 1, roles: [care, school]"
)
PAGES = {"pages/p1-c1-s2.md": "Text.\n"}


def shortcuts(page: Element) -> dict[str, list[str]]:
    return {
        words(each.cssselect("summary")[0]): [str(link.get("href")) for link in each.cssselect("li a")]
        for each in place(page, "roller").cssselect("details")
    }


def test_each_role_leads_to_its_pages_in_their_order_and_one_without_pages_is_left_out(
    make_course: MakeCourse,
) -> None:
    page = document(make_course({"course.yaml": TAGGED, **PAGES}))
    assert shortcuts(page) == {"School": ["#p1-c1-s2"], "Health care": ["#p1-c1-s1", "#p1-c1-s2"]}
    assert page.cssselect("nav.menu a[href='#roller']")
    assert place(page, "roller").getparent().get("id") == "titelsida"


def test_with_a_start_page_the_shortcuts_stand_there(make_course: MakeCourse) -> None:
    start = TAGGED.replace("parts:\n", "start: {id: start, title: Welcome, minutes: 1}\nparts:\n", 1)
    page = document(make_course({"course.yaml": start, "pages/start.md": "Hello.\n", **PAGES}))
    assert place(page, "roller").getparent().get("id") == "start"


def test_roles_that_no_page_has_make_no_shortcuts(make_course: MakeCourse) -> None:
    assert document(make_course({"course.yaml": ROLES + COURSE})).cssselect("#roller, [href='#roller']") == []


def test_a_package_of_one_part_leads_to_its_own_pages_only(make_course: MakeCourse) -> None:
    from coursepack.course.variant import variants

    part = TAGGED + (
        "  - id: p2\n    title: Other\n    chapters:\n      - id: p2-c1\n        title: Chapter\n        pages:\n"
        "          - {id: p2-c1-s1, title: Third, minutes: 1, roles: [school]}\n"
    )
    course = read_course(
        make_course({"course.yaml": part, "pages/p2-c1-s1.md": QUESTION.format(id="q"), **PAGES})
    )
    (unit,) = variants(course, "p2")[0].units
    page = render_site(unit.course, TARGETS["web"])["index.html"]
    assert isinstance(page, bytes)
    assert shortcuts(lxml.html.fromstring(page.decode())) == {"School": ["#p2-c1-s1"]}


# The accessibility statement

STATEMENT = """\
accessibility:
  conformance: partial
  assessed: 2026-11-01
  updated: 2026-11-24
  method: By keyboard.
  shortcomings:
    - {what: The film has no description., why: It is being made.}
    - {what: The map needs a mouse.}
  burden: Old recordings.
  outside: A quoted film.
  email: access@example.org
  phone: 020-12 34 56
  web: https://example.org/access
  supervision: https://example.org/report
"""


def test_the_statement_tells_all_that_the_act_asks_for(make_course: MakeCourse) -> None:
    page = place(document(make_course({"course.yaml": STATEMENT + COURSE})), "om")
    text = words(page)
    for told in (
        "Publisher publishes Least course.",
        "The course conforms partly to WCAG 2.1 A, AA (EN 301 549 V3.2.1).",
        "The film has no description. Reason: It is being made.",
        "The map needs a mouse.",
        "Old recordings.",
        "A quoted film.",
        "By keyboard.",
        "Last assessed on 1 November 2026.",
        "Statement updated on 24 November 2026.",
    ):
        assert told in text, told
    addresses = [str(each.get("href")) for each in page.cssselect("a")]
    assert addresses == [
        *("mailto:access@example.org", "tel:020123456"),
        *("https://example.org/access", "https://example.org/report"),
    ]


def test_the_statement_speaks_swedish(make_course: MakeCourse) -> None:
    swedish = (STATEMENT + COURSE).replace("language: en", "language: sv")
    text = words(place(document(make_course({"course.yaml": swedish})), "om"))
    assert "Kursen är delvis förenlig med WCAG 2.1 A, AA (EN 301 549 V3.2.1)." in text
    assert "Redogörelsen uppdaterades den 24 november 2026." in text


def test_without_a_statement_nothing_is_claimed(make_course: MakeCourse) -> None:
    assert "Accessibility" not in words(place(document(make_course()), "om"))


LEAST = """\
accessibility:
  conformance: full
  assessed: 2026-11-01
  method: By keyboard.
  email: access@example.org
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("full", "none", "course.yaml:2:3: error course/missing-shortcomings"),
        ("full", "partial", "course.yaml:2:3: error course/missing-shortcomings"),
        (
            "method: By keyboard.",
            "method: By keyboard.\n  shortcomings: [{what: A film.}]",
            "course.yaml:2:3: error course/unexpected-shortcomings",
        ),
        ("  email: access@example.org\n", "", "course.yaml:2:3: error course/nobody-to-tell"),
        (
            "method: By keyboard.",
            "method: By keyboard.\n  updated: 2026-10-31",
            "course.yaml:2:3: error course/updated-too-early",
        ),
        ("access@example.org", "access", "course.yaml:5:10: error course/invalid-value"),
        ("2026-11-01", "1 November", "course.yaml:3:13: error course/bad-date"),
        ("full", "mostly", "course.yaml:2:16: error course/unknown-value"),
        ("  method: By keyboard.\n", "", "course.yaml:2:3: error course/missing-field"),
    ],
)
def test_a_statement_that_is_not_whole_is_told_at_its_line(
    make_course: MakeCourse, old: str, new: str, expected: str
) -> None:
    assert read_folder(make_course({"course.yaml": LEAST + COURSE}))[1].problems == ()
    assert old in LEAST
    wrong = make_course({"course.yaml": LEAST.replace(old, new) + COURSE}, "wrong")
    (problem,) = read_folder(wrong)[1].problems
    assert str(problem).startswith(f"{expected}: ")


def test_names_of_pages_that_come_by_themselves_are_taken(make_course: MakeCourse) -> None:
    for name in ("kontakter", "lattlast", "resurser", "roller", "klar"):
        folder = make_course({"course.yaml": COURSE.replace("p1-c1-s1", name)}, name)
        assert "course/reserved-id" in [problem.rule for problem in read_folder(folder)[1].problems]


# Contacts

NUMBERS = """\
- {id: sos, name: Emergency, phone: "112", checked: 2026-04-14, group: Urgent}
- {id: help, name: Help & advice, web: "https://help.example/", hours: Weekdays, checked: 2026-03-01, group: Support}
"""


def test_every_contact_is_on_one_page_with_its_hours_and_address(make_course: MakeCourse) -> None:
    folder = make_course({"contacts.yaml": NUMBERS})
    page = place(document(folder), "kontakter")
    assert [words(each) for each in page.cssselect("p.group")] == ["Urgent", "Support"]
    assert [each.get("href") for each in page.cssselect("a")] == ["tel:112", "https://help.example/"]
    assert [words(each) for each in page.cssselect("li")] == [
        "Emergency 112",
        "Help & advice Weekdays https://help.example/ (opens in a new window)",
    ]
    assert "The links open in a new window." in words(page)
    assert "1 March 2026" in words(page)


def test_menu_and_closing_page_lead_to_the_contacts(make_course: MakeCourse) -> None:
    whole = document(make_course({"contacts.yaml": NUMBERS}))
    for place_of in ("nav.menu", "#klar"):
        assert [words(each) for each in whole.cssselect(f"{place_of} a[href='#kontakter']")] == [
            "Where to turn"
        ]


def test_without_addresses_no_new_window_is_announced(make_course: MakeCourse) -> None:
    folder = make_course({"contacts.yaml": NUMBERS.splitlines()[0]})
    assert "new window" not in words(place(document(folder), "kontakter"))


def test_a_course_without_contacts_has_no_such_page(make_course: MakeCourse) -> None:
    assert document(make_course()).cssselect("#kontakter, [href='#kontakter']") == []


# Sources


def test_the_page_about_the_course_tells_when_a_source_was_read(make_course: MakeCourse) -> None:
    sources = (
        "LAW: {title: The act, url: 'https://law.example/', checked: 2026-04-30}\nBOOK: {title: A book}\n"
    )
    course = COURSE.replace("minutes: 1}", "minutes: 1, sources: [LAW, BOOK]}")
    page = place(document(make_course({"course.yaml": course, "sources.yaml": sources})), "om")
    told = [words(each) for each in page.cssselect("ul:last-of-type li")]
    assert told == ["A book", "The act Read on 30 April 2026."]


# What a part is for, and what it says in easy words

PARTS = COURSE.replace(
    "    chapters:",
    """    objectives: ["1.2"]
    easy: [Leave the house., "Call 112, & wait."]
    chapters:""",
)
GOALS = 'objectives: [{id: "1.1", text: Find the exit.}, {id: "1.2", text: Leave & call.}]\n'
AFTER = """\
  - id: p2
    title: Then
    chapters:
      - id: p2-c1
        title: Chapter
        pages:
          - {id: p2-c1-s1, title: Later, minutes: 1}
          - {id: p2-c1-s2, title: Last, minutes: 1}
    objectives: ["1.1"]
"""
LATER = {"pages/p2-c1-s1.md": "Later.\n", "pages/p2-c1-s2.md": "Last.\n"}


def test_a_part_begins_with_what_learners_can_do_after_it(make_course: MakeCourse) -> None:
    whole = document(make_course({"course.yaml": GOALS + PARTS + AFTER, **LATER}))
    told = {
        page.get("id"): [words(each) for each in page.cssselect("[role=note] li")]
        for page in whole.cssselect("section.page[data-part]")
    }
    assert told == {"p1-c1-s1": ["Leave & call."], "p2-c1-s1": ["Find the exit."], "p2-c1-s2": []}


def test_the_easy_summary_of_each_part_is_on_one_page(make_course: MakeCourse) -> None:
    whole = document(make_course({"course.yaml": GOALS + PARTS + AFTER, **LATER}))
    page = place(whole, "lattlast")
    assert [words(each) for each in page.cssselect("h1, h2, p")] == [
        "Easy to read",
        "Part 1. Part",
        "Leave the house.",
        "Call 112, & wait.",
    ]
    assert [words(each) for each in whole.cssselect("nav.menu a[href='#lattlast']")] == ["Easy to read"]


def test_a_course_without_easy_summaries_has_no_such_page(make_course: MakeCourse) -> None:
    assert document(make_course()).cssselect("#lattlast, [href='#lattlast']") == []


# When the course is complete


def test_an_author_s_own_words_stand_on_the_page_of_the_complete_course(make_course: MakeCourse) -> None:
    page = place(document(make_course({"course.yaml": "closing: Well done & go home.\n" + COURSE})), "klar")
    assert "Well done & go home." in words(page)
    assert page.cssselect(".certificate") == []
    plain = place(document(make_course(name="plain")), "klar")
    assert [words(each) for each in plain.cssselect("h1 > *")] == [
        "When you are done",
        "You have completed the course",
    ]


def test_the_closing_page_has_picture_parts_what_now_and_then_the_certificate(
    make_course: MakeCourse,
) -> None:
    course = "certificate: true\ncover: media/house.svg\ntomorrow: [Look for the doors.]\n" + COURSE
    page = place(document(make_course({"course.yaml": course, "media/house.svg": SVG})), "klar")
    elements = list(page.iter())
    places = [
        elements.index(page.cssselect(each)[0])
        for each in (".hero img", "h1", ".steps", ".street .door", "ul a[href='#titelsida']", ".certificate")
    ]
    assert places == sorted(places)


def test_what_to_do_tomorrow_is_a_list_with_a_heading(make_course: MakeCourse) -> None:
    course = "tomorrow: [Look for the doors., Ask & tell.]\n" + COURSE
    whole = document(make_course({"course.yaml": course}))
    (listed,) = place(whole, "klar").cssselect("ol.then")
    assert [words(each) for each in listed] == ["Look for the doors.", "Ask & tell."]
    assert words(listed.getprevious()) == "Do this tomorrow"
    # Its style is that of the block, which no page has.
    assert "counter-increment:step" in whole.cssselect("style")[0].text
    plain = document(make_course(name="plain"))
    assert "Do this tomorrow" not in words(place(plain, "klar"))
    assert "counter-increment:step" not in plain.cssselect("style")[0].text


# Doors

CHAPTERS = COURSE.replace(
    "minutes: 1\n", "minutes: 7\nstart: {id: start, title: Welcome, minutes: 1}\n", 1
) + (
    "          - {id: p1-c1-s2, title: More, minutes: 2}\n"
    "          - {id: p1-c1-s3, title: Extra, minutes: 9, core: false}\n"
    "      - id: p1-c2\n        title: Second chapter\n        pages:\n"
    "          - {id: p1-c2-s1, title: Last, minutes: 3}\n"
)
ANOTHER_PART = (
    "  - id: p2\n    title: Another part\n    chapters:\n      - id: p2-c1\n        title: Its chapter\n        pages:\n"
    "          - {id: p2-c1-s1, title: There, minutes: 1}\n"
)
TEXTS = {f"pages/{name}.md": "Text.\n" for name in ("start", "p1-c1-s2", "p1-c1-s3", "p1-c2-s1", "p2-c1-s1")}


@pytest.mark.parametrize("where", ["start", "klar"])
def test_a_course_of_one_part_has_a_door_for_each_chapter(make_course: MakeCourse, where: str) -> None:
    page = place(document(make_course({"course.yaml": CHAPTERS, **TEXTS})), where)
    (street,) = page.cssselect(".street")
    assert [words(each) for each in street] == [
        # Optional pages take no time.
        "Chapter 1 Chapter 3 pages · 3 min",
        "Chapter 2 Second chapter 1 page · 3 min",
    ]
    assert [each.get("href") for each in street.cssselect("a")] == ["#p1-c1-s1", "#p1-c2-s1"]
    assert len(street.cssselect(".door")) == 2
    assert "2 chapters" in [words(each) for each in page.cssselect("h2")]


def test_other_courses_have_a_door_for_each_part(make_course: MakeCourse) -> None:
    two = CHAPTERS.replace("minutes: 7\n", "minutes: 8\n") + ANOTHER_PART
    page = place(document(make_course({"course.yaml": two, **TEXTS})), "start")
    (street,) = page.cssselect(".street")
    assert [words(each) for each in street] == [
        "Part 1 Part 4 pages · 6 min",
        "Part 2 Another part 1 page · 1 min",
    ]
    assert "The parts of the course" in [words(each) for each in page.cssselect("h2")]
    assert "Each chapter is a door" not in words(page)
    (alone,) = place(document(make_course(name="one chapter")), "klar").cssselect(".street")
    assert words(alone) == "Part 1 Part 1 page · 1 min"


@pytest.mark.parametrize(("icon", "lights", "told"), [("door", 2, 2), ("door", 3, 1), ("book", 2, 0)])
def test_the_start_page_tells_what_doors_and_lights_are_where_they_are(
    make_course: MakeCourse, icon: str, lights: int, told: int
) -> None:
    shapes = "".join(f'<path data-light="{n}" d="M0 0h1v1z"/>' for n in (*range(1, lights + 1), "all"))
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9">{shapes}</svg>'
    course = "cover: media/a.svg\n" + CHAPTERS.replace(
        "    title: Part\n", f"    title: Part\n    icon: {icon}\n"
    )
    page = place(document(make_course({"course.yaml": course, "media/a.svg": drawing, **TEXTS})), "start")
    sentences = ("Each chapter is a door", "When the chapter is done, a light goes on")
    assert [each in words(page) for each in sentences] == [told > 0, told > 1]


# What is hard to read

NOTE = "content-note: It tells of fires.\n"


def test_beside_the_button_that_begins_the_course_stands_what_is_hard_in_it(make_course: MakeCourse) -> None:
    text = "Welcome.\n\n::: accordion\n## Folded\nText.\n:::\n\n## Before\n\nSome.\n\n## Later\n\nMore.\n"
    whole = document(make_course({"course.yaml": NOTE + CHAPTERS, **TEXTS, "pages/start.md": text}))
    (row,) = place(whole, "start").cssselect(".go:not([data-continue])")
    assert words(row).endswith("It tells of fires. Read this before you begin")
    (link,) = row.cssselect("p a")
    heading = place(whole, str(link.get("href")).removeprefix("#"))
    assert (heading.tag, words(heading)) == ("h2", "Before")


def test_where_the_start_page_has_no_heading_the_note_has_no_link(make_course: MakeCourse) -> None:
    whole = document(make_course({"course.yaml": NOTE + CHAPTERS, **TEXTS}))
    (row,) = place(whole, "start").cssselect(".go:not([data-continue])")
    assert words(row).endswith("It tells of fires.")


def test_the_title_page_of_a_course_without_a_start_page_has_the_note(make_course: MakeCourse) -> None:
    page = place(document(make_course({"course.yaml": NOTE + COURSE})), "titelsida")
    (row,) = page.cssselect(".go:not([data-continue])")
    assert words(row).endswith("It tells of fires.")


def test_a_certificate_tells_course_rule_length_version_and_publisher(make_course: MakeCourse) -> None:
    page = document(make_course({"course.yaml": "certificate: true\n" + COURSE}))
    (certificate,) = page.cssselect("#klar .certificate")
    # Shown to those who have completed the course.
    assert "then" in str(certificate.get("class")).split()
    text = words(certificate)
    for told in (
        "Least course",
        "1 min",
        "1.0.0",
        "Publisher",
        "complete when all pages have been opened",
        "not a grade",
    ):
        assert told in text, told
    assert words(certificate).startswith("Certificate Least course")
    names = [words(each) for each in page.cssselect("nav.menu a[href='#klar'] > span")]
    assert names == ["When you are done", "You have completed the course"]

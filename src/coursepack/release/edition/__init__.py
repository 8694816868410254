"""The text edition: the whole course as one page, as a tagged PDF and as a book, in each of its languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coursepack.languages import strings
from coursepack.release import pdf
from coursepack.release.edition.book import book
from coursepack.release.edition.text import Text, texts
from coursepack.release.handover import Document, Handover
from coursepack.release.printing import Printed

_NAME = "text-edition"


def documents(handover: Handover) -> Iterator[Document | Printed]:
    """The editions; without PDFs where there can be none.

    Raises CourseError for a picture that cannot be converted, and PackageError if the cache cannot be written.
    """
    for text in texts(handover):
        yield Document(f"{_NAME}.{text.language}.html", text.whole.encode())
        yield Document(f"{_NAME}.{text.language}.epub", book(text, handover.date))
        if handover.has_pdf:
            pictures = {name: each.data for name, each in text.pictures.items()}
            sheet = pdf.Sheet(on_paper(text), handover.date, pictures)
            yield Printed(f"{_NAME}.{text.language}.pdf", sheet, f"{_NAME}-archive.{text.language}.pdf")


_TAGS = {
    "details": ("div", ""),
    "summary": ("p", "s"),
    "figure": ("div", "f"),
    "figcaption": ("p", "c"),
    "dl": ("div", ""),
    "dt": ("p", "dt"),
    "dd": ("p", "dd"),
    "pre": ("p", "pre"),
}
"""For tags that a PDF lacks: those that it has, and the class by which the style knows them."""


def on_paper(text: Text) -> str:
    """The document for a PDF: in tags that PDFs have, and with a word on what they cannot say.

    WeasyPrint draws no MathML, and has no tags for passages in other languages.
    """
    words = strings(text.language)["page"]["text_edition"]
    head, end, body = text.html.partition("</header>")
    if "<math " in body:
        head += f"<p>{words['formulas_on_paper']}</p>\n"
        body = re.sub(r'<math [^>]*alttext="([^"]*)".*?</math>', r"\1", body, flags=re.DOTALL)
    if re.search(r'<\w[^>]* lang="', body):
        head += f"<p>{words['languages_on_paper']}</p>\n"

    # Their addresses are in the list of all sources.
    body = re.sub(
        r'(?<=<p class="sources">).*?(?=</p>)', lambda found: re.sub("</?a[^>]*>", "", found[0]), body
    )

    def renamed(found: re.Match[str]) -> str:
        slash, tag, rest = found.groups()
        other, name = _TAGS[tag]
        known = f' class="{name}"' if name and not slash else ""
        return f"<{slash}{other}{known}{rest}>"

    return re.sub(rf"<(/?)({'|'.join(_TAGS)})((?: [^>]*)?)>", renamed, head + end + body)

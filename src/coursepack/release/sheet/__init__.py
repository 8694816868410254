"""The administrator's sheet: how to add a course to an LMS, and what the LMS is told; on one page, and as a mail."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from coursepack.release.handover import LANGUAGES, Document, Handover
from coursepack.release.layout import sheet
from coursepack.release.sheet.view import View

_MAIL_WIDTH = 72


def documents(handover: Handover) -> Iterator[Document]:
    """`administrator`, `administrator-a4` and `mail`, in each language."""
    for language in LANGUAGES:
        view = View(handover, language)
        yield Document(
            f"administrator.{language}.html", sheet("administrator", language, **view.values()).encode()
        )
        yield Document(
            f"administrator-a4.{language}.html",
            sheet("administrator-a4", language, **view.one_page()).encode(),
        )
        text = "\n\n".join(textwrap.fill(each, _MAIL_WIDTH, break_long_words=False) for each in view.mail())
        yield Document(f"mail.{language}.txt", f"{text}\n".encode())

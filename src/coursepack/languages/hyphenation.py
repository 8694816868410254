"""Soft hyphens for the long words of headings, which a narrow screen would otherwise break anywhere."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from markupsafe import Markup, escape

SOFT_HYPHEN = "\u00ad"
NO_BREAK_SPACE = "\u00a0"

LONG = 10
"""Letters of the shortest word that may be longer than a line: twice the text on the narrowest telephone."""

_LEAST = 4
"""Letters before and after a hyphen."""

_LONG_WORD = re.compile(rf"(?<![\w{SOFT_HYPHEN}])[^\W\d_]{{{LONG},}}(?![\w{SOFT_HYPHEN}])")


@lru_cache(maxsize=4096)
def hyphenated(text: str, language: str) -> Markup:
    """The text as HTML, with soft hyphens in its long words where the language has a dictionary.

    Each is in an element of the class `long`, with the punctuation around it. An inline block breaks only when it is
    too long for a line of its own. A word with the author's own soft hyphens keeps those.

    Beside an inline block, browsers do not care for the last line (`text-wrap: pretty`). A number or letter that ends
    the text stays with the word before it.
    """
    if not _LONG_WORD.search(text) or not _patterns(language):
        return escape(text)
    parts: list[str] = []
    for part in re.split(r"(\s+)", text):
        soft = _LONG_WORD.sub(lambda word: _soft(word[0], language), part)
        parts.append(escape(part) if soft == part else Markup('<span class="long">{}</span>').format(soft))
    if len(parts) > 2 and len(parts[-1]) == 1:
        parts[-2] = Markup(NO_BREAK_SPACE)
    return Markup("").join(parts)


@lru_cache(maxsize=4096)
def _soft(word: str, language: str) -> str:
    """The word with a soft hyphen wherever the language's patterns allow a break (Liang, 1983)."""
    patterns = _patterns(language)
    marked = f".{word.lower()}."
    weights = [0] * (len(marked) + 1)
    for start in range(len(marked)):
        for end in range(start + 1, len(marked) + 1):
            at = start
            for sign in patterns.get(marked[start:end], ""):
                if sign.isdigit():
                    weights[at] = max(weights[at], int(sign))
                else:
                    at += 1
    breaks = [at for at in range(_LEAST, len(word) - _LEAST + 1) if weights[at + 1] % 2]
    return SOFT_HYPHEN.join(word[at:end] for at, end in zip([0, *breaks], [*breaks, None], strict=True))


@lru_cache
def _patterns(language: str) -> dict[str, str]:
    """The patterns of pyphen's dictionary for a language by their letters; none when it has no dictionary.

    A pattern is parsed when its letters occur in a word: pyphen itself parses all 15,000 first, which takes as long as
    rendering a small course. Patterns that would change letters never match: their keys contain a slash.
    """
    package = find_spec("pyphen")
    folder = Path(package.origin).with_name("dictionaries") if package and package.origin else Path()
    # As pyphen chooses: the language as it is written, or the first that begins with it.
    names = sorted(folder.glob(f"hyph_{language.partition('-')[0]}[_.]*"), key=lambda path: path.stem)
    if not names:
        return {}
    encoding, _, lines = names[0].read_bytes().partition(b"\n")
    pairs = (lines.translate(None, left_out).decode(encoding.decode()) for left_out in (b" 0123456789", b" "))
    return dict(zip(*(text.splitlines() for text in pairs), strict=True))

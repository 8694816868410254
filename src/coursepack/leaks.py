"""Finds passwords and secret keys in a text. It searches for patterns, so a finding is only likely."""

from __future__ import annotations

import base64
import binascii
import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Patterns are text, and are compiled after a plain search: most texts need none of them.
_BASIC = r"\bBasic(?: |%20|\+)([A-Za-z0-9+/]{8,400}={0,2})(?![A-Za-z0-9+/=])"
_ENCODED = (
    r"""Basic ?["']\s*+\+\s*+[\w.]*?(?:btoa|ase64\w*|encode)\(\s*+["']([^"'\s:]{2,200}:[^"'\s]{4,200})["']"""
)
_ENDPOINT = r"""(?i)endpoint["']?\s*+[:=]\s*+["']https?://(?!localhost|127\.|[^/"']*\bexample\.)"""
_PAIR = (
    r"""(?i)(?:user(?:name)?|key|login)["']?\s*+[:=]\s*+["']([^"'\s]{2,100})["'][^"']{0,60}?["']?\w{0,20}?"""
    r"""(?:password|secret)["']?\s*+[:=]\s*+["']([^"'\s]{4,100})["']"""
)
# A name and a password this near to an LRS's address belong to it; further addresses are not checked.
_BESIDE = 500
_MOST_ENDPOINTS = 50
# Examples in manuals, libraries and public test servers.
_EXAMPLE = (
    r"(?i)tom:1234|.*\b(?:user(?:name)?|key|client|login|test|demo|guest|your\w*|x+)\b.*:.*|.*:.*(?:password|passwd|secret|"
    r"pass)\b.*|.*(?:[$%{]\{|<\w+>).*"
)
_KEYS = {
    "a private key": (
        ("PRIVATE KEY-----",),
        r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?:\\[rn]|\s){1,8}[A-Za-z0-9+/]{40}",
    ),
    "a key of Amazon Web Services": (
        ("AKIA",),
        (
            r"\bAKIA(?!IOSFODNN7EXAMPLE)[0-9A-Z]{16}\b[^\x00]{0,200}?[\"'=:\s]"
            r"(?=[A-Za-z0-9/+]{0,39}[a-z])(?=[A-Za-z0-9/+]{0,39}[A-Z])(?=[A-Za-z0-9/+]{0,39}[0-9])"
            r"[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
        ),
    ),
    "a token of GitHub": (
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        r"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_\w{80,90}\b",
    ),
    "a key of Stripe": (("sk_live_",), r"\bsk_live_[A-Za-z0-9]{24,100}\b"),
    "a token of Slack": (
        ("xox",),
        r"\bxox[abprs]-\d{8,15}-[A-Za-z0-9-]{20,80}",
    ),
    "a key of OpenAI": (("sk-",), r"sk-(?:proj-[\w-]{40,200}|[A-Za-z0-9]{48})\b"),
}
"""Secrets: prefixes of which each contains one, which are quick to search for, and the whole pattern."""
_PREFIXES = tuple(word for words, _ in _KEYS.values() for word in words)
_PLAIN_PREFIXES = tuple(word for word in _PREFIXES if not word.endswith("_"))
_BEFORE_UNDERSCORE = tuple(word[:-1].rpartition("_")[2] for word in _PREFIXES if word.endswith("_"))


def logins(text: str) -> Iterator[int]:
    """The positions of the first user name and password in each notation."""
    if "Basic" in text:
        found = (match.start() for match in re.finditer(_BASIC, text) if _is_login(match[1]))
        yield from islice(found, 1)
        found = (match.start() for match in re.finditer(_ENCODED, text) if not _is_example(match[1]))
        yield from islice(found, 1)
    if "ndpoint" in text:
        for endpoint in islice(re.finditer(_ENDPOINT, text), _MOST_ENDPOINTS):
            around = max(0, endpoint.start() - _BESIDE), endpoint.end() + _BESIDE
            pair = re.compile(_PAIR).search(text, *around)
            if pair and not _is_example(f"{pair[1]}:{pair[2]}"):
                yield pair.start()


def keys(text: str) -> Iterator[tuple[str, int]]:
    """The first secret key of each kind: its name in a sentence, and its position."""
    # A single character is found many times faster than a word, and prose has few underscores.
    at = text.find("_")
    while at >= 0 and not text.endswith(_BEFORE_UNDERSCORE, 0, at):
        at = text.find("_", at + 1)
    if at < 0 and not any(word in text for word in _PLAIN_PREFIXES):
        return
    for name, (words, pattern) in _KEYS.items():
        found = re.search(pattern, text) if any(word in text for word in words) else None
        if found:
            yield name, found.start()


def _is_login(text: str) -> bool:
    """True for text after `Basic` that is a name and a password, not an example."""
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return False
    name, _, password = plain.partition(":")
    return bool(name and password and plain.isprintable()) and not _is_example(plain)


def _is_example(login: str) -> bool:
    return re.fullmatch(_EXAMPLE, login) is not None

"""What single LRSs and LMSs do beside or against the specifications, by name, so that a stand-in can do it too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quirk:
    """One behaviour. `shown_by` names systems whose published source does so."""

    name: str
    does: str
    shown_by: tuple[str, ...]


QUIRKS = {
    quirk.name: quirk
    for quirk in (
        Quirk("cors-off", "No page of another origin is let in.", ("SQL LRS",)),
        Quirk(
            "error-becomes-412",
            "Every refusal but 304, 404, 409 and 412 is told as 412, with other words.",
            ("ILIAS",),
        ),
        Quirk("fetch-once-401", "A key that was given away is answered with 401.", ("Moodle mod_cmi5",)),
        Quirk(
            "filtered-statements-faked",
            "Statements whose verb is `experienced` are answered as if they had been stored.",
            ("ILIAS",),
        ),
        Quirk(
            "one-state-id",
            "Of documents of the state only `suspendData` is kept; what is sent for others is answered with 200.",
            ("Open edX cmi5 XBlock",),
        ),
        Quirk(
            "partial-batch-stored",
            "Statements are stored one by one: an error leaves those before it, and an id that is known is 409.",
            ("Moodle mod_cmi5",),
        ),
        Quirk(
            "post-statements-ignored",
            "POST of statements is answered with 200 and an object, and nothing is stored; PUT is.",
            ("Open edX cmi5 XBlock",),
        ),
        Quirk(
            "state-put-needs-if-match",
            "PUT over a document of the state without a condition is 409, also by 1.0.3; POST merges.",
            ("ADL LRS",),
        ),
        Quirk("statements-only-lrs", "There is no resource but statements: 404.", ("Ralph",)),
        Quirk(
            "token-dies-on-terminated",
            "Whatever comes after `terminated`, of documents too, is 401.",
            ("ILIAS", "Moodle mod_cmi5"),
        ),
        Quirk(
            "token-expires",
            "A key is good for so many seconds after the launch, and then 401.",
            ("Moodle mod_cmi5",),
        ),
        Quirk(
            "unknown-state-200",
            "A document that is not there is answered with 200 and JSON of another kind.",
            ("Open edX cmi5 XBlock",),
        ),
        Quirk(
            "verb-by-display",
            "A statement whose verb has no English display is a server error.",
            ("Open edX cmi5 XBlock",),
        ),
    )
}


def quirks_named(names: Iterable[str]) -> frozenset[str]:
    """The names as a set; raises ValueError for one that is not known."""
    found = frozenset(names)
    unknown = sorted(found - QUIRKS.keys())
    if unknown:
        raise ValueError(f"There is no quirk {unknown[0]!r}.")
    return found

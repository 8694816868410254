"""A small course in Swedish and English, for tests, and the showcase in two languages."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import yaml
from strategies import write_course

FILES = {
    "course.yaml": """\
id: two
title: Två språk
description: En kurs på två språk.
language: sv
translations: [en]
version: 1.0.0
publisher: Exempelstad
licence: CC BY 4.0
minutes: 3
certificate: true
quick-exit: true
help: [sos]
start: {id: start, title: Välkommen, minutes: 1}
parts:
  - id: p1
    title: Grunder
    description: Det viktigaste.
    chapters:
      - id: p1-c1
        title: Första kapitlet
        pages:
          - {id: p1-c1-s1, title: Dörrar, minutes: 1}
          - {id: p1-c1-s2, title: Frågor, minutes: 1}
""",
    "contacts.yaml": """\
- {id: sos, name: SOS Alarm, phone: "112", purpose: När det är bråttom, checked: 2026-10-01}
""",
    "glossary.yaml": """\
- {id: exit, term: utgång, text: En väg ut.}
""",
    "pages/start.md": """\
Välkommen hit. Ta det lugnt.
""",
    "pages/p1-c1-s1.md": """\
En dörr är en [utgång](term:exit). Läs mer på [nästa sida](page:p1-c1-s2).

::: note Tänk på
Håll dörren fri.
:::

```reflection
question: Vad tänker du?
```
""",
    "pages/p1-c1-s2.md": """\
Svara här.

```choice
id: q1
question: Vad gör du?
answers:
  - {id: a, text: Springer}
  - {id: b, text: Går lugnt ut, right: true, feedback: Bra.}
```

```fill-in
id: q2
question: Vad heter numret?
answers:
  - {text: ett ett två, right: true}
```
""",
    "translations/en/translation.yaml": """\
title: Two languages
description: A course in two languages.
titles:
  start: Welcome
  p1: Basics
  p1-c1: First chapter
  p1-c1-s1: Doors
  p1-c1-s2: Questions
descriptions:
  p1: What matters most.
""",
    "translations/en/contacts.yaml": """\
- {id: sos, name: SOS Alarm, phone: "112", purpose: When it is urgent, checked: 2026-10-01}
""",
    "translations/en/glossary.yaml": """\
- {id: exit, term: exit, text: A way out.}
""",
    "translations/en/pages/start.md": """\
Welcome here. Take it easy.
""",
    "translations/en/pages/p1-c1-s1.md": """\
A door is an [exit](term:exit). Read more on the [next page](page:p1-c1-s2).

::: note Mind
Keep the door free.
:::

```reflection
question: What do you think?
```
""",
    "translations/en/pages/p1-c1-s2.md": """\
Answer here.

```choice
id: q1
question: What do you do?
answers:
  - {id: a, text: Run}
  - {id: b, text: Walk out calmly, right: true, feedback: Good.}
```

```fill-in
id: q2
question: What is the number?
answers:
  - {text: one one two, right: true}
```
""",
}
"""Its files by name; the translation's stand last."""

EN = "translations/en"


def write_translated(folder: Path, changes: Mapping[str, str | bytes] | None = None) -> Path:
    """Writes it with some files added or replaced."""
    return write_course(folder, {**FILES, **(changes or {})})


def translate_showcase(folder: Path) -> Path:
    """Makes a translation of it that says the same in the same language."""
    definition = yaml.safe_load((folder / "course.yaml").read_text("utf-8"))
    top = folder / EN
    shutil.copytree(folder / "pages", top / "pages")
    for name in ("glossary.yaml", "contacts.yaml"):
        shutil.copy(folder / name, top)
    entries = [definition["start"], *definition["parts"]]
    for part in definition["parts"]:
        for chapter in part["chapters"]:
            entries += [chapter, *chapter["pages"]]
    same = (
        "title",
        "subtitle",
        "short-title",
        "description",
        "audience",
        "content-note",
        "closing",
        "tomorrow",
        "roles",
    )
    words = {
        **{name: definition[name] for name in same},
        "titles": {entry["id"]: entry["title"] for entry in entries},
        "easy": {part["id"]: part["easy"] for part in definition["parts"] if "easy" in part},
        "objectives": {each["id"]: each["text"] for each in definition["objectives"]},
        "accessibility": {name: definition["accessibility"][name] for name in ("method", "shortcomings")},
    }
    (top / "translation.yaml").write_text(yaml.safe_dump(words, allow_unicode=True), "utf-8")
    (folder / "course.yaml").write_text(
        yaml.safe_dump({**definition, "translations": ["en"]}, allow_unicode=True, sort_keys=False), "utf-8"
    )
    return folder

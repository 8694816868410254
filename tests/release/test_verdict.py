"""The verdict of `coursepack diff` on random edits, against states of learners that the player's own code opens."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from strategies import VTT, dump, fence, mp4

from coursepack import build_package, read_course
from coursepack.building.render import course_data
from coursepack.release.diff import Changes
from coursepack.release.diff.changes import changes_between
from coursepack.release.diff.contents import open_contents

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]

# `make soak` tries others.
CHAINS, EDITS = int(os.environ.get("COURSEPACK_CHAINS", "1")), 50
SEED = int(os.environ.get("COURSEPACK_SEED", "0"))

# What a verdict names where a mark of a learner is gone. The place is that on a page.
NAMED = {
    "pages": ("pages", "state", "parts"),
    "answers": ("answers", "state", "parts"),
    "last": ("pages", "parts"),
    "bookmarks": ("bookmarks", "pages", "state", "parts"),
    "positions": ("positions", "state", "parts"),
    "submissions": ("submissions", "state", "parts"),
}


@dataclass
class Thing:
    """A page, question, answer or sound. `uid` is what it is for a reader, whatever its id becomes."""

    uid: str
    id: str
    text: str
    right: bool = False
    core: bool = True
    inner: list[Thing] = field(default_factory=list)
    sounds: list[str] = field(default_factory=list)


class Model:
    """A course that is edited, and what an edit did."""

    def __init__(self, dice: random.Random) -> None:
        self.dice, self.numbers = dice, count()
        self.id, self.target, self.version = "edited", dice.choice(["scorm12", "scorm2004", "web", "cmi5"]), 0
        self.rule: dict[str, Any] = {"rule": "all-core-pages"}
        self.check: dict[str, Any] | None = None
        self.status = "completed"
        self.pages = [self.page() for _ in range(3)]
        self.pages[1].sounds = [self.name("sound")]
        for page in self.pages[:2]:
            page.inner = [self.question(), self.question()]

    def name(self, kind: str) -> str:
        return f"{kind}-{next(self.numbers)}"

    def page(self) -> Thing:
        name = self.name("page")
        return Thing(name, name, f"Words of {name}.")

    def question(self) -> Thing:
        name = self.name("q")
        answers = [self.answer(letter) for letter in "abc"]
        answers[0].right = True
        return Thing(name, name, f"Question {name}?", inner=answers)

    def answer(self, letter: str) -> Thing:
        name = self.name("answer")
        return Thing(name, letter, f"Words of {name}.")

    @property
    def questions(self) -> list[tuple[Thing, Thing]]:
        return [(page, question) for page in self.pages for question in page.inner]

    def edit(self) -> str:
        """Edits the course at random, and returns the name of the edit."""
        edits: list[Callable[[], object]] = [
            self.add_page, self.add_page, self.move_page, self.drop_page, self.retitle_page, self.reword_page,
            self.rename_page, self.swap_pages, self.add_question, self.drop_question, self.move_question,
            self.reword_question, self.swap_questions, self.add_answer, self.drop_answer, self.reword_answer,
            self.swap_answers, self.change_right, self.change_core, self.change_rule, self.change_check,
            self.change_status, self.change_id, self.change_target, self.add_sound, self.drop_sound,
            self.delete_lock, self.cut_lock, self.swap_lock,
        ]  # fmt: skip
        edit = self.dice.choice(edits)
        self.lock: Callable[[list[str]], list[str]] | None = None
        edit()
        self.version += 1
        # A rule that asks for the check needs one with questions.
        on = next((page for page in self.pages if self.check and page.id == self.check["page"]), None)
        if self.check and not (on and on.inner):
            self.check = None
        if not self.check and self.rule["rule"] in ("check-submitted", "score"):
            self.rule = {"rule": "all-core-pages"}
        if self.rule["rule"] == "score" and "mastery" not in (self.check or {}):
            self.rule = {"rule": "check-submitted"}
        if self.status == "both" and "mastery" not in (self.check or {}):
            self.status = "completed"
        if not any(page.core for page in self.pages):
            self.pages[0].core = True
        return edit.__name__

    def add_page(self) -> None:
        page = self.page()
        if self.dice.random() < 0.5:
            page.inner = [self.question()]
        self.pages.insert(self.dice.randint(0, len(self.pages)), page)

    def move_page(self) -> None:
        page = self.pages.pop(self.dice.randrange(len(self.pages)))
        self.pages.insert(self.dice.randint(0, len(self.pages)), page)

    def drop_page(self) -> None:
        if len(self.pages) > 2:
            self.pages.pop(self.dice.randrange(len(self.pages)))

    def retitle_page(self) -> None:
        self.dice.choice(self.pages).text += " Title."

    def reword_page(self) -> None:
        self.dice.choice(self.pages).text += " More words."

    def rename_page(self) -> None:
        page = self.dice.choice(self.pages)
        if self.check and self.check["page"] == page.id:
            self.check = {**self.check, "page": f"{page.uid}-new-{self.version}"}
        page.id = f"{page.uid}-new-{self.version}"

    def swap_pages(self) -> None:
        one, other = self.dice.sample(self.pages, 2)
        one.id, other.id = other.id, one.id

    def add_question(self) -> None:
        self.dice.choice(self.pages).inner.append(self.question())

    def drop_question(self) -> None:
        if self.questions:
            page, question = self.dice.choice(self.questions)
            page.inner.remove(question)

    def move_question(self) -> None:
        if self.questions:
            page, question = self.dice.choice(self.questions)
            page.inner.remove(question)
            self.dice.choice(self.pages).inner.append(question)

    def reword_question(self) -> None:
        if self.questions:
            self.dice.choice(self.questions)[1].text += " Really?"

    def swap_questions(self) -> None:
        if len(self.questions) > 1:
            (_, one), (_, other) = self.dice.sample(self.questions, 2)
            one.id, other.id = other.id, one.id

    def add_answer(self) -> None:
        if self.questions:
            _, question = self.dice.choice(self.questions)
            question.inner.append(self.answer(f"n{next(self.numbers)}"))

    def drop_answer(self) -> None:
        found = [question for _, question in self.questions if len(question.inner) > 2]
        if found:
            question = self.dice.choice(found)
            question.inner.remove(self.dice.choice([each for each in question.inner if not each.right]))

    def reword_answer(self) -> None:
        if self.questions:
            self.dice.choice(self.dice.choice(self.questions)[1].inner).text += " Yes."

    def swap_answers(self) -> None:
        if self.questions:
            one, other = self.dice.sample(self.dice.choice(self.questions)[1].inner, 2)
            one.id, other.id = other.id, one.id

    def change_right(self) -> None:
        if self.questions:
            _, question = self.dice.choice(self.questions)
            right = self.dice.choice(question.inner)
            for each in question.inner:
                each.right = each is right

    def change_core(self) -> None:
        page = self.dice.choice(self.pages)
        page.core = not page.core

    def change_rule(self) -> None:
        rules: list[dict[str, Any]] = [
            {"rule": "all-core-pages"},
            {"rule": "all-core-pages", "questions": "answered"},
        ]
        if self.check:
            rules.append({"rule": "check-submitted"})
            if "mastery" in self.check:
                rules.append({"rule": "score"})
        self.rule = self.dice.choice(rules)

    def change_check(self) -> None:
        pages = [page for page in self.pages if page.inner]
        if not pages:
            return
        page = self.check["page"] if self.check and self.dice.random() < 0.7 else self.dice.choice(pages).id
        self.check = {"page": page}
        if self.dice.random() < 0.6:
            self.check["mastery"] = self.dice.choice([50, 80, 100])
        if self.dice.random() < 0.5:
            self.check["feedback"] = "after"
            if self.dice.random() < 0.3:
                self.check["attempts"] = 1

    def change_status(self) -> None:
        self.status = self.dice.choice(["completed", "passed", "both"])

    def change_id(self) -> None:
        self.id = self.name("other")

    def change_target(self) -> None:
        self.target = self.dice.choice(["scorm12", "scorm2004", "scorm2004-3rd", "web", "xapi", "cmi5"])

    def add_sound(self) -> None:
        self.dice.choice(self.pages).sounds.append(self.name("sound"))

    def drop_sound(self) -> None:
        page = self.dice.choice(self.pages)
        page.sounds = page.sounds[:-1]

    def delete_lock(self) -> None:
        self.lock = lambda lines: []

    def cut_lock(self) -> None:
        at = self.dice.random()
        self.lock = lambda lines: [line for n, line in enumerate(lines) if n != int(at * len(lines))]

    def swap_lock(self) -> None:
        def swap(lines: list[str]) -> list[str]:
            one, other = self.dice.sample(range(len(lines)), 2)
            lines[one], lines[other] = lines[other], lines[one]
            return lines

        self.lock = swap

    def write(self, folder: Path) -> None:
        """Writes it as a course, and edits the lock where that is the edit."""
        shutil.rmtree(folder / "pages", ignore_errors=True)
        for name in ("pages", "media"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        entries = []
        for page in self.pages:
            words, _, title = page.text.partition(" Title.")
            entries.append(
                {"id": page.id, "title": f"{page.uid}{title and ' again'}", "minutes": 1, "core": page.core}
            )
            blocks = [f"{words}\n"]
            for name in page.sounds:
                (folder / f"media/{name}.m4a").write_bytes(mp4(10))
                (folder / f"media/{name}.vtt").write_text(VTT, "utf-8")
                blocks.append(
                    fence(
                        "audio",
                        {
                            "src": f"media/{name}.m4a",
                            "title": name,
                            "transcript": f"media/{name}.vtt",
                            "duration": "0:10",
                        },
                    )
                )
            for question in page.inner:
                answers = [{"id": each.id, "text": each.text, "right": each.right} for each in question.inner]
                blocks.append(
                    fence("choice", {"id": question.id, "question": question.text, "answers": answers})
                )
            (folder / f"pages/{page.id}.md").write_text("\n".join(blocks), "utf-8")
        chapters = [{"id": "p1-c1", "title": "Chapter", "pages": entries}]
        definition = {
            "id": self.id, "title": "Course", "description": "A course that is edited.", "language": "en",
            "version": f"1.0.{self.version}", "publisher": "Publisher", "licence": "CC BY 4.0", "minutes": len(entries),
            "status": self.status, "completion": self.rule, **({"final-check": self.check} if self.check else {}),
            "parts": [{"id": "p1", "title": "Part", "chapters": chapters}],
        }  # fmt: skip
        (folder / "course.yaml").write_text(dump(definition), "utf-8")
        lock = folder / "course.lock"
        if self.lock and lock.exists():
            head, *lines = lock.read_text("utf-8").splitlines()
            lock.write_text("\n".join([head, *self.lock(lines), ""]), "utf-8")


@dataclass(frozen=True)
class Version:
    """A version that was built. `names` are what ids mean, by kind."""

    model: Model
    package: Path
    data: dict[str, Any]
    sounds: dict[int, str]
    edit: str

    @property
    def names(self) -> dict[tuple[str, ...], str]:
        pages = {("page", page.id): page.uid for page in self.model.pages}
        questions = {("question", question.id): question.uid for _, question in self.model.questions}
        answers = {
            ("answer", question.id, each.id): each.uid
            for _, question in self.model.questions
            for each in question.inner
        }
        return {**pages, **questions, **answers}


def versions(seed: int, folder: Path) -> Iterator[Version]:
    """A course, and what it becomes by one edit after another."""
    model = Model(random.Random(seed))
    model.lock = None
    edit = "first"
    for number in range(EDITS + 1):
        model.write(folder / "course")
        built = build_package(folder / "course", model.target, folder / str(number))
        course = read_course(folder / "course")
        sounds = {at: slot[1] for at, slot in enumerate(course.lock.slots) if slot[0] == "media"}
        used = {f"media/{name}.m4a" for page in model.pages for name in page.sounds}
        known = {at: name for at, name in sounds.items() if name in used}
        yield Version(deepcopy_of(model), built.path, course_data(course), known, edit)
        edit = model.edit()


def deepcopy_of(model: Model) -> Model:
    copy = Model.__new__(Model)
    copy.__dict__ = {
        name: deepcopy(value)
        for name, value in model.__dict__.items()
        if name not in ("lock", "numbers", "dice")
    }
    return copy


def open_states(chain: list[Version], found: list[Changes], seed: int) -> list[list[dict[str, Any]]]:
    """For each update what learners had before it, and have after it."""
    node = shutil.which("node")
    assert node, "the player's own code decides, and needs Node"
    # Nobody brings the state of an old activity into a new one.
    begins_anew = [True, *(each.verdict.kind == "new" for each in found)]
    given = [
        {"course": each.data, "standard": each.model.target, "media": list(each.sounds), "isNew": is_new}
        for each, is_new in zip(chain, begins_anew, strict=True)
    ]
    done = subprocess.run(
        [node, str(Path(__file__).with_name("open_states.mjs")), (ROOT / "player/src").as_uri()],
        input=json.dumps({"versions": given, "seed": seed}),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    updates: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return updates


def meant(version: Version, marks: dict[str, Any]) -> dict[str, Any]:
    """Marks as what they are for a reader, instead of ids."""
    names = version.names
    return {
        "done": marks["done"],
        "pages": {names["page", name] for name in marks["pages"]},
        "last": {names["page", marks["last"]]} if marks["last"] else set(),
        "bookmarks": {names["page", name] for name in marks["bookmarks"]},
        "answers": {
            (names["question", name], names["answer", name, each])
            for name, ids in marks["answers"].items()
            for each in ids
        },
        "positions": {version.sounds[slot] for slot in marks["positions"] if slot in version.sounds},
        "submissions": set() if marks["submissions"] is None else {marks["submissions"]},
    }


@pytest.mark.parametrize("seed", range(SEED, SEED + CHAINS))
def test_the_verdict_is_what_the_player_makes_of_the_states_of_learners(seed: int, tmp_path: Path) -> None:
    chain = list(versions(seed, tmp_path))
    said: Counter[str] = Counter()
    contents = []
    for version in chain:
        with open_contents(version.package) as opened:
            contents.append(opened)
    found = [changes_between(old, new) for old, new in pairwise(contents)]
    states = open_states(chain, found, seed)
    for (old, new), changes, seen in zip(pairwise(chain), found, states, strict=True):
        lost: dict[str, set[Any]] = {name: set() for name in (*NAMED, "done")}
        false: dict[str, set[Any]] = {name: set() for name in NAMED}
        for each in seen:
            before, after = meant(old, each["before"]), meant(new, each["after"])
            # Whoever has failed for good gets another try where the new version has one.
            has_failed = each["before"]["failed"] and old.model.status != "completed"
            if before["done"] and not has_failed and not after["done"]:
                lost["done"].add("done")
            for name in NAMED:
                lost[name] |= before[name] - after[name]
                # A check that an older version had comes back with what was handed in.
                if name != "submissions" or before[name]:
                    false[name] |= after[name] - before[name]
        judge(new, old, changes, lost, false, all(each["isRead"] for each in seen))
        said[changes.verdict.kind] += 1
    # Other seeds promise nothing of the kind.
    assert SEED or min(said["safe"], said["loses"], said["new"]) > 3


def judge(
    new: Version,
    old: Version,
    changes: Changes,
    lost: dict[str, set[Any]],
    false: dict[str, set[Any]],
    is_read: bool,
) -> None:
    verdict = changes.verdict
    lost, false = ({name: found for name, found in each.items() if found} for each in (lost, false))
    rules = [(each.data["completion"], each.data["check"], each.data["status"]) for each in (old, new)]
    told = f"{new.edit}: {verdict}, lost {lost}, false {false}, {rules}"
    if (old.model.id, old.model.target[:9]) != (new.model.id, new.model.target[:9]):
        expected = "standard" if old.model.target[:9] != new.model.target[:9] else "course"
        assert (verdict.kind, verdict.reason) == ("new", expected), told
        return
    if verdict.kind == "safe":
        assert not lost, told
        assert not false, told
    elif verdict.kind == "loses":
        assert "done" not in lost, told
        for name, words in NAMED.items():
            assert name not in lost or verdict.loses.keys() & set(words), told
            assert name not in false or (name in ("answers", "bookmarks") and name in verdict.loses), told
        # What it says is lost was lost by someone.
        if "pages" in verdict.loses:
            assert len(lost.get("pages", ())) == verdict.loses["pages"], told
        if "answers" in verdict.loses:
            assert len({question for question, _ in lost.get("answers", ())}) == verdict.loses["answers"], (
                told
            )
        for name in ("submissions", "bookmarks", "positions"):
            assert name not in verdict.loses or name in lost, told
        assert ("state" in verdict.loses) == (not is_read), told
    else:
        # Where lines were cut, learners of still older versions have bits of what they named.
        is_cut = lost and new.data["slots"] < old.data["slots"]
        needed = {
            "unreadable": not is_read and lost.get("done"),
            "misread": false or lost.get("done") or is_cut,
            "ids": false.get("pages"),
            "answers": false.get("answers"),
            "completion": lost.get("done"),
        }
        assert needed.get(str(verdict.reason)), told

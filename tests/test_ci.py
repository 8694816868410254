"""The recipes for CI work as they are documented, and the action too: their commands run in a clean clone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from click.testing import CliRunner

from coursepack.cli import main

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[1]
GITHUB, SHORT, GITLAB, FORGEJO, ACTION = (
    ".github/workflows/course.yml",
    ".github/workflows/short.yml",
    ".gitlab-ci.yml",
    ".forgejo/workflows/course.yml",
    "action.yml",
)

# coursepack is the one of this checkout, and there is no host to attach anything to.
LEFT_OUT = ("Install coursepack", "Attach to the release")

# What only the host can do, by the end of its name: fetches the clone and Python, and keeps what was made.
HOSTED = ("checkout", "setup-python", "upload-sarif", "upload-artifact", "forgejo-release", "coursepack")

BROKEN = "A [word](term:nowhere) that nobody explains.\n"


class Step(NamedTuple):
    name: str
    script: str
    env: Mapping[str, str]


def recipes() -> dict[str, Any]:
    """The recipes of the page by the name of their file, and the action."""
    page = (ROOT / "docs/ci.md").read_text("utf-8")
    found = re.findall(r"^```yaml\n# (\S+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    action = yaml.safe_load((ROOT / ACTION).read_text("utf-8"))
    return {**{name: yaml.safe_load(text) for name, text in found}, ACTION: action}


RECIPES = recipes()


def hosted(recipe: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps of GitHub's form."""
    if "runs" in recipe:
        return list(recipe["runs"]["steps"])
    return [step for job in recipe["jobs"].values() for step in job["steps"]]


def steps(name: str) -> Iterator[Step]:
    """What a recipe runs in a shell."""
    recipe = RECIPES[name]
    if name == GITLAB:
        for job in ("course", "release"):
            yield Step(job, "\n".join(recipe[job]["script"]), {})
        return
    for step in hosted(recipe):
        if "run" in step and step["name"] not in LEFT_OUT:
            inputs = {
                f"${{{{ inputs.{key} }}}}": each["default"] for key, each in recipe.get("inputs", {}).items()
            }
            env = {key: inputs.get(value, value) for key, value in step.get("env", {}).items()}
            yield Step(step["name"], step["run"], env)


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a course that was built once, so that it has its lock."""
    folder = tmp_path_factory.mktemp("ci") / "repository"
    for arguments in (
        ["new", f"{folder}/course_source"],
        ["build", f"{folder}/course_source", "--out", f"{folder.parent}/first", "--target", "web"],
    ):
        assert CliRunner().invoke(main, arguments).exit_code == 0
    shutil.rmtree(folder / "course_source/.coursepack", ignore_errors=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Add a course")
    return folder


@pytest.fixture
def clone(repository: Path, tmp_path: Path) -> Path:
    git(tmp_path, "clone", "-q", str(repository), "clone")
    return tmp_path / "clone"


def run(step: Step, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a step as the hosts do: bash, which ends at the first command that fails."""
    given = {name: value for name, value in os.environ.items() if name not in ("SOURCE_DATE_EPOCH", "LC_ALL")}
    own = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step.script],
        cwd=folder,
        env={**given, "LC_ALL": "C.UTF-8", "PATH": own, **step.env},
        capture_output=True,
        text=True,
    )


@pytest.mark.share(1)
@pytest.mark.parametrize("name", [GITHUB, GITLAB, FORGEJO, ACTION])
def test_a_recipe_builds_and_releases_a_course_from_a_clean_clone(name: str, clone: Path) -> None:
    for step in steps(name):
        done = run(step, clone)
        assert done.returncode == 0, f"{step.name}: {done.stdout}{done.stderr}"
    assert len(list(clone.glob("build/*.zip"))) == 5
    (made,) = clone.glob("release/*/packages/*-scorm12.zip")
    assert zipfile.is_zipfile(made)
    assert list(clone.glob("release/*/SHA256SUMS"))


@pytest.mark.share(1)
@pytest.mark.parametrize(
    ("name", "told"),
    [
        (GITHUB, r"^::error file=course_source/pages/[\w-]+\.md,line=1,col=\d+,title=page/dangling-term::"),
        (ACTION, r"^::error file=course_source/pages/[\w-]+\.md,line=1,col=\d+,title=page/dangling-term::"),
        (GITLAB, r"^pages/[\w-]+\.md:1:\d+: error page/dangling-term"),
        (FORGEJO, r"^pages/[\w-]+\.md:1:\d+: error page/dangling-term"),
    ],
)
def test_a_course_with_an_error_fails_at_its_file_and_line(name: str, told: str, clone: Path) -> None:
    page = min(clone.glob("course_source/pages/*.md"))
    page.write_text(BROKEN, "utf-8")
    output = ""
    for step in steps(name):
        done = run(step, clone)
        output += done.stdout
        if done.returncode:
            break
    assert (step.name, done.returncode) == ("course" if name == GITLAB else "Check", 1)
    assert re.search(told, output, re.MULTILINE)
    assert not list(clone.glob("build/*.zip"))
    where = f"course_source/pages/{page.name}"
    if name == GITLAB:
        (found,) = json.loads((clone / "codequality.json").read_text("utf-8"))
        assert found["location"] == {"path": where, "lines": {"begin": 1}}
    else:
        (result,) = json.loads((clone / "coursepack.sarif").read_text("utf-8"))["runs"][0]["results"]
        place = result["locations"][0]["physicalLocation"]
        assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == (where, 1)


@pytest.mark.share(1)
@pytest.mark.parametrize("name", [GITHUB, GITLAB, FORGEJO, ACTION])
def test_a_lock_that_was_not_committed_fails(name: str, clone: Path) -> None:
    lock = clone / "course_source/course.lock"
    lock.write_text("".join(lock.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    git(clone, "commit", "-qam", "Lose a line")
    failed = next(step.name for step in steps(name) if run(step, clone).returncode)
    assert failed == ("course" if name == GITLAB else "Build")


@pytest.mark.parametrize("name", [GITHUB, SHORT, FORGEJO, ACTION])
def test_actions_are_pinned_to_a_version(name: str) -> None:
    used = [step["uses"] for step in hosted(RECIPES[name]) if "uses" in step]
    assert used
    for each in used:
        path, _, version = each.partition("@")
        assert re.fullmatch(r"v\d+(\.\d+\.\d+)?", version)
        assert path.rpartition("/")[2] in HOSTED


def test_no_recipe_puts_an_expression_into_a_command() -> None:
    """What others can name, such as a branch, would be run (script injection)."""
    for name in (GITHUB, SHORT, FORGEJO, ACTION):
        assert [step["name"] for step in hosted(RECIPES[name]) if "${{" in step.get("run", "")] == []


def test_the_recipe_with_the_action_gives_what_the_action_takes() -> None:
    given = [step["with"] for step in hosted(RECIPES[SHORT]) if "example/coursepack" in step["uses"]]
    assert [set(each) for each in given] == [set(RECIPES[ACTION]["inputs"])]

"""`coursepack describe`, and what `coursepack new` writes for editors and other tools."""

from __future__ import annotations

import importlib.resources
import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from coursepack import build_packages
from coursepack.cli import main
from coursepack.course.blocks import CONTAINERS, DATA_BLOCKS
from coursepack.profiles import PROFILES, quirks
from coursepack.reading.schema import json_schema
from coursepack.targets import TARGETS

ROOT = Path(__file__).resolve().parents[1]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture(scope="module", params=["en", "sv"])
def described(request: pytest.FixtureRequest) -> dict[str, Any]:
    told = json.loads(run("describe", "--json", "--language", request.param).stdout)
    assert told["language"] == request.param
    return told  # type: ignore[no-any-return]


# describe


def test_the_json_is_as_its_schema_says(described: dict[str, Any]) -> None:
    file = importlib.resources.files("coursepack.outputs").joinpath("description.schema.json")
    schema = json.loads(file.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(described)
    for broken in ({**described, "blocks": [{"name": "choice"}]}, {**described, "rules": [{}]}):
        assert not Draft202012Validator(schema).is_valid(broken)


def test_it_has_every_block_target_profile_and_quirk(described: dict[str, Any]) -> None:
    def names(of: str) -> list[str]:
        return [each["name"] for each in described[of]]

    assert names("blocks") == [*CONTAINERS, *DATA_BLOCKS]
    assert names("targets") == list(TARGETS)
    assert names("profiles") == list(PROFILES)
    assert names("quirks") == list(quirks())
    assert {each["name"]: each["schema"] for each in described["blocks"] if each["schema"]} == {
        name: json_schema(name) for name in DATA_BLOCKS
    }
    assert described["files"]["course"]["properties"]["title"]


def test_it_has_every_rule_that_explain_lists(described: dict[str, Any]) -> None:
    listed = run("explain", "--language", described["language"]).stdout.splitlines()
    told = {each["name"]: each["what"] for each in described["rules"]}
    assert len(told) == len(described["rules"])
    assert set(told) == {line.partition(" (")[0] for line in listed}
    for line in listed:
        assert line.endswith(f": {told[line.partition(' (')[0]]}")
    spec = {each["name"]: each["spec"] for each in described["rules"]}
    assert any(spec.values())


def test_texts_are_in_the_language(described: dict[str, Any]) -> None:
    is_swedish = described["language"] == "sv"
    key = next(each for each in described["blocks"] if each["name"] == "key")
    assert key["what"].startswith("Sidans viktigaste" if is_swedish else "The most important")
    always = next(each for each in described["quirks"] if each["name"] == "always-true")
    assert always["what"] == quirks()["always-true"].what[described["language"]]


def test_without_json_the_names_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = run("describe", "--language", "en").stdout.splitlines()
    assert max(map(len, lines)) <= 60
    told = " ".join(line.strip() for line in lines)
    for name in (*CONTAINERS, *DATA_BLOCKS, *TARGETS, *PROFILES):
        assert f" {name}," in told or f" {name} " in told


# new


@pytest.fixture(scope="module", params=["en", "sv"])
def course(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "course"
    assert run("new", str(folder), "--language", request.param).exit_code == 0
    return folder


def test_a_new_course_is_the_same_bytes_each_time(course: Path, tmp_path: Path) -> None:
    language = yaml.safe_load((course / "course.yaml").read_text("utf-8"))["language"]
    run("new", str(tmp_path / "again"), "--language", language)

    def contents(folder: Path) -> dict[str, bytes]:
        files = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    assert contents(course) == contents(tmp_path / "again")
    assert {".gitignore", ".vscode/settings.json", "AGENTS.md"} <= contents(course).keys()
    assert not any(b"\r" in content for content in contents(course).values())


def test_each_yaml_file_names_its_schema_which_it_is_valid_by(course: Path) -> None:
    files = sorted(course.glob("*.yaml"))
    assert [path.stem for path in files] == ["contacts", "course", "glossary"]
    for path in files:
        text = path.read_text("utf-8")
        first, _, _ = text.partition("\n")
        schema = course / first.removeprefix("# yaml-language-server: $schema=")
        assert json.loads(schema.read_text("utf-8")) == json_schema(path.stem)
        # As editors read it: a date is text.
        values = yaml.load(text, yaml.BaseLoader) if path.stem == "contacts" else yaml.safe_load(text)
        Draft202012Validator(json_schema(path.stem)).validate(values)


def test_the_settings_name_schemas_that_are_there(course: Path) -> None:
    settings = json.loads((course / ".vscode/settings.json").read_text("utf-8"))
    for schema, file in settings["yaml.schemas"].items():
        assert json.loads((course / schema).read_text("utf-8")) == json_schema(file.removesuffix(".yaml"))


def test_git_leaves_out_what_a_build_makes_and_nothing_of_the_course(course: Path, tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        command = [
            "git",
            "-C",
            str(course),
            "--git-dir",
            str(tmp_path / "git"),
            "--work-tree",
            ".",
            *arguments,
        ]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    git("init", "-q")
    ours = ["course.lock", "course.yaml", "media/plan.svg", ".schemas/course.schema.json", "AGENTS.md"]
    made = ["build/a.zip", ".coursepack/media/x", ".DS_Store", "media/.DS_Store"]
    assert git("check-ignore", "--no-index", *ours, *made).splitlines() == made


def test_agents_are_told_commands_that_there_are(course: Path) -> None:
    text = (course / "AGENTS.md").read_text("utf-8")
    for command in ("check", "explain", "build", "describe", "schema"):
        assert f"coursepack {command}" in text
        assert run(command, "--help").exit_code == 0
    assert run("schema", "choice").exit_code == 0


def test_nothing_for_tools_is_in_a_package(course: Path, tmp_path: Path) -> None:
    for built in build_packages(course, list(TARGETS), out=tmp_path):
        assert [problem for problem in built.report if problem.severity != "note"] == []
        with zipfile.ZipFile(built.path) as archive:
            for name in archive.namelist():
                assert not name.startswith((".", "AGENTS", "README")), name
                assert b"yaml-language-server" not in archive.read(name), name

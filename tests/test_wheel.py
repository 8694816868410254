"""What is shipped works alone: from the installed wheel, with the checkout out of reach, without Node."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[1]
PAST = "1700000000"


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Runs a command with nothing of this process's environment but what is given."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={"PATH": "/nonexistent", "HOME": str(cwd), **environment},
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(source: Path, out: Path, *kinds: str) -> None:
    run(
        *(sys.executable, "-m", "build", "--no-isolation", *kinds, "--outdir", out, source),
        cwd=out.parent,
        SOURCE_DATE_EPOCH=PAST,
        PATH=os.defpath,
    )


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, and the wheel made from it."""
    out = tmp_path_factory.mktemp("dist") / "first"
    build(ROOT, out)
    return out


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    return next(dist.glob("*.whl"))


def requirements(needed: Iterable[str]) -> dict[str, Distribution]:
    """The distributions that satisfy these requirements, with all that those require in turn."""
    found: dict[str, Distribution] = {}
    rest = list(needed)
    while rest:
        requirement = Requirement(rest.pop())
        if requirement.name in found or (
            requirement.marker and not requirement.marker.evaluate({"extra": ""})
        ):
            continue
        found[requirement.name] = distribution(requirement.name)
        rest += found[requirement.name].requires or []
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment with the wheel, the dependencies that it declares, and nothing else."""
    place = tmp_path_factory.mktemp("elsewhere")
    venv.create(place / "env", with_pip=False, symlinks=True)
    python = place / "env" / "bin" / "python"
    site = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('platlib'))", cwd=place).strip()
    )
    run(
        *(sys.executable, "-m", "pip", "--python", python, "install", "-q"),
        *("--no-deps", "--no-index", "--disable-pip-version-check", wheel),
        cwd=place,
    )
    (shipped,) = distributions(path=[str(site)])
    for dependency in requirements(shipped.requires or []).values():
        for name in {file.parts[0] for file in dependency.files or []} - {"..", "__pycache__"}:
            if not (site / name).exists():
                (site / name).symlink_to(Path(str(dependency.locate_file(name))))
    return python.parent


def test_the_wheel_holds_the_library_and_every_template(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, inside in (("src/coursepack", "coursepack"), ("templates", "coursepack/templates")):
        files = [
            path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts
        ]
        wanted = {f"{inside}/{path.relative_to(ROOT / folder).as_posix()}" for path in files}
        assert wanted - names == set()
    assert "coursepack/py.typed" in names


def test_the_sdist_holds_what_is_needed_to_work_on_it(dist: Path) -> None:
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for wanted in (
        *("pyproject.toml", "LICENSE", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile"),
        *("requirements.lock", "requirements-dev.lock", ".ci/run", "tools/setup", "docs/index.md"),
        *(
            "course_source/course.yaml",
            "templates/index.html",
            "src/coursepack/cli/build.py",
            "tests/test_wheel.py",
        ),
        *("player/package-lock.json", "player/src/start.js"),
    ):
        assert wanted in names
    assert not [name for name in names if "node_modules" in name or ".venv" in name]


def test_the_checkout_and_the_sdist_give_the_same_wheel_and_every_build_the_same_bytes(
    dist: Path, tmp_path: Path
) -> None:
    build(ROOT, tmp_path / "second", "--sdist", "--wheel")
    again = {path.name: path.read_bytes() for path in (tmp_path / "second").iterdir()}
    assert again == {path.name: path.read_bytes() for path in dist.iterdir()}


EVERYTHING = """
import pkgutil, sys, importlib, coursepack
for module in pkgutil.walk_packages(coursepack.__path__, "coursepack.", onerror=print):
    if module.name == "coursepack.__main__":
        continue
    try:
        importlib.import_module(module.name)
    except ImportError as error:
        print(module.name, error)
print(*{"starlette", "uvicorn"} & sys.modules.keys())
"""


def test_only_the_test_lrs_the_preview_and_rehearsals_need_a_web_server(
    installed: Path, tmp_path: Path
) -> None:
    told = run(installed / "python", "-c", EVERYTHING, cwd=tmp_path).split("\n")
    name = "coursepack.xapi.test_lrs"
    assert f"{name} {name} needs a web server: pip install coursepack[preview]" in told
    served = ("coursepack.preview.", "coursepack.rehearsal.")
    assert {line for line in told if not line.startswith((name, *served))} == {""}
    assert all("starlette" in line or "test_lrs" in line for line in told if line.startswith(served))
    for name, needed in (
        ("preview", "It needs a web server: pip install 'coursepack[preview]'"),
        ("rehearse", "It needs a browser's remote control: pip install 'coursepack[rehearse]'"),
    ):
        command = subprocess.run([installed / "coursepack", name, tmp_path], capture_output=True, text=True)
        assert command.returncode == 2
        assert needed in command.stderr


def test_the_installed_wheel_makes_and_builds_a_course_without_the_checkout(
    installed: Path, tmp_path: Path
) -> None:
    command = installed / "coursepack"
    place = run(installed / "python", "-c", "import coursepack; print(coursepack.__file__)", cwd=tmp_path)
    assert ROOT not in Path(place.strip()).parents
    run(command, "new", "my-course", cwd=tmp_path)
    result = json.loads(run(command, "build", "my-course", "--out", "out", "--json", cwd=tmp_path))
    assert [package["problems"] for package in result["packages"]] == [[]] * 5
    packages = sorted((tmp_path / "out").glob("*.zip"))
    first = [zipfile.ZipFile(package).namelist()[0] for package in packages]
    assert sorted(first) == ["cmi5.xml", "imsmanifest.xml", "imsmanifest.xml", "index.html", "tincan.xml"]
    for package in packages:
        run(command, "check", package, cwd=tmp_path)

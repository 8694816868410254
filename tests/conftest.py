from __future__ import annotations

import os
import shutil
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import settings
from strategies import MakeCourse, write_course

from coursepack import build_package
from coursepack.media import is_installed
from coursepack.result import Built

ROOT = Path(__file__).resolve().parents[1]

# The command line speaks the language of the system.
os.environ["LC_ALL"] = "C.UTF-8"

# Contacts of the courses here would be overdue some day.
os.environ["SOURCE_DATE_EPOCH"] = "1796083200"

# How long an example takes says more about the machine than about the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Films and HEIC are converted where a test asks for it, whatever is installed: see `media` of test_conversion.py.
sys.modules["av"] = None  # type: ignore[assignment]
sys.modules["pillow_heif"] = None  # type: ignore[assignment]

# Node, and Chromium where the machine has none, are where tools/setup puts them.
os.environ["PATH"] = f"{Path(sys.prefix) / 'tools'}{os.pathsep}{os.environ['PATH']}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew", action="store_true", help="write golden files anew; read them in the diff")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with what takes long: no process is left alone with it when all others are done.

    Of the cases of a test with a share all but so many are left to `make soak`. Those that stay are spread over the list, from
    one on that the name of the test decides: tests of the same cases do not all stay with the first one.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    cases = defaultdict(list)
    for item in items:
        if share := item.get_closest_marker("share"):
            cases[item.nodeid.partition("[")[0], *share.args].append(item)
    for (name, number), those in cases.items():
        count = len(those)
        stay = {(crc32(name.encode()) + at * count // number) % count for at in range(number)}
        for at in set(range(count)) - stay:
            those[at].add_marker("soak")


@pytest.fixture
def make_course(tmp_path: Path) -> MakeCourse:
    """Writes the least course with some files added or replaced, each in a folder of its own."""

    def make(changes: Mapping[str, str | bytes] | None = None, name: str = "course") -> Path:
        return write_course(tmp_path / name, changes)

    return make


@pytest.fixture
def age() -> Callable[[Path], None]:
    """Makes files look as if they had been written an hour ago."""

    def make_old(folder: Path) -> None:
        for path in folder.rglob("*"):
            facts = path.stat()
            os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns - 3600 * 10**9))

    return make_old


@pytest.fixture
def extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra `media`, which most tests go without."""
    monkeypatch.delitem(sys.modules, "av")
    if not is_installed():
        pytest.skip("the extra media is not installed")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example course, since a build writes its lock into the course folder."""
    folder = tmp_path_factory.mktemp("sample") / "course_source"
    shutil.copytree(ROOT / "course_source", folder, ignore=shutil.ignore_patterns("tools"))
    return folder


@pytest.fixture(scope="session")
def sample_built(sample: Path) -> Built:
    """The example course's package."""
    return build_package(sample, "scorm12", sample.parent / "build")


@pytest.fixture
def sample_files(sample_built: Built) -> Mapping[str, bytes]:
    with zipfile.ZipFile(sample_built.path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}

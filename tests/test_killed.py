"""A build that is killed at any moment of its conversions leaves a sound cache, and the next build is right."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

import pytest
from strategies import write_course
from test_cluster import course, picture

pytestmark = pytest.mark.long

# `make soak` kills at more of them, and at others.
MOMENTS, SHARES = int(os.environ.get("COURSEPACK_MOMENTS", "4")), 4
SEED = int(os.environ.get("COURSEPACK_SEED", "1"))

# Is killed when it does something in its folder, starts a process or is told of progress for the nth time.
BUILDING = """\
import os, signal, sys
from coursepack import build_packages
folder, at, most = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
seen = 0
def strike(event, given):
    global seen
    within = given and isinstance(given[0], (str, bytes, os.PathLike)) and os.fsdecode(given[0]).startswith(folder)
    if within or event in ("subprocess.Popen", "progress"):
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)
build_packages  # What it imports is no moment of the build.
sys.addaudithook(strike)
build_packages(
    f"{folder}/course", ["scorm12", "web"], f"{folder}/out", cache=f"{folder}/cache", max_size=most,
    progress=lambda *step: strike("progress", ()),
)
print(seen)
"""


def build(folder: Path, most: int, at: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BUILDING, str(folder), str(at), str(most)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def damaged(cache: Path) -> Iterator[str]:
    """The entries of a cache that do not match their checksums."""
    for path in cache.glob("[!.]*.measured"):
        text, checksum = json.loads(path.read_bytes())
        if hashlib.sha256(text.encode()).hexdigest() != checksum:
            yield path.name
    for path in cache.glob("[!.]*.json"):
        known = json.loads(path.read_bytes())
        if known and isinstance(known[0], int):
            (film,) = cache.glob(f"{path.stem}.m*4")
            expected = [(film, known[1])]
        else:
            expected = [(cache / f"{path.stem}-{n}.{each[0]}", each[-1]) for n, each in enumerate(known)]
        for file, checksum in expected:
            if hashlib.sha256(file.read_bytes()).hexdigest() != checksum:
                yield file.name


def converted(cache: Path) -> dict[str, bytes]:
    """What was converted and measured."""
    return {path.name: path.read_bytes() for path in cache.glob("[!.]*.*")}


class Reference(NamedTuple):
    """A course that was never built, the largest size of its packages, and what a build that nobody kills does."""

    folder: Path
    most: int
    converted: dict[str, bytes]
    moments: list[int]


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """A course with quiet films that must be converted, one of which becomes smaller, and a picture."""
    try:
        distribution("av")
    except PackageNotFoundError:
        pytest.skip("the extra media is not installed")
    folder = tmp_path_factory.mktemp("reference")
    media = {"media/a.tiff": picture(1)}
    for name, pictures in (
        ("noise", "testsrc2=size=160x90:rate=12:duration=4,noise=alls=40:allf=t"),
        ("calm", "testsrc=size=160x90:rate=12:duration=4"),
    ):
        subprocess.run(
            ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", pictures, "-f", "lavfi", "-i", "sine=duration=4,volume=-20dB",
             "-c:v", "mpeg4", "-q:v", "4", "-c:a", "aac", str(folder / f"{name}.mkv")],
            check=True,
        )  # fmt: skip
        media[f"media/{name}.mkv"] = (folder / f"{name}.mkv").read_bytes()
    course(lambda files, _name: write_course(folder / "work/course", files), "killed", media)
    free, whole = (shutil.copytree(folder / "work", folder / name) for name in ("free", "whole"))
    assert build(free, 1 << 40).returncode == 0
    noise = max(path.stat().st_size for path in (free / "cache").glob("*.mp4"))
    most = max(path.stat().st_size for path in (free / "out").glob("*.zip")) - noise // 4
    done = build(whole, most)
    assert done.returncode == 0, done.stderr
    # Both films are measured and compared, and at least one is made smaller.
    assert len(list((whole / "cache").glob("*.measured"))) >= 5
    made = converted(whole / "cache")
    kinds = Counter(Path(name).suffix for name in made)
    # Two films and a picture, and the films that became smaller.
    assert kinds[".png"] == 1
    assert kinds[".json"] == kinds[".mp4"] + 1 >= 4
    # Never after the last moments: threads of a build do not always do the same number of things.
    moments = random.Random(SEED).sample(range(1, int(done.stdout) * 9 // 10), MOMENTS)
    return Reference(folder / "work", most, made, moments)


@pytest.mark.share(1)
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("share", range(SHARES))
def test_a_build_that_is_killed_at_any_moment_costs_time_only(
    reference: Reference, tmp_path: Path, share: int
) -> None:
    for at in reference.moments[share::SHARES]:
        again = shutil.copytree(reference.folder, tmp_path / f"at-{at}")
        assert build(again, reference.most, at).returncode == -signal.SIGKILL, at
        assert list(damaged(again / "cache")) == [], at
        done = build(again, reference.most)
        assert done.returncode == 0, (at, done.stderr)
        sizes = [path.stat().st_size for path in (again / "out").glob("*.zip")]
        assert [size <= reference.most for size in sizes] == [True, True], at
        assert converted(again / "cache").items() >= reference.converted.items(), at
        assert list(damaged(again / "cache")) == [], at

"""Signatures of releases: Debian's minisign verifies ours, and we verify its."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from nacl.pwhash import scrypt
from strategies import COURSE, write_course

from coursepack import PackageError, Verified, release_course, verify_release
from coursepack.cli import main
from coursepack.release import minisign, sheets
from coursepack.release.minisign import MinisignError

DATED = f"{COURSE}dates: {{published: 2026-11-24}}\n"
PASSWORD = "correct horse åäö"

pytestmark = pytest.mark.skipif(not shutil.which("minisign"), reason="minisign is not installed")


@pytest.fixture(scope="module", autouse=True)
def no_sheets() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "SHEETS", {})
        yield


def program(*arguments: object, folder: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = ["minisign", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, input=stdin, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key of minisign, and the same key with a password that takes little memory."""
    folder = tmp_path_factory.mktemp("keys")
    program("-G", "-W", "-p", "open.pub", "-s", "open.key", folder=folder)
    program("-G", "-W", "-p", "other.pub", "-s", "other.key", folder=folder)
    data = bytearray(base64.b64decode((folder / "open.key").read_text().splitlines()[1]))
    data[2:4] = b"Sc"
    data[6:38] = hashlib.sha256(b"salt").digest()
    operations, memory = 1 << 19, 1 << 24
    data[38:46], data[46:54] = operations.to_bytes(8, "little"), memory.to_bytes(8, "little")
    data[126:] = hashlib.blake2b(b"Ed" + data[54:126], digest_size=32).digest()
    stream = scrypt.kdf(104, PASSWORD.encode(), bytes(data[6:38]), operations, memory)
    data[54:] = bytes(one ^ other for one, other in zip(data[54:], stream, strict=True))
    text = f"untrusted comment: minisign encrypted secret key\n{base64.b64encode(data).decode()}\n"
    (folder / "locked.key").write_text(text)
    return folder


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_course(tmp_path_factory.mktemp("course") / "course", {"course.yaml": DATED})


@pytest.fixture(scope="module")
def signed(course: Path, keys: Path) -> Path:
    """A signed release that no test changes."""
    return release_course(course, course.parent / "release", key=keys / "open.key").path


@pytest.fixture
def release(signed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(signed, tmp_path / signed.name))


def told(found: Verified) -> list[str]:
    return [f"{each.location}: {each.severity} {each.rule}: {each.message}" for each in found.report]


def run(arguments: Sequence[object], password: str | None = None, typed: str = "") -> Result:
    env = {"COURSEPACK_KEY_PASSWORD": password}
    return CliRunner().invoke(main, [str(each) for each in arguments], input=typed, env=env)


def test_minisign_verifies_our_signature(release: Path, keys: Path) -> None:
    done = program("-V", "-H", "-p", keys / "open.pub", "-m", "SHA256SUMS", folder=release)
    assert (done.returncode, done.stderr) == (0, "")
    # The comment has the date of the release, not that of a clock.
    assert "Trusted comment: least 1.0.0, 2026-12-01" in done.stdout
    with (release / "SHA256SUMS").open("a") as sums:
        sums.write("\n")
    assert program("-V", "-p", keys / "open.pub", "-m", "SHA256SUMS", folder=release).returncode == 1


def test_we_verify_a_signature_of_minisign(release: Path, keys: Path) -> None:
    (release / "SHA256SUMS.minisig").unlink()
    arguments = ("-S", "-s", keys / "open.key", "-m", "SHA256SUMS", "-t", "by hand, åäö")
    assert program(*arguments, folder=release).returncode == 0
    found = verify_release(release, key=keys / "open.pub")
    assert told(found) == []
    assert found.comment == "by hand, åäö"
    assert found.signed_by == (keys / "open.pub").read_text().splitlines()[1]


def test_signing_is_reproducible(course: Path, signed: Path, keys: Path, tmp_path: Path) -> None:
    again = release_course(course, tmp_path, key=keys / "open.key").path
    name = "SHA256SUMS.minisig"
    assert (again / name).read_bytes() == (signed / name).read_bytes()
    assert release_course(course, tmp_path).signed_by is None
    assert not (again / name).exists()


def test_the_public_key_can_be_given_itself(release: Path, keys: Path) -> None:
    key = (keys / "open.pub").read_text().splitlines()[1]
    done = run(["verify", release, "--key", key])
    assert done.exit_code == 0
    assert done.stdout.endswith(f"Nothing was changed. Signed by {key}: least 1.0.0, 2026-12-01\n")


def test_a_package_is_verified_by_the_signature_of_its_release(release: Path, keys: Path) -> None:
    package = release / "packages/least-1.0.0-web.zip"
    assert verify_release(package, key=keys / "open.pub").signed_by


def test_an_encrypted_key_needs_its_password(course: Path, keys: Path, tmp_path: Path) -> None:
    # The key is one that minisign takes too.
    (tmp_path / "a").write_text("a")
    arguments = ("-S", "-s", keys / "locked.key", "-m", "a")
    assert program(*arguments, folder=tmp_path, stdin=f"{PASSWORD}\n").returncode == 0
    command = ["release", course, "--out", tmp_path / "out", "--key", keys / "locked.key"]
    done = run(command, PASSWORD)
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    assert verify_release(tmp_path / "out/least-1.0.0", key=keys / "open.pub").signed_by
    done = run(command, "wrong")
    assert done.exit_code == 1
    assert "release/bad-key: the password is wrong" in done.stdout


def test_a_password_that_is_not_given_is_asked_for(course: Path, keys: Path, tmp_path: Path) -> None:
    command = ["release", course, "--out", tmp_path / "out", "--key", keys / "locked.key"]
    done = run(command, None, f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith("Password of the key: ")
    assert PASSWORD not in done.output
    assert "signed by RW" in done.stdout


def test_the_password_of_an_open_key_is_not_asked_for(course: Path, keys: Path, tmp_path: Path) -> None:
    done = run(["release", course, "--out", tmp_path / "out", "--key", keys / "open.key", "--json"])
    told_by_json = json.loads(done.stdout)["release"]["signed_by"]
    assert told_by_json == (keys / "open.pub").read_text().splitlines()[1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "this is not a secret key of minisign"),
        ("untrusted comment: x\nRWQ\n", "this is not a secret key of minisign"),
        ("{public}", "this is not a secret key of minisign"),
        ("{greedy}", "its password takes more memory than minisign asks for"),
    ],
)
def test_what_is_no_secret_key_is_refused_before_anything_is_built(
    course: Path, keys: Path, tmp_path: Path, text: str, says: str
) -> None:
    data = bytearray(base64.b64decode((keys / "locked.key").read_text().splitlines()[1]))
    data[46:54] = (1 << 40).to_bytes(8, "little")
    greedy = base64.b64encode(data).decode()
    text = text.format(public=(keys / "open.pub").read_text(), greedy=greedy)
    (tmp_path / "a.key").write_text(text)
    with pytest.raises(PackageError, match=f"release/bad-key: {says}"):
        release_course(course, tmp_path / "out", key=tmp_path / "a.key", password=lambda: PASSWORD)
    assert not (tmp_path / "out").exists()


def test_a_key_that_was_damaged_is_refused(keys: Path) -> None:
    data = bytearray(base64.b64decode((keys / "open.key").read_text().splitlines()[1]))
    data[70] ^= 1
    with pytest.raises(MinisignError, match="not a secret key"):
        minisign.secret_key(base64.b64encode(data), lambda: "")


def test_without_the_extra_it_is_named(
    course: Path, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minisign, "is_installed", lambda: False)
    with pytest.raises(PackageError, match=r"release/bad-key: .*pip install 'coursepack\[sign\]'"):
        release_course(course, tmp_path, key=keys / "open.key")
    assert verify_release(release_course(course, tmp_path).path).report.ok


def test_signing_costs_nobody_an_import_who_does_not_sign() -> None:
    code = "import sys, coursepack.release.release; sys.exit('nacl' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


# What is wrong with a signature


def test_a_signature_by_another_key_is_none(release: Path, keys: Path) -> None:
    lines = told(verify_release(release, key=keys / "other.pub"))
    assert lines == ["SHA256SUMS.minisig: error verify/wrong-signature: it is signed by another key"]


def test_a_missing_signature_is_an_error_when_a_key_is_given(release: Path, keys: Path) -> None:
    (release / "SHA256SUMS.minisig").unlink()
    lines = told(verify_release(release, key=keys / "open.pub"))
    assert lines == ["SHA256SUMS.minisig: error verify/no-signature: there is no signature of the sums"]


def test_a_signature_without_a_key_is_a_note(release: Path) -> None:
    found = verify_release(release)
    assert found.report.ok
    assert found.signed_by is None
    assert [line.split(": ")[1] for line in told(found)] == ["note verify/unchecked-signature"]


def test_sums_that_were_written_anew_are_not_the_signed_ones(release: Path, keys: Path) -> None:
    (release / "index.html").write_text("<p>Other")
    names = [line.split("  ")[1] for line in (release / "SHA256SUMS").read_text().splitlines()]
    written = subprocess.run(["sha256sum", *names], cwd=release, capture_output=True, check=True).stdout
    (release / "SHA256SUMS").write_bytes(written)
    assert [line.split(": ")[1] for line in told(verify_release(release))] == [
        "note verify/unchecked-signature"
    ]
    assert told(verify_release(release, key=keys / "open.pub")) == [
        "SHA256SUMS.minisig: error verify/wrong-signature: the signature is not that of the sums"
    ]


def test_every_byte_of_a_signature_counts(release: Path, keys: Path) -> None:
    """But those of the comment that minisign calls untrusted."""
    path = release / "SHA256SUMS.minisig"
    whole = path.read_bytes()
    sums = (release / "SHA256SUMS").read_bytes()
    public = minisign.public_key((keys / "open.pub").read_bytes())
    minisign.verify(sums, minisign.parsed(whole), public)
    untrusted = range(len("untrusted comment: "), whole.index(b"\n"))
    for position in set(range(len(whole))) - set(untrusted):
        for bit in (1, 4, 32):
            data = bytearray(whole)
            data[position] ^= bit
            with pytest.raises(MinisignError):
                minisign.verify(sums, minisign.parsed(bytes(data)), public)


@pytest.mark.parametrize("change", [lambda text: text[:-1], lambda text: text + b"\n", lambda text: b"\xff"])
def test_what_is_no_signature_is_named(release: Path, keys: Path, change: object) -> None:
    path = release / "SHA256SUMS.minisig"
    assert callable(change)
    path.write_bytes(change(path.read_bytes()))
    lines = told(verify_release(release, key=keys / "open.pub"))
    assert lines == ["SHA256SUMS.minisig: error verify/wrong-signature: this is not a signature of minisign"]


def test_a_huge_signature_is_not_read(release: Path, keys: Path) -> None:
    (release / "SHA256SUMS.minisig").write_bytes(b"a" * 100_000)
    lines = told(verify_release(release, key=keys / "open.pub"))
    assert lines == ["SHA256SUMS.minisig: error verify/unreadable-file: cannot be read, or is a link"]


def test_what_is_no_public_key_is_refused(release: Path, tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="release/bad-key: this is not a public key"):
        verify_release(release, key=release / "SHA256SUMS")
    with pytest.raises(PackageError, match="release/bad-key: the key cannot be read"):
        verify_release(release, key=tmp_path / "none.pub")

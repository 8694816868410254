"""Signs the sums of a release, and verifies their signature."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from coursepack.course.severity import course_problem
from coursepack.package import UnreadableError, open_regular
from coursepack.problems import Location, Message, PackageError, Report
from coursepack.release import minisign, sums
from coursepack.release.minisign import MinisignError, PublicKey, SecretKey


def secret_key_in(path: Path, password: Callable[[], str] | None) -> SecretKey:
    """The secret key in a file. Raises PackageError when it cannot be used."""

    def ask() -> str:
        if password is None:
            raise MinisignError("the key is encrypted, and there is no password")
        return password()

    _need_extra(path)
    try:
        return minisign.secret_key(_read(path), ask)
    except MinisignError as error:
        raise _error(error.says, path) from None


def public_key_in(key: str | Path) -> PublicKey:
    """A public key, which is given itself or as a file. Raises PackageError when it cannot be used."""
    _need_extra(Path(key))
    try:
        return minisign.public_key(str(key).encode("utf-8", "replace"))
    except MinisignError:
        pass
    try:
        return minisign.public_key(_read(Path(key)))
    except MinisignError as error:
        raise _error(error.says, Path(key)) from None


def sign(folder: Path, key: SecretKey, comment: str) -> None:
    """Writes the signature of the sums in a folder. Raises OSError."""
    data = (folder / sums.NAME).read_bytes()
    (folder / sums.SIGNATURE).write_bytes(minisign.signature_of(data, key, comment))


def _read(path: Path) -> bytes:
    """The contents of a key file. Raises MinisignError."""
    try:
        with open_regular(path) as file:
            return file.read(minisign.MOST_BYTES)
    except (OSError, UnreadableError):
        raise MinisignError("the key cannot be read") from None


def _need_extra(path: Path) -> None:
    if not minisign.is_installed():
        raise _error("this needs the extra: pip install 'coursepack[sign]'", path)


def _error(says: str | Message, path: Path) -> PackageError:
    return PackageError(Report.of([course_problem("release/bad-key", says, Location(path.as_posix()))]))

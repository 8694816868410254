"""Signs and verifies files in the format of minisign: Ed25519 over the BLAKE2b checksum of a file.

The format is described at https://jedisct1.github.io/minisign/. Needs the extra `sign`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from typing import NamedTuple

from coursepack.problems import Message

_KEY, _PREHASHED = b"Ed", b"ED"
_SCRYPT, _BLAKE2B = b"Sc", b"B2"
_UNTRUSTED, _TRUSTED = "untrusted comment: ", "trusted comment: "

# The largest limits that minisign writes, which need 1 GiB and some seconds.
_MOST_OPERATIONS, _MOST_MEMORY = 1 << 25, 1 << 30

MOST_BYTES = 4096
"""No key and no signature is larger."""


class MinisignError(Exception):
    """A key or a signature is not right; `says` is why."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = Message(says)


class PublicKey(NamedTuple):
    """A public key, and the id that its signatures bear."""

    id: bytes
    key: bytes

    def __str__(self) -> str:
        return base64.b64encode(_KEY + self.id + self.key).decode()


class SecretKey(NamedTuple):
    """A secret key, decrypted."""

    id: bytes
    seed: bytes
    public: PublicKey


class Signature(NamedTuple):
    """A signature: the id of its key, the signature of the file, its comment, and the signature of these two."""

    id: bytes
    signature: bytes
    comment: str
    whole: bytes


def is_installed() -> bool:
    """True with the extra `sign`."""
    from importlib.util import find_spec

    return find_spec("nacl") is not None


def _decoded(line: str, size: int, says: str) -> bytes:
    """The bytes of a line in base64, which can be written in one way only. Raises MinisignError."""
    try:
        data = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != size or base64.b64encode(data).decode() != line:
        raise MinisignError(says)
    return data


def _last_line(text: bytes) -> str:
    """The line of a key file that has the key; the first one is a comment."""
    lines = text.decode("utf-8", "replace").split()
    return lines[-1] if lines else ""


def public_key(text: bytes) -> PublicKey:
    """The public key in a file, or the key itself. Raises MinisignError."""
    says = "this is not a public key of minisign"
    data = _decoded(_last_line(text), 42, says)
    if data[:2] != _KEY:
        raise MinisignError(says)
    return PublicKey(data[2:10], data[10:])


def secret_key(text: bytes, password: Callable[[], str]) -> SecretKey:
    """The secret key in a file; calls `password` only for an encrypted one. Raises MinisignError."""
    says = "this is not a secret key of minisign"
    data = _decoded(_last_line(text), 158, says)
    kind, kdf, checksum = data[:2], data[2:4], data[4:6]
    if (kind, checksum) != (_KEY, _BLAKE2B) or kdf not in (_SCRYPT, b"\0\0"):
        raise MinisignError(says)
    inner = data[54:]
    if kdf == _SCRYPT:
        operations, memory = (int.from_bytes(data[at : at + 8], "little") for at in (38, 46))
        if operations > _MOST_OPERATIONS or memory > _MOST_MEMORY:
            raise MinisignError("its password takes more memory than minisign asks for")
        from nacl.pwhash import scrypt

        stream = scrypt.kdf(len(inner), password().encode(), data[6:38], operations, memory)
        inner = bytes(one ^ other for one, other in zip(inner, stream, strict=True))
    key_id, seed, public, digest = inner[:8], inner[8:40], inner[40:72], inner[72:]
    # A key without a password has no checksum.
    if kdf == _SCRYPT and hashlib.blake2b(_KEY + inner[:72], digest_size=32).digest() != digest:
        raise MinisignError("the password is wrong")
    from nacl.signing import SigningKey

    if bytes(SigningKey(seed).verify_key) != public:
        raise MinisignError(says)
    return SecretKey(key_id, seed, PublicKey(key_id, public))


def signature_of(data: bytes, key: SecretKey, comment: str) -> bytes:
    """The signature file for `data`. `comment` is one line, which is signed too."""
    from nacl.signing import SigningKey

    signing = SigningKey(key.seed)
    signature = signing.sign(hashlib.blake2b(data).digest()).signature
    whole = signing.sign(signature + comment.encode()).signature
    lines = (
        f"{_UNTRUSTED}signature of a release by coursepack",
        base64.b64encode(_PREHASHED + key.id + signature).decode(),
        f"{_TRUSTED}{comment}",
        base64.b64encode(whole).decode(),
    )
    return "".join(f"{line}\n" for line in lines).encode()


def parsed(text: bytes) -> Signature:
    """A signature file. Raises MinisignError."""
    says = "this is not a signature of minisign"
    try:
        untrusted, first, trusted, second, rest = text.decode().split("\n")
    except ValueError:
        raise MinisignError(says) from None
    if not untrusted.startswith(_UNTRUSTED) or not trusted.startswith(_TRUSTED) or rest:
        raise MinisignError(says)
    data = _decoded(first, 74, says)
    if data[:2] != _PREHASHED:
        raise MinisignError(says)
    return Signature(data[2:10], data[10:], trusted.removeprefix(_TRUSTED), _decoded(second, 64, says))


def verify(data: bytes, signature: Signature, key: PublicKey) -> None:
    """Raises MinisignError when a signature is not that of `data` by this key."""
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    if signature.id != key.id:
        raise MinisignError("it is signed by another key")
    verifying = VerifyKey(key.key)
    for signed, by, says in (
        (hashlib.blake2b(data).digest(), signature.signature, "the signature is not that of the sums"),
        (
            signature.signature + signature.comment.encode(),
            signature.whole,
            "the comment is not the one that was signed",
        ),
    ):
        try:
            verifying.verify(signed, by)
        except BadSignatureError:
            raise MinisignError(says) from None

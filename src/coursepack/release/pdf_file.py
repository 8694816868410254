"""Writes the objects of a PDF to files that differ in a few of them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydyf import PDF, Object, Stream  # type: ignore[import-untyped]

_LEVEL = 6
"""Of zlib. The highest one, 9, takes four times as long for 3 % less."""

_HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"


class Body:
    """What is the same in all files of `file`: its objects but those with a number in `others`."""

    def __init__(self, file: PDF, others: Sequence[int]) -> None:
        file.add_object(file.info)
        self._size = len(file.objects)
        self._root, self._info = file.catalog.reference.decode(), file.info.reference.decode()
        self._data = bytearray(_HEADER)
        # Kind and two fields of an entry, free ones first (ISO 32000-1, table 18).
        self._entries = [(0, 0, 65535)] * self._size
        packed = []
        for each in file.objects:
            if each.free == "f" or each.number in others:
                continue
            if each.compressible:
                packed.append(each)
            else:
                self._entries[each.number] = (1, len(self._data), 0)
                self._data += _indirect(each)
        self._pack(packed)

    def _pack(self, objects: Sequence[Object]) -> None:
        """Adds a stream of objects (ISO 32000-1, 7.5.7)."""
        places, parts, length = [], [], 0
        for at, each in enumerate(objects):
            data = each.data
            places.append(f"{each.number} {length}")
            parts.append(data)
            length += len(data) + 1
            self._entries[each.number] = (2, self._size, at)
        first = " ".join(places).encode() + b"\n"
        extra = f"/Type /ObjStm/N {len(objects)}/First {len(first)}"
        self._entries.append((1, len(self._data), 0))
        self._data += _stream(self._size, extra, first + b"\n".join(parts))

    def with_objects(self, objects: Mapping[int, Object]) -> bytes:
        """A file with these other objects, by their numbers. It is identified by its contents."""
        data, entries = bytearray(self._data), list(self._entries)
        for number, each in objects.items():
            entries[number] = (1, len(data), 0)
            data += _indirect(each)
        start, number = len(data), len(entries)
        entries.append((1, start, 0))
        name = hashlib.sha256(data).hexdigest()[:32]
        extra = f"/Type /XRef/W [1 4 4]/Size {number + 1}/Root {self._root}/Info {self._info}/ID [<{name}> <{name}>]"
        table = b"".join(b"%c%b%b" % (kind, a.to_bytes(4), b.to_bytes(4)) for kind, a, b in entries)
        data += _stream(number, extra, table)
        data += b"startxref\n%d\n%%%%EOF\n" % start
        return bytes(data)


def _indirect(each: Object) -> bytes:
    import pydyf

    if isinstance(each, pydyf.Stream) and each.compress:
        extra = pydyf.Dictionary(each.extra).data.decode()[2:-2]
        return _stream(each.number, extra, _contents(each))
    return bytes(each.indirect) + b"\n"


def _contents(stream: Stream) -> bytes:
    """The bytes of a stream as they are before their compression."""
    import pydyf

    plain = bytes(pydyf.Stream(stream.stream).data)
    return plain[plain.index(b"stream\n") + 7 : -len(b"\nendstream")]


def _stream(number: int, extra: str, contents: bytes) -> bytes:
    packed = zlib.compress(contents, _LEVEL)
    head = f"{number} 0 obj\n<<{extra}/Filter /FlateDecode/Length {len(packed)}>>\nstream\n"
    return head.encode() + packed + b"\nendstream\nendobj\n"

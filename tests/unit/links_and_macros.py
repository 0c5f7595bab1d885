"""Documents of LibreOffice that would fetch a picture or run a macro, if they were let."""

from pathlib import Path

from tests.unit.documents_for_reading import zipped

NAMES = " ".join(
    f'xmlns:{name}="{address}"'
    for name, address in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
        "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
        "script": "urn:oasis:names:tc:opendocument:xmlns:script:1.0",
        "xlink": "http://www.w3.org/1999/xlink",
        "ooo": "http://openoffice.org/2004/office",
        "dom": "http://www.w3.org/2001/xml-events",
    }.items()
)
KIND = "application/vnd.oasis.opendocument.text"
LIBRARY = "http://openoffice.org/2000/library"
WHEN = ("dom:load", "office:load-finished")


def odt(parts: dict[str, str]) -> bytes:
    """An .odt of these parts."""
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>'
        for name, kind in {"/": KIND, **dict.fromkeys(parts, "text/xml")}.items()
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
        f'manifest:version="1.2">{entries}</manifest:manifest>'
    )
    whole = {"mimetype": KIND, **parts, "META-INF/manifest.xml": manifest}
    return zipped({name: part.encode() for name, part in whole.items()})


def content(inner: str, scripts: str = "") -> str:
    """The main part."""
    return (
        f'<office:document-content {NAMES} office:version="1.2"><office:scripts>{scripts}</office:scripts>'
        f"<office:body><office:text><text:p>正文</text:p>{inner}</office:text></office:body>"
        "</office:document-content>"
    )


def odt_with_link(address: str) -> bytes:
    """A document with a picture that lies elsewhere."""
    picture = (
        '<text:p><draw:frame svg:width="5cm" svg:height="5cm"><draw:image xlink:type="simple" '
        f'xlink:show="embed" xlink:actuate="onLoad" xlink:href="{address}"/></draw:frame></text:p>'
    )
    return odt({"content.xml": content(picture)})


def odt_with_macro(place: Path) -> bytes:
    """A document with a macro that writes a file as soon as it is opened."""
    script = "vnd.sun.star.script:Standard.Module1.Main?language=Basic&amp;location=document"
    listeners = "".join(
        f'<script:event-listener script:language="ooo:script" script:event-name="{event}" '
        f'xlink:href="{script}" xlink:type="simple"/>'
        for event in WHEN
    )
    module = (
        '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" '
        f'script:language="StarBasic">Sub Main\nOpen "{place}" For Output As #1\nClose #1\nEnd Sub'
        "</script:module>"
    )
    libraries = (
        f'<library:libraries xmlns:library="{LIBRARY}">'
        '<library:library library:name="Standard" library:link="false"/></library:libraries>'
    )
    library = (
        f'<library:library xmlns:library="{LIBRARY}" library:name="Standard" library:readonly="false" '
        'library:passwordprotected="false"><library:element library:name="Module1"/></library:library>'
    )
    listening = f"<office:event-listeners>{listeners}</office:event-listeners>"
    return odt(
        {
            "content.xml": content("", listening),
            "Basic/script-lc.xml": libraries,
            "Basic/Standard/script-lb.xml": library,
            "Basic/Standard/Module1.xml": module,
        }
    )

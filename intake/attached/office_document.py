"""DOCX and XLSX: packed anew without author, company, own properties and, in their pictures, without
what cameras write. What acts or fetches is refused: macros, embedded objects, links to outside parts.

The names beside comments and tracked changes stay: they are content.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree

from casework.errors import FileUnreadable, Rejected
from intake.attached.clean_file import DOCX, JPEG, PNG, XLSX, CleanFile, Kind
from intake.attached.photograph import clean_photograph
from intake.files.xml_prolog import check_prolog

MOST_PARTS = 2_000
MOST_UNPACKED = 200 * 1024**2
"""Bytes of all parts together."""
_TYPES = "[Content_Types].xml"
_MAIN = {
    b"wordprocessingml.document.main+xml": DOCX,
    b"spreadsheetml.sheet.main+xml": XLSX,
}
_ACTING = ("vbaproject", "vbadata", "activex/", "embeddings/", "ctrlprops/", "macrosheets/")
_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/"
_EMPTY = {
    "docProps/core.xml": '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package'
    '/2006/metadata/core-properties"/>',
    "docProps/app.xml": f'<Properties xmlns="{_PROPERTIES}extended-properties"/>',
    "docProps/custom.xml": f'<Properties xmlns="{_PROPERTIES}custom-properties"/>',
}
_PICTURES = {".jpg": JPEG, ".jpeg": JPEG, ".png": PNG}
_EARLIEST = (1980, 1, 1, 0, 0, 0)


def clean_office(data: bytes) -> CleanFile:
    """The document without its properties. Raises Rejected("file_type" | "file_macros" |
    "file_outside" | "file_protected" | "file_bomb"), and whatever zipfile raises for a damaged one."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
        _check_size(parts)
        kind = _kind(archive)
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fresh:
            for name, content in _parts(archive, parts):
                fresh.writestr(zipfile.ZipInfo(name, _EARLIEST), content, zipfile.ZIP_DEFLATED)
    return CleanFile(kind, out.getvalue())


def _check_size(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise Rejected("file_protected")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Rejected("file_bomb")
    if len({part.filename.lower() for part in parts}) < len(parts):
        raise Rejected("file_damaged")  # two parts of one name are read one way here, another there
    if any(acting in part.filename.lower() for part in parts for acting in _ACTING):
        raise Rejected("file_macros")


def _kind(archive: zipfile.ZipFile) -> Kind:
    try:
        types = archive.read(_TYPES)
    except KeyError:
        raise Rejected("file_type") from None
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise Rejected("file_macros")
    for content_type, kind in _MAIN.items():
        if content_type in types:
            return kind
    raise Rejected("file_type")


def _parts(
    archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]
) -> Iterator[tuple[str, bytes | str]]:
    for part in parts:
        name = part.filename
        content = archive.read(part)
        if name in _EMPTY:
            yield name, _EMPTY[name]
        elif name.endswith(".rels"):
            _check_links(content)
            yield name, content
        elif "/media/" in name and posixpath.splitext(name)[1].lower() in _PICTURES:
            yield name, _picture(name, content)
        elif not part.is_dir():
            yield name, content


def _picture(name: str, content: bytes) -> bytes:
    """The picture without its camera's words; one that is not what its name says is refused."""
    clean = clean_photograph(content)
    if clean.kind is not _PICTURES[posixpath.splitext(name)[1].lower()]:
        raise Rejected("file_damaged")
    return clean.data


def _check_links(content: bytes) -> None:
    """Only a link somebody has to press may lead out of the document."""
    try:
        check_prolog(BytesIO(content), "rels")
    except FileUnreadable:
        raise Rejected("file_damaged") from None
    for link in ElementTree.fromstring(content).iter():  # noqa: S314 - no document type: no entities
        outside = link.get("TargetMode", "").lower() == "external"
        if outside and not link.get("Type", "").endswith("/hyperlink"):
            raise Rejected("file_outside")

"""PDF: its pages written into a document of their own.

Left behind: what stands beside the pages (author, dates, XMP, scripts, actions on opening, attached
files, what makes fields a form, earlier versions of the document) and, on the pages, everything that acts by
itself or leads out of the document other than a web link.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, PdfObject

from casework.errors import Rejected
from intake.attached.clean_file import PDF, CleanFile

MOST_PAGES = 500
MOST_OBJECTS = 300_000
_SAFE_ACTIONS = frozenset({"/URI", "/GoTo"})
_ACTING_NOTES = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
_LEFT_BEHIND = frozenset(
    {"/AA", "/OpenAction", "/JS", "/JavaScript", "/Next", "/EF", "/XFA", "/RichMediaContent"}
    | {"/Metadata", "/PieceInfo", "/LastModified", "/AF"}
)


def clean_pdf(data: bytes) -> CleanFile:
    """The pages alone. Raises Rejected("file_protected") for a PDF with a password,
    Rejected("file_bomb") for one too large, and whatever pypdf raises for a damaged one."""
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted:
        raise Rejected("file_protected")
    if not 0 < len(reader.pages) <= MOST_PAGES:
        raise Rejected("file_bomb")
    for page in reader.pages:
        _disarm(page)
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    writer.metadata = None
    writer.pdf_header = reader.pdf_header
    out = BytesIO()
    writer.write(out)
    return CleanFile(PDF, out.getvalue())


def _disarm(page: DictionaryObject) -> None:
    for each in _reached(page):
        for name in _LEFT_BEHIND & each.keys():
            del each[name]
        if each.get("/Subtype") == "/Widget":
            each.pop("/Parent", None)  # a filled field stays as it looks; the form is left behind
        action = _object(each.get("/A"))
        if isinstance(action, DictionaryObject) and action.get("/S") not in _SAFE_ACTIONS:
            del each["/A"]
        notes = _object(each.get("/Annots"))
        if isinstance(notes, ArrayObject):
            kept = [note for note in notes if not _acts(note)]
            each[NameObject("/Annots")] = ArrayObject(kept)


def _acts(note: PdfObject) -> bool:
    found = _object(note)
    return not isinstance(found, DictionaryObject) or found.get("/Subtype") in _ACTING_NOTES


def _reached(page: DictionaryObject) -> Iterator[DictionaryObject]:
    """Every dictionary that the page leads to, the page first; what is taken out of one before the
    next is asked for is not gone into."""
    waiting: list[PdfObject | None] = [page]
    seen: set[int] = set()
    while waiting:
        found = _object(waiting.pop())
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        if len(seen) > MOST_OBJECTS:
            raise Rejected("file_bomb")
        if isinstance(found, DictionaryObject):
            yield found
            waiting += [found.raw_get(name) for name in found if name != "/Parent"]
        elif isinstance(found, ArrayObject):
            waiting += list(found)


def _object(found: PdfObject | None) -> PdfObject | None:
    return found.get_object() if isinstance(found, IndirectObject) else found

"""A brief as a file to take away: DOCX, and PDF made of the very page."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from casework.errors import MinshengError
from monitor.brief import Brief, Quote, Section
from web.leadership import brief_words
from web.leadership.brief_charts import has_chart, png
from web.leadership.brief_words import Part
from web.wording import word

CHINESE_FONT = "Noto Sans CJK SC"


class NoPdf(MinshengError):
    """This machine cannot make PDF; what is missing: "library" or "font"."""


def docx(brief: Brief, base: str) -> bytes:
    """The brief for a word processor; links lead to `base`, the address of the city's pages."""
    document = Document()
    for name in ("Normal", "Heading 1", "Heading 2", "Title"):
        font = document.styles[name].font
        font.name = CHINESE_FONT
        document.styles[name].element.get_or_add_rPr().get_or_add_rFonts().set(
            qn("w:eastAsia"), CHINESE_FONT
        )
    document.styles["Normal"].font.size = Pt(10.5)
    document.core_properties.title = brief_words.title(brief)
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.add_heading(brief_words.title(brief), 0)
    days = f"{brief_words.days(brief)}　" if brief.subject else ""
    document.add_paragraph(f"{days}{brief_words.counted(brief)}")
    for section in brief.sections:
        _section(document, section, base)
    _quotes(document, brief.quotes)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _section(document: Any, section: Section, base: str) -> None:
    document.add_heading(brief_words.heading(section), 1)
    for sentence in section.sentences:
        _write(document.add_paragraph(), brief_words.parts(sentence), base)
    if not section.rows:
        return
    if has_chart(section):
        _picture(document, section, base)
    heads = brief_words.columns(section)
    table = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.text = head
    for row in section.rows:
        cells = table.add_row().cells
        found = [brief_words.label(row), *(brief_words.cell(one) for one in row.figures)]
        for cell, part in zip(cells, found, strict=True):
            _write(cell.paragraphs[0], [part], base)
        for cell in cells[1:]:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _picture(document: Any, section: Section, base: str) -> None:
    """The course in time, and in words what it shows."""
    caption = brief_words.caption(section)
    _write(document.add_paragraph(), caption, base)
    shape = document.add_picture(io.BytesIO(png(section)), width=Cm(15))
    shape._inline.docPr.set("descr", "".join(part.text for part in caption))


def _quotes(document: Any, quotes: Sequence[Quote]) -> None:
    if not quotes:
        return
    document.add_heading(brief_words.quotes_heading(), 1)
    for one in quotes:
        by = f"{word('channel', one.channel)}　{brief_words.at(one.received_at)}　{one.number}"
        document.add_paragraph(by)
        document.add_paragraph(_clean(one.body), style="Intense Quote")


def _write(paragraph: Any, parts: Sequence[Part], base: str) -> None:
    for part in parts:
        if part.address:
            _link(paragraph, _clean(part.text), urljoin(base, part.address))
        else:
            paragraph.add_run(_clean(part.text))


def _link(paragraph: Any, text: str, address: str) -> None:
    """A run that leads somewhere; python-docx can read such but has no call to write one."""
    key = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), key)
    run = paragraph.add_run(text)
    run.font.underline = True
    link.append(run._r)
    paragraph._p.append(link)


def _clean(text: str) -> str:
    """Without the characters XML has no place for."""
    return "".join(one for one in text if one >= " " or one in "\n\t")


def pdf(page: str, base: str) -> bytes:
    """A page as PDF. Nothing is fetched while it is made. Raises NoPdf."""
    if not _has_chinese_font():
        raise NoPdf("font")
    try:
        from weasyprint import HTML
    except OSError as error:  # Pango is a library of the system
        raise NoPdf("library") from error
    made = HTML(string=page, base_url=base, url_fetcher=_nothing).write_pdf()
    return bytes(made or b"")


def _nothing(address: str, *_: object, **__: object) -> Any:
    raise ValueError(f"a brief needs nothing from elsewhere: {address}")


def _has_chinese_font() -> bool:
    """Whether the system has a font for Chinese; without one a PDF would be full of empty boxes."""
    try:
        library = ctypes.CDLL("libfontconfig.so.1")
    except OSError:
        return False
    for name in ("FcNameParse", "FcObjectSetCreate", "FcFontList"):
        getattr(library, name).restype = ctypes.c_void_p
    pattern = ctypes.c_void_p(library.FcNameParse(b":lang=zh-cn"))
    names = ctypes.c_void_p(library.FcObjectSetCreate())
    library.FcObjectSetAdd(names, b"family")
    found = library.FcFontList(None, pattern, names)
    return bool(found) and ctypes.cast(found, ctypes.POINTER(ctypes.c_int)).contents.value > 0

"""What a cell of a workbook says, as text: its value alone, never its formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from xml.etree.ElementTree import Element

from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.utils.escape import unescape
from openpyxl.xml.constants import SHEET_MAIN_NS

from casework.errors import Rejected
from intake.files.interface import MAX_CELL
from intake.files.shared_strings import text_of

VALUE = f"{{{SHEET_MAIN_NS}}}v"
FORMULA = f"{{{SHEET_MAIN_NS}}}f"
INLINE = f"{{{SHEET_MAIN_NS}}}is"
EXACT = 10**15
"""From here on office programs round a number: two order numbers would become one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of one workbook are to be read. dates: styles that show a number as a date."""

    shared: Callable[[int], str]
    epoch: datetime
    dates: frozenset[int]


def cell_text(element: Element, place: str, reading: Reading) -> str:
    """The cell's value as text; "" for an empty cell. place: its name, such as C7.

    Raises Rejected("cell_formula" | "cell_error" | "cell_rounded" | "cell", "", cell=place).
    """
    try:
        text = _text(element, place, reading)
    except (ValueError, OverflowError, IndexError, TypeError) as error:
        raise Rejected("cell", "", cell=place, detail=str(error)) from error
    if len(text) > MAX_CELL:
        raise Rejected("cell", "", cell=place, detail=f"> {MAX_CELL}")
    return text


def _text(element: Element, place: str, reading: Reading) -> str:
    kind = element.get("t", "n")
    if kind == "inlineStr":
        inline = element.find(INLINE)
        return "" if inline is None else _unescaped(text_of(inline))
    value = element.findtext(VALUE)
    if not value:
        if element.find(FORMULA) is not None and value is None:
            raise Rejected("cell_formula", "", cell=place)
        return ""
    if kind == "e":
        raise Rejected("cell_error", "", cell=place, value=value)
    if kind == "s":
        return _unescaped(reading.shared(int(value)))
    return _plain(kind, value, element, place, reading)


def _plain(kind: str, value: str, element: Element, place: str, reading: Reading) -> str:
    if kind == "n":
        if int(element.get("s", 0)) in reading.dates:
            return _moment(from_excel(float(value), reading.epoch))
        return _number(value, place)
    if kind == "b":
        return "TRUE" if int(value) else "FALSE"
    if kind == "d":
        return _moment(from_ISO8601(value))
    return _unescaped(value)


def _number(value: str, place: str) -> str:
    """A telephone number typed as a number is written out, never as 1.38E+10."""
    if value.lstrip("-").isdecimal():
        return value
    number = Decimal(repr(float(value)))
    if not number.is_finite() or abs(number) >= EXACT:
        raise Rejected("cell_rounded", "", cell=place, value=value)
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _moment(value: object) -> str:
    """A date or time without a zone: the city's."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def _unescaped(text: str) -> str:
    return str(unescape(text)) if "_x" in text else text

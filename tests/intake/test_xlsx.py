"""Workbooks: what cells say, what is refused, and how little memory a large one takes."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from casework.errors import FileUnreadable, Rejected
from casework.model import MessageDraft
from intake.connectors.columns import read_mapping
from intake.connectors.file_rows import FileSource, read
from intake.connectors.interface import Item
from intake.files import xlsx_archive
from intake.files.formats import open_table
from intake.files.xlsx_table import sheet_names
from tests.conftest import NOW, ZONE

NAMES = ["编号", "主题", "时间", "详情", "电话"]
MAPPING = read_mapping("subject=主题,body=详情,received_at=时间,source_ref=编号,sender=电话")
ROW: list[Any] = ["A1", "路灯", datetime(2026, 11, 19, 11, 25, 5), "松涛路路灯坏了", 13800001234]
NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def write(file: Path, rows: Iterable[Sequence[Any]], title: str = "来件") -> Path:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in (NAMES, *rows):
        sheet.append(list(row))
    workbook.save(file)
    return file


def items(file: Path, sheet: str = "") -> list[Item]:
    return list(read(FileSource(file, "letter", "board", MAPPING, ZONE, sheet=sheet), NOW))


def drafts(file: Path) -> list[MessageDraft]:
    found = [item.draft for item in items(file)]
    assert all(isinstance(draft, MessageDraft) for draft in found), found
    return found  # type: ignore[return-value]


def refused(file: Path) -> tuple[str, str]:
    """The reason and the cell of the only row."""
    (item,) = items(file)
    assert isinstance(item.draft, Rejected)
    return item.draft.reason, str(item.draft.values.get("cell", ""))


def rewrite(file: Path, part: str, change: Any) -> Path:
    """The same workbook with one part changed by hand."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file


def with_cell(file: Path, cell: str) -> Path:
    """One row whose fourth cell is written by hand."""
    write(file, [ROW])
    sheet = "xl/worksheets/sheet1.xml"
    row = (
        '<row r="2"><c r="A2" t="inlineStr"><is><t>A1</t></is></c>'
        '<c r="C2" t="inlineStr"><is><t>2026-11-19</t></is></c>' + cell + "</row>"
    )

    def change(data: bytes) -> bytes:
        text = data.decode()
        start = text.index('<row r="2"')
        return (text[:start] + row + text[text.index("</sheetData>") :]).encode()

    return rewrite(file, sheet, change)


def test_values_become_text_as_people_read_them(tmp_path: Path) -> None:
    rows = [
        ROW,
        ["A2", "日期", date(2026, 11, 18), "内容", 138_0000_1234.0],
        ["A3", 3.25, "2026年11月17日 9时5分", True, "0731-1"],
    ]
    first, second, third = drafts(write(tmp_path / "m.xlsx", rows))
    assert first.received_at == datetime(2026, 11, 19, 3, 25, 5, tzinfo=UTC)
    assert first.sender == "13800001234"
    assert second.received_at == datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
    assert second.sender == "13800001234"
    assert (third.subject, third.body, third.sender) == ("3.25", "TRUE", "0731-1")


def test_a_number_in_scientific_notation_is_written_out(tmp_path: Path) -> None:
    cell = '<c r="D2"><v>1.3800001234E10</v></c>'
    (draft,) = drafts(with_cell(tmp_path / "m.xlsx", cell))
    assert draft.body == "13800001234"


def test_shared_texts_as_office_programs_write_them(tmp_path: Path) -> None:
    cell = '<c r="D2" t="s"><v>1</v></c><c r="E2" t="s"><v>0</v></c>'
    file = with_cell(tmp_path / "m.xlsx", cell)
    strings = (
        f'<sst xmlns="{NS}"><si><t>乙</t></si>'
        "<si><r><t>第一</t></r><r><t>第二</t></r><rPh><t>ruby</t></rPh></si></sst>"
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'

    def declare(data: bytes) -> bytes:
        text = data.decode()
        return text if kind in text else text.replace("</Types>", part)

    with zipfile.ZipFile(file) as archive:
        has_strings = "xl/sharedStrings.xml" in archive.namelist()
    if not has_strings:
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr("xl/sharedStrings.xml", strings)
    rewrite(file, "xl/sharedStrings.xml", lambda _: strings.encode())
    rewrite(file, "[Content_Types].xml", lambda data: declare(data))
    (draft,) = drafts(file)
    assert (draft.body, draft.sender) == ("第一第二", "乙")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ('<c r="D2"><f>SUM(A1:A9)</f></c>', "cell_formula"),
        ('<c r="D2" t="e"><v>#REF!</v></c>', "cell_error"),
        ('<c r="D2"><v>2.0261120000000013E+17</v></c>', "cell_rounded"),
        ('<c r="D2" t="s"><v>77</v></c>', "cell"),
        ('<c r="D2"><v>not a number</v></c>', "cell"),
    ],
)
def test_a_cell_without_a_value_is_named(tmp_path: Path, cell: str, reason: str) -> None:
    assert refused(with_cell(tmp_path / "m.xlsx", cell)) == (reason, "D2")


def test_a_formula_counts_by_its_stored_value(tmp_path: Path) -> None:
    cell = '<c r="D2" t="str"><f>A1&amp;B1</f><v>合起来</v></c>'
    (draft,) = drafts(with_cell(tmp_path / "m.xlsx", cell))
    assert draft.body == "合起来"


def test_a_fault_in_a_column_nobody_uses_hurts_nobody(tmp_path: Path) -> None:
    cell = '<c r="B2"><f>NOW()</f></c><c r="D2" t="inlineStr"><is><t>正文</t></is></c>'
    file = with_cell(tmp_path / "m.xlsx", cell)
    mapping = read_mapping("body=详情,received_at=时间,source_ref=编号")
    (item,) = read(FileSource(file, "letter", "board", mapping, ZONE), NOW)
    assert isinstance(item.draft, MessageDraft)


def test_sheets_by_name(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.active.title = "说明"
    sheet = workbook.create_sheet("十一月")
    sheet.append([])
    sheet.append(NAMES)
    sheet.append(ROW)
    file = tmp_path / "m.xlsx"
    workbook.save(file)
    assert sheet_names(file) == ("说明", "十一月")
    (item,) = items(file, "十一月")
    assert item.position == 3
    with pytest.raises(FileUnreadable) as caught:
        items(file, "十二月")
    assert caught.value.values["sheets"] == "说明、十一月"
    with pytest.raises(FileUnreadable, match="empty"):
        items(file)


def test_rows_wider_than_the_names_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "m.xlsx", [[*ROW, "", "surplus"], [*ROW, "", ""]])
    found = items(file)
    assert isinstance(found[0].draft, Rejected)
    assert found[0].draft.reason == "too_many_cells"
    assert isinstance(found[1].draft, MessageDraft)


def fails(file: Path) -> str:
    with pytest.raises(FileUnreadable) as caught:
        items(file)
    return caught.value.reason


def test_other_files_under_the_name_of_a_workbook(tmp_path: Path) -> None:
    file = tmp_path / "m.xlsx"
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024 * 1024 - 20)
    file.write_bytes(ole)
    assert fails(file) == "xls"
    file.write_bytes(ole + "EncryptedPackage".encode("utf-16-le"))
    assert fails(file) == "protected"
    whole = write(tmp_path / "whole.xlsx", [ROW] * 50).read_bytes()
    for size in (4, 30, 200, len(whole) // 2, len(whole) - 10):
        file.write_bytes(whole[:size])
        assert fails(file) == "xlsx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert fails(file) == "xlsx"


def test_a_workbook_damaged_further_down_is_refused_before_anything(tmp_path: Path) -> None:
    file = write(tmp_path / "m.xlsx", [ROW] * 500)
    rewrite(file, "xl/worksheets/sheet1.xml", lambda data: data[: len(data) * 3 // 4])
    assert fails(file) == "xlsx"


def test_a_small_file_that_unpacks_to_gigabytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "m.xlsx", [ROW])
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", bytes(30 * 1024 * 1024))
    assert file.stat().st_size < 100_000
    monkeypatch.setattr(xlsx_archive, "MAX_UNPACKED", 20 * 1024 * 1024)
    tracemalloc.start()
    assert fails(file) == "bomb"
    assert tracemalloc.get_traced_memory()[1] < 2 * 1024 * 1024
    tracemalloc.stop()


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"])
def test_one_part_that_would_fill_the_memory(tmp_path: Path, part: str) -> None:
    file = write(tmp_path / "m.xlsx", [ROW])
    padding = b" " * (40 * 1024 * 1024)

    def change(data: bytes) -> bytes:
        end = data.rindex(b"</")
        return data[:end] + padding + data[end:]

    rewrite(file, part, change)
    tracemalloc.start()
    assert fails(file) == "bomb"
    assert tracemalloc.get_traced_memory()[1] < 40 * 1024 * 1024
    tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_entities_are_refused(tmp_path: Path, part: str, encoding: str) -> None:
    bomb = (
        f'<?xml version="1.0" encoding="{encoding}"?>'
        '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><w>&b;</w>'
    )
    file = write(tmp_path / "m.xlsx", [ROW])
    rewrite(file, part, lambda _: bomb.encode(encoding))
    assert fails(file) == "doctype"


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    rows = 4000
    book = Workbook(write_only=True)
    sheet = book.create_sheet("来件")
    sheet.append(NAMES)
    for number in range(rows):
        sheet.append([f"A{number}", "路灯", "2026-11-19", f"{number}" + "路灯坏了" * 200, ""])
    file = tmp_path / "m.xlsx"
    book.save(file)
    table = open_table(file)
    tracemalloc.start()
    assert sum(1 for _ in table.rows()) == rows
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024, peak


def test_nothing_is_left_open(tmp_path: Path) -> None:
    """Reading stops half way without a complaint about an open file (warnings are errors)."""
    rows = read(
        FileSource(write(tmp_path / "m.xlsx", [ROW] * 5), "letter", "board", MAPPING, ZONE), NOW
    )
    next(rows)
    del rows


def test_a_part_says_less_than_it_holds(tmp_path: Path) -> None:
    """The size a part states is what is unpacked of it, whatever comes after."""
    file = write(tmp_path / "m.xlsx", [ROW])
    data = io.BytesIO(file.read_bytes())
    with zipfile.ZipFile(data) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    raw = bytearray(data.getvalue())
    size = info.file_size.to_bytes(4, "little")
    place = raw.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert raw[place + 24 : place + 28] == size
    raw[place + 24 : place + 28] = (50).to_bytes(4, "little")
    file.write_bytes(raw)
    assert fails(file) == "xlsx"

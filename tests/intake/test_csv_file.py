from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from casework.errors import FileUnreadable, Rejected
from casework.model import IntakeMode, MessageDraft
from intake.connectors.columns import read_mapping
from intake.connectors.file_rows import FileSource, read, survey
from intake.connectors.interface import Item
from intake.files.encoding import find_encoding

NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
MAPPING = read_mapping(
    "subject=主题,body=详情,received_at=时间,source_ref=编号,reply=答复,replied_at=答复时间"
)
HEADER = "编号,主题,时间,详情,答复,答复时间\n"
ROW = "1,路灯不亮,2026/11/19 11:25:05,松涛路路灯坏了,,\n"


def source(file: Path, mode: IntakeMode | None = None) -> FileSource:
    return FileSource(file, "web", "board", MAPPING, ZoneInfo("Asia/Shanghai"), mode)


def items(tmp_path: Path, content: bytes, mode: IntakeMode | None = None) -> list[Item]:
    file = tmp_path / "messages.csv"
    file.write_bytes(content)
    return list(read(source(file, mode), NOW))


def reasons(found: list[Item]) -> list[str]:
    return [item.draft.reason if isinstance(item.draft, Rejected) else "" for item in found]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "bom-be"],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, line_end: str) -> None:
    text = (HEADER + ROW).replace("\n", line_end)
    be = encoding == "bom-be"
    content = ("\ufeff" + text).encode("utf-16-be") if be else text.encode(encoding)
    (item,) = items(tmp_path, content)
    assert isinstance(item.draft, MessageDraft)
    assert item.draft.subject == "路灯不亮"
    assert item.draft.source_ref == "1"
    assert item.draft.received_at.isoformat() == "2026-11-19T11:25:05+08:00"


def test_one_broken_line_does_not_make_another_encoding(tmp_path: Path) -> None:
    file = tmp_path / "messages.csv"
    file.write_bytes((HEADER + ROW).encode() + b"2,\xff\xfe,2026-11-19,\xc3(,,\n")
    assert find_encoding(file) == "utf-8-sig"
    found = list(read(source(file), NOW))
    assert isinstance(found[0].draft, MessageDraft)
    assert "\udcff" in found[1].draft.subject  # refused by intake.check


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable) as caught:
        items(tmp_path, "编号,主题,时间\n1,a,2026-11-19\n".encode())
    assert caught.value.reason == "missing_column"
    assert caught.value.values["column"] == "详情"


@pytest.mark.parametrize("content", [b"", b"\n\n", b",,\n"])
def test_an_empty_file_says_so(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileUnreadable) as caught:
        items(tmp_path, content)
    assert caught.value.reason == "empty"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable):
        list(read(source(tmp_path / "none.csv"), NOW))


def test_each_bad_row_has_its_reason_and_good_ones_go_on(tmp_path: Path) -> None:
    rows = (
        "1,a,,b,,\n"  # no time
        "2,a,yesterday,b,,\n"
        "3,a,2026-11-19,b,done,\n"  # a reply without its time
        "4,a,2026-11-19,b,,,surplus\n"
        "5,a,2026-11-19,b,,\n"
        "\n"
        "6,short\n"
    )
    found = items(tmp_path, (HEADER + rows).encode())
    assert reasons(found) == [
        "time_empty",
        "time",
        "time_empty",
        "too_many_cells",
        "",
        "time_empty",
    ]
    assert [item.position for item in found] == [2, 3, 4, 5, 6, 8]


def test_older_than_thirty_days_is_history_unless_said_otherwise(tmp_path: Path) -> None:
    content = (HEADER + "1,a,2026-10-01,b,,\n2,a,2026-11-19,b,,\n").encode()
    modes = [item.draft.mode for item in items(tmp_path, content)]
    assert modes == [IntakeMode.HISTORY, IntakeMode.NEW]
    modes = [item.draft.mode for item in items(tmp_path, content, IntakeMode.HISTORY)]
    assert modes == [IntakeMode.HISTORY] * 2


def test_rows_without_a_number_get_one_from_their_content(tmp_path: Path) -> None:
    rows = ",a,2026-11-19,b,,\n,a,2026-11-19,b,,\n,a,2026-11-19,c,,\n"
    first = [item.draft.row_ref for item in items(tmp_path, (HEADER + rows).encode())]
    assert len(set(first)) == 3
    again = [item.draft.row_ref for item in items(tmp_path, (HEADER + rows + rows).encode())]
    assert again[:3] == first


def test_a_quote_left_open_refuses_its_row_and_does_not_fill_the_memory(tmp_path: Path) -> None:
    rows = '1,a,2026-11-19,"b,,\n' + "2,a,2026-11-19,b,,\n" * 20_000
    found = items(tmp_path, (HEADER + rows).encode())
    assert "row" in reasons(found)


def test_rows_are_counted_as_they_are_read(tmp_path: Path) -> None:
    file = tmp_path / "messages.csv"
    file.write_text(HEADER + ROW + '2,a,2026-11-19,"two\nlines",,\n', encoding="utf-8")
    assert survey(source(file)).rows == 2


@pytest.mark.parametrize("text", ["body", "body=", "text=a", "subject=a", "received_at=a"])
def test_a_mapping_that_makes_no_sense(text: str) -> None:
    with pytest.raises(Rejected):
        read_mapping(text)

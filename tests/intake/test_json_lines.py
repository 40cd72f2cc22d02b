"""JSON lines: inner fields, numbers, and lines that are not what they should be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casework.errors import FileUnreadable, Rejected
from casework.model import MessageDraft
from intake.connectors.columns import read_mapping
from intake.connectors.file_rows import FileSource, read
from intake.connectors.interface import Item
from intake.files import json_table
from intake.files.formats import open_table
from tests.conftest import NOW, ZONE

MAPPING = read_mapping("body=post.text,received_at=at,source_ref=id,sender=user.phone")
GOOD = {"id": 7, "at": "2026-11-19 08:00", "post": {"text": "路灯坏了"}, "user": {"phone": "138"}}


def items(tmp_path: Path, *lines: str | bytes, mapping: dict[str, str] = MAPPING) -> list[Item]:
    file = tmp_path / "m.jsonl"
    file.write_bytes(b"\n".join(s.encode() if isinstance(s, str) else s for s in lines))
    return list(read(FileSource(file, "weibo", "board", mapping, ZONE), NOW))


def reasons(found: list[Item]) -> list[str]:
    return [item.draft.reason if isinstance(item.draft, Rejected) else "" for item in found]


def test_inner_fields_by_dotted_names(tmp_path: Path) -> None:
    (item,) = items(tmp_path, json.dumps(GOOD))
    assert isinstance(item.draft, MessageDraft)
    assert (item.draft.body, item.draft.source_ref, item.draft.sender) == ("路灯坏了", "7", "138")
    file = tmp_path / "m.jsonl"
    assert open_table(file).names == ("id", "at", "post.text", "user.phone")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("13800001234", "13800001234"),
        ("1.3800001234e10", "13800001234"),
        ("1.50", "1.5"),
        ("20261120000000000123", "20261120000000000123"),
        ("1e999999", "1e999999"),
        ("true", "true"),
        ("null", ""),
    ],
)
def test_values_become_text(tmp_path: Path, written: str, read_as: str) -> None:
    line = (
        f'{{"id": 1, "at": "2026-11-19", "post": {{"text": "x"}}, "user": {{"phone": {written}}}}}'
    )
    (item,) = items(tmp_path, line)
    assert isinstance(item.draft, MessageDraft)
    assert item.draft.sender == read_as


def test_each_bad_line_has_its_reason_and_good_ones_go_on(tmp_path: Path) -> None:
    found = items(
        tmp_path,
        json.dumps(GOOD),
        "{broken",
        "[1, 2]",
        '"text"',
        "NaN",
        '{"id": Infinity}',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"a":' * 30 + "1" + "}" * 30,
        '{"n": ' + "9" * 10_000 + "}",
        "",
        b"\xff\xfe\xff",
        json.dumps(GOOD | {"id": 8}),
    )
    assert reasons(found) == [
        "",
        "json",
        "json_object",
        "json_object",
        "json",
        "json",
        "json_depth",
        "json_depth",
        "json_depth",
        "time_empty",
        "json",
        "",
    ]
    assert [item.position for item in found] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13]


def test_a_line_without_end_is_refused_in_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_table, "MAX_LINE", 1000)
    found = items(tmp_path, json.dumps(GOOD), '{"a": "' + "x" * 50_000, json.dumps(GOOD))
    assert reasons(found) == ["", "line_too_long", ""]
    assert [item.position for item in found] == [1, 2, 3]
    assert len(found[1].raw[0]) <= json_table.SHOWN_OF_LINE


def test_a_line_without_a_number_stays_the_same_when_the_file_gains_columns(tmp_path: Path) -> None:
    mapping = read_mapping("body=post.text,received_at=at")
    plain = {key: value for key, value in GOOD.items() if key != "id"}
    first = items(tmp_path, json.dumps(plain), mapping=mapping)
    again = items(tmp_path, json.dumps(plain), json.dumps(plain | {"x": 1}), mapping=mapping)
    assert isinstance(first[0].draft, MessageDraft)
    assert isinstance(again[0].draft, MessageDraft)
    assert first[0].draft.row_ref == again[0].draft.row_ref


def test_a_file_without_any_object_is_empty(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="empty"):
        items(tmp_path, "[1]")


def test_lines_that_each_bring_new_names_do_not_fill_the_memory(tmp_path: Path) -> None:
    lines = [json.dumps({f"name{n}": 1}) for n in range(2000)]
    with pytest.raises(FileUnreadable, match="too_many_columns"):
        items(tmp_path, *lines)

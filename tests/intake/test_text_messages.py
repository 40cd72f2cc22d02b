"""Text messages: the form where it is kept, and what people write where it is not."""

from __future__ import annotations

import pytest

from intake.text_messages import read_text

MATTER = "松涛路四盏路灯不亮，请尽快维修。"


@pytest.mark.parametrize(
    ("text", "name", "place", "body"),
    [
        (f"12345#周某#松涛路8号#{MATTER}", "周某", "松涛路8号", MATTER),
        (f"１２３４５＃周某＃松涛路8号＃{MATTER}", "周某", "松涛路8号", MATTER),
        (f" 12345 # 周某 # 松涛路 # {MATTER} #急", "周某", "松涛路", f"{MATTER} #急"),
        (f"12345#{MATTER}", "", "", MATTER),
        (f"12345#周某#{MATTER}", "", "", f"周某 {MATTER}"),
        (f"12345####{MATTER}", "", "", f"#{MATTER}"),
        (MATTER, "", "", MATTER),
        (f"{MATTER}#12345", "", "", f"{MATTER}#12345"),
        (f"12345#{'长' * 300}#路#{MATTER}", "", "", f"{'长' * 300} 路 {MATTER}"),
    ],
)
def test_what_is_written(text: str, name: str, place: str, body: str) -> None:
    read = read_text(text)
    assert (read.name, read.place, read.body) == (name, place, body)
    assert read.says_something


@pytest.mark.parametrize(
    "text", ["", "12345", "12345#", "12345#周某#松涛路#", "你好", "？？？？？？", "12345#a#b#c"]
)
def test_what_says_nothing(text: str) -> None:
    assert not read_text(text).says_something

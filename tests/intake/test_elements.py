"""The elements of a call: what is missing, and what can be heard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.elements import Elements, body_of, demand_in, missing, time_in

FULL = Elements("今天早上", "松涛路", "路灯坏了", "修好", "13800000001")


def test_all_there() -> None:
    assert missing(FULL, "投诉") == ()


def test_missing_in_order() -> None:
    empty = Elements("", " ", "", "", "")
    assert missing(empty, "投诉") == ("time", "place", "matter", "demand", "contact")
    asked = Elements("", "", "想问医保异地备案。", "", "")
    assert missing(asked, "咨询") == ("demand", "contact")
    assert missing(asked, "投诉") == ("time", "place", "demand", "contact")


def test_before_anything_is_written_nothing_is_there() -> None:
    assert len(missing(Elements("", "", "", "", ""), "咨询")) == 5


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("路灯坏了，希望尽快派人来修。", "希望尽快派人来修"),
        ("停水了。问什么时候能来水，没来之前能不能送水。", "问什么时候能来水；没来之前能不能送水"),
        ("他请了假，人不在。", ""),
        ("路灯坏了。", ""),
    ],
)
def test_the_demand_is_heard(text: str, demand: str) -> None:
    assert demand_in(text) == demand


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("今天早上7点多开始停水", "今天早上7点多开始"),
        ("11月3日晚上打桩", "11月3日晚上"),
        ("路灯坏了", ""),
        ("三个月前交的钱", "三个月前"),
    ],
)
def test_the_time_is_heard(text: str, time: str) -> None:
    assert time_in(text) == time


def test_the_body_has_what_has_no_field_of_its_own() -> None:
    assert body_of(FULL) == "路灯坏了\n时间：今天早上\n诉求：修好"
    assert body_of(Elements("", "", "问个事", "", "")) == "问个事"


@given(st.text(max_size=200))
def test_listening_never_fails(text: str) -> None:
    assert len(demand_in(text)) <= 80
    time_in(text)

"""Whom a message speaks of."""

from __future__ import annotations

import pytest

from classifier.parties import parties_in
from classifier.reading import read


def found(text: str) -> list[tuple[str, str]]:
    (parties,) = parties_in([text], read([text]))
    for party in parties:
        assert text[party.start : party.end] == party.text
    return [(party.text, party.kind) for party in parties]


def test_people_by_surname_and_title() -> None:
    assert found("王局长和李某某说没时间") == [("王局长", "person"), ("李某某", "person")]


def test_a_name_behind_an_office() -> None:
    assert ("张伟", "person") in found("法人代表张伟拖欠工资")


@pytest.mark.parametrize("name", ["金源物业公司", "长沙银行", "湖南大华建筑有限公司", "城管大队"])
def test_units_by_how_their_names_end(name: str) -> None:
    assert (name, "unit") in found(f"我去找了{name}，没有人理")


def test_who_is_named_by_what_they_do() -> None:
    assert found("物业不管，班主任骂人") == [("物业", "role"), ("班主任", "role")]


def test_what_only_ends_like_a_unit_is_none() -> None:
    assert found("这个结局影响大局，布局不合理") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("当时教育局没有答复", "教育局"),
        ("后来拿到商州区扶贫局，又被退回", "商州区扶贫局"),
        ("再者建设银行也不办", "建设银行"),
        ("找过城南经济开发区管委会", "城南经济开发区管委会"),
        ("就在第一中学门口", "第一中学"),
    ],
)
def test_a_name_begins_behind_what_is_no_noun(text: str, name: str) -> None:
    assert [one for one, kind in found(text) if kind == "unit"] == [name]


def test_each_once_and_in_order() -> None:
    assert found("物业说没钱，开发商说找物业") == [("物业", "role"), ("开发商", "role")]

"""Which texts belong to a watched topic."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from casework.errors import Rejected
from casework.watched_topics import WatchedTopic
from monitor.matching import check, matches

PLANT = WatchedTopic("搅拌站", ("搅拌站",))


@pytest.mark.parametrize(
    ("changes", "text", "belongs"),
    [
        ({}, "小区旁边的搅拌站太吵", True),
        ({}, "小区旁边的工地太吵", False),
        ({"must": ("搅拌站", "粉尘")}, "搅拌站太吵", False),
        ({"must": ("搅拌站", "粉尘")}, "粉尘是搅拌站来的", True),
        ({"exclude": ("招聘",)}, "搅拌站招聘司机", False),
        ({"context": ("噪音", "粉尘")}, "搅拌站噪音大", True),
        ({"context": ("噪音", "粉尘")}, "搅拌站招人", False),
        ({"context": ("噪音",)}, "搅拌站" + "很" * 51 + "噪音", False),
        ({"context": ("噪音",)}, "噪音" + "很" * 50 + "搅拌站", True),
        ({"near": ("学校", "粉尘"), "within": 5}, "搅拌站：学校旁边有粉尘", True),
        ({"near": ("学校", "粉尘"), "within": 5}, "搅拌站：粉尘飘到了学校", True),
        ({"near": ("学校", "粉尘"), "within": 2}, "搅拌站：粉尘一直飘到学校", False),
        ({"near": ("学校", "粉尘"), "within": 3}, "粉尘" * 40 + "一二三四五学校搅拌站", False),
        ({"pattern": r"[0-9]+号楼"}, "搅拌站离12号楼很近", True),
        ({"pattern": r"[0-9]+号楼"}, "搅拌站离号楼很近", False),
    ],
)
def test_what_belongs(changes: dict[str, object], text: str, belongs: bool) -> None:
    topic = replace(PLANT, **changes)  # type: ignore[arg-type]
    check(topic)
    assert matches(topic, text) is belongs


def test_near_agrees_with_looking_at_every_pair() -> None:
    chance = random.Random(3)
    for _ in range(2000):
        text = "".join(chance.choice("甲乙丙丁") for _ in range(chance.randrange(20)))
        one, other = (
            "".join(chance.choice("甲乙") for _ in range(chance.randrange(1, 3))) for _ in range(2)
        )
        within = chance.randrange(1, 6)
        pairs = [
            (a, b)
            for a in range(len(text))
            for b in range(len(text))
            if text.startswith(one, a) and text.startswith(other, b)
        ]
        near = any(
            b - (a + len(one)) <= within and a - (b + len(other)) <= within for a, b in pairs
        )
        topic = replace(PLANT, must=("",), near=(one, other), within=within)
        assert matches(topic, text) is near, (text, one, other, within)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "长" * 31},
        {"must": ()},
        {"must": ("长" * 41,)},
        {"near": ("学校",), "within": 3},
        {"near": ("学校", "粉尘"), "within": 0},
        {"near": ("学校", "粉尘"), "within": 201},
        {"exclude": tuple(str(n) for n in range(21))},
        {"minimum": 0},
        {"hours": 169},
        {"pattern": "("},
        {"pattern": "(?<=a)b"},
        {"pattern": "a" * 201},
        {"pattern": "(((a{1000}){1000}){1000})"},
    ],
)
def test_what_cannot_be_watched(changes: dict[str, object]) -> None:
    with pytest.raises(Rejected):
        check(replace(PLANT, **changes))  # type: ignore[arg-type]


def test_a_careless_pattern_does_not_hold_up_the_watch() -> None:
    topic = replace(PLANT, pattern=r"(搅+)+(站+)+$")
    assert not matches(topic, "搅拌站" + "搅" * 100_000)

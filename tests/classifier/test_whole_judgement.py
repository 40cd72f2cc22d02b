"""The whole judgement over any text there may be: 2,000 texts here, 100,000 in `make fuzz`."""

from __future__ import annotations

import csv
import html
import os
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from casework.judgement import Judgement
from casework.taxonomy import KINDS, SENTIMENTS, URGENCIES, first_level_topics, leaves
from classifier.interface import Classifier
from classifier.loading import load
from classifier.places import GazetteerPlace
from classifier.seeds import read_seeds

EXAMPLES = int(os.environ.get("MINSHENG_FUZZ_EXAMPLES", "2000"))
REAL = int(os.environ.get("MINSHENG_FUZZ_MESSAGES", "600"))
"""Real messages that are converted; all of them in `make fuzz`."""

ALIKE = 0.98
BACK = {"s2t": "t2s", "s2tw": "tw2s", "s2hk": "hk2s"}
ASPECTS = {"topic", "kind", "sentiment", "urgency", "unit", "actionable"}

LEAVES = {leaf.path for leaf in leaves()}

SENTENCES = [text for task in ("topic", "kind") for text, _ in read_seeds(task)]
ODD = [
    "没有伤亡", "去年火灾", "防火演练", "要跳楼", "“着火了”", "并非举报", "不是投诉，", "救命！！！！",
    "//@小明: 转发微博", "@民声 #路灯不亮#", "https://a.cn/b?c=1&d=%E8%B7%AF", "<p>停水</p><br/>&nbsp;",
    "<script>alert(1)</script>", "１２３４５", "ＡＢＣ", "繁體電話號碼", "𠮷野家", "😀😡👍🏽", "\u200b\u200d\ufeff",
    "\x00", "\x1b[31m", "\ud800", "\udfff", "\u202e倒着", "é̀̂", "\r\n\r\n", "\t", "\u3000", "……", "——", "？！？！",
    "A市A3区", "B12县", "912路公交", "云栖蓝湾", "Please fix the lamp", "도로 가로등", "уличный фонарь",
    "zzzzzzzzzzzzzzzz", "啊" * 40, "。" * 40, "1" * 40, "%s%d{0}", "=1+1", "\\", "'\";--", "13800001234",
]  # fmt: skip

PIECES = st.sampled_from(SENTENCES) | st.sampled_from(ODD) | st.text(max_size=30)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=8).map("".join),
    st.lists(PIECES, max_size=8).map("，".join),
    st.sampled_from(SENTENCES).map(html.escape),
    st.text(st.characters(codec=None), max_size=400),
    st.tuples(st.sampled_from(ODD), st.integers(1, 60)).map(lambda pair: pair[0] * pair[1]),
)


@cache
def with_places() -> Classifier:
    places = [GazetteerPlace("云栖蓝湾", "compound", "A"), GazetteerPlace("912路", "bus")]
    return load(gazetteer=places)


def check(text: str, judgement: Judgement) -> None:
    """What every judgement promises of its text."""
    known = {guess.path[0] for guess in judgement.topics}
    assert known == set(first_level_topics())
    chances = [guess.probability for guess in judgement.topics]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1, abs=1e-6)
    assert all(0 <= chance <= 1 for chance in chances)
    assert judgement.confidence == pytest.approx(chances[0], abs=1e-6)
    assert all(guess.path in LEAVES for guess in judgement.leaves)
    assert sum(guess.probability for guess in judgement.leaves) <= 1 + 1e-6
    assert not judgement.topic or judgement.topic[0] in known
    assert judgement.kind in KINDS
    assert judgement.sentiment in SENTIMENTS
    assert -1 <= judgement.sentiment_score <= 1
    assert judgement.urgency in URGENCIES
    assert (judgement.urgency == "urgent") == bool(judgement.urgency_rule)
    assert len(judgement.keywords) == len(set(judgement.keywords)) <= 10
    for evidence in judgement.evidence:
        assert 0 <= evidence.start < evidence.end <= len(text)
        assert evidence.text == text[evidence.start : evidence.end]
        assert 0 < evidence.weight <= 1
        assert evidence.aspect in ASPECTS
    target = (judgement.target,) if judgement.target else ()
    for named in (*judgement.places, *judgement.parties, *target):
        assert 0 <= named.start < named.end <= len(text)
        assert named.text == text[named.start : named.end]
    assert len(judgement.matters) != 1
    assert 0 <= judgement.actionable <= 1
    for before, matter in zip((None, *judgement.matters), judgement.matters, strict=False):
        assert (before.end if before else 0) <= matter.start < matter.end <= len(text)
        assert matter.topic[0] in known


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(TEXTS)
def test_any_text_is_judged_soundly_and_twice_the_same(text: str) -> None:
    judgement = with_places().judge(text)
    check(text, judgement)
    assert with_places().judge(text) == judgement


def operations(text: str) -> int:
    """Calls of Python functions and of built-in ones that judging takes."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        with_places().judge(text)
    finally:
        sys.setprofile(before)
    return counted


def memory(text: str) -> int:
    """Bytes judging needs at its most."""
    tracemalloc.start()
    try:
        with_places().judge(text)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("measure", [operations, memory])
@pytest.mark.parametrize(
    "piece",
    [
        "我要投诉小区停水三天了，没有人管。",
        "没有火灾",
        "“停水",
        "//@小明:",
        "<p>",
        "&lt;",
        "https://a.cn/",
        "A1区",
        "云栖蓝湾",
        "912路",
        "举报",
        "区",
        "a",
        "1",
        "。",
        " ",
        "\n",
        "😀",
        "\ud800",
    ],
)
def test_twice_the_text_takes_at_most_about_twice_the_work(
    piece: str, measure: Callable[[str], int]
) -> None:
    """Where the models stop reading it takes less. Some work is done whatever the text's length."""
    short = piece * (20_000 // len(piece))
    measure(short)
    once, twice, four = measure(short), measure(short * 2), measure(short * 4)
    always = 200_000 if measure is memory else 500
    assert twice <= 2.2 * once + always
    assert four <= 2.2 * twice + always


def labels(judgement: Judgement) -> tuple[str, str, str, str]:
    """What is decided; of unsure topics nothing is."""
    topic = judgement.topic[0] if judgement.topic else ""
    return topic, judgement.kind, judgement.sentiment, judgement.urgency


@pytest.mark.shared
@pytest.mark.parametrize("script", ["s2t", "s2tw", "s2hk"])
def test_traditional_characters_are_judged_as_simplified_ones(
    shared: Path, script: str, record_property: Any
) -> None:
    """Converted to the script and judged; and converted back from it and judged."""
    with (shared / "tipdm_messages.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [f"{row['留言主题']}\n{row['留言详情']}" for row in csv.DictReader(file)]
    chosen = rows[:: max(1, len(rows) // REAL)][:REAL]
    there, back = OpenCC(script), OpenCC(BACK[script])
    differ: Counter[str] = Counter()
    for text in chosen:
        traditional = there.convert(text)
        expected = labels(with_places().judge(text))
        for way, other in (("there", traditional), ("back", back.convert(traditional))):
            differ[way] += labels(with_places().judge(other)) != expected
    record_property("differ", dict(differ))
    assert all(number <= (1 - ALIKE) * len(chosen) for number in differ.values()), differ

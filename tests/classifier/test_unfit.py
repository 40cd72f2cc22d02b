"""What looks as if there were nothing to take up, and what must not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.scoring import label_scores
from classifier.seeds import headed_lines, read_seeds
from classifier.unfit import unfit

SENTENCES = Path(__file__).parent / "sentences"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("？？？", "empty"),
        ("111", "empty"),
        ("啊啊啊啊啊啊啊啊啊啊", "empty"),
        (
            "测试测试测试测试测试测试测试测试测试测试测试测试测试测试测试测试测试测试测试测试测试",
            "empty",
        ),
        ("代开发票，加微信 kaipiao888，诚信可靠", "spam"),
        ("低息贷款无抵押秒到账，电话13900001111", "spam"),
        ("你们都是傻逼，去死", "abuse"),
    ],
)
def test_suggested(text: str, reason: str) -> None:
    found = unfit(text)
    assert found is not None
    assert found.reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "松涛路路灯不亮",
        "举报有人代开发票，微信号是kaipiao888，请查处",
        "我被骗了，对方说低息贷款秒到账，转了两万，电话13900001111",
        "物业他妈的三天不修电梯，老人下不了楼",
        "公积金贷款怎么办？电话13900001111",
        "那个事到底管不管",
        "办身份证要带什么，加急吗",
    ],
)
def test_left_alone(text: str) -> None:
    assert unfit(text) is None


def test_sentences_nothing_was_learnt_from() -> None:
    """Advertising and insults nobody wrote a rule for, and messages that swear or quote advertising."""
    rows = headed_lines(SENTENCES / "unfit.txt")
    found = [seen.reason if seen else "fine" for seen in map(unfit, (text for text, _ in rows))]
    truth = [label for _, label in rows]
    scores = label_scores(truth, found)
    assert min(scores["spam"].precision, scores["abuse"].precision) >= 0.9, scores
    assert min(scores["spam"].recall, scores["abuse"].recall) >= 0.7, scores
    assert scores["empty"].recall == 1
    assert scores["fine"].recall >= 0.9, scores


def test_no_sentence_to_learn_from_is_one_to_test_with() -> None:
    assert not {text for text, _ in headed_lines(SENTENCES / "unfit.txt")} & {
        text for text, _ in read_seeds("unfit")
    }


def test_the_word_that_decided_stands_in_the_text() -> None:
    text = "新店开业，充值满五百送三百，欢迎选购，电话13800000009"
    found = unfit(text)
    assert found is not None
    assert found.evidence
    assert found.evidence in text


@given(st.text(max_size=300))
def test_never_fails(text: str) -> None:
    unfit(text)

"""What looks as if there were nothing to take up, and what must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.unfit import unfit


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


@given(st.text(max_size=300))
def test_never_fails(text: str) -> None:
    unfit(text)

"""Several matters in one message."""

from __future__ import annotations

import pytest

from tests.classifier.conftest import shipped

NOISE = "我们小区旁边的工厂夜里偷排废气，气味刺鼻，河水也被污染了，请环保部门查处。"
WAGES = "我在一家餐馆打工，老板拖欠工资三个月不给，也没有买社保，请劳动部门帮助。"
SCHOOL = "孩子的幼儿园违规补课收费，老师还体罚学生，请教育局处理。"


def topics(text: str) -> list[str]:
    judgement = shipped().judge(text)
    for matter in judgement.matters:
        assert 0 <= matter.start < matter.end <= len(text)
    return [matter.topic[0] for matter in judgement.matters]


@pytest.mark.parametrize("between", ["另外，", "\n还有，", "此外，"])
def test_two_matters_set_apart_by_words(between: str) -> None:
    assert topics(NOISE + between + WAGES) == ["环境保护", "劳动和社会保障"]


def test_a_list_of_matters_of_different_bodies() -> None:
    text = f"领导您好，我反映三件事。一、{NOISE}二、{WAGES}三、{SCHOOL}"
    assert topics(text) == ["环境保护", "劳动和社会保障", "教育文体"]


def test_the_stretch_of_a_matter_is_its_own_words() -> None:
    text = NOISE + "另外，" + WAGES
    first, second = shipped().judge(text).matters
    assert text[first.start : first.end].startswith("我们小区")
    assert "餐馆" not in text[first.start : first.end]
    assert "工资三个月" in text[second.start : second.end]


@pytest.mark.parametrize(
    "text",
    [
        NOISE,
        NOISE + "另外，废气在晚上更重，也污染了空气。",
        "1、工厂排废气。2、工厂排污水。3、工厂噪声大。请环保部门查处。",
        "另外，",
        "",
        "一、二、三、四、五、六、",
    ],
)
def test_one_matter_is_one(text: str) -> None:
    assert topics(text) == []

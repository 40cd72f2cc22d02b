"""Urgency: the words, and how they are told."""

from __future__ import annotations

import tomllib

import pytest

from classifier.normalisation import normalised
from classifier.reading import read
from classifier.sentences import Sentences
from classifier.urgency import RULES_FILE, Urgency, by_rules, signs_in


def rule(text: str) -> str:
    return fired(text).rule


def fired(text: str) -> Urgency:
    readings = read([text])
    return by_rules(text, Sentences(readings.plain[0]), signs_in(readings)[0].hits)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我实在活不下去了，现在就要跳楼！", "life.self-harm"),
        ("三号楼电梯故障，有人被困在里面半小时了", "life.trapped"),
        ("小区燃气泄漏，整栋楼都是味道", "gas.leak"),
        ("学校门口井盖缺失，孩子差点踩空", "hazard.public-facility"),
        ("我们片区大面积停水，几百户居民没水做饭", "outage.water"),
        ("停水三天了，上万人没有水用", "outage.water"),
        ("幼儿园多名孩子食物中毒住院", "health.food-poisoning"),
        ("孩子被打，脸上都是伤", "minor.harm"),
        ("明天业主准备集体上访", "collective.petition"),
        ("工人讨薪要爬塔吊，请快来人", "collective.wages"),
        ("楼上着火了，浓烟很大，快来救人", "life.fire"),
        ("他发信息说“我要跳楼”，联系不上了", "life.self-harm"),
        ("围墙已经向外倾斜，行人随时有危险", "hazard.collapse"),
        ("昨晚刚刚发生火灾，一楼住户受伤", "life.fire"),
        ("去年失火过一次，今天楼下又着火了，火势很大", "life.fire"),
        ("没有人管！有人被困电梯", "life.trapped"),
    ],
)
def test_what_must_be_seen_today_is_urgent(text: str, expected: str) -> None:
    assert rule(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "事故没有造成人员伤亡，只是车子刮花了",
        "没有发生火灾，只是误报",
        "去年小区发生火灾，一楼烧毁，后来已经修好",
        "社区组织防火演练，模拟起火疏散，住户都参加了",
        "建议加强消防安全宣传，预防火灾，楼上楼下都要发传单",
        "学校请人来讲防溺水知识",
        "如果发生火灾，消防车根本进不来，一楼住户怎么办",
        "《火灾逃生》这部电影里有人被困",
        "展板上写着“有人溺水怎么办”，字都掉了",
        "这周末商场跳楼价大甩卖，喇叭太吵",
        "房价高得让人想跳楼",
        "经常停电，希望改造线路",
        "物业费太高，希望降一点",
        "前年井盖被偷，早就换新了",
        "请问燃气安检多久一次？担心漏气",
        "",
    ],
)
def test_what_is_denied_past_staged_supposed_or_copied_is_not(text: str) -> None:
    assert rule(text) == ""


def test_evidence_names_the_rule_and_the_words() -> None:
    text = "您好：\n小区燃气泄漏，请派人"
    found = fired(text)
    first = found.evidence[0]
    assert (first.text, first.rule, first.label) == ("燃气泄漏", "gas.leak", "urgent")
    assert text[first.start : first.end] == first.text


def test_every_rule_has_an_id_a_source_and_words() -> None:
    rules = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))["rule"]
    ids = [row["id"] for row in rules]
    assert len(ids) == len(set(ids))
    for row in rules:
        assert row["source"]
        assert all(len(word) >= 2 and word == normalised(word) for word in row["words"]), row["id"]

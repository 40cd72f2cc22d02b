"""Whom or what a feeling is about."""

from __future__ import annotations

import pytest

from classifier.interface import Classifier
from classifier.targets import is_thing

OWN = [
    ("物业态度恶劣，电梯坏了三个月没人修。", {"物业", "电梯"}),
    ("金源物业公司乱收费，业主非常气愤！", {"金源物业公司"}),
    ("隔壁工地凌晨还在打桩，噪音吵得全家睡不着。", {"工地", "噪音", "打桩"}),
    ("班主任当众辱骂孩子，太过分了！", {"班主任"}),
    ("公司拖欠工资半年，老板还打人。", {"公司", "老板", "工资"}),
    ("912路公交车司机甩站，投诉无门。", {"912路公交车", "公交车", "司机"}),
    ("河水又黑又臭，苍蝇乱飞，实在受不了。", {"河水", "苍蝇"}),
    ("李医生把孩子治好了，全家衷心感谢！", {"李医生"}),
    ("开发商虚假宣传，学位没有了，欺骗业主！", {"开发商", "学位"}),
    ("城管大队暴力执法，把摊子掀翻了。", {"城管大队"}),
    ("自来水公司一停水就是三天，没有任何通知，太不负责任。", {"自来水公司"}),
    ("派出所民警耐心细致，帮我找回了钱包，点赞！", {"派出所", "民警", "派出所民警"}),
]


def test_most_of_our_own_sentences_name_whom_they_mean(classifier: Classifier) -> None:
    judged = classifier.judge_many([text for text, _ in OWN])
    right = [
        bool(one.target and one.target.text in meant)
        for one, (_, meant) in zip(judged, OWN, strict=True)
    ]
    wrong = [
        (text, one.target, one.sentiment)
        for one, fits, (text, _) in zip(judged, right, OWN, strict=True)
        if not fits
    ]
    assert sum(right) >= 9, wrong


@pytest.mark.parametrize("text", ["请问社保卡怎么补办？", "", "。。。"])
def test_no_feeling_is_about_nobody(classifier: Classifier, text: str) -> None:
    judgement = classifier.judge(text)
    assert judgement.sentiment != "neutral" or judgement.target is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        # Verbs and pieces of two words name nothing (请派, 输赢, 横冲直撞, 三倍).
        ("小区的下水道堵了，臭气熏天，请派人来检测。", {None}),
        ("棋牌室里打牌的人为了输赢大吵大闹，太扰民了。", {None}),
        ("渣土车凌晨横冲直撞，噪音大得吓人。", {"渣土车", "噪音"}),
        ("水费突然涨了三倍，太不合理了。", {None, "水费"}),
        # Whom the writer asks for help, or has told, is not meant.
        ("路灯坏了半个月，晚上摔了两个老人，希望市政府尽快派人修理。", {"路灯"}),
        ("垃圾堆得到处都是，多次向街道办事处反映，没有任何结果。", {"垃圾堆", "垃圾"}),
        ("尊敬的王书记，物业公司乱停我家的水，太气人了！", {"物业公司"}),
        ("请工作人员解释，快递柜乱收费，实在过分。", {"快递", "快递柜"}),
        # Nor are those who write.
        ("业主们苦不堪言，电梯三天两头坏。", {"电梯"}),
        # A name does not begin with 明明 or 期盼.
        ("明明燃气公司的表有问题，却说是我家偷气，蛮不讲理！", {"燃气公司"}),
        ("为什么期盼政府解决的停水问题拖了三年？实在让人气愤。", {"停水"}),
    ],
)
def test_what_is_no_thing_is_not_meant(
    classifier: Classifier, text: str, meant: set[str | None]
) -> None:
    judgement = classifier.judge(text)
    assert judgement.sentiment == "negative"
    assert (judgement.target.text if judgement.target else None) in meant


def test_a_noun_is_one_by_the_dictionary_or_by_how_it_ends() -> None:
    things = ["噪音", "渣土车", "广场舞", "停电", "安全隐患", "社保卡"]
    none = ["输赢", "人来", "堵塞", "周末", "小区业主", "a4", "问题", "期盼", ""]
    assert [word for word in things + none if is_thing(word)] == things

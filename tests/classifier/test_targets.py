"""Whom or what a feeling is about."""

from __future__ import annotations

import pytest

from classifier.interface import Classifier

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

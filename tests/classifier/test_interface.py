"""The judgement as others rely on it: shapes, sums, offsets, and no text that breaks it."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.taxonomy import KINDS, SENTIMENTS, URGENCIES, first_level_topics, leaves
from classifier.interface import Classifier
from classifier.reading import READ_AT_MOST
from tests.classifier.conftest import shipped

COMPLAINT = "投诉小区夜市噪音\nA市A3区中海国际社区楼下的烧烤店油烟扰民，天天到凌晨，投诉多次无果！"

ANY_TEXT = st.text(
    st.characters(codec=None) | st.sampled_from("小区没有停水，。！请问举报火灾“”《》去年A3区路"),
    max_size=300,
)


def test_topics_are_all_fifteen_best_first_and_sum_to_one(classifier: Classifier) -> None:
    judgement = classifier.judge(COMPLAINT)
    assert {guess.path[0] for guess in judgement.topics} == set(first_level_topics())
    chances = [guess.probability for guess in judgement.topics]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1)
    assert judgement.confidence == chances[0]


def test_leaves_are_at_most_twelve_best_first(classifier: Classifier) -> None:
    judgement = classifier.judge(COMPLAINT)
    known = {leaf.path for leaf in leaves()}
    assert len(judgement.leaves) == 12
    assert all(guess.path in known for guess in judgement.leaves)
    chances = [guess.probability for guess in judgement.leaves]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) <= 1 + 1e-9


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT)
def test_any_text_is_judged_and_every_offset_is_right(text: str) -> None:
    judgement = shipped().judge(text)
    assert judgement.kind in KINDS
    assert judgement.sentiment in SENTIMENTS
    assert -1 <= judgement.sentiment_score <= 1
    assert judgement.urgency in URGENCIES
    assert (judgement.urgency == "urgent") == bool(judgement.urgency_rule)
    assert sum(guess.probability for guess in judgement.topics) == pytest.approx(1)
    assert len(judgement.keywords) <= 10
    for evidence in judgement.evidence:
        assert evidence.text == text[evidence.start : evidence.end]
        assert evidence.text
        assert 0 < evidence.weight <= 1
    for place in judgement.places:
        assert place.text == text[place.start : place.end]


@pytest.mark.parametrize(
    "text", ["", "   ", "。。。！？", "\x00\x00", "\ud800", "asdf qwer zxcv", "12345"]
)
def test_what_resembles_nothing_has_no_topic(classifier: Classifier, text: str) -> None:
    judgement = classifier.judge(text)
    assert judgement.topic == ()
    assert judgement.confidence < 0.3
    assert judgement.urgency == "normal"


@pytest.mark.parametrize(
    "piece",
    ["我要投诉停水", "a", "。", "区", "没有火灾", "“停水", " ", "😀", "\ud800", "停水", "A1区"],
)
def test_of_a_hundred_thousand_characters_the_first_decide(
    classifier: Classifier, piece: str
) -> None:
    """How long they take is measured (benchmarks.classifier_budget) and kept linear
    (tests/classifier/test_whole_judgement.py)."""
    text = piece * (100_000 // len(piece))
    assert classifier.judge(text) == classifier.judge(text[:READ_AT_MOST])


def test_evidence_says_why_and_why_not_the_second_best(classifier: Classifier) -> None:
    judgement = classifier.judge(COMPLAINT)
    by_aspect = {e.aspect for e in judgement.evidence}
    assert {"topic", "kind", "sentiment"} <= by_aspect
    labels = {e.label for e in judgement.evidence if e.aspect == "topic"}
    assert labels == {guess.path[0] for guess in judgement.topics[:2]}
    for aspect in by_aspect:
        assert len([e for e in judgement.evidence if e.aspect == aspect]) <= 8


def test_threads_judge_as_one_does(classifier: Classifier) -> None:
    texts = [f"{COMPLAINT}第{number}次反映，停水{number}天了" for number in range(40)]
    alone = [classifier.judge(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(classifier.judge, texts)) == alone


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("户口从学校迁回原籍，派出所要哪些材料？", "政法"),
        ("父亲瘫痪在床，申请低保一年了村里不给报。", "民政"),
        ("手机信号很差，宽带天天断网，移动公司没人管。", "科技与信息产业"),
        ("实名举报村支书贪污扶贫款，收受红包。", "纪检监察"),
        ("我家承包地被村里收走，土地流转的租金没有给。", "农村农业"),
        ("公司拖欠农民工工资三个月，劳动合同也没有签。", "劳动和社会保障"),
        ("孩子上小学报名，学校乱收补课费。", "教育文体"),
    ],
)
def test_plain_messages_have_their_topic(classifier: Classifier, text: str, topic: str) -> None:
    assert classifier.judge(text).topics[0].path == (topic,)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请问办理居住证需要带哪些材料？", "咨询"),
        ("建议在学校门口增设斑马线和减速带。", "建议"),
        ("感谢社区工作人员冒雨疏通下水道，特此表扬，为他们点赞！", "表扬"),
        ("实名举报某餐馆无证经营，使用地沟油，请查处。", "举报"),
        ("我不是投诉，请问垃圾分类的时间是几点？", "咨询"),
    ],
)
def test_plain_messages_have_their_kind(classifier: Classifier, text: str, kind: str) -> None:
    assert classifier.judge(text).kind == kind


def test_deeper_levels_are_shown_where_the_words_say_so(classifier: Classifier) -> None:
    path = classifier.judge(
        "住房公积金提取要什么材料？公积金中心电话打不通，公积金贷款也批不下来。"
    ).topic
    assert path[-1] == "住房公积金"


def test_full_width_and_traditional_letters_are_read_alike(classifier: Classifier) -> None:
    simple = classifier.judge("A3区小区停电两天了，电力公司没人管")
    odd = classifier.judge("Ａ３區小區停電兩天了，電力公司沒人管")
    assert odd.topics == simple.topics
    assert odd.urgency_rule == simple.urgency_rule == "outage.power"


def test_judging_imports_no_training_library() -> None:
    code = (
        "import sys; from classifier.loading import load; load().judge('停水');"
        "bad = {'sklearn', 'scipy.linalg', 'jieba', 'snownlp', 'pickle5'} & set(sys.modules);"
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_importing_the_classifier_compiles_nothing() -> None:
    """Most commands import it and judge nothing."""
    code = (
        "import classifier.loading; from classifier.compiled import LOOPS;"
        "assert LOOPS and not any(loop.signatures for loop in LOOPS)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_politeness_is_no_reason_for_a_topic(classifier: Classifier) -> None:
    judgement = classifier.judge("小区门口的路灯坏了，麻烦尽快派人来修，谢谢！非常感谢！")
    shown = {word.text for word in judgement.evidence if word.aspect == "topic"}
    assert shown
    assert not shown & {"谢谢", "感谢", "麻烦", "非常感谢"}

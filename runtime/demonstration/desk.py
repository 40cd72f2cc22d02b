"""What the desks of the made-up city can look up: articles and phrases, plainly marked as made up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from casework.departments import DepartmentTree
from casework.permissions import Person
from casework.storage.knowledge import ArticleDraft, find_articles, save_article
from casework.storage.phrases import CALL, Phrase, save_phrase
from casework.storage.records import Records

MADE_UP = "（演示内容，不是真的规定。）"

ARTICLES = (
    (
        "CGJ",
        "路灯坏了多久修好",
        "城乡建设",
        "主干道路灯24小时内修好，小街巷72小时内修好。夜里有危险的先放警示灯。",
        120,
    ),
    (
        "ZJJ",
        "暖气不热怎么报",
        "城乡建设",
        "先看自家阀门；还不热，报楼栋和门牌，供热单位24小时内上门测温。室温不到18度按天退费。",
        90,
    ),
    (
        "ZJJ",
        "二次供水停水怎么送水",
        "城乡建设",
        "二次供水设备坏了停水超过12小时，供水单位组织送水，老人和行动不便的送上门。",
        60,
    ),
    (
        "CGJ",
        "烧烤摊占道油烟找谁",
        "城乡建设",
        "占道经营由城管当天到场；固定店铺的油烟由城管会同生态环境部门处理。",
        200,
    ),
    ("ZJJ", "去年的停车收费标准", "交通运输", "每小时3元，全天封顶20元。", -10),
)
"""Owner, title, topic, body, days it still holds."""

PHRASES = (
    ("", CALL, "", "已记下", "{称呼}，您说的情况已经记下，承办单位会按期答复您。"),
    (
        "",
        "remedy",
        "handling",
        "不同意怎么办",
        "{称呼}如不同意，可以在收到答复之日起30日内申请复查。",
    ),
    ("", "contact", "", "联系人", "{单位}值班室，{日期}起工作时间可打12345转接。"),
    ("CGJ", "facts", "handling", "已到现场", "{单位}{日期}派人到现场查看，您反映的情况基本属实。"),
    (
        "ZJJ",
        "result",
        "handling",
        "已派维修",
        "编号{编号}的事已经派维修单位处理，修好后再告诉{称呼}。",
    ),
)
"""Department ("" for all), place, state, title, text."""


def fill_desk(
    records: Records,
    departments: DepartmentTree,
    person: Person,
    words: Callable[[str], list[str]],
    until: datetime,
    zone: ZoneInfo,
) -> None:
    """Write articles and phrases unless there are some. person: may write for every department."""
    today: date = until.astimezone(zone).date()
    with records.write() as work:
        if find_articles(work, (), today, valid_only=False, limit=1):
            return
        for owner, title, topic, body, days in ARTICLES:
            text = f"{body}{MADE_UP}"
            last = today + timedelta(days=days)
            cut = words(f"{title}\n{text}")
            draft = ArticleDraft(owner, title, text, topic, last, cut)
            save_article(work, departments, person, draft, until)
        for department, place, state, title, text in PHRASES:
            phrase = Phrase(department, place, state, f"{title}（演示）", text)
            save_phrase(work, departments, person, phrase, until)
        work.commit()

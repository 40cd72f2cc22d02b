"""The words of a brief, and where each of its figures leads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from casework.storage.alerts import alert_by_number
from casework.storage.judgements import split_topic
from casework.taxonomy import UNKNOWN
from monitor.brief import Brief, BriefKind, Figure, Query, Row, Section, Sentence, Unit
from web.city import city
from web.leadership.alert_words import headline
from web.pages import department, full_plain_day, number, percent, plain_day, topic
from web.wording import word

SENTENCES = {
    "inflow": _l("收到来件%(received)s件；之前同样长的时间%(before)s件。"),
    "posts": _l("另有没有转成工单的舆情信息%(posts)s条。"),
    "open": _l("现在在办%(open)s件，其中逾期%(overdue)s件，今天到期%(today)s件。"),
    "answered": _l("这段时间答复%(answered)s件，按期%(in_time)s，逾期才答复%(late)s件。"),
    "hot_issues": _l("现在新出现的热点问题%(emerging)s个，上升的%(rising)s个。"),
    "alerts": _l("发出预警%(raised)s个，已判属实%(true)s个，误报%(false)s个。"),
    "compared": _l(
        "近90天和同类单位相比，按办件构成折算：逾期少的单位%(better)s个，多的%(worse)s个，分不出高低的%(alike)s个。"
    ),
    "issue": _l("%(people)s人说了%(messages)s件。"),
    "issue_weeks": _l("近7天%(week)s件，再前7天%(before)s件。"),
    "issue_main": _l("建议主工单已并入%(merged)s件，另有%(mergeable)s件在办可以看是不是同一件事。"),
    "alert": _l("实际%(observed)s，平常约%(expected)s。"),
}
HEADINGS = {
    "inflow": _l("来件"),
    "course": _l("每天来件"),
    "topics": _l("说得最多的事"),
    "districts": _l("各区县"),
    "handling": _l("办理"),
    "hot_issues": _l("热点问题"),
    "alerts": _l("预警"),
    "compared": _l("单位比较"),
    "issue": _l("是什么事"),
    "timeline": _l("经过"),
    "spread": _l("从哪些渠道来"),
    "opinion": _l("态度"),
    "units": _l("哪些单位在办"),
    "alert": _l("实际与预计"),
    "drivers_word": _l("由哪些词带动"),
    "drivers_leaf_topic": _l("由哪些事项带动"),
    "drivers_channel": _l("由哪些渠道带动"),
    "drivers_district": _l("由哪些区县带动"),
    "drivers_kind": _l("由哪些类别带动"),
    "drivers_department": _l("由哪些单位的事带动"),
}
COLUMNS = {
    "messages": _l("件"),
    "before": _l("之前"),
    "negative": _l("负面占比"),
    "people": _l("人数"),
    "week": _l("近7天"),
    "observed": _l("实际"),
    "expected": _l("预计"),
    "share": _l("占比"),
    "usual": _l("平常占比"),
    "tickets": _l("工单"),
    "answered": _l("答复件数"),
    "late": _l("实际逾期"),
    "expected_late": _l("和同类一样会逾期"),
    "open": _l("在办"),
    "done": _l("已答复或已并"),
}
LABELS = {
    "topic": _l("事项"),
    "leaf_topic": _l("事项"),
    "district": _l("区县"),
    "department": _l("单位"),
    "channel": _l("渠道"),
    "sentiment": _l("情绪"),
    "kind": _l("类别"),
    "day": _l("日期"),
    "moment": _l("时间"),
    "issue": _l("热点问题"),
    "alert": _l("预警"),
    "word": _l("词"),
}
UNKNOWNS = {
    "district": _l("没有写地点"),
    "topic": _l("事项不明"),
    "leaf_topic": _l("事项不明"),
}
TITLES = {
    BriefKind.DAILY: _l("民声日报"),
    BriefKind.WEEKLY: _l("民声周报"),
    BriefKind.MONTHLY: _l("民声月报"),
    BriefKind.ISSUE: _l("热点问题专报"),
    BriefKind.ALERT: _l("预警专报"),
}
ENDPOINTS = {
    "tickets": "tickets.every",
    "search": "tickets.search",
    "ticket": "tickets.ticket",
    "issue": "hot_issues.one",
    "alert": "leadership.alert",
    "hot_issues": "hot_issues.every",
    "alerts": "leadership.alerts",
    "ranking": "ranking.units",
}
BUSIEST = {
    "day": _l("最多的一天是%(when)s，%(messages)s件。"),
    "moment": _l("最多的一小时从%(when)s起，%(messages)s件。"),
}
_PLACE = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line. address: where its figure was counted, "" for words. lang: of words that are
    not in the page's language. marked: the same text where only some of its words are not."""

    text: str
    address: str = ""
    lang: str = ""
    marked: Markup | None = None


def title(brief: Brief) -> str:
    """民声周报 11月16日—22日."""
    return f"{TITLES[brief.kind]}　{brief.subject or days(brief)}"


def days(brief: Brief) -> str:
    """The days a brief is about."""
    if brief.first_day == brief.last_day:
        return full_plain_day(brief.first_day)
    return str(
        _(
            "%(first)s—%(last)s",
            first=plain_day(brief.first_day),
            last=plain_day(brief.last_day),
        )
    )


def counted(brief: Brief) -> str:
    """When the figures were counted."""
    return str(_("数到%(when)s", when=at(brief.counted_at)))


def at(time: datetime) -> str:
    """11月27日 15:22: a brief is read on other days, too, so never "today"."""
    local = time.astimezone(city().settings.zone)
    return f"{plain_day(local.date())} {local:%H:%M}"


def parts(sentence: Sentence) -> list[Part]:
    """A sentence in pieces, each figure one that leads to its query."""
    figures = {one.name: one for one in sentence.figures}
    pieces = _PLACE.split(str(SENTENCES[sentence.name]))
    return [
        cell(figures[piece]) if place % 2 else Part(piece)
        for place, piece in enumerate(pieces)
        if piece
    ]


def cell(figure: Figure) -> Part:
    """A figure alone."""
    text = f"{percent(figure.value)}%" if figure.unit is Unit.PERCENT else number(figure.value)
    return Part(text, address(figure.query))


def address(query: Query) -> str:
    """The page that shows what a figure counts."""
    arguments: dict[str, Any] = dict(query.arguments)
    return url_for(ENDPOINTS[query.page], **arguments)


def heading(section: Section) -> str:
    """Of a section."""
    return str(HEADINGS[section.name])


def caption(section: Section) -> list[Part]:
    """What a course in time shows, in pieces: when there was most of it, and how many."""
    most = max(section.rows, key=lambda row: row.figures[0].value)
    pieces = _PLACE.split(str(BUSIEST[most.of]))
    said = {"when": label(most), "messages": cell(most.figures[0])}
    found = [
        said[piece] if place % 2 else Part(piece) for place, piece in enumerate(pieces) if piece
    ]
    return [*found, Part(str(_("虚线是预计。")))] if len(most.figures) > 1 else found


def columns(section: Section) -> list[str]:
    """Of a section's table, that of the labels first."""
    row = section.rows[0]
    return [str(LABELS[row.of]), *(str(COLUMNS[one.name]) for one in row.figures)]


def label(row: Row) -> Part:
    """What a row is about."""
    if row.of == "alert":
        with city().records.read() as work:
            named = headline(alert_by_number(work, row.label))
        return Part(named.striptags(), address(row.figures[0].query), marked=named)
    if row.of == "issue":
        return Part(
            row.title or row.label, address(row.figures[0].query), "zh-CN" if row.title else ""
        )
    if row.label in ("", UNKNOWN):
        return Part(str(UNKNOWNS.get(row.of, _("还没有定"))))
    return _named(row)


def _named(row: Row) -> Part:
    if row.of in ("district", "department"):
        return _part(department(row.label))
    if row.of in ("topic", "leaf_topic"):
        return _part(topic(split_topic(row.label)))
    if row.of == "day":
        return Part(plain_day(date.fromisoformat(row.label[:10])))
    if row.of == "moment":
        return Part(at(datetime.fromisoformat(row.label)))
    if row.of == "word":
        return Part(row.label, lang="zh-CN")
    return Part(word(row.of, row.label))


def _part(named: Markup | str) -> Part:
    if isinstance(named, Markup):
        return Part(named.striptags(), marked=named)
    return Part(named)


def quotes_heading() -> str:
    """Of the messages given as evidence."""
    return str(_("有代表性的来件"))

"""The elements of a message taken down by telephone: what is missing, and what can be heard in it.

时间、地点、事情、诉求、联系方式 (北京市接诉即办工作条例 第10条; DB41/T 1860-2019). Found by plain rules: a
suggestion only, the operator decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from casework.taxonomy import ENQUIRY, PRAISE, SUGGESTION

WITHOUT_SCENE = frozenset({ENQUIRY, SUGGESTION, PRAISE})
"""Kinds that may have neither time nor place."""

LONGEST = 80
_PART = re.compile(r"[^，,。！？!?；;\n]+")
_DEMAND = re.compile(
    r"希望|要求|请求|请(?!了|假|客|来的)|麻烦|能不能|能否|可不可以|可否|是否可以|什么时候能|多久能"
    r"|诉求|建议|想问|想咨询|咨询一下|怎么办|如何办|尽快"
)
_TIME = re.compile(
    r"(?:(?:20\d\d年)?\d{1,2}月\d{1,2}[日号]|今天|昨天|前天|昨晚|今早|今晚|当晚|上周[一二三四五六日天]?|这周[一二三四五六日天]?"
    r"|上个?月|这个?月|近日|最近|每天|每晚|[一二两三四五六七八九十半\d]+个?(?:多?月|星期|礼拜|天|年|小时)(?:前|以来|了))"
    r"(?:凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|夜里|半夜)?"
    r"(?:[零一二两三四五六七八九十\d]{1,3}点(?:半|多|左右|钟|[零一二三四五六七八九十\d]{1,3}分)*|\d{1,2}[:：]\d{2})?(?:开始|起|左右)?"
)


@dataclass(frozen=True, slots=True)
class Elements:
    """The five elements as written down; "" for what is not there yet."""

    time: str
    place: str
    matter: str
    demand: str
    contact: str


def missing(elements: Elements, kind: str) -> tuple[str, ...]:
    """The names of the elements still missing for this kind, in the order of Elements.

    Before anything of the matter is written down, its kind is nobody's to say.
    """
    known = bool(elements.matter.strip())
    optional = {"time", "place"} if known and kind in WITHOUT_SCENE else set()
    names = ("time", "place", "matter", "demand", "contact")
    return tuple(
        name for name in names if name not in optional and not getattr(elements, name).strip()
    )


def demand_in(text: str) -> str:
    """What the caller seems to want, in the caller's words, or ""."""
    found = [part.strip() for part in _PART.findall(text) if _DEMAND.search(part)]
    return "；".join(dict.fromkeys(found))[:LONGEST]


def time_in(text: str) -> str:
    """When it seems to have happened, in the caller's words, or ""."""
    found = _TIME.search(text)
    return found.group() if found else ""


def body_of(elements: Elements) -> str:
    """The elements as the text of one message."""
    parts = [elements.matter.strip()]
    if elements.time.strip():
        parts.append(f"时间：{elements.time.strip()}")
    if elements.demand.strip():
        parts.append(f"诉求：{elements.demand.strip()}")
    return "\n".join(parts)

"""Trend documents for tests."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import rjieba

from casework.storage.trend_documents import TrendDocument
from casework.taxonomy import CHANNELS, KINDS, SENTIMENTS, URGENCIES

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=ZONE)

TOPICS = (
    ("环境保护", "噪声污染", "施工噪声"),
    ("环境保护", "噪声污染"),
    ("城乡建设", "供水供热", "供暖不热"),
    ("城乡建设",),
    ("交通运输", "公共交通", "公交线路"),
    (),
)
ABOVE = {
    "CITY": frozenset({"CITY"}),
    "ZJJ": frozenset({"ZJJ", "CITY"}),
    "HBJ": frozenset({"HBJ", "CITY"}),
    "D1": frozenset({"D1", "CITY"}),
    "D1S1": frozenset({"D1S1", "D1", "CITY"}),
    "": frozenset(),
}
TEXTS = (
    "小区旁边工地夜间施工噪声很大，影响休息",
    "家里暖气不热，供热公司一直不来维修",
    "公交线路调整以后上班很不方便",
    "道路坑洼积水，电动车经常摔倒",
    "感谢社区工作人员帮助老人",
)


def words(text: str) -> list[str]:
    return list(rjieba.cut(text))


def search_words(text: str) -> list[str]:
    return list(rjieba.cut_for_search(text))


def uuid(number: int) -> UUID:
    """Ids whose order is the order of their numbers."""
    return UUID(int=(0x0190 << 112) | (7 << 76) | (2 << 62) | number)


def make(number: int, **changes: object) -> TrendDocument:
    """A plain document; any field may be changed."""
    values: dict[str, object] = {
        "message_id": uuid(number),
        "version": 1,
        "number": f"2026-1118-{number:05d}",
        "received_at": NOON,
        "topic": TOPICS[0],
        "department": "HBJ",
        "district": "D1",
        "channel": "web",
        "kind": "投诉",
        "sentiment": "negative",
        "sentiment_score": -0.6,
        "urgency": "normal",
        "state": "assigned",
        "subject": "夜间施工",
        "body": TEXTS[0],
        "keywords": ("施工", "噪声"),
        "unscreened_report": False,
        "accused": frozenset(),
        "places": (),
        "deleted": False,
        **changes,
    }
    values.setdefault("department_above", ABOVE[str(values["department"])])
    return TrendDocument(**values)  # type: ignore[arg-type]


def scatter(seed: int, count: int, start: datetime, length: timedelta) -> list[TrendDocument]:
    """Random documents in [start, start + length), some without topic, department or district."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        text = chance.choice(TEXTS)
        at = start + timedelta(seconds=chance.random() * length.total_seconds())
        found.append(
            make(
                number,
                received_at=at.astimezone(UTC),
                topic=chance.choice(TOPICS),
                department=chance.choice(list(ABOVE)),
                district=chance.choice(["D1", "D2", ""]),
                channel=chance.choice(CHANNELS),
                kind=chance.choice(KINDS),
                sentiment=chance.choice(SENTIMENTS),
                urgency=chance.choice(URGENCIES),
                subject="",
                body=text,
                keywords=tuple(w for w in words(text) if len(w) > 1)[:5],
                unscreened_report=chance.random() < 0.05,
                accused=frozenset(c for c in ("ZJJ", "D1") if chance.random() < 0.05),
            )
        )
    return found

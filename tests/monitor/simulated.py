"""A simulated city: quiet weeks by chance and weekday, and what may be laid over them."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from casework.storage.trend_documents import TrendDocument
from casework.taxonomy import leaves
from tests.monitor.documents import ZONE, make

FIRST = datetime(2026, 8, 20, tzinfo=ZONE)
DAYS = 90
DISTRICTS = ("D1", "D2", "D3", "D4")
WEEKDAYS = (1.25, 1.15, 1.1, 1.1, 1.05, 0.7, 0.65)
HOURS = (1, 1, 0, 0, 0, 1, 2, 4, 8, 10, 10, 8, 6, 7, 8, 8, 7, 6, 5, 5, 5, 4, 3, 2)
SENTIMENTS = ("negative", "neutral", "positive")
WORDS = ("小区", "物业", "道路", "公交", "暖气", "学校", "医院", "垃圾", "停车", "路灯")


def quiet(seed: int, per_day: float = 33, days: int = DAYS) -> list[TrendDocument]:
    """Messages by chance alone: Poisson by weekday and hour, a few large topics and many small."""
    chance = random.Random(seed)
    topics = sorted({leaf.path[:2] for leaf in leaves()})
    chance.shuffle(topics)
    weights = [1 / (rank + 3) for rank in range(len(topics))]
    found: list[TrendDocument] = []
    for day in range(days):
        start = FIRST + timedelta(days=day)
        for _ in range(poisson(chance, per_day * WEEKDAYS[start.weekday()])):
            [topic] = chance.choices(topics, weights)
            [hour] = chance.choices(range(24), HOURS)
            at = start + timedelta(hours=hour, seconds=chance.randrange(3600))
            found.append(_message(chance, len(found), at, topic, chance.choice(DISTRICTS)))
    return found


def burst(
    seed: int, start: datetime, count: int, length: timedelta, topic: tuple[str, ...], district: str
) -> list[TrendDocument]:
    """Many messages on one matter in one place."""
    chance = random.Random(seed)
    return [
        _message(
            chance,
            1_000_000 * seed + number,
            start + timedelta(seconds=chance.randrange(int(length.total_seconds()))),
            topic,
            district,
            keywords=("停水", "自来水", chance.choice(WORDS)),
            body=f"{chance.choice(WORDS)}这边自来水停水第{number}天了，{chance.choice(WORDS)}什么时候恢复",
            sentiment="negative",
        )
        for number in range(count)
    ]


def rise(
    seed: int, start: datetime, days: int, top: float, topic: tuple[str, ...], district: str
) -> Iterator[TrendDocument]:
    """A slow rise: from none a day to `top` a day."""
    chance = random.Random(seed)
    number = 1_000_000 * seed
    for day in range(days):
        for _ in range(poisson(chance, top * (day + 1) / days)):
            at = start + timedelta(days=day, hours=8, seconds=chance.randrange(12 * 3600))
            yield _message(chance, number, at, topic, district, keywords=("异味", "气味"))
            number += 1


def poisson(chance: random.Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def _message(
    chance: random.Random,
    number: int,
    at: datetime,
    topic: tuple[str, ...],
    district: str,
    **changes: object,
) -> TrendDocument:
    values: dict[str, object] = {
        "received_at": at.astimezone(UTC),
        "topic": topic,
        "district": district,
        "sentiment": chance.choices(SENTIMENTS, (45, 45, 10))[0],
        "channel": chance.choice(("web", "hotline", "wechat")),
        "keywords": tuple(chance.sample(WORDS, 3)),
        "subject": "",
        "body": "，".join(chance.sample(WORDS, 4)) + f"的问题{number}",
        **changes,
    }
    return make(number, **values)

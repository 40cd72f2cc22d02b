"""The evidence of an alert, and how it lies in the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One hour or day, from `at`. lower, upper: where 95 of 100 such counts would lie."""

    at: datetime
    observed: int
    expected: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Driver:
    """A word or value that is more common behind the alert than before.

    dimension: "word", or the name of what is counted by ("district", "channel", …). share: its
    part of the messages behind the alert; background_share: of those it is compared with.
    """

    dimension: str
    value: str
    count: int
    share: float
    background_share: float
    lift: float


@dataclass(frozen=True, slots=True)
class AlertDetail:
    """The evidence. window_hours: length of the window that showed it. chance: log10 of the
    probability that chance gives as many. count, negative: messages in the window.
    chart_interval: "hour" or "day". messages: telling ones, no two alike; show them only to whom
    they may be shown. ticket_number: of the message of an urgent alert. told_with: the number of the alert by
    which staff were told of the same matter, and not once more by this one."""

    window_hours: float = 0.0
    chance: float = 0.0
    count: int = 0
    negative: int = 0
    chart_interval: str = ""
    chart: tuple[ChartPoint, ...] = ()
    drivers: tuple[Driver, ...] = ()
    messages: tuple[UUID, ...] = ()
    ticket_number: str = ""
    told_with: str = ""


def write_detail(detail: AlertDetail) -> dict[str, Any]:
    """As AlertRow.detail keeps it."""
    return {
        "window_hours": detail.window_hours,
        "chance": detail.chance,
        "count": detail.count,
        "negative": detail.negative,
        "chart_interval": detail.chart_interval,
        "chart": [
            [
                p.at.isoformat(),
                p.observed,
                round(p.expected, 3),
                round(p.lower, 3),
                round(p.upper, 3),
            ]
            for p in detail.chart
        ],
        "drivers": [
            [d.dimension, d.value, d.count, d.share, d.background_share, d.lift]
            for d in detail.drivers
        ],
        "messages": [message_id.hex for message_id in detail.messages],
        "ticket_number": detail.ticket_number,
        "told_with": detail.told_with,
    }


def read_detail(written: dict[str, Any]) -> AlertDetail:
    """The evidence a row keeps."""
    return AlertDetail(
        window_hours=written["window_hours"],
        chance=written["chance"],
        count=written["count"],
        negative=written["negative"],
        chart_interval=written["chart_interval"],
        chart=tuple(
            ChartPoint(datetime.fromisoformat(at), *rest) for at, *rest in written["chart"]
        ),
        drivers=tuple(Driver(*driver) for driver in written["drivers"]),
        messages=tuple(UUID(message_id) for message_id in written["messages"]),
        ticket_number=written["ticket_number"],
        told_with=written.get("told_with", ""),
    )

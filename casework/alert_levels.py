"""How grave an alert is, and by when the city must have responded to it.

No national standard names colours for what people say (DOMAIN §0.6): the levels are the city's own and
may be changed. The times are those of 国办发〔2016〕61号 and 80号, rules YQ-01 to YQ-03; the texts do not
say from when they count, so they count from when the alert was raised, day and night.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from casework.model import Clock, ClockName, ClockUnit

SEVERITIES = ("blue", "yellow", "orange", "red")
"""蓝、黄、橙、红, least first."""
BREAK_THE_QUIET = frozenset({"orange", "red"})
"""Of these staff are told at once, at night and on days of rest, too."""
LARGEST_STEP = 100_000


class Response(StrEnum):
    """What the city owes in answer to an alert."""

    INFORMATION = "information"  # 发布权威信息
    BRIEFING = "briefing"  # 举行新闻发布会
    REPLY = "reply"  # 作出回应


RULES = {
    Response.INFORMATION: ("YQ-01", 5),
    Response.BRIEFING: ("YQ-02", 24),
    Response.REPLY: ("YQ-03", 48),
}
"""Rule of the policy, and hours."""


@dataclass(frozen=True, slots=True)
class AlertLevel:
    """beyond: messages beyond expectation from which an alert has this severity. grave: handled as a
    major incident (特别重大、重大), which must be informed of within hours. plan: where the city says so."""

    severity: str
    beyond: int
    grave: bool
    plan: str = ""


LEVELS = (
    AlertLevel("blue", 0, False),
    AlertLevel("yellow", 20, False),
    AlertLevel("orange", 50, True),
    AlertLevel("red", 100, True),
)
"""Until a city decides otherwise. Absolute numbers: a leader has to deal with people, not ratios."""


def severity_of(excess: float, levels: Sequence[AlertLevel]) -> str:
    """The severity of so many messages beyond expectation."""
    return max(
        (level for level in levels if excess >= level.beyond),
        key=lambda level: SEVERITIES.index(level.severity),
        default=levels[0],
    ).severity


def owed(level: AlertLevel) -> tuple[Response, ...]:
    """Of a grave one information and a briefing, of any other a reply."""
    return (Response.INFORMATION, Response.BRIEFING) if level.grave else (Response.REPLY,)


def response_clock(response: Response, raised_at: datetime, done_at: datetime | None) -> Clock:
    """The clock of a response, for the chip that shows it."""
    rule, hours = RULES[response]
    return Clock(
        name=ClockName.REPLY,
        rule_id=rule,
        amount=hours,
        unit=ClockUnit.HOUR,
        started_at=raised_at,
        due_at=raised_at + timedelta(hours=hours),
        provisional=False,
        stopped_at=done_at,
    )

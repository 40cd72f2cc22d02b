"""What the public looks for, reads and asks, beside what it complains of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request

from casework.errors import IndexUnavailable
from casework.interest import Interest
from casework.permissions import Action, scope_of
from casework.storage.interest import interest_between
from casework.taxonomy import COMPLAINT, ENQUIRY, UNKNOWN, first_level_topics
from monitor.index.interface import Dimension, TrendFilter
from monitor.trends import Period
from web.access import me, requires
from web.city import city
from web.leadership.ranking import last_days

blueprint = Blueprint("interest", __name__, url_prefix="/leadership/interest")
PERIODS = (7, 30, 90, 365)
ENOUGH = 50
"""With fewer looks, or complaints, shares are not set against each other."""


@dataclass(frozen=True, slots=True)
class TopicInterest:
    """read, searched, in_vain: on the public pages; asked, complained: messages. times: the topic's share of
    all looks over its share of complaints; None where one of them is too small to say."""

    topic: str
    read: int
    searched: int
    in_vain: int
    asked: int
    complained: int
    times: float | None = None

    @property
    def looks(self) -> int:
        return self.read + self.searched + self.in_vain


@blueprint.get("/")
@requires(Action.READ_TRENDS)
def topics() -> str:
    """Every first-level topic, the most looked for first."""
    days = request.args.get("days", 30, type=int)
    period = last_days(days if days in PERIODS else 30)
    city().interest.write()  # what this process has seen just now
    with city().records.read() as work:
        looks = interest_between(work, period.from_day, period.to_day)
    messages = _messages(period)
    rows = tuple(_row(topic, looks, messages or {}) for topic in (*first_level_topics(), ""))
    return render_template(
        "leadership/interest.html",
        period=period,
        periods=PERIODS,
        rows=_compared(rows),
        known=messages is not None,
        enough=ENOUGH,
    )


def _messages(period: Period) -> dict[tuple[str, ...], int] | None:
    """By topic and kind; None while the index cannot tell."""
    scope = scope_of(me(), Action.READ_TRENDS)
    wanted = period.of(TrendFilter())
    try:
        return city().index.counts([Dimension.TOPIC, Dimension.KIND], wanted, scope)
    except IndexUnavailable:
        return None


def _row(
    topic: str, looks: dict[tuple[str, Interest], int], messages: dict[tuple[str, ...], int]
) -> TopicInterest:
    return TopicInterest(
        topic,
        *(looks.get((topic, what), 0) for what in Interest),
        *(messages.get((topic or UNKNOWN, kind), 0) for kind in (ENQUIRY, COMPLAINT)),
    )


def _compared(rows: tuple[TopicInterest, ...]) -> list[TopicInterest]:
    all_looks, all_complaints = sum(one.looks for one in rows), sum(one.complained for one in rows)
    if min(all_looks, all_complaints) >= ENOUGH:
        rows = tuple(
            replace(one, times=one.looks / all_looks * all_complaints / one.complained)
            if one.complained
            else one
            for one in rows
        )
    shown = [one for one in rows if one.looks or one.asked or one.complained]
    return sorted(shown, key=lambda one: (-one.looks, -one.asked, -one.complained, one.topic))

"""What the dashboard shows: figures from the records, trends from the index when it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.alert_levels import SEVERITIES
from casework.errors import IndexUnavailable
from casework.office import Office
from casework.permissions import Scope
from casework.stages import Stage
from casework.storage.alerts import open_alerts
from casework.storage.queries.dashboard import (
    AgeBand,
    DepartmentReplies,
    open_by_age,
    replies_by_department,
)
from casework.storage.queries.tickets import TicketFilter, count_stages, count_tickets
from monitor.index.interface import Origin, TrendFilter
from monitor.trends import Overview, Period, overview
from web.city import city
from web.leadership.alert_rows import AlertLine, lines_of
from web.leadership.intervals import Rate, rate

PERIODS = (7, 30, 90)
DAYS = 30
ENOUGH = 100
"""A department with fewer answers is not ranked: its rate would be chance."""
RANKED = 8
ALERTS_OF_EACH = 4
"""Rows shown of single urgent messages, and of everything else: neither hides the other."""


@dataclass(frozen=True, slots=True)
class RankedDepartment:
    """A department with enough answers, and how sure its rate is."""

    replies: DepartmentReplies
    in_time: Rate


@dataclass(frozen=True, slots=True)
class Dashboard:
    """trends, mentions: None when the index cannot answer; public posts of which no ticket was
    made are counted in `mentions` and nowhere else. in_time: None without any answer."""

    period: Period
    alerts: tuple[AlertLine, ...]
    received: int
    received_before: int
    open_now: int
    stages: dict[Stage, int]
    answered: int
    answered_in_time: int
    in_time: Rate | None
    ages: tuple[AgeBand, ...]
    departments: tuple[RankedDepartment, ...]
    trends: Overview | None
    mentions: int | None

    @property
    def alerts_first(self) -> tuple[AlertLine, ...]:
        """The open alerts that stand on the page, the severest first."""
        urgent = [one for one in self.alerts if one.urgent]
        others = [one for one in self.alerts if not one.urgent]
        shown = urgent[:ALERTS_OF_EACH] + others[:ALERTS_OF_EACH]
        return tuple(sorted(shown, key=lambda one: -SEVERITIES.index(one.severity)))

    @property
    def alerts_open(self) -> int:
        return sum(len(one.alerts) for one in self.alerts)

    @property
    def alerts_further(self) -> int:
        """Open alerts that do not stand on the page."""
        return self.alerts_open - sum(len(one.alerts) for one in self.alerts_first)


def read_period(days: int, now: datetime, office: Office) -> Period:
    """The last so many days, today included up to this second."""
    today: date = now.astimezone(office.zone).date()
    days = days if days in PERIODS else DAYS
    return Period(today - timedelta(days - 1), today, office.zone, now + timedelta(seconds=1))


def dashboard(
    period: Period, district: str, channel: str, scope: Scope, now: datetime
) -> Dashboard:
    """Everything the page shows."""
    served = city()
    office = served.office()
    narrowed = TicketFilter(district=district, channel=channel)
    with served.records.read() as work:
        waiting = TicketFilter(district=district, channel=channel, open_only=True)
        replies = replies_by_department(work, office, scope, period.start, period.end, now)
        answered = sum(one.answered for one in replies)
        in_time = sum(one.in_time for one in replies)
        return Dashboard(
            period=period,
            alerts=lines_of(work, office, scope, now, open_alerts(work)),
            received=count_tickets(work, office, scope, _received(narrowed, period), now),
            received_before=count_tickets(
                work, office, scope, _received(narrowed, period.before()), now
            ),
            open_now=count_tickets(work, office, scope, waiting, now),
            stages=count_stages(work, office, scope, waiting, now),
            answered=answered,
            answered_in_time=in_time,
            in_time=rate(in_time, answered) if answered else None,
            ages=open_by_age(work, office, scope, now),
            departments=_ranked(replies),
            trends=_trends(
                period,
                TrendFilter(district=district, channel=channel, origin=Origin.MESSAGE),
                scope,
                now,
            ),
            mentions=_count(
                period.of(TrendFilter(district=district, channel=channel, origin=Origin.MENTION)),
                scope,
            ),
        )


def _received(wanted: TicketFilter, period: Period) -> TicketFilter:
    return TicketFilter(
        district=wanted.district,
        channel=wanted.channel,
        received_from=period.start,
        received_to=period.end,
    )


def _ranked(replies: tuple[DepartmentReplies, ...]) -> tuple[RankedDepartment, ...]:
    enough = [one for one in replies if one.answered >= ENOUGH]
    ranked = [RankedDepartment(one, rate(one.in_time, one.answered)) for one in enough]
    return tuple(sorted(ranked, key=lambda one: (-one.in_time.value, one.replies.department)))


def _count(wanted: TrendFilter, scope: Scope) -> int | None:
    try:
        return city().index.count(wanted, scope)
    except IndexUnavailable:
        return None


def _trends(period: Period, wanted: TrendFilter, scope: Scope, now: datetime) -> Overview | None:
    try:
        return overview(city().index, period, wanted, scope, now)
    except IndexUnavailable:
        return None

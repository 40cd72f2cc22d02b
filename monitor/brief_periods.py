"""The brief of a day, week or month: from the records, and from the trend index when it answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from casework.errors import IndexUnavailable
from casework.office import Office
from casework.permissions import Scope
from casework.stages import Stage
from casework.storage.alerts import FALSE, TRUE, Alert, all_alerts
from casework.storage.queries.answered_mix import answered_mix
from casework.storage.queries.dashboard import replies_by_department
from casework.storage.queries.hot_issues import hottest, matter_of_issue
from casework.storage.queries.tickets import TicketFilter, count_stages, count_tickets
from casework.storage.records import Records, Work
from monitor.brief import Brief, BriefKind, Figure, Query, Row, Section, Sentence, Unit
from monitor.fair_ranking import ComparedUnit, Verdict, class_of, compare
from monitor.hot_issues import WITHIN
from monitor.index.interface import Dimension, Origin, TrendFilter, TrendIndex
from monitor.issue_state import IssueState, state_of
from monitor.trends import Period, Ranked, ranking

RANKED = 8
HOT = 5
ALERTS_LOOKED_AT = 500
QUARTER = timedelta(89)
COURSE = {
    BriefKind.DAILY: timedelta(14),
    BriefKind.WEEKLY: timedelta(28),
    BriefKind.MONTHLY: timedelta(0),
}
"""The least that the course of a brief goes back: one day alone is no course."""


def period_of(kind: BriefKind, first: date, office: Office) -> Period:
    """The day, the week from Monday or the month that `first` lies in."""
    if kind is BriefKind.DAILY:
        return Period(first, first, office.zone)
    if kind is BriefKind.WEEKLY:
        monday = first - timedelta(first.weekday())
        return Period(monday, monday + timedelta(6), office.zone)
    begin = first.replace(day=1)
    following = (begin + timedelta(32)).replace(day=1)
    return Period(begin, following - timedelta(1), office.zone)


def last_ended(kind: BriefKind, today: date, office: Office) -> Period:
    """The last day, week or month that is over."""
    this = period_of(kind, today, office)
    return period_of(kind, this.from_day - timedelta(1), office)


def before(kind: BriefKind, period: Period, office: Office) -> Period:
    """The day, week or month before."""
    return period_of(kind, period.from_day - timedelta(1), office)


def period_brief(
    records: Records,
    index: TrendIndex,
    office: Office,
    scope: Scope,
    kind: BriefKind,
    period: Period,
    now: datetime,
) -> Brief:
    """The brief as of now; what is yet to come of the period is not in it."""
    earlier = period.before()
    with records.read() as work:
        sections = [
            _inflow(work, office, scope, period, earlier, now),
            _course(work, office, scope, kind, period, now),
            _handling(work, office, scope, period, now),
            _hot(work, office, scope, period, now),
            _alerts(work, period),
            *_units(work, office, scope, period),
        ]
    try:
        sections[2:2] = _trends(index, scope, period)
        complete = True
    except IndexUnavailable:
        complete = False
    return Brief(kind, period.from_day, period.to_day, now, tuple(sections), complete=complete)


def days_of(period: Period) -> tuple[tuple[str, str], ...]:
    """The period as arguments of a list's address."""
    return (("from", period.from_day.isoformat()), ("to", period.to_day.isoformat()))


def _tickets(name: str, value: int, *arguments: tuple[str, str]) -> Figure:
    return Figure(name, value, Query("tickets", arguments))


def _inflow(
    work: Work, office: Office, scope: Scope, period: Period, earlier: Period, now: datetime
) -> Section:
    def received(part: Period) -> int:
        wanted = TicketFilter(received_from=part.start, received_to=part.end)
        return count_tickets(work, office, scope, wanted, now)

    figures = (
        _tickets("received", received(period), *days_of(period)),
        _tickets("before", received(earlier), *days_of(earlier)),
    )
    return Section("inflow", (Sentence("inflow", figures),))


def _course(
    work: Work, office: Office, scope: Scope, kind: BriefKind, period: Period, now: datetime
) -> Section:
    """Messages of each day of the period that has begun, of a short one with the days before."""
    last = min(period.to_day, now.astimezone(period.zone).date())
    first = min(period.from_day, period.to_day - COURSE[kind] + timedelta(1))
    rows = []
    for n in range((last - first).days + 1):
        day = Period(first + timedelta(n), first + timedelta(n), period.zone)
        wanted = TicketFilter(received_from=day.start, received_to=day.end)
        count = count_tickets(work, office, scope, wanted, now)
        figure = _tickets("messages", count, *days_of(day))
        rows.append(Row("day", day.from_day.isoformat(), (figure,)))
    return Section("course", (), tuple(rows))


def _handling(work: Work, office: Office, scope: Scope, period: Period, now: datetime) -> Section:
    replies = replies_by_department(work, office, scope, period.start, period.end, now)
    answered = sum(one.answered for one in replies)
    in_time = sum(one.in_time for one in replies)
    answered_in = tuple((f"answered-{name}", day) for name, day in days_of(period))
    running = TicketFilter(open_only=True)
    stages = count_stages(work, office, scope, running, now)
    is_open = ("state", "open")
    sentences = [
        Sentence(
            "open",
            (
                _tickets("open", count_tickets(work, office, scope, running, now), is_open),
                _tickets("overdue", stages[Stage.OVERDUE], is_open, ("stage", "overdue")),
                _tickets("today", stages[Stage.TODAY], is_open, ("stage", "today")),
            ),
        )
    ]
    if answered:
        share = Query("tickets", (*answered_in, ("reply", "met")))
        sentences.append(
            Sentence(
                "answered",
                (
                    _tickets("answered", answered, *answered_in),
                    Figure("in_time", in_time / answered, share, Unit.PERCENT),
                    _tickets("late", answered - in_time, *answered_in, ("reply", "missed")),
                ),
            )
        )
    return Section("handling", tuple(sentences))


def _trends(index: TrendIndex, scope: Scope, period: Period) -> list[Section]:
    messages = TrendFilter(origin=Origin.MESSAGE)
    posts = index.count(period.of(TrendFilter(origin=Origin.MENTION)), scope)
    figure = Figure("posts", posts, Query("search", (("origin", "mention"), *days_of(period))))
    topics = ranking(index, Dimension.TOPIC, period, messages, scope)
    districts = ranking(index, Dimension.DISTRICT, period, messages, scope)
    return [
        Section("topics", (Sentence("posts", (figure,)),), _ranked("topic", topics, period)),
        Section("districts", (), _ranked("district", districts, period)),
    ]


def _ranked(of: str, found: Sequence[Ranked], period: Period) -> tuple[Row, ...]:
    rows = []
    for one in [each for each in found if each.count][:RANKED]:
        here = ((of, one.value), *days_of(period))
        earlier = ((of, one.value), *days_of(period.before()))
        negative = Query("search", (("sentiment", "negative"), *here))
        rows.append(
            Row(
                of,
                one.value,
                (
                    Figure("messages", one.count, Query("search", here)),
                    Figure("before", one.before, Query("search", earlier)),
                    Figure("negative", one.negative_share, negative, Unit.PERCENT),
                ),
            )
        )
    return tuple(rows)


def _hot(work: Work, office: Office, scope: Scope, period: Period, now: datetime) -> Section:
    found = hottest(work, office, scope, now, now - WITHIN)
    states = Counter(
        state_of(one.began_at, one.last_at, one.week, one.week_before, now) for one in found
    )

    def of(state: IssueState) -> Figure:
        return Figure(state, states[state], Query("hot_issues", (("state", state),)))

    rows = []
    for one in [each for each in found if each.last_at >= period.start][:HOT]:
        typical = matter_of_issue(work, office, scope, one.id).typical
        query = Query("issue", (("number", one.number),))
        counts = {"people": one.people, "messages": one.messages, "week": one.week}
        figures = tuple(Figure(name, value, query) for name, value in counts.items())
        rows.append(Row("issue", one.number, figures, typical.title if typical else ""))
    sentence = Sentence("hot_issues", (of(IssueState.EMERGING), of(IssueState.RISING)))
    return Section("hot_issues", (sentence,), tuple(rows))


def _alerts(work: Work, period: Period) -> Section:
    raised = [
        one
        for one in all_alerts(work, limit=ALERTS_LOOKED_AT)
        if period.start <= one.raised_at < period.end
    ]
    query = Query("alerts")
    counts = {
        "raised": len(raised),
        "true": sum(one.verdict == TRUE for one in raised),
        "false": sum(one.verdict == FALSE for one in raised),
    }
    figures = tuple(Figure(name, value, query) for name, value in counts.items())
    rows = tuple(_alert(one) for one in raised[:RANKED])
    return Section("alerts", (Sentence("alerts", figures),), rows)


def _alert(alert: Alert) -> Row:
    query = Query("alert", (("number", alert.number),))
    unit = Unit.PERCENT if alert.measure == "negative_share" else Unit.COUNT
    return Row(
        "alert",
        alert.number,
        (
            Figure("observed", alert.measured.observed, query, unit),
            Figure("expected", round(alert.measured.expected, 3), query, unit),
        ),
    )


def _units(work: Work, office: Office, scope: Scope, period: Period) -> list[Section]:
    """Units that can be told apart from their class within the quarter that ends with the period; none
    when no unit answered enough to be compared."""
    quarter = Period(min(period.from_day, period.to_day - QUARTER), period.to_day, period.zone)
    mix = answered_mix(work, office, scope, quarter.start, quarter.end)
    found = compare(mix, lambda code: class_of(office, code))
    told = [one for one in found if one.verdict in (Verdict.BETTER, Verdict.WORSE)]
    alike = sum(one.verdict is Verdict.ALIKE for one in found)
    if not told and not alike:
        return []
    ranking_page = Query("ranking", (("days", "90"),))
    counts = {
        "better": sum(one.verdict is Verdict.BETTER for one in told),
        "worse": sum(one.verdict is Verdict.WORSE for one in told),
        "alike": alike,
    }
    sentence = Sentence(
        "compared", tuple(Figure(name, value, ranking_page) for name, value in counts.items())
    )
    return [Section("compared", (sentence,), tuple(_unit(one, quarter) for one in told[:RANKED]))]


def _unit(one: ComparedUnit, quarter: Period) -> Row:
    here = (
        ("department", one.department),
        *((f"answered-{name}", day) for name, day in days_of(quarter)),
    )
    late = Query("tickets", (*here, ("reply", "missed")))
    return Row(
        "department",
        one.department,
        (
            Figure("answered", one.answered, Query("tickets", here)),
            Figure("late", one.late, late),
            Figure("expected_late", round(one.expected, 1), Query("ranking", (("days", "90"),))),
        ),
    )

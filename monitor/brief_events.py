"""The brief on one event: a hot issue, or an alert."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from casework.office import Office
from casework.permissions import Scope
from casework.storage.alerts import Alert, alert_by_number
from casework.storage.queries.hot_issues import (
    IssueMessage,
    issue_by_number,
    matter_of_issue,
    messages_of,
)
from casework.storage.queries.issue_tickets import main_ticket, tickets_by_department
from casework.storage.queries.tickets import lines_of_messages
from casework.storage.records import Records
from monitor.alerts import messages_behind
from monitor.brief import Brief, BriefKind, Figure, Query, Quote, Row, Section, Sentence, Unit
from monitor.findings import NEGATIVE_SHARE

MESSAGES = 500
QUOTES = 5
DAYS = 28


def issue_brief(
    records: Records, office: Office, scope: Scope, number: str, now: datetime
) -> Brief:
    """What, by whom, over which channels, in which mood, with which units. Raises NotFound."""
    with records.read() as work:
        issue = issue_by_number(work, office, scope, now, number)
        messages = messages_of(work, office, scope, issue.id, MESSAGES)
        units = tickets_by_department(work, office, scope, issue.id)
        main = main_ticket(work, office, scope, issue.id)
        typical = matter_of_issue(work, office, scope, issue.id).typical
    query = Query("issue", (("number", issue.number),))

    def count(name: str, value: int) -> Figure:
        return Figure(name, value, query)

    sentences = [
        Sentence("issue", (count("people", issue.people), count("messages", issue.messages))),
        Sentence("issue_weeks", (count("week", issue.week), count("before", issue.week_before))),
    ]
    if main is not None:
        ticket = Query("ticket", (("number", main.number),))
        sentences.append(
            Sentence(
                "issue_main",
                (
                    Figure("merged", main.merged, ticket),
                    Figure("mergeable", main.mergeable, ticket),
                ),
            )
        )
    sections = [
        Section(
            "issue",
            tuple(sentences),
            (
                Row(
                    "issue",
                    issue.number,
                    (
                        count("people", issue.people),
                        count("messages", issue.messages),
                        count("week", issue.week),
                    ),
                    typical.title if typical else "",
                ),
            ),
        ),
        Section("timeline", (), _days(messages, query, office.zone)),
        Section("spread", (), _rows("channel", (one.channel for one in messages), query)),
        Section("opinion", (), _rows("sentiment", (one.sentiment for one in messages), query)),
    ]
    if units:
        rows = tuple(
            Row(
                "department",
                one.department,
                (
                    count("tickets", one.tickets),
                    count("open", one.open),
                    count("done", one.tickets - one.open),
                ),
            )
            for one in units
        )
        sections.append(Section("units", (), rows))
    distinct = [one for one in messages if one.same_as is None]
    return Brief(
        BriefKind.ISSUE,
        issue.began_at.astimezone(office.zone).date(),
        issue.last_at.astimezone(office.zone).date(),
        now,
        tuple(sections),
        issue.number,
        tuple(
            Quote(one.number, one.channel, one.received_at, one.body) for one in distinct[:QUOTES]
        ),
    )


def alert_brief(
    records: Records, office: Office, scope: Scope, number: str, now: datetime
) -> Brief:
    """Observed against expected, what drives it, and telling messages. Raises NotFound."""
    with records.read() as work:
        alert = alert_by_number(work, number)
        ids = [alert.message_id] if alert.message_id else list(alert.measured.detail.messages)
        lines = lines_of_messages(work, office, scope, ids)
    query = Query("alert", (("number", alert.number),))
    unit = Unit.PERCENT if alert.measure == NEGATIVE_SHARE else Unit.COUNT
    measured = alert.measured
    figures = (
        Figure("observed", measured.observed, _behind(alert, office.zone), unit),
        Figure("expected", round(measured.expected, 3), query, unit),
    )
    row = Row("alert", alert.number, figures)
    sections = [Section("alert", (Sentence("alert", figures),), (row,))]
    course = [point for point in measured.detail.chart if point.observed or point.expected]
    if course:
        points = tuple(
            Row(
                "moment" if measured.detail.chart_interval == "hour" else "day",
                point.at.astimezone(office.zone).isoformat(),
                (
                    Figure("observed", point.observed, query),
                    Figure("expected", round(point.expected, 1), query),
                ),
            )
            for point in course[-DAYS:]
        )
        sections.append(Section("timeline", (), points))
    for dimension in dict.fromkeys(one.dimension for one in measured.detail.drivers):
        rows = tuple(
            Row(
                dimension,
                one.value,
                (
                    Figure("messages", one.count, query),
                    Figure("share", one.share, query, Unit.PERCENT),
                    Figure("usual", one.background_share, query, Unit.PERCENT),
                ),
            )
            for one in measured.detail.drivers
            if one.dimension == dimension
        )
        sections.append(Section(f"drivers_{dimension}", (), rows))
    return Brief(
        BriefKind.ALERT,
        alert.since.astimezone(office.zone).date(),
        measured.until.astimezone(office.zone).date(),
        now,
        tuple(sections),
        alert.number,
        tuple(Quote(one.number, one.channel, one.received_at, one.excerpt) for one in lines),
    )


def _behind(alert: Alert, zone: ZoneInfo) -> Query:
    """The list of the messages an alert counts."""
    if alert.message_id is not None:
        return Query("alert", (("number", alert.number),))
    wanted = messages_behind(alert)
    arguments = {
        "origin": "all",
        "topic": "/".join(wanted.topic),
        "district": wanted.district,
        "sentiment": wanted.sentiment,
        "from": wanted.start.astimezone(zone).date().isoformat() if wanted.start else "",
        "to": wanted.end.astimezone(zone).date().isoformat() if wanted.end else "",
    }
    return Query("search", tuple((name, value) for name, value in arguments.items() if value))


def _days(messages: Sequence[IssueMessage], query: Query, zone: ZoneInfo) -> tuple[Row, ...]:
    """The last DAYS until the newest message, days without any among them."""
    counts = Counter(one.received_at.astimezone(zone).date() for one in messages)
    if not counts:
        return ()
    last = max(counts)
    length = min(DAYS, (last - min(counts)).days + 1)
    days = [last - timedelta(n) for n in reversed(range(length))]
    return tuple(
        Row("day", day.isoformat(), (Figure("messages", counts[day], query),)) for day in days
    )


def _rows(of: str, values: Iterable[str], query: Query) -> tuple[Row, ...]:
    counts = Counter(values)
    whole = sum(counts.values())
    return tuple(
        Row(
            of,
            value,
            (
                Figure("messages", n, query),
                Figure("share", n / whole, query, Unit.PERCENT),
            ),
        )
        for value, n in counts.most_common()
    )

"""Hot issues: what many people write about at once, and what is behind each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from casework.permissions import Action, Scope, scope_of
from casework.storage.hot_issues import NOT_ONE
from casework.storage.issue_corrections import acts_on, corrected_issue
from casework.storage.queries.hot_issues import (
    LEAST_PEOPLE,
    IssueMatter,
    IssueMessage,
    hottest,
    issue_by_number,
    matter_of_issue,
    messages_of,
    times_of,
)
from casework.storage.queries.issue_counts import (
    IssueCount,
)
from casework.storage.queries.issue_tickets import (
    MainTicket,
    main_ticket,
    tickets_by_department,
)
from casework.storage.queries.paged import Paged
from monitor.hot_issues import WITHIN
from monitor.issue_state import IssueState, state_of
from web.access import me, requires
from web.city import city
from web.clock import now
from web.tickets.filters import page_number

blueprint = Blueprint("hot_issues", __name__, url_prefix="/leadership/hot-issues")

SPARK_DAYS = 28
COURSE_DAYS = 56
MOST_MESSAGES = 500
"""Of a larger issue the latest are listed."""


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One row of the list. days: messages of each of the last SPARK_DAYS."""

    count: IssueCount
    state: IssueState
    matter: IssueMatter
    main: MainTicket | None
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IssuePage(Paged):
    """One page of the list."""

    lines: tuple[IssueLine, ...]
    number: int
    total: int
    size: ClassVar[int] = 20


@dataclass(frozen=True, slots=True)
class MessagePage(Paged):
    """Messages without near-duplicates, and how many nearly the same each stands for."""

    lines: tuple[tuple[IssueMessage, int], ...]
    number: int
    total: int
    size: ClassVar[int] = 15


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent and not taken, to be shown again. what: "messages", "merge" or "judge"."""

    what: str = ""
    chosen: frozenset[int] = frozenset()
    other: str = ""
    reason: str = ""


@blueprint.get("/")
@requires(Action.READ_TRENDS)
def every() -> str:
    """The hottest first, of one state or district if asked for."""
    office = city().office()
    scope, present = scope_of(me(), Action.READ_TRENDS), now()
    districts = [d for d in office.departments if d.level == "district"]
    district, wanted = request.args.get("district", ""), request.args.get("state", "")
    if district not in {d.code for d in districts}:
        district = ""
    not_one = wanted == NOT_ONE
    since = present - WITHIN
    with city().records.read() as work:
        found = hottest(work, office, scope, present, since, district, not_one=not_one)
    states = {one.id: _state(one, present) for one in found}
    shown = [one for one in found if not_one or wanted in ("", states[one.id])]
    number = min(page_number(request.args), max(1, -(-len(shown) // IssuePage.size)))
    part = shown[(number - 1) * IssuePage.size : number * IssuePage.size]
    return render_template(
        "leadership/hot_issues.html",
        page=IssuePage(_lines(part, states, scope, present), number, len(shown)),
        states=Counter(states.values()),
        every_state=tuple(IssueState),
        state=wanted,
        district=district,
        districts=districts,
        least=LEAST_PEOPLE,
    )


@blueprint.get("/<number>")
@requires(Action.READ_TRENDS)
def one(number: str) -> Any:
    """One issue; of one that was merged, what it was merged into."""
    with city().records.read() as work:
        into = corrected_issue(work, number).merged_into
    if into:
        return redirect(url_for("hot_issues.one", number=into), 302)
    return issue_page(number)


def issue_page(number: str, sent: Sent | None = None, problem: str = "") -> str:
    """One issue: what, where, since when, who, how it goes, its messages and tickets, and what people
    corrected. sent: what was not taken."""
    served, present = city(), now()
    office, scope = served.office(), scope_of(me(), Action.READ_TRENDS)
    with served.records.read() as work:
        count = issue_by_number(work, office, scope, present, number)
        messages = messages_of(work, office, scope, count.id, MOST_MESSAGES)
        first = _first_day(present, COURSE_DAYS)
        times = times_of(work, office, scope, [count.id], first)[count.id]
        return render_template(
            "leadership/hot_issue.html",
            issue=count,
            state=_state(count, present),
            matter=matter_of_issue(work, office, scope, count.id),
            main=main_ticket(work, office, scope, count.id),
            departments=tickets_by_department(work, office, scope, count.id),
            course=_course(times, max(first, count.began_at), present),
            page=_distinct(messages, page_number(request.args)),
            channels_of=Counter(one.channel for one in messages).most_common(),
            sentiments_of=Counter(one.sentiment for one in messages),
            districts_of=Counter(one.district for one in messages if one.district).most_common(),
            listed=len(messages),
            corrected=corrected_issue(work, count.number),
            acts=acts_on(work, count.id),
            may_correct=me().may(Action.CORRECT_ISSUES),
            sent=sent or Sent(),
            problem=problem,
        )


def _state(count: IssueCount, present: datetime) -> IssueState:
    return state_of(count.began_at, count.last_at, count.week, count.week_before, present)


def _lines(
    part: Sequence[IssueCount], states: dict[UUID, IssueState], scope: Scope, present: datetime
) -> tuple[IssueLine, ...]:
    office = city().office()
    first = _first_day(present, SPARK_DAYS)
    with city().records.read() as work:
        times = times_of(work, office, scope, [one.id for one in part], first)
        return tuple(
            IssueLine(
                count=one,
                state=states[one.id],
                matter=matter_of_issue(work, office, scope, one.id),
                main=main_ticket(work, office, scope, one.id),
                days=tuple(n for _, n in _course(times[one.id], first, present)),
            )
            for one in part
        )


def _first_day(present: datetime, days: int) -> datetime:
    """Midnight of the city, so many days back, today counted."""
    local = present.astimezone(city().settings.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days - 1)


def _course(times: Sequence[datetime], first: datetime, last: datetime) -> list[tuple[date, int]]:
    """Messages of each day of the city, days without any included."""
    zone = city().settings.zone
    counts = Counter(at.astimezone(zone).date() for at in times)
    begin, end = first.astimezone(zone).date(), last.astimezone(zone).date()
    days = [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    return [(day, counts[day]) for day in days]


def _distinct(messages: Sequence[IssueMessage], number: int) -> MessagePage:
    """One page of those that are no near-duplicates of another, the latest first."""
    copies = Counter(one.same_as for one in messages if one.same_as is not None)
    distinct = [one for one in messages if one.same_as is None]
    number = min(number, max(1, -(-len(distinct) // MessagePage.size)))
    part = distinct[(number - 1) * MessagePage.size : number * MessagePage.size]
    return MessagePage(tuple((one, copies[one.entry]) for one in part), number, len(distinct))

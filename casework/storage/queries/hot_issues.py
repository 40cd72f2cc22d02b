"""Hot issues as they are shown: everything counted and quoted within the scope of who asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select

from casework.errors import NotFound
from casework.heat import people_now
from casework.judgement import TopicPath
from casework.office import Office
from casework.permissions import Scope
from casework.storage.issue_messages import joined, may_enter
from casework.storage.judgements import split_topic
from casework.storage.queries.ticket_lines import title_of
from casework.storage.records import Work
from casework.storage.scopes import tickets_in
from casework.storage.tables import (
    HotIssueMessageRow,
    HotIssueRow,
    JudgementRow,
    MessageRow,
    TicketRow,
)

LEAST_PEOPLE = 3
"""Fewer people make no hot issue: two may be neighbours who talked to each other."""
HOTTEST = 200
SAMPLE = 60
"""Of a long issue the latest messages say what it is about."""
SHOWN_WORDS, SHOWN_PLACES = 5, 2
WEEK = timedelta(days=7)
_DISTRICT = "district"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class IssueCount:
    """One issue counted. people: different senders, and messages of unknown ones that repeat no
    other's words. week, week_before: messages of the last seven days and of the seven before them.
    heat: see casework/heat.py, as of now."""

    id: UUID
    number: str
    began_at: datetime
    last_at: datetime
    messages: int
    people: int
    week: int
    week_before: int
    heat: float


@dataclass(frozen=True, slots=True)
class IssueMessage:
    """One message of an issue. title, body: masked. number: of its ticket, "" for a public post.
    state: of the ticket. entry, same_as: numbers; same_as is None unless it is a near-duplicate."""

    entry: int
    message_id: UUID
    number: str
    state: str
    title: str
    body: str
    channel: str
    sentiment: str
    department: str
    district: str
    topic: TopicPath
    received_at: datetime
    words: Mapping[str, float]
    places: tuple[str, ...]
    same_as: int | None


@dataclass(frozen=True, slots=True)
class IssueMatter:
    """What an issue is about, by its latest messages: the most usual topic and district ("" for
    none), the places most name, the words most have in common, and the message most like all."""

    topic: TopicPath = ()
    district: str = ""
    places: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    typical: IssueMessage | None = None
    messages: tuple[IssueMessage, ...] = field(default=(), repr=False)


def hottest(
    work: Work, office: Office, scope: Scope, now: datetime, since: datetime, district: str = ""
) -> tuple[IssueCount, ...]:
    """The issues of at least LEAST_PEOPLE with a message since then, the hottest first, at most
    HOTTEST. district: only those with messages of this one."""
    issues = select(HotIssueRow.id).where(HotIssueRow.last_at >= since)
    if district:
        of_it = select(HotIssueMessageRow.issue_id).where(HotIssueMessageRow.district == district)
        issues = issues.where(HotIssueRow.id.in_(of_it))
    best = issues.order_by(HotIssueRow.heat.desc()).limit(HOTTEST)
    counts = counts_of(work, office, scope, now, list(work.session.scalars(best)))
    enough = [one for one in counts if one.people >= LEAST_PEOPLE]
    return tuple(sorted(enough, key=lambda one: (-one.heat, one.number)))


def issue_by_number(
    work: Work, office: Office, scope: Scope, now: datetime, number: str
) -> IssueCount:
    """Raises NotFound, also where everything of it lies outside the scope."""
    plain = number.strip().upper().replace("\0", "")
    key = work.session.scalar(select(HotIssueRow.id).where(HotIssueRow.number == plain))
    counts = counts_of(work, office, scope, now, [key] if key is not None else [])
    if not counts:
        raise NotFound("hot_issue", number)
    return counts[0]


def times_of(
    work: Work, office: Office, scope: Scope, ids: Sequence[UUID], since: datetime
) -> dict[UUID, list[datetime]]:
    """When the messages of each issue came since then, the first first."""
    found: dict[UUID, list[datetime]] = {key: [] for key in ids}
    rows = work.session.execute(
        _visible(select(HotIssueMessageRow.issue_id, HotIssueMessageRow.received_at), office, scope)
        .where(HotIssueMessageRow.issue_id.in_(ids), HotIssueMessageRow.received_at >= since)
        .order_by(HotIssueMessageRow.received_at)
    )
    for key, at in rows:
        found[key].append(at)
    return found


def matter_of_issue(
    work: Work, office: Office, scope: Scope, issue_id: UUID, sample: int = SAMPLE
) -> IssueMatter:
    """What an issue is about, by its latest messages."""
    messages = messages_of(work, office, scope, issue_id, sample)
    if not messages:
        return IssueMatter()
    weights: dict[str, float] = {}
    having: Counter[str] = Counter()
    for one in messages:
        having.update(one.words.keys())
        for word, weight in one.words.items():
            weights[word] = weights.get(word, 0.0) + weight
    heaviest = sorted(weights, key=lambda word: (-weights[word], word))
    common = [word for word in heaviest if 2 * having[word] >= len(messages)]
    places = Counter(place for one in messages for place in one.places)
    return IssueMatter(
        topic=_most(one.topic for one in messages if one.topic) or (),
        district=_most(one.district for one in messages if one.district) or "",
        places=tuple(place for place, n in places.most_common(SHOWN_PLACES) if n > 1),
        words=tuple(common[:SHOWN_WORDS]),
        typical=max(
            messages,
            key=lambda one: sum(weights[word] * weight for word, weight in one.words.items()),
        ),
        messages=messages,
    )


def messages_of(
    work: Work, office: Office, scope: Scope, issue_id: UUID, limit: int
) -> tuple[IssueMessage, ...]:
    """Its messages, the latest first."""
    columns = (
        HotIssueMessageRow.id.label("entry"),
        HotIssueMessageRow.message_id,
        HotIssueMessageRow.words,
        HotIssueMessageRow.same_as,
        func.coalesce(HotIssueMessageRow.district, "").label("district"),
        TicketRow.number,
        TicketRow.state,
        TicketRow.lead_department,
        func.coalesce(TicketRow.topic, JudgementRow.topic).label("topic"),
        MessageRow.shown_subject,
        MessageRow.shown_body,
        MessageRow.channel,
        MessageRow.received_at,
        JudgementRow.sentiment,
        JudgementRow.detail["places"].label("places"),
    )
    rows = work.session.execute(
        _visible(select(*columns), office, scope)
        .where(HotIssueMessageRow.issue_id == issue_id)
        .order_by(HotIssueMessageRow.received_at.desc(), HotIssueMessageRow.id.desc())
        .limit(limit)
    )
    return tuple(_message(row) for row in rows)


def _message(row: Row[Any]) -> IssueMessage:
    return IssueMessage(
        entry=row.entry,
        message_id=row.message_id,
        number=row.number or "",
        state=row.state or "",
        title=title_of(row.shown_subject, row.shown_body),
        body=row.shown_body,
        channel=row.channel,
        sentiment=row.sentiment,
        department=row.lead_department or "",
        district=row.district,
        topic=split_topic(row.topic or ""),
        received_at=row.received_at,
        words=row.words,
        places=tuple(
            dict.fromkeys(place[0] for place in row.places or () if place[1] != _DISTRICT)
        ),
        same_as=row.same_as,
    )


def _most(values: Iterable[T]) -> T | None:
    """The most usual value, None of nothing."""
    found = Counter(values).most_common(1)
    return found[0][0] if found else None


def issues_of(
    work: Work, office: Office, scope: Scope, message_ids: Sequence[UUID]
) -> dict[UUID, UUID]:
    """By message, the issue it is in; of those that the scope shows."""
    rows = work.session.execute(
        _visible(
            select(HotIssueMessageRow.message_id, HotIssueMessageRow.issue_id), office, scope
        ).where(
            HotIssueMessageRow.message_id.in_(message_ids), HotIssueMessageRow.issue_id.is_not(None)
        )
    )
    return {row.message_id: row.issue_id for row in rows}


def counts_of(
    work: Work, office: Office, scope: Scope, now: datetime, ids: Sequence[UUID]
) -> list[IssueCount]:
    """These issues counted, in any order; none of which the scope shows nothing."""
    if not ids:
        return []
    at = HotIssueMessageRow.received_at
    nobody_new = and_(MessageRow.sender_digest.is_(None), HotIssueMessageRow.same_as.is_(None))
    rows = work.session.execute(
        _visible(
            select(
                HotIssueMessageRow.issue_id,
                func.min(at).label("began"),
                func.max(at).label("last"),
                func.count().label("messages"),
                func.count(MessageRow.sender_digest.distinct()).label("known"),
                func.count().filter(nobody_new).label("unknown"),
                func.count().filter(at > now - WEEK, at <= now).label("week"),
                func.count().filter(at > now - 2 * WEEK, at <= now - WEEK).label("before"),
            ),
            office,
            scope,
        )
        .where(HotIssueMessageRow.issue_id.in_(ids))
        .group_by(HotIssueMessageRow.issue_id)
    )
    issues = {
        row.id: row
        for row in work.session.scalars(select(HotIssueRow).where(HotIssueRow.id.in_(ids)))
    }
    return [
        IssueCount(
            id=row.issue_id,
            number=issues[row.issue_id].number,
            began_at=row.began,
            last_at=row.last,
            messages=row.messages,
            people=row.known + row.unknown,
            week=row.week,
            week_before=row.before,
            heat=people_now(issues[row.issue_id].heat, now),
        )
        for row in rows
    ]


def _visible(
    statement: Select[*tuple[Any, ...]], office: Office, scope: Scope
) -> Select[*tuple[Any, ...]]:
    """Over the messages of issues, those that may be in one and that the scope shows."""
    ticket = and_(*tickets_in(scope, office.departments), TicketRow.id.is_not(None))
    public = TicketRow.id.is_(None)
    return joined(
        statement.select_from(HotIssueMessageRow).join(
            MessageRow, MessageRow.id == HotIssueMessageRow.message_id
        )
    ).where(may_enter(), ticket if scope.nothing or scope.lead_under else or_(ticket, public))

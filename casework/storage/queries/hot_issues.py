"""Hot issues as they are shown: everything counted and quoted within the scope of who asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, func, select

from casework.errors import NotFound
from casework.judgement import TopicPath
from casework.office import Office
from casework.permissions import Scope
from casework.storage.hot_issues import NOT_ONE
from casework.storage.judgements import split_topic
from casework.storage.queries.issue_counts import IssueCount, counts_of, visible
from casework.storage.queries.ticket_lines import title_of
from casework.storage.records import Work
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
_DISTRICT = "district"

T = TypeVar("T")


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
    work: Work,
    office: Office,
    scope: Scope,
    now: datetime,
    since: datetime,
    district: str = "",
    *,
    not_one: bool = False,
) -> tuple[IssueCount, ...]:
    """The issues of at least LEAST_PEOPLE with a message since then, the hottest first, at most
    HOTTEST. district: only those with messages of this one. not_one: those that a person said are not
    one matter, instead of the others."""
    issues = select(HotIssueRow.id).where(
        HotIssueRow.last_at >= since,
        HotIssueRow.merged_into.is_(None),
        HotIssueRow.verdict == NOT_ONE if not_one else HotIssueRow.verdict != NOT_ONE,
    )
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
    """Of one that was merged, what it was merged into. Raises NotFound, also where everything of it lies
    outside the scope."""
    plain = number.strip().upper().replace("\0", "")
    key = work.session.scalar(
        select(func.coalesce(HotIssueRow.merged_into, HotIssueRow.id)).where(
            HotIssueRow.number == plain
        )
    )
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
        visible(select(HotIssueMessageRow.issue_id, HotIssueMessageRow.received_at), office, scope)
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
        visible(select(*columns), office, scope)
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

"""Knowledge articles: what may be told to a citizen at once, who answers for it, and until when.

Searched by words in SQL: an office has some thousands of articles at most, they change by the hour,
and whoever changes one expects to find it at once. The words are cut by whoever calls, since the
records know no dictionary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from uuid_utils.compat import uuid7

from casework.departments import DepartmentTree
from casework.errors import Conflict, NotAllowed, NotFound, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.permissions import Person, may_write_for
from casework.storage.audit import append
from casework.storage.records import Work
from casework.storage.tables import ArticleRow, CorrectionRequestRow
from casework.written import written

MAX_TITLE = 200
MAX_BODY = 10_000
MAX_REQUEST = 1_000
MOST_WORDS = 12
TITLE_WEIGHT = 2
PAGE = 100


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """What somebody writes. owner: a department's code. topic: levels joined by "/", or "".
    valid_until: last day, None for until changed. words: title and body cut into words."""

    owner: str
    title: str
    body: str
    topic: str
    valid_until: date | None
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Article:
    """An article on record. requests: corrections asked for and not answered."""

    id: UUID
    owner: str
    title: str
    body: str
    topic: str
    valid_until: date | None
    updated_by: str
    updated_at: datetime
    version: int
    requests: int

    def valid(self, today: date) -> bool:
        """Whether it may still be told to anybody."""
        return self.valid_until is None or today <= self.valid_until


@dataclass(frozen=True, slots=True)
class CorrectionRequest:
    """Somebody says that an article is wrong. answered_at: None while it waits."""

    id: UUID
    article_id: UUID
    title: str
    owner: str
    asked_by: str
    asked_at: datetime
    text: str
    answer: str
    answered_by: str
    answered_at: datetime | None


def find_articles(
    work: Work, words: Sequence[str], today: date, valid_only: bool = True, limit: int = PAGE
) -> tuple[Article, ...]:
    """Articles that have any of the words, those with most of them first; without words the
    newest. valid_only leaves out what has expired."""
    wanted = list(dict.fromkeys(word for word in words if word.strip()))[:MOST_WORDS]
    conditions = [_still_valid(today)] if valid_only else []
    order: list[Any] = [ArticleRow.updated_at.desc()]
    if wanted:
        has = [ArticleRow.words.contains(f" {word} ", autoescape=True) for word in wanted]
        titled = [ArticleRow.title.contains(word, autoescape=True) for word in wanted]
        score = sum(
            (
                case((one, weight), else_=0)
                for one, weight in [*((h, 1) for h in has), *((t, TITLE_WEIGHT) for t in titled)]
            ),
            start=case((ArticleRow.id.is_(None), 0), else_=0),
        )
        conditions.append(or_(*has))
        order.insert(0, score.desc())
    rows = work.session.execute(
        select(ArticleRow, _open_requests())
        .where(*conditions)
        .order_by(*order, ArticleRow.id)
        .limit(limit)
    )
    return tuple(_article(row, requests) for row, requests in rows)


def read_article(work: Work, article_id: UUID) -> Article:
    """One article. Raises NotFound."""
    found = work.session.execute(
        select(ArticleRow, _open_requests()).where(ArticleRow.id == article_id)
    ).first()
    if found is None:
        raise NotFound("article", str(article_id))
    return _article(found[0], found[1])


def save_article(
    work: Work,
    departments: DepartmentTree,
    person: Person,
    draft: ArticleDraft,
    now: datetime,
    article_id: UUID | None = None,
    version: int = 0,
) -> UUID:
    """Add an article, or change the one with this id as the person saw it.

    Raises NotAllowed for another department's article, Rejected for an empty or long field,
    NotFound, Conflict("changed").
    """
    _check(departments, person, draft)
    if article_id is None:
        row = ArticleRow(id=uuid7())
    else:
        row = _writable(work, departments, person, article_id)
        if row.version != version:
            raise Conflict("changed")
    row.owner, row.title, row.body = draft.owner, draft.title.strip(), draft.body.strip()
    row.topic, row.valid_until = draft.topic, draft.valid_until
    row.words = f" {' '.join(draft.words)} "
    row.updated_by, row.updated_at = person.username, now
    work.session.add(row)
    append(work, OFFICE_CHAIN, EventName.ARTICLE_SAVED, person.username, now, row.title)
    return row.id


def ask_correction(work: Work, article_id: UUID, person: Person, text: str, now: datetime) -> None:
    """Tell the owner that the article is wrong. Raises NotFound, Rejected."""
    text = written(text, "correction", MAX_REQUEST)
    if work.session.get(ArticleRow, article_id) is None:
        raise NotFound("article", str(article_id))
    work.session.add(
        CorrectionRequestRow(
            id=uuid7(), article_id=article_id, asked_by=person.username, asked_at=now, text=text
        )
    )
    append(work, OFFICE_CHAIN, EventName.CORRECTION_ASKED, person.username, now, text)


def correction_requests(
    work: Work, article_id: UUID | None = None, owners: frozenset[str] | None = None
) -> tuple[CorrectionRequest, ...]:
    """All requests for one article, newest first; or those that wait for these owners."""
    conditions: list[ColumnElement[bool]] = []
    if article_id is not None:
        conditions.append(CorrectionRequestRow.article_id == article_id)
    if owners is not None:
        conditions += [
            ArticleRow.owner.in_(sorted(owners)),
            CorrectionRequestRow.answered_at.is_(None),
        ]
    rows = work.session.execute(
        select(CorrectionRequestRow, ArticleRow.title, ArticleRow.owner)
        .join(ArticleRow, ArticleRow.id == CorrectionRequestRow.article_id)
        .where(*conditions)
        .order_by(CorrectionRequestRow.id.desc())
        .limit(PAGE)
    )
    return tuple(_request(row, title, owner) for row, title, owner in rows)


def answer_request(
    work: Work,
    departments: DepartmentTree,
    request_id: UUID,
    person: Person,
    answer: str,
    now: datetime,
) -> UUID:
    """Answer a request; the id of its article. Raises NotFound, NotAllowed, Rejected,
    Conflict("state") when it has been answered."""
    answer = written(answer, "answer", MAX_REQUEST)
    row = work.session.get(CorrectionRequestRow, request_id, with_for_update=True)
    if row is None:
        raise NotFound("request", str(request_id))
    _writable(work, departments, person, row.article_id)
    if row.answered_at is not None:
        raise Conflict("state")
    row.answer, row.answered_by, row.answered_at = answer, person.username, now
    append(work, OFFICE_CHAIN, EventName.CORRECTION_ANSWERED, person.username, now, answer)
    return row.article_id


def _check(departments: DepartmentTree, person: Person, draft: ArticleDraft) -> None:
    if draft.owner not in departments:
        raise Rejected("unknown", "owner")
    if not may_write_for(person, departments.above(draft.owner)):
        raise NotAllowed("not_allowed")
    written(draft.title, "title", MAX_TITLE)
    written(draft.body, "body", MAX_BODY)


def _writable(
    work: Work, departments: DepartmentTree, person: Person, article_id: UUID
) -> ArticleRow:
    row = work.session.get(ArticleRow, article_id)
    if row is None:
        raise NotFound("article", str(article_id))
    if not may_write_for(person, departments.above(row.owner)):
        raise NotAllowed("not_allowed")
    return row


def _still_valid(today: date) -> ColumnElement[bool]:
    return or_(ArticleRow.valid_until.is_(None), ArticleRow.valid_until >= today)


def _open_requests() -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(CorrectionRequestRow)
        .where(
            CorrectionRequestRow.article_id == ArticleRow.id,
            CorrectionRequestRow.answered_at.is_(None),
        )
        .scalar_subquery()
    )


def _article(row: ArticleRow, requests: int) -> Article:
    return Article(
        id=row.id,
        owner=row.owner,
        title=row.title,
        body=row.body,
        topic=row.topic,
        valid_until=row.valid_until,
        updated_by=row.updated_by,
        updated_at=row.updated_at,
        version=row.version,
        requests=requests,
    )


def _request(row: CorrectionRequestRow, title: str, owner: str) -> CorrectionRequest:
    return CorrectionRequest(
        id=row.id,
        article_id=row.article_id,
        title=title,
        owner=owner,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        text=row.text,
        answer=row.answer,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )

"""Mentions in and out of the records: a post, where it was seen, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import case, select, update
from uuid_utils.compat import uuid7

from casework.errors import Conflict, NotFound
from casework.judgement import Judgement
from casework.model import IntakeMode, MessageDraft
from casework.storage import outbox
from casework.storage.judgements import read_judgement
from casework.storage.records import Work
from casework.storage.tables import MentionPlaceRow, MentionRow, MessageRow, TicketRow

SAME_POST_WITHIN = timedelta(hours=72)
"""The same words seen again within this time are the same mention, seen at one more place."""


class MentionState(StrEnum):
    OPEN = "open"  # 待定
    TICKET = "ticket"  # 已转工单
    ASIDE = "aside"  # 不转


@dataclass(frozen=True, slots=True)
class SeenAt:
    """A place a post was seen at. source_ref: the post's number there. author: kept sealed."""

    source: str
    source_ref: str
    url: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptMention:
    """A mention on record, as a ticket is made of it."""

    draft: MessageDraft
    judgement: Judgement


def seen_before(work: Work, place: SeenAt) -> UUID | None:
    """The mention that was already seen at this very place, or None."""
    return work.session.scalar(
        select(MentionPlaceRow.message_id).where(
            MentionPlaceRow.source == place.source, MentionPlaceRow.source_ref == place.source_ref
        )
    )


def same_words(work: Work, content_digest: bytes, at: datetime) -> UUID | None:
    """The mention that says the same within SAME_POST_WITHIN of this time, or None."""
    return work.session.scalar(
        select(MentionRow.message_id)
        .join(MessageRow, MessageRow.id == MentionRow.message_id)
        .where(
            MessageRow.content_digest == content_digest,
            MessageRow.received_at >= at - SAME_POST_WITHIN,
            MessageRow.received_at <= at + SAME_POST_WITHIN,
            MessageRow.deleted_at.is_(None),
        )
        .order_by(MessageRow.received_at)
        .limit(1)
    )


def add_mention(
    work: Work,
    message_id: UUID,
    place: SeenAt,
    district: str,
    forward_of: UUID | None,
    state: MentionState,
) -> None:
    """Make a mention of a message recorded in this unit of work."""
    decided = state is not MentionState.OPEN
    work.session.add(
        MentionRow(
            message_id=message_id,
            state=state,
            district=district or None,
            places=1,
            last_seen_at=place.at,
            forward_of=forward_of,
            decided_by="program" if decided else "",
            decided_at=place.at if decided else None,
        )
    )
    work.session.flush()
    _add_row(work, message_id, place)


def add_place(work: Work, message_id: UUID, place: SeenAt) -> None:
    """The mention was seen at one more place. Its version stays: whoever is deciding about it
    decides about the same words."""
    later = case((MentionRow.last_seen_at < place.at, place.at), else_=MentionRow.last_seen_at)
    work.session.execute(
        update(MentionRow)
        .where(MentionRow.message_id == message_id)
        .values(places=MentionRow.places + 1, last_seen_at=later),
        execution_options={"synchronize_session": False},
    )
    _add_row(work, message_id, place)


def _add_row(work: Work, message_id: UUID, place: SeenAt) -> None:
    work.session.add(
        MentionPlaceRow(
            id=uuid7(),
            message_id=message_id,
            source=place.source,
            source_ref=place.source_ref,
            url=place.url,
            author=place.author or None,
            seen_at=place.at,
        )
    )


def decide(
    work: Work,
    message_id: UUID,
    to: MentionState,
    by: str,
    reason: str,
    version: int,
    now: datetime,
) -> None:
    """Move a mention on, and tell the index. From "open" to any other state, or from "aside" back.

    Raises NotFound, Conflict("changed") for an old version, Conflict("state") otherwise.
    """
    row = work.session.get(MentionRow, message_id)
    if row is None:
        raise NotFound("mention", str(message_id))
    if row.version != version:
        raise Conflict("changed")
    back = (row.state, to) == (MentionState.ASIDE, MentionState.OPEN)
    if not back and (row.state != MentionState.OPEN or to is MentionState.OPEN):
        raise Conflict("state")
    row.state, row.reason = to, reason
    row.decided_by, row.decided_at = ("", None) if back else (by, now)
    message = work.session.get_one(MessageRow, message_id)
    message.version += 1
    outbox.announce(work, message_id, now)


def touch(work: Work, message_id: UUID, version: int, now: datetime) -> None:
    """Something beside an open mention changed: tell the index. Who is deciding about it decides
    about the same words, so its version stays.

    Raises NotFound, Conflict("changed") for an old version, Conflict("state") for one decided.
    """
    row = work.session.get(MentionRow, message_id, with_for_update=True)
    if row is None:
        raise NotFound("mention", str(message_id))
    if row.version != version:
        raise Conflict("changed")
    if row.state != MentionState.OPEN:
        raise Conflict("state")
    message = work.session.get_one(MessageRow, message_id)
    message.version += 1
    outbox.announce(work, message_id, now)


def kept_mention(work: Work, message_id: UUID) -> KeptMention:
    """The post and its judgement. Raises NotFound for what is no mention, or is deleted."""
    row = work.session.get(MentionRow, message_id)
    if row is None or row.message.deleted_at is not None:
        raise NotFound("mention", str(message_id))
    message = row.message
    draft = MessageDraft(
        channel=message.channel,
        subject=message.subject,
        body=message.body,
        received_at=message.received_at,
        mode=IntakeMode.MENTION,
        source=message.source,
        source_ref=message.source_ref or "",
        language=message.language,
    )
    return KeptMention(draft, read_judgement(message.judgement))


def ticket_number(work: Work, message_id: UUID) -> str:
    """The number of the ticket that was made of a mention, or ""."""
    found = work.session.scalar(select(TicketRow.number).where(TicketRow.message_id == message_id))
    return found or ""

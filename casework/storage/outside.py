"""Bodies outside the office in the records: asked by a link, which answers once and holds for some days."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from uuid_utils.compat import uuid7

from casework.contributions import ContributionState, Outside
from casework.errors import Conflict, NotFound
from casework.storage import notices
from casework.storage.outside_links import digest_of, token_for
from casework.storage.records import Work
from casework.storage.tables import (
    ContributionRow,
    NoticeRow,
    OutsideRequestRow,
    TicketRow,
)
from casework.taxonomy import REPORT

REMIND_BEFORE = timedelta(days=3)


def may_be_shown_outside(ticket: TicketRow) -> bool:
    """Never a 举报, nothing that may be one, nothing whose sender asked for confidence."""
    message = ticket.message
    return not (
        ticket.kind == REPORT
        or ticket.unscreened_report
        or ticket.accusations
        or message.confidential
        or message.deleted_at is not None
    )


def ask_body(
    work: Work,
    row: ContributionRow,
    name: str,
    email: str,
    expires_at: datetime,
    now: datetime,
) -> None:
    """Make the link of a contribution and mail it; a reminder comes three days before it ends, or half
    way when it holds less than six. Raises Conflict("co_asked") while the address is asked already."""
    remind_at = max(expires_at - REMIND_BEFORE, now + (expires_at - now) / 2)
    row.outside = OutsideRequestRow(
        name=name,
        email=email,
        token_digest=digest_of(token_for(work, row.id)),
        expires_at=expires_at,
        remind_at=remind_at,
    )
    tell_body(work, row, notices.OUTSIDE_ASKED, now)


def check_not_asked(ticket: TicketRow, email: str) -> None:
    """Raises Conflict("co_asked") while this address is asked about the ticket."""
    for row in ticket.contributions:
        body = row.outside if row.state == ContributionState.OPEN else None
        if body is not None and body.email.casefold() == email.casefold():
            raise Conflict("co_asked")


def tell_body(work: Work, row: ContributionRow, kind: str, now: datetime) -> None:
    """Record a mail to the body that was asked."""
    if row.outside is not None:
        work.session.add(
            NoticeRow(
                id=uuid7(),
                ticket_id=row.ticket_id,
                contribution=row,
                kind=kind,
                recipient=row.outside.email,
                created_at=now,
            )
        )


def asked_by_link(work: Work, token: str) -> ContributionRow:
    """The contribution a link is for. Raises NotFound for a link that is none."""
    row = work.session.scalar(
        select(ContributionRow)
        .join(OutsideRequestRow, OutsideRequestRow.contribution_id == ContributionRow.id)
        .where(OutsideRequestRow.token_digest == digest_of(token))
    )
    if row is None:
        raise NotFound("outside request")
    return row


def read_body(work: Work, row: ContributionRow) -> Outside | None:
    """The body outside that was asked, None for a unit of the office."""
    if row.department or row.outside is None:
        return None
    mail = work.session.scalar(
        select(NoticeRow)
        .where(NoticeRow.contribution_id == row.id, NoticeRow.kind == notices.OUTSIDE_ASKED)
        .order_by(NoticeRow.id.desc())
        .limit(1)
    )
    return Outside(
        name=row.outside.name,
        email=row.outside.email,
        expires_at=row.outside.expires_at,
        opened_at=row.outside.opened_at,
        mailed_at=mail.sent_at if mail else None,
        failed=mail.error if mail and mail.sent_at is None else "",
        given_up=mail is not None and notices.is_given_up(mail),
    )

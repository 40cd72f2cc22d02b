"""What was answered to a signed request: the same request sent again gets the same answer.

The answer is kept in the transaction that does what was asked, so that it can be told from every
process and is there exactly when the deed is.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete

from casework.errors import Rejected
from casework.storage.records import Work
from casework.storage.tables import WebhookAnswerRow

KEPT = timedelta(days=3)
"""Far longer than the five minutes in which a signature holds, because a sender signs anew when it
tries again after an outage."""


@dataclass(frozen=True, slots=True)
class Request:
    """A signed request: who sent it, under which key, and what it said."""

    source: str
    idempotency_key: str
    body: bytes

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.body).digest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered; what does not apply is "". type: as the request's. number: of the ticket.
    code: its query code, for whoever passes it on to the citizen. told: what is sent to the writer
    of a text message instead of a number."""

    type: str
    number: str = ""
    code: str = ""
    message_id: str = ""
    mention_id: str = ""
    call_id: str = ""
    told: str = ""

    def members(self) -> dict[str, str]:
        """The members of the JSON object that is sent."""
        return {name: value for name, value in asdict(self).items() if value}


def answer_of(work: Work, request: Request) -> Answer | None:
    """The first answer to this request, or None.

    Raises Rejected("key_reused", "Idempotency-Key") when the key came with another body.
    """
    row = work.session.get(WebhookAnswerRow, (request.source, request.idempotency_key))
    if row is None:
        return None
    if row.body_digest != request.digest:
        raise Rejected("key_reused", "Idempotency-Key")
    return Answer(**json.loads(row.answer))


def keep_answer(work: Work, request: Request, answer: Answer, now: datetime) -> None:
    """Keep the answer. Of two at the same moment the later gets Conflict, and nothing is written."""
    work.session.add(
        WebhookAnswerRow(
            source=request.source,
            idempotency_key=request.idempotency_key,
            body_digest=request.digest,
            answer=json.dumps(answer.members()),
            answered_at=now,
        )
    )
    work.session.flush()


def forget_answers(work: Work, now: datetime) -> None:
    """Erase the answers nobody will ask for any more."""
    work.session.execute(delete(WebhookAnswerRow).where(WebhookAnswerRow.answered_at < now - KEPT))

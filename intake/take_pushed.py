"""Doing what a signed request asks, once: the deed and the answer to it are one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casework.errors import Conflict
from casework.model import Receipt
from casework.storage import attempts, notices, sources
from casework.storage.calls import IncomingCall, record_call
from casework.storage.notices import HOW_TO_WRITE, RECEIVED
from casework.storage.records import Work
from casework.storage.set_aside import set_aside
from casework.storage.sources import Source
from casework.storage.webhook_answers import Answer, Request, answer_of, keep_answer
from intake.examine import Intake
from intake.mentions import Mention, receive_mention
from intake.pushed import Post, PushedMessage, TextMessage, read_pushed
from intake.receive import receive
from intake.strict_json import read_object
from intake.text_messages import draft_of, read_text

TOO_SHORT = "too_short"


@dataclass(frozen=True, slots=True)
class Door:
    """One request at the door. mention_sure: see intake/mentions.py."""

    intake: Intake
    source: Source
    request: Request
    mention_sure: float
    now: datetime


def take_pushed(door: Door) -> Answer:
    """Read the body, do what it asks, and answer; a request sent again is answered as before.

    Raises Rejected, with "key_reused" for a key that came with another body, and
    RecordsUnavailable.
    """
    with door.intake.records.read() as work:
        known = answer_of(work, door.request)
    if known is not None:
        return known
    try:
        return _take(door)
    except Conflict:
        # The same request twice at the same moment: the other one has been answered by now.
        return _take(door)


def _take(door: Door) -> Answer:
    with door.intake.records.read() as work:
        known = answer_of(work, door.request)
    if known is not None:
        return known
    source, office = door.source, door.intake.office()
    members = read_object(door.request.body)
    pushed = read_pushed(members, source.code, source.channel, office.zone, door.now)
    if isinstance(pushed, PushedMessage):
        return _take_message(door, pushed)
    if isinstance(pushed, Post):
        return _take_post(door, pushed)
    if isinstance(pushed, IncomingCall):
        return _take_call(door, pushed)
    return _take_text(door, pushed)


def _take_message(door: Door, pushed: PushedMessage) -> Answer:
    """Who enters a message for somebody else never learns the query code: it goes to the citizen."""
    draft = pushed.draft
    for_another = pushed.notify or bool(draft.entered_by)
    reached_by = draft.contact.email or draft.contact.phone if for_another else ""

    def answer(receipt: Receipt) -> Answer:
        code = "" if for_another else receipt.code
        return _receipt("message", receipt, code)

    def together(work: Work, receipt: Receipt) -> None:
        if reached_by:
            notices.tell(work, receipt.ticket_id, RECEIVED, reached_by, door.now)
        _answered(door, work, answer(receipt), new=True)

    receipt = receive(door.intake, draft, door.now, together)
    return _first_answer(door, answer(receipt)) if receipt.repeated else answer(receipt)


def _take_post(door: Door, post: Post) -> Answer:
    def answer(mention: Mention) -> Answer:
        return Answer("post", mention_id=str(mention.message_id), number=mention.number)

    def together(work: Work, mention: Mention) -> None:
        _answered(door, work, answer(mention), new=mention.new)

    mention = receive_mention(door.intake, post, door.now, door.mention_sure, together)
    return answer(mention)


def _take_call(door: Door, call: IncomingCall) -> Answer:
    with door.intake.records.write() as work:
        call_id = record_call(work, call, door.now)
        answer = Answer("call", call_id=str(call_id))
        _answered(door, work, answer, new=True)
        work.commit()
    return answer


def _take_text(door: Door, message: TextMessage) -> Answer:
    read = read_text(message.text)
    if not read.says_something:
        return _tell_how_to_write(door, message)
    draft = draft_of(message, read, door.source.code, door.source.channel)

    def together(work: Work, receipt: Receipt) -> None:
        notices.tell(work, receipt.ticket_id, RECEIVED, message.sender, door.now)
        _answered(door, work, _receipt("sms", receipt), new=True)

    receipt = receive(door.intake, draft, door.now, together)
    answer = _receipt("sms", receipt)
    return _first_answer(door, answer) if receipt.repeated else answer


def _tell_how_to_write(door: Door, message: TextMessage) -> Answer:
    """Once in a quarter of an hour for one number: two machines must not talk for ever."""
    answer = Answer("sms", told=HOW_TO_WRITE)
    with door.intake.records.write() as work:
        tried = attempts.who(work, HOW_TO_WRITE, message.sender, "")
        if attempts.none_yet(work, tried, door.now):
            notices.tell(work, None, HOW_TO_WRITE, message.sender, door.now)
        attempts.failed(work, tried, door.now)
        set_aside(
            work,
            door.source.code,
            message.source_ref,
            TOO_SHORT,
            door.now,
            sender=message.sender,
            size=len(message.text),
        )
        _answered(door, work, answer, new=False)
        work.commit()
    return answer


def _receipt(kind: str, receipt: Receipt, code: str = "") -> Answer:
    return Answer(kind, number=receipt.number, code=code, message_id=str(receipt.message_id))


def _answered(door: Door, work: Work, answer: Answer, *, new: bool) -> None:
    keep_answer(work, door.request, answer, door.now)
    sources.succeeded(
        work, door.source.code, door.now, new_items=int(new), bookmark={}, next_at=None
    )


def _first_answer(door: Door, answer: Answer) -> Answer:
    """For a message that was on record: the answer kept under this key, or this one from now on."""
    with door.intake.records.write() as work:
        known = answer_of(work, door.request)
        if known is None:
            _answered(door, work, answer, new=False)
            work.commit()
    return known or answer

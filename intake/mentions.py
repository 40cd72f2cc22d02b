"""Mentions: public posts, written to nobody. They are recorded, judged, searched and counted.

A post that is no forward becomes a ticket by itself when a rule finds danger to life in it; or when
it likely asks for something a body can do, is no praise, and the lead unit is as sure as the city's
setting demands. Anything else waits for a person. A 举报 goes to screening like every other.

The same words seen again within 72 hours are one mention with several places, whatever the source;
forwards are mentions of their own, linked to the post they pass on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from casework.errors import Conflict, NotAllowed, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.model import IntakeMode
from casework.permissions import Action, Person
from casework.storage.audit import append
from casework.storage.cases import (
    NewCase,
    RecordedCase,
    free_numbers,
    record_messages,
    record_tickets,
)
from casework.storage.corrections import Labels, guessed, said_of, say_again
from casework.storage.judgements import join_topic, split_topic
from casework.storage.locks import lock
from casework.storage.mentions import (
    MentionState,
    SeenAt,
    add_mention,
    add_place,
    decide,
    kept_mention,
    same_words,
    seen_before,
    ticket_number,
    touch,
)
from casework.storage.records import Work
from casework.storage.repeats import known_messages
from casework.taxonomy import KINDS, PRAISE, REPORT, SENTIMENTS, URGENCIES, URGENT, leaves
from classifier.urgency import BY_MODEL
from intake.check import check
from intake.duplicates import content_digest
from intake.examine import Intake, Said, examine
from intake.pushed import Post

MAX_REASON = 500
LIKELY = 0.5
"""How likely a post must ask for something."""
FORWARD = re.compile(r"//\s*@[^:：\s]{1,60}\s*[:：]")


@dataclass(frozen=True, slots=True)
class Mention:
    """What became of a post. number: of the ticket made of it, or "". new: not seen before."""

    message_id: UUID
    number: str
    new: bool


MentionTogether = Callable[[Work, Mention], None]
"""What is recorded in the very transaction that records a post, seen before or not."""


def receive_mention(
    intake: Intake,
    post: Post,
    now: datetime,
    sure: float,
    together: MentionTogether | None = None,
) -> Mention:
    """Take a post in. sure: probability of the lead unit from which a ticket is made at once.

    Raises Rejected when the post cannot be accepted and RecordsUnavailable.
    """
    draft = check(replace(post.draft, mode=IntakeMode.MENTION), now)
    case = examine(intake, draft, now)
    try:
        return _record(intake, post, case, now, sure, together)
    except Conflict:
        # The same post, pushed twice at the same moment: the other one is on record by now.
        return _record(intake, post, case, now, sure, together)


def asks(case: NewCase, sure: float) -> bool:
    """Whether a post that is no forward becomes a ticket without a person."""
    if case.judgement.urgency == URGENT and case.judgement.urgency_rule not in BY_MODEL:
        return True  # whatever the kind: a wrong one must not cost a life
    guesses = case.assignment.guesses
    asking = case.kind != PRAISE and case.judgement.actionable >= LIKELY
    return asking and bool(guesses) and guesses[0].probability >= sure


def take_up(intake: Intake, message_id: UUID, person: Person, version: int, now: datetime) -> str:
    """Make a ticket of a mention; its number. One transaction.

    Raises NotAllowed, NotFound, Conflict("changed") and Conflict("state").
    """
    _may(person)
    with intake.records.read() as work:
        kept = kept_mention(work, message_id)
        said = said_of(work, message_id)
    again = replace(intake, judge=lambda _text: kept.judgement)
    stated = replace(kept.draft, kind_stated=said.kind)
    against = Said(topic=split_topic(said.topic), urgency=said.urgency)
    case = examine(again, stated, now, against)
    taken = (EventName.MENTION_TAKEN_UP, person.username, now, "")
    case = replace(case, events=(*case.events[:2], taken, *case.events[2:]))
    with intake.records.write() as work:
        decide(work, message_id, MentionState.TICKET, person.username, "", version, now)
        number = _ticket(intake, work, case, message_id, now)
        work.commit()
    return number


def correct(
    intake: Intake, message_id: UUID, person: Person, said: Labels, version: int, now: datetime
) -> None:
    """Say of a mention what the program got wrong: kept to learn from, and held by a ticket made of
    it. What agrees with the program takes an earlier correction back.

    Raises Rejected("unknown", field) and what `take_up` raises.
    """
    _may(person)
    _check_labels(said)
    with intake.records.write() as work:
        touch(work, message_id, version, now)
        judgement = kept_mention(work, message_id).judgement
        before = guessed(judgement, "")
        say_again(work, message_id, before, said, judgement.engine, person.username, now)
        append(
            work,
            OFFICE_CHAIN,
            EventName.MENTION_CORRECTED,
            person.username,
            now,
            f"{message_id} {said.topic} {said.kind} {said.sentiment} {said.urgency}",
        )
        work.commit()


def _check_labels(said: Labels) -> None:
    known = {
        "topic": {join_topic(leaf.path) for leaf in leaves()},
        "kind": KINDS,
        "sentiment": SENTIMENTS,
        "urgency": URGENCIES,
    }
    for field, allowed in known.items():
        value = getattr(said, field)
        if value and value not in allowed:
            raise Rejected("unknown", field)


def set_aside(
    intake: Intake, message_id: UUID, person: Person, reason: str, version: int, now: datetime
) -> None:
    """Say that nothing is to be done about a mention, and why. Raises what `take_up` raises, and
    Rejected for a reason that is missing or too long."""
    _may(person)
    reason = reason.strip()
    if not reason:
        raise Rejected("empty", "reason")
    if len(reason) > MAX_REASON:
        raise Rejected("too_long", "reason", length=len(reason), limit=MAX_REASON)
    _decided(intake, message_id, person, MentionState.ASIDE, reason, version, now)


def bring_back(
    intake: Intake, message_id: UUID, person: Person, version: int, now: datetime
) -> None:
    """Undo `set_aside`. Raises what `take_up` raises."""
    _may(person)
    _decided(intake, message_id, person, MentionState.OPEN, "", version, now)


def _decided(
    intake: Intake,
    message_id: UUID,
    person: Person,
    to: MentionState,
    reason: str,
    version: int,
    now: datetime,
) -> None:
    aside = to is MentionState.ASIDE
    event = EventName.MENTION_SET_ASIDE if aside else EventName.MENTION_BROUGHT_BACK
    with intake.records.write() as work:
        decide(work, message_id, to, person.username, reason, version, now)
        append(work, OFFICE_CHAIN, event, person.username, now, f"{message_id} {reason}".strip())
        work.commit()


def _may(person: Person) -> None:
    if not person.may(Action.SORT_MENTIONS):
        raise NotAllowed("not_allowed")


def _record(
    intake: Intake,
    post: Post,
    case: NewCase,
    now: datetime,
    sure: float,
    together: MentionTogether | None,
) -> Mention:
    place = SeenAt(
        source=case.key.source,
        source_ref=post.ref,
        url=post.url,
        author=post.author,
        at=case.draft.received_at,
    )
    with intake.records.write() as work:
        lock(work, [case.key.content_digest])
        mention = _known(work, post, case, place)
        if mention is None:
            mention = _new(intake, work, post, case, place, now, sure)
        if together is not None:
            together(work, mention)
        work.commit()
    return mention


def _known(work: Work, post: Post, case: NewCase, place: SeenAt) -> Mention | None:
    """The post that is on record, seen at one more place if this place is new."""
    found = seen_before(work, place)
    if found is None and not _is_forward(post):
        found = same_words(work, case.key.content_digest, place.at)
        if found is not None:
            add_place(work, found, place)
    return None if found is None else Mention(found, ticket_number(work, found), new=False)


def _new(
    intake: Intake,
    work: Work,
    post: Post,
    case: NewCase,
    place: SeenAt,
    now: datetime,
    sure: float,
) -> Mention:
    known = known_messages(work, [case.key])
    others = known.by_content.get(case.key.content_digest, [])
    case = replace(case, repeats_id=others[0].id if others else None)
    message_id = uuid7()
    record_messages(work, [(case, RecordedCase(message_id, uuid7(), "", ""))], now)
    taken = not _is_forward(post) and asks(case, sure)
    state = MentionState.TICKET if taken else MentionState.OPEN
    original = _original(work, post, place)
    add_mention(work, message_id, place, case.district, original, state)
    number = _ticket(intake, work, case, message_id, now) if taken else ""
    return Mention(message_id, number, new=True)


def _ticket(intake: Intake, work: Work, case: NewCase, message_id: UUID, now: datetime) -> str:
    """Add ticket, clocks and audit chain for a mention on record; an urgent one alerts."""
    work.session.flush()
    (number,) = free_numbers(work, [now], intake.office().zone)
    record_tickets(work, [(case, RecordedCase(message_id, uuid7(), number, ""))], now)
    judgement = case.judgement
    if judgement.urgency == URGENT and case.kind != REPORT:
        topic = join_topic(judgement.topic)
        intake.alarm(work, message_id, number, topic, case.district, judgement.urgency_rule, now)
    return number


def _is_forward(post: Post) -> bool:
    return bool(post.forward_of) or FORWARD.search(post.draft.body) is not None


def _original(work: Work, post: Post, place: SeenAt) -> UUID | None:
    """The mention a forward passes on: by its number in the same source, else by its words."""
    if post.forward_of:
        found = seen_before(work, replace(place, source_ref=post.forward_of))
        if found is not None:
            return found
    passed_on = FORWARD.split(post.draft.body)
    if len(passed_on) < 2 or not passed_on[-1].strip():
        return None
    return same_words(work, content_digest("", passed_on[-1]), place.at)

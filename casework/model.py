"""Messages, tickets, clocks and replies. Plain Python.

All times are aware. The model decides; storage remembers; nothing here reads a clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from casework.judgement import TopicPath
from casework.life import OPEN_STATES, TicketAct, TicketState, next_state, possible_acts

__all__ = ["OPEN_STATES", "TicketAct", "TicketState", "next_state", "possible_acts"]
"""What a ticket goes through is told in casework/life.py and used with the rest of the model."""


class RefusalReason(StrEnum):
    """Why a message is not taken up. A person says so; the program only suggests."""

    EMPTY = "empty"  # nothing in it that could be looked into
    SPAM = "spam"  # advertising
    ABUSE = "abuse"  # insults and nothing else
    ELSEWHERE = "elsewhere"  # not a matter of this city
    LEGAL_WAY = "legal_way"  # courts, arbitration or another statutory way decide
    DECIDED = "decided"  # the same person had a final answer to the same matter


class IntakeMode(StrEnum):
    """NEW: a live message, its clocks run. HISTORY: taken over from an older system; its clocks
    are computed but stopped, nobody is warned, and it counts in its own period only. MENTION: a
    public post, written to nobody; it has a ticket only when one was made of it, whose clocks run
    from then."""

    NEW = "new"
    HISTORY = "history"
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the citizen; every field may be empty. Stored encrypted, always."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email)


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """A message as it arrives, before anything is known about it.

    source, source_ref: which system it comes from and its number there. row_ref: for a file whose
    rows have no number, a reference made of the row's content and occurrence, so that the same
    file can be run twice. sender: whoever the source says wrote it (an account, a number); used
    only to find repeats, stored encrypted. form_token: names one filled-in form, so that a re-sent
    form is recognised. kind_stated: the kind the citizen chose, or "". department_stated: the
    department an importing system had assigned. reply, replied_at: the answer, for history or given
    at once. entered_by: username of who typed in what the citizen said, "" when they wrote it
    themselves. confidential: the citizen asked that nobody who handles it learns who they are.
    follows: the message on record that it goes on from.
    """

    channel: str
    subject: str
    body: str
    received_at: datetime
    mode: IntakeMode = IntakeMode.NEW
    source: str = ""
    source_ref: str = ""
    row_ref: str = ""
    sender: str = ""
    contact: Contact = field(default_factory=Contact)
    place: str = ""
    district: str = ""
    kind_stated: str = ""
    department_stated: str = ""
    reply: str = ""
    replied_at: datetime | None = None
    publishable: bool = False
    confidential: bool = False
    entered_by: str = ""
    form_token: str = ""
    language: str = "zh"
    follows: UUID | None = None


@dataclass(frozen=True, slots=True)
class DepartmentGuess:
    """A department that may be the one to answer, how likely, by which route, and why.

    reasons: (words from the text, the topic or name they spoke for).
    """

    department: str
    probability: float
    route: str
    topic: TopicPath
    reasons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """What routing says about a message: guesses best first, and whether to act on the first.

    department: assigned at once, or "" for the screening queue; then `reason` says why
    ("unsure", "route", "report", "off", "topic", "none").
    accused: departments that a 举报 seems to name, for the screener to confirm or strike out.
    catalogue: the version of the dispatch catalogue that says so.
    """

    guesses: tuple[DepartmentGuess, ...]
    department: str
    route: str
    reason: str
    accused: tuple[str, ...] = ()
    catalogue: str = ""


class ClockName(StrEnum):
    """The separate clocks of a ticket."""

    DISPATCH = "dispatch"  # 派单
    SIGN = "sign"  # 签收
    CONTACT = "contact"  # 首次联系
    REPORT = "report"  # 初报
    REPLY = "reply"  # 答复
    CALL_BACK = "call_back"  # 回访
    CO_HANDLE = "co_handle"  # 会办: of each contribution asked for, none of the ticket's own


STOPPED_BY: dict[TicketAct, ClockName] = {
    TicketAct.ASSIGN: ClockName.DISPATCH,
    TicketAct.SIGN: ClockName.SIGN,
    TicketAct.CONTACT: ClockName.CONTACT,
    TicketAct.REPORT: ClockName.REPORT,
    TicketAct.ANSWER: ClockName.REPLY,
    TicketAct.PUBLISH: ClockName.REPLY,
    TicketAct.CALL_BACK: ClockName.CALL_BACK,
}


class ClockUnit(StrEnum):
    """minute, hour: round the clock. duty_hour: only while the office is on duty. working_day,
    calendar_day: whole days, the first not counted; 0 calendar days end with the day itself.
    month: to the day of the same number (民法典 202)."""

    MINUTE = "minute"
    HOUR = "hour"
    DUTY_HOUR = "duty_hour"
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"


class Approver(StrEnum):
    """Who grants what a rule lets be asked for: the head of the unit, or the centre itself."""

    UNIT = "unit"
    CENTRE = "centre"


class ClockStart(StrEnum):
    """What a clock runs from. However often a ticket is returned, these times stay as they are."""

    RECEIVED = "received"  # the citizen's submission
    ACCEPTED = "accepted"  # 受理: a time of its own (信访工作条例 34, 44)
    ANSWERED = "answered"
    ASKED = "asked"  # another unit was asked for a contribution


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One rule of the deadline policy. Empty tuples match everything.

    regions: district codes. topics: levels joined by "/", each with all below it. channels: as in
    taxonomy.CHANNELS. rolls_over: a last day on a day of rest moves to the next working day
    (民法典 203). extend: by how much it may be extended at most, in its own unit, once, and extend_by
    whom. two_persons: a second person must agree: of a reply rule to the answer, of a dispatch rule
    to not taking the message up. warnings: parts of its time at which is warned in place of those of
    the ladder. binding: the law sets it, and what a city decides is never longer. source, verification: where the rule comes from and how far that is verified (A, B, C, U, D).
    """

    id: str
    clock: ClockName
    amount: int
    unit: ClockUnit
    kinds: tuple[str, ...] = ()
    urgencies: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    starts: ClockStart = ClockStart.RECEIVED
    rolls_over: bool = True
    source: str = ""
    source_rule: str = ""
    verification: str = "D"
    extend: int = 0
    extend_by: Approver = Approver.UNIT
    two_persons: bool = False
    warnings: tuple[float, ...] = ()
    binding: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """A running or stopped clock. provisional: the due day rests on days nobody has announced.
    round: 1, or more after the ticket was reopened. extra: by how much it was extended, in its own
    unit. paused: it stands still, and its due time is that of a pause that lasts as long as it may.
    step, next_step_at: the step of the ladder it comes to next, and when (casework/ladder.py)."""

    name: ClockName
    rule_id: str
    amount: int
    unit: ClockUnit
    started_at: datetime
    due_at: datetime
    provisional: bool
    stopped_at: datetime | None = None
    voided: bool = False  # history: computed, never run; or no longer applies
    round: int = 1
    extra: int = 0
    paused: bool = False
    step: int = 0
    next_step_at: datetime | None = None

    @property
    def running(self) -> bool:
        """Neither stopped nor voided; a paused clock still runs, it only stands still."""
        return self.stopped_at is None and not self.voided

    def met(self) -> bool:
        """Stopped in time."""
        return self.stopped_at is not None and self.stopped_at <= self.due_at

    def overdue(self, now: datetime) -> bool:
        """Running and past due; a stopped, paused or voided clock is never overdue."""
        return self.running and not self.paused and now > self.due_at


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender of an accepted message is told. code is shown once and kept by nobody."""

    ticket_id: UUID
    message_id: UUID
    number: str
    code: str
    department: str
    due_at: datetime | None
    provisional: bool
    kind: str
    repeated: bool = False  # the form had been sent before; number is the first one, code is ""

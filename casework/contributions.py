"""会办: what the unit that leads asks others for, and what they gave. Plain Python.

Those asked are units of the office, or bodies outside it (a water company, a neighbouring city), which answer by
a link that was mailed to them.

The lead unit gives the one answer (首接负责). A contribution stays inside; it has a day of its own, never
after that of the ticket's reply.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from casework.life import WITH_DEPARTMENT, TicketState


class ContributionState(StrEnum):
    OPEN = "open"
    GIVEN = "given"
    DECLINED = "declined"  # by the unit asked, with a reason
    WITHDRAWN = "withdrawn"  # by whoever asked, with a reason
    EXPIRED = "expired"  # a body outside did not answer while its link held
    NEEDLESS = (
        "needless"  # overtaken: the ticket was answered, taken back, or given to this very unit
    )


SEEN_BY_ASKED = (ContributionState.OPEN, ContributionState.GIVEN)
"""While a contribution is one of these the unit asked sees the ticket."""


@dataclass(frozen=True, slots=True)
class Outside:
    """A body outside that was asked. expires_at: its link holds until then. opened_at: when it was first
    opened. mailed_at: when the mail with it went out; failed: why it did not, "" for not;
    given_up: it is not tried again."""

    name: str
    email: str
    expires_at: datetime
    opened_at: datetime | None
    mailed_at: datetime | None = None
    failed: str = ""
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class Contribution:
    """One contribution. department: code of the unit asked, "" for a body outside, which `outside` is. question: what is wanted of it. words: what
    it gave, "" until then. ended_by: who did; of a body outside the name signed with. reason: why it was declined or withdrawn."""

    id: UUID
    department: str
    state: ContributionState
    asked_by: str
    asked_at: datetime
    question: str
    due_at: datetime
    words: str
    ended_by: str
    ended_at: datetime | None
    reason: str
    outside: Outside | None = None

    @property
    def open(self) -> bool:
        return self.state is ContributionState.OPEN

    def overdue(self, now: datetime) -> bool:
        return self.open and now > self.due_at


def overtaken(state: TicketState, lead: str, asked: str) -> bool:
    """Whether nobody waits for a contribution any longer: no unit works on the ticket, or the unit
    asked leads it by now. asked: "" for one outside."""
    return state not in WITH_DEPARTMENT or (bool(asked) and lead == asked)

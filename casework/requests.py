"""What somebody asks for and somebody else decides: to return a ticket, to have more time, to let its
clocks stand still, to give an answer, not to take a message up. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from casework.counting import Term
from casework.model import Approver


class RequestKind(StrEnum):
    RETURN = "return"  # 退单
    EXTEND = "extend"  # 延期
    SUSPEND = "suspend"  # 中止计时
    ANSWER = "answer"  # 答复送审
    REFUSE = "refuse"  # 不予受理


class RequestState(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"


class PauseReason(StrEnum):
    """Why clocks stand still: the cases the law knows, and no other."""

    CITIZEN = "citizen"  # the citizen must supply something (信息公开条例 30)
    HEARING = "hearing"  # 听证 (信访工作条例 36)
    APPRAISAL = "appraisal"  # 鉴定、检测 (市监办法 22)
    THIRD_PARTY = "third_party"  # asking third parties or other bodies (信息公开条例 33)


@dataclass(frozen=True, slots=True)
class PauseRule:
    """How long clocks may stand still for a reason at most, and who agrees to it."""

    reason: PauseReason
    most: Term
    by: Approver
    source: str
    verification: str


@dataclass(frozen=True, slots=True)
class Request:
    """One request. department: of who asked. amount: of an extension in the clock's own unit, of a
    suspension in the unit of its rule. pause: the reason of a suspension, or "". target: where a
    returned ticket should go, in the eyes of who returns it, or "". parts: the answer that waits, by
    element. decision: what was said with the decision."""

    id: UUID
    ticket_id: UUID
    kind: RequestKind
    state: RequestState
    asked_by: str
    asked_at: datetime
    department: str
    reason: str
    basis: str
    amount: int
    pause: str
    target: str
    parts: dict[str, str]
    decided_by: str
    decided_at: datetime | None
    decision: str

"""The life of a ticket: its states, and which act leads from which to which. Plain Python.

docs/architecture.md shows the picture `drawn` makes of it; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from casework.errors import Conflict


class TicketState(StrEnum):
    """Where a ticket stands. The words people read are in the translations."""

    SCREENING = "screening"  # 待筛查: a person decides who answers
    ASSIGNED = "assigned"  # 待签收: with a department, not yet signed for
    HANDLING = "handling"  # 办理中
    SUSPENDED = "suspended"  # 中止计时: waiting for somebody outside, its clocks stand still
    RETURNED = "returned"  # 退单待审: the unit says it is not theirs, its clocks run on
    REVIEWING = "reviewing"  # 待审核: an answer waits for a second person
    ANSWERED = "answered"  # 已答复
    CLOSED = "closed"  # 已办结
    UNKNOWN = "unknown"  # 答复不详: history whose answer was not handed over
    MERGED = "merged"  # 已并案: another ticket carries the matter
    REFUSED = "refused"  # 不予受理: with a reason, the citizen may object


WITH_DEPARTMENT = (
    TicketState.ASSIGNED,
    TicketState.HANDLING,
    TicketState.SUSPENDED,
    TicketState.RETURNED,
    TicketState.REVIEWING,
)
"""The open states in which a department answers for the ticket."""
OPEN_STATES = frozenset({TicketState.SCREENING, *WITH_DEPARTMENT})


class TicketAct(StrEnum):
    """What a person or the program can do to a ticket."""

    ASSIGN = "assign"  # 派单, from screening
    REASSIGN = "reassign"  # 改派, correcting the program or a person
    SIGN = "sign"  # 签收
    CONTACT = "contact"  # 首次联系
    REPORT = "report"  # 初报: interim result of an urgent matter
    EXTEND = "extend"  # 延期
    CO_HANDLE = "co_handle"  # 会办: ask another unit for a contribution
    CONTRIBUTE = "contribute"  # 会办意见: give it, or say why not; withdraw the asking
    SUSPEND = "suspend"  # 中止计时
    RESUME = "resume"  # 恢复计时
    RETURN = "return"  # 退单, to be decided
    KEEP = "keep"  # 退单不成立: it stays, and cannot be returned again
    MOVE = "move"  # 退单成立: to the unit decided on, which cannot return it again
    SUBMIT = "submit"  # 送审
    SEND_BACK = "send_back"  # 退回修改
    PUBLISH = "publish"  # 审核后答复
    ANSWER = "answer"  # 答复
    CALL_BACK = "call_back"  # 回访
    CLOSE = "close"  # 办结
    REOPEN = "reopen"  # 重办
    MERGE = "merge"  # 并案: the same matter as another ticket
    REFUSE = "refuse"  # 不予受理
    UNDO = "undo"  # 撤回 a dispatch nobody has acted on
    TAKE_UP = "take_up"  # 重新受理 what was merged or refused


_S = TicketState
TRANSITIONS: dict[TicketAct, dict[TicketState, TicketState]] = {
    TicketAct.ASSIGN: {_S.SCREENING: _S.ASSIGNED},
    TicketAct.REASSIGN: {_S.ASSIGNED: _S.ASSIGNED, _S.HANDLING: _S.ASSIGNED},
    TicketAct.SIGN: {_S.ASSIGNED: _S.HANDLING},
    TicketAct.CONTACT: {_S.HANDLING: _S.HANDLING},
    TicketAct.REPORT: {_S.HANDLING: _S.HANDLING},
    TicketAct.EXTEND: {state: state for state in WITH_DEPARTMENT},
    TicketAct.CO_HANDLE: {state: state for state in (_S.ASSIGNED, _S.HANDLING, _S.SUSPENDED)},
    TicketAct.CONTRIBUTE: {state: state for state in WITH_DEPARTMENT},
    TicketAct.SUSPEND: {_S.HANDLING: _S.SUSPENDED},
    TicketAct.RESUME: {_S.SUSPENDED: _S.HANDLING},
    TicketAct.RETURN: {_S.ASSIGNED: _S.RETURNED, _S.HANDLING: _S.RETURNED},
    TicketAct.KEEP: {_S.RETURNED: _S.ASSIGNED},
    TicketAct.MOVE: {_S.RETURNED: _S.ASSIGNED},
    TicketAct.SUBMIT: {_S.HANDLING: _S.REVIEWING},
    TicketAct.SEND_BACK: {_S.REVIEWING: _S.HANDLING},
    TicketAct.PUBLISH: {_S.REVIEWING: _S.ANSWERED},
    TicketAct.ANSWER: {_S.HANDLING: _S.ANSWERED},
    TicketAct.CALL_BACK: {_S.ANSWERED: _S.ANSWERED},
    TicketAct.CLOSE: {_S.ANSWERED: _S.CLOSED},
    TicketAct.REOPEN: {_S.ANSWERED: _S.ASSIGNED, _S.CLOSED: _S.ASSIGNED},
    TicketAct.MERGE: {_S.SCREENING: _S.MERGED},
    TicketAct.REFUSE: {_S.SCREENING: _S.REFUSED},
    TicketAct.UNDO: {_S.ASSIGNED: _S.SCREENING},
    TicketAct.TAKE_UP: {_S.MERGED: _S.SCREENING, _S.REFUSED: _S.SCREENING},
}


def next_state(state: TicketState, act: TicketAct) -> TicketState:
    """The state after the act. Raises Conflict("state") when the act is impossible now."""
    try:
        return TRANSITIONS[act][state]
    except KeyError:
        raise Conflict("state") from None


def possible_acts(state: TicketState) -> frozenset[TicketAct]:
    """The acts that are possible in a state, whoever may do them."""
    return frozenset(act for act, moves in TRANSITIONS.items() if state in moves)


def state_after(
    acts: Iterable[TicketAct], state: TicketState = TicketState.SCREENING
) -> TicketState:
    """Where a ticket stands after these acts. Raises Conflict("state") as next_state."""
    for act in acts:
        state = next_state(state, act)
    return state


def drawn() -> str:
    """The states and acts as a Mermaid diagram."""
    lines = ["stateDiagram-v2", "    [*] --> screening", "    [*] --> assigned: assign"]
    for act, moves in TRANSITIONS.items():
        lines += [f"    {before} --> {after}: {act}" for before, after in moves.items()]
    return "\n".join(lines)

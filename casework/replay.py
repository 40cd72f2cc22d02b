"""Where a ticket must stand, told by its audit trail alone: what the trail says is what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from casework.events import EventName
from casework.life import TicketAct, TicketState, next_state

ACTS = {
    EventName.ASSIGNED: TicketAct.ASSIGN,
    EventName.REASSIGNED: TicketAct.REASSIGN,
    EventName.SIGNED: TicketAct.SIGN,
    EventName.CONTACTED: TicketAct.CONTACT,
    EventName.REPORTED: TicketAct.REPORT,
    EventName.EXTENDED: TicketAct.EXTEND,
    EventName.SUSPENDED: TicketAct.SUSPEND,
    EventName.RESUMED: TicketAct.RESUME,
    EventName.RETURN_ASKED: TicketAct.RETURN,
    EventName.RETURN_KEPT: TicketAct.KEEP,
    EventName.RETURN_MOVED: TicketAct.MOVE,
    EventName.ANSWER_SUBMITTED: TicketAct.SUBMIT,
    EventName.ANSWER_SENT_BACK: TicketAct.SEND_BACK,
    EventName.CALLED_BACK: TicketAct.CALL_BACK,
    EventName.CLOSED: TicketAct.CLOSE,
    EventName.REOPENED: TicketAct.REOPEN,
    EventName.MERGED: TicketAct.MERGE,
    EventName.REFUSED: TicketAct.REFUSE,
    EventName.TAKEN_UP: TicketAct.TAKE_UP,
    EventName.OBJECTED: TicketAct.TAKE_UP,
}
"""Events by which a ticket goes on. Answers and what is taken back depend on where it stood; all
other events happen beside its way."""


def replayed(events: Iterable[tuple[EventName, Mapping[str, object]]]) -> TicketState:
    """The state after a ticket's events, from its first; what each says as its text.

    Raises Conflict("state") for a trail that cannot have happened.
    """
    state = TicketState.SCREENING
    for name, said in events:
        act = _act(name, said, state)
        if act is not None:
            state = next_state(state, act)
    return state


def _act(name: EventName, said: Mapping[str, object], state: TicketState) -> TicketAct | None:
    if name is EventName.ANSWERED:
        return TicketAct.PUBLISH if state is TicketState.REVIEWING else TicketAct.ANSWER
    if name is EventName.UNDONE:
        return TicketAct.UNDO if said.get("what") == EventName.ASSIGNED else TicketAct.TAKE_UP
    return ACTS.get(name)

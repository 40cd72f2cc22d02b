"""Where a ticket must stand, told by its audit trail alone: what the trail says is what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from casework.contributions import ContributionState, overtaken
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
    EventName.CONTRIBUTION_ASKED: TicketAct.CO_HANDLE,
    EventName.CONTRIBUTED: TicketAct.CONTRIBUTE,
    EventName.CONTRIBUTION_DECLINED: TicketAct.CONTRIBUTE,
    EventName.CONTRIBUTION_WITHDRAWN: TicketAct.CONTRIBUTE,
    EventName.CONTRIBUTION_EXPIRED: TicketAct.CONTRIBUTE,
    EventName.RETURN_ASKED: TicketAct.RETURN,
    EventName.RETURN_KEPT: TicketAct.KEEP,
    EventName.RETURN_MOVED: TicketAct.MOVE,
    EventName.ANSWER_SUBMITTED: TicketAct.SUBMIT,
    EventName.ANSWER_SENT_BACK: TicketAct.SEND_BACK,
    EventName.CALLED_BACK: TicketAct.CALL_BACK,
    EventName.NOT_REACHED: TicketAct.CALL_BACK,
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
        state = _after(name, said, state)
    return state


CONTRIBUTIONS = {
    EventName.CONTRIBUTION_ASKED: ContributionState.OPEN,
    EventName.CONTRIBUTED: ContributionState.GIVEN,
    EventName.CONTRIBUTION_DECLINED: ContributionState.DECLINED,
    EventName.CONTRIBUTION_WITHDRAWN: ContributionState.WITHDRAWN,
    EventName.CONTRIBUTION_EXPIRED: ContributionState.EXPIRED,
}
GIVEN_TO = (
    EventName.ASSIGNED,
    EventName.REASSIGNED,
    EventName.RETURN_MOVED,
    EventName.REOPENED,
)
"""Events that say which unit leads from then on."""


def contributions_after(
    events: Iterable[tuple[EventName, Mapping[str, object]]],
) -> dict[str, ContributionState]:
    """Where each contribution must stand, by its id; events as of `replayed`."""
    state, lead = TicketState.SCREENING, ""
    found: dict[str, ContributionState] = {}
    units: dict[str, str] = {}
    for name, said in events:
        state = _after(name, said, state)
        if name in GIVEN_TO:
            lead = str(said.get("department") or "")
        if name in CONTRIBUTIONS:
            one = str(said["contribution"])
            found[one] = CONTRIBUTIONS[name]
            units.setdefault(one, str(said.get("department") or ""))
        gone = _let_off(said) if name is EventName.ACCUSED_NAMED else ()
        for one, stands in found.items():
            needless = one in gone or overtaken(state, lead, units[one])
            if stands is ContributionState.OPEN and needless:
                found[one] = ContributionState.NEEDLESS
    return found


def _let_off(said: Mapping[str, object]) -> tuple[str, ...]:
    """The contributions of units that became accused."""
    gone = said.get("let_off")
    return tuple(str(one) for one in gone) if isinstance(gone, list) else ()


def _after(name: EventName, said: Mapping[str, object], state: TicketState) -> TicketState:
    act = _act(name, said, state)
    return state if act is None else next_state(state, act)


def _act(name: EventName, said: Mapping[str, object], state: TicketState) -> TicketAct | None:
    if name is EventName.ANSWERED:
        return TicketAct.PUBLISH if state is TicketState.REVIEWING else TicketAct.ANSWER
    if name is EventName.UNDONE:
        return TicketAct.UNDO if said.get("what") == EventName.ASSIGNED else TicketAct.TAKE_UP
    return ACTS.get(name)

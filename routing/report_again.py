"""The same person reports the same facts again: one of the two carries both, and new facts count its term anew.

市场监督管理投诉举报处理办法 (2026) 35(2), SJ-07: merged; with new facts the term runs “自收到最后一次举报之日起”.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from casework.errors import Conflict, Rejected
from casework.life import WITH_DEPARTMENT
from casework.model import ClockName
from casework.office import Office
from casework.storage.clocks import counted, running
from casework.storage.merging import carried_by
from casework.storage.records import Work
from casework.storage.screening import name_accused
from casework.storage.staff_notices import tell_unit
from casework.storage.tables import TicketRow
from casework.taxonomy import REPORT
from routing.screen import clocks_of

AGAIN = "report_again"
"""The step under which the unit is told."""


def check_same_reporter(ticket: TicketRow, target: TicketRow) -> None:
    """Whether these two may be one: a 举报 joins only an earlier one of the same known sender, so that
    nobody learns of a stranger's, and only once a person has said whom that one accuses.

    Raises Rejected("report_apart", "into"), Conflict("state") while the other is not with a department.
    """
    sender = ticket.message.sender_digest
    same = sender is not None and sender == target.message.sender_digest
    if not same or ticket.kind != REPORT or target.kind != REPORT:
        raise Rejected("report_apart", "into")
    if target.unscreened_report or target.state not in WITH_DEPARTMENT:
        raise Conflict("state")


def join_reports(
    work: Work,
    office: Office,
    ticket: TicketRow,
    target: TicketRow,
    new_facts: bool,
    by: str,
    now: datetime,
) -> dict[str, object]:
    """Let a 举报 go with the one that carries it: nobody that one accuses sees it, its unit does. Returns
    what the audit trail says beside the number."""
    others = list(carried_by(work, target))
    name_accused(work, ticket, [row.department for row in target.accusations], by, now)
    ticket.unscreened_report = False
    ticket.new_facts = new_facts
    if not new_facts:
        return {}
    count_from_last(office, target, [*others, ticket])
    tell_unit(work, target, AGAIN, now)
    due = [clock.due_at for clock in running(target) if clock.name == ClockName.REPLY]
    return {"new_facts": True, "due": due[0].isoformat(timespec="seconds") if due else ""}


def part_reports(work: Work, office: Office, ticket: TicketRow, target: TicketRow) -> None:
    """Take a 举报 out again, to be looked at by a person; the other's term runs as it would have without
    it. Whom it was said to accuse stays."""
    others = [row for row in carried_by(work, target) if row.id != ticket.id]
    if ticket.new_facts:
        count_from_last(office, target, others)
    ticket.unscreened_report, ticket.new_facts = True, False


def count_from_last(office: Office, target: TicketRow, carried: Sequence[TicketRow]) -> None:
    """Let the reply clock run from the last of the reports that brought new facts; an extension that
    was granted is kept. What was done again runs on from then at the earliest."""
    begun = {clock.name: clock.started_at for clock in clocks_of(office, target)}
    for clock in running(target):
        if clock.name != ClockName.REPLY:
            continue
        first = begun.get(ClockName.REPLY) if target.round == 1 else None
        came = [row.opened_at for row in carried if row.new_facts]
        clock.started_at = max([first or clock.started_at, *came])
        found = counted(office, target, clock)
        clock.due_at, clock.provisional = found.due_at, found.provisional
        clock.step, clock.next_step_at = 0, None  # to be set again by `schedule`

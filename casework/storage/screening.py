"""Recording what a screener decided: accused units, and clocks by the corrected kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from uuid_utils.compat import uuid7

from casework.model import Clock
from casework.storage.records import Work
from casework.storage.tables import AccusationRow, ClockRow, TicketRow


def name_accused(
    work: Work, ticket: TicketRow, departments: Iterable[str], by: str, now: datetime
) -> None:
    """Name the departments a 举报 accuses, beside those named before."""
    known = {row.department for row in ticket.accusations}
    for code in sorted(set(departments) - known):
        ticket.accusations.append(
            AccusationRow(ticket_id=ticket.id, department=code, named_by=by, named_at=now)
        )


def restart_clocks(work: Work, ticket: TicketRow, clocks: Iterable[Clock]) -> None:
    """Replace the running clocks by those of the corrected kind and urgency.

    Clocks still run from the citizen's submission. A clock that has stopped keeps its time; one
    that no longer applies is voided, not deleted: its row says that it once ran.
    """
    present = {row.name: row for row in ticket.clocks if row.round == ticket.round}
    wanted = {clock.name: clock for clock in clocks}
    for name, row in present.items():
        if name not in wanted and row.stopped_at is None:
            row.voided = True
    for name, clock in wanted.items():
        known = present.get(name)
        if known is None:
            known = ClockRow(
                id=uuid7(), ticket_id=ticket.id, name=clock.name, round=ticket.round, extra=0
            )
            ticket.clocks.append(known)
        elif known.stopped_at is not None:
            continue
        known.rule_id, known.amount, known.unit = clock.rule_id, clock.amount, clock.unit
        known.started_at, known.due_at = clock.started_at, clock.due_at
        known.provisional, known.voided = clock.provisional, False
        known.step, known.next_step_at = 0, None

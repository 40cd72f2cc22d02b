"""The sweep: every clock whose next step of the ladder is due takes it, once, in order, however many.

It goes in batches, each a transaction of its own: the audit event, the notice to those who work on it,
the level of supervision and the clock's next step are written together or not at all, so that a sweep
cut off anywhere goes on where it stood. A ticket somebody acts on at that moment is left to the next
turn, and two hands may sweep at a time. What a downtime left behind is caught up oldest first; of the
steps one clock has missed each stands in the audit trail, and only the last is told.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, tuple_, update
from uuid_utils.compat import uuid7

from casework.events import PROGRAM, EventName
from casework.ladder import Audience, Step, next_step
from casework.office import Office
from casework.storage.audit import Event, link_rows
from casework.storage.locks import lock
from casework.storage.records import Records, Work
from casework.storage.tables import (
    AuditEventRow,
    AuditTextRow,
    ClockRow,
    MessageRow,
    StaffNoticeRow,
    TicketRow,
)

BATCH, SMALLEST, LARGEST = 500, 25, 2_000
"""The first batch, and the bounds of those after it."""
LONGEST_SECONDS = 0.5
"""A batch holds SQLite's only write lock: how large it is goes by how fast the machine is."""
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Swept:
    """clocks: that took a step; steps: taken by all of them together."""

    clocks: int
    steps: int


@dataclass(slots=True)
class _Written:
    """What one batch writes, a list a table."""

    events: dict[str, list[Event]]
    clocks: list[Values]
    tickets: dict[UUID, int]
    notices: list[Values]
    steps: int = 0


def sweep(records: Records, office: Office, now: datetime) -> Swept:
    """Let every clock take the steps that are due at `now`."""
    found, steps, _ = _one_batch(records, office, now, BATCH)
    if found < BATCH:
        return Swept(found, steps)
    swept = [Swept(found, steps)]
    if records.writers > 1:  # one reckons while the database writes what another has reckoned
        with ThreadPoolExecutor(records.writers, "sweep") as hands:
            work = [hands.submit(_batches, records, office, now) for _ in range(records.writers)]
            swept += [each.result() for each in work]
    swept.append(_batches(records, office, now))
    return Swept(sum(each.clocks for each in swept), sum(each.steps for each in swept))


def _batches(records: Records, office: Office, now: datetime) -> Swept:
    """Batch after batch until no more is due than is being dealt with elsewhere."""
    clocks = steps = 0
    size = BATCH
    while True:
        records.give_way()
        found, taken, seconds = _one_batch(records, office, now, size)
        clocks, steps = clocks + found, steps + taken
        if found < size:
            return Swept(clocks, steps)
        size = _fitting(size, seconds)


def _one_batch(
    records: Records, office: Office, now: datetime, size: int
) -> tuple[int, int, float]:
    """Clocks, steps, seconds."""
    began = time.monotonic()
    with records.write() as work:
        found, taken = _batch(work, office, now, size)
        work.commit()
    return found, taken, time.monotonic() - began


def _fitting(size: int, seconds: float) -> int:
    """The size of the next batch, so that it takes LONGEST_SECONDS at most, as the last one went."""
    fitting = int(size * LONGEST_SECONDS / max(seconds, 0.001))
    return max(min(SMALLEST, BATCH), min(LARGEST, fitting))


def _batch(work: Work, office: Office, now: datetime, size: int) -> tuple[int, int]:
    # Tickets first, then their chains: the order in which everybody locks them.
    rows = work.session.execute(
        select(
            ClockRow.id,
            ClockRow.name,
            ClockRow.rule_id,
            ClockRow.started_at,
            ClockRow.due_at,
            ClockRow.step,
            ClockRow.next_step_at,
            TicketRow.id.label("ticket_id"),
            TicketRow.lead_department,
            TicketRow.supervision,
            TicketRow.policy_version,
            TicketRow.opened_at,
        )
        .join(TicketRow, TicketRow.id == ClockRow.ticket_id)
        .join(MessageRow, MessageRow.id == TicketRow.message_id)
        .where(
            ClockRow.next_step_at <= now,
            ClockRow.stopped_at.is_(None),
            ClockRow.voided.is_(False),
            MessageRow.deleted_at.is_(None),
        )
        .order_by(ClockRow.next_step_at, ClockRow.id)
        .limit(size)
        .with_for_update(of=(TicketRow, ClockRow), skip_locked=True)
    ).all()
    written = _Written({}, [], {}, [])
    # In the order in which tickets, clocks and chains lie: each page of theirs is touched once.
    for row in sorted(rows, key=lambda row: row.ticket_id):
        _take_steps(office, row, now, written)
    if rows:
        _write(work, written)
    return len(rows), written.steps


def _take_steps(office: Office, row: Any, now: datetime, written: _Written) -> None:
    """Every step of one clock that is due, in order, by the ladder its ticket began with."""
    ladder = office.policy_named(row.policy_version, row.opened_at).ladder_for(row.rule_id)
    number, at = row.step, row.next_step_at
    due_at = row.due_at
    last: Step | None = None
    while at is not None and at <= now:
        last = ladder[number]
        written.steps += 1
        written.events.setdefault(str(row.ticket_id), []).append(_event(row, last, at, now))
        known = written.tickets.get(row.ticket_id, row.supervision)
        written.tickets[row.ticket_id] = max(known, last.level)
        following = next_step(
            ladder, number + 1, row.name, row.started_at, due_at, office.calendar, office.zone
        )
        number, at = following or (len(ladder), None)
    written.clocks.append({"b_id": row.id, "b_step": number, "b_at": at})
    if last is not None:
        written.notices += [_notice(row, last, audience, now) for audience in last.tells]


def _event(row: Any, step: Step, at: datetime, now: datetime) -> Event:
    over = step.part == 1 or bool(step.after)
    said = {
        "clock": row.name,
        "step": step.name,
        "level": step.level,
        "due": row.due_at.isoformat(timespec="seconds"),
        "step_at": at.isoformat(timespec="seconds"),
    }
    return EventName.CLOCK_OVER if over else EventName.CLOCK_WARNED, PROGRAM, now, json.dumps(said)


def _notice(row: Any, step: Step, audience: Audience, now: datetime) -> Values:
    """Of a ticket nobody has yet, the centre is the unit."""
    own = audience in (Audience.UNIT, Audience.HEAD)
    unit = row.lead_department if own else None
    return {
        "id": uuid7(),
        "ticket_id": row.ticket_id,
        "clock": row.name,
        "step": step.name,
        "audience": audience if unit or not own else Audience.CENTRE,
        "department": unit,
        "created_at": now,
    }


def _write(work: Work, written: _Written) -> None:
    _append_all(work, written.events)
    notices: Any = StaffNoticeRow.__table__
    work.session.execute(insert(notices), written.notices)
    clocks: Any = ClockRow.__table__
    work.session.execute(
        update(clocks)
        .where(clocks.c.id == bindparam("b_id"))
        .values(step=bindparam("b_step"), next_step_at=bindparam("b_at")),
        written.clocks,
    )
    raised: dict[int, list[UUID]] = {}
    for ticket_id, level in written.tickets.items():
        raised.setdefault(level, []).append(ticket_id)
    tickets: Any = TicketRow.__table__
    for level, ids in raised.items():
        # Beside the version: who looks at the ticket need not look again for this.
        work.session.execute(
            update(tickets)
            .where(tickets.c.id.in_(ids), tickets.c.supervision < level)
            .values(supervision=level)
        )


def _append_all(work: Work, events: dict[str, list[Event]]) -> None:
    """Add events at the ends of many chains, in a few statements."""
    lock(work, [f"audit {chain}" for chain in events])
    links: list[Values] = []
    texts: list[Values] = []
    for chain, sequence, digest in _ends(work, list(events)):
        more, said = link_rows(chain, sequence, digest, events[chain])
        links += more
        texts += said
    chain_rows: Any = AuditEventRow.__table__
    text_rows: Any = AuditTextRow.__table__
    work.session.execute(insert(chain_rows), links)
    work.session.execute(insert(text_rows), texts)


def _ends(work: Work, chains: Sequence[str]) -> Iterable[tuple[str, int, str]]:
    last = (
        select(AuditEventRow.chain, func.max(AuditEventRow.sequence))
        .where(AuditEventRow.chain.in_(chains))
        .group_by(AuditEventRow.chain)
    )
    rows = work.session.execute(
        select(AuditEventRow.chain, AuditEventRow.sequence, AuditEventRow.digest).where(
            tuple_(AuditEventRow.chain, AuditEventRow.sequence).in_(last)
        )
    )
    return [(chain, sequence, digest) for chain, sequence, digest in rows]

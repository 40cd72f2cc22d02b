"""Loading the demonstration city into a home through the very use cases that serve a real one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from random import Random
from uuid import UUID, uuid5

from casework.errors import Rejected
from casework.model import ClockName, Receipt, TicketState
from casework.office import Office
from casework.permissions import Person, Role
from casework.storage import office as office_records
from casework.storage.records import Records
from casework.storage.tables import ClockRow, TicketRow
from casework.taxonomy import REPORT, URGENT
from intake.receive import Intake, receive, receive_many
from routing import handle, screen
from routing.handle import ReplyParts
from routing.screen import ScreeningDecision
from runtime.demonstration.compose import SEED, Composed, compose
from runtime.demonstration.published import publish_some
from runtime.demonstration.sentences import departments

DEMONSTRATION = "demonstration"
"""The fact that says this home holds the demonstration, and since when."""
LOADED = "demonstration_loaded"
NAMESPACE = UUID("5d0f5b3e-6f0a-5c55-9d1c-3f6d2f1f7a10")
DISPATCHED_AFTER = timedelta(seconds=20)
SCREENED_AFTER = timedelta(hours=3)
SIGNED_AFTER = timedelta(hours=4)
CONTACTED_AFTER = timedelta(hours=9)
REPORTED_AFTER = timedelta(hours=20)
A_MINUTE = timedelta(minutes=1)
IN_TIME = 0.6
"""The made-up staff act after the usual time, or when this part of the clock is over: the urgent is
dispatched within minutes."""
SIGNED_SHARE = 0.75
FORGOTTEN_SHARE = 0.05
"""Signed for late, so that the boards have something to show."""


def prepare(records: Records, now: datetime) -> datetime:
    """Add the districts of the made-up city and mark the home as a demonstration.

    Returns the moment the ninety days end at: the one of the first call, so that a loading that
    was interrupted goes on with the same messages.
    """
    with records.write() as work:
        began = office_records.fact(work, DEMONSTRATION)
        if began:
            return datetime.fromisoformat(began)
        office_records.save_departments(work, departments())
        office_records.announce_change(work)
        office_records.set_fact(work, DEMONSTRATION, now.isoformat())
        work.commit()
    return now


def is_demonstration(records: Records) -> bool:
    """Whether this home holds the made-up city, whole or in part."""
    with records.read() as work:
        return bool(office_records.fact(work, DEMONSTRATION))


def is_loaded(records: Records) -> bool:
    """Whether this home holds the whole demonstration."""
    with records.read() as work:
        return bool(office_records.fact(work, LOADED))


def load_messages(
    intake: Intake, until: datetime, progress: Callable[[int], None] = lambda done: None
) -> int:
    """Take in ninety days of messages and act on them as the office did; returns how many.

    May be killed and run again with the same `until`: what is on record is not taken in twice.
    """
    office = intake.office()
    composed = compose(until, office.zone, office.calendar)
    loader = _Loader(intake, office, until)
    for whole_day, group in groupby(composed, key=_batch_of):
        entries = list(group)
        if whole_day is not None:
            loader.take_answered(entries)
        else:
            for entry in entries:
                loader.take_open(entry)
        progress(len(entries))
    publish_some(intake.records, office, loader.person(Role.SCREENER, ""), until)
    with intake.records.write() as work:
        office_records.set_fact(work, LOADED, until.isoformat())
        work.commit()
    return len(composed)


def _batch_of(entry: Composed) -> object:
    """Matters long answered are taken in a day at a time, all others one by one."""
    if entry.answered_at is None or entry.draft.kind_stated == REPORT:
        return None
    return entry.draft.received_at.date()


class _Loader:
    def __init__(self, intake: Intake, office: Office, now: datetime) -> None:
        self._intake = intake
        self._office = office
        self._now = now
        self._random = Random(SEED)  # noqa: S311 — the same city every time is the point

    def take_answered(self, entries: list[Composed]) -> None:
        drafts = [
            replace(
                entry.draft,
                reply=entry.answer,
                replied_at=entry.answered_at,
                department_stated=entry.department,
            )
            for entry in entries
        ]
        for outcome in receive_many(self._intake, drafts, entries[-1].draft.received_at):
            if isinstance(outcome, Rejected):
                raise outcome

    def take_open(self, entry: Composed) -> None:
        at = entry.draft.received_at
        receipt = receive(self._intake, entry.draft, at + DISPATCHED_AFTER)
        if receipt.repeated:
            return
        if self._state(receipt) is TicketState.SCREENING:
            screened_at = self._in_time(receipt, ClockName.DISPATCH, at, SCREENED_AFTER)
            if screened_at > self._now:
                return  # it waits in the queue, and its clock runs
            self._screen(receipt, entry.department, screened_at)
        if entry.answered_at is not None or self._is_signed_for(receipt):
            self._handle(receipt, entry, at)

    def _is_signed_for(self, receipt: Receipt) -> bool:
        """One that still has time may wait; of those that have none some are forgotten."""
        clock = self._clock(receipt, ClockName.SIGN)
        drawn = self._random.random()
        if clock is not None and clock.due_at <= self._now:
            return self._ticket(receipt).urgency == URGENT or drawn >= FORGOTTEN_SHARE
        return drawn < SIGNED_SHARE

    def _in_time(
        self, receipt: Receipt, name: ClockName, at: datetime, usual: timedelta
    ) -> datetime:
        """When the made-up staff do what stops a clock."""
        clock = self._clock(receipt, name)
        if clock is None:
            return at + usual
        return min(at + usual, clock.started_at + IN_TIME * (clock.due_at - clock.started_at))

    def _clock(self, receipt: Receipt, name: ClockName) -> ClockRow | None:
        with self._intake.records.read() as work:
            ticket = work.session.get_one(TicketRow, receipt.ticket_id)
            running = (each for each in ticket.clocks if each.name == name and not each.voided)
            return next(running, None)

    def _screen(self, receipt: Receipt, department: str, at: datetime) -> None:
        ticket = self._ticket(receipt)
        decision = ScreeningDecision(department, ticket.kind, ticket.urgency)
        screener = self.person(Role.SCREENER, "")
        screen.assign(
            self._intake.records,
            self._office,
            ticket.id,
            screener,
            decision,
            ticket.version,
            at,
        )

    def _handle(self, receipt: Receipt, entry: Composed, at: datetime) -> None:
        records, office = self._intake.records, self._office
        ticket = self._ticket(receipt)
        person = self.person(Role.DEPARTMENT, ticket.lead_department or "")
        signed_at = self._in_time(receipt, ClockName.SIGN, at, SIGNED_AFTER)
        signed_at = max(signed_at, (ticket.assigned_at or at) + A_MINUTE)
        if signed_at > self._now:
            return
        handle.sign(records, office, ticket.id, person, ticket.version, signed_at)
        contacted_at = self._in_time(receipt, ClockName.CONTACT, at, CONTACTED_AFTER)
        contacted_at = max(contacted_at, signed_at + A_MINUTE)
        if contacted_at > self._now:
            return
        version = self._ticket(receipt).version
        note = "已与您电话联系，正在安排人员查看。"
        handle.contact(records, office, ticket.id, person, version, note, contacted_at)
        if entry.answered_at is not None:
            self._answer(receipt, person, entry.answer, max(entry.answered_at, contacted_at))
        else:
            self._report(receipt, person, contacted_at)

    def _report(self, receipt: Receipt, person: Person, at: datetime) -> None:
        """Urgent matters want to be reported on before they are answered."""
        clock = self._clock(receipt, ClockName.REPORT)
        reported_at = self._in_time(receipt, ClockName.REPORT, at, REPORTED_AFTER)
        reported_at = max(reported_at, at + A_MINUTE)
        if clock is None or clock.stopped_at is not None or reported_at > self._now:
            return
        records, office = self._intake.records, self._office
        version = self._ticket(receipt).version
        note = "人员已到现场，险情已经控制，正在查原因。"
        handle.report(records, office, receipt.ticket_id, person, version, note, reported_at)

    def _answer(self, receipt: Receipt, person: Person, answer: str, at: datetime) -> None:
        records, office = self._intake.records, self._office
        parts = ReplyParts(
            facts="经核实，您反映的情况基本属实。",
            basis="",
            result=answer,
            remedy="如不同意，可以在收到答复之日起30日内申请复查。",
            contact="市12345热线转接",
        )
        version = self._ticket(receipt).version
        handle.answer(records, office, receipt.ticket_id, person, version, parts, at)
        version = self._ticket(receipt).version
        handle.close(records, office, receipt.ticket_id, person, version, at)

    def _state(self, receipt: Receipt) -> TicketState:
        return TicketState(self._ticket(receipt).state)

    def _ticket(self, receipt: Receipt) -> TicketRow:
        with self._intake.records.read() as work:
            ticket = work.session.get(TicketRow, receipt.ticket_id)
            if ticket is None:
                raise RuntimeError(f"ticket {receipt.number} is gone")
            return ticket

    def person(self, role: Role, department: str) -> Person:
        """One of the made-up staff."""
        name = f"yanshi-{department or role}".lower()
        return Person(
            id=uuid5(NAMESPACE, name),
            username=name,
            display_name="演示经办",
            roles=frozenset({role}),
            department=department,
            above=self._office.departments.above(department),
        )

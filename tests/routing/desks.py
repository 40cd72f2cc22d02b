"""People at their desks, and acting on a ticket as it now is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from casework.model import ClockName
from casework.office import Office
from casework.permissions import Person, Role
from casework.requests import PauseReason, RequestKind
from casework.storage.records import Records
from casework.storage.requests import waiting_request
from casework.storage.tables import AuditEventRow, ClockRow, TicketRow
from routing import handle
from routing.ask import Where, ask_extension, ask_return, ask_suspension, submit_answer
from routing.decide import Decision, decide
from routing.handle import ReplyParts
from tests.builders import RECEIVED

PARTS = ReplyParts("四盏灯的电缆被挖断。", "", "已换新缆。", "30日内可申请复查。", "市政科")


def person(office: Office, role: Role, department: str = "", name: str = "") -> Person:
    above = office.departments.above(department)
    username = name or f"{role}-{department}"
    return Person(uuid7(), username, "某人", frozenset({role}), department, above)


def after(minutes: float = 0, days: float = 0) -> datetime:
    return RECEIVED + timedelta(days=days, minutes=minutes)


class Desk:
    """One ticket, and whoever acts on it; every act is done on its newest version."""

    def __init__(self, records: Records, office: Office, ticket_id: UUID) -> None:
        self.records, self.office, self.id = records, office, ticket_id
        self.unit = person(office, Role.DEPARTMENT, "CGJ")
        self.head = person(office, Role.HEAD, "CGJ")
        self.screener = person(office, Role.SCREENER)

    def row(self) -> TicketRow:
        with self.records.read() as work:
            found = work.session.get_one(TicketRow, self.id)
            _ = (
                found.clocks,
                found.replies,
                found.accusations,
                found.pauses,
                found.message,
                found.contributions,
            )
            return found

    def clock(self, name: ClockName = ClockName.REPLY, turn: int = 1) -> ClockRow:
        clocks = self.row().clocks
        return next(c for c in clocks if c.name == name and c.round == turn)

    def events(self) -> list[str]:
        with self.records.read() as work:
            return list(
                work.session.scalars(
                    select(AuditEventRow.name)
                    .where(AuditEventRow.chain == str(self.id))
                    .order_by(AuditEventRow.sequence)
                )
            )

    def where(self, who: Person | None = None) -> Where:
        return Where(self.records, self.office, self.id, who or self.unit, self.row().version)

    def do(self, act: Callable[..., None], *given: Any, who: Person | None = None) -> None:
        """An act of routing.handle and its like."""
        act(self.records, self.office, self.id, who or self.unit, self.row().version, *given)

    def sign(self, at: datetime) -> None:
        self.do(handle.sign, at)

    def answer(self, at: datetime) -> None:
        self.do(handle.answer, PARTS, at)

    def ask_return(self, at: datetime, target: str = "JTJ") -> None:
        ask_return(self.where(), "不归我们管", "三定规定", target, at)

    def ask_extension(self, at: datetime, amount: int = 5) -> None:
        ask_extension(self.where(), amount, "要等配件", at)

    def ask_suspension(
        self, at: datetime, pause: PauseReason = PauseReason.CITIZEN, amount: int = 5
    ) -> None:
        ask_suspension(self.where(), pause, amount, "请补充照片", at)

    def submit(self, at: datetime) -> None:
        submit_answer(self.where(), PARTS, at)

    def decide(
        self,
        kind: RequestKind,
        granted: bool,
        at: datetime,
        who: Person | None = None,
        note: str = "依规定",
        department: str = "",
    ) -> None:
        with self.records.read() as work:
            row = waiting_request(work, self.id, kind)
            assert row is not None
            request_id = row.id
        decision = Decision(granted, note, department)
        decide(
            self.records,
            self.office,
            request_id,
            who or self.screener,
            self.row().version,
            decision,
            at,
        )

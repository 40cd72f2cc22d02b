"""Units are told of 会办: that they are asked, and that they are let off, which is not told to who is accused."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from casework.permissions import Role
from casework.storage.contribution_sweep import sweep_contributions
from casework.storage.notice_choices import Channel, Pace
from casework.storage.tables import AccusationRow, ContributionRow, TicketRow
from routing import co_handle
from tests.routing.desks import Desk, after
from tests.runtime.test_delivery import Mailbox, mailbox  # noqa: F401 - a fixture
from tests.runtime.test_staff_notices import Telling, box, chat, telling  # noqa: F401 - fixtures

AT_ONCE = {"channel": Channel.MAIL, "pace": Pace.AT_ONCE}


def asked(telling: Telling, *units: str, urgency: str = "normal") -> Desk:  # noqa: F811
    """A ticket of CGJ signed for at 15:01, these units asked a minute later."""
    for unit in ("CGJ", *units):
        telling.person(unit, Role.DEPARTMENT, unit, address=f"{unit}@x.cn", **AT_ONCE)
    desk = Desk(telling.records, telling.office, telling.ticket(urgency))  # type: ignore[arg-type]
    desk.sign(after(1))
    for unit in units:
        co_handle.ask_contribution(desk.where(), unit, "谁挖断的？", None, after(2))
    return desk


def let_off(desk: Desk) -> None:
    one = desk.row().contributions[0].id
    co_handle.withdraw(desk.records, desk.office, one, desk.unit, "弄清了", after(60))


def to(box: Mailbox, address: str) -> list[str]:  # noqa: F811
    return [mail.get_content() for mail in box.messages if mail["To"] == address]


def test_a_unit_that_is_let_off_is_told_so(telling: Telling, box: Mailbox) -> None:  # noqa: F811
    desk = asked(telling, "JTJ")
    telling.turn(after(3))
    let_off(desk)
    telling.turn(after(61))
    first, second = to(box, "JTJ@x.cn")
    number = desk.row().number
    assert "请您单位会办" in first
    assert f"/tickets/{number}" in first
    assert number in second
    assert "不用您单位会办了" in second
    assert "弄清了" not in second  # what colleagues say stays inside
    assert f"/tickets/{number}" not in second  # it sees the ticket no longer


def test_asked_and_let_off_before_anybody_was_told(telling: Telling, box: Mailbox) -> None:  # noqa: F811
    desk = asked(telling, "JTJ")
    let_off(desk)
    telling.turn(after(61))
    (told,) = to(box, "JTJ@x.cn")
    assert "请您单位会办" not in told


def test_an_accused_unit_is_not_told_that_it_is_let_off(telling: Telling, box: Mailbox) -> None:  # noqa: F811
    desk = asked(telling, "JTJ")
    telling.turn(after(3))
    before = len(to(box, "JTJ@x.cn"))
    let_off(desk)
    with telling.records.write() as work:
        ticket = work.session.get_one(TicketRow, desk.id)
        ticket.accusations.append(AccusationRow(department="JTJ", named_by="x", named_at=after(60)))
        work.commit()
    telling.turn(after(61))
    assert len(to(box, "JTJ@x.cn")) == before == 1


def test_two_that_are_over_at_once_are_told_apart(telling: Telling, box: Mailbox) -> None:  # noqa: F811
    """Of an urgent ticket each moment is told once: these are two."""
    asked(telling, "JTJ", "ZJJ", urgency="urgent")
    with telling.records.write() as work:
        work.session.execute(update(ContributionRow).values(due_at=after(30)))
        work.session.execute(update(ContributionRow).values(next_step_at=after(30)))
        work.commit()
    sweep_contributions(telling.records, telling.office, after(30) + timedelta(seconds=1))
    telling.turn(after(31))
    over = [text for text in to(box, "CGJ@x.cn") if "会办" in text and "到期了" in text]
    assert len(over) == 2

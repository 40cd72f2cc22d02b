"""Handing alerts on: to people, to departments, back, and into tickets."""

# ruff: noqa: F811
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest

from casework.errors import Conflict, MinshengError, NotAllowed, Rejected
from casework.office import Office
from casework.permissions import Person, Role
from casework.storage import audit, people
from casework.storage.alert_detail import AlertDetail
from casework.storage.alert_handings import ANSWERED, HANDED_ON, TAKEN_BACK, handings_of
from casework.storage.alert_tickets import linked_tickets
from casework.storage.alerts import Alert, Measured, NewAlert, add_alert, get_alert, open_alerts
from casework.storage.people import person_named
from casework.storage.records import Records
from casework.storage.tables import AccusationRow, StaffNoticeRow, TicketRow, UserRow
from monitor import alert_handing as acts
from monitor import alerts
from tests.builders import new_case, record_one
from tests.conftest import NOW, records  # noqa: F401 - a fixture, with the city's departments
from tests.monitor.documents import ZONE

PASSWORD = "correct horse battery"


@pytest.fixture
def somebody(records: Records, office: Office) -> Callable[..., Person]:
    """Adds a person: somebody("he", Role.LEADER)."""

    def add(name: str, role: Role, department: str = "") -> Person:
        with records.write() as work:
            people.add_user(work, name, f"{name} 某", [role], department, PASSWORD, NOW)
            work.commit()
        with records.read() as work:
            return person_named(work, office.departments, name)

    return add


def an_alert(records: Records, severity: str) -> UUID:
    measured = Measured(severity, 30, 3, 9, NOW, AlertDetail(window_hours=3.0))
    new = NewAlert("k", "surge-3h", "count", ("城乡建设",), "", NOW - timedelta(hours=3), measured)
    with records.write() as work:
        made = add_alert(work, new, NOW, ZONE)
        assert made is not None
        work.commit()
    return made.id


def kept(records: Records, alert: UUID) -> Alert:
    with records.read() as work:
        return get_alert(work, alert)


def hows(records: Records, alert: UUID) -> list[tuple[str, str]]:
    with records.read() as work:
        return [(one.to_user or one.department, one.how) for one in handings_of(work, alert)]


def notices(records: Records) -> list[tuple[str, str]]:
    """Step and department of what staff are to be told of alerts, in order."""
    with records.read() as work:
        rows = work.session.query(StaffNoticeRow).order_by(StaffNoticeRow.id)
        return [(row.step, row.department or row.audience) for row in rows if row.alert_id]


def test_an_alert_changes_hands_and_comes_back(
    records: Records,
    office: Office,
    somebody: Callable[..., Person],
) -> None:
    he, li = somebody("he", Role.LEADER), somebody("li", Role.LEADER)
    alert = an_alert(records, "red")
    acts.hand_to_person(records, office, alert, "li", "您分管供水", he, NOW)
    assert (kept(records, alert).state, kept(records, alert).owner) == ("acknowledged", "li")
    with pytest.raises(NotAllowed):  # it is li's now
        acts.hand_to_person(records, office, alert, "li", "再转", he, NOW)
    with records.read() as work:
        [held] = handings_of(work, alert)
    with pytest.raises(NotAllowed):  # who was given it gives it on, not back
        acts.take_back(records, office, alert, held.id, li, NOW)
    acts.take_back(records, office, alert, held.id, he, NOW)
    assert kept(records, alert).owner == "he"
    with pytest.raises(Conflict):
        acts.take_back(records, office, alert, held.id, he, NOW)
    assert hows(records, alert) == [("li", TAKEN_BACK)]
    assert notices(records) == [("handed", "person"), ("taken_back", "person")]
    with records.read() as work:
        assert list(audit.verify(work)) == []


def test_a_department_answers_once_and_the_owner_stays(
    records: Records,
    office: Office,
    somebody: Callable[..., Person],
) -> None:
    he, li = somebody("he", Role.LEADER), somebody("li", Role.LEADER)
    bu, other = somebody("bu", Role.DEPARTMENT, "CGJ"), somebody("zj", Role.HEAD, "ZJJ")
    alert = an_alert(records, "red")
    acts.hand_to_department(records, office, alert, "CGJ", "查清原因", he, NOW)
    with pytest.raises(Rejected, match="unit_asked"):
        acts.hand_to_department(records, office, alert, "CGJ", "查清原因", he, NOW)
    acts.hand_to_person(records, office, alert, "li", "我出差", he, NOW)
    with pytest.raises(NotAllowed):
        acts.answer(records, office, alert, "查了", other, NOW)
    with pytest.raises(Rejected, match="empty"):
        acts.answer(records, office, alert, "  ", bu, NOW)
    acts.answer(records, office, alert, "主管道破裂，今晚修好", bu, NOW)
    with pytest.raises(Conflict):
        acts.answer(records, office, alert, "再说一次", bu, NOW)
    assert kept(records, alert).owner == "li"
    assert hows(records, alert) == [("CGJ", ANSWERED), ("li", "")]
    acts.hand_to_department(records, office, alert, "CGJ", "修好了吗", li, NOW)
    acts.hand_to_department(records, office, alert, "ZJJ", "归你们", li, NOW)
    assert hows(records, alert)[2:] == [("CGJ", HANDED_ON), ("ZJJ", "")]
    told = notices(records)
    assert ("answered", "person") in told
    assert told[-2:] == [("taken_back", "CGJ"), ("handed", "ZJJ")]


def test_what_is_refused(
    records: Records,
    office: Office,
    somebody: Callable[..., Person],
) -> None:
    he, bu = somebody("he", Role.LEADER), somebody("bu", Role.DEPARTMENT, "CGJ")
    somebody("gone", Role.LEADER)
    with records.write() as work:
        work.session.query(UserRow).filter_by(username="gone").one().active = False
        work.commit()
    alert = an_alert(records, "red")
    for name in ("bu", "gone", "nobody", "he"):
        with pytest.raises(Rejected):
            acts.hand_to_person(records, office, alert, name, "转", he, NOW)
    for reason in ("", "长" * 1001):
        with pytest.raises(Rejected):
            acts.hand_to_department(records, office, alert, "CGJ", reason, he, NOW)
    with pytest.raises(Rejected):
        acts.hand_to_department(records, office, alert, "NOWHERE", "转", he, NOW)
    with pytest.raises(NotAllowed):
        acts.hand_to_department(records, office, alert, "CGJ", "转", bu, NOW)
    with pytest.raises(Conflict):
        acts.answer(records, office, alert, "没人问", bu, NOW)
    assert hows(records, alert) == []
    alerts.judge(records, alert, he, True, "", NOW)
    alerts.close(records, alert, he, NOW)
    with pytest.raises(Conflict):
        acts.hand_to_department(records, office, alert, "CGJ", "转", he, NOW)


def test_an_owner_who_left_holds_nothing_back(
    records: Records,
    office: Office,
    somebody: Callable[..., Person],
) -> None:
    he, li = somebody("he", Role.LEADER), somebody("li", Role.LEADER)
    alert = an_alert(records, "red")
    alerts.acknowledge(records, alert, li, NOW)
    with records.write() as work:
        work.session.get_one(UserRow, li.id).active = False
        work.commit()
    acts.hand_to_department(records, office, alert, "CGJ", "他走了", he, NOW)
    assert hows(records, alert) == [("CGJ", "")]


def test_two_hand_it_on_at_once(
    records: Records,
    office: Office,
    somebody: Callable[..., Person],
) -> None:
    both = [somebody("he", Role.LEADER), somebody("li", Role.LEADER)]
    somebody("wu", Role.LEADER)
    alert, start = an_alert(records, "red"), Barrier(2)
    told: list[str] = []

    def hand(person: Person) -> None:
        start.wait()
        try:
            acts.hand_to_person(records, office, alert, "wu", "转", person, NOW)
            told.append("handed")
        except MinshengError as error:
            told.append(type(error).__name__)

    threads = [Thread(target=hand, args=(person,)) for person in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["NotAllowed", "handed"]
    assert len(hows(records, alert)) == 1


def test_nobody_is_asked_who_is_accused(
    records: Records,
    office: Office,
    somebody: Callable[..., Person],
) -> None:
    he = somebody("he", Role.LEADER)
    screened = record_one(records, new_case(kind="投诉", lead="ZJJ"))
    with records.write() as work:
        row = work.session.get_one(TicketRow, screened.ticket_id)
        row.accusations.append(AccusationRow(department="CGJ", named_by="x", named_at=NOW))
        alerts.raise_urgent(work, row.message_id, row.number, "", "", "gas", NOW, zone=ZONE)
        work.commit()
    with records.read() as work:
        [alert] = [one.id for one in open_alerts(work)]
    with pytest.raises(Rejected, match="accused"):
        acts.hand_to_department(records, office, alert, "CGJ", "查", he, NOW)


def test_a_linked_ticket_is_under_supervision(
    records: Records,
    office: Office,
    somebody: Callable[..., Person],
) -> None:
    he = somebody("he", Role.LEADER)
    case = record_one(records, new_case(lead="CGJ"))
    alert = an_alert(records, "red")
    acts.link_ticket(records, office, alert, f" {case.number.lower()} ", he, NOW)
    for number in (case.number, "NONE", ""):
        with pytest.raises(Rejected):
            acts.link_ticket(records, office, alert, number, he, NOW)
    with records.read() as work:
        [linked] = linked_tickets(work, office, alert, he)
        told = work.session.query(StaffNoticeRow).filter_by(step="supervised").all()
        assert [row.department for row in told] == ["CGJ"]
        assert list(audit.verify(work)) == []
    assert (linked.number, linked.level, linked.department) == (case.number, 1, "CGJ")
    assert kept(records, alert).owner == "he"

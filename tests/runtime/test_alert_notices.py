"""Staff are told of alerts: when one is raised, and when its response clocks run out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from casework.alert_levels import Response
from casework.permissions import Person, Role
from casework.storage import alert_care as kept
from casework.storage.alert_detail import AlertDetail
from casework.storage.alerts import Measured, NewAlert, get_alert, update_measured
from casework.storage.notice_choices import AlertWish, Channel, Pace
from casework.storage.people import person_named
from casework.storage.staff_messages import SENT, VOID
from casework.storage.tables import AlertRow, AuditEventRow, StaffNoticeRow, TicketRow
from monitor import alert_care, alert_handing, alerts
from monitor.alert_clocks import warn_of_responses
from monitor.raising import record_alerts
from tests.builders import draft
from tests.runtime.test_delivery import Mailbox, mailbox  # noqa: F401 - a fixture
from tests.runtime.test_staff_notices import (  # noqa: F401 - fixtures among them
    WORK,
    ZONE,
    Telling,
    at,
    box,
    chat,
    telling,
)

HOUR = timedelta(hours=1)
NIGHT = at("2026-11-20 23:00")
MORNING = at("2026-11-23 08:00")  # after a Saturday and a Sunday


def leader(telling: Telling, name: str, wish: AlertWish = AlertWish.ALL) -> Person:  # noqa: F811
    address = f"{name}@x.cn"
    telling.person(
        name, Role.LEADER, "", channel=Channel.MAIL, address=address, pace=Pace.AT_ONCE, alerts=wish
    )
    with telling.records.read() as work:
        return person_named(work, telling.office.departments, name)


def raise_one(
    telling: Telling,  # noqa: F811
    now: datetime,
    severity: str = "yellow",
    key: str = "k",
    measure: str = "count",
) -> UUID:
    measured = Measured(severity, 30, 3, 9, now, AlertDetail(window_hours=3.0))
    topic = ("城乡建设", "供水供热")
    new = NewAlert(key, "surge-3h", measure, topic, "", now - 3 * HOUR, measured)
    [made] = record_alerts(telling.records, [new], now, ZONE)
    return made


def raise_urgent(telling: Telling, ticket_id: object, now: datetime) -> None:  # noqa: F811
    with telling.records.write() as work:
        row = work.session.get_one(TicketRow, ticket_id)
        alerts.raise_urgent(work, row.message_id, row.number, "", "", "gas", now, zone=ZONE)
        work.commit()


def told(box: Mailbox) -> list[str]:  # noqa: F811
    return sorted(mail["To"] for mail in box.messages)


def test_an_alert_is_told_once_to_each_leader_and_again_by_nobody(
    telling: Telling,  # noqa: F811
    box: Mailbox,  # noqa: F811
) -> None:
    leader(telling, "he")
    leader(telling, "li")
    telling.person("bu", Role.DEPARTMENT, "CGJ", channel=Channel.MAIL, address="bu@x.cn")
    alert = raise_one(telling, WORK, "red")
    assert record_alerts(telling.records, [], WORK, ZONE) == ()
    assert telling.turn(WORK) == (2, 0)
    assert told(box) == ["he@x.cn", "li@x.cn"]
    mail = box.messages[0]
    with telling.records.read() as work:
        number = get_alert(work, alert).number
    assert mail["Subject"] == f"【紧急】民声：{number}红色预警，新发出"
    text = mail.get_content()
    assert "发布权威信息最迟11-20 20:30" in text
    assert f"https://minsheng.example.org/leadership/alerts/{number}" in text
    assert "供水" not in text
    with telling.records.write() as work:  # it goes on, and grows
        grown = get_alert(work, alert).measured
        update_measured(work, alert, Measured("red", 300, 3, 9, WORK + HOUR, grown.detail))
        work.commit()
    assert telling.turn(WORK + HOUR) == (0, 0)


def test_at_night_only_orange_and_red_ones_wake_somebody(
    telling: Telling,  # noqa: F811
    box: Mailbox,  # noqa: F811
) -> None:
    leader(telling, "he")
    leader(telling, "li", AlertWish.GRAVE)
    leader(telling, "no", AlertWish.NONE)
    raise_one(telling, NIGHT, "yellow", "k1")
    raise_one(telling, NIGHT, "orange", "k2")
    assert telling.turn(NIGHT) == (2, 0)
    assert told(box) == ["he@x.cn", "li@x.cn"]
    assert all("橙色" in mail["Subject"] for mail in box.messages)
    assert telling.turn(at("2026-11-22 12:00")) == (0, 0)
    assert telling.turn(MORNING) == (1, 0)
    assert "黄色" in box.messages[2]["Subject"]
    assert box.messages[2]["To"] == "he@x.cn"


def test_one_that_grows_grave_wakes_those_it_had_let_sleep_and_is_not_told_again_in_the_morning(
    telling: Telling,  # noqa: F811
    box: Mailbox,  # noqa: F811
) -> None:
    leader(telling, "he")
    leader(telling, "li", AlertWish.GRAVE)
    alert = raise_one(telling, NIGHT, "yellow")
    assert telling.turn(NIGHT) == (0, 0)
    with telling.records.write() as work:
        detail = get_alert(work, alert).measured.detail
        for observed in (120, 130):
            update_measured(work, alert, Measured("red", observed, 3, 9, NIGHT + HOUR, detail))
        work.commit()
    assert telling.turn(NIGHT + HOUR) == (2, 0)
    assert told(box) == ["he@x.cn", "li@x.cn"]
    assert telling.turn(MORNING) == (0, 0)
    assert [m.state for m in telling.messages()].count(VOID) == 1


def test_who_takes_it_on_is_warned_and_all_leaders_are_told_when_it_is_over(
    telling: Telling,  # noqa: F811
    box: Mailbox,  # noqa: F811
) -> None:
    he = leader(telling, "he", AlertWish.NONE)
    leader(telling, "li")
    alert = raise_one(telling, WORK, "orange")
    telling.turn(WORK)
    assert told(box) == ["li@x.cn"]
    alerts.acknowledge(telling.records, alert, he, WORK)

    def steps(now: datetime) -> int:
        return warn_of_responses(telling.records, telling.office, now)

    assert steps(WORK + 3.9 * HOUR) == 0
    assert steps(WORK + 4 * HOUR) == 1
    assert steps(WORK + 4.1 * HOUR) == 0
    assert telling.turn(WORK + 4 * HOUR) == (1, 0)  # at night: the alert is orange
    assert box.messages[-1]["To"] == "he@x.cn"
    assert "快到期了" in box.messages[-1]["Subject"]
    assert steps(WORK + 5 * HOUR) == 1
    assert telling.turn(WORK + 5 * HOUR) == (2, 0)
    assert told(box) == ["he@x.cn", "he@x.cn", "li@x.cn", "li@x.cn"]
    alert_care.respond(telling.records, alert, Response.INFORMATION, "已通报", he, WORK + 6 * HOUR)
    assert steps(WORK + 19.2 * HOUR) == 1  # the briefing
    assert telling.turn(WORK + 19.2 * HOUR) == (1, 0)
    with telling.records.read() as work:
        names = list(work.session.scalars(select(AuditEventRow.name)))
    assert names.count("alert_clock_warned") == 2
    assert names.count("alert_clock_over") == 1


def test_a_department_is_told_what_it_is_asked_and_its_answer_is_told(
    telling: Telling,  # noqa: F811
    box: Mailbox,  # noqa: F811
) -> None:
    he = leader(telling, "he", AlertWish.NONE)
    telling.person("bu", Role.DEPARTMENT, "CGJ", channel=Channel.MAIL, address="bu@x.cn")
    telling.person("zj", Role.DEPARTMENT, "ZJJ", channel=Channel.MAIL, address="zj@x.cn")
    alert = raise_one(telling, WORK, "red")
    alert_handing.hand_to_department(
        telling.records, telling.office, alert, "CGJ", "查清原因", he, WORK
    )
    assert telling.turn(WORK) == (1, 0)
    with telling.records.read() as work:
        number = get_alert(work, alert).number
        clerk = person_named(work, telling.office.departments, "bu")
    assert box.messages[0]["To"] == "bu@x.cn"
    assert box.messages[0]["Subject"] == f"【紧急】民声：{number}红色预警，转给您了"
    assert f"https://minsheng.example.org/alerts/{number}" in box.messages[0].get_content()
    warn_of_responses(telling.records, telling.office, WORK + 4 * HOUR)
    assert telling.turn(WORK + 4 * HOUR) == (2, 0)
    assert told(box) == ["bu@x.cn", "bu@x.cn", "he@x.cn"]
    alert_handing.answer(telling.records, telling.office, alert, "已修好", clerk, WORK + 4.5 * HOUR)
    assert telling.turn(WORK + 4.5 * HOUR) == (1, 0)
    assert "单位回应了" in box.messages[-1]["Subject"]
    warn_of_responses(telling.records, telling.office, WORK + 5 * HOUR)
    telling.turn(WORK + 5 * HOUR)
    assert told(box).count("bu@x.cn") == 2  # it has answered: the rest is the leaders'


def test_after_a_downtime_only_the_last_step_is_told_and_what_is_long_past_is_not(
    telling: Telling,  # noqa: F811
    box: Mailbox,  # noqa: F811
) -> None:
    leader(telling, "he")
    raise_one(telling, WORK, "yellow")
    raise_one(telling, WORK - timedelta(days=30), "yellow", "old")
    telling.turn(WORK)
    assert warn_of_responses(telling.records, telling.office, WORK + timedelta(days=3)) == 1
    assert warn_of_responses(telling.records, telling.office, WORK + timedelta(days=4)) == 0
    telling.turn(MORNING)
    assert [("到期没有做" in mail["Subject"]) for mail in box.messages] == [False, True]


def after_mute(telling: Telling, alert: UUID, he: Person) -> None:  # noqa: F811
    alert_care.mute(telling.records, alert, timedelta(days=9), "演练", he, WORK)


def after_false(telling: Telling, alert: UUID, he: Person) -> None:  # noqa: F811
    alerts.judge(telling.records, alert, he, False, "同一件事重复报", WORK)


def after_closing(telling: Telling, alert: UUID, he: Person) -> None:  # noqa: F811
    alerts.judge(telling.records, alert, he, True, "", WORK)
    alerts.close(telling.records, alert, he, WORK)


@pytest.mark.parametrize("act", [after_mute, after_false, after_closing])
def test_nobody_is_told_of_what_was_muted_false_or_closed_meanwhile(
    telling: Telling,  # noqa: F811
    box: Mailbox,  # noqa: F811
    act: Callable[..., None],
) -> None:
    he = leader(telling, "he")
    leader(telling, "li")
    alert = raise_one(telling, NIGHT - timedelta(days=1), "yellow")  # waits for the morning
    late = NIGHT - timedelta(days=1)
    assert telling.turn(late) == (0, 0)
    act(telling, alert, he)
    warn_of_responses(telling.records, telling.office, late + 47 * HOUR)
    assert telling.turn(MORNING) == (0, 0)
    assert box.messages == []


def test_an_urgent_report_tells_no_leader_not_even_one_that_became_it_on_the_way(
    telling: Telling,  # noqa: F811
    box: Mailbox,  # noqa: F811
) -> None:
    leader(telling, "he")
    open_one, report = telling.ticket(), telling.ticket(of=draft(body="另一件事，有人被困，急。"))
    with telling.records.write() as work:
        work.session.get_one(TicketRow, report).unscreened_report = True
        work.commit()
    raise_urgent(telling, report, WORK)
    raise_urgent(telling, open_one, WORK)
    assert telling.turn(WORK) == (1, 0)
    box.closed = True
    third = telling.ticket(of=draft(body="第三件事，燃气泄漏，急。"))
    raise_urgent(telling, third, WORK + HOUR)
    with telling.records.write() as work:
        work.session.get_one(TicketRow, third).unscreened_report = True
        work.commit()
    assert telling.turn(WORK + HOUR) == (0, 0)
    assert len(box.messages) == 1


def test_a_second_message_about_one_matter_calls_nobody_and_its_clocks_neither(
    telling: Telling,  # noqa: F811
    box: Mailbox,  # noqa: F811
) -> None:
    leader(telling, "he")
    text = "自来水浑浊发臭，打供水公司电话一直占线，到底能不能喝，什么时候恢复？"
    for n in range(3):
        ticket = telling.ticket(of=draft(subject="", body=f"{n}号楼：{text}"))
        with telling.records.write() as work:
            row = work.session.get_one(TicketRow, ticket)
            rule = "health.drinking-water"
            alerts.raise_urgent(
                work, row.message_id, row.number, "", "", rule, WORK + n * HOUR, zone=ZONE
            )
            work.commit()
    assert telling.turn(WORK + 3 * HOUR) == (1, 0)
    assert warn_of_responses(telling.records, telling.office, WORK + 5 * HOUR) == 1
    assert telling.turn(WORK + 5 * HOUR) == (1, 0)
    assert len(box.messages) == 2


def test_where_there_is_no_leader_the_office_is_told(
    telling: Telling,  # noqa: F811
    box: Mailbox,  # noqa: F811
) -> None:
    raise_one(telling, NIGHT, "red")
    assert telling.turn(NIGHT) == (1, 0)
    assert told(box) == ["centre@example.org"]


def test_a_message_that_tells_of_tickets_and_alerts_says_so(
    telling: Telling,  # noqa: F811
    box: Mailbox,  # noqa: F811
) -> None:
    telling.person("he", Role.LEADER, "", channel=Channel.MAIL, address="he@x.cn", language="en")
    raise_one(telling, WORK, "blue", "k1")
    raise_one(telling, WORK, "blue", "k2")
    assert telling.turn(WORK) == (0, 0)
    assert telling.turn(WORK + HOUR) == (1, 0)
    assert box.messages[0]["Subject"] == "Minsheng: 2 alerts"
    assert "blue alert: raised, reply due 2026-11-22 15:30" in box.messages[0].get_content()
    raise_one(telling, WORK + HOUR, "blue", "k3")
    telling.note(telling.ticket(), WORK + HOUR, "five_days", "leader", None)
    telling.turn(WORK + HOUR)
    assert telling.turn(WORK + 2 * HOUR) == (1, 0)
    assert box.messages[1]["Subject"] == "Minsheng: 1 alerts, clocks of 1 tickets"


def test_two_look_at_the_clocks_at_once_and_each_step_is_noted_once(
    telling: Telling,  # noqa: F811
) -> None:
    for n in range(3):
        raise_one(telling, WORK, "yellow", f"k{n}")

    def look(_: int) -> int:
        return warn_of_responses(telling.records, telling.office, WORK + 49 * HOUR)

    with ThreadPoolExecutor(4) as hands:
        found = sum(hands.map(look, range(4)))
    with telling.records.read() as work:
        over = select(func.count()).where(StaffNoticeRow.step == "over")
        assert found == work.session.scalar(over) == 3


def test_a_notice_and_its_alert_are_recorded_together_or_not_at_all(
    telling: Telling,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("monitor.raising.tell_of_alert", broken)
    with pytest.raises(OSError, match="no space"):
        raise_one(telling, WORK, "red")
    with telling.records.read() as work:
        assert work.session.scalar(select(func.count()).select_from(AlertRow)) == 0
        assert kept.mutes_at(work, WORK) == ()
    monkeypatch.undo()
    raise_one(telling, WORK, "red")
    assert telling.turn(WORK) == (1, 0)
    assert [m.state for m in telling.messages()] == [SENT]

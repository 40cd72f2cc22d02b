"""Staff are told of clocks, by mail and in the office's chat, against real servers on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update
from uuid_utils.compat import uuid7

from casework.ladder import Audience
from casework.model import MessageDraft
from casework.office import Office
from casework.permissions import Role
from casework.quiet import Manners, QuietHours
from casework.signature import holds
from casework.storage import notice_choices, people, staff_messages
from casework.storage.notice_choices import Channel, NoticeChoice, Pace
from casework.storage.records import Records
from casework.storage.spreading import TOO_OLD
from casework.storage.staff_messages import CLAIMED_FOR, GIVEN_UP, PAUSES, SENT, VOID
from casework.storage.tables import (
    AccusationRow,
    DepartmentRow,
    StaffMessageRow,
    StaffNoticeRow,
    TicketRow,
    UserRow,
)
from routing.urge import urge
from runtime.delivery.chat import chat_sender
from runtime.delivery.mail import mail_sender
from runtime.delivery.staff_notices import NO_ADDRESS, StaffChannels, tell_staff
from tests.builders import RECEIVED, draft, judgement, new_case, record_one
from tests.routing.desks import Desk, after
from tests.runtime.test_delivery import Mailbox, mailbox  # noqa: F401 - a fixture
from tests.services.chat import Gateway, gateway

ZONE = ZoneInfo("Asia/Shanghai")
SECRET = "shared with the gateway"
PASSWORD = "correct horse battery"
HOUR = timedelta(hours=1)
QUIET = QuietHours(time(20), time(8))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


WORK = at("2026-11-20 15:30")  # a Friday


@pytest.fixture
def chat() -> Iterator[Gateway]:
    with gateway() as running:
        yield running


@dataclass
class Telling:
    """A city that tells its staff; `turn` is one turn of the timetable."""

    records: Records
    office: Office
    channels: StaffChannels
    manners: Manners

    def turn(self, now: datetime) -> tuple[int, int]:
        return tell_staff(self.records, self.office, self.channels, self.manners, lambda: now)

    def person(self, username: str, role: Role, department: str, **choice: object) -> None:
        with self.records.write() as work:
            people.add_user(work, username, username, [role], department, PASSWORD, RECEIVED)
            if choice:
                notice_choices.choose(work, username, NoticeChoice(**choice), RECEIVED)
            work.commit()

    def office_mail(self, department: str, address: str) -> None:
        with self.records.write() as work:
            work.session.get_one(DepartmentRow, department).office_mail = address
            work.commit()

    def note(
        self,
        ticket_id: object,
        now: datetime,
        step: str = "last",
        audience: Audience = Audience.UNIT,
        department: str | None = "CGJ",
        clock: str = "reply",
    ) -> None:
        with self.records.write() as work:
            work.session.add(
                StaffNoticeRow(
                    id=uuid7(),
                    ticket_id=ticket_id,
                    clock=clock,
                    step=step,
                    audience=audience,
                    department=department,
                    created_at=now,
                )
            )
            work.commit()

    def messages(self) -> list[StaffMessageRow]:
        with self.records.read() as work:
            return list(work.session.scalars(select(StaffMessageRow).order_by(StaffMessageRow.id)))

    def ticket(self, urgency: str = "normal", of: MessageDraft | None = None) -> object:
        case = new_case(of, judged=judgement(urgency=urgency))
        return record_one(self.records, case).ticket_id


@pytest.fixture
def telling(
    records: Records,
    office: Office,
    mailbox: tuple[Mailbox, str],  # noqa: F811
    chat: Gateway,
) -> Telling:
    channels = StaffChannels(
        mail=mail_sender(mailbox[1], "minsheng@example.org"),
        chat=chat_sender(chat.address, SECRET),
        city_mail="centre@example.org",
        address="https://minsheng.example.org",
    )
    return Telling(records, office, channels, Manners(QUIET, HOUR, office.calendar, ZONE))


@pytest.fixture
def box(mailbox: tuple[Mailbox, str]) -> Mailbox:  # noqa: F811
    return mailbox[0]


def numbered(count: int) -> list[MessageDraft]:
    return [
        draft(subject=f"路灯{n}", body=f"第{n}盏路灯不亮，晚上很黑，请维修。") for n in range(count)
    ]


def test_a_person_is_told_by_mail_with_the_number_and_no_word_of_the_citizen(
    telling: Telling, box: Mailbox
) -> None:
    telling.person(
        "he", Role.DEPARTMENT, "CGJ", channel=Channel.MAIL, address="he@x.cn", pace=Pace.AT_ONCE
    )
    ticket_id = telling.ticket()
    telling.note(ticket_id, WORK)
    assert telling.turn(WORK) == (1, 0)
    (mail,) = box.messages
    with telling.records.read() as work:
        number = work.session.get_one(TicketRow, ticket_id).number
    assert mail["To"] == "he@x.cn"
    assert number in mail["Subject"]
    text = mail.get_content()
    assert f"https://minsheng.example.org/tickets/{number}" in text
    assert "路灯" not in text
    assert "松涛路" not in text
    assert mail["Auto-Submitted"] == "auto-generated"
    assert telling.turn(WORK + HOUR) == (0, 0)


def test_chat_is_a_signed_post_with_a_key(telling: Telling, chat: Gateway) -> None:
    telling.person(
        "he", Role.DEPARTMENT, "CGJ", channel=Channel.CHAT, address="he.li", pace=Pace.AT_ONCE
    )
    telling.note(telling.ticket(), WORK)
    assert telling.turn(WORK) == (1, 0)
    ((headers, body),) = chat.got
    assert holds([SECRET], headers["Minsheng-Timestamp"], body, headers["Minsheng-Signature"])
    (message,) = telling.messages()
    assert headers["Idempotency-Key"] == str(message.id)
    assert json.loads(body)["to"] == "he.li"
    assert (message.state, message.channel) == (SENT, "chat")


def test_many_notices_to_one_person_are_one_message(telling: Telling, box: Mailbox) -> None:
    telling.person("he", Role.DEPARTMENT, "CGJ", channel=Channel.MAIL, address="he@x.cn")
    for number, each in enumerate(numbered(30)):
        telling.note(telling.ticket(of=each), WORK + timedelta(minutes=number))
        assert telling.turn(WORK + timedelta(minutes=number)) == (0, 0)
    assert telling.turn(WORK + timedelta(minutes=59)) == (0, 0)
    assert telling.turn(WORK + HOUR) == (1, 0)
    (mail,) = box.messages
    assert "30" in mail["Subject"]
    assert mail.get_content().count("快到期了") == 30
    telling.note(telling.ticket(), WORK + HOUR)  # what comes later is another message
    assert telling.turn(WORK + 3 * HOUR) == (0, 0)
    assert len(telling.messages()) == 2


def test_at_night_and_on_days_of_rest_only_the_urgent_is_told(
    telling: Telling, box: Mailbox
) -> None:
    night = at("2026-11-20 23:00")
    telling.person(
        "he", Role.DEPARTMENT, "CGJ", channel=Channel.MAIL, address="he@x.cn", pace=Pace.AT_ONCE
    )
    telling.note(telling.ticket(of=numbered(1)[0]), night)
    telling.note(telling.ticket(urgency="urgent"), night)
    assert telling.turn(night) == (1, 0)
    assert "【紧急】" in box.messages[0]["Subject"]
    assert telling.turn(at("2026-11-22 12:00")) == (0, 0)  # a Sunday
    assert telling.turn(at("2026-11-23 08:00")) == (1, 0)
    assert "【紧急】" not in box.messages[1]["Subject"]


def test_what_was_answered_meanwhile_is_not_told(telling: Telling, box: Mailbox) -> None:
    telling.person("he", Role.DEPARTMENT, "CGJ", channel=Channel.MAIL, address="he@x.cn")
    desk = Desk(telling.records, telling.office, telling.ticket())
    desk.sign(after(1))
    telling.note(desk.id, WORK)
    assert telling.turn(WORK) == (0, 0)
    desk.answer(WORK)
    assert telling.turn(WORK + HOUR) == (0, 0)
    assert box.messages == []
    assert [m.state for m in telling.messages()] == [VOID]


def test_the_last_step_of_a_clock_is_told_and_once_to_somebody_with_two_roles(
    telling: Telling, box: Mailbox
) -> None:
    telling.person("he", Role.DEPARTMENT, "CGJ", channel=Channel.MAIL, address="he@x.cn")
    with telling.records.write() as work:
        row = work.session.scalars(select(UserRow)).one()
        row.roles.append(type(row.roles[0])(user_id=row.id, role=Role.HEAD))
        work.commit()
    ticket_id, urgent = telling.ticket(of=numbered(1)[0]), telling.ticket(urgency="urgent")
    for which in (ticket_id, urgent):
        telling.note(which, WORK, "last")
        telling.note(which, WORK, "last", Audience.HEAD)
        telling.note(which, WORK + timedelta(minutes=1), "over")
    telling.turn(WORK + timedelta(minutes=1))
    assert len(box.messages) == 2  # the urgent one's two steps
    telling.turn(WORK + 2 * HOUR)
    assert len(box.messages) == 3
    text = box.messages[2].get_content()
    assert "到期了" in text
    assert "快到期了" not in text


def test_who_chose_nothing_is_told_at_the_office_and_it_is_told_once(
    telling: Telling, box: Mailbox
) -> None:
    telling.office_mail("CGJ", "cgj@x.cn")
    telling.person("he", Role.DEPARTMENT, "CGJ")
    telling.person("li", Role.DEPARTMENT, "CGJ")
    telling.note(telling.ticket(), WORK)
    assert telling.turn(WORK) == (0, 0)
    assert telling.turn(WORK + HOUR) == (1, 0)
    assert [mail["To"] for mail in box.messages] == ["cgj@x.cn"]


def test_where_nobody_works_and_no_office_has_an_address_the_city_is_told(
    telling: Telling, box: Mailbox
) -> None:
    telling.note(telling.ticket(), WORK)
    telling.turn(WORK)
    assert telling.turn(WORK + HOUR) == (1, 0)
    assert [mail["To"] for mail in box.messages] == ["centre@example.org"]


def test_without_any_address_the_reason_is_kept_and_nothing_is_lost(
    telling: Telling, box: Mailbox
) -> None:
    telling.channels = replace(telling.channels, city_mail="")
    telling.note(telling.ticket(), WORK)
    telling.turn(WORK)
    assert telling.turn(WORK + HOUR) == (0, 1)
    assert [m.error for m in telling.messages()] == [NO_ADDRESS]
    telling.office_mail("CGJ", "cgj@x.cn")
    assert telling.turn(WORK + HOUR + PAUSES[0]) == (1, 0)
    assert [mail["To"] for mail in box.messages] == ["cgj@x.cn"]


def test_an_accused_units_people_are_not_told_of_the_report(telling: Telling, box: Mailbox) -> None:
    """Neither its unit nor a screener of that house; the others are."""
    for name, role, unit in (
        ("he", Role.DEPARTMENT, "CGJ"),
        ("inside", Role.SCREENER, "CGJ"),
        ("outside", Role.SCREENER, ""),
    ):
        telling.person(
            name, role, unit, channel=Channel.MAIL, address=f"{name}@x.cn", pace=Pace.AT_ONCE
        )
    ticket_id = telling.ticket()
    with telling.records.write() as work:
        ticket = work.session.get_one(TicketRow, ticket_id)
        ticket.accusations.append(AccusationRow(department="CGJ", named_by="x", named_at=WORK))
        work.commit()
    telling.note(ticket_id, WORK)
    telling.note(ticket_id, WORK, audience=Audience.CENTRE, department=None)
    telling.turn(WORK)
    telling.turn(WORK + HOUR)
    assert [mail["To"] for mail in box.messages] == ["outside@x.cn"]


def test_accused_after_it_was_noted_it_is_not_told_either(telling: Telling, box: Mailbox) -> None:
    telling.person("he", Role.DEPARTMENT, "CGJ", channel=Channel.MAIL, address="he@x.cn")
    ticket_id = telling.ticket()
    telling.note(ticket_id, WORK)
    telling.turn(WORK)
    with telling.records.write() as work:
        ticket = work.session.get_one(TicketRow, ticket_id)
        ticket.accusations.append(AccusationRow(department="CGJ", named_by="x", named_at=WORK))
        work.commit()
    assert telling.turn(WORK + HOUR) == (0, 0)
    assert box.messages == []


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (503, b"busy", "503 busy"),
        (200, b'{"errcode": 93000, "errmsg": "no such"}', "errcode 93000"),
    ],
)
def test_a_refusal_is_tried_again_word_for_word_then_at_the_office(
    telling: Telling, chat: Gateway, box: Mailbox, status: int, answer: bytes, said: str
) -> None:
    chat.status, chat.answer = status, answer
    telling.office_mail("CGJ", "cgj@x.cn")
    telling.person(
        "he", Role.DEPARTMENT, "CGJ", channel=Channel.CHAT, address="he", pace=Pace.AT_ONCE
    )
    telling.note(telling.ticket(urgency="urgent"), WORK)
    moment = WORK
    for pause in (timedelta(), *PAUSES[:2]):
        moment += pause
        assert telling.turn(moment) == (0, 1)
        assert telling.turn(moment) == (0, 0)  # not before its time
    assert said in telling.messages()[0].error
    assert len({body for _, body in chat.got}) == 1
    assert len({headers["Idempotency-Key"] for headers, _ in chat.got}) == 1
    assert telling.turn(moment + PAUSES[2]) == (1, 0)
    assert [mail["To"] for mail in box.messages] == ["cgj@x.cn"]


def test_given_up_at_last_and_tried_again_by_hand(telling: Telling, box: Mailbox) -> None:
    box.closed = True
    telling.person(
        "he", Role.DEPARTMENT, "CGJ", channel=Channel.MAIL, address="he@x.cn", pace=Pace.AT_ONCE
    )
    telling.note(telling.ticket(urgency="urgent"), WORK)
    moment = WORK
    for pause in (timedelta(), *PAUSES):
        moment += pause
        assert telling.turn(moment) == (0, 1)
    assert telling.turn(moment + timedelta(days=30)) == (0, 0)
    (message,) = telling.messages()
    assert message.state == GIVEN_UP
    box.closed = False
    with telling.records.write() as work:
        staff_messages.try_again(work, message.id, "admin", moment)
        work.commit()
    assert telling.turn(moment) == (1, 0)


def test_a_sender_killed_between_sending_and_noting_it_sends_the_same_again(
    telling: Telling, chat: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    telling.person("he", Role.DEPARTMENT, "CGJ", channel=Channel.CHAT, address="he")
    telling.note(telling.ticket(), WORK)
    telling.turn(WORK)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(staff_messages, "sent", killed)
        with pytest.raises(KeyboardInterrupt):
            telling.turn(WORK + HOUR)
    telling.note(telling.ticket(of=numbered(1)[0]), WORK + HOUR)  # must not join what was worded
    assert telling.turn(WORK + HOUR) == (0, 0)  # it is still taken
    assert telling.turn(WORK + HOUR + CLAIMED_FOR + timedelta(seconds=1)) == (1, 0)
    (first, second) = chat.got
    assert first[1] == second[1]
    assert first[0]["Idempotency-Key"] == second[0]["Idempotency-Key"]
    assert telling.turn(WORK + 3 * HOUR) == (1, 0)
    assert chat.got[2][0]["Idempotency-Key"] != first[0]["Idempotency-Key"]


def test_two_schedulers_at_once_send_each_message_once(telling: Telling, chat: Gateway) -> None:
    for n in range(6):
        telling.person(
            f"p{n}",
            Role.DEPARTMENT,
            "CGJ",
            channel=Channel.CHAT,
            address=f"p{n}",
            pace=Pace.AT_ONCE,
        )
    for each in numbered(4):
        telling.note(telling.ticket(of=each), WORK)
    telling.note(telling.ticket(urgency="urgent"), WORK)
    with ThreadPoolExecutor(4) as hands:
        turns = list(hands.map(lambda _: telling.turn(WORK), range(4)))
    assert sum(done for done, _ in turns) == len(chat.got) == 12
    assert len({headers["Idempotency-Key"] for headers, _ in chat.got}) == 12
    per_person = sorted(json.loads(body)["to"] for _, body in chat.got)
    assert per_person == sorted([f"p{n}" for n in range(6)] * 2)


def test_a_server_that_is_gone_ends_the_turn_early(telling: Telling) -> None:
    telling.channels = replace(telling.channels, chat=chat_sender("http://127.0.0.1:9/", SECRET))
    for n in range(8):
        telling.person(
            f"p{n}",
            Role.DEPARTMENT,
            "CGJ",
            channel=Channel.CHAT,
            address=f"p{n}",
            pace=Pace.AT_ONCE,
        )
    telling.note(telling.ticket(), WORK)
    assert telling.turn(WORK) == (0, 5)
    assert telling.turn(WORK) == (0, 3)


def test_somebody_who_left_is_no_longer_told(telling: Telling, box: Mailbox) -> None:
    telling.office_mail("CGJ", "cgj@x.cn")
    telling.person("he", Role.DEPARTMENT, "CGJ", channel=Channel.MAIL, address="he@x.cn")
    telling.note(telling.ticket(), WORK)
    telling.turn(WORK)
    with telling.records.write() as work:
        work.session.execute(update(UserRow).values(active=False))
        work.commit()
    assert telling.turn(WORK + HOUR) == (1, 0)
    assert [mail["To"] for mail in box.messages] == ["cgj@x.cn"]


def test_a_citizen_who_urges_is_told_to_the_unit_in_its_language(
    telling: Telling, box: Mailbox
) -> None:
    telling.person(
        "he",
        Role.DEPARTMENT,
        "CGJ",
        channel=Channel.MAIL,
        address="he@x.cn",
        pace=Pace.AT_ONCE,
        language="en",
    )
    urge(telling.records, telling.ticket(), "灯还是不亮", WORK)
    assert telling.turn(WORK) == (1, 0)
    text = box.messages[0].get_content()
    assert "the citizen asks to hurry" in text
    assert "灯" not in text


def test_old_notices_are_not_told_when_a_channel_is_set_up_at_last(telling: Telling) -> None:
    telling.note(telling.ticket(), WORK)
    assert telling.turn(WORK + TOO_OLD) == (0, 0)
    assert telling.messages() == []
    with telling.records.read() as work:
        unspread = work.session.scalar(
            select(func.count()).where(StaffNoticeRow.spread_at.is_(None))
        )
    assert unspread == 0


def test_a_long_digest_is_cut_and_says_so(telling: Telling, box: Mailbox) -> None:
    telling.person("he", Role.DEPARTMENT, "CGJ", channel=Channel.MAIL, address="he@x.cn")
    for each in numbered(43):
        telling.note(telling.ticket(of=each), WORK)
    telling.turn(WORK)
    assert telling.turn(WORK + HOUR) == (1, 0)
    assert "还有3件" in box.messages[0].get_content()


def test_what_is_long_done_is_forgotten(telling: Telling) -> None:
    telling.note(telling.ticket(), WORK)
    telling.turn(WORK)
    telling.turn(WORK + HOUR)
    later = WORK + staff_messages.KEPT_FOR
    for moment, left in ((later, 1), (later + HOUR, 0)):
        with telling.records.write() as work:
            staff_messages.forget_old(work, moment)
            work.commit()
        assert len(telling.messages()) == left

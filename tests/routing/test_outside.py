"""转外单位: asked by a link, answered once, ended, reminded of; never a 举报, never a word of who wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from casework.contributions import ContributionState
from casework.errors import Conflict, MinshengError, NotAllowed, NotFound, Rejected
from casework.events import EventName
from casework.model import Contact
from casework.office import Office
from casework.permissions import Role
from casework.replay import contributions_after
from casework.storage import audit
from casework.storage.attempts import MOST_FAILURES, Throttled
from casework.storage.outside_links import token_for
from casework.storage.outside_sweep import sweep_outside
from casework.storage.records import Records
from casework.storage.tables import (
    AccusationRow,
    AttemptRow,
    AuditTextRow,
    ContributionRow,
    MessageRow,
    NoticeRow,
    OutsideRequestRow,
    StaffNoticeRow,
    TicketRow,
)
from casework.taxonomy import REPORT
from intake.privacy import mask
from routing import co_handle
from routing.outside import AskedBody, OutsideForm, answer_by_link, ask_outside, open_link
from tests.builders import draft, new_case, record_one
from tests.routing.desks import Desk, after, person
from tests.routing.test_life import _trail

ASKED = AskedBody("临江水务公司", "office@water.example.org", "这一带什么时候停过水？")
WORDS = "11月18日抢修停水四小时，已经恢复。"
ELSEWHERE = "203.0.113.7"


@pytest.fixture
def desk(records: Records, office: Office) -> Desk:
    """A complaint of Friday 20 November 15:00, its reply due on 27 November 24:00, signed for."""
    of = draft(
        body="我叫李小明，电话13812346621，家里停水三天了。",
        contact=Contact(name="李小明", phone="13812346621"),
    )
    case = replace(new_case(of), shown_body=mask(of.body))
    desk = Desk(records, office, record_one(records, case).ticket_id)
    desk.sign(after(1))
    return desk


def ask(desk: Desk, asked: AskedBody = ASKED, minutes: float = 2) -> ContributionRow:
    ask_outside(desk.where(), asked, after(minutes))
    return desk.row().contributions[-1]


def link(desk: Desk, row: ContributionRow) -> str:
    with desk.records.read() as work:
        return token_for(work, row.id)


def opened(desk: Desk, row: ContributionRow, days: float = 0) -> OutsideForm:
    return open_link(desk.records, link(desk, row), ELSEWHERE, after(5, days))


def answer(desk: Desk, row: ContributionRow, words: str = WORDS, days: float = 0) -> None:
    token = link(desk, row)
    answer_by_link(desk.records, token, "王工", words, ELSEWHERE, after(10, days))


def now(desk: Desk, row: ContributionRow) -> ContributionRow:
    return next(one for one in desk.row().contributions if one.id == row.id)


def mails(desk: Desk) -> list[tuple[str, str]]:
    with desk.records.read() as work:
        rows = work.session.scalars(select(NoticeRow).order_by(NoticeRow.id))
        return [(row.kind, row.recipient or "") for row in rows]


def told(desk: Desk) -> list[tuple[str, str]]:
    with desk.records.read() as work:
        rows = work.session.execute(
            select(StaffNoticeRow.step, StaffNoticeRow.department).order_by(StaffNoticeRow.id)
        )
        return [(step, department or "") for step, department in rows]


def replayed(desk: Desk) -> dict[str, ContributionState]:
    """Where what was asked must stand by the audit trail, which the builder begins without a lead."""
    assigned = (EventName.ASSIGNED, {"department": "CGJ"})
    return contributions_after([assigned, *_trail(desk)])


def test_asked_opened_and_answered_the_clock_runs_on(desk: Desk) -> None:
    before = desk.clock().due_at
    row = ask(desk)
    assert (row.department, row.state) == (None, "open")
    assert row.due_at <= before == desk.clock().due_at
    form = opened(desk, row)
    assert form.question == ASKED.question
    assert "停水三天" in form.body
    assert "13812346621" not in form.body + form.subject
    opened(desk, row)
    answer(desk, row)
    given = now(desk, row)
    assert (given.state, given.words, given.ended_by) == ("given", WORDS, "王工")
    assert desk.row().replies == []  # nothing is published by itself
    assert ("co_given", "CGJ") in told(desk)
    assert mails(desk) == [("outside_asked", ASKED.email)]
    assert desk.events()[-3:] == ["contribution_asked", "outside_opened", "contributed"]
    with pytest.raises(Conflict, match="co_ended"):
        answer(desk, row, "还有一句")
    after_it = opened(desk, row)
    assert (after_it.state, after_it.body, after_it.question) == (ContributionState.GIVEN, "", "")
    assert replayed(desk) == {str(row.id): ContributionState.GIVEN}
    with desk.records.read() as work:
        assert list(audit.verify(work)) == []
        texts = work.session.scalars(select(AuditTextRow.text)).all()
    assert not any(WORDS in json.loads(text).values() for text in texts if text.startswith("{"))


def test_of_the_link_only_a_digest_is_kept(desk: Desk) -> None:
    row = ask(desk)
    token = link(desk, row)
    assert len(token) == 43
    other = ask(desk, AskedBody("燃气公司", "gas@x.cn", "有没有停气？"), 3)
    assert link(desk, other) != token
    with desk.records.read() as work:
        kept = work.session.get_one(OutsideRequestRow, row.id)
        assert token.encode() not in kept.token_digest
        notices = work.session.scalars(select(NoticeRow)).all()
        assert not any(token in one.text for one in notices)


def report(desk: Desk) -> None:
    with desk.records.write() as work:
        work.session.execute(update(TicketRow).values(kind=REPORT))
        work.commit()


def confidential(desk: Desk) -> None:
    with desk.records.write() as work:
        work.session.execute(update(MessageRow).values(confidential=True))
        work.commit()


def accusing(desk: Desk) -> None:
    with desk.records.write() as work:
        work.session.add(
            AccusationRow(ticket_id=desk.id, department="JTJ", named_by="x", named_at=after(3))
        )
        work.commit()


@pytest.mark.parametrize("become", [report, confidential, accusing])
def test_a_report_or_what_is_confidential_never_goes_out(
    desk: Desk, become: Callable[[Desk], None]
) -> None:
    """Neither when asked, nor by a link that is out already."""
    row = ask(desk)
    become(desk)
    with pytest.raises(Rejected, match="not_for_outside"):
        ask(desk, AskedBody("燃气公司", "gas@x.cn", "有没有停气？"), 4)
    assert (opened(desk, row).state, opened(desk, row).body) == (ContributionState.NEEDLESS, "")
    with pytest.raises(Conflict, match="co_ended"):
        answer(desk, row)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (AskedBody(" ", "a@b.cn", "问"), "empty"),
        (AskedBody("字" * 201, "a@b.cn", "问"), "too_long"),
        (AskedBody("水务", "a@b.cn", "  "), "empty"),
        (AskedBody("水务", "a@b.cn\nBcc: x@y.cn", "问"), "email"),
        (AskedBody("水务", "水@务.cn", "问"), "email"),
        (AskedBody("水务", "a@b.cn", "问", days=0), "amount"),
        (AskedBody("水务", "a@b.cn", "问", days=61), "amount"),
        (AskedBody("水务", "a@b.cn", "问", due=after(-1)), "co_due"),
    ],
)
def test_what_cannot_be_asked(desk: Desk, asked: AskedBody, why: str) -> None:
    with pytest.raises(Rejected, match=why):
        ask(desk, asked)
    assert mails(desk) == []


def test_only_the_lead_and_the_centre_ask_and_an_address_once(desk: Desk) -> None:
    for role in (Role.OPERATOR, Role.LEADER, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            ask_outside(desk.where(person(desk.office, role)), ASKED, after(2))
    other = person(desk.office, Role.DEPARTMENT, "JTJ")
    with pytest.raises(NotFound):
        ask_outside(desk.where(other), ASKED, after(2))
    ask(desk)
    with pytest.raises(Conflict, match="co_asked"):
        ask(desk, AskedBody("水务", "Office@Water.example.org", "问"), 3)


def test_revoked_the_body_is_told_and_the_link_is_dead(desk: Desk) -> None:
    row = ask(desk)
    co_handle.withdraw(desk.records, desk.office, row.id, desk.unit, "弄清了", after(4))
    assert mails(desk)[-1] == ("outside_let_off", ASKED.email)
    assert opened(desk, row).state is ContributionState.WITHDRAWN
    with pytest.raises(Conflict, match="co_ended"):
        answer(desk, row)
    assert ask(desk, minutes=20).state == "open"  # it may be asked again, by another link


def test_reminded_once_then_over_and_the_lead_is_told(desk: Desk) -> None:
    row = ask(desk, AskedBody(ASKED.name, ASKED.email, ASKED.question, days=6))
    assert sweep_outside(desk.records, after(0, 2)) == 0
    for _ in range(2):
        sweep_outside(desk.records, after(3, 3))
    assert [kind for kind, _ in mails(desk)] == ["outside_asked", "outside_reminded"]
    assert desk.events()[-1] == "outside_reminded"
    assert opened(desk, row, days=7).state is ContributionState.EXPIRED  # before the sweep came
    with pytest.raises(Conflict, match="co_ended"):
        answer(desk, row, days=7)
    for _ in range(2):
        sweep_outside(desk.records, after(0, 7))
    assert now(desk, row).state == ContributionState.EXPIRED
    assert told(desk).count(("co_expired", "CGJ")) == 1
    assert desk.events()[-1] == "contribution_expired"
    assert replayed(desk) == {str(row.id): ContributionState.EXPIRED}
    assert len(mails(desk)) == 2
    with desk.records.read() as work:
        assert list(audit.verify(work)) == []


def test_an_answer_to_the_citizen_ends_the_link(desk: Desk) -> None:
    row = ask(desk)
    desk.answer(after(4))
    assert opened(desk, row).state is ContributionState.NEEDLESS
    assert sweep_outside(desk.records, after(0, 30)) == 0


def test_links_cannot_be_tried_out(desk: Desk) -> None:
    row = ask(desk)
    for _ in range(MOST_FAILURES):
        with pytest.raises(NotFound):
            open_link(desk.records, "A" * 43, ELSEWHERE, after(5))
    for given in ("B" * 43, link(desk, row)):
        with pytest.raises(Throttled):
            open_link(desk.records, given, ELSEWHERE, after(5))
    assert open_link(desk.records, link(desk, row), "203.0.113.8", after(5)).open
    with desk.records.read() as work:
        assert len(work.session.scalars(select(AttemptRow)).all()) == MOST_FAILURES


@pytest.mark.parametrize(("signer", "words"), [("", "好"), ("王", " "), ("王", "字" * 5001)])
def test_an_answer_needs_words_and_a_name(desk: Desk, signer: str, words: str) -> None:
    row = ask(desk)
    with pytest.raises(Rejected):
        answer_by_link(desk.records, link(desk, row), signer, words, ELSEWHERE, after(5))
    assert now(desk, row).state == "open"


def test_two_answers_at_once_are_one(desk: Desk) -> None:
    row = ask(desk)
    token = link(desk, row)

    def send(words: str) -> str:
        try:
            answer_by_link(desk.records, token, "王工", words, ELSEWHERE, after(5))
        except MinshengError as error:
            return str(error)
        return "done"

    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(send, ["甲", "乙", "丙", "丁"]))
    assert came.count("done") == 1
    assert set(came) <= {"done", "co_ended"}
    assert now(desk, row).words == "甲乙丙丁"[came.index("done")]
    assert desk.events().count("contributed") == 1

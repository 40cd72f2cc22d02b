"""The telephone desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from casework.model import ClockName
from casework.storage import calls as pushed
from casework.storage.tables import (
    AuditEventRow,
    CorrectionRow,
    DraftRow,
    MessageRow,
    NoticeRow,
    TicketRow,
)
from monitor import relay_turns
from runtime.wiring import City
from tests.conftest import NOW
from tests.web.browser import Browser
from tests.web.cases import assigned

Signer = Callable[[str], Browser]
CALLER = "138 0000 6621"
MATTER = "望湖区松涛路有四盏路灯坏了半个月，孩子下晚自习要摸黑走。希望尽快派人来修。"


def entry(**changes: str) -> dict[str, str]:
    usual = {
        "token": uuid7().hex,
        "caller": CALLER,
        "matter": MATTER,
        "time": "半个月前起",
        "place": "望湖区松涛路",
        "demand": "修好路灯",
        "kind": "投诉",
        "name": "周女士",
        "department": "CGJ",
        "do": "dispatch",
    }
    return {**usual, **changes}


def rows_of(city: City, number: str) -> tuple[TicketRow, MessageRow]:
    with city.records.read() as work:
        ticket = work.session.scalar(select(TicketRow).where(TicketRow.number == number))
        assert ticket is not None
        _ = ticket.clocks, ticket.replies
        return ticket, ticket.message


def newest(city: City) -> tuple[TicketRow, MessageRow]:
    with city.records.read() as work:
        number = work.session.scalar(select(TicketRow.number).order_by(TicketRow.id.desc()))
    assert number is not None
    return rows_of(city, number)


def count(city: City, table: Any) -> int:
    with city.records.read() as work:
        return work.session.scalar(select(func.count()).select_from(table)) or 0


def events(city: City, ticket: TicketRow) -> list[tuple[str, str]]:
    with city.records.read() as work:
        rows = work.session.execute(
            select(AuditEventRow.name, AuditEventRow.actor)
            .where(AuditEventRow.chain == str(ticket.id))
            .order_by(AuditEventRow.sequence)
        )
        return [(name, actor) for name, actor in rows]


def test_an_operator_lands_at_the_telephone(sign_in: Signer) -> None:
    answer = sign_in("operator").client.get("/desk")
    assert answer.headers["Location"] == "/calls/"


def test_a_call_is_dispatched_and_its_code_is_read_out(sign_in: Signer, city: City) -> None:
    browser = sign_in("operator")
    page = browser.post("/calls/", entry())
    ticket, message = newest(city)
    assert ticket.number in page.words()
    assert "查询码" in page.words()
    assert (ticket.state, ticket.lead_department, ticket.assigned_by) == (
        "assigned",
        "CGJ",
        "operator",
    )
    assert (message.channel, message.entered_by) == ("hotline", "operator")
    assert message.contact_phone == CALLER
    assert message.body == f"{MATTER}\n时间：半个月前起\n诉求：修好路灯"
    assert events(city, ticket) == [
        ("received", "citizen"),
        ("judged", "program"),
        ("assigned", "operator"),
    ]
    assert page.headers["Cache-Control"] == "no-store"


def test_the_caller_can_follow_the_call_with_what_was_read_out(
    sign_in: Signer, browser: Browser, city: City
) -> None:
    page = sign_in("operator").post("/calls/", entry())
    number, code = [
        "".join(e.itertext()) for e in page.all("span") if e.get("class") == "ms-receipt__no"
    ]
    browser.send("/progress", {"number": number, "code": code})
    assert number in browser.get("/progress/ticket").words()


def test_missing_elements_are_named_at_the_top_and_at_the_field(
    sign_in: Signer, city: City
) -> None:
    browser = sign_in("operator")
    page = browser.post("/calls/", entry(demand="", place=""), 400)
    assert "地点未填" in page.words()
    assert "诉求未填" in page.words()
    wrong = {e.get("name") for e in page.all("input") if e.get("aria-invalid")}
    assert wrong == {"demand", "place"}
    assert MATTER in page.text
    assert count(city, TicketRow) == 0
    browser.post("/calls/", entry(place="", time="", kind="咨询", demand="问怎么办证"))
    assert count(city, TicketRow) == 1


def test_sent_twice_it_is_one_message(sign_in: Signer, city: City) -> None:
    browser = sign_in("operator")
    form = entry()
    browser.post("/calls/", form)
    page = browser.post("/calls/", form)
    assert "没有重复收" in page.words()
    assert count(city, TicketRow) == 1


def test_a_report_goes_to_screening_whoever_was_chosen(sign_in: Signer, city: City) -> None:
    browser = sign_in("operator")
    page = browser.post("/calls/", entry(kind="举报"))
    assert "举报由筛查席先认定" in page.words()
    ticket, _ = newest(city)
    assert (ticket.state, ticket.lead_department, ticket.unscreened_report) == (
        "screening",
        None,
        True,
    )
    browser.get(f"/tickets/{ticket.number}", 404)
    page = browser.post("/calls/", entry(kind="举报", do="answer", answer="知道了"), 400)
    assert "举报不能当场办结" in page.words()


def test_without_a_unit_and_unsure_it_goes_to_screening(sign_in: Signer, city: City) -> None:
    vague = entry(matter="那个事到底管不管", department="", demand="管一管")
    page = sign_in("operator").post("/calls/", vague)
    assert "由筛查席定由谁办" in page.words()
    assert newest(city)[0].state == "screening"


def test_answered_at_once_is_closed_counted_and_its_clocks_are_met(
    sign_in: Signer, browser: Browser, city: City
) -> None:
    operator = sign_in("operator")
    page = operator.post("/calls/", entry(do="answer", answer=""), 400)
    assert "没有写" in page.words()
    page = operator.post("/calls/", entry(do="answer", answer="路灯已经在修，今晚亮灯。"))
    ticket, _ = newest(city)
    assert (ticket.state, ticket.lead_department, ticket.answered_at) == ("closed", "RXZ", NOW)
    clocks = {clock.name: (clock.stopped_at, clock.voided) for clock in ticket.clocks}
    assert clocks[ClockName.DISPATCH] == (NOW, False)
    assert clocks[ClockName.REPLY] == (NOW, False)
    assert all(voided for name, (_, voided) in clocks.items() if name not in ("dispatch", "reply"))
    assert ticket.replies[0].body == "路灯已经在修，今晚亮灯。"
    assert ticket.replies[0].author == "operator"
    assert events(city, ticket)[-1] == ("answered_at_once", "operator")
    number, code = [
        "".join(e.itertext()) for e in page.all("span") if e.get("class") == "ms-receipt__no"
    ]
    browser.send("/progress", {"number": number, "code": code})
    assert "今晚亮灯" in browser.get("/progress/ticket").words()
    assert "当场答复办结" in operator.get(f"/tickets/{number}").words()


def test_a_call_joins_an_open_ticket_whose_clocks_do_not_move(
    sign_in: Signer, browser: Browser, city: City
) -> None:
    first = assigned(city)
    before, _ = rows_of(city, first.number)
    page = sign_in("operator").post("/calls/", entry(do=f"join:{first.number}"))
    assert f"并入了{first.number}" in page.words()
    joined, message = newest(city)
    after, _ = rows_of(city, first.number)
    assert (joined.state, joined.merged_into, joined.lead_department) == (
        "merged",
        after.id,
        "CGJ",
    )
    assert all(clock.voided for clock in joined.clocks)
    assert [(c.name, c.due_at, c.stopped_at) for c in after.clocks] == [
        (c.name, c.due_at, c.stopped_at) for c in before.clocks
    ]
    assert events(city, after)[-1] == ("merged_here", "operator")
    words = sign_in("department").get(f"/tickets/{first.number}").words()
    assert joined.number in words
    assert MATTER[:10] in sign_in("department").get(f"/tickets/{joined.number}").words()
    number, code = [
        "".join(e.itertext()) for e in page.all("span") if e.get("class") == "ms-receipt__no"
    ]
    browser.send("/progress", {"number": number, "code": code})
    assert first.number in browser.get("/progress/ticket").words()


def test_what_cannot_carry_a_call(sign_in: Signer, city: City) -> None:
    browser = sign_in("operator")
    report = assigned(city, kind="举报")
    with city.records.write() as work:
        work.session.get_one(TicketRow, report.ticket_id).unscreened_report = False
        work.commit()
    page = browser.post("/calls/", entry(do=f"join:{report.number}"), 400)
    assert "举报要单独办" in page.words()
    page = browser.post("/calls/", entry(do="join:2026-1120-99999"), 409)
    assert "已经不在办了" in page.words()
    closed = assigned(city)
    with city.records.write() as work:
        work.session.get_one(TicketRow, closed.ticket_id).state = "closed"
        work.commit()
    browser.post("/calls/", entry(do=f"join:{closed.number}"), 409)
    assert count(city, TicketRow) == 2


def test_the_caller_is_known_however_the_number_is_typed(sign_in: Signer, city: City) -> None:
    browser = sign_in("operator")
    browser.post("/calls/", entry())
    page = browser.post("/calls/", {"do": "suggest", "caller": "+86 138-0000-6621"})
    assert "30天内第2次来电" in page.words()
    assert "共1件，在办1件" in page.words()
    fragment = browser.send("/calls/caller", {"caller": "13800006621"}).get_data(as_text=True)
    assert newest(city)[0].number in fragment
    assert "30天内第2次来电" in fragment


def test_an_unscreened_report_is_no_part_of_the_history(sign_in: Signer, city: City) -> None:
    browser = sign_in("operator")
    browser.post("/calls/", entry(kind="举报"))
    page = browser.post("/calls/", {"do": "suggest", "caller": CALLER})
    assert "第一次来电" in page.words()


def test_notes_about_a_caller(sign_in: Signer, city: City) -> None:
    browser = sign_in("operator")
    page = browser.post("/calls/notes/", entry(note="晚上接不了电话"))
    assert "晚上接不了电话" in page.words()
    assert MATTER in page.text
    note = next(e.get("value") for e in page.all("button") if e.get("name") == "drop_note")
    page = browser.post("/calls/notes/drop", entry(drop_note=str(note)))
    assert "晚上接不了电话" not in page.words()
    browser.post("/calls/notes/", entry(note="", caller=CALLER), 400)
    browser.post("/calls/notes/drop", entry(drop_note="x"), 404)


def test_suggestions_come_with_topic_unit_place_time_and_demand(
    sign_in: Signer, city: City
) -> None:
    page = sign_in("operator").post(
        "/calls/", {"do": "suggest", "caller": CALLER, "matter": MATTER}
    )
    alts = [e.get("data-alt") for e in page.all("input") if e.get("data-alt")]
    assert alts[:1] == ["1"]
    assert page.field("demand") == "希望尽快派人来修"
    assert "松涛路" in page.field("place")
    assert "市城市管理和综合执法局" in page.words()
    assert "派单给市城市管理和综合执法局" in page.words()


def test_a_chosen_topic_leads_to_its_unit_and_is_kept_to_learn_from(
    sign_in: Signer, city: City
) -> None:
    browser = sign_in("operator")
    topic = "城乡建设/小区管理/物业服务"
    leaf = next(leaf for leaf in __import__("casework.taxonomy").taxonomy.leaves())
    topic = "/".join(leaf.path)
    page = browser.post("/calls/", entry(topic=topic, do="suggest"))
    taken = [e.get("value") for e in page.all("input") if e.get("checked") is not None]
    assert topic in taken
    browser.post("/calls/", entry(topic=topic, urgency="urgent", sentiment="positive"))
    ticket, message = newest(city)
    assert (ticket.topic, ticket.urgency, ticket.urgency_stated) == (topic, "urgent", True)
    with city.records.read() as work:
        kept = work.session.execute(
            select(CorrectionRow.task, CorrectionRow.after).where(
                CorrectionRow.message_id == message.id
            )
        ).all()
    assert ("topic", topic) in kept
    assert ("urgency", "urgent") in kept
    assert ("sentiment", "positive") in kept
    browser.post("/calls/", entry(topic="没有/这个", do="dispatch"), 400)


def test_alike_tickets_are_offered_and_answered_ones_linked(sign_in: Signer, city: City) -> None:
    first = assigned(city)
    relay_turns.serve(city.records, city.index, city.holder, lambda: NOW)
    page = sign_in("operator").post(
        "/calls/", {"do": "suggest", "matter": "松涛路到学校这一段路灯不亮，晚上很危险"}
    )
    assert f"并入{first.number}" in page.words()
    assert [e.get("value") for e in page.all("input") if e.get("name") == "into"] == [first.number]
    assert "ms-evid--same" in page.text


def test_a_broken_index_does_not_stop_a_call(sign_in: Signer, city: City) -> None:
    page = sign_in("operator").post("/calls/", {"do": "suggest", "matter": MATTER})
    assert "只按号码找过" in page.words()


def test_a_draft_is_kept_listed_opened_and_gone_when_sent(sign_in: Signer, city: City) -> None:
    browser = sign_in("operator")
    form = entry()
    assert "已暂存" in browser.send("/calls/drafts/", form).get_data(as_text=True)
    assert MATTER in sign_in("operator").get("/calls/").text
    other = entry(matter="第二件")
    browser.send("/calls/drafts/", other)
    page = browser.get("/calls/")
    assert "第二件" in page.text
    assert MATTER[:20] in page.words()
    assert MATTER in browser.get(f"/calls/?draft={form['token']}").text
    assert MATTER not in browser.get("/calls/?new=1").text.replace(MATTER[:40], "")
    browser.post("/calls/", form)
    with city.records.read() as work:
        assert work.session.scalars(select(DraftRow.id)).all() == [UUID(hex=other["token"])]
    browser.send("/calls/drafts/", form)  # a saving that was under way when the form was sent
    assert count(city, DraftRow) == 1
    browser.send("/calls/drafts/drop", other)
    assert count(city, DraftRow) == 0


def test_a_draft_is_sealed_and_nobody_elses(sign_in: Signer, city: City) -> None:
    form = entry()
    sign_in("operator").send("/calls/drafts/", form)
    with city.records.engine.connect() as connection:
        raw = connection.exec_driver_sql("select content from drafts").scalar_one()
    assert MATTER.encode() not in raw
    with city.records.write() as work:
        from casework.storage.drafts import CALL, drop_draft, save_draft

        assert not save_draft(work, UUID(hex=form["token"]), "other", CALL, "{}", NOW)
        drop_draft(work, UUID(hex=form["token"]), "other")
        work.commit()
    assert count(city, DraftRow) == 1


def test_an_empty_form_is_no_draft(sign_in: Signer, city: City) -> None:
    sign_in("operator").send("/calls/drafts/", {"token": uuid7().hex})
    assert count(city, DraftRow) == 0


def push(city: City, ref: str, at: datetime, agent: str = "operator") -> UUID:
    with city.records.write() as work:
        call = pushed.IncomingCall("pbx", ref, CALLER, agent, at)
        call_id = pushed.record_call(work, call, at)
        work.commit()
    return call_id


def test_a_pushed_call_fills_the_number_and_is_entered(sign_in: Signer, city: City) -> None:
    browser = sign_in("operator")
    call_id = push(city, "1", NOW - timedelta(minutes=1))
    push(city, "2", NOW, agent="somebody")
    page = browser.get("/calls/")
    assert page.field("caller") == CALLER
    assert page.field("call") == call_id.hex
    assert CALLER in browser.client.get("/calls/incoming").get_data(as_text=True)
    browser.post("/calls/", entry(call=call_id.hex))
    assert CALLER not in browser.client.get("/calls/incoming").get_data(as_text=True)
    with city.records.read() as work:
        assert pushed.call_for_agent(work, "operator", NOW) is None


def test_a_call_nobody_knows_of_does_not_stop_the_message(sign_in: Signer, city: City) -> None:
    sign_in("operator").post("/calls/", entry(call=uuid7().hex))
    assert count(city, TicketRow) == 1


def test_the_number_is_sent_to_a_mobile_when_wanted(sign_in: Signer, city: City) -> None:
    browser = sign_in("operator")
    browser.post("/calls/", entry(notify="yes"))
    with city.records.read() as work:
        assert work.session.execute(select(NoticeRow.kind, NoticeRow.recipient)).all() == [
            ("call_received", CALLER)
        ]
    browser.post("/calls/", entry(notify="yes", caller="0571-88001234", matter="另一件事"))
    assert count(city, NoticeRow) == 1


def test_who_asked_to_be_kept_secret_is_not_shown_to_the_department(
    sign_in: Signer, city: City
) -> None:
    sign_in("operator").post("/calls/", entry(confidential="yes"))
    ticket, _ = newest(city)
    browser = sign_in("department")
    page = browser.get(f"/tickets/{ticket.number}")
    assert "138****6621" not in page.words()
    answer = browser.post(f"/tickets/{ticket.number}/contact-data", {}, 403)
    assert "要求保密" in answer.words()
    assert "138****6621" in sign_in("screener").get(f"/tickets/{ticket.number}").words()


def test_the_english_desk(sign_in: Signer, city: City) -> None:
    browser = sign_in("operator")
    browser.choose(lang="en")
    browser.get("/calls/")
    browser.post("/calls/", entry(do="suggest"))
    browser.post("/calls/", entry(demand=""), 400)
    browser.post("/calls/", entry())
    browser.send("/calls/drafts/", entry())
    browser.get("/calls/?new=1")


def test_hostile_input(sign_in: Signer, city: City) -> None:
    browser = sign_in("operator")
    page = browser.post("/calls/", entry(matter="<script>alert(1)</script>" + MATTER, do="suggest"))
    assert "<script>alert" not in page.text
    browser.post("/calls/", entry(matter="字" * 20_001), 400)
    browser.post("/calls/", entry(department="NOWHERE"), 400)
    browser.post("/calls/", entry(urgency="very"), 400)
    browser.post("/calls/", entry(sentiment="happy"), 400)
    browser.post("/calls/", entry(kind="乱写"), 400)
    browser.post("/calls/", entry(matter=f"{MATTER}\x00\x07", token="not hex", call="not hex"))
    assert count(city, TicketRow) == 1

"""The screening desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from casework.model import Assignment, DepartmentGuess
from casework.storage.tables import AccusationRow, TicketRow
from runtime.wiring import City
from tests.builders import TOPIC, draft, judgement, new_case, record_one
from tests.web.browser import Browser
from tests.web.cases import assigned

Signer = Callable[[str], Browser]


def waiting(city: City, **changes: Any) -> Any:
    return record_one(city.records, new_case(lead="", **changes))


def ticket_row(city: City, number: str) -> TicketRow:
    with city.records.read() as work:
        row = work.session.scalar(select(TicketRow).where(TicketRow.number == number))
        assert row is not None
        return row


def decide(browser: Browser, number: str, status: int | None = None, **fields: str) -> Any:
    sent = {"version": "1", "kind": "投诉", "urgency": "normal", "choice": "1", **fields}
    if status is None:
        return browser.send(f"/screening/{number}", sent)
    return browser.post(f"/screening/{number}", sent, status)


def test_an_empty_queue_says_so(sign_in: Signer) -> None:
    assert "没有等人来定的来件" in sign_in("screener").get("/screening/").words()


def test_the_message_stands_with_its_evidence_and_guesses(sign_in: Signer, city: City) -> None:
    waiting(city)
    page = sign_in("screener").get("/screening/")
    assert '<mark class="ms-evid">路灯</mark>' in page.text
    assert "城乡建设／城市建设和市政管理／市政设施" in page.words()
    assert "选这个 1" in page.words()


def test_a_guess_is_taken_and_the_ticket_dispatched(sign_in: Signer, city: City) -> None:
    case = waiting(city)
    browser = sign_in("screener")
    answer = decide(browser, case.number)
    assert answer.status_code == 303
    assert f"刚才那一件已经派出：{case.number}" in browser.get(answer.headers["Location"]).words()
    row = ticket_row(city, case.number)
    assert (row.state, row.lead_department, row.assigned_by) == ("assigned", "CGJ", "screener")


def test_another_department_kind_and_urgency(sign_in: Signer, city: City) -> None:
    case = waiting(city)
    browser = sign_in("screener")
    page = decide(browser, case.number, 400, choice="other")
    assert "没有写" in page.words()
    decide(browser, case.number, choice="other", department="ZJJ", kind="求助", urgency="urgent")
    row = ticket_row(city, case.number)
    assert (row.lead_department, row.kind, row.urgency) == ("ZJJ", "求助", "urgent")


def test_a_report_needs_its_accused_or_a_word_that_there_is_none(
    sign_in: Signer, city: City
) -> None:
    case = waiting(city, kind="举报")
    browser = sign_in("screener")
    page = decide(browser, case.number, 400, kind="举报")
    assert "没有被举报单位" in page.words()
    decide(browser, case.number, kind="举报", no_accused="yes")
    assert ticket_row(city, case.number).unscreened_report is False


def test_the_accused_are_suggested_named_and_kept_out(sign_in: Signer, city: City) -> None:
    text = draft(subject="", body="市住房和城乡建设局的人收了红包，违法建筑不拆。")
    case = waiting(city, of=text, kind="举报", judged=judgement(evidence=(), kind="举报"))
    browser = sign_in("screener")
    page = browser.get(f"/screening/{case.number}")
    boxes = [e for e in page.all("input") if e.get("name") == "accused"]
    assert [(b.get("value"), b.get("checked") is not None) for b in boxes] == [("ZJJ", True)]
    refused = decide(
        browser, case.number, 400, kind="举报", accused="ZJJ", choice="other", department="ZJJ"
    )
    assert "被举报的单位" in refused.words()
    decide(browser, case.number, kind="举报", accused="ZJJ")
    with city.records.read() as work:
        named = work.session.scalars(select(AccusationRow.department)).all()
    assert named == ["ZJJ"]
    sign_in("neighbour").get(f"/tickets/{case.number}", 404)
    sign_in("department").get(f"/tickets/{case.number}")


def test_somebody_faster_is_told(sign_in: Signer, city: City) -> None:
    case = waiting(city)
    page = decide(sign_in("screener"), case.number, 409, version="7")
    assert "别人刚刚改过这一件" in page.words()


def test_somebody_who_already_decided_it_is_told(sign_in: Signer, city: City) -> None:
    case = waiting(city)
    browser = sign_in("screener")
    decide(browser, case.number)
    page = decide(browser, case.number, 409)
    assert "别人刚刚改过这一件" in page.words()
    assert "看这一件现在的情况" in page.words()


def test_an_unscreened_report_is_seen_by_screeners_only(sign_in: Signer, city: City) -> None:
    case = waiting(city, kind="举报")
    for username in ("department", "leader"):
        browser = sign_in(username)
        browser.get(f"/tickets/{case.number}", 404)
        assert case.number not in browser.get("/tickets/").text
    assert case.number in sign_in("screener").get("/screening/").text


def test_a_ticket_that_left_the_queue_leads_to_its_page(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    answer = sign_in("screener").client.get(f"/screening/{case.number}")
    assert answer.headers["Location"] == f"/tickets/{case.number}"


def test_reassigning_tells_the_reason(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    browser = sign_in("screener")
    path = f"/tickets/{case.number}/reassign"
    page = browser.post(path, {"version": "1", "department": "ZJJ", "note": ""}, 400)
    assert "没有写" in page.words()
    browser.send(path, {"version": "1", "department": "ZJJ", "note": "路灯归住建局"})
    assert "路灯归住建局" in browser.get(f"/tickets/{case.number}").words()


def test_the_english_desk(sign_in: Signer, city: City) -> None:
    waiting(city)
    browser = sign_in("screener")
    browser.choose(lang="en")
    assert "To be screened" in browser.get("/screening/").words()
    for path in ("/tickets/", "/tickets/search", "/screening/?reason=report"):
        browser.get(path)


def test_more_guesses_have_more_keys(sign_in: Signer, city: City) -> None:
    case = new_case(lead="")
    guesses = tuple(
        DepartmentGuess(code, p, "dispatch", TOPIC) for code, p in (("CGJ", 0.4), ("ZJJ", 0.3))
    )
    changed = type(case)(
        **{name: getattr(case, name) for name in case.__dataclass_fields__ if name != "assignment"},
        assignment=Assignment(guesses, "", "dispatch", "unsure"),
    )
    record_one(city.records, changed)
    page = sign_in("screener").get("/screening/")
    assert [b.get("data-key") for b in page.all("button") if b.get("name") == "choice"] == [
        "1",
        "2",
        None,
    ]

"""The screening desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from casework.model import Assignment, DepartmentGuess
from casework.storage.audit import verify
from casework.storage.corrections import TASKS, corrections
from casework.storage.tables import (
    AccusationRow,
    AuditEventRow,
    CorrectionRow,
    JudgementRow,
    TicketRow,
)
from casework.taxonomy import leaves
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


def version_of(city: City, number: str) -> str:
    return str(ticket_row(city, number).version)


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


def refuse(browser: Browser, number: str, status: int | None = None, **fields: str) -> Any:
    sent = {
        "version": "1",
        "refusal_reason": "spam",
        "basis": "本市热线受理范围的规定",
        "refusal_note": "要登广告请找报社",
        **fields,
    }
    if status is None:
        return browser.send(f"/screening/{number}/refuse", sent)
    return browser.post(f"/screening/{number}/refuse", sent, status)


def own_page(browser: Browser, city: City, case: Any) -> Browser:
    """The citizen's own page of a case, opened with number and code."""
    answer = browser.send("/progress", {"number": case.number, "code": case.code})
    assert answer.status_code == 303
    return browser


def test_refused_told_in_plain_words_objected_and_looked_at_again(
    sign_in: Signer, browser: Browser, city: City
) -> None:
    case = waiting(city)
    screener = sign_in("screener")
    refused = refuse(screener, case.number, 400, basis="")
    assert "没有写" in refused.words()
    refuse(screener, case.number, 400, refusal_reason="because")
    answer = refuse(screener, case.number)
    assert "没有受理" in screener.get(answer.headers["Location"]).words()
    row = ticket_row(city, case.number)
    assert (row.state, row.next_due_at) == ("refused", None)

    own_page(browser, city, case)
    page = browser.get("/progress/ticket")
    for words in ("这条留言没有受理", "是广告", "本市热线受理范围的规定", "要登广告请找报社"):
        assert words in page.words()
    browser.post("/progress/objection", {"objection": " "}, 400)
    browser.send("/progress/objection", {"objection": "不是广告，是路灯坏了"})
    assert "正在定由谁办" in browser.get("/progress/ticket").words()
    row = ticket_row(city, case.number)
    assert (row.state, row.screening_reason) == ("screening", "objection")
    assert row.next_due_at is not None
    desk = sign_in("screener").get("/screening/")
    assert "反映人有异议" in desk.words()
    assert "不是广告，是路灯坏了" not in desk.words()

    refuse(screener, case.number, version=str(row.version))
    assert "您提过异议" in browser.get("/progress/ticket").words()
    browser.post("/progress/objection", {"objection": "还是不同意"}, 400)
    assert ticket_row(city, case.number).state == "refused"


def test_nobody_objects_without_the_code(browser: Browser, city: City) -> None:
    case = waiting(city)
    answer = browser.send("/progress/objection", {"objection": "不同意"})
    assert answer.headers["Location"] == "/progress"
    assert ticket_row(city, case.number).screening_reason != "objection"


def test_a_refused_message_is_taken_up_again(sign_in: Signer, city: City) -> None:
    case = waiting(city)
    browser = sign_in("screener")
    refuse(browser, case.number)
    assert "重新受理" in browser.get(f"/tickets/{case.number}").words()
    browser.send(f"/screening/{case.number}/take-up", {"version": version_of(city, case.number)})
    row = ticket_row(city, case.number)
    assert (row.state, row.screening_reason) == ("screening", "taken_up")


def test_merged_and_both_numbers_keep_working(
    sign_in: Signer, browser: Browser, city: City
) -> None:
    carrying = assigned(city)
    case = waiting(city, of=draft(body="松涛路学校门口路灯又坏了，我的电话13912345678"))
    screener = sign_in("screener")
    path = f"/screening/{case.number}/merge"
    page = screener.post(path, {"version": "1", "into": "2026-1120-99999"}, 400)
    assert "没有这个编号" in page.words()
    screener.post(path, {"version": "1", "into": case.number}, 400)
    screener.send(path, {"version": "1", "into": carrying.number})
    row = ticket_row(city, case.number)
    assert (row.state, row.merged_into, row.next_due_at) == ("merged", carrying.ticket_id, None)
    assert case.number in sign_in("department").get(f"/tickets/{carrying.number}").words()
    sign_in("department").get(f"/tickets/{case.number}")
    sign_in("neighbour").get(f"/tickets/{case.number}", 404)

    department = sign_in("department")
    version = {"version": version_of(city, carrying.number)}
    department.send(f"/department/{carrying.number}/sign", version)
    parts = {
        "facts": "现场查看，来电13800000001反映属实。",
        "result": "当晚修好。",
        "remedy": "可以申请复查。",
        "contact": "市政科",
    }
    version = {"version": version_of(city, carrying.number)}
    department.send(f"/department/{carrying.number}/answer", {**version, **parts})
    own_page(browser, city, case)
    page = browser.get("/progress/ticket")
    assert carrying.number in page.words()
    assert "当晚修好" in page.words()
    assert "13800000001" not in page.words()
    other = own_page(browser, city, carrying).get("/progress/ticket")
    assert "当晚修好" in other.words()


def test_what_is_merged_moves_with_the_ticket_that_carries_it(sign_in: Signer, city: City) -> None:
    carrying = assigned(city)
    case = waiting(city, of=draft(body="路灯又坏了"))
    screener = sign_in("screener")
    screener.send(f"/screening/{case.number}/merge", {"version": "1", "into": carrying.number})
    version = version_of(city, carrying.number)
    screener.send(
        f"/tickets/{carrying.number}/reassign",
        {"version": version, "department": "ZJJ", "note": "归住建局"},
    )
    assert ticket_row(city, case.number).lead_department == "ZJJ"
    sign_in("neighbour").get(f"/tickets/{case.number}")


def test_a_report_is_never_merged(sign_in: Signer, city: City) -> None:
    carrying = assigned(city)
    report = waiting(city, kind="举报")
    screener = sign_in("screener")
    assert "是不是同一件" not in screener.get(f"/screening/{report.number}").words()
    path = f"/screening/{report.number}/merge"
    page = screener.post(path, {"version": "1", "into": carrying.number}, 400)
    assert "举报要单独办" in page.words()
    other = waiting(city)
    path = f"/screening/{other.number}/merge"
    screener.post(path, {"version": "1", "into": report.number}, 400)


def test_a_ticket_that_carries_others_cannot_become_a_report(sign_in: Signer, city: City) -> None:
    carrying, case = waiting(city), waiting(city, of=draft(body="路灯又坏了"))
    screener = sign_in("screener")
    screener.send(f"/screening/{case.number}/merge", {"version": "1", "into": carrying.number})
    version = version_of(city, carrying.number)
    page = decide(screener, carrying.number, 400, version=version, kind="举报", no_accused="yes")
    assert "举报要单独办" in page.words()


def test_the_last_decision_is_taken_back(sign_in: Signer, city: City) -> None:
    case = waiting(city, kind="举报")
    screener = sign_in("screener")
    before = ticket_row(city, case.number)
    decide(screener, case.number, kind="求助", urgency="urgent")
    with city.records.read() as work:
        assert work.session.scalars(select(CorrectionRow.task)).all()
    assert "撤回" in screener.get(f"/screening/?sent={case.number}").words()
    screener.send(f"/screening/{case.number}/undo")
    row = ticket_row(city, case.number)
    for name in ("state", "kind", "urgency", "topic", "unscreened_report", "lead_department"):
        assert getattr(row, name) == getattr(before, name), name
    assert row.next_due_at == before.next_due_at
    with city.records.read() as work:
        assert not work.session.scalars(select(CorrectionRow.task)).all()
        names = work.session.scalars(
            select(AuditEventRow.name)
            .where(AuditEventRow.chain == str(case.ticket_id))
            .order_by(AuditEventRow.sequence)
        ).all()
        assert list(verify(work)) == []
    assert names[-2:] == ["assigned", "undone"]


def test_the_accused_a_decision_named_are_no_longer_accused(sign_in: Signer, city: City) -> None:
    case = waiting(city, kind="举报")
    screener = sign_in("screener")
    decide(screener, case.number, kind="举报", accused="ZJJ")
    screener.send(f"/screening/{case.number}/undo")
    with city.records.read() as work:
        assert not work.session.scalars(select(AccusationRow.department)).all()
    assert ticket_row(city, case.number).unscreened_report is True


def test_what_cannot_be_taken_back(sign_in: Signer, city: City, clock: dict[str, datetime]) -> None:
    acted, late = waiting(city), waiting(city, of=draft(body="另一件"))
    screener = sign_in("screener")
    decide(screener, acted.number)
    version = {"version": version_of(city, acted.number)}
    sign_in("department").send(f"/department/{acted.number}/sign", version)
    page = screener.post(f"/screening/{acted.number}/undo", {}, 409)
    assert "已经有人办过" in page.words()
    decide(screener, late.number)
    clock["now"] += timedelta(minutes=11)
    page = screener.post(f"/screening/{late.number}/undo", {}, 409)
    assert "过了10分钟" in page.words()
    assert ticket_row(city, late.number).state == "assigned"


def test_undoing_a_merge_leaves_a_trace_on_both(sign_in: Signer, city: City) -> None:
    carrying, case = assigned(city), waiting(city, of=draft(body="路灯又坏了"))
    screener = sign_in("screener")
    screener.send(f"/screening/{case.number}/merge", {"version": "1", "into": carrying.number})
    screener.send(f"/screening/{case.number}/undo")
    row = ticket_row(city, case.number)
    assert (row.state, row.merged_into, row.lead_department) == ("screening", None, None)
    assert row.next_due_at is not None
    words = sign_in("screener").get(f"/tickets/{carrying.number}").words()
    assert "并入的一件分了出去" in words


def test_two_screeners_at_once_one_wins(sign_in: Signer, city: City) -> None:
    case = waiting(city)
    decide(sign_in("screener"), case.number)
    page = refuse(sign_in("screener"), case.number, 409)
    assert "别人刚刚改过这一件" in page.words()
    assert ticket_row(city, case.number).state == "assigned"


def test_another_topic_is_kept_to_learn_from(sign_in: Signer, city: City) -> None:
    case = waiting(city)
    screener = sign_in("screener")
    topic = "/".join(leaves()[0].path)
    decide(screener, case.number, 400, topic="没有/这个/事项")
    decide(screener, case.number, 400, sentiment="happy")
    decide(
        screener,
        case.number,
        topic=topic,
        kind="求助",
        sentiment="positive",
        choice="other",
        department="ZJJ",
    )
    assert ticket_row(city, case.number).topic == topic
    with city.records.read() as work:
        kept = {c.task: (c.before, c.after) for task in TASKS for c in corrections(work, task)}
    assert kept == {
        "topic": ("/".join(TOPIC), topic),
        "kind": ("投诉", "求助"),
        "unit": ("CGJ", "ZJJ"),
        "sentiment": (judged_sentiment(city, case.number), "positive"),
    }


def judged_sentiment(city: City, number: str) -> str:
    with city.records.read() as work:
        found: str = work.session.scalars(
            select(JudgementRow.sentiment)
            .join(TicketRow, TicketRow.message_id == JudgementRow.message_id)
            .where(TicketRow.number == number)
        ).one()
    return found


def test_what_looks_empty_or_like_advertising_is_only_marked(sign_in: Signer, city: City) -> None:
    case = waiting(city, of=draft(subject="", body="代开发票，加微信 kaipiao888，低息贷款秒到账"))
    page = sign_in("screener").get("/screening/")
    assert "像是广告" in page.words()
    assert "只是提示" in page.words()
    assert ticket_row(city, case.number).state == "screening"


def test_the_same_sender_and_the_same_words_stand_beside_the_message(
    sign_in: Signer, city: City
) -> None:
    sender = "13800000001"
    earlier = assigned(city, of=draft(sender=sender, body="别的事情，公交车太少"))
    same = assigned(city, of=draft(source="other", source_ref="9"))
    case = waiting(city, of=draft(sender=sender, source="other", source_ref="10"))
    page = sign_in("screener").get(f"/screening/{case.number}")
    assert "同一个号码" in page.words()
    assert "说的一样" in page.words()
    assert earlier.number in page.text
    assert same.number in page.text

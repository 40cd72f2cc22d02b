"""The signed door: what is let in, once; what is turned away, and in which words."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from sqlalchemy import func, select, text

from casework.storage import sources, webhook_answers
from casework.storage.set_aside import list_set_aside
from casework.storage.sources import SourceKind
from casework.storage.tables import (
    AuditTextRow,
    CallRow,
    MentionRow,
    MessageRow,
    NoticeRow,
    TicketRow,
    WebhookAnswerRow,
)
from runtime.wiring import City
from tests.conftest import NOW
from tests.web.signed import MESSAGE, PATH, SECRET, Sender, add_source
from web.api.views import DESCRIPTION

OPENAPI = json.loads(DESCRIPTION.read_text(encoding="utf-8"))


@pytest.fixture
def send(app: Flask, city: City) -> Sender:
    add_source(city.records)
    return Sender(app)


def check(answer: Any) -> dict[str, Any]:
    """The answer's members, once they match what the description says of this status."""
    response = OPENAPI["paths"][PATH]["post"]["responses"][str(answer.status_code)]
    (media_type,) = response["content"]
    assert answer.mimetype == media_type
    schema = {**response["content"][media_type]["schema"], "components": OPENAPI["components"]}
    members: dict[str, Any] = answer.get_json(force=True)
    Draft202012Validator(schema).validate(members)
    assert "Set-Cookie" not in answer.headers
    return members


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    members = check(answer)
    assert (answer.status_code, members["code"]) == (status, code), members
    assert members["type"].endswith(code)
    return members


def rows(city: City, table: Any = MessageRow) -> int:
    with city.records.read() as work:
        return work.session.scalar(select(func.count()).select_from(table)) or 0


def test_the_description_is_valid_and_served(app: Flask) -> None:
    validate(OPENAPI)
    assert app.test_client().get("/api/v1/openapi.json").get_json() == OPENAPI


def test_a_message_becomes_a_ticket(send: Sender, city: City) -> None:
    answer = send(MESSAGE)
    members = check(answer)
    assert answer.status_code == 202
    with city.records.read() as work:
        ticket = work.session.scalars(select(TicketRow)).one()
        assert ticket.number == members["number"]
        assert ticket.code_digest == work.vault.digest("query code", members["code"])
        assert (ticket.message.source, ticket.message.channel) == ("mini-program", "wechat")
        kept = sources.source(work, "mini-program")
    assert (kept.health.items, kept.health.last_item_at) == (1, NOW)


def test_every_member_of_a_message_is_described_and_taken(send: Sender, city: City) -> None:
    members = OPENAPI["components"]["schemas"]["Message"]["properties"]
    whole = {
        **MESSAGE,
        "id": "m-1",
        "subject": "路灯",
        "received_at": "2026-11-20T14:00:00+08:00",
        "sender": "openid-1",
        "contact": {"name": "周某", "phone": "13800000001", "email": "zhou@example.org"},
        "place": "松涛路",
        "district": "",
        "kind": "投诉",
        "publishable": True,
        "entered_by": "坐席3号",
        "notify": True,
        "language": "zh",
    }
    assert set(whole) == set(members)
    assert send(whole).status_code == 202
    for name in ("Post", "Call", "TextMessage"):
        assert OPENAPI["components"]["schemas"][name]["additionalProperties"] is False


def test_who_enters_a_message_never_learns_the_code(send: Sender, city: City) -> None:
    members = check(send({**MESSAGE, "entered_by": "坐席3号"}))
    assert "code" not in members
    with city.records.read() as work:
        notice = work.session.scalars(select(NoticeRow)).one()
        assert (notice.kind, notice.recipient) == ("received", "13800000001")
        said = "".join(work.session.scalars(select(AuditTextRow.text)))
    assert "坐席3号" in said


def test_sent_again_it_is_answered_as_the_first_time(send: Sender, city: City) -> None:
    first = send(MESSAGE, key="k").get_data()
    assert send(MESSAGE, key="k").get_data() == first
    assert rows(city) == rows(city, WebhookAnswerRow) == 1
    problem(send({**MESSAGE, "body": "别的事情，请另外处理一下。"}, key="k"), 422, "key_reused")
    assert rows(city) == 1


def test_the_same_number_under_another_key_is_the_same_message(send: Sender, city: City) -> None:
    first = check(send({**MESSAGE, "id": "m-1"}))
    again = check(send({**MESSAGE, "id": "m-1"}))
    assert again["number"] == first["number"]
    assert "code" not in again
    assert rows(city) == 1


def test_a_kept_answer_is_sealed_and_forgotten(send: Sender, city: City) -> None:
    code = check(send(MESSAGE))["code"]
    with city.records.read() as work:
        kept = work.session.execute(text("SELECT answer FROM webhook_answers")).scalar_one()
    assert code.encode() not in bytes(kept)
    with city.records.write() as work:
        webhook_answers.forget_answers(work, NOW + timedelta(days=2))
        assert work.session.scalar(select(func.count()).select_from(WebhookAnswerRow)) == 1
        webhook_answers.forget_answers(work, NOW + timedelta(days=4))
        assert work.session.scalar(select(func.count()).select_from(WebhookAnswerRow)) == 0


@pytest.mark.parametrize("named", [True, False])
def test_two_at_the_same_moment_are_one(send: Sender, city: City, named: bool) -> None:
    body = {**MESSAGE, "id": "m-1"} if named else MESSAGE
    answers: list[Any] = []
    ready = threading.Barrier(4)

    def push() -> None:
        ready.wait()
        answers.append(send(body, key="same"))

    threads = [threading.Thread(target=push) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.get_data() for answer in answers}) == 1
    assert rows(city) == 1


def test_two_keys_hold_while_one_is_changed(
    send: Sender, city: City, clock: dict[str, datetime]
) -> None:
    with city.records.write() as work:
        ((old, _),) = sources.keys(work, "mini-program", NOW)
        sources.add_key(work, "mini-program", "another", "guanli", NOW)
        sources.end_key(work, old, "guanli", NOW + timedelta(minutes=2), NOW)
        work.commit()
    other = Sender(send.app, secret="another", sent=100)
    assert (
        send(MESSAGE).status_code
        == other({**MESSAGE, "body": "再说一件别的事情。"}).status_code
        == 202
    )
    clock["now"] = NOW + timedelta(minutes=2)
    problem(send(MESSAGE), 401, "signature")


def test_who_is_not_let_in_cannot_tell_why(send: Sender, city: City) -> None:
    add_source(city.records, "asleep", active=False)
    answers = [
        send(MESSAGE, Minsheng_Signature="v1=" + "0" * 64),
        send(MESSAGE, Minsheng_Signature=""),
        send(MESSAGE, Minsheng_Source="nobody"),
        send(MESSAGE, Minsheng_Source=""),
        Sender(send.app, source="asleep")(MESSAGE),
    ]
    for answer in answers:
        problem(answer, 401, "signature")
    assert len({answer.get_data() for answer in answers}) == 1
    assert rows(city) == 0


@pytest.mark.parametrize(
    "timestamp",
    [
        "",
        "soon",
        "-5",
        str(int(NOW.timestamp()) - 301),
        str(int(NOW.timestamp()) + 301),
        "１７",
        "9" * 13,
    ],
)
def test_a_time_that_is_not_now(send: Sender, timestamp: str) -> None:
    problem(send(MESSAGE, Minsheng_Timestamp=timestamp), 401, "timestamp")


def test_strangers_are_slowed_down_and_the_source_is_not_locked_out(send: Sender) -> None:
    stranger = Sender(send.app, secret="guessed")
    for _ in range(5):
        problem(stranger(MESSAGE), 401, "signature")
    throttled = stranger(MESSAGE)
    problem(throttled, 429, "throttled")
    assert int(throttled.headers["Retry-After"]) > 0
    assert send(MESSAGE).status_code == 202


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "json"),
        (b"{", "json"),
        (b"[1]", "object"),
        (json.dumps(MESSAGE, ensure_ascii=False).encode("gb18030"), "charset"),
        (json.dumps(MESSAGE).encode("utf-16"), "charset"),
        (b"\xef\xbb\xbf" + json.dumps(MESSAGE).encode(), "charset"),
        (b'{"type": "message", "type": "post"}', "twice"),
        (b'{"type": "message", "body": NaN}', "number"),
        (b'{"type": "message", "body": "\\ud83d"}', "characters"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nesting"),
        (b"[" * 500_000, "nesting"),
        (b'{"type": ' + b"9" * 10_000 + b"}", "json"),
    ],
)
def test_a_body_that_is_no_object(send: Sender, city: City, body: bytes, reason: str) -> None:
    assert problem(send(body), 400, "json")["reason"] == reason
    assert rows(city) == 0


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"type": "letter"}, "type", "unknown"),
        ({"type": 7}, "type", "type"),
        ({"body": ""}, "body", "required"),
        ({"body": "x" * 20_001}, "body", "too_long"),
        ({"body": "a\u0000b"}, "body", "characters"),
        ({"bdoy": "x"}, "bdoy", "unknown_member"),
        ({"kind": "骂人"}, "kind", "kind"),
        ({"contact": "13800000001"}, "contact", "type"),
        ({"contact": {"fax": "1"}}, "fax", "unknown_member"),
        ({"notify": "yes"}, "notify", "type"),
        ({"received_at": "yesterday"}, "received_at", "time"),
        ({"received_at": "2027-01-01T00:00:00Z"}, "received_at", "future"),
        ({"language": "fr"}, "language", "unknown"),
    ],
)
def test_a_member_that_cannot_be_accepted(
    send: Sender, city: City, changes: dict[str, Any], field: str, reason: str
) -> None:
    found = problem(send({**MESSAGE, **changes}), 422, "rejected")
    assert (found["field"], found["reason"]) == (field, reason)
    assert rows(city) == rows(city, WebhookAnswerRow) == 0


@pytest.mark.parametrize(
    "media_type",
    ["", "text/plain", "application/json; charset=gbk", "multipart/form-data; boundary=x"],
)
def test_another_media_type(send: Sender, media_type: str) -> None:
    problem(send(MESSAGE, Content_Type=media_type), 415, "media_type")


def test_a_key_is_needed(send: Sender) -> None:
    problem(send(MESSAGE, Idempotency_Key=""), 400, "idempotency_key")
    problem(send(MESSAGE, key="k" * 201), 400, "idempotency_key")


def test_a_body_too_large_is_not_read(send: Sender, city: City) -> None:
    problem(send(b" " * 10_000_000), 413, "too_large")
    assert rows(city) == 0


def test_records_that_are_gone(send: Sender, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    with city.records.engine.connect() as connection:
        connection.execute(text("ALTER TABLE messages RENAME TO elsewhere"))
        connection.commit()
    answer = send(MESSAGE)
    problem(answer, 503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_call_is_kept_and_completed(send: Sender, city: City) -> None:
    call = {"type": "call", "id": "c-1", "caller": "+86 138-0000-0001", "agent": "operator"}
    first = check(send(call))
    again = check(send({**call, "ended_at": "2026-11-20T15:05:00+08:00", "recording": "r/1"}))
    assert again["call_id"] == first["call_id"]
    with city.records.read() as work:
        row = work.session.scalars(select(CallRow)).one()
        assert row.caller_digest == work.vault.digest("sender", "13800000001")
    assert row.recording_ref == "r/1"


def test_a_post_is_a_mention(send: Sender, city: City) -> None:
    post = {"type": "post", "id": "p-1", "body": "今天天气真好，公园里人很多。", "author": "小明"}
    members = check(send({**post, "url": "https://weibo.example/p-1"}))
    assert "number" not in members
    assert check(send(post))["mention_id"] == members["mention_id"]
    assert (rows(city, MentionRow), rows(city, TicketRow)) == (1, 0)
    problem(send({**post, "id": "p-2", "url": "javascript:alert(1)"}), 422, "rejected")


def test_other_paths_of_the_api_answer_programs(app: Flask, sign_in: Callable[[str], Any]) -> None:
    for method, path, status in (("GET", PATH, 405), ("GET", "/api/v1/nothing", 404)):
        answer = app.test_client().open(path, method=method)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    signed_in = sign_in("administrator").client.post(
        PATH, data=b"{}", content_type="application/json"
    )
    assert signed_in.status_code == 401


def test_a_source_of_another_kind_has_no_such_door(send: Sender, city: City) -> None:
    with city.records.write() as work:
        box = sources.Source("box", "box", SourceKind.MAILBOX, "mailbox", {})
        sources.save_source(work, box, "guanli", NOW)
        sources.add_key(work, "box", SECRET, "guanli", NOW)
        work.commit()
    problem(Sender(send.app, source="box")(MESSAGE), 401, "signature")


def test_a_text_message_is_a_ticket_and_the_code_goes_to_its_writer(
    send: Sender, city: City
) -> None:
    add_source(city.records, "sms", "sms")
    provider = Sender(send.app, source="sms")
    text = "12345#周某#松涛路8号#松涛路四盏路灯不亮，请尽快维修。"
    members = check(provider({"type": "sms", "id": "s-1", "from": "13800000001", "text": text}))
    assert "code" not in members
    with city.records.read() as work:
        message = work.session.scalars(select(MessageRow)).one()
        notice = work.session.scalars(select(NoticeRow)).one()
    assert (message.contact_name, message.contact_phone, message.place) == (
        "周某",
        "13800000001",
        "松涛路8号",
    )
    assert (message.channel, message.body) == ("sms", "松涛路四盏路灯不亮，请尽快维修。")
    assert (notice.kind, notice.recipient) == ("received", "13800000001")
    again = check(provider({"type": "sms", "id": "s-1", "from": "13800000001", "text": text}))
    assert again["number"] == members["number"]


def test_a_text_message_that_says_nothing_is_told_how_once(send: Sender, city: City) -> None:
    for number in range(3):
        sent = {"type": "sms", "id": f"s-{number}", "from": "13800000001", "text": "12345#"}
        assert check(send(sent)) == {"type": "sms", "told": "how_to_write"}
    with city.records.read() as work:
        kinds = list(work.session.scalars(select(NoticeRow.kind)))
        aside = list_set_aside(work)
    assert kinds == ["how_to_write"]
    assert [one.reason for one in aside] == ["too_short"] * 3
    assert rows(city) == 0

"""Files of an answer: kept while it is written, given with it, saved by those who may have them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import select

from casework.errors import Conflict, Rejected
from casework.storage.attachments import Attachment, waiting_for_answer
from casework.storage.audit import verify
from casework.storage.people import person_named
from casework.storage.tables import AttachmentRow, AuditEventRow, ReplyRow, TicketRow
from intake.attached.take_file import FileRules, take_file
from routing import handle
from runtime.wiring import City
from tests.builders import new_case, record_one
from tests.conftest import NOW
from tests.intake.photographs import photograph
from tests.web.browser import Browser, Page, checked
from tests.web.cases import assigned
from tests.web.test_department import PARTS, act

Signer = Callable[[str], Browser]
NAME = "修好的路灯 (夜).jpg"


def in_hand(sign_in: Signer, city: City) -> tuple[Any, Browser]:
    """A ticket that is signed for, at version 2, and its department's browser."""
    case, browser = assigned(city), sign_in("department")
    act(browser, case.number, "sign", 1)
    return case, browser


def send(
    browser: Browser, number: str, *files: tuple[str, bytes], do: str = "add", **fields: Any
) -> Any:
    """The answer's form with files, by one of its buttons; do="": the answer itself."""
    data = {
        "csrf_token": browser.token(),
        "version": "2",
        **fields,
        "files": [(BytesIO(content), name) for name, content in files],
    }
    if do:
        data["do"] = do
    return browser.client.post(f"/department/{number}/answer", data=data)


def add(browser: Browser, number: str, *files: tuple[str, bytes], **fields: Any) -> Page:
    return checked(send(browser, number, *files, **fields), 200)


def kept_ids(page: Page) -> list[str]:
    return [e.get("value", "") for e in page.all("input") if e.get("name") == "file"]


def links(page: Page) -> list[str]:
    return [e.get("href", "") for e in page.all("a") if e.get("download") is not None]


def waiting(city: City, case: Any) -> tuple[Attachment, ...]:
    with city.records.read() as work:
        return waiting_for_answer(work, case.ticket_id)


def events(city: City, case: Any) -> list[str]:
    with city.records.read() as work:
        assert list(verify(work)) == []
        found = select(AuditEventRow.name).where(AuditEventRow.chain == str(case.ticket_id))
        return list(work.session.scalars(found.order_by(AuditEventRow.sequence)))


def test_a_file_outlives_the_browser_and_the_words_stay(sign_in: Signer, city: City) -> None:
    case, browser = in_hand(sign_in, city)
    page = add(browser, case.number, (NAME, photograph()), facts="电缆被挖断。")
    assert "电缆被挖断。</textarea>" in page.text
    assert NAME in page.words()
    elsewhere = sign_in("department").get(f"/tickets/{case.number}")
    assert kept_ids(elsewhere) == kept_ids(page) != []
    assert events(city, case)[-1] == "file_added"
    assert "加了文件" in elsewhere.words()


def test_the_answer_takes_its_files_along_and_nothing_changes_afterwards(
    sign_in: Signer, city: City
) -> None:
    case, browser = in_hand(sign_in, city)
    page = add(browser, case.number, (NAME, photograph()), ("说明.txt", "修好了。".encode()))
    preview = checked(send(browser, case.number, do="preview", file=kept_ids(page), **PARTS), 200)
    assert NAME in "".join("".join(e.itertext()) for e in preview.all("article"))
    assert send(browser, case.number, do="", file=kept_ids(page), **PARTS).status_code == 303
    assert waiting(city, case) == ()
    with city.records.read() as work:
        (reply,) = work.session.scalars(select(ReplyRow)).all()
        assert [file.name for file in reply.files] == [NAME, "说明.txt"]
        given = reply.files[0].id
    assert events(city, case)[-3:] == ["file_added", "file_added", "answered"]
    later = checked(send(browser, case.number, ("b.txt", b"words"), version="3"), 400)
    assert waiting(city, case) == ()
    assert NAME in later.words()
    send(browser, case.number, do=f"remove-{given}", version="3")
    assert NAME in browser.get(f"/tickets/{case.number}").words()


def test_files_chosen_with_the_last_button_are_given_too(sign_in: Signer, city: City) -> None:
    case, browser = in_hand(sign_in, city)
    answer = send(browser, case.number, (NAME, photograph()), do="", **PARTS)
    assert answer.status_code == 303
    assert NAME in browser.get(f"/tickets/{case.number}").words()


def test_a_refused_file_holds_the_answer_back_and_is_named(sign_in: Signer, city: City) -> None:
    case, browser = in_hand(sign_in, city)
    page = checked(
        send(browser, case.number, (NAME, photograph()), ("木马.jpg", b"MZ\0"), do="", **PARTS),
        400,
    )
    assert "木马.jpg：不是能收的文件" in page.words()
    assert "电缆被挖断。</textarea>" in page.text
    assert [file.file.name for file in waiting(city, case)] == [NAME], "the other one is kept"
    with city.records.read() as work:
        assert work.session.scalars(select(ReplyRow)).all() == []
    browser.choose(lang="en")
    checked(send(browser, case.number, ("木马.jpg", b"MZ\0")), 400)
    add(browser, case.number)


def test_a_file_is_taken_out_again_with_a_trace(sign_in: Signer, city: City) -> None:
    case, browser = in_hand(sign_in, city)
    (kept,) = kept_ids(add(browser, case.number, (NAME, photograph()), facts="还在写"))
    page = checked(send(browser, case.number, do=f"remove-{kept}", file=kept, facts="还在写"), 200)
    assert kept_ids(page) == []
    assert "还在写</textarea>" in page.text
    assert events(city, case)[-1] == "file_removed"
    for gone in (kept, "nonsense", ""):
        checked(send(browser, case.number, do=f"remove-{gone}"), 200)
    assert events(city, case)[-1] == "file_removed"


def test_the_same_file_twice_is_one_and_one_too_many_is_named(sign_in: Signer, city: City) -> None:
    case, browser = in_hand(sign_in, city)
    add(browser, case.number, (NAME, photograph()), ("copy.jpg", photograph()))
    assert len(waiting(city, case)) == 1
    many = [(f"{n}.txt", b"words %d" % n) for n in range(5)]
    page = checked(send(browser, case.number, *many), 400)
    assert "4.txt：没有收：最多5个" in page.words()
    assert len(waiting(city, case)) == 5


def test_nobody_gives_a_file_they_have_not_seen(sign_in: Signer, city: City) -> None:
    case, browser = in_hand(sign_in, city)
    add(sign_in("department"), case.number, (NAME, photograph()))
    page = checked(send(browser, case.number, do="", **PARTS), 400)
    assert "文件刚刚变了" in page.words()
    assert "电缆被挖断。</textarea>" in page.text
    answer = send(browser, case.number, do="", file=kept_ids(page), **PARTS)
    assert answer.status_code == 303


def test_adding_and_answering_at_once_leaves_no_file_behind(sign_in: Signer, city: City) -> None:
    """Between the look at the ticket and the adding, somebody else gives the answer."""
    case, _ = in_hand(sign_in, city)
    office = city.office()
    with city.records.read() as work:
        person = person_named(work, office.departments, "department")
    rules = FileRules(city.settings.attachments_folder, 1, 5, "")
    file = take_file(rules, "a.txt", b"words")
    parts = handle.ReplyParts(**PARTS)
    handle.answer(city.records, office, case.ticket_id, person, 2, parts, NOW)
    with pytest.raises(Conflict, match="changed"):
        handle.add_file(city.records, office, case.ticket_id, person, 2, file, 5, NOW)
    with city.records.read() as work:
        newest = work.session.get_one(TicketRow, case.ticket_id).version
    with pytest.raises(Conflict, match="state"):
        handle.add_file(city.records, office, case.ticket_id, person, newest, file, 5, NOW)
    other = assigned(city).ticket_id
    handle.sign(city.records, office, other, person, 1, NOW)
    handle.add_file(city.records, office, other, person, 2, file, 5, NOW)
    with pytest.raises(Rejected, match="files_changed"):
        handle.answer(city.records, office, other, person, 2, parts, NOW)
    assert waiting(city, case) == ()


def test_before_it_is_signed_for_nothing_is_added(sign_in: Signer, city: City) -> None:
    case, browser = assigned(city), sign_in("department")
    checked(send(browser, case.number, (NAME, photograph()), version="1"), 400)
    assert waiting(city, case) == ()


def test_a_file_is_saved_and_never_shown(sign_in: Signer, city: City) -> None:
    case, browser = in_hand(sign_in, city)
    page = add(browser, case.number, (NAME, photograph()))
    answer = browser.client.get(links(page)[0])
    assert answer.mimetype == "application/octet-stream"
    said = answer.headers["Content-Disposition"]
    assert said.startswith("attachment")
    assert f"filename*=UTF-8''{quote(NAME, safe='()')}" in said or quote("修好的路灯") in said
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not Image.open(BytesIO(answer.get_data())).getexif()
    answer.close()


def test_who_gets_a_file_before_and_after_the_answer(app: Any, sign_in: Signer, city: City) -> None:
    case, browser = in_hand(sign_in, city)
    page = add(browser, case.number, (NAME, photograph()))
    (path,) = links(page)

    def status(username: str) -> int:
        answer = sign_in(username).client.get(path)
        answer.close()
        return int(answer.status_code)

    # An operator and a leader read the ticket, and no answer that is not given yet.
    before = {name: status(name) for name in ("department", "neighbour", "leader", "screener")}
    assert before == {"department": 200, "neighbour": 404, "leader": 404, "screener": 404}
    assert send(browser, case.number, do="", file=kept_ids(page), **PARTS).status_code == 303
    after = {name: status(name) for name in ("department", "neighbour", "leader", "screener")}
    assert after == {"department": 200, "neighbour": 404, "leader": 200, "screener": 200}
    assert status("administrator") == 403
    assert Browser(app).client.get(path).status_code == 302
    other = record_one(city.records, new_case())
    assert browser.client.get(path.replace(case.number, other.number)).status_code == 404


def test_the_citizen_gets_the_files_with_number_and_code_and_nobody_else(
    app: Any, sign_in: Signer, city: City, browser: Browser, clock: dict[str, Any]
) -> None:
    case, clerk = in_hand(sign_in, city)
    page = add(clerk, case.number, (NAME, photograph()))
    key = links(page)[0].rsplit("/", 1)[1]
    look_up = {"number": case.number, "code": case.code}
    assert browser.send("/progress", look_up).status_code == 303
    assert browser.client.get(f"/progress/files/{key}").status_code == 404, "not given yet"
    assert NAME not in browser.get("/progress/ticket").words()
    send(clerk, case.number, do="", file=kept_ids(page), **PARTS)
    shown = browser.get("/progress/ticket")
    assert links(shown) == [f"/progress/files/{key}"]
    answer = browser.client.get(f"/progress/files/{key}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    answer.close()
    stranger = Browser(app)
    assert stranger.client.get(f"/progress/files/{key}").headers["Location"] == "/progress"
    other = record_one(city.records, new_case())
    stranger.send("/progress", {"number": other.number, "code": other.code})
    assert stranger.client.get(f"/progress/files/{key}").status_code == 404
    browser.choose(lang="en")
    browser.get("/progress/ticket")
    browser.send("/progress/leave")
    assert browser.client.get(f"/progress/files/{key}").status_code == 302


def test_a_full_disk_is_told_and_the_words_stay(
    sign_in: Signer, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, browser = in_hand(sign_in, city)
    folder = city.settings.home / "no-folder"
    folder.write_bytes(b"")
    full = FileRules(folder, 15, 5, "")
    monkeypatch.setattr("web.department.answer_files.file_rules", lambda: full)
    page = checked(send(browser, case.number, (NAME, photograph()), do="", **PARTS), 400)
    assert "现在存不下" in page.words()
    assert "电缆被挖断。</textarea>" in page.text
    assert waiting(city, case) == ()


def test_files_of_the_message_and_of_the_answer_are_kept_apart(sign_in: Signer, city: City) -> None:
    """A file id of another table row, or of another ticket's draft, takes nothing out of it."""
    case, browser = in_hand(sign_in, city)
    (kept,) = kept_ids(add(browser, case.number, (NAME, photograph())))
    other = assigned(city)
    act(browser, other.number, "sign", 1)
    checked(send(browser, other.number, do=f"remove-{kept}"), 200)
    assert [str(file.id) for file in waiting(city, case)] == [kept]
    with city.records.read() as work:
        row = work.session.get_one(AttachmentRow, UUID(kept))
        assert (row.added_by, row.reply_id, row.message_id) == ("department", None, None)


def test_names_come_without_folders_and_signs_that_turn_the_line(
    sign_in: Signer, city: City
) -> None:
    case, browser = in_hand(sign_in, city)
    add(browser, case.number, ("../../etc/夜\u202egpj.exe", photograph()))
    (file,) = waiting(city, case)
    assert file.file.name == "夜gpj.exe.jpg"


def test_a_file_added_while_the_answer_is_given_is_in_it_or_refused(
    sign_in: Signer, city: City
) -> None:
    """Never a file that waits for an answer already given."""
    office = city.office()
    with city.records.read() as work:
        person = person_named(work, office.departments, "department")
    rules = FileRules(city.settings.attachments_folder, 1, 5, "")
    file = take_file(rules, "a.txt", b"words")
    for _ in range(4):
        case = assigned(city)
        handle.sign(city.records, office, case.ticket_id, person, 1, NOW)
        together = threading.Barrier(2)

        def add_one(ticket_id: UUID = case.ticket_id, gate: threading.Barrier = together) -> str:
            gate.wait()
            try:
                handle.add_file(city.records, office, ticket_id, person, 2, file, 5, NOW)
            except Conflict as error:
                return error.reason
            return "added"

        def give(ticket_id: UUID = case.ticket_id, gate: threading.Barrier = together) -> str:
            gate.wait()
            parts = handle.ReplyParts(**PARTS)
            try:
                handle.answer(city.records, office, ticket_id, person, 2, parts, NOW)
            except Rejected as error:
                return error.reason
            return "given"

        with ThreadPoolExecutor(2) as pool:
            added, given = pool.submit(add_one), pool.submit(give)
        told = (added.result(), given.result())
        assert told in {("added", "files_changed"), ("changed", "given")}
        assert len(waiting(city, case)) == (1 if told[0] == "added" else 0)

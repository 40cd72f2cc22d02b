"""Photographs with a citizen's message: put aside, listed, sent with it, never lost silently."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from casework.errors import RecordsUnavailable, Rejected
from casework.events import EventName
from casework.storage import form_files
from casework.storage.attachment_files import KeptFile
from casework.storage.attachments import of_ticket, waiting_in_form
from casework.storage.audit import verify
from casework.storage.tables import AttachmentRow, AuditEventRow, TicketRow
from intake.attached.take_file import FileRules, take_file
from runtime.scheduler import clear_files
from runtime.wiring import City
from tests.conftest import NOW, lacking
from tests.intake.photographs import photograph
from tests.web.browser import Browser, Page, checked
from tests.web.test_submit import fields, number_and_code

Signer = Callable[[str], Browser]
TOKEN = fields()["token"]
NAME = "夜里的路.jpg"


def choose(browser: Browser, *files: tuple[str, bytes], do: str = "second", **changes: Any) -> Any:
    """The form sent with photographs chosen."""
    data = {
        "csrf_token": browser.token(),
        **fields(),
        "do": do,
        **changes,
        "photographs": [FileStorage(BytesIO(content), name) for name, content in files],
    }
    boundary, body = encode_multipart(MultiDict(data))
    kind = f"multipart/form-data; boundary={boundary}"
    return browser.client.post("/submit", data=body, content_type=kind)


def waiting(city: City) -> list[str]:
    with city.records.read() as work:
        return [each.file.name for each in waiting_in_form(work, TOKEN)]


def send(browser: Browser) -> Page:
    return browser.post("/submit", fields(do="send", confirmed="yes"))


def test_photographs_go_along_to_the_receipt_and_to_those_who_handle_it(
    browser: Browser, sign_in: Signer, city: City
) -> None:
    second = checked(choose(browser, (NAME, photograph()), ("b.png", photograph("PNG"))), 200)
    assert "第2步" in second.words()
    check = browser.post("/submit", fields(do="third"))
    assert NAME in check.words()
    assert "b.png" in check.words()
    receipt = send(browser)
    number, code = number_and_code(receipt)
    assert "2张，已经收到" in receipt.words()
    assert waiting(city) == []
    with city.records.read() as work:
        ticket = work.session.scalar(select(TicketRow).where(TicketRow.number == number))
        assert ticket is not None
        kept = of_ticket(work, ticket.id)
        assert [each.file.name for each in kept] == [NAME, "b.png"]
        named = select(AuditEventRow.name).where(AuditEventRow.chain == str(ticket.id))
        assert list(work.session.scalars(named)).count("file_added") == 2
        assert list(verify(work)) == []
    assert browser.send("/progress", {"number": number, "code": code}).status_code == 303
    path = f"/progress/files/{kept[0].id}"
    assert path in browser.get("/progress/ticket").text
    answer = browser.client.get(path)
    assert not Image.open(BytesIO(answer.get_data())).getexif()
    answer.close()
    browser.choose(lang="en")
    browser.get("/progress/ticket")
    desk = sign_in("screener")
    assert NAME in desk.get(f"/tickets/{number}").words()
    saved = desk.client.get(f"/tickets/{number}/attachments/{kept[0].id}")
    assert saved.status_code == 200
    saved.close()
    with city.records.read() as work:
        read = select(AuditEventRow.actor).where(AuditEventRow.name == EventName.FILE_READ)
        assert work.session.scalars(read).all() == ["screener"]


def test_of_a_report_the_department_gets_no_file(
    browser: Browser, sign_in: Signer, city: City
) -> None:
    choose(browser, (NAME, photograph()), kind="举报")
    browser.post("/submit", fields(do="send", confirmed="yes", kind="举报"))
    with city.records.write() as work:
        (ticket,) = work.session.scalars(select(TicketRow)).all()
        ticket.unscreened_report, ticket.lead_department = False, "CGJ"
        number, kind = ticket.number, ticket.kind
        (file,) = of_ticket(work, ticket.id)
        work.commit()
    assert kind == "举报"
    path = f"/tickets/{number}/attachments/{file.id}"
    assert sign_in("department").client.get(path).status_code == 404
    assert NAME not in sign_in("department").get(f"/tickets/{number}").text
    answer = sign_in("screener").client.get(path)
    assert answer.status_code == 200
    answer.close()


def test_a_refused_photograph_is_named_and_everything_else_stays(
    browser: Browser, city: City
) -> None:
    page = checked(choose(browser, ("a.txt", b"words"), (NAME, photograph())), 400)
    assert "a.txt：不是照片，没有收" in page.words()
    assert fields()["text"] in page.text
    assert page.field("phone") == fields()["phone"]
    assert page.field("token") == TOKEN
    assert waiting(city) == [NAME]
    large = checked(choose(browser, ("large.jpg", b"\xff" * (16 * 1024**2))), 400)
    assert "large.jpg：太大，没有收：每个最多15MB" in large.words()
    browser.choose(lang="en")
    checked(choose(browser, ("文.txt", b"words"), text="The street is dark."), 400)


def test_a_request_beyond_all_measure_is_told(browser: Browser) -> None:
    page = checked(
        choose(browser, *[(f"{n}.jpg", b"\xff" * (15 * 1024**2)) for n in range(7)]), 413
    )
    assert "文件太大" in page.words()


def test_five_are_taken_the_same_one_once_and_one_is_struck_out(
    browser: Browser, city: City
) -> None:
    shades = [(f"{n}.jpg", photograph(colour=(0, n * 40, 90))) for n in range(6)]
    page = checked(choose(browser, *shades, shades[0]), 400)
    assert "5.jpg：没有收：最多5个" in page.words()
    assert waiting(city) == [f"{n}.jpg" for n in range(5)]
    (first,) = [
        e.get("value")
        for e in page.all("input")
        if e.get("name") == "remove_photograph" and e.get("value")
    ][:1]
    checked(choose(browser, shades[5], remove_photograph=[first, "nonsense"]), 200)
    assert waiting(city) == [f"{n}.jpg" for n in range(1, 6)]
    back = browser.post("/submit", fields(do="first"))
    assert "5.jpg" in back.words()


def test_another_form_neither_sees_nor_takes_out_what_waits(browser: Browser, city: City) -> None:
    choose(browser, (NAME, photograph()))
    with city.records.read() as work:
        (kept,) = waiting_in_form(work, TOKEN)
    other = "another-form-of-another-citizen-123"
    page = checked(choose(browser, token=other, do="third", remove_photograph=str(kept.id)), 200)
    assert NAME not in page.words()
    assert waiting(city) == [NAME]


def test_photographs_wait_while_the_text_is_wrong(browser: Browser, city: City) -> None:
    page = checked(choose(browser, (NAME, photograph()), text=" "), 400)
    assert NAME in page.words()
    assert waiting(city) == [NAME]


def test_a_form_already_sent_takes_no_more(browser: Browser, city: City) -> None:
    send(browser)
    page = checked(choose(browser, (NAME, photograph())), 400)
    assert "已经递交，加不进去" in page.words()
    assert waiting(city) == []


def test_the_same_words_again_from_another_form_tell_that_the_photograph_was_not_taken(
    browser: Browser, city: City
) -> None:
    send(browser)
    other = "another-form-of-the-same-citizen-12"
    choose(browser, (NAME, photograph()), token=other)
    page = browser.post("/submit", fields(token=other, do="send", confirmed="yes"))
    assert "照片没有收进来" in page.words()


def test_records_away_when_it_is_sent_keep_the_photographs(
    browser: Browser, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(browser, (NAME, photograph()))

    def full(*_: object, **__: object) -> None:
        raise RecordsUnavailable("full")

    monkeypatch.setattr("casework.storage.form_files.append_text", full)
    page = browser.post("/submit", fields(do="send", confirmed="yes"), 503)
    assert NAME in page.words()
    assert waiting(city) == [NAME]
    with city.records.read() as work:
        assert work.session.scalars(select(TicketRow)).all() == [], "all of it or nothing"
    monkeypatch.undo()
    assert "1张，已经收到" in send(browser).words()


def test_what_is_never_sent_is_forgotten_after_a_day(browser: Browser, city: City) -> None:
    choose(browser, (NAME, photograph()))
    for later, left in ((timedelta(hours=23), [NAME]), (timedelta(hours=25), [])):
        with city.records.write() as work:
            form_files.drop_unsent(work, NOW + later)
            work.commit()
        assert waiting(city) == left


def test_forms_not_sent_cannot_fill_the_disk(
    browser: Browser, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.storage.form_files.MOST_WAITING", 100)
    page = checked(choose(browser, (NAME, photograph())), 400)
    assert "现在传照片的人太多" in page.words()
    with city.records.read() as work:
        assert work.session.scalars(select(AttachmentRow)).all() == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        lacking("mounting a small disk: run as root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_loses_neither_text_nor_what_was_there(
    browser: Browser, city: City, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = FileRules(small_disk, 15, 5, "")
    monkeypatch.setattr("web.public.photographs.file_rules", lambda: rules)
    noise = BytesIO()
    Image.effect_noise((600, 600), 90).save(noise, "PNG")
    page = checked(choose(browser, ("small.jpg", photograph()), (NAME, noise.getvalue())), 400)
    assert f"{NAME}：现在存不下" in page.words()
    assert fields()["text"] in page.text
    assert waiting(city) == ["small.jpg"]
    left = [path for path in small_disk.rglob("*") if path.is_file()]
    assert len(left) == 1, "nothing half written stays"


def test_at_night_what_was_never_sent_leaves_the_records_and_the_folder(
    browser: Browser, city: City
) -> None:
    choose(browser, (NAME, photograph()))  # on a day long past
    (file,) = city.settings.attachments_folder.glob("*/*")
    os.utime(file, (1, 1))
    clear_files(city)
    assert waiting(city) == []
    assert not file.exists()


def test_several_at_once_are_never_too_many(city: City) -> None:
    rules = FileRules(city.settings.attachments_folder, 1, 2, "")
    files = [take_file(rules, f"{n}.txt", b"words %d" % n) for n in range(6)]
    together = threading.Barrier(len(files))

    def keep(file: KeptFile) -> str:
        together.wait()
        try:
            with city.records.write() as work:
                form_files.keep_for_form(work, TOKEN, file, 2, NOW)
                work.commit()
        except Rejected as error:
            return error.reason
        return "kept"

    with ThreadPoolExecutor(len(files)) as pool:
        told = sorted(pool.map(keep, files))
    assert told == ["kept"] * 2 + ["too_many_files"] * 4
    assert len(waiting(city)) == 2

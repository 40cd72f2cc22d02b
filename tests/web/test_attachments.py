"""Files that came with a message: saved, never shown, and for those alone who handle it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from casework.storage.attachment_files import keep_file, media_type_of, plain_name
from casework.storage.attachments import attach, of_message
from runtime.wiring import City
from tests.builders import new_case, record_one
from tests.conftest import NOW
from tests.web.browser import Browser

Signer = Callable[[str], Browser]
PAGE = b"<html><script>alert(1)</script></html>"


def with_file(city: City, **changes: Any) -> tuple[str, str]:
    """A ticket with a file; its number, and the path of the file."""
    case = record_one(city.records, new_case(**changes))
    kept = keep_file(city.settings.attachments_folder, "../夜里 的\r\n照片.html", PAGE)
    with city.records.write() as work:
        attach(work, [kept], NOW, message_id=case.message_id)
        work.commit()
        (one,) = of_message(work, case.message_id)
    return case.number, f"/tickets/{case.number}/attachments/{one.id}"


def test_a_file_is_listed_and_saved_whatever_it_is(sign_in: Signer, city: City) -> None:
    number, path = with_file(city)
    browser = sign_in("department")
    page = browser.get(f"/tickets/{number}")
    assert "夜里 的照片.html" in page.text
    assert path in page.text
    answer = browser.client.get(path)
    assert answer.get_data() == PAGE
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()
    browser.choose(lang="en")
    browser.get(f"/tickets/{number}")


def test_who_does_not_handle_it_does_not_get_it(sign_in: Signer, city: City) -> None:
    number, path = with_file(city)
    for username in ("neighbour", "leader"):
        assert sign_in(username).client.get(path).status_code == 404
    _, report = with_file(city, kind="举报")
    assert sign_in("department").client.get(report).status_code == 404
    other, _ = with_file(city)
    elsewhere = path.replace(number, other)
    assert sign_in("department").client.get(elsewhere).status_code == 404


def test_a_file_that_is_gone_is_told(sign_in: Signer, city: City) -> None:
    _, path = with_file(city)
    for file in city.settings.attachments_folder.glob("*/*"):
        file.unlink()
    assert sign_in("department").client.get(path).status_code == 404


def test_what_a_file_is_and_is_called() -> None:
    assert media_type_of(b"\x89PNG\r\n\x1a\n...") == "image/png"
    assert media_type_of(b"PK\x03\x04") == "application/zip"
    assert media_type_of(b"\x00\x01") == "application/octet-stream"
    assert media_type_of(("路" * 2000).encode()) == "text/plain"
    assert media_type_of(b"") == "application/octet-stream"
    assert plain_name("..") == plain_name("") == "attachment"
    assert plain_name("C:\\a\\b.jpg") == "b.jpg"
    assert len(plain_name("x" * 500)) == 200

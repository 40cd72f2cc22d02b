"""Briefs: every figure leads to what it counts, as page, DOCX and PDF; and mail says when one is ready."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from zipfile import ZipFile

import pypdf
import pytest
from docx import Document

from casework.storage import brief_subscriptions
from casework.storage.people import person_named
from casework.storage.tables import UserRow
from monitor import relay_turns
from monitor.brief import BriefKind
from monitor.brief_periods import last_ended, period_of
from monitor.hot_issues import gather
from runtime.brief_mail import tell
from runtime.delivery.mail import mail_sender
from runtime.wiring import City
from tests.builders import draft, judgement, new_case, record_one
from tests.conftest import NOW, ZONE
from tests.monitor.test_hot_issues import MIXER
from tests.runtime.test_delivery import Mailbox, mailbox  # noqa: F401 - a fixture
from tests.web.browser import Browser
from tests.web.test_leadership import alert

Signer = Callable[[str], Browser]
WEEK = "/leadership/briefs/weekly/2026-11-20"


@pytest.fixture
def full(city: City) -> City:
    """Ten messages of this week, five of the last, among them four people on one matter; one alert."""
    said = [(text, f"a{n}", n) for n, text in enumerate(MIXER)]
    said += [(f"第{n}盏路灯坏了，请维修。", f"b{n}", n % 4) for n in range(6)]
    said += [(f"第{n}个井盖坏了，请维修。", f"c{n}", 7) for n in range(5)]
    for text, sender, days in said:
        message = draft(subject="", body=text, sender=sender, received_at=NOW - timedelta(days))
        record_one(city.records, new_case(of=message, district="WHQ", judged=judgement()))
    gather(city.records, ZONE, NOW)
    relay_turns.serve(city.records, city.index, city.holder, lambda: NOW, wish=relay_turns.REBUILD)
    return city


def test_periods() -> None:
    class OfficeOf:
        zone = ZONE

    week = period_of(BriefKind.WEEKLY, date(2026, 11, 20), OfficeOf())  # type: ignore[arg-type]
    assert (week.from_day, week.to_day) == (date(2026, 11, 16), date(2026, 11, 22))
    month = last_ended(BriefKind.MONTHLY, date(2027, 1, 1), OfficeOf())  # type: ignore[arg-type]
    assert (month.from_day, month.to_day) == (date(2026, 12, 1), date(2026, 12, 31))
    day = last_ended(BriefKind.DAILY, date(2027, 1, 1), OfficeOf())  # type: ignore[arg-type]
    assert (day.from_day, day.to_day) == (date(2026, 12, 31),) * 2


def test_every_figure_leads_to_as_many(sign_in: Signer, full: City) -> None:
    browser = sign_in("leader")
    page = browser.get(WEEK)
    assert "收到来件10件；之前同样长的时间5件" in page.words()
    links = re.findall(r'<a href="(/tickets/[^"]+)">([\d,]+)</a>', page.text)
    assert len(links) >= 10
    for link, figure in links:
        words = browser.get(unescape(link)).words()
        assert int(figure) == _total(words), (link, figure)
    for link in re.findall(r'href="(/leadership/hot-issues/[^"]*)"', page.text):
        browser.get(unescape(link))


def _total(words: str) -> int:
    found = re.search(r"(?:找到|全部工单|共)\s*([\d,]+)\s*件?", words)
    return int(found[1].replace(",", "")) if found else 0


def test_no_sentence_without_a_figure(sign_in: Signer, full: City) -> None:
    page = sign_in("leader").get(WEEK)
    sections = [one for one in page.all("section") if "ms-brief" in one.get("class", "")]
    assert len(sections) >= 5
    for section in sections:
        for paragraph in section.iter("{http://www.w3.org/1999/xhtml}p"):
            assert re.search(r"\d", "".join(paragraph.itertext()))


def test_the_files_say_what_the_page_says(sign_in: Signer, full: City) -> None:
    browser = sign_in("leader")
    document = browser.client.get(f"{WEEK}/docx")
    assert document.status_code == 200
    assert "attachment" in document.headers["Content-Disposition"]
    read = Document(io.BytesIO(document.data))
    text = "\n".join(one.text for one in read.paragraphs)
    assert "收到来件10件；之前同样长的时间5件。" in text
    assert any(
        "搅拌站" in cell.text for table in read.tables for row in table.rows for cell in row.cells
    )
    assert len(read.inline_shapes) == 1  # the course of the days
    assert "最多的一天是11月13日，5件" in text
    with ZipFile(io.BytesIO(document.data)) as archive:
        targets = archive.read("word/_rels/document.xml.rels").decode()
    assert "/tickets/?from=2026-11-16" in unescape(targets)
    made = browser.client.get(f"{WEEK}/pdf")
    assert made.status_code == 200, made.get_data(as_text=True)[:500]
    pdf = pypdf.PdfReader(io.BytesIO(made.data))
    words = re.sub(r"\s", "", "".join(page.extract_text() for page in pdf.pages))
    assert "收到来件10件" in words
    assert pdf.pages[0]["/Annots"]


def test_briefs_on_events(sign_in: Signer, full: City) -> None:
    browser = sign_in("leader")
    number = alert(full)
    for path in (f"alert/{number}", _issue(browser)):
        page = browser.get(f"/leadership/briefs/{path}")
        assert "有代表性的来件" in page.words()
        for form in ("docx", "pdf"):
            assert browser.client.get(f"/leadership/briefs/{path}/{form}").status_code == 200
    browser.choose(lang="en")
    browser.get(f"/leadership/briefs/alert/{number}")
    browser.get(WEEK)
    for kind in ("count", "negative_share", "urgent"):
        browser.get(f"/leadership/briefs/alert/{alert(full, measure=kind)}")


def _issue(browser: Browser) -> str:
    found = re.search(
        r"/leadership/briefs/(issue/RD-[\d-]+)", browser.get("/leadership/briefs/").text
    )
    assert found
    return found[1]


@pytest.mark.parametrize(
    "path",
    ["weekly/2099-01-01", "weekly/nonsense", "yearly/2026-11-20", "daily/0001-01-01", "issue/RD-1",
     "alert/x", "alert/%00", "issue/%00", "monthly/9999-12-31"],
)  # fmt: skip
def test_what_is_none_is_not_found(sign_in: Signer, path: str) -> None:
    browser = sign_in("leader")
    browser.get(f"/leadership/briefs/{path}", 404)
    assert browser.client.get(f"/leadership/briefs/{path}/pdf").status_code == 404


def test_without_the_index_the_rest_is_there(sign_in: Signer, city: City) -> None:
    page = sign_in("leader").get(WEEK)
    assert "趋势索引暂时不能用" in page.words()
    assert "收到来件0件" in page.words()


def test_a_machine_without_chinese_fonts_is_noticed(tmp_path: Path) -> None:
    """Asked in a process of its own: the fonts of a process are read once."""
    fonts = tmp_path / "fonts.conf"
    fonts.write_text("<fontconfig></fontconfig>")
    program = "from web.leadership.brief_documents import _has_chinese_font as f; print(f())"
    environment = {"FONTCONFIG_FILE": str(fonts), "PATH": "/usr/bin"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_a_server_that_cannot_says_so(
    sign_in: Signer, full: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.leadership.brief_documents._has_chinese_font", lambda: False)
    browser = sign_in("leader")
    answer = browser.client.get(f"{WEEK}/pdf")
    assert answer.status_code == 503
    assert "没有装中文字体" in answer.get_data(as_text=True)


def test_readers_are_told_once_when_a_brief_is_ready(
    sign_in: Signer,
    city: City,
    mailbox: tuple[Mailbox, str],  # noqa: F811
) -> None:
    browser = sign_in("leader")
    path = "/leadership/briefs/subscriptions"
    refused = browser.post(path, {"kind": "daily", "email": "nobody"}, 400)
    assert "没有记下" in refused.words()
    fields = {"kind": ["daily", "weekly"], "email": "lingdao@example.org"}
    assert browser.send(path, fields).status_code == 303
    assert browser.get("/leadership/briefs/").field("email") == "lingdao@example.org"
    box, address = mailbox
    send = mail_sender(address, "city@example.org")

    def told(hours: float) -> int:
        local = (NOW + timedelta(hours=hours)).astimezone(ZONE)
        return tell(city.records, city.office, send, "https://city.example", local)

    assert told(-9) == 0  # six in the morning
    box.closed = True
    assert told(0) == 0
    box.closed = False
    assert (told(0), told(1), told(24)) == (2, 0, 1)
    texts = [message.get_content() for message in box.messages]
    assert "https://city.example/leadership/briefs/daily/2026-11-19" in texts[0]
    assert "/weekly/2026-11-09" in texts[1]
    assert len({message["Message-ID"] for message in box.messages}) == 3
    with city.records.write() as work:
        leader = person_named(work, city.office().departments, "leader")
        assert brief_subscriptions.to_tell(work, "daily", date(2026, 12, 1))
        work.session.get_one(UserRow, leader.id).active = False
        work.commit()
    assert told(48) == 0  # who has left is told nothing
    assert browser.send(path, {"email": ""}).status_code in (302, 303)

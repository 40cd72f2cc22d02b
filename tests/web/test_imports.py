"""The import page: upload, map, try, start, follow, and what must not happen on it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select, text

from casework.storage import imports, sources
from casework.storage.imports import Import, ImportState
from casework.storage.tables import AuditEventRow
from runtime.file_imports import run_imports
from runtime.scheduler import TIMETABLE
from runtime.wiring import City
from tests.web.browser import Browser, Page, checked

CSV = (
    "编号,主题,时间,详情\n"
    "1,路灯不亮,2026-11-19 10:00,松涛路的路灯坏了，请派人修。\n"
    "2,=1+1,没有,云栖路的井盖不见了。\n"
    "3,井盖,2026-11-19 11:00,云栖路的井盖不见了，很危险。\n"
)
PLAN = {
    "source": "",
    "name": "来信登记",
    "code": "letters",
    "channel": "letter",
    "column-source_ref": "编号",
    "column-subject": "主题",
    "column-received_at": "时间",
    "column-body": "详情",
}
SignIn = Callable[[str], Browser]


@pytest.fixture
def screener(sign_in: SignIn) -> Browser:
    return sign_in("screener")


def send(browser: Browser, content: bytes | str, name: str = "来信.csv") -> Any:
    """As a browser sends it; the test client's own form would leave large files open."""
    data = content.encode() if isinstance(content, str) else content
    start = (
        f'--edge\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{browser.token()}\r\n'
        f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    )
    body = start.encode() + data + b"\r\n--edge--\r\n"
    return browser.client.post(
        "/imports/", data=body, content_type="multipart/form-data; boundary=edge"
    )


def uploaded(browser: Browser, content: bytes | str = CSV, name: str = "来信.csv") -> str:
    answer = send(browser, content, name)
    assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
    return str(answer.headers["Location"])


def run(browser: Browser, path: str, do: str, **changes: str) -> Any:
    return browser.send(f"{path}/run", {**PLAN, "do": do, **changes})


def only(city: City) -> Import:
    with city.records.read() as work:
        (found,) = imports.imports(work, 0, 10)
    return found


def messages(city: City) -> int:
    with city.records.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM messages")).scalar_one())


def chosen(page: Page) -> dict[str, str]:
    """What every select of a column shows."""
    return {
        select.get("name", ""): option.text or ""
        for select in page.all("select")
        for option in select.iter("{http://www.w3.org/1999/xhtml}option")
        if option.get("selected") is not None
    }


def test_from_upload_to_tickets(screener: Browser, city: City) -> None:
    assert "还没有导入过文件" in screener.get("/imports/").words()
    path = uploaded(screener)
    page = screener.get(path)
    assert chosen(page) == {
        "column-source_ref": "编号",
        "column-subject": "主题",
        "column-received_at": "时间",
        "column-body": "详情",
    }
    assert "松涛路的路灯坏了" in page.words()
    assert run(screener, path, "check").status_code == 303
    assert "排在队里" in screener.get(path).words()
    run_imports(city)
    assert "1行收不了，其余2行可以收" in screener.get(path).words()
    assert messages(city) == 0
    assert run(screener, path, "start", source="letters").status_code == 303
    run_imports(city)
    page = screener.get(path)
    assert "导完了" in page.words()
    assert messages(city) == 2
    assert list(city.settings.uploads_folder.iterdir()) == []
    assert "井盖" in screener.get("/tickets/").words()
    assert "letters" in screener.get("/imports/").words()
    with city.records.read() as work:
        saved = sources.source(work, "letters")
    assert saved.settings["columns"]["body"] == "详情"
    assert saved.channel == "letter"


def test_rejected_rows_are_downloaded_with_reasons(screener: Browser, city: City) -> None:
    path = uploaded(screener)
    run(screener, path, "start")
    run_imports(city)
    answer = screener.client.get(f"{path}/rejected.csv")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert "filename*=UTF-8''" in disposition
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    with city.records.read() as work:
        exported = select(AuditEventRow.actor).where(AuditEventRow.name == "rows_exported")
        assert work.session.scalars(exported).all() == ["screener"]
    assert lines[0] == "row,reason,编号,主题,时间,详情"
    assert lines[1].startswith("3,来件时间：“没有”不是时间。,2,'=1+1,没有,")
    screener.choose(lang="en")
    english = screener.client.get(f"{path}/rejected.csv").get_data(as_text=True)
    assert "is not a time" in english


def test_a_saved_source_brings_its_columns(screener: Browser, city: City) -> None:
    first = uploaded(screener, CSV.replace("详情", "怪名字"))
    assert run(screener, first, "start").status_code == 400  # 详情 is no column of this file
    run(screener, first, "start", **{"column-body": "怪名字"})
    run_imports(city)
    second = uploaded(screener, CSV.replace("详情", "怪名字"))
    page = screener.get(f"{second}?source=letters")
    assert chosen(page)["column-body"] == "怪名字"
    assert (
        run(screener, second, "start", source="letters", **{"column-body": "怪名字"}).status_code
        == 303
    )
    run_imports(city)
    assert messages(city) == 2
    assert "重复" in screener.get(second).words()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"column-body": ""}, "这一项没有写"),
        ({"column-body": "没有这列"}, "没有这个选项"),
        ({"code": ""}, "这一项没有写"),
        ({"code": "来信"}, "请用字母"),
        ({"channel": "nonsense"}, "这一项没有写"),
        ({"source": "nobody"}, "还没有开始"),
        ({"mode": "nonsense"}, "还没有开始"),
    ],
)
def test_what_is_missing_is_said_beside_it(
    screener: Browser, city: City, changes: dict[str, str], words: str
) -> None:
    path = uploaded(screener)
    page = screener.post(f"{path}/run", {**PLAN, "do": "start", **changes}, 400)
    assert words in page.words()
    assert only(city).state is ImportState.UPLOADED
    with city.records.read() as work:
        assert sources.sources(work) == ()


def test_a_code_that_is_taken(screener: Browser, city: City) -> None:
    run(screener, uploaded(screener), "check")
    page = screener.post(f"{uploaded(screener)}/run", {**PLAN, "do": "check"}, 400)
    assert "已经有了" in page.words()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "文件是空的"),
        ("a.pdf", b"%PDF", "不收"),
        ("a", b"x", "不收"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧的Excel格式"),
        ("a.xlsx", b"PK\x03\x04" + bytes(600), "不是完好的Excel文件"),
        ("a.jsonl", b"[1]\n", "文件是空的"),
    ],
)
def test_files_that_are_not_taken(
    screener: Browser, city: City, name: str, content: bytes, words: str
) -> None:
    page = checked(send(screener, content, name), 400)
    assert words in page.words()
    assert list(city.settings.uploads_folder.glob("*")) == []


def test_no_file_at_all(screener: Browser) -> None:
    assert "这一项没有写" in screener.post("/imports/", {}, 400).words()


def test_names_of_files_lead_nowhere_else(screener: Browser, city: City) -> None:
    uploaded(screener, CSV, "../../../etc/来信.csv")
    assert only(city).file_name == "来信.csv"
    assert re.fullmatch(r"[0-9a-f]{32}\.csv", only(city).file)
    (kept,) = city.settings.uploads_folder.iterdir()
    assert kept.name == only(city).file


def test_large_files_come_through_and_too_large_ones_do_not(
    screener: Browser, city: City, app: Flask
) -> None:
    row = "9,路灯,2026-11-19 10:00," + "字" * 900 + "\n"
    assert uploaded(screener, CSV + row * 1000)  # 2.7 MB; other forms end at one
    object.__setattr__(city.settings, "upload_mb", 1)
    answer = send(screener, CSV + row * 1000)
    assert answer.status_code == 413
    assert screener.send("/sign-out", {"x": "y" * 1_500_000}).status_code == 413


def test_another_sheet(screener: Browser, city: City) -> None:
    workbook = Workbook()
    workbook.active.title = "说明"
    workbook.active.append(["随便"])
    sheet = workbook.create_sheet("十一月")
    for line in CSV.splitlines():
        sheet.append(line.split(","))
    data = io.BytesIO()
    workbook.save(data)
    path = uploaded(screener, data.getvalue(), "来信.xlsx")
    assert "随便" in screener.get(path).words()
    assert screener.send(f"{path}/sheet", {"sheet": "十一月"}).status_code == 303
    assert chosen(screener.get(path))["column-body"] == "详情"
    assert "没有“十二月”这张表" in screener.post(f"{path}/sheet", {"sheet": "十二月"}, 400).words()
    run(screener, path, "start")
    run_imports(city)
    assert messages(city) == 2


def test_stopping_and_going_on(screener: Browser, city: City) -> None:
    path = uploaded(screener)
    run(screener, path, "start")
    assert screener.send(f"{path}/stop").status_code == 303
    assert "停下了" in screener.get(path).words()
    assert screener.send(f"{path}/stop").status_code == 303
    assert run(screener, path, "start", source="letters").status_code == 303
    assert run(screener, path, "start", source="letters").status_code == 409
    run_imports(city)
    assert messages(city) == 2


def test_progress_is_asked_for_and_ends_by_itself(screener: Browser, city: City) -> None:
    path = uploaded(screener)
    run(screener, path, "start")
    part = screener.client.get(f"{path}/progress")
    assert "排在队里" in part.get_data(as_text=True)
    assert "HX-Refresh" not in part.headers
    run_imports(city)
    assert screener.client.get(f"{path}/progress").headers["HX-Refresh"] == "true"


def test_a_file_that_vanished(screener: Browser, city: City) -> None:
    path = uploaded(screener)
    run(screener, path, "start")
    (city.settings.uploads_folder / only(city).file).unlink()
    run_imports(city)
    words = screener.get(path).words()
    assert "没有导完" in words
    assert "打不开" in words


def test_pages_in_english(screener: Browser, city: City) -> None:
    screener.choose(lang="en")
    path = uploaded(screener)
    screener.get("/imports/")
    screener.get(path)
    screener.get(f"{path}?source=none")
    run(screener, path, "check")
    screener.get(path)
    run_imports(city)
    screener.get(path)
    run(screener, path, "start", source="letters")
    run_imports(city)
    screener.get(path)
    screener.get("/imports/")


def test_what_is_written_in_a_file_is_never_run(screener: Browser) -> None:
    evil = "<script>alert(1)</script>"
    path = uploaded(screener, f"编号,{evil},时间,详情\n1,{evil},x,{evil}\n", f"{evil[:8]}.csv")
    assert evil not in screener.get(path).text
    assert evil not in screener.get("/imports/").text


@pytest.mark.parametrize(
    "path", ["/imports/nonsense", "/imports/00000000-0000-0000-0000-000000000000"]
)
def test_an_import_that_does_not_exist(screener: Browser, path: str) -> None:
    screener.get(path, 404)
    screener.get(f"{path}/rejected.csv", 404)


def test_rejected_rows_of_an_import_without_any(screener: Browser) -> None:
    screener.get(f"{uploaded(screener)}/rejected.csv", 404)


def test_nobody_else_sees_imports(sign_in: SignIn, screener: Browser, tmp_path: Path) -> None:
    path = uploaded(screener)
    for username in ("department", "leader", "administrator", "operator"):
        other = sign_in(username)
        for address in ("/imports/", path, f"{path}/rejected.csv", f"{path}/progress"):
            assert other.client.get(address).status_code == 403


def test_the_timetable_runs_imports() -> None:
    assert {"run_imports", "forget_uploads", "poll_feeds"} <= {job.name for job in TIMETABLE}

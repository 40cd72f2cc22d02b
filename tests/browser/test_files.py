"""A department answers with a photograph; the citizen opens it with number and code."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.conftest import Opener
from tests.browser.pages import Citizen, Clerk
from tests.intake.photographs import photograph

TEXT = (
    "松涛路从路口到学校有四盏路灯不亮，晚上孩子放学走路很危险，请市城市管理和综合执法局尽快维修。"
)
pytestmark = pytest.mark.browser


def picture(folder: Path, name: str, colour: tuple[int, int, int] = (0, 60, 160)) -> Path:
    file = folder / name
    file.write_bytes(photograph(size=(640, 480), colour=colour))
    return file


def shot(visitor: Citizen | Clerk, name: str) -> None:
    """Pages to look at, when somebody asks for them."""
    folder = os.environ.get("MINSHENG_TEST_SHOTS")
    if folder:
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("width", "appearance"),
    [(320, {}), (1440, {"theme": "dark"}), (320, {"lang": "en"}), (1440, {"lang": "en"})],
)
def test_photographs_go_there_and_back(
    open_window: Opener, tmp_path: Path, width: int, appearance: dict[str, str]
) -> None:
    name = f"{width}-{'-'.join(appearance.values()) or 'zh'}"
    before = picture(tmp_path, "夜里一片黑的松涛路，从路口一直到学校门口，都看不清脚下.jpg")
    citizen = Citizen(open_window(width, **appearance))
    citizen.go("/submit")
    citizen.page.check("[name=kind][value=投诉]", force=True)
    citizen.page.fill("#text", TEXT)
    (tmp_path / "words.txt").write_text("路灯")
    citizen.page.set_input_files("#photographs", [before, tmp_path / "words.txt"])
    citizen.page.click("button[value=second]")
    assert citizen.reads("words.txt")
    assert citizen.page.input_value("#text") == TEXT
    assert citizen.sideways() == 0
    shot(citizen, f"{name}-1-refused")
    citizen.page.click("button[value=second]")
    citizen.say_where("松涛路", "13800000001")
    assert citizen.reads(before.name)
    assert citizen.sideways() == 0
    shot(citizen, f"{name}-2-check")
    number, code = citizen.send()
    assert citizen.sideways() == 0
    shot(citizen, f"{name}-3-receipt")

    clerk = Clerk(open_window(width, **appearance))
    clerk.sign_in("department")
    clerk.open_ticket(number)
    assert clerk.reads(before.name)
    clerk.sign_for()
    after = picture(tmp_path, "修好以后.jpg", (250, 220, 90))
    clerk.page.fill("#part-facts", "电缆被施工挖断。")
    clerk.page.set_input_files("#part-files", after)
    clerk.page.click("button[value=add]")
    clerk.page.locator(".ms-part__files .ms-filelist li").wait_for()
    assert clerk.page.input_value("#part-facts") == "电缆被施工挖断。"
    assert clerk.sideways() == 0
    shot(clerk, f"{name}-4-desk")
    clerk.answer(result="已换新缆。", remedy="三十天内可以申请复查。", contact="照明科")
    clerk.page.locator("article .ms-filelist").wait_for()
    assert clerk.sideways() == 0

    citizen.look_up(number, code)
    with citizen.page.expect_download() as saved:
        citizen.page.click("article .ms-filelist a")
    assert saved.value.suggested_filename == "修好以后.jpg"
    left = Image.open(BytesIO(Path(saved.value.path()).read_bytes()))
    assert (left.size, dict(left.getexif())) == ((640, 480), {})
    assert citizen.sideways() == 0
    shot(citizen, f"{name}-5-answered")
    refused = [each for each in citizen.watch.complaints if "400" not in each]
    assert refused + clerk.watch.complaints == []

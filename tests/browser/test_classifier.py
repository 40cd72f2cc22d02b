"""The classifier's pages in a real browser: looked at in every window, a word added, a list sent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from casework.storage import models, word_lists
from casework.storage.corrections import Labels, record_corrections
from casework.word_lists import ListedPlace, UserWord
from classifier.challenger import Challenger
from classifier.report import written
from runtime.clock import now
from runtime.trainings import run_trainings
from runtime.wiring import City
from tests.browser.conftest import Opener
from tests.browser.pages import Clerk
from tests.browser.test_pages import WINDOWS, Album
from tests.builders import draft, new_case, record_one
from tests.web.test_classifier_page import made  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


@pytest.fixture
def learnt(city: City, made: Challenger) -> City:  # noqa: F811
    """A city with words, places, a challenger and corrections."""
    folder = city.settings.models_folder / made.version
    folder.mkdir(parents=True)
    for path in made.folder.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    words = [UserWord(f"云栖小镇{number}号院", number or None, "ns") for number in range(60)]
    places = [ListedPlace("云栖蓝湾国际花园一期", "compound"), ListedPlace("912路", "bus")]
    with city.records.write() as work:
        word_lists.replace_words(work, words, None, "administrator", now())
        word_lists.replace_places(work, places, None, "administrator", now())
        models.add_model(
            work, made.version, "topic", made.digest, written(made.report), "administrator", now()
        )
        work.commit()
    for number in range(9):
        at = now() - timedelta(days=6 * number + 1)
        of = draft(subject="", body=f"第{number}件，楼下的烧烤店油烟很大", received_at=at)
        recorded = record_one(city.records, new_case(of=of, lead="CGJ"))
        with city.records.write() as work:
            before = Labels("环境保护/大气污染/油烟", "投诉", "normal", "", "negative")
            after = Labels("商贸旅游", "求助", "urgent", "", "neutral")
            record_corrections(work, recorded.message_id, before, after, "e", "li", now())
            work.commit()
    return city


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_the_pages_in_every_window(
    learnt: City, open_window: Opener, tmp_path: Path, width: int, appearance: dict[str, str]
) -> None:
    clerk = Clerk(open_window(width, **appearance))
    album = Album(clerk, tmp_path)
    clerk.sign_in("administrator")
    for name, path in (
        ("classifier", "/classifier/"),
        ("classifier-kind", "/classifier/?task=kind"),
        ("dictionary", "/administration/dictionary/"),
        ("dictionary-none", "/administration/dictionary/?q=没有"),
        ("gazetteer", "/administration/gazetteer/"),
    ):
        clerk.go(path)
        album.look(name)
    clerk.go("/classifier/")
    clerk.page.locator(".ms-matrix summary").first.click()
    album.look("classifier-figures")


def test_a_word_is_added_and_a_bad_file_is_told(
    learnt: City, open_window: Opener, tmp_path: Path
) -> None:
    clerk = Clerk(open_window(320))
    clerk.sign_in("administrator")
    clerk.go("/administration/dictionary/")
    clerk.page.fill("#word", "烂尾楼")
    clerk.page.get_by_role("button", name="记下这个词").click()
    assert clerk.reads("烂尾楼")
    bad = tmp_path / "words.txt"
    bad.write_text("好词\n坏，词\n", encoding="utf-8")
    clerk.page.set_input_files("#file", bad)
    clerk.page.locator("button", has_text="换成这个文件").click()
    assert clerk.reads("第2行")
    with learnt.records.read() as work:
        assert UserWord("烂尾楼") in word_lists.load_words(work)


def test_a_training_is_followed_to_its_end(learnt: City, open_window: Opener) -> None:
    clerk = Clerk(open_window())
    clerk.sign_in("administrator")
    clerk.go("/classifier/?task=sentiment")
    clerk.page.get_by_role("button", name="训练一个挑战者").click()
    clerk.page.locator("#training").wait_for()
    run_trainings(learnt)  # nine rows are too few, and the page says so by itself
    assert clerk.reads("只有9行")
    clerk.go("/classifier/")
    clerk.page.get_by_role("button", name="换用这个模型").click()
    assert clerk.reads("退回上一个")
    assert clerk.watch.complaints == []

"""The pages of the city's own words and places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from casework.storage import audit, word_lists
from casework.word_lists import ListedPlace, UserWord
from runtime.wiring import City
from tests.web.browser import Browser, Page, checked

DICTIONARY = "/administration/dictionary/"
GAZETTEER = "/administration/gazetteer/"


@pytest.fixture
def admin(sign_in: Callable[[str], Browser]) -> Browser:
    return sign_in("administrator")


def words(city: City) -> tuple[UserWord, ...]:
    with city.records.read() as work:
        return word_lists.load_words(work)


def places(city: City) -> tuple[ListedPlace, ...]:
    with city.records.read() as work:
        return word_lists.load_places(work)


def send_file(admin: Browser, page: str, content: bytes, version: str | None = None) -> Any:
    seen = admin.get(page)
    fields = {
        "csrf_token": seen.field("csrf_token"),
        "version": seen.field("version") if version is None else version,
    }
    parts = [
        f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = "".join(parts) + (
        '--cut\r\nContent-Disposition: form-data; name="file"; filename="list.txt"\r\n\r\n'
    )
    body = head.encode() + content + b"\r\n--cut--\r\n"
    kind = "multipart/form-data; boundary=cut"
    return admin.client.post(f"{page}file", data=body, content_type=kind)


@pytest.mark.parametrize("page", [DICTIONARY, GAZETTEER])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_is_whole_empty_filled_and_searched(
    admin: Browser, city: City, page: str, lang: str
) -> None:
    admin.choose(lang=lang)
    admin.get(page)
    send_file(admin, DICTIONARY, "云栖蓝湾 500 ns\n烂尾楼\n".encode())
    send_file(admin, GAZETTEER, "云栖蓝湾,小区\n912路,公交\n".encode())
    assert "云栖蓝湾" in admin.get(page).words()
    assert "云栖蓝湾" in admin.get(f"{page}?q=蓝湾").words()
    admin.get(f"{page}?q=没有")
    admin.get(f"{page}?page=9&kind=bus")


def test_a_word_is_added_changed_and_removed(admin: Browser, city: City) -> None:
    sent = admin.send(DICTIONARY, {"word": "雲棲藍灣", "frequency": "", "tag": "ns"})
    assert sent.status_code == 303
    assert words(city) == (UserWord("云栖蓝湾", None, "ns"),)
    admin.send(DICTIONARY, {"word": "云栖蓝湾", "frequency": "900"})
    assert words(city) == (UserWord("云栖蓝湾", 900, ""),)
    admin.send(f"{DICTIONARY}remove", {"word": "云栖蓝湾"})
    assert words(city) == ()
    admin.post(f"{DICTIONARY}remove", {"word": "云栖蓝湾"}, 404)
    with city.records.read() as work:
        assert list(audit.verify(work)) == []


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"word": "云，栖"}, "不能当一个词"),
        ({"word": "云栖", "frequency": "x"}, "词频"),
        ({"word": "云栖", "tag": "名词"}, "词性"),
        ({}, "不能当一个词"),
    ],
)
def test_a_word_that_is_none_is_told(admin: Browser, fields: dict[str, str], told: str) -> None:
    assert told in admin.post(DICTIONARY, fields, 400).words()


def test_a_file_takes_the_place_of_all_words_and_comes_back(admin: Browser, city: City) -> None:
    assert (
        send_file(admin, DICTIONARY, "烂尾楼 3 n\n云栖蓝湾\n".encode("gb18030")).status_code == 303
    )
    assert send_file(admin, DICTIONARY, "云栖蓝湾 5\n三供一业\n".encode()).status_code == 303
    assert words(city) == (UserWord("云栖蓝湾", 5), UserWord("三供一业"))
    fetched = admin.client.get(f"{DICTIONARY}words.txt")
    assert fetched.data.decode("utf-8-sig") == "云栖蓝湾 5\n三供一业\n"
    assert "attachment" in fetched.headers["Content-Disposition"]


def test_a_file_with_a_bad_line_changes_nothing(admin: Browser, city: City) -> None:
    send_file(admin, DICTIONARY, "烂尾楼\n".encode())
    refused: Page = checked(send_file(admin, DICTIONARY, "好词\n坏，词\n另 0\n".encode()), 400)
    assert "第2行" in refused.words()
    assert "第3行" in refused.words()
    assert words(city) == (UserWord("烂尾楼"),)
    bad = checked(send_file(admin, GAZETTEER, "云栖蓝湾,楼盘\n".encode()), 400)
    assert "第1行" in bad.words()
    assert places(city) == ()


@pytest.mark.parametrize("page", [DICTIONARY, GAZETTEER])
def test_nobody_overwrites_what_they_have_not_seen(admin: Browser, city: City, page: str) -> None:
    seen = admin.get(page).field("version")
    admin.send(DICTIONARY, {"word": "烂尾楼"})
    checked(
        send_file(admin, page, "云栖蓝湾,小区\n".encode(), seen), 409 if page == GAZETTEER else 400
    )
    checked(send_file(admin, DICTIONARY, "云栖蓝湾\n".encode(), seen), 409)
    assert words(city) == (UserWord("烂尾楼"),)


def test_a_list_may_be_larger_than_a_form_but_not_endless(admin: Browser, city: City) -> None:
    many = "".join(f"云栖小区{number}号院 {number + 1}\n" for number in range(60_000)).encode()
    assert len(many) > 1024 * 1024
    assert send_file(admin, DICTIONARY, many).status_code == 303
    assert len(words(city)) == 60_000
    checked(send_file(admin, DICTIONARY, b"a\n" * 4_500_000), 400)


def test_an_old_index_offers_a_rebuild(admin: Browser, city: City) -> None:
    with city.index.rebuilding():
        pass
    assert "重建" not in admin.get(DICTIONARY).words()
    city.index._dictionary_version = "another"  # type: ignore[attr-defined]
    assert "现在就重建" in admin.get(DICTIONARY).words()
    assert "没有进程在运行定时任务" in admin.post(f"{DICTIONARY}rebuild").words()


@pytest.mark.parametrize("who", ["screener", "leader", "department", "operator"])
def test_only_administrators_enter(sign_in: Callable[[str], Browser], who: str) -> None:
    other = sign_in(who)
    for page in (DICTIONARY, GAZETTEER, f"{DICTIONARY}words.txt", f"{GAZETTEER}places.csv"):
        assert other.client.get(page).status_code == 403

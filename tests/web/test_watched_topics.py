"""The page of watched topics: try, watch, forget."""

from __future__ import annotations

from collections.abc import Callable

from runtime.wiring import City
from tests.web.browser import Browser
from tests.web.test_leadership import indexed  # noqa: F401 - a fixture

Signer = Callable[[str], Browser]
PATH = "/leadership/watched-topics/"
LAMPS = {
    "name": "路灯<i>",
    "must": "路灯",
    "context": "维修，更换",
    "exclude": "",
    "near": "",
    "within": "0",
    "pattern": "第[0-9]+盏",
    "minimum": "2",
    "hours": "24",
}


def test_a_topic_is_tried_then_watched_then_forgotten(sign_in: Signer, indexed: City) -> None:  # noqa: F811
    browser = sign_in("leader")
    assert "还没有" in browser.get(PATH).words()
    tried = browser.post(PATH, LAMPS | {"do": "try"})
    assert "属于这个话题的20件" in tried.words().replace(" ", "")
    assert tried.field("name") == "路灯<i>"
    assert browser.send(PATH, LAMPS | {"do": "save"}).status_code == 303
    assert "路灯<i>" in browser.get(PATH).words()
    taken = browser.post(PATH, LAMPS | {"do": "save"}, 400)
    assert "已经有了" in taken.words()
    browser.choose(lang="en")
    browser.get(PATH)
    assert browser.send(f"{PATH}forget", {"name": "路灯<i>"}).status_code == 303
    assert browser.send(f"{PATH}forget", {"name": "路灯<i>"}).status_code == 404


def test_what_is_wrong_is_told(sign_in: Signer, indexed: City) -> None:  # noqa: F811
    browser = sign_in("leader")
    for wrong in (
        {"must": ""},
        {"name": ""},
        {"pattern": "("},
        {"pattern": "(?=x)"},
        {"near": "一个"},
        {"minimum": "x"},
        {"hours": "1000"},
        {"exclude": " ".join(str(n) for n in range(30))},
    ):
        for do in ("try", "save"):
            browser.post(PATH, LAMPS | wrong | {"do": do}, 400)

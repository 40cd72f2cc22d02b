"""What the public looks for and reads: counted without a word of it, shown beside what is complained of."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask

from casework.errors import RecordsUnavailable
from casework.interest import Interest
from casework.storage import interest as counts
from casework.storage.records import Records
from monitor.relay import rebuild
from runtime.interest import EVERY, InterestCounter
from runtime.wiring import City
from tests.builders import TOPIC, draft, judgement, new_case, record_one
from tests.conftest import NOW, ZONE
from tests.web.browser import Browser
from tests.web.test_answers import answered_case, publish

Signer = Callable[[str], Browser]
DAY = NOW.astimezone(ZONE).date()
FIRST = TOPIC[0]


def counted(records: Records) -> dict[tuple[str, Interest], int]:
    with records.read() as work:
        return counts.interest_between(work, DAY, DAY)


def test_reading_and_searching_are_counted_by_topic(
    sign_in: Signer, city: City, browser: Browser
) -> None:
    number = answered_case(city)
    publish(sign_in("screener"), city, number)
    page = browser.get("/answers/?q=路灯不亮怎么办")
    (path,) = re.findall(r'href="(/answers/[0-9a-f-]{36})"', page.text)
    browser.get(path)
    nothing = browser.get("/answers/?q=高速公路收费站")
    assert "没有找到" in nothing.words()
    assert "我要留言" in nothing.words()
    browser.get(f"/answers/?topic={FIRST}")
    browser.get("/answers/")  # neither
    browser.client.get(path, headers={"User-Agent": "Examplebot/1.0"})
    city.interest.write()
    found = counted(city.records)
    assert found[FIRST, Interest.READ] == 1
    assert sum(n for (_, what), n in found.items() if what is Interest.SEARCHED) == 2
    assert sum(n for (_, what), n in found.items() if what is Interest.IN_VAIN) == 1
    assert sum(found.values()) == 4


def test_bad_input_finds_nothing_and_breaks_nothing(browser: Browser) -> None:
    for text in ("%", "_", "'\"", "\x00", "x" * 5_000, "。。。", "😀"):
        page = browser.client.get("/answers/", query_string={"q": text, "page": "nonsense"})
        assert page.status_code == 200


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_leader_sees_looks_beside_complaints(sign_in: Signer, city: City, language: str) -> None:
    for n in range(60):
        case = new_case(
            draft(subject=f"路灯{n}", body=f"第{n}盏路灯不亮。"), judged=judgement(kind="投诉")
        )
        record_one(city.records, case)
        city.interest.note(Interest.READ, FIRST if n % 2 else "教育文体", NOW)
    rebuild(city.records, city.index)
    leader = sign_in("leader")
    leader.choose(lang=language)
    rows = [
        [cell.strip() for cell in row.itertext() if cell.strip()]
        for row in leader.get("/leadership/interest/?days=7").all("tr")
    ]
    assert ["30", "0", "0", "0", "60", "0.5"] in [row[1:] for row in rows]  # half of all looks
    assert ["30", "0", "0", "0", "0", "—"] in [row[1:] for row in rows]
    leader.get("/leadership/interest/?days=nonsense")
    sign_in("department").get("/leadership/interest/", 403)


def test_counts_are_written_once_a_minute_and_lost_by_nobody(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = InterestCounter(records, ZONE)
    with ThreadPoolExecutor(4) as hands:
        list(hands.map(lambda n: counter.note(Interest.READ, "x" if n % 2 else "", NOW), range(40)))
    assert counted(records) == {}

    def gone() -> None:
        raise RecordsUnavailable("gone")

    with monkeypatch.context() as patched:
        patched.setattr(records, "write", gone)
        counter.note(Interest.READ, "x", NOW + EVERY)
    assert counted(records) == {}
    counter.write()
    other = InterestCounter(records, ZONE)
    other.note(Interest.READ, "x", NOW)
    other.write()
    assert counted(records) == {("x", Interest.READ): 22, ("", Interest.READ): 20}


def test_two_processes_add_to_the_same_count(records: Records) -> None:
    counters = [InterestCounter(records, ZONE) for _ in range(6)]
    for counter in counters:
        counter.note(Interest.IN_VAIN, "x", NOW)
    with ThreadPoolExecutor(6) as hands:
        list(hands.map(InterestCounter.write, counters))
    assert counted(records) == {("x", Interest.IN_VAIN): 6}


def test_what_was_noted_is_written_at_the_end(city: City, app: Flask) -> None:
    assert app
    city.interest.note(Interest.READ, "x", NOW)
    city.close()
    with city.records.read() as work:
        day, later = datetime(2000, 1, 1).date(), DAY + timedelta(days=9)
        assert sum(counts.interest_between(work, day, later).values()) == 1

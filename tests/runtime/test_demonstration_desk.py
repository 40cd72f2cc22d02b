"""What the desks of the made-up city can look up."""

from __future__ import annotations

from pathlib import Path

from uuid_utils.compat import uuid7

from casework.permissions import Person, Role
from casework.storage import office as office_records
from casework.storage.knowledge import find_articles
from casework.storage.phrases import every_phrase
from classifier.segmentation import search_words
from runtime.demonstration.desk import ARTICLES, MADE_UP, PHRASES, fill_desk
from runtime.demonstration.sentences import departments
from runtime.settings import read_settings
from runtime.wiring import open_city
from tests.conftest import NOW, ZONE


def test_written_once_marked_as_made_up_one_of_them_expired(tmp_path: Path) -> None:
    city = open_city(read_settings({"MINSHENG_HOME": str(tmp_path / "home")}))
    with city.records.write() as work:
        office_records.save_departments(work, departments())
        work.commit()
    writer = Person(uuid7(), "w", "w", frozenset({Role.ADMINISTRATOR}))
    for _ in range(2):
        fill_desk(city.records, city.office().departments, writer, search_words, NOW, ZONE)
    today = NOW.astimezone(ZONE).date()
    with city.records.read() as work:
        every = find_articles(work, (), today, valid_only=False)
        assert len(every) == len(ARTICLES)
        assert all(article.body.endswith(MADE_UP) for article in every)
        assert len(find_articles(work, (), today)) == len(ARTICLES) - 1
        assert [a.title for a in find_articles(work, ["路灯"], today)] == ["路灯坏了多久修好"]
        phrases = every_phrase(work)
    assert len(phrases) == len(PHRASES)
    assert all("演示" in phrase.title for phrase in phrases)
    city.close()

"""Dates, chips, evidence and reasons, as people read them."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from casework.events import EventName
from casework.model import Clock, ClockName, ClockUnit, RefusalReason, TicketState
from casework.office import Office
from casework.taxonomy import CHANNELS, KINDS, SENTIMENTS, URGENCIES, first_level_topics
from classifier.urgency import BY_MODEL, RULES_FILE
from monitor.findings import RULES
from monitor.slow_rise import SLOW_RISE
from monitor.word_watch import WORD_RULES
from runtime.scheduler import TIMETABLE
from tests.builders import judgement
from tests.conftest import NOW, ZONE
from web import dates, wording
from web.chips import chip_of
from web.evidence import CLASSES, RANKS, Mark, marks_of, underline
from web.leadership.intervals import rate
from web.tickets.why import why


def reply_clock(**changes: object) -> Clock:
    usual = {
        "name": ClockName.REPLY,
        "rule_id": "help-complaint-reply",
        "amount": 5,
        "unit": ClockUnit.WORKING_DAY,
        "started_at": NOW,
        "due_at": NOW + timedelta(days=7, hours=8, minutes=59, seconds=59),
        "provisional": False,
    }
    return Clock(**{**usual, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("after", "chinese", "english"),
    [
        (timedelta(0), "剩 5 个工作日", "5 working days left"),
        (timedelta(days=6), "剩 1 个工作日", "1 working day left"),
        (timedelta(days=7), "剩 8 小时 59 分", "8 h 59 min left"),
        (timedelta(days=7, hours=10), "逾期 1 小时", "1 h late"),
        (timedelta(days=10), "逾期 1 个工作日", "1 working day late"),
    ],
)
def test_the_words_of_a_chip(
    app: Flask, office: Office, after: timedelta, chinese: str, english: str
) -> None:
    with app.test_request_context():
        assert chip_of(reply_clock(), NOW + after, office).words.striptags() == chinese
    with app.test_request_context(headers={"Cookie": "ms-lang=en"}):
        assert chip_of(reply_clock(), NOW + after, office).words.striptags() == english


def test_days_and_moments(app: Flask) -> None:
    today = date(2026, 11, 20)
    with app.test_request_context():
        assert dates.full_day(date(2026, 11, 27), today) == "11月27日（星期五）"
        assert dates.day_words(date(2027, 1, 4), today) == "2027年1月4日"
        assert dates.moment(NOW, NOW, ZONE) == "今天 15:00"
        assert dates.due_words(reply_clock().due_at, NOW, ZONE) == "11月27日"
    with app.test_request_context(headers={"Cookie": "ms-lang=en"}):
        assert dates.full_day(date(2026, 11, 27), today) == "Friday 27 November"
        assert dates.month_words(today) == "November 2026"


def test_every_value_has_a_word() -> None:
    assert set(wording.KINDS) == set(KINDS)
    assert set(wording.TOPICS) == set(first_level_topics())
    assert set(wording.CHANNELS) == set(CHANNELS)
    assert set(wording.SENTIMENTS) == set(SENTIMENTS)
    assert set(wording.URGENCIES) == set(URGENCIES)
    with RULES_FILE.open("rb") as file:
        rules = {rule["id"] for rule in tomllib.load(file)["rule"]}
    assert set(wording.URGENCY_RULES) == {*rules, *BY_MODEL}
    assert set(wording.TABLES["rule"]) == {
        *wording.URGENCY_RULES,
        *(rule.id for rule in (*RULES, SLOW_RISE, *WORD_RULES)),
    }
    assert set(wording.STATES) == set(TicketState)
    assert set(wording.REFUSALS) == set(wording.REFUSALS_TOLD) == set(RefusalReason)
    assert set(wording.JOBS) == {job.name for job in TIMETABLE}


def test_why_this_day(office: Office) -> None:
    reason = why(reply_clock(), office, office.policy)
    assert [d.day.day for d in reason.counted] == [23, 24, 25, 26, 27]
    assert [d.day.day for d in reason.rested] == [21, 22]
    assert reason.verified


def test_marks_that_overlap_are_merged_and_everything_is_escaped() -> None:
    text = "<b>路灯坏了"
    marks = [Mark(3, 5, "topic"), Mark(4, 7, "urgent")]
    assert underline(text, marks) == (
        '&lt;b&gt;<mark class="ms-evid">路</mark>'
        '<mark class="ms-evid ms-evid--urgent">灯坏了</mark>'
    )


@given(
    st.text(max_size=40),
    st.lists(
        st.builds(Mark, st.integers(-5, 45), st.integers(-5, 45), st.sampled_from(RANKS)),
        max_size=8,
    ),
)
def test_underlining_never_changes_the_words(text: str, marks: list[Mark]) -> None:
    drawn = str(underline(text, marks))
    for look in CLASSES.values():
        drawn = drawn.replace(f'<mark class="{look}">', "")
    drawn = drawn.replace("</mark>", "")
    assert drawn == str(escape(text))


def test_marks_that_do_not_fit_a_masked_text_are_left_out() -> None:
    assert marks_of(judgement(), "****路坏了") == ()


def test_the_interval_of_a_rate() -> None:
    found = rate(97, 100)
    assert found.low == pytest.approx(0.9155, abs=1e-3)
    assert found.high == pytest.approx(0.9897, abs=1e-3)
    assert rate(5, 5).high == 1.0


def test_every_job_and_every_event_has_a_word() -> None:
    assert {job.name for job in TIMETABLE} == set(wording.JOBS)
    assert set(EventName) == set(wording.EVENTS)

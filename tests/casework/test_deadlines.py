from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.calendar import starting_days
from casework.counting import count
from casework.deadlines import DeadlinePolicy, Matter, nearest_due, start_clocks
from casework.model import Clock, ClockName, ClockRule, ClockUnit
from casework.policy import read_policy
from casework.taxonomy import KINDS, URGENCIES
from casework.workdays import WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar({entry.day: entry for entry in starting_days(2024, 2028)})
POLICY = read_policy()
TIMES = st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 1), timezones=st.just(ZONE))


def rule(amount: int, unit: ClockUnit, rolls_over: bool = True) -> ClockRule:
    return ClockRule("r", ClockName.REPLY, amount, unit, rolls_over=rolls_over)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def due(amount: int, unit: ClockUnit, started: str, rolls_over: bool = True) -> datetime:
    return count(rule(amount, unit, rolls_over), at(started), CALENDAR, ZONE).due_at


def test_the_first_day_is_not_counted() -> None:
    # Friday 13 November 2026: 16, 17, 18, 19, 20 are the five working days.
    assert due(5, ClockUnit.WORKING_DAY, "2026-11-13 06:12") == at("2026-11-20 23:59:59")


@pytest.mark.parametrize("started", ["2026-11-20 17:59", "2026-11-20 18:01", "2026-11-20 23:59"])
def test_the_hour_of_the_day_does_not_matter_to_day_clocks(started: str) -> None:
    assert due(1, ClockUnit.WORKING_DAY, started) == at("2026-11-23 23:59:59")


def test_a_message_of_a_saturday_starts_counting_on_monday() -> None:
    assert due(1, ClockUnit.WORKING_DAY, "2026-11-21 10:00") == at("2026-11-23 23:59:59")


def test_hours_run_round_the_clock() -> None:
    assert due(24, ClockUnit.HOUR, "2026-11-20 18:30") == at("2026-11-21 18:30")
    assert due(15, ClockUnit.MINUTE, "2026-12-31 23:50") == at("2027-01-01 00:05")


def test_calendar_days_roll_over_a_day_of_rest() -> None:
    # 15 days after 16 September is 1 October; the National Day rest ends on the 7th.
    assert due(15, ClockUnit.CALENDAR_DAY, "2026-09-16 09:00") == at("2026-10-08 23:59:59")
    assert due(15, ClockUnit.CALENDAR_DAY, "2026-09-16 09:00", False) == at("2026-10-01 23:59:59")


def test_the_national_day_week_and_its_make_up_saturday() -> None:
    # Worked: 8, 9, 10 (Saturday, make-up), 12, 13 October.
    assert due(5, ClockUnit.WORKING_DAY, "2026-09-30 09:00") == at("2026-10-13 23:59:59")


def test_a_deadline_that_rests_on_an_unannounced_year_is_provisional() -> None:
    counted = count(rule(15, ClockUnit.WORKING_DAY), at("2026-12-11 09:00"), CALENDAR, ZONE)
    assert counted.provisional
    before = count(rule(13, ClockUnit.WORKING_DAY), at("2026-12-11 09:00"), CALENDAR, ZONE)
    assert not before.provisional


@given(TIMES, st.integers(1, 40))
def test_working_day_clocks_are_due_at_the_end_of_a_working_day(
    started: datetime, amount: int
) -> None:
    counted = count(rule(amount, ClockUnit.WORKING_DAY), started, CALENDAR, ZONE)
    assert counted.due_at > started
    assert counted.due_at.tzinfo is ZONE
    assert CALENDAR.day(counted.due_at.date()).working
    assert counted.due_at.date() > started.date()


@given(TIMES, st.integers(1, 40), st.sampled_from(list(ClockUnit)), st.integers(0, 10**6))
def test_a_later_start_is_never_due_earlier(
    started: datetime, amount: int, unit: ClockUnit, later: int
) -> None:
    first = count(rule(amount, unit), started, CALENDAR, ZONE)
    second = count(rule(amount, unit), started + timedelta(seconds=later), CALENDAR, ZONE)
    assert first.due_at <= second.due_at


@given(TIMES, st.integers(1, 60))
def test_calendar_days_never_end_on_a_day_of_rest(started: datetime, amount: int) -> None:
    counted = count(rule(amount, ClockUnit.CALENDAR_DAY), started, CALENDAR, ZONE)
    plain = started.date() + timedelta(days=amount)
    assert CALENDAR.day(counted.due_at.date()).working
    assert counted.due_at.date() >= plain
    assert counted.rolled_over == (counted.due_at.date() != plain)


@pytest.mark.parametrize("kind", [*KINDS, ""])
@pytest.mark.parametrize("urgency", URGENCIES)
def test_every_ticket_has_a_reply_clock_and_an_order_in_its_clocks(kind: str, urgency: str) -> None:
    clocks = start_clocks(
        POLICY,
        Matter(kind, urgency),
        started_at=at("2026-11-20 15:00"),
        calendar=CALENDAR,
        zone=ZONE,
    )
    by_name = {clock.name: clock.due_at for clock in clocks}
    assert len(by_name) == len(clocks)
    assert by_name[ClockName.DISPATCH] <= by_name[ClockName.SIGN] <= by_name[ClockName.REPLY]


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        ("咨询", date(2026, 11, 23)),
        ("求助", date(2026, 11, 27)),
        ("投诉", date(2026, 11, 27)),
        ("举报", date(2026, 12, 11)),
        ("建议", date(2026, 12, 1)),
        ("表扬", date(2026, 11, 27)),
    ],
)
def test_the_default_promise_of_each_kind(kind: str, day: date) -> None:
    clocks = start_clocks(
        POLICY,
        Matter(kind, "normal"),
        started_at=at("2026-11-20 15:22"),
        calendar=CALENDAR,
        zone=ZONE,
    )
    assert {c.name: c.due_at.date() for c in clocks}[ClockName.REPLY] == day


def test_urgent_matters_run_by_the_minute() -> None:
    rules = {rule.clock: rule for rule in POLICY.rules_for(Matter("投诉", "urgent"))}
    assert (rules[ClockName.DISPATCH].amount, rules[ClockName.DISPATCH].unit) == (15, "minute")
    assert (rules[ClockName.REPORT].amount, rules[ClockName.REPORT].unit) == (2, "hour")
    assert (rules[ClockName.REPLY].amount, rules[ClockName.REPLY].unit) == (24, "hour")


def test_a_region_may_have_rules_of_its_own() -> None:
    local = replace(rule(3, ClockUnit.WORKING_DAY), id="local", regions=("SLX",))
    policy = DeadlinePolicy("test", (local, rule(5, ClockUnit.WORKING_DAY)))
    assert policy.rules_for(Matter("投诉", "normal", "SLX"))[0].id == "local"
    assert policy.rules_for(Matter("投诉", "normal", "WHQ"))[0].id == "r"


def test_every_rule_names_its_source_and_the_row_it_rests_on() -> None:
    import csv

    from casework.policy import DEFAULT_FILE

    with (DEFAULT_FILE.parent / "policy_rules.csv").open(encoding="utf-8-sig") as file:
        known = {row["rule_id"]: row for row in csv.DictReader(file)}
    for entry in POLICY.rules:
        assert entry.source
        assert entry.verification in "ABCUD"
        assert entry.verification == "D" or entry.source_rule in known


def test_the_nearest_clock_is_the_one_that_still_runs() -> None:
    clock = Clock(
        ClockName.SIGN,
        "r",
        1,
        ClockUnit.HOUR,
        at("2026-11-20 15:00"),
        at("2026-11-20 16:00"),
        False,
    )
    later = replace(clock, name=ClockName.REPLY, due_at=at("2026-11-20 18:00"))
    stopped = replace(clock, stopped_at=at("2026-11-20 15:30"))
    assert nearest_due([clock, later]) == clock.due_at
    assert nearest_due([stopped, later]) == later.due_at
    assert nearest_due([replace(clock, voided=True)]) is None
    assert stopped.met()
    assert clock.overdue(at("2026-11-20 16:01"))
    assert not stopped.overdue(at("2026-11-20 16:01"))


def test_the_document_lists_every_rule_as_it_is() -> None:
    text = Path("docs/deadlines.md").read_text(encoding="utf-8")
    for entry in POLICY.rules:
        row = next(line for line in text.splitlines() if line.startswith(f"| `{entry.id}` |"))
        assert f"| {entry.amount} " in row
        assert entry.source in row
        assert row.endswith(f"| {entry.verification} |")

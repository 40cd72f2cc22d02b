"""Which rules hold for a ticket: by its matter, by its day, and by the version it began with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from casework.deadlines import DeadlinePolicy, Matter, start_clocks
from casework.errors import Rejected
from casework.model import ClockName, ClockRule, ClockStart, ClockUnit
from casework.office import Office
from casework.permissions import Person, Role
from casework.policy import read_policy, read_rule, write_rule
from casework.storage.office_rules import drop_local_rule, set_local_rule
from casework.storage.policies import keep_policy, load_policies
from casework.storage.records import Records
from casework.storage.tables import TicketRow
from routing import screen
from routing.screen import ScreeningDecision
from tests.builders import RECEIVED, new_case, record_one
from tests.conftest import NOW

ZONE = ZoneInfo("Asia/Shanghai")
REPLY = ClockRule("usual", ClockName.REPLY, 5, ClockUnit.WORKING_DAY, verification="A")
TODAY = NOW.astimezone(ZONE).date()


def chosen(rule: ClockRule, matter: Matter) -> str:
    return DeadlinePolicy("p", (rule, REPLY)).rules_for(matter)[0].id


@pytest.mark.parametrize(
    ("narrowed", "hit", "missed"),
    [
        ({"kinds": ("投诉",)}, Matter("投诉", "normal"), Matter("咨询", "normal")),
        ({"urgencies": ("urgent",)}, Matter("投诉", "urgent"), Matter("投诉", "normal")),
        (
            {"regions": ("SLX",)},
            Matter("投诉", "normal", "SLX"),
            Matter("投诉", "normal", "WHQ"),
        ),
        (
            {"topics": ("劳动和社会保障/劳动关系",)},
            Matter("投诉", "normal", topic=("劳动和社会保障", "劳动关系", "拖欠工资")),
            Matter("投诉", "normal", topic=("劳动和社会保障", "劳动关系改革")),
        ),
        (
            {"channels": ("mailbox",)},
            Matter("投诉", "normal", channel="mailbox"),
            Matter("投诉", "normal", channel="web"),
        ),
    ],
)
def test_a_rule_is_for_a_kind_urgency_region_topic_and_channel(
    narrowed: dict[str, tuple[str, ...]], hit: Matter, missed: Matter
) -> None:
    rule = replace(REPLY, id="narrow", **narrowed)  # type: ignore[arg-type]
    assert chosen(rule, hit) == "narrow"
    assert chosen(rule, missed) == "usual"


def test_a_clock_from_acceptance_waits_for_it_and_runs_from_then(office: Office) -> None:
    rule = replace(REPLY, amount=60, unit=ClockUnit.CALENDAR_DAY, starts=ClockStart.ACCEPTED)
    policy, matter = DeadlinePolicy("p", (rule,)), Matter("投诉", "normal")
    start = {"started_at": NOW, "calendar": office.calendar, "zone": ZONE}
    assert start_clocks(policy, matter, **start) == ()  # type: ignore[arg-type]
    accepted = NOW + timedelta(days=13)
    (clock,) = start_clocks(policy, matter, **start, others={ClockStart.ACCEPTED: accepted})  # type: ignore[arg-type]
    # Friday 20 November + 13 = 3 December; 60 days on is 1 February 2027 (FY-01 counts it).
    assert clock.started_at == accepted
    assert clock.due_at.date() == date(2027, 2, 1)


def test_a_rule_is_kept_as_it_is() -> None:
    for rule in read_policy().rules:
        assert read_rule(write_rule(rule)) == rule


def set_reply(records: Records, amount: int, begins: date, now: datetime = NOW) -> None:
    with records.write() as work:
        set_local_rule(
            work,
            read_policy(),
            "help-complaint-reply",
            amount,
            ClockUnit.WORKING_DAY,
            "云府发〔2026〕1号",
            begins,
            "admin",
            now,
        )
        work.commit()


def versions(records: Records) -> tuple[DeadlinePolicy, ...]:
    with records.read() as work:
        return load_policies(work)


@pytest.fixture
def kept(records: Records) -> Records:
    with records.write() as work:
        policy = read_policy()
        keep_policy(work, policy, policy.effective_from, "program", NOW)
        work.commit()
    return records


def test_a_change_holds_from_its_day_on(kept: Records, office: Office) -> None:
    set_reply(kept, 3, TODAY + timedelta(days=10))
    office = replace(office, policies=versions(kept))
    complaint = Matter("投诉", "normal")

    def days(at: datetime) -> int:
        rules = office.policy_at(at).rules_for(complaint)
        return next(rule.amount for rule in rules if rule.clock is ClockName.REPLY)

    assert days(NOW) == days(NOW + timedelta(days=9)) == 5
    assert days(NOW + timedelta(days=10)) == 3
    assert days(NOW - timedelta(days=5000)) == 5


def test_no_version_is_made_for_days_that_a_later_one_holds(kept: Records) -> None:
    set_reply(kept, 3, TODAY + timedelta(days=10))
    with pytest.raises(Rejected, match="effective_from"):
        set_reply(kept, 4, TODAY + timedelta(days=9))
    assert len(versions(kept)) == 2


def test_two_changes_of_one_day_are_two_versions_and_the_later_holds(
    kept: Records, office: Office
) -> None:
    set_reply(kept, 3, TODAY)
    set_reply(kept, 4, TODAY, NOW + timedelta(microseconds=1))
    found = versions(kept)
    assert len({policy.version for policy in found}) == 3
    now_in_force = replace(office, policies=found).policy_at(NOW)
    assert now_in_force.rule("help-complaint-reply").amount == 4  # type: ignore[union-attr]
    with kept.write() as work:
        drop_local_rule(
            work,
            read_policy(),
            "help-complaint-reply",
            TODAY,
            "admin",
            NOW + timedelta(seconds=1),
        )
        work.commit()
    now_in_force = replace(office, policies=versions(kept)).policy_at(NOW)
    assert now_in_force.rule("help-complaint-reply").amount == 5  # type: ignore[union-attr]


def test_a_ticket_corrected_later_goes_on_by_the_version_it_began_with(
    kept: Records, office: Office
) -> None:
    first = versions(kept)[0].version
    case = record_one(kept, replace(new_case(lead="", kind="咨询"), policy_version=first))
    set_reply(kept, 30, TODAY)
    office = replace(office, policies=versions(kept))
    screener = Person(case.ticket_id, "s", "某人", frozenset({Role.SCREENER}))
    screen.assign(
        kept,
        office,
        case.ticket_id,
        screener,
        ScreeningDecision("CGJ", "投诉", "normal"),
        1,
        NOW + timedelta(hours=1),
    )
    with kept.read() as work:
        row = work.session.get_one(TicketRow, case.ticket_id)
        reply = next(clock for clock in row.clocks if clock.name == ClockName.REPLY)
        assert row.policy_version == first
        assert reply.amount == 5
        assert row.accepted_at == NOW + timedelta(hours=1)
        assert reply.started_at == RECEIVED

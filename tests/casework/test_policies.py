"""Which rules hold for a ticket: by its matter, by its day, and by the version it began with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from casework.deadlines import DeadlinePolicy, Matter, start_clocks
from casework.errors import Rejected
from casework.local_rules import Combination, LocalRule
from casework.model import Approver, ClockName, ClockRule, ClockStart, ClockUnit
from casework.office import Office
from casework.permissions import Person, Role
from casework.policy import read_policy, read_rule, write_rule
from casework.storage.local_rules import drop_local_rule, load_local_rules, set_local_rule
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


def decided(amount: int = 3, **more: object) -> LocalRule:
    usual = LocalRule(amount, ClockUnit.WORKING_DAY, "云府发〔2026〕1号", "admin", NOW)
    return replace(usual, **more)  # type: ignore[arg-type]


def decide(
    records: Records, office: Office, local: LocalRule, rule_id: str = "", begins: date = TODAY
) -> str:
    with records.write() as work:
        rule_id = set_local_rule(work, office, read_policy(), rule_id, local, begins)
        work.commit()
    return rule_id


def set_reply(
    records: Records, office: Office, amount: int, begins: date, now: datetime = NOW
) -> None:
    decide(records, office, decided(amount, changed_at=now), "help-complaint-reply", begins)


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
    set_reply(kept, office, 3, TODAY + timedelta(days=10))
    office = replace(office, policies=versions(kept))
    complaint = Matter("投诉", "normal")

    def days(at: datetime) -> int:
        rules = office.policy_at(at).rules_for(complaint)
        return next(rule.amount for rule in rules if rule.clock is ClockName.REPLY)

    assert days(NOW) == days(NOW + timedelta(days=9)) == 5
    assert days(NOW + timedelta(days=10)) == 3
    assert days(NOW - timedelta(days=5000)) == 5


def test_no_version_is_made_for_days_that_a_later_one_holds(kept: Records, office: Office) -> None:
    set_reply(kept, office, 3, TODAY + timedelta(days=10))
    with pytest.raises(Rejected, match="effective_from"):
        set_reply(kept, office, 4, TODAY + timedelta(days=9))
    assert len(versions(kept)) == 2


def test_two_changes_of_one_day_are_two_versions_and_the_later_holds(
    kept: Records, office: Office
) -> None:
    set_reply(kept, office, 3, TODAY)
    set_reply(kept, office, 4, TODAY, NOW + timedelta(microseconds=1))
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
    set_reply(kept, office, 30, TODAY)
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


# --- rules of the city's own ---------------------------------------------------------------------
def in_force_after(records: Records, office: Office) -> DeadlinePolicy:
    return replace(office, policies=versions(records)).policy_at(NOW)


def reply_of(policy: DeadlinePolicy, matter: Matter) -> ClockRule:
    return next(rule for rule in policy.rules_for(matter) if rule.clock is ClockName.REPLY)


def test_a_combination_has_its_own_time_and_the_narrower_rule_holds(
    kept: Records, office: Office
) -> None:
    reply = Combination(ClockName.REPLY, kind="投诉", urgency="normal")
    everywhere = decide(kept, office, decided(4, combination=reply))
    in_slx = decided(
        2,
        combination=replace(reply, region="SLX", topic="城乡建设", channel="hotline"),
        warnings=(0.6, 0.9),
        extend=1,
        extend_by=Approver.CENTRE,
    )
    narrow = decide(kept, office, in_slx)
    policy = in_force_after(kept, office)
    street_light = ("城乡建设", "城市建设和市政管理", "市政设施")
    here = Matter("投诉", "normal", "SLX", street_light, "hotline")
    found = reply_of(policy, here)
    assert (found.id, found.amount, found.extend, found.extend_by) == (narrow, 2, 1, "centre")
    assert found.verification == "D"
    assert reply_of(policy, replace(here, region="WHQ")).id == everywhere
    assert reply_of(policy, replace(here, channel="web")).id == everywhere
    assert reply_of(policy, replace(here, urgency="urgent")).id == "urgent-reply"
    assert reply_of(policy, replace(here, kind="求助")).id == "help-complaint-reply"
    assert [step.part for step in policy.ladder_for(narrow)] == [0.6, 0.9, 1, 1, 1]
    assert policy.ladder_for(everywhere) == policy.steps
    with kept.read() as work:
        assert load_local_rules(work)[narrow] == in_slx


def test_of_two_rules_as_narrow_the_newer_holds_and_a_name_is_never_used_again(
    kept: Records, office: Office
) -> None:
    by_kind = Combination(ClockName.REPLY, kind="投诉")
    by_region = Combination(ClockName.REPLY, region="SLX")
    first = decide(kept, office, decided(4, combination=by_kind))
    later = NOW + timedelta(seconds=1)
    second = decide(kept, office, decided(2, combination=by_region, changed_at=later))
    both = Matter("投诉", "normal", "SLX")
    assert reply_of(in_force_after(kept, office), both).id == second
    with kept.write() as work:
        drop_local_rule(work, read_policy(), second, TODAY, "admin", later + timedelta(seconds=1))
        work.commit()
    assert reply_of(in_force_after(kept, office), both).id == first
    by_channel = Combination(ClockName.REPLY, channel="sms")
    assert decide(kept, office, decided(combination=by_channel)) not in {first, second}


REPORTS = Combination(ClockName.REPLY, kind="举报")


@pytest.mark.parametrize(
    ("rule_id", "local", "said"),
    [
        ("", decided(combination=Combination(ClockName.REPLY)), "no_condition"),
        ("", decided(combination=Combination(ClockName.REPLY, region="CGJ")), "unknown"),
        ("", decided(combination=Combination(ClockName.REPLY, topic="城乡")), "unknown"),
        ("", decided(combination=Combination(ClockName.SIGN, kind="投诉"), extend=1), "extension"),
        ("help-complaint-reply", decided(warnings=(0.8, 0.5)), "warnings"),
        ("help-complaint-reply", decided(warnings=(1.0,)), "warnings"),
        ("co-handle", decided(warnings=(0.5,)), "warnings"),
        ("help-complaint-reply", decided(0), "amount"),
        # SJ-03: fifteen working days, and fifteen more.
        ("report-reply", decided(16), "longer_than_law"),
        ("report-reply", decided(15, extend=16), "longer_than_law"),
        ("", decided(16, combination=REPORTS), "longer_than_law"),
        ("", decided(16, combination=Combination(ClockName.REPLY, region="SLX")), "longer_than"),
        # Fifteen working days are 21 calendar days at least, and more over a holiday; 22 are too many.
        ("report-reply", decided(22, unit=ClockUnit.CALENDAR_DAY, extend=0), "longer_than_law"),
    ],
)
def test_what_contradicts_itself_or_is_longer_than_the_law_is_refused(
    kept: Records, office: Office, rule_id: str, local: LocalRule, said: str
) -> None:
    with pytest.raises(Rejected, match=said):
        decide(kept, office, local, rule_id)
    assert len(versions(kept)) == 1


def test_what_is_shorter_than_the_law_or_not_its_matter_is_taken(
    kept: Records, office: Office
) -> None:
    decide(kept, office, decided(10, extend=5), "report-reply")
    decide(kept, office, decided(40), "reply")  # the file's rule for 举报 comes before it
    decide(kept, office, decided(40, combination=replace(REPORTS, kind="建议")))
    with pytest.raises(Rejected, match="same_combination"):
        decide(kept, office, decided(30, combination=replace(REPORTS, kind="建议")))

"""Messages of different people about one matter become one issue; nothing else does."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from casework.heat import heat_of, people_now
from casework.judgement import Place
from casework.office import Office
from casework.permissions import Scope
from casework.storage.queries.hot_issues import (
    hottest,
    issue_by_number,
    matter_of_issue,
    messages_of,
)
from casework.storage.queries.issue_counts import (
    IssueCount,
)
from casework.storage.queries.issue_tickets import main_ticket, tickets_by_department
from casework.storage.records import Records
from casework.storage.tables import (
    AccusationRow,
    HotIssueMarkRow,
    HotIssueMessageRow,
    HotIssueRow,
    MessageRow,
    TicketRow,
)
from casework.taxonomy import REPORT
from monitor import hot_issues
from monitor.hot_issues import BATCH, WITHIN, gather, tidy
from monitor.issue_state import IssueState, state_of
from monitor.matter import closeness, marks_of, matter_of
from tests.builders import draft, judgement, new_case, record_one
from tests.conftest import NOW, ZONE

MIXER = (
    "丽发新城小区旁边建了搅拌站，整夜施工，粉尘和噪音让人没法开窗，请查处。",
    "投诉丽发新城附近违建的搅拌站，灰尘很大，噪音扰民，孩子睡不着。",
    "搅拌站就在丽发新城旁边，大量加工砂石料，污染环境，居民都受不了。",
    "我们丽发新城的业主强烈反对在小区旁边开搅拌站，粉尘污染严重。",
)
PARKING = (
    "伊景园滨河苑购房必须同时购买车位，捆绑销售，不买车位不给签合同。",
    "伊景园滨河苑项目捆绑销售车位，强制购买，请制止这种捆绑行为。",
    "开发商在伊景园滨河苑捆绑销售车位，十八万一个，必须买才能选房。",
)
OFFICE = Scope()


def say(
    records: Records,
    text: str,
    *,
    who: str = "",
    days_ago: float = 1,
    district: str = "",
    places: tuple[Place, ...] = (),
) -> UUID:
    at = NOW - timedelta(days=days_ago)
    message = draft(subject="", body=text, received_at=at, sender=who)
    judged = judgement(places=places)
    case = new_case(of=message, judged=judged, district=district, lead="ZJJ")
    return record_one(records, case).message_id


def issues(records: Records) -> dict[frozenset[UUID], str]:
    """The messages of every issue, and its number."""
    with records.read() as work:
        rows = work.session.execute(
            select(HotIssueRow.number, HotIssueMessageRow.message_id).join(
                HotIssueMessageRow, HotIssueMessageRow.issue_id == HotIssueRow.id
            )
        ).all()
    numbers = {number for number, _ in rows}
    return {frozenset(key for own, key in rows if own == one): one for one in numbers}


def hot(records: Records, office: Office, scope: Scope = OFFICE) -> tuple[IssueCount, ...]:
    with records.read() as work:
        return hottest(work, office, scope, NOW, NOW - WITHIN)


def test_the_same_matter_in_other_words_is_one_issue(records: Records, office: Office) -> None:
    mixer = [say(records, text, who=f"a{n}") for n, text in enumerate(MIXER)]
    parking = [say(records, text, who=f"b{n}") for n, text in enumerate(PARKING)]
    say(records, "请问公积金异地购房怎么提取，需要带什么材料？")
    assert gather(records, ZONE, NOW) == hot_issues.Gathered(8, 5)
    assert set(issues(records)) == {frozenset(mixer), frozenset(parking)}
    found = hot(records, office)
    assert [(one.people, one.messages) for one in found] == [(4, 4), (3, 3)]
    with records.read() as work:
        about = matter_of_issue(work, office, OFFICE, found[0].id)
    assert {"搅拌站", "新城"} & set(about.words), about.words
    assert about.typical is not None
    assert about.typical.message_id in mixer


def test_one_person_and_a_copied_text_do_not_make_a_crowd(records: Records, office: Office) -> None:
    for text in MIXER:
        say(records, text, who="13800000001")
    gather(records, ZONE, NOW)
    assert hot(records, office) == ()
    for n in range(3):
        say(records, PARKING[0], who="" if n else "13900000000", days_ago=0.5)
    gather(records, ZONE, NOW)
    with records.read() as work:
        copies = work.session.scalar(
            select(func.count()).where(HotIssueMessageRow.same_as.is_not(None))
        )
    assert copies == 2
    assert hot(records, office) == ()  # one known, and two who only repeat


def test_another_district_another_road_or_another_year_is_another_matter(records: Records) -> None:
    here = say(records, MIXER[0], district="D1")
    there = say(records, "松涛路的搅拌站粉尘和噪音大，整夜施工，请查处。", district="D2")
    long_ago = say(records, MIXER[1], days_ago=89)
    gather(records, ZONE, NOW)
    old = say(records, PARKING[0], days_ago=95)
    assert all(here not in one or there not in one for one in issues(records))
    assert frozenset({here, long_ago}) in issues(records)
    gather(records, ZONE, NOW)
    with records.read() as work:
        known = set(work.session.scalars(select(HotIssueMessageRow.message_id)))
    assert old not in known


def test_named_roads_hold_messages_apart(records: Records) -> None:
    text = "的路灯坏了，晚上黑漆漆的，老人孩子走路危险，希望维修照明设施。"
    roads = [Place(f"{name}路", "road", 0, 3) for name in ("松涛", "云栖")]
    for road in roads:
        say(records, f"{road.text}{text}", places=(road,))
    with records.read() as work:
        waiting = hot_issues.issue_messages.waiting(work, NOW - WITHIN, None, 10)
    one, other = waiting
    matter = matter_of("", one.body)
    beside = hot_issues.Candidate(1, None, "", matter_of("", other.body).words, other.places, None)
    apart = hot_issues._alike(one, matter, beside)
    assert apart == pytest.approx(0.7 * closeness(matter.words, beside.words))
    assert hot_issues._alike(replace(one, places=()), matter, beside) > apart


def test_reports_enter_when_somebody_screened_them(records: Records, office: Office) -> None:
    for n, text in enumerate(MIXER[:2]):
        say(records, text, who=f"a{n}")
    judged = judgement(kind=REPORT)
    case = new_case(of=draft(subject="", body=MIXER[2], received_at=NOW), judged=judged, lead="")
    report = record_one(records, case).message_id
    gather(records, ZONE, NOW)
    assert all(report not in one for one in issues(records))
    with records.write() as work:
        ticket = work.session.scalars(select(TicketRow).where(TicketRow.message_id == report)).one()
        assert ticket.unscreened_report
        ticket.unscreened_report = False
        work.session.add(
            AccusationRow(ticket_id=ticket.id, department="ZJJ", named_by="test", named_at=NOW)
        )
        work.commit()
    gather(records, ZONE, NOW, everything=True)
    assert any(report in one for one in issues(records))
    everybody = hot(records, office)
    assert [one.people for one in everybody] == [3]
    accused = Scope(not_accused=frozenset({"ZJJ"}))
    assert hot(records, office, accused) == ()  # two people, as far as they may know
    with records.read() as work:
        issue = everybody[0]
        seen = issue_by_number(work, office, accused, NOW, issue.number)
        assert (seen.people, seen.messages) == (2, 2)
        shown = messages_of(work, office, accused, issue.id, 10)
        assert report not in {one.message_id for one in shown}
        units = tickets_by_department(work, office, accused, issue.id)
        assert sum(one.tickets for one in units) == 2


def test_what_is_deleted_refused_or_old_leaves(records: Records, office: Office) -> None:
    said = [say(records, text, who=f"a{n}") for n, text in enumerate(MIXER)]
    alone = say(records, "请问公积金怎么提取？", days_ago=80)
    gather(records, ZONE, NOW)
    with records.write() as work:
        work.session.get_one(MessageRow, said[0]).deleted_at = NOW
        ticket = work.session.scalars(
            select(TicketRow).where(TicketRow.message_id == said[1])
        ).one()
        ticket.state = "refused"
        work.commit()
    assert hot(records, office) == ()  # at once, before anything is tidied
    assert tidy(records, NOW) == hot_issues.Tidied(2, 0)
    assert set(issues(records)) == {frozenset(said[2:])}
    later = NOW + 2 * WITHIN
    assert tidy(records, later).outdated == 1
    with records.read() as work:
        left = set(work.session.scalars(select(HotIssueMessageRow.message_id)))
        marks = set(work.session.scalars(select(HotIssueMarkRow.entry)))
        entries = set(work.session.scalars(select(HotIssueMessageRow.id)))
    assert left == set(said[2:])
    assert alone not in left
    assert marks == entries
    with records.write() as work:
        work.session.get_one(MessageRow, said[2]).deleted_at = NOW
        work.commit()
    tidy(records, NOW)
    assert issues(records) == {}


def test_a_run_cut_off_is_gone_on_with_and_two_at_once_do_nothing_twice(records: Records) -> None:
    said = [
        say(records, f"{MIXER[n % 4]}第{n}次反映。", who=f"a{n}", days_ago=3 - n / 30)
        for n in range(2 * BATCH)
    ]
    done: list[int] = []
    gather(records, ZONE, NOW, ending=lambda: bool(done), progress=done.append)
    assert len(done) == 1
    assert 0 < done[0] <= BATCH
    runs = [threading.Thread(target=gather, args=(records, ZONE, NOW)) for _ in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert set(issues(records)) == {frozenset(said)}
    assert gather(records, ZONE, NOW) == hot_issues.Gathered()


def test_the_proposed_ticket_is_open_and_early_or_what_others_were_merged_into(
    records: Records, office: Office
) -> None:
    said = [say(records, text, who=f"a{n}", days_ago=4 - n) for n, text in enumerate(MIXER)]
    gather(records, ZONE, NOW)
    (issue,) = hot(records, office)

    def tickets() -> list[TicketRow]:
        with records.read() as work:
            rows = work.session.scalars(select(TicketRow)).all()
            return sorted(rows, key=lambda row: said.index(row.message_id))

    def proposed() -> str:
        with records.read() as work:
            found = main_ticket(work, office, OFFICE, issue.id)
            assert found is not None
            return found.number

    first, second, third, fourth = tickets()
    assert proposed() == first.number
    with records.write() as work:
        work.session.get_one(TicketRow, first.id).state = "closed"
        work.commit()
    assert proposed() == second.number
    with records.write() as work:
        merged = work.session.get_one(TicketRow, fourth.id)
        merged.state, merged.merged_into = "merged", third.id
        work.commit()
    assert proposed() == third.number


@pytest.mark.parametrize(
    ("began", "last", "week", "before", "state"),
    [
        (1, 0, 9, 0, IssueState.EMERGING),
        (20, 0, 9, 1, IssueState.RISING),
        (20, 0, 4, 1, IssueState.STABLE),
        (20, 0, 1, 9, IssueState.FALLING),
        (60, 20, 0, 0, IssueState.FALLING),
        (60, 0, 400, 390, IssueState.STABLE),
    ],
)
def test_states(began: int, last: int, week: int, before: int, state: IssueState) -> None:
    first, latest = NOW - timedelta(days=began), NOW - timedelta(days=last)
    assert state_of(first, latest, week, before, NOW) is state


def test_odd_texts_have_a_matter_or_none() -> None:
    for text in ("", "。", "12345", "的 了 吗", "\x00", "a" * 5000, "😀😀"):
        matter = matter_of(text, text)
        assert len(matter.words) <= 30
        assert marks_of(matter.words) == matter.marks
        assert all(-(2**63) <= mark < 2**63 for mark in matter.marks)
        assert closeness(matter.words, {}) == 0.0


def test_heat_orders_issues_the_same_at_any_time() -> None:
    def at(days: float) -> datetime:
        return NOW - timedelta(days=days)

    many_long_ago, few_now = heat_of([at(21)] * 8), heat_of([at(0)] * 2)
    assert few_now > many_long_ago
    assert people_now(many_long_ago, NOW) == pytest.approx(1.0)
    assert people_now(few_now, NOW) == pytest.approx(2.0)
    assert people_now(heat_of([]), NOW) == 0.0

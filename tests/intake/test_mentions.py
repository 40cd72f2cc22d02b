"""Public posts: recorded and counted once, a ticket when they ask for something."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from sqlalchemy import func, select

from casework.errors import Conflict, NotAllowed, NotFound, Rejected
from casework.judgement import Judgement
from casework.model import MessageDraft, TicketState
from casework.permissions import Person, Role
from casework.storage.alerts import open_alerts
from casework.storage.audit import verify
from casework.storage.corrections import Labels
from casework.storage.mentions import MentionState
from casework.storage.queries.figures import figures_between
from casework.storage.queries.mentions import MentionFilter, list_mentions, mention
from casework.storage.records import Records
from casework.storage.tables import ClockRow, CorrectionRow, MessageRow, TicketRow
from casework.storage.trend_documents import MENTION, all_documents
from casework.taxonomy import URGENT, leaves
from classifier.urgency import BY_MODEL
from intake.examine import Intake
from intake.mentions import Mention, bring_back, correct, receive_mention, set_aside, take_up
from intake.pushed import Post
from intake.receive import receive
from tests.builders import draft
from tests.conftest import NOW

LAMPS = "望湖区松涛路从路口到学校这一段有四盏路灯不亮，晚上孩子走路很危险，请城管尽快维修。"
IDLE = "今天天气真好，公园里人很多，大家都很开心。"
LAMPS_TOPIC = "/".join(next(leaf.path for leaf in leaves() if leaf.level1 == "城乡建设"))
SCREENER = Person(
    id=UUID(int=7),
    username="screener",
    display_name="某",
    roles=frozenset({Role.SCREENER}),
)
LEADER = replace(SCREENER, username="leader", roles=frozenset({Role.LEADER}))


def post(body: str = IDLE, ref: str = "p-1", source: str = "weibo-1", **changes: Any) -> Post:
    at = changes.pop("at", NOW - timedelta(hours=1))
    of = MessageDraft("weibo", "", body, at, source=source, row_ref=f"post:{ref}")
    return replace(Post(of, ref, "", "小明", ""), **changes)


def take(intake: Intake, of: Post, sure: float = 0.6) -> Mention:
    return receive_mention(intake, of, NOW, sure)


def rows(records: Records, table: Any = MessageRow) -> int:
    with records.read() as work:
        return work.session.scalar(select(func.count()).select_from(table)) or 0


def test_an_idle_post_is_counted_and_no_ticket(intake: Intake, records: Records) -> None:
    taken = take(intake, post())
    assert (taken.number, taken.new) == ("", True)
    with records.read() as work:
        (document,) = all_documents(work, None, 10)
        figures = figures_between(work, NOW - timedelta(days=1), NOW, NOW)
    assert (document.state, document.number, document.channel) == (MENTION, "", "weibo")
    assert not document.unscreened_report
    assert figures.received == 0
    assert rows(records, TicketRow) == 0


def test_a_post_that_asks_becomes_a_ticket_whose_clocks_run_from_now(
    intake: Intake, records: Records
) -> None:
    taken = take(intake, post(LAMPS))
    assert taken.number
    with records.read() as work:
        ticket = work.session.scalars(select(TicketRow)).one()
        started = set(work.session.scalars(select(ClockRow.started_at)))
        assert not list(verify(work))
        line = mention(work, taken.message_id)
    assert (ticket.number, ticket.code_digest) == (taken.number, None)
    assert started == {NOW}
    assert (line.state, line.decided_by) == (MentionState.TICKET, "program")


def test_the_setting_leaves_it_to_people(intake: Intake, records: Records) -> None:
    assert take(intake, post(LAMPS), sure=1.01).number == ""


@pytest.mark.parametrize("idle", ["今天堵车堵到怀疑人生，哈哈哈。", "路灯下的影子，拉得好长。"])
def test_a_post_that_asks_for_nothing_is_no_ticket_however_sure_the_unit(
    intake: Intake, idle: str
) -> None:
    assert take(intake, post(idle), sure=0.0).number == ""


def test_danger_to_life_is_always_a_ticket_and_alerts(intake: Intake, records: Records) -> None:
    body = "楼下煤气泄漏，味道很大，有老人晕倒了，快来人！"
    assert take(intake, post(body), sure=1.01).number
    with records.read() as work:
        assert len(open_alerts(work)) == 1


@pytest.mark.parametrize("rule", BY_MODEL)
def test_what_a_model_made_urgent_waits_for_a_person(intake: Intake, rule: str) -> None:
    def judge(text: str) -> Judgement:
        return structs.replace(intake.judge(text), urgency=URGENT, urgency_rule=rule)

    assert take(replace(intake, judge=judge), post(), sure=1.01).number == ""


def test_a_report_stays_with_screening(intake: Intake, records: Records) -> None:
    body = "举报城管局某科长收受商户贿赂，纵容占道经营，望查处。"
    taken = take(intake, post(body), sure=1.01)
    with records.read() as work:
        (document,) = all_documents(work, None, 10)
    assert (document.kind, document.unscreened_report) == ("举报", True)
    number = take_up(intake, taken.message_id, SCREENER, 1, NOW)
    with records.read() as work:
        ticket = work.session.scalars(select(TicketRow).where(TicketRow.number == number)).one()
    assert (ticket.state, ticket.unscreened_report) == (TicketState.SCREENING, True)


def test_the_same_post_seen_elsewhere_is_one_more_place(intake: Intake, records: Records) -> None:
    first = take(intake, post())
    again = take(intake, post())
    elsewhere = take(intake, post(source="forum-1", ref="9", at=NOW))
    later = take(intake, post(source="forum-1", ref="10", at=NOW + timedelta(minutes=30)))
    late = take(intake, post(source="forum-1", ref="11", at=NOW - timedelta(hours=80)))
    assert first.message_id == again.message_id == elsewhere.message_id == later.message_id
    assert late.message_id != first.message_id
    with records.read() as work:
        line = mention(work, first.message_id)
    assert [place.source for place in line.places] == ["weibo-1", "forum-1", "forum-1"]
    assert line.last_seen_at == NOW + timedelta(minutes=30)
    assert line.places[0].author == "小**"


def test_a_forward_is_linked_to_what_it_passes_on(intake: Intake, records: Records) -> None:
    original = take(intake, post(LAMPS, at=NOW - timedelta(hours=2)))
    by_words = take(intake, post(f"太黑了//@小红:真的//@小明:{LAMPS}", "p-2"))
    by_number = take(intake, post("转发微博", "p-3", forward_of="p-1"))
    another = take(intake, post("转发微博", "p-4", forward_of="p-99"))
    assert [taken.number for taken in (by_words, by_number, another)] == ["", "", ""]
    assert another.message_id != by_number.message_id
    with records.read() as work:
        assert mention(work, original.message_id).forwards == 2
        assert mention(work, by_words.message_id).original
        assert mention(work, another.message_id).original == ""


def test_two_sources_at_the_same_moment_are_one_mention(intake: Intake, records: Records) -> None:
    taken: list[Mention] = []
    ready = threading.Barrier(4)

    def push(source: str) -> None:
        ready.wait()
        taken.append(take(intake, post(source=source)))

    threads = [threading.Thread(target=push, args=(f"s{n % 3}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.message_id for one in taken}) == 1
    with records.read() as work:
        assert len(mention(work, taken[0].message_id).places) == 3


def test_a_person_makes_a_ticket_once(intake: Intake, records: Records) -> None:
    taken = take(intake, post())
    number = take_up(intake, taken.message_id, SCREENER, 1, NOW)
    assert number
    with pytest.raises(Conflict, match="changed"):
        take_up(intake, taken.message_id, SCREENER, 1, NOW)
    with pytest.raises(Conflict, match="state"):
        take_up(intake, taken.message_id, SCREENER, 2, NOW)
    with records.read() as work:
        (document,) = all_documents(work, None, 10)
        assert not list(verify(work))
    assert (document.number, document.state) == (number, "screening")


def test_setting_aside_needs_a_reason_and_can_be_undone(intake: Intake, records: Records) -> None:
    taken = take(intake, post())
    for reason in ("  ", "x" * 501):
        with pytest.raises(Rejected):
            set_aside(intake, taken.message_id, SCREENER, reason, 1, NOW)
    set_aside(intake, taken.message_id, SCREENER, "只是感想", 1, NOW)
    with records.read() as work:
        assert list_mentions(work, MentionFilter()).total == 0
        assert mention(work, taken.message_id).reason == "只是感想"
    with pytest.raises(Conflict, match="state"):
        take_up(intake, taken.message_id, SCREENER, 2, NOW)
    bring_back(intake, taken.message_id, SCREENER, 2, NOW)
    with records.read() as work:
        (line,) = list_mentions(work, MentionFilter()).lines
        assert not list(verify(work))
    assert (line.state, line.reason, line.decided_by) == (MentionState.OPEN, "", "")


def test_who_may_not_sort_mentions(intake: Intake) -> None:
    taken = take(intake, post())
    for act in (
        lambda: take_up(intake, taken.message_id, LEADER, 1, NOW),
        lambda: set_aside(intake, taken.message_id, LEADER, "原因", 1, NOW),
        lambda: bring_back(intake, taken.message_id, LEADER, 1, NOW),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_message_is_no_mention_and_a_mention_no_duplicate(
    intake: Intake, records: Records
) -> None:
    of = draft(subject="", body=IDLE, received_at=NOW, sender="小明")
    take(intake, post())
    receipt = receive(intake, of, NOW)
    assert not receipt.repeated
    with pytest.raises(NotFound):
        take_up(intake, receipt.message_id, SCREENER, 1, NOW)


@pytest.mark.parametrize("of", [post(""), post("x" * 20_001), post(at=NOW + timedelta(days=1))])
def test_a_post_that_cannot_be_accepted(intake: Intake, records: Records, of: Post) -> None:
    with pytest.raises(Rejected):
        take(intake, of)
    assert rows(records) == 0


def test_lists_are_filtered_and_ordered(intake: Intake, records: Records) -> None:
    take(intake, post(at=NOW - timedelta(hours=3)))
    take(intake, post(source="forum-1", ref="9", at=NOW - timedelta(hours=3)))
    newest = take(
        intake,
        post(
            "8路公交车太少，等了四十分钟都没来，公交公司应该增加公交班次，气死我了。", "p-2", at=NOW
        ),
        sure=1.01,
    )
    with records.read() as work:
        assert list_mentions(work, MentionFilter()).lines[0].id == newest.message_id
        assert list_mentions(work, MentionFilter(), 1, True).lines[0].id != newest.message_id
        assert list_mentions(work, MentionFilter(source="forum-1")).total == 1
        assert list_mentions(work, MentionFilter(sentiment="negative")).total == 1
        assert list_mentions(work, MentionFilter(state=MentionState.ASIDE)).total == 0
        assert (
            list_mentions(
                work, MentionFilter(topic="城乡建设/城市建设和市政管理/公共汽车", state=None)
            ).total
            == 1
        )


def labels_kept(records: Records, taken: Mention) -> dict[str, str]:
    with records.read() as work:
        return {
            row.task: row.after
            for row in work.session.scalars(
                select(CorrectionRow).where(CorrectionRow.message_id == taken.message_id)
            )
        }


def test_what_a_person_says_is_kept_counted_and_held_by_the_ticket(
    intake: Intake, records: Records
) -> None:
    taken = take(intake, post(IDLE))
    said = Labels(LAMPS_TOPIC, "投诉", "urgent", "", "negative")
    correct(intake, taken.message_id, SCREENER, said, version_of(records, taken), NOW)
    assert labels_kept(records, taken) == {
        "topic": LAMPS_TOPIC,
        "kind": "投诉",
        "urgency": "urgent",
        "sentiment": "negative",
    }
    with records.read() as work:
        (document,) = all_documents(work, None, 10)
    assert ("/".join(document.topic), document.kind) == (LAMPS_TOPIC, "投诉")
    assert (document.sentiment, document.sentiment_score) == ("negative", -1.0)
    take_up(intake, taken.message_id, SCREENER, version_of(records, taken), NOW)
    with records.read() as work:
        ticket = work.session.scalars(select(TicketRow)).one()
        assert not list(verify(work))
    assert (ticket.topic, ticket.kind, ticket.urgency) == (LAMPS_TOPIC, "投诉", "urgent")


def test_of_two_corrections_the_last_holds_and_agreeing_takes_it_back(
    intake: Intake, records: Records
) -> None:
    taken = take(intake, post(IDLE))
    with records.read() as work:
        judged = mention(work, taken.message_id)
    for kind in ("投诉", "求助"):
        said = Labels("", kind, judged.urgency, "", judged.sentiment)
        correct(intake, taken.message_id, SCREENER, said, version_of(records, taken), NOW)
    assert labels_kept(records, taken) == {"kind": "求助"}
    agrees = Labels("", judged.kind, judged.urgency, "", judged.sentiment)
    correct(intake, taken.message_id, SCREENER, agrees, version_of(records, taken), NOW)
    assert labels_kept(records, taken) == {}


@pytest.mark.parametrize(
    ("said", "person", "error"),
    [
        (Labels("没有/这样/的", "", "", ""), SCREENER, Rejected),
        (Labels("", "抱怨", "", ""), SCREENER, Rejected),
        (Labels("", "", "", "", "happy"), SCREENER, Rejected),
        (Labels("", "投诉", "", ""), LEADER, NotAllowed),
    ],
)
def test_a_correction_that_is_none_changes_nothing(
    intake: Intake, records: Records, said: Labels, person: Person, error: type[Exception]
) -> None:
    taken = take(intake, post(IDLE))
    with pytest.raises(error):
        correct(intake, taken.message_id, person, said, version_of(records, taken), NOW)
    assert labels_kept(records, taken) == {}


def test_what_is_decided_is_not_corrected(intake: Intake, records: Records) -> None:
    taken = take(intake, post(LAMPS))
    with pytest.raises(Conflict, match="state"):
        correct(
            intake,
            taken.message_id,
            SCREENER,
            Labels("", "求助", "", ""),
            version_of(records, taken),
            NOW,
        )


def version_of(records: Records, taken: Mention) -> int:
    with records.read() as work:
        return mention(work, taken.message_id).version

"""The dispatch catalogue: a draft, a dry run, versions that hold from a day on and are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from casework.errors import Conflict, Rejected
from casework.judgement import Judgement, TopicGuess, TopicPath
from casework.storage import audit, leads, migrate
from casework.storage.records import Records
from casework.storage.tables import AuditEventRow, AuditTextRow, LeadsVersionRow, TicketRow
from intake.receive import receive
from runtime.wiring import City
from tests.builders import draft, new_case, record_one
from tests.builders import judgement as built
from tests.conftest import NOW
from tests.web.browser import Browser

TOPIC = ("城乡建设", "城市建设和市政管理", "城市公共设施")
OTHER = ("城乡建设", "城市建设和市政管理", "自来水供应")
KEY = "/".join(TOPIC)
PATH = "/administration/catalogue/"
TODAY = date(2026, 11, 20)
LAMP = "松涛路的路灯坏了，晚上一片黑，请派人来修路灯。"


@pytest.fixture
def admin(sign_in: Callable[[str], Browser]) -> Browser:
    return sign_in("administrator")


def judged(topic: TopicPath = TOPIC) -> Judgement:
    return built(topic=topic, leaves=(TopicGuess(topic, 0.9),))


def give(admin: Browser, department: str, topic: str = KEY) -> None:
    answer = admin.send(PATH, {"topic": topic, "department": department})
    assert answer.status_code == 303


def publish(admin: Browser, day: date = TODAY, reason: str = "云编办〔2026〕8号") -> int:
    sent = {"effective_from": day.isoformat(), "reason": reason}
    return int(admin.send(f"{PATH}versions", sent).status_code)


def sent_to(city: City, words: str, now: datetime = NOW) -> tuple[str, str]:
    """Where a message about a street lamp goes, whatever the model thinks of its words; and by which
    version."""
    city.office._looked_at = 0.0
    asked = replace(city.intake, judge=lambda _: judged())
    recorded = receive(asked, draft(body=words, received_at=now), now)
    with city.records.read() as work:
        ticket = work.session.get_one(TicketRow, recorded.ticket_id)
        return ticket.lead_department or "", ticket.catalogue_version


def test_a_draft_sends_nothing_anywhere_until_it_holds(admin: Browser, city: City) -> None:
    before, files = sent_to(city, LAMP)
    assert before not in ("", "STJ")
    assert len(files) == 8
    give(admin, "STJ")
    assert sent_to(city, LAMP + "一") == (before, files)
    assert "改了1条" in admin.get(PATH).words()
    assert publish(admin) == 303
    assert sent_to(city, LAMP + "二") == ("STJ", f"{files}+1")
    page = admin.get(PATH)
    assert "云编办〔2026〕8号" in page.words()
    assert "正在改草稿" not in page.words()


def test_a_version_holds_from_its_day_on_and_the_ticket_says_by_which_it_went(
    admin: Browser, sign_in: Callable[[str], Browser], city: City
) -> None:
    before, files = sent_to(city, LAMP)
    give(admin, "STJ")
    assert publish(admin, TODAY + timedelta(days=3)) == 303
    assert sent_to(city, LAMP + "一", NOW + timedelta(days=2)) == (before, files)
    assert sent_to(city, LAMP + "二", NOW + timedelta(days=3)) == ("STJ", f"{files}+1")
    with city.records.read() as work:
        number = work.session.scalars(
            select(TicketRow.number).where(TicketRow.lead_department == "STJ")
        ).one()
    assert f"按派单目录{files}+1版" in sign_in("screener").get(f"/tickets/{number}").words()


def test_what_holds_on_a_day_is_never_changed_by_a_version_made_later(
    admin: Browser, city: City
) -> None:
    give(admin, "STJ")
    assert publish(admin, TODAY - timedelta(days=1)) == 400
    assert publish(admin, reason=" ") == 400
    assert publish(admin, reason="因" * 401) == 400
    assert admin.send(f"{PATH}versions", {"effective_from": "30", "reason": "x"}).status_code == 400
    assert publish(admin, TODAY + timedelta(days=9)) == 303
    assert publish(admin, TODAY + timedelta(days=9)) == 400  # nothing changed
    give(admin, "JTJ")
    page = admin.post(
        f"{PATH}versions", {"effective_from": "2026-11-25", "reason": "改得更早"}, 400
    )
    assert "最早从2026-11-29起" in page.words()
    with city.records.read() as work:
        assert work.session.scalar(select(func.count()).select_from(LeadsVersionRow)) == 1


def test_who_changed_what_and_why_is_in_the_chain(admin: Browser, city: City) -> None:
    give(admin, "STJ")
    publish(admin)
    give(admin, "")
    publish(admin, reason="改回去")
    with city.records.read() as work:
        assert list(audit.verify(work)) == []
        texts = work.session.scalars(
            select(AuditTextRow.text)
            .join(
                AuditEventRow,
                (AuditEventRow.chain == AuditTextRow.chain)
                & (AuditEventRow.sequence == AuditTextRow.sequence),
            )
            .where(
                AuditEventRow.name == "catalogue_published", AuditEventRow.actor == "administrator"
            )
            .order_by(AuditEventRow.sequence)
        )
        told = [json.loads(each) for each in texts]
    assert [each["changes"] for each in told] == [[[KEY, "", "STJ"]], [[KEY, "STJ", ""]]]
    assert [each["reason"] for each in told] == ["云编办〔2026〕8号", "改回去"]


def test_a_version_of_before_becomes_the_draft_again(admin: Browser, city: City) -> None:
    give(admin, "STJ")
    publish(admin)
    give(admin, "JTJ")
    publish(admin)
    assert admin.send(f"{PATH}versions/1").status_code == 303
    with city.records.read() as work:
        assert leads.load_draft(work) == {TOPIC: "STJ"}
    assert sent_to(city, LAMP)[0] == "JTJ"  # until it is put to use
    admin.send(f"{PATH}versions/0")
    with city.records.read() as work:
        assert leads.load_draft(work) == {}
    assert admin.send(f"{PATH}versions/7").status_code == 404


def test_a_dry_run_counts_and_lists_what_would_go_elsewhere(admin: Browser, city: City) -> None:
    numbers = []
    for n in range(4):
        case = record_one(city.records, new_case(draft(body=f"第{n}盏路灯不亮。"), judged=judged()))
        numbers.append(case.number)
    report = record_one(
        city.records, new_case(draft(body="有人偷电。"), judged=judged(), kind="举报")
    )
    tap = new_case(draft(body="自来水很小。"), judged=judged(OTHER))
    elsewhere = record_one(city.records, tap)
    with city.records.write() as work:
        moved = work.session.scalars(select(TicketRow).where(TicketRow.number == numbers[0])).one()
        moved.moves, moved.lead_department = 1, "STJ"
        work.commit()
    give(admin, "STJ")
    page = admin.get(f"{PATH}trial")
    words = page.words()
    assert "拿近90天的5件" in words
    assert "1件，一次派对的原来0件，会是1件" in words
    assert "换了单位4" in words.replace(" ", "").replace("\u3000", "")
    assert all(number in words for number in numbers)
    assert elsewhere.number not in words
    assert report.number not in words
    assert "盏路灯" not in words
    with city.records.read() as work:
        assert work.session.scalar(select(func.count()).select_from(LeadsVersionRow)) == 0
        assert sum(1 for t in work.session.scalars(select(TicketRow)) if t.moves) == 1


def test_a_topic_a_person_corrected_is_tried_as_corrected(admin: Browser, city: City) -> None:
    case = record_one(city.records, new_case(judged=judged()))
    with city.records.write() as work:
        work.session.get_one(TicketRow, case.ticket_id).topic = "/".join(OTHER)
        work.commit()
    give(admin, "STJ")
    assert case.number not in admin.get(f"{PATH}trial").words()


def test_a_dry_run_of_nothing(admin: Browser) -> None:
    words = admin.get(f"{PATH}trial").words()
    assert "拿近90天的0件" in words
    assert "草稿和最新一版一样" in words


def test_what_is_no_topic_or_no_department_is_refused(admin: Browser) -> None:
    assert admin.send(PATH, {"topic": "没有/这个/事项"}).status_code == 404
    page = admin.post(PATH, {"topic": KEY, "department": "NOBODY"}, 400)
    assert "没有这个选项" in page.words()


def test_a_line_of_a_closed_department_says_who_does_it_now(admin: Browser, city: City) -> None:
    give(admin, "STJ")
    publish(admin)
    admin.send("/administration/departments/STJ/close", {"heir": "ZJJ"})
    assert sent_to(city, LAMP)[0] == "ZJJ"
    admin.send(f"{PATH}versions/1")
    page = admin.get(f"{PATH}?level1=changed")
    assert "已经撤销，现在派给：市住房和城乡建设局" in page.words().replace(" ", "")


def test_the_pages_in_english(admin: Browser) -> None:
    give(admin, "STJ")
    publish(admin)
    give(admin, "JTJ")
    admin.choose(lang="en")
    for path in ("", "?level1=draft", "?level1=changed", "trial"):
        admin.get(PATH + path)


def test_two_at_once_one_publishes_and_the_other_is_told(admin: Browser, city: City) -> None:
    give(admin, "STJ")

    def hand(name: str) -> str:
        try:
            with city.records.write() as work:
                leads.publish(work, TODAY, name, TODAY, name, NOW)
                work.commit()
        except (Rejected, Conflict) as error:
            return type(error).__name__
        return "published"

    with ThreadPoolExecutor(4) as hands:
        said = sorted(hands.map(hand, ["a", "b", "c", "d"]))
    assert said == ["Rejected"] * 3 + ["published"]


def test_what_the_city_had_decided_before_is_the_first_version(records: Records) -> None:
    migrate.downgrade(records.engine, "0022")
    with records.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO leads (topic, department, changed_by, changed_at) "
                "VALUES (:topic, 'STJ', 'admin', '2026-01-01 00:00:00')"
            ),
            {"topic": KEY},
        )
    migrate.upgrade(records.engine)
    with records.read() as work:
        (version,) = leads.load_versions(work)
        assert (version.number, version.leads) == (1, {TOPIC: "STJ"})
        assert leads.load_draft(work) == version.leads

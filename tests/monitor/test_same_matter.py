"""Staff are told once of one matter of danger, and never kept from hearing of another."""

# ruff: noqa: F811
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from casework.judgement import Place
from casework.storage import audit
from casework.storage.alerts import Alert, all_alerts
from casework.storage.records import Records
from casework.storage.tables import AccusationRow, AlertRow, StaffNoticeRow, TicketRow
from monitor import alerts
from monitor.hot_issues import gather
from tests.builders import draft, judgement, new_case, record_one
from tests.conftest import NOW, records  # noqa: F401 - a fixture, with the city's departments
from tests.monitor.documents import ZONE

WATER = "health.drinking-water"
MUDDY = "松岭县{0}自来水浑浊，打供水公司电话一直占线，到底能不能喝，什么时候恢复？"
GAS = "{0}楼道里有很浓的燃气味，怀疑燃气泄漏，住户都跑到楼下了，请马上处理。"
HOUR = timedelta(hours=1)


def urgent(
    records: Records,
    text: str,
    rule: str = WATER,
    *,
    at: datetime = NOW,
    district: str = "SLX",
    place: str = "",
    accused: str = "",
) -> str:
    """Take in an urgent message; the number of its alert."""
    at_place = text.find(place)
    named = Place(place, "compound", at_place, at_place + len(place), "")
    places = (named,) if place else ()
    case = record_one(
        records,
        new_case(
            of=draft(subject="", body=text, received_at=at, source_ref=str(at)),
            judged=judgement(places=places),
            district=district,
        ),
    )
    with records.write() as work:
        ticket = work.session.get_one(TicketRow, case.ticket_id)
        if accused:
            ticket.accusations.append(AccusationRow(department=accused, named_by="x", named_at=at))
        alerts.raise_urgent(work, case.message_id, case.number, "", district, rule, at, zone=ZONE)
        work.commit()
    return newest(records).number


def newest(records: Records) -> Alert:
    with records.read() as work:
        return all_alerts(work)[0]


def told(records: Records) -> list[str]:
    """Numbers of the alerts that staff are told of."""
    with records.read() as work:
        rows = (
            work.session.query(AlertRow.number)
            .join(StaffNoticeRow, StaffNoticeRow.alert_id == AlertRow.id)
            .order_by(AlertRow.number)
        )
        return [number for (number,) in rows]


@pytest.mark.parametrize("gathered", [False, True])
def test_one_matter_is_told_once_and_each_message_stands_on_the_page(
    records: Records, gathered: bool
) -> None:
    first = urgent(records, MUDDY.format("文昌镇"))
    for n, town in enumerate(("石桥镇", "青溪镇", "文昌镇"), start=1):
        if gathered:
            gather(records, ZONE, NOW + n * HOUR)
        urgent(records, "您好，" + MUDDY.format(town), at=NOW + n * HOUR)
        assert newest(records).measured.detail.told_with == first
    with records.read() as work:
        assert len(all_alerts(work)) == 4
        assert list(audit.verify(work)) == []
    assert told(records) == [first]


def test_after_the_cool_down_and_after_a_false_or_closed_one_they_are_told_again(
    records: Records,
) -> None:
    first = urgent(records, MUDDY.format("文昌镇"))
    second = urgent(records, MUDDY.format("石桥镇"), at=NOW + 48 * HOUR)
    assert told(records) == [first, second]
    with records.write() as work:
        work.session.query(AlertRow).update({"verdict": "false", "state": "judged"})
        work.commit()
    third = urgent(records, MUDDY.format("青溪镇"), at=NOW + 49 * HOUR)
    assert third in told(records)
    with records.write() as work:
        work.session.query(AlertRow).update({"verdict": "true", "state": "closed"})
        work.commit()
    fourth = urgent(records, MUDDY.format("青溪镇"), at=NOW + 50 * HOUR)
    assert fourth in told(records)


def test_another_matter_is_told_whatever_its_words(records: Records) -> None:
    numbers = [
        urgent(records, MUDDY.format("文昌镇")),
        urgent(records, MUDDY.format("文昌镇"), district="DLQ", at=NOW + HOUR),
        urgent(records, "学校食堂饭菜有问题，几个孩子呕吐", at=NOW + 2 * HOUR),
        urgent(records, MUDDY.format("石桥镇"), "health.epidemic", at=NOW + 3 * HOUR),
    ]
    assert told(records) == numbers


def test_each_place_in_danger_is_told_and_the_same_place_once(records: Records) -> None:
    first = urgent(records, GAS.format("桂花苑"), "gas.leak", place="桂花苑")
    other = urgent(records, GAS.format("云栖家园"), "gas.leak", place="云栖家园", at=NOW + HOUR)
    nowhere = urgent(records, GAS.format("我们这里"), "gas.leak", at=NOW + 2 * HOUR)
    urgent(
        records, "又来说：" + GAS.format("桂花苑"), "gas.leak", place="桂花苑", at=NOW + 3 * HOUR
    )
    assert told(records) == [first, other, nowhere]
    assert newest(records).measured.detail.told_with == first


def test_what_only_some_may_see_keeps_nobody_from_hearing(records: Records) -> None:
    hidden = urgent(records, MUDDY.format("文昌镇"), accused="CGJ")
    open_one = urgent(records, MUDDY.format("石桥镇"), at=NOW + HOUR)
    assert told(records) == [hidden, open_one]


def test_two_at_once_about_one_matter_tell_once(records: Records) -> None:
    with ThreadPoolExecutor(2) as both:
        texts = [MUDDY.format("文昌镇"), MUDDY.format("石桥镇")]
        list(both.map(lambda n: urgent(records, texts[n], at=NOW + n * HOUR / 60), range(2)))
    assert len(told(records)) == 1

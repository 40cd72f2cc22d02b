"""The administrator's pages: people, departments, rules, jobs, audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from casework.model import TicketState
from casework.permissions import Action, scope_of
from casework.storage import audit, sources
from casework.storage.people import person_named
from casework.storage.queries.tickets import TicketFilter, count_tickets
from casework.storage.screening import name_accused
from casework.storage.tables import AuditEventRow, ClockRow, TicketRow, UserRow
from intake.receive import receive
from runtime.office_source import OfficeSource
from runtime.polling import tell_of_silence
from runtime.wiring import City
from tests.builders import draft, new_case, record_one
from tests.conftest import NOW, ZONE
from tests.monitor.documents import make
from tests.web.browser import Browser
from tests.web.conftest import PASSWORD

NEW_PASSWORD = "seven unrelated words in a row"


@pytest.fixture
def admin(sign_in: Callable[[str], Browser]) -> Browser:
    return sign_in("administrator")


def fresh_office(city: City) -> object:
    """The office as another process would load it."""
    return OfficeSource(city.records, city.settings, city.office._policy)()


@pytest.mark.parametrize(
    "path",
    [
        "people",
        "people/new",
        "departments",
        "departments/new",
        "calendar",
        "deadlines",
        "catalogue",
        "jobs",
        "sources",
        "sources/new",
        "audit",
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_is_whole(admin: Browser, path: str, lang: str) -> None:
    admin.choose(lang=lang)
    admin.get(f"/administration/{path}" + ("" if path.endswith("new") else "/"))


def test_somebody_is_added_changes_the_password_and_works(admin: Browser, app: Flask) -> None:
    sent = {"username": "li", "display_name": "李某", "roles": "department", "department": "CGJ"}
    page = admin.post("/administration/people/new", sent)
    shown = next(e.text for e in page.all("code"))
    assert shown
    assert page.headers["Cache-Control"] == "no-store"
    browser = Browser(app)
    assert browser.send("/sign-in", {"username": "li", "password": shown}).status_code == 303
    assert browser.client.get("/department/").headers["Location"] == "/password"
    browser.post("/password", {"old": shown, "password": "1234567890"}, 400)
    browser.post("/password", {"old": "wrong", "password": NEW_PASSWORD}, 400)
    changed = browser.send("/password", {"old": shown, "password": NEW_PASSWORD})
    assert changed.headers["Location"] == "/sign-in"
    browser.send("/sign-in", {"username": "li", "password": NEW_PASSWORD})
    browser.get("/department/")


@pytest.mark.parametrize("weak", ["1234567890", "woaini1314", "passwordpassword"])
def test_what_is_guessed_first_is_no_password(sign_in: Callable[[str], Browser], weak: str) -> None:
    browser = sign_in("department")
    page = browser.post("/password", {"old": PASSWORD, "password": weak}, 400)
    assert "太容易猜" in page.words()


def test_roles_change_with_the_next_page(admin: Browser, sign_in: Callable[[str], Browser]) -> None:
    other = sign_in("neighbour")
    assert other.client.get("/screening/").status_code == 403
    sent = {"display_name": "邻某", "roles": ["screener", "department"], "department": "ZJJ"}
    assert admin.send("/administration/people/neighbour", sent).status_code == 303
    other.get("/screening/")


def test_nobody_takes_their_own_administration_away(admin: Browser) -> None:
    sent = {"display_name": "管", "roles": "leader", "department": ""}
    admin.post("/administration/people/administrator", sent, 400)
    admin.post("/administration/people/administrator/leave", {"heir": "leader"}, 400)


def test_who_leaves_hands_over(
    admin: Browser, sign_in: Callable[[str], Browser], city: City
) -> None:
    record_one(city.records, new_case(lead="CGJ"))
    admin.send("/administration/people/head/leave", {"heir": ""})  # who could handle them, too
    leaving = sign_in("department")
    page = admin.get("/administration/people/department")
    assert "1件在办工单没有别人可办" in page.words()
    admin.post("/administration/people/department/leave", {"heir": ""}, 400)
    admin.post("/administration/people/department/leave", {"heir": "neighbour"}, 400)
    left = admin.send("/administration/people/department/leave", {"heir": "leader"})
    assert left.status_code == 303
    assert leaving.client.get("/department/").status_code == 302
    with city.records.read() as work:
        heir = person_named(work, city.office().departments, "leader")
    assert heir.department == "CGJ"
    assert heir.may(Action.HANDLE)
    admin.send("/administration/people/department/return")
    sign_in("department")


def test_a_department_is_added_moved_and_found_in_texts(admin: Browser, city: City) -> None:
    new = {
        "code": "abc1",
        "name": "市灯光所",
        "level": "bureau",
        "parent": "CGJ",
        "aliases": "灯光所",
    }
    assert admin.send("/administration/departments/new", new).status_code == 303
    office = fresh_office(city)
    assert office.departments.above("ABC1") == {"ABC1", "CGJ", "CITY"}  # type: ignore[attr-defined]
    twice = {**new, "code": "ABC2"}
    assert "已经是" in admin.post("/administration/departments/new", twice, 400).words()
    around = {"name": "市城市管理局", "level": "bureau", "parent": "ABC1"}
    admin.post("/administration/departments/CGJ", around, 400)


def test_a_merged_department_passes_everything_on(admin: Browser, city: City) -> None:
    recorded = record_one(city.records, new_case(lead="CGJ"))
    accusing = record_one(city.records, new_case(lead="STJ", kind="举报"))
    with city.records.write() as work:
        ticket = work.session.get_one(TicketRow, accusing.ticket_id)
        name_accused(work, ticket, ["CGJ"], "screener", NOW)
        ticket.unscreened_report = False
        work.commit()
    due = _ticket(city, recorded.ticket_id).next_due_at
    admin.post("/administration/departments/CGJ/close", {"heir": ""}, 400)
    # STJ handles a report against CGJ: it must not become its object.
    admin.post("/administration/departments/CGJ/close", {"heir": "STJ"}, 400)
    assert admin.send("/administration/departments/CGJ/close", {"heir": "ZJJ"}).status_code == 303
    passed = _ticket(city, recorded.ticket_id)
    assert (passed.lead_department, passed.next_due_at) == ("ZJJ", due)
    office = fresh_office(city)
    assert office.departments.standing("CGJ") == "ZJJ"  # type: ignore[attr-defined]
    with city.records.read() as work:
        neighbour = person_named(work, office.departments, "neighbour")  # type: ignore[attr-defined]
        scope = scope_of(neighbour, Action.READ_TICKET)
        seen = count_tickets(work, office, scope, TicketFilter(), NOW)  # type: ignore[arg-type]
        moved = work.session.scalar(select(UserRow).where(UserRow.username == "department"))
        assert moved is not None
        assert moved.department == "ZJJ"
        assert list(audit.verify(work)) == []
    assert seen == 1  # not the report against what is theirs by now
    page = admin.get("/administration/departments/")
    assert "由市住房和城乡建设局接办" in page.words()


def test_what_the_catalogue_sends_to_a_closed_department_goes_to_its_heir(
    admin: Browser, city: City
) -> None:
    text = draft(subject="路灯不亮", body="松涛路的路灯坏了，晚上一片黑，请城管局来修路灯。")
    before = receive(city.intake, text, NOW)
    assert before.department == "CGJ"
    admin.send("/administration/departments/CGJ/close", {"heir": "ZJJ"})
    city.office._looked_at = 0.0
    again = receive(city.intake, draft(subject="路灯不亮", body=text.body + "还是不亮。"), NOW)
    assert again.department == "ZJJ"


def test_a_day_is_set_and_counts_at_once(admin: Browser, city: City) -> None:
    sent = {"day": "2026-11-23", "working": "no", "name": "本地放假", "source": "市政府通告"}
    assert admin.send("/administration/calendar/", sent).status_code == 303
    office = fresh_office(city)
    assert not office.calendar.day(date(2026, 11, 23)).working  # type: ignore[attr-defined]
    page = admin.get("/administration/calendar/?year=2026")
    assert "市政府通告" in page.words()
    admin.post("/administration/calendar/", {**sent, "day": "2026-02-30"}, 400)
    admin.post("/administration/calendar/", {**sent, "source": " "}, 400)


def test_a_head_has_a_department_like_everybody_who_handles(admin: Browser) -> None:
    sent = {"username": "wang", "display_name": "王某", "roles": "head", "department": ""}
    assert "没有写" in admin.post("/administration/people/new", sent, 400).words()
    admin.post("/administration/people/new", {**sent, "department": "CGJ"})


def test_a_changed_day_is_looked_at_first_and_then_moves_open_tickets(
    admin: Browser, city: City
) -> None:
    case = record_one(city.records)  # a complaint of 20 November, due on the 27th
    other = record_one(city.records, new_case(draft(body="办完的一件。"), state=TicketState.CLOSED))
    sent = {"day": "2026-11-25", "working": "no", "name": "本地放假", "source": "市政府通告"}
    page = admin.post("/administration/calendar/", {**sent, "do": "preview"})
    assert "1件在办的工单会动" in page.words()
    assert case.number in page.text
    assert other.number not in page.text
    assert _reply(city, case.ticket_id).due_at.astimezone(ZONE).day == 27, "nothing moved yet"
    assert admin.send("/administration/calendar/", sent).status_code == 303
    clock = _reply(city, case.ticket_id)
    assert clock.due_at.astimezone(ZONE).date() == date(2026, 11, 30)
    with city.records.read() as work:
        events = work.session.scalars(
            select(AuditEventRow.name).where(AuditEventRow.chain == str(case.ticket_id))
        ).all()
        assert events.count("recounted") == 1
        assert list(audit.verify(work)) == []
    # Said again it moves nothing, and no second entry is written.
    assert "moved=0" in admin.send("/administration/calendar/", sent).headers["Location"]


def test_a_notice_makes_provisional_days_official(admin: Browser, city: City) -> None:
    late = draft(received_at=datetime(2026, 12, 20, 3, 0, tzinfo=UTC), body="年底的一件。")
    case = record_one(city.records, new_case(late, kind="举报"))
    assert _reply(city, case.ticket_id).provisional
    lines = "\n".join(
        f"2027-01-{day:02},{'休' if day in (1, 2, 3, 4, 9, 10, 16, 17) else '班'}"
        for day in range(1, 20)
    )
    sent = {"notice": lines, "source": "国办发明电〔2026〕9号"}
    page = admin.post("/administration/calendar/", {**sent, "do": "preview"})
    assert "1件在办的工单会动" in page.words()
    assert admin.send("/administration/calendar/", sent).status_code == 303
    # From 20 December: 21–25 (5), 28–31 (9), 5–8 January (13), 11 (14), 12 January (15).
    clock = _reply(city, case.ticket_id)
    assert clock.due_at.astimezone(ZONE).date() == date(2027, 1, 12)
    assert not clock.provisional
    wrong = admin.post("/administration/calendar/", {**sent, "notice": "2027-01-01,也许"}, 400)
    assert "第1行看不懂" in wrong.words()


def _reply(city: City, ticket_id: object) -> ClockRow:
    with city.records.read() as work:
        row = work.session.get_one(TicketRow, ticket_id)
        return next(clock for clock in row.clocks if clock.name == "reply")


def test_a_local_deadline_holds_for_new_tickets_only(admin: Browser, city: City) -> None:
    old = receive(city.intake, draft(kind_stated="投诉"), NOW)
    rule = {"amount": "2", "unit": "working_day", "source": "云府发〔2026〕1号"}
    path = "/administration/deadlines/help-complaint-reply"
    assert admin.send(path, rule).status_code == 303
    admin.post(path, {**rule, "amount": "0"}, 400)
    city.office._looked_at = 0.0
    new = receive(
        city.intake, draft(body="还有一盏灯也坏了，请一起修好。", kind_stated="投诉"), NOW
    )
    assert old.due_at is not None
    assert new.due_at is not None
    assert new.due_at < old.due_at
    assert "+" in _ticket(city, new.ticket_id).policy_version
    page = admin.get("/administration/deadlines/")
    assert "云府发〔2026〕1号" in page.words()
    assert admin.send(path, {"do": "drop"}).status_code == 303
    city.office._looked_at = 0.0
    assert (
        receive(
            city.intake, draft(body="第三盏路灯也坏了，请尽快维修。", kind_stated="投诉"), NOW
        ).due_at
        == old.due_at
    )


def test_a_deadline_is_tried_on_past_tickets_before_it_holds(
    admin: Browser, city: City, clock: dict[str, datetime]
) -> None:
    for number in range(3):
        record_one(city.records, new_case(draft(body=f"第{number}盏路灯不亮。")))
    clock["now"] = NOW + timedelta(hours=5)
    path = "/administration/deadlines/help-complaint-reply"
    tried = admin.post(path, {"amount": "2", "unit": "hour", "do": "try"})
    assert "近90天3件里，原来0件超期，会变成3件" in tried.words()
    assert (
        "近90天3件里，原来0件超期，会变成0件"
        in admin.post(path, {"amount": "9", "unit": "hour", "do": "try"}).words()
    )
    admin.post(path, {"amount": "0", "unit": "hour", "do": "try"}, 400)
    assert "恢复原来的" not in admin.get("/administration/deadlines/").words()


def test_a_combination_is_tried_then_holds_for_new_tickets_with_its_warnings(
    admin: Browser, city: City, clock: dict[str, datetime]
) -> None:
    old = receive(city.intake, draft(kind_stated="投诉", channel="hotline"), NOW)
    path = "/administration/deadlines/"
    sent = {
        "clock": "reply",
        "kind": "投诉",
        "urgency": "normal",
        "channel": "hotline",
        "amount": "1",
        "unit": "hour",
        "extend": "2",
        "extend_by": "centre",
        "warnings": "60、90%",
    }
    clock["now"] = NOW + timedelta(hours=5)
    tried = admin.post(path, {**sent, "do": "try"})
    assert "近90天1件里，原来0件超期，会变成1件" in tried.words()
    assert old.number in tried.words()
    assert "给一类来件另定时限" in tried.words()
    assert "依据：这一项没有写" in admin.post(path, sent, 400).words()
    assert "请写1到99之间的百分数" in admin.post(path, {**sent, "warnings": "无"}, 400).words()
    longer = {**sent, "kind": "举报", "amount": "40", "unit": "working_day", "source": "x"}
    assert "比法定的长：市场监督管理投诉举报处理办法" in admin.post(path, longer, 400).words()
    for field, value in (
        ("amount", "-1"),
        ("amount", "9" * 400),
        ("unit", "moon"),
        ("extend", "多"),
        ("extend_by", "citizen"),
        ("warnings", "50 50"),
        ("region", "SLX\x00"),
        ("topic", "城乡建设/"),
        ("clock", ""),
        ("effective_from", "2026-02-30"),
        ("source", "\x00"),
    ):
        admin.post(path, {**sent, "source": "x", field: value}, 400)
    admin.post(path + "city-9\x00", {"do": "drop"}, 404)
    assert "city-1" not in admin.get(path).text
    clock["now"] = NOW
    assert admin.send(path, {**sent, "source": "云府发〔2026〕2号"}).status_code == 303
    city.office._looked_at = 0.0
    lamp = draft(body="还有一盏灯也坏了，请修好。", kind_stated="投诉", channel="hotline")
    new = receive(city.intake, lamp, NOW)
    reply = _reply(city, new.ticket_id)
    assert (reply.rule_id, reply.due_at) == ("city-1", reply.started_at + timedelta(hours=1))
    assert reply.next_step_at == reply.started_at + timedelta(minutes=36)
    assert _reply(city, old.ticket_id).due_at == old.due_at
    page = admin.get(path)
    assert "可延2小时，热线中心批" in page.words()
    assert "用去60%、90%时提醒" in page.words()
    # Changed, it stays the same combination, whatever else is sent.
    assert admin.send(path + "city-1", {**sent, "kind": "咨询", "amount": "3", "source": "改"})
    assert admin.get(path).words().count("不要这一条了") == 1
    admin.post(path, {**sent, "source": "再来"}, 400)
    assert admin.send(path + "city-1", {"do": "drop"}).status_code == 303
    admin.post(path + "city-1", {**sent, "source": "没有了"}, 404)
    assert "云府发〔2026〕2号" in admin.get("/administration/audit/?office=yes").words()


def test_every_act_is_in_the_audit_and_tickets_keep_their_words(admin: Browser, city: City) -> None:
    recorded = record_one(city.records)
    admin.send("/administration/people/neighbour/password")
    page = admin.get("/administration/audit/?office=yes")
    assert "重设了密码" in page.words()
    assert "neighbour" in page.words()
    page = admin.get(f"/administration/audit/?number={recorded.number}")
    assert "判断" in page.words() or "judged" in page.text
    assert "builder" not in page.words()
    nothing = admin.get("/administration/audit/?number=2020-0101-00001")
    assert "没有这样的事件" in nothing.words()
    assert (
        "没有这样的事件"
        in admin.get("/administration/audit/?from=2020-01-01&to=2020-01-02").words()
    )


def test_jobs_in_trouble_are_told_on_every_page(admin: Browser, city: City) -> None:
    from casework.storage import jobs, leases

    assert "出了问题" not in admin.get("/administration/people/").words()
    with city.records.write() as work:
        term = leases.take(work, leases.TIMETABLE, "one", NOW, timedelta(minutes=1)).term
        for turn in range(3):
            jobs.claim(work, "relay", int(NOW.timestamp()) // 2 + turn, "one", term, NOW)
            jobs.mark(work, "relay", int(NOW.timestamp()) // 2 + turn, term, NOW, "disk full")
        work.commit()
    assert "有1个定时任务出了问题" in admin.get("/administration/people/").words()
    page = admin.get("/administration/jobs/")
    assert "连续出错" in page.words()
    assert "disk full" in page.words()


def _ticket(city: City, ticket_id: object) -> TicketRow:
    with city.records.read() as work:
        return work.session.get_one(TicketRow, ticket_id)


def test_a_silent_channel_is_named_with_its_chance(
    admin: Browser, city: City, caplog: pytest.LogCaptureFixture
) -> None:
    assert "现在查不到各渠道的来件" in admin.get("/administration/sources/").words()
    silent = NOW - timedelta(hours=30)
    times = [NOW - timedelta(hours=hour, minutes=30) for hour in range(9 * 7 * 24)]
    with city.index.rebuilding() as build:
        for channel in ("web", "hotline"):
            build.put(
                [
                    make(2 * n + (channel == "web"), received_at=at, channel=channel)
                    for n, at in enumerate(times)
                    if channel == "web" or at < silent
                ]
            )
    words = admin.get("/administration/sources/").words()
    assert "热线" in words.split("没有来件的渠道")[1]
    assert "平常这段时间约31件。偶然出现的可能性小于百万分之一。" in words
    admin.choose(lang="en")
    assert "about 31 are usual in that time" in admin.get("/administration/sources/").words()
    with caplog.at_level("WARNING", "runtime.polling"):
        tell_of_silence(city, NOW)
    [line] = caplog.messages
    assert line.startswith("channel hotline has brought nothing since 2026-11-19")
    assert "31 are usual, by chance 1 in " in line


def test_a_source_is_added_paused_and_its_key_changed(admin: Browser, city: City) -> None:
    sent = {
        "code": "board",
        "kind": "feed",
        "name": "市民论坛",
        "channel": "forum",
        "active": "yes",
        "settings": "url=https://board.example.org/feed\nevery_minutes=30",
        "quiet_after": "120",
    }
    assert admin.send("/administration/sources/new", sent).status_code == 303
    page = admin.get("/administration/sources/")
    assert "市民论坛" in page.words()
    with city.records.read() as work:
        kept = sources.source(work, "board")
    assert kept.settings == {"url": "https://board.example.org/feed", "every_minutes": 30}
    paused = {**sent, "active": "", "version": str(kept.version)}
    assert admin.send("/administration/sources/board", paused).status_code == 303
    admin.post("/administration/sources/board", paused, 409)  # somebody else was faster
    for wrong in ({"settings": "every_minutes=0"}, {"channel": ""}, {"settings": "nonsense"}):
        admin.post("/administration/sources/board", {**paused, "version": "2", **wrong}, 400)
    inside = {**paused, "version": "2", "settings": "url=http://x.example\nallow_private=[]"}
    assert "命令行" in admin.post("/administration/sources/board", inside, 400).words()


def test_keys_of_a_source_are_shown_once_and_ended(admin: Browser, city: City) -> None:
    sent = {
        "code": "ring",
        "kind": "webhook",
        "name": "呼叫中心",
        "channel": "hotline",
        "active": "yes",
    }
    assert admin.send("/administration/sources/new", sent).status_code == 303
    page = admin.post("/administration/sources/ring/keys")
    shown = next(e.text for e in page.all("code"))
    assert page.headers["Cache-Control"] == "no-store"
    with city.records.read() as work:
        ((key, secret),) = sources.keys(work, "ring", NOW)
    assert secret == shown
    assert shown not in admin.get("/administration/sources/ring").text
    ended = admin.send(f"/administration/sources/ring/keys/{key}/end", {"when": "later"})
    assert ended.status_code == 303
    with city.records.read() as work:
        assert sources.keys(work, "ring", NOW + timedelta(hours=23))
        assert not sources.keys(work, "ring", NOW + timedelta(hours=25))


def test_a_unit_that_work_goes_to_and_nobody_works_for_is_named(admin: Browser, city: City) -> None:
    """Its people left; until somebody is added nobody signs for what it is sent."""
    record_one(city.records, new_case(lead="CGJ"))
    assert named(admin) == ""
    with city.records.write() as work:
        for user in work.session.scalars(select(UserRow).where(UserRow.department == "CGJ")):
            user.active = False
        work.commit()
    catalogue = "/administration/catalogue/?q=城市公共设施"
    nobody = "这个单位还没有能登录办件的人"
    assert named(admin) == "市城市管理和综合执法局　1件没有办完　目录里6条事项派给它　给它加人"
    assert nobody in admin.get(catalogue).words()
    form = admin.get("/administration/people/new?department=CGJ")
    assert [o.get("value") for o in form.all("option") if "selected" in o.attrib] == ["CGJ"]
    new = {"username": "deng", "display_name": "邓某", "roles": "department", "department": "CGJ"}
    admin.post("/administration/people/new", new)
    assert named(admin) == ""
    assert nobody not in admin.get(catalogue).words()


def named(admin: Browser) -> str:
    """The line about CGJ among the units that have nobody."""
    page = admin.get("/administration/departments/")
    lines = ["".join(line.itertext()).strip() for line in page.all("li")]
    return next((line for line in lines if line.startswith("市城市管理和")), "")

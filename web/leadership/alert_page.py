"""The page of one alert: its evidence, what is owed, who has it, and in which ticket it is dealt with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for

from casework.errors import IndexUnavailable
from casework.office import Office
from casework.permissions import Action, kept_out, scope_of
from casework.storage.alert_care import SERIES, mutes_at, urgent_words
from casework.storage.alert_handings import Handing, facts_behind, handings_of, who_may_take
from casework.storage.alert_tickets import linked_tickets
from casework.storage.alerts import CLOSED, Alert, alert_by_number, open_alerts, rule_records
from casework.storage.people import names_of
from casework.storage.queries.mentions import mention_lines
from casework.storage.queries.tickets import lines_of_messages
from casework.storage.records import Work
from casework.storage.statements import statements_of
from casework.taxonomy import UNKNOWN
from monitor.alerts import messages_behind
from monitor.index.interface import Dimension
from web.access import me
from web.city import city
from web.clock import now
from web.department.choices import department_choices
from web.leadership import alert_words
from web.leadership.alert_rows import AlertLine, lines_of
from web.leadership.responses import known_causes, owed_responses

UNITS = 4


def find_alert(number: str) -> Alert:
    """Raises NotFound."""
    with city().records.read() as work:
        return alert_by_number(work, number)


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent and not taken, to be shown again. what: "hand", "link" or "statement"."""

    what: str
    to: str = ""
    reason: str = ""
    ticket: str = ""
    title: str = ""


def alert_page(
    found: Alert,
    reason: str = "",
    problem: str = "",
    reason_missing: bool = False,
    sent: Sent | None = None,
) -> str:
    """An alert with its evidence, and what was wrong with what was sent."""
    served = city()
    detail = found.measured.detail
    scope = scope_of(me(), Action.READ_TICKET)
    ids = [found.message_id] if found.message_id is not None else list(detail.messages)
    with served.records.read() as work:
        lines = lines_of_messages(work, served.office(), scope, ids)
        posts = [post for post in mention_lines(work, ids) if not post.number]
        records = {record.rule: record for record in rule_records(work)}
        responses = owed_responses(work, found)
        causes = known_causes(work, found, served.office().calendar)
        decided = urgent_words(work, found.message_id) if found.message_id else ()
        mutes = [
            m for m in mutes_at(work, now()) if m.covers(found.topic, found.district, found.channel)
        ]
        handed = _handed(work, served.office(), found)
        matter = _matter(work, served.office(), found)
        statements = statements_of(work, found.id)
    dimensions = dict.fromkeys(driver.dimension for driver in detail.drivers)
    return render_template(
        "leadership/alert.html",
        alert=found,
        lines=lines,
        posts=posts,
        record=records.get(found.rule),
        drivers={
            name: [driver for driver in detail.drivers if driver.dimension == name]
            for name in dimensions
        },
        responses=responses,
        next_response=next((one for one in responses if one.given is None), None),
        causes=causes,
        decided=decided,
        units=_units(found),
        mutes=mutes,
        may_be_muted=found.measure in SERIES,
        reason=reason,
        problem=problem,
        reason_missing=reason_missing,
        alert_words=alert_words,
        search_behind=search_behind,
        sent=sent,
        matter=matter,
        statements=statements,
        may_state=me().may(Action.JUDGE_ALERTS),
        **handed,
    )


def _handed(work: Work, office: Office, found: Alert) -> dict[str, Any]:
    """What the page shows of handing the alert on."""
    handings = handings_of(work, found.id)
    takers = who_may_take(work, office.departments, found.id)
    held_by_others = {one.username for one in takers} - {me().username}
    is_open = found.state != CLOSED
    may_hand_on = is_open and me() in takers and found.owner not in held_by_others
    ticket = facts_behind(work, office.departments, found.id)
    used = {one.by for one in handings} | {one.ended_by for one in handings}
    names = names_of(work, used | {one.to_user for one in handings} | {found.owner})
    return {
        "handings": handings,
        "linked": linked_tickets(work, office, found.id, me()),
        "may_hand_on": may_hand_on,
        "may_take_back": [one for one in handings if is_open and _may_take_back(found, one)],
        "others": [one for one in takers if one.username != me().username],
        "units_to_ask": [
            choice
            for choice in department_choices()
            if ticket is None or not kept_out(office.departments.above(choice.code), ticket)
        ],
        "name_of": lambda username: names.get(username, username),
    }


def _matter(work: Work, office: Office, found: Alert) -> AlertLine | None:
    """The open alerts of the same matter, this one among them; None without others."""
    scope = scope_of(me(), Action.READ_TRENDS)
    lines = lines_of(work, office, scope, now(), open_alerts(work)) if found.message_id else ()
    of_it = (one for one in lines if len(one.alerts) > 1)
    return next((one for one in of_it if found.id in {each.id for each in one.alerts}), None)


def _may_take_back(found: Alert, one: Handing) -> bool:
    whose = (one.by, found.owner if one.department else "")
    return not one.how and me().username in whose and me().may(Action.JUDGE_ALERTS)


def _units(found: Alert) -> list[tuple[str, int]]:
    """The units that have the messages behind an alert, and how many each, most first."""
    if found.message_id is not None:
        return []
    wanted, scope = messages_behind(found), scope_of(me(), Action.READ_TICKET)
    try:
        counts = city().index.counts([Dimension.DEPARTMENT], wanted, scope)
    except IndexUnavailable:
        return []
    units = [(key[0], count) for key, count in counts.items() if key[0] != UNKNOWN]
    return sorted(units, key=lambda one: (-one[1], one[0]))[:UNITS]


def search_behind(found: Alert, **narrower: str) -> str:
    """The address of the list of messages of the alert's series and days, or of a part of it."""
    wanted = messages_behind(found)
    zone = city().settings.zone
    series: dict[str, Any] = {
        "origin": "all",  # an alert counts public posts too
        "topic": "/".join(wanted.topic) or None,
        "district": wanted.district or None,
        "channel": wanted.channel or None,
        "sentiment": wanted.sentiment or None,
        "q": wanted.words or None,
        "from": wanted.start.astimezone(zone).date().isoformat() if wanted.start else None,
        "to": wanted.end.astimezone(zone).date().isoformat() if wanted.end else None,
    }
    return url_for("tickets.search", **(series | narrower))

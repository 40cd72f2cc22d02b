"""The leadership's pages: what comes in, what waits, what is late, and the alerts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from casework.errors import Conflict, IndexUnavailable, Rejected
from casework.permissions import Action, scope_of
from casework.storage.alert_care import SERIES, mutes_at, urgent_words
from casework.storage.alerts import (
    Alert,
    alert_by_number,
    all_alerts,
    count_alerts,
    rule_records,
)
from casework.storage.queries.mentions import mention_lines
from casework.storage.queries.tickets import TicketPage, lines_of_messages
from casework.taxonomy import UNKNOWN
from monitor import alerts as acts
from monitor.index.interface import Dimension
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.leadership import alert_words
from web.leadership import dashboard as figures
from web.leadership.forms import read_verdict
from web.leadership.responses import known_causes, owed_responses
from web.tickets.filters import page_number

blueprint = Blueprint("leadership", __name__, url_prefix="/leadership")
ALERTS_A_PAGE = 25
UNITS = 4


@blueprint.get("/")
@requires(Action.READ_TRENDS)
def dashboard() -> str:
    """Everything at a glance."""
    office = city().office()
    period = figures.read_period(request.args.get("days", 0, type=int), now(), office)
    district, channel = request.args.get("district", "")[:20], request.args.get("channel", "")[:20]
    scope = scope_of(me(), Action.READ_TRENDS)
    return render_template(
        "leadership/dashboard.html",
        shown=figures.dashboard(period, district, channel, scope, now()),
        periods=figures.PERIODS,
        district=district,
        channel=channel,
        districts=[d for d in office.departments if d.level == "district"],
        enough=figures.ENOUGH,
        ranked=figures.RANKED,
        alert_words=alert_words,
    )


@blueprint.get("/alerts")
@requires(Action.READ_TRENDS)
def alerts() -> str:
    """Every alert, the latest first."""
    page = page_number(request.args)
    with city().records.read() as work:
        found = all_alerts(work, (page - 1) * ALERTS_A_PAGE, ALERTS_A_PAGE)
        total = count_alerts(work)
    return render_template(
        "leadership/alerts.html",
        alerts=found,
        page=TicketPage((), page, total),
        alert_words=alert_words,
    )


@blueprint.get("/alerts/<number>")
@requires(Action.READ_TRENDS)
def alert(number: str) -> Any:
    """One alert with its evidence."""
    return alert_page(find_alert(number))


@blueprint.post("/alerts/<number>/acknowledge")
@requires(Action.JUDGE_ALERTS)
def acknowledge_alert(number: str) -> Any:
    """Take the alert on."""
    found = find_alert(number)
    acts.acknowledge(city().records, found.id, me(), now())
    return redirect(url_for("leadership.alert", number=found.number), 303)


@blueprint.post("/alerts/<number>/judge")
@requires(Action.JUDGE_ALERTS)
def judge_alert(number: str) -> Any:
    """Say whether it was true; a false one with the reason."""
    found, form = find_alert(number), read_verdict(request.form)
    try:
        acts.judge(city().records, found.id, me(), form.verdict, form.reason, now())
    except (Rejected, Conflict) as error:
        missing = isinstance(error, Rejected) and not form.reason
        return alert_page(find_alert(number), form.reason, reason_words(error), missing), 400
    return redirect(url_for("leadership.alert", number=found.number), 303)


@blueprint.post("/alerts/<number>/close")
@requires(Action.JUDGE_ALERTS)
def close_alert(number: str) -> Any:
    """Close an alert that was judged."""
    found = find_alert(number)
    acts.close(city().records, found.id, me(), now())
    return redirect(url_for("leadership.alert", number=found.number), 303)


def find_alert(number: str) -> Alert:
    """Raises NotFound."""
    with city().records.read() as work:
        return alert_by_number(work, number)


def alert_page(
    found: Alert, reason: str = "", problem: str = "", reason_missing: bool = False
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
        mutes = [m for m in mutes_at(work, now()) if m.covers(found.topic, found.district)]
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
    )


def _units(found: Alert) -> list[tuple[str, int]]:
    """The units that have the messages behind an alert, and how many each, most first."""
    if found.message_id is not None:
        return []
    wanted, scope = acts.messages_behind(found), scope_of(me(), Action.READ_TICKET)
    try:
        counts = city().index.counts([Dimension.DEPARTMENT], wanted, scope)
    except IndexUnavailable:
        return []
    units = [(key[0], count) for key, count in counts.items() if key[0] != UNKNOWN]
    return sorted(units, key=lambda one: (-one[1], one[0]))[:UNITS]


def search_behind(found: Alert, **narrower: str) -> str:
    """The address of the list of messages of the alert's series and days, or of a part of it."""
    wanted = acts.messages_behind(found)
    zone = city().settings.zone
    series: dict[str, Any] = {
        "origin": "all",  # an alert counts public posts too
        "topic": "/".join(wanted.topic) or None,
        "district": wanted.district or None,
        "sentiment": wanted.sentiment or None,
        "q": wanted.words or None,
        "from": wanted.start.astimezone(zone).date().isoformat() if wanted.start else None,
        "to": wanted.end.astimezone(zone).date().isoformat() if wanted.end else None,
    }
    return url_for("tickets.search", **(series | narrower))

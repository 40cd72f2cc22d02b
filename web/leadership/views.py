"""The leadership's pages: what comes in, what waits, what is late, and the alerts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from casework.errors import Conflict, Rejected
from casework.permissions import Action, scope_of
from casework.storage.alerts import all_alerts, count_alerts
from casework.storage.queries.tickets import TicketPage
from monitor import alerts as acts
from monitor import trends
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.leadership import alert_words
from web.leadership import dashboard as figures
from web.leadership.alert_page import alert_page, find_alert
from web.leadership.alert_rows import lines_of
from web.leadership.forms import read_verdict
from web.tickets.filters import page_number

blueprint = Blueprint("leadership", __name__, url_prefix="/leadership")
ALERTS_A_PAGE = 25


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
        enough_of_week=trends.ENOUGH,
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
        scope = scope_of(me(), Action.READ_TRENDS)
        lines = lines_of(work, city().office(), scope, now(), found)
    return render_template(
        "leadership/alerts.html",
        alerts=lines,
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

"""What people do around alerts: note a response, silence a series, define levels, note known causes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from casework.alert_levels import SEVERITIES, AlertLevel, Response
from casework.errors import Conflict, Rejected
from casework.permissions import Action
from casework.storage.alert_care import CAUSES, KnownCause, causes_between, load_levels, mutes_at
from casework.storage.alerts import rule_records
from monitor import alert_care as acts
from monitor.findings import RULES
from monitor.slow_rise import SLOW_RISE
from monitor.word_watch import WORD_RULES
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.leadership.alert_page import alert_page, find_alert

blueprint = Blueprint("care", __name__, url_prefix="/leadership")
CAUSES_SHOWN = timedelta(days=365)


@blueprint.post("/alerts/<number>/respond")
@requires(Action.JUDGE_ALERTS)
def respond(number: str) -> Any:
    """Note that the city has responded."""
    found, sent = find_alert(number), request.form
    try:
        response = _response(sent.get("response", ""))
        text = sent.get("text", "")[:1000]
        acts.respond(city().records, found.id, response, text, me(), now())
    except (Rejected, Conflict) as error:
        return alert_page(find_alert(number), problem=reason_words(error)), 400
    return redirect(url_for("leadership.alert", number=found.number), 303)


@blueprint.post("/alerts/<number>/mute")
@requires(Action.JUDGE_ALERTS)
def mute(number: str) -> Any:
    """Let the alert's series be silent for some days."""
    found, sent = find_alert(number), request.form
    days = timedelta(days=sent.get("days", 0, type=int))
    try:
        acts.mute(city().records, found.id, days, sent.get("mute_reason", "")[:200], me(), now())
    except (Rejected, Conflict) as error:
        return alert_page(find_alert(number), problem=reason_words(error)), 400
    return redirect(url_for("care.settings"), 303)


@blueprint.get("/alert-settings")
@requires(Action.JUDGE_ALERTS)
def settings() -> str:
    """Levels, rules with their record, mutes and known causes."""
    return _settings()


@blueprint.post("/alert-settings/levels")
@requires(Action.JUDGE_ALERTS)
def set_levels() -> Any:
    """Define the severities."""
    sent = request.form
    plan = sent.get("plan", "").strip()[:200]
    levels = tuple(
        AlertLevel(
            severity,
            sent.get(f"beyond-{severity}", -1, type=int) if severity != SEVERITIES[0] else 0,
            sent.get(f"grave-{severity}") == "yes",
            plan,
        )
        for severity in SEVERITIES
    )
    try:
        acts.set_levels(city().records, levels, me(), now())
    except Rejected as error:
        return _settings(reason_words(error)), 400
    return redirect(url_for("care.settings"), 303)


@blueprint.post("/alert-settings/causes")
@requires(Action.JUDGE_ALERTS)
def note_cause() -> Any:
    """Note a cause that everybody knows of."""
    sent = request.form
    try:
        cause = KnownCause(
            kind=sent.get("cause", ""),
            first=_day(sent.get("first", ""), "first"),
            last=_day(sent.get("last", "") or sent.get("first", ""), "last"),
            district=_district(sent.get("district", "")),
            text=sent.get("text", "").strip()[:200],
        )
        acts.note_cause(city().records, cause, me(), now())
    except Rejected as error:
        return _settings(reason_words(error)), 400
    return redirect(url_for("care.settings"), 303)


@blueprint.post("/alert-settings/mutes/<uuid:key>/end")
@requires(Action.JUDGE_ALERTS)
def end_mute(key: UUID) -> Any:
    """Let a series be heard again."""
    acts.end_mute(city().records, key, me(), now())
    return redirect(url_for("care.settings"), 303)


def _settings(problem: str = "") -> str:
    served, moment = city(), now()
    today = moment.astimezone(served.settings.zone).date()
    with served.records.read() as work:
        levels, mutes = load_levels(work), mutes_at(work, moment)
        causes = causes_between(work, today - CAUSES_SHOWN, today + CAUSES_SHOWN)
        records = {record.rule: record for record in rule_records(work)}
    rules = (*RULES, SLOW_RISE, *WORD_RULES)
    known = [rule.id for rule in rules]
    return render_template(
        "leadership/alert_settings.html",
        levels=levels,
        mutes=mutes,
        causes=causes,
        kinds=CAUSES,
        rules=rules,
        urgent=[records[rule] for rule in sorted(records) if rule not in known],
        records=records,
        districts=[d for d in served.office().departments if d.level == "district"],
        problem=problem,
    )


def _response(text: str) -> Response:
    try:
        return Response(text)
    except ValueError:
        raise Rejected("unknown", "response") from None


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Rejected("time", field) from None


def _district(code: str) -> str:
    known = {d.code for d in city().office().departments if d.level == "district"}
    if code and code not in known:
        raise Rejected("unknown", "district")
    return code

"""Briefs: of a day, a week, a month, or on one event; as page, DOCX and PDF, and by mail when ready."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for

from casework.errors import NotFound, Rejected
from casework.permissions import Action, scope_of
from casework.storage import brief_subscriptions
from casework.storage.alerts import open_alerts
from casework.storage.queries.hot_issues import hottest, matter_of_issue
from monitor.alerts import URGENT
from monitor.brief import Brief, BriefKind
from monitor.brief_events import alert_brief, issue_brief
from monitor.brief_periods import before, last_ended, period_brief, period_of
from monitor.hot_issues import WITHIN
from web.access import me, requires
from web.appearance import language
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.leadership import alert_words, brief_charts, brief_words
from web.leadership.brief_documents import NoPdf, docx, pdf
from web.security import keep_nowhere

blueprint = Blueprint("briefs", __name__, url_prefix="/leadership/briefs")

PERIODS = {BriefKind.DAILY: 7, BriefKind.WEEKLY: 4, BriefKind.MONTHLY: 3}
"""How many of each are offered."""
EVENTS = 8
FIRST_DAY = date(2000, 1, 3)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/")
@requires(Action.READ_TRENDS)
def every() -> str:
    """The briefs there are, and which of them come by mail."""
    return _list_page()


@blueprint.post("/subscriptions")
@requires(Action.READ_TRENDS)
def subscribe() -> Any:
    """Choose which briefs to be told of by mail, and where; none ends it."""
    kinds = [kind for kind in PERIODS if kind.value in request.form.getlist("kind")]
    email = request.form.get("email", "").strip()[:200]
    try:
        with city().records.write() as work:
            brief_subscriptions.choose(
                work, me().id, email, [kind.value for kind in kinds], language(), now()
            )
            work.commit()
    except Rejected as error:
        return _list_page(email, reason_words(error)), 400
    return redirect(url_for("briefs.every"), 303)


@blueprint.get("/<kind>/<name>")
@requires(Action.READ_TRENDS)
def one(kind: str, name: str) -> str:
    """One brief. name: a day of its period, or the number of the issue or alert."""
    return render_template(
        "leadership/brief.html", brief=_brief(kind, name), words=brief_words, charts=brief_charts
    )


@blueprint.get("/<kind>/<name>/docx")
@requires(Action.READ_TRENDS)
def as_docx(kind: str, name: str) -> Any:
    """The brief for a word processor."""
    made = _brief(kind, name)
    return _file(made, docx(made, _base()), DOCX, "docx")


@blueprint.get("/<kind>/<name>/pdf")
@requires(Action.READ_TRENDS)
def as_pdf(kind: str, name: str) -> Any:
    """The brief as PDF; where this machine cannot make one, the page says why and offers the rest."""
    made = _brief(kind, name)
    page = render_template(
        "leadership/brief_print.html",
        brief=made,
        words=brief_words,
        charts=brief_charts,
        base=_base(),
    )
    try:
        return _file(made, pdf(page, _base()), "application/pdf", "pdf")
    except NoPdf as error:
        lacking = str(error)
        page = render_template(
            "leadership/brief.html",
            brief=made,
            words=brief_words,
            charts=brief_charts,
            lacking=lacking,
        )
        return page, 503


def _list_page(email: str = "", problem: str = "") -> str:
    served, present = city(), now()
    office, scope = served.office(), scope_of(me(), Action.READ_TRENDS)
    with served.records.read() as work:
        chosen = brief_subscriptions.chosen(work, me().id)
        issues = [
            (one, matter_of_issue(work, office, scope, one.id).typical)
            for one in hottest(work, office, scope, present, present - WITHIN)[:EVENTS]
        ]
        # Single urgent messages are many; a brief is rather wanted on what many wrote about.
        alerts = sorted(open_alerts(work), key=lambda one: one.measure == URGENT)[:EVENTS]
    return render_template(
        "leadership/briefs.html",
        periods={kind: _offered(kind, many) for kind, many in PERIODS.items()},
        issues=issues,
        alerts=alerts,
        alert_words=alert_words,
        words=brief_words,
        charts=brief_charts,
        chosen=chosen.kinds,
        email=email or chosen.email,
        mail_is_set_up=bool(served.settings.smtp_url and served.settings.address),
        problem=problem,
    )


def _offered(kind: BriefKind, many: int) -> list[Any]:
    office = city().office()
    found = [last_ended(kind, now().astimezone(office.zone).date(), office)]
    while len(found) < many:
        found.append(before(kind, found[-1], office))
    return found


def _brief(kind: str, name: str) -> Brief:
    served, present = city(), now()
    office, scope = served.office(), scope_of(me(), Action.READ_TRENDS)
    events: dict[str, Callable[..., Brief]] = {
        BriefKind.ISSUE: issue_brief,
        BriefKind.ALERT: alert_brief,
    }
    if kind in events:
        plain = name.replace("\0", "")  # PostgreSQL knows no such character
        return events[kind](served.records, office, scope, plain, present)
    try:
        wanted, day = BriefKind(kind), date.fromisoformat(name)
    except ValueError:
        raise NotFound("brief", f"{kind} {name}") from None
    if not FIRST_DAY <= day <= present.astimezone(office.zone).date():
        raise NotFound("brief", name)
    period = period_of(wanted, day, office)
    return period_brief(served.records, served.index, office, scope, wanted, period, present)


def _base() -> str:
    return city().settings.address or request.url_root


def _file(brief: Brief, content: bytes, mimetype: str, ending: str) -> Any:
    name = f"{brief_words.title(brief).replace('　', ' ')}.{ending}"
    answer: Response = send_file(
        io.BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name
    )
    return keep_nowhere(answer)

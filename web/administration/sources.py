"""Sources and their health: adding, changing, pausing, and changing their keys."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from casework.errors import IndexUnavailable, Rejected
from casework.permissions import Action
from casework.storage import sources
from casework.storage.sources import Source, SourceKind
from casework.taxonomy import CHANNELS
from intake.source_settings import check_settings
from monitor.silence import Silence, silent_channels
from web.access import me, requires
from web.city import city
from web.clock import now
from web.leadership.alert_words import improbable
from web.reasons import in_words
from web.security import keep_nowhere

blueprint = Blueprint("sources", __name__, url_prefix="/administration/sources")
COMMAND_LINE_ONLY = ("allow_private",)
"""Settings that open the city's own network; whoever may set them has the machine anyway."""
SECRET_BYTES = 32
KEY_GOES_ON = timedelta(days=1)
"""How long an ended key still holds, so that the other side can take the new one."""


@blueprint.get("/")
@requires(Action.ADMINISTER)
def every() -> Any:
    """Every source and how it fares, those in trouble first."""
    present = now()
    with city().records.read() as work:
        found = sources.sources(work)
    ordered = sorted(found, key=lambda one: (not one.active, not _troubled(one), one.code))
    quiet = {one.code for one in found if one.quiet(present)}
    return render_template(
        "administration/sources.html",
        sources=ordered,
        quiet=quiet,
        silent=_silent_channels(present),
        improbable=improbable,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Action.ADMINISTER)
def new() -> Any:
    """Add a source."""
    kind = request.values.get("kind", SourceKind.WEBHOOK)
    blank = Source(
        "", "", SourceKind(kind) if kind in set(SourceKind) else SourceKind.WEBHOOK, "", {}
    )
    if request.method == "GET":
        return _page(blank)
    code = request.form.get("code", "").strip()
    try:
        return _saved(_read(replace(blank, code=code), request.form))
    except Rejected as error:
        return _page(replace(blank, code=code), in_words(error)), 400


@blueprint.route("/<code>", methods=["GET", "POST"])
@requires(Action.ADMINISTER)
def source(code: str) -> Any:
    """One source: its settings, health and keys."""
    with city().records.read() as work:
        known = sources.source(work, code)
    if request.method == "GET":
        return _page(known)
    try:
        sent = _read(known, request.form)
        return _saved(replace(sent, version=request.form.get("version", 0, type=int)))
    except Rejected as error:
        return _page(known, in_words(error)), 400


@blueprint.post("/<code>/keys")
@requires(Action.ADMINISTER)
def add_key(code: str) -> Any:
    """Give a source a key: the one typed (a mailbox's password), or one made and shown once."""
    given = request.form.get("secret", "")
    made = given or secrets.token_urlsafe(SECRET_BYTES)
    with city().records.write() as work:
        sources.source(work, code)
        sources.add_key(work, code, made, me().username, now())
        work.commit()
    if given:
        return redirect(url_for("sources.source", code=code), 303)
    page = render_template("administration/key_told.html", code=code, secret=made)
    return keep_nowhere(make_response(page))


@blueprint.post("/<code>/keys/<uuid:key>/end")
@requires(Action.ADMINISTER)
def end_key(code: str, key: UUID) -> Any:
    """Let a key end: at once, or after a day."""
    at = now() if request.form.get("when") == "now" else now() + KEY_GOES_ON
    with city().records.write() as work:
        sources.end_key(work, key, me().username, at, now())
        work.commit()
    return redirect(url_for("sources.source", code=code), 303)


def _silent_channels(present: datetime) -> tuple[Silence, ...] | None:
    """None when that cannot be told now."""
    served = city()
    calendar = served.office().calendar
    try:
        return silent_channels(
            served.index, served.settings.zone, present, lambda day: calendar.day(day).working
        )
    except IndexUnavailable:
        return None


def _troubled(one: Source) -> bool:
    return one.health.failures > 0 or one.quiet(now())


def _read(known: Source, sent: MultiDict[str, str]) -> Source:
    """The source as the form says; raises Rejected."""
    minutes = sent.get("quiet_after", 0, type=int)
    if sent.get("channel") not in CHANNELS:
        raise Rejected("required", "channel")
    return replace(
        known,
        name=sent.get("name", ""),
        channel=sent.get("channel", ""),
        active=sent.get("active") == "yes",
        quiet_after=timedelta(minutes=minutes) if minutes > 0 else None,
        settings=_settings(known, sent.get("settings", "")),
    )


def _settings(known: Source, text: str) -> dict[str, Any]:
    """Lines of name=value; values as JSON or plain. What belongs to the command line stays."""
    settings = {n: v for n, v in known.settings.items() if n in COMMAND_LINE_ONLY}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            raise Rejected("mapping", "settings", value=line)
        if name.strip() in COMMAND_LINE_ONLY:
            raise Rejected("command_line_only", "settings", value=name.strip())
        settings[name.strip()] = _value(value.strip())
    return settings


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _saved(changed: Source) -> Any:
    check_settings(changed, city().settings.zone, now())
    with city().records.write() as work:
        sources.save_source(work, changed, me().username, now())
        work.commit()
    return redirect(url_for("sources.every"), 303)


def _page(shown: Source, problem: str = "") -> str:
    with city().records.read() as work:
        keys = sources.keys(work, shown.code, now()) if shown.version else ()
    lines = [
        f"{name}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in shown.settings.items()
        if name not in COMMAND_LINE_ONLY
    ]
    return render_template(
        "administration/source.html",
        shown=shown,
        settings="\n".join(lines),
        keys=[key for key, _ in keys],
        kinds=list(SourceKind),
        quiet=shown.quiet(now()),
        problem=problem,
    )

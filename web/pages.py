"""What every template may use: words, dates, names, chips and addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from casework.codes import show_code
from casework.model import Clock, ClockUnit
from casework.permissions import Action, scope_of
from casework.taxonomy import CHANNELS, KINDS, SENTIMENTS, URGENCIES, first_level_topics
from web import clock_words, dates, wording
from web.appearance import appearance, language
from web.chips import Chip, chip_of
from web.city import city
from web.clock import now
from web.errors import reason_words

KEPT_FILTERS = ("state", "stage", "order", "reply", "from", "to", "answered-from", "answered-to")
"""Parts of a list's address that have no field in its form and stay when the form is sent."""
STATIC = Path(__file__).parent / "static"


def register(app: Flask) -> None:
    """Make the functions below known to the templates."""
    app.jinja_env.filters.update(
        day=day,
        full_day=full_day,
        moment=moment,
        due=due,
        plain_day=plain_day,
        full_plain_day=full_plain_day,
        number=number,
        percent=percent,
        code=show_code,
        reason=reason_words,
    )
    app.jinja_env.globals.update(
        asset=asset,
        appearance=appearance,
        chip=chip,
        department=department,
        co_handles=co_handles,
        topic=topic,
        word=wording.word,
        amount_of=amount_of,
        csrf=csrf,
        here=here,
        with_args=with_args,
        phrase_gap=lambda: " " if language() == "en" else "",
        hotline=lambda: city().settings.hotline,
        now=now,
        person=lambda: g.get("person"),
        weekday=lambda at: dates.weekday_words(_local(at).date()),
        kinds=KINDS,
        urgencies=URGENCIES,
        sentiments=SENTIMENTS,
        channels=CHANNELS,
        topics=first_level_topics(),
        parts=wording.PARTS,
        kept_filters=KEPT_FILTERS,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _local(at: datetime) -> datetime:
    return at.astimezone(city().settings.zone)


def _today() -> date:
    return _local(now()).date()


def day(at: datetime) -> str:
    """11月27日"""
    return dates.day_words(_local(at).date(), _today())


def full_day(at: datetime) -> str:
    """11月27日（星期五）"""
    return dates.full_day(_local(at).date(), _today())


def moment(at: datetime) -> str:
    """今天 15:22"""
    return dates.moment(at, now(), city().settings.zone)


def plain_day(at: date) -> str:
    """11月27日, of a day without a time"""
    return dates.day_words(at, _today())


def full_plain_day(at: date) -> str:
    """11月27日（星期五）, of a day without a time"""
    return dates.full_day(at, _today())


def due(at: datetime) -> str:
    """今天 17:30, or the day alone when it ends with the day"""
    return dates.due_words(at, now(), city().settings.zone)


def number(value: float) -> str:
    """12,486"""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def percent(part: float, whole: float = 1) -> str:
    """97.8; "—" of nothing"""
    return f"{100 * part / whole:.1f}" if whole else "—"


def chip(clock: Clock) -> Chip:
    """The clock's chip as it is now."""
    return chip_of(clock, now(), city().office())


def amount_of(amount: int, unit: str) -> str:
    """5个工作日"""
    return clock_words.amount_of(amount, ClockUnit(unit))


def department(code: str) -> Markup | str:
    """A department's name; marked as Chinese where it has none in the page's language."""
    found = city().office().departments.get(code)
    if found is None:
        return code or str(_("还没有定"))
    if language() == "en" and not found.name_en:
        return _chinese(found.name)
    return found.name_en if language() == "en" else found.name


def co_handles(lead: str) -> bool:
    """Whether a ticket of this lead is seen because the person's unit was asked for a contribution."""
    own = scope_of(g.person, Action.READ_TICKET).lead_under
    return bool(own) and own not in city().office().departments.above(lead)


def topic(path: Sequence[str], last_only: bool = False) -> Markup | str:
    """环境保护／噪声污染／设备噪声; levels below the first have Chinese names only."""
    if not path:
        return str(_("事项不明"))
    if last_only and len(path) > 1:
        return _below(path[-1])
    parts: list[Markup | str] = [wording.word("topic", path[0]), *map(_below, path[1:])]
    between = Markup("／") if language() == "zh" else Markup(" / ")
    return between.join(parts)


def _below(name: str) -> Markup | str:
    return _chinese(name) if language() == "en" else name


def _chinese(text: str) -> Markup:
    return Markup('<span lang="zh-CN">{}</span>').format(text)


def csrf() -> Markup:
    """The hidden field every form that changes something carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def here() -> str:
    """The path of this page, to come back to; "" for one that answers a form and would be lost."""
    return request.full_path.rstrip("?") if request.method == "GET" else ""


def with_args(**changes: Any) -> str:
    """This page's address with some of its arguments changed; None or "" takes one out."""
    merged: dict[str, Any] = dict(request.args.items()) | (request.view_args or {})
    merged |= changes
    kept = {name: value for name, value in merged.items() if value not in (None, "")}
    return url_for(request.endpoint or "public.home", **kept)


def asset(name: str) -> str:
    """The address of a static file, which changes with its content."""
    return url_for("static", filename=name, v=_content_digest(name, _changed(name)))


def _changed(name: str) -> float:
    file = STATIC / name
    return file.stat().st_mtime if file.exists() else 0.0


@cache
def _content_digest(name: str, changed: float) -> str:
    file = STATIC / name
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.exists() else str(changed)

"""The clock chip: a stage, an icon, and words that say how much time is left or has passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from casework.model import Clock
from casework.office import Office
from casework.stages import SHORT_UNITS, Stage, stage_of

MINUTE = 60
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Chip:
    """stage: names the look; icon: names the drawing; words: with the figures in bold."""

    stage: str
    icon: str
    words: Markup


def chip_of(clock: Clock, now: datetime, office: Office) -> Chip:
    """The chip of a clock at `now`."""
    stage = stage_of(clock, now, office.zone)
    if stage is Stage.VOID:
        return Chip("met", "info", Markup.escape(_("不计时")))
    if stage is Stage.MET:
        return Chip("met", "met", Markup.escape(_("按时完成")))
    if stage is Stage.MISSED:
        return Chip("met", "warning", Markup.escape(_("逾期完成")))
    if stage is Stage.PAUSED:
        return Chip("paused", "paused", Markup.escape(_("已停表")))
    if stage is Stage.OVERDUE:
        return Chip(stage, stage, _overdue(clock, now, office))
    return Chip(stage, stage, _left(clock, now, office))


def _left(clock: Clock, now: datetime, office: Office) -> Markup:
    if clock.unit not in SHORT_UNITS:
        days = office.calendar.working_days_between(
            now.astimezone(office.zone).date(), clock.due_at.astimezone(office.zone).date()
        )
        if days > 0:
            return Markup(  # noqa: S704 - our own words around a whole number
                ngettext("剩 <b>%(num)s</b> 个工作日", "剩 <b>%(num)s</b> 个工作日", days)
            )
    return _hours(clock.due_at - now, late=False)


def _overdue(clock: Clock, now: datetime, office: Office) -> Markup:
    if clock.unit not in SHORT_UNITS:
        days = office.calendar.working_days_between(
            clock.due_at.astimezone(office.zone).date(), now.astimezone(office.zone).date()
        )
        if days > 0:
            return Markup(  # noqa: S704 - our own words around a whole number
                ngettext("逾期 <b>%(num)s</b> 个工作日", "逾期 <b>%(num)s</b> 个工作日", days)
            )
    return _hours(now - clock.due_at, late=True)


def _hours(span: timedelta, late: bool) -> Markup:
    seconds = max(0, int(span.total_seconds()))
    hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
    if hours >= 48:
        days = hours // 24
        text = _("逾期 <b>%(d)s</b> 天", d=days) if late else _("剩 <b>%(d)s</b> 天", d=days)
    elif hours and minutes:
        text = (
            _("逾期 <b>%(h)s</b> 小时 <b>%(m)s</b> 分", h=hours, m=minutes)
            if late
            else _("剩 <b>%(h)s</b> 小时 <b>%(m)s</b> 分", h=hours, m=minutes)
        )
    elif hours:
        text = _("逾期 <b>%(h)s</b> 小时", h=hours) if late else _("剩 <b>%(h)s</b> 小时", h=hours)
    else:
        text = _("逾期 <b>%(m)s</b> 分", m=minutes) if late else _("剩 <b>%(m)s</b> 分", m=minutes)
    return Markup(text)  # noqa: S704 - our own words around whole numbers

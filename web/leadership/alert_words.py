"""An alert as a sentence: what happened where, and how unlikely it is."""

from __future__ import annotations

from flask_babel import gettext as _
from markupsafe import Markup, escape

from casework.judgement import TopicPath
from casework.storage.alerts import Alert
from casework.storage.judgements import split_topic
from monitor.alerts import URGENT
from monitor.findings import NEGATIVE_SHARE
from monitor.index.interface import Dimension
from web.pages import department, topic

MOST = 0.5
"""The share of the messages behind an alert from which one topic is what it is about."""


def headline(alert: Alert) -> Markup:
    """东澜区：供暖，来件突然增多; of no topic of its own: 松岭县：来件突然增多，多数说的是自来水供应"""
    happened = {
        URGENT: _("有人可能有危险"),
        NEGATIVE_SHARE: _("负面来件占比上升"),
    }.get(alert.measure, _("来件突然增多"))
    mostly = _mostly(alert) if not alert.topic else ()
    sentence = (
        _("%(where)s：%(happened)s，多数说的是%(what)s")
        if mostly
        else _("%(where)s：%(what)s，%(happened)s")
    )
    about = mostly or alert.topic
    return escape(sentence) % {
        "where": department(alert.district) if alert.district else _("全市"),
        "what": topic(about, last_only=True) if about else _("各类事项"),
        "happened": happened,
    }


def _mostly(alert: Alert) -> TopicPath:
    """The topic that more than half of the messages behind an alert are about, or none."""
    named = [d for d in alert.measured.detail.drivers if d.dimension == Dimension.LEAF_TOPIC.value]
    first = max(named, key=lambda driver: driver.share, default=None)
    return split_topic(first.value) if first is not None and first.share > MOST else ()


def observed(alert: Alert) -> str:
    """The observed figure with its unit."""
    return _figure(alert, alert.measured.observed)


def expected(alert: Alert) -> str:
    """The expected figure with its unit; "—" for a single message."""
    return "—" if alert.measure == URGENT else _figure(alert, alert.measured.expected)


def times(alert: Alert) -> str:
    """How many times the expected, or "" when nothing was expected."""
    if alert.measured.expected <= 0:
        return ""
    return f"{alert.measured.observed / alert.measured.expected:.1f}"


def chance(alert: Alert) -> str:
    """How likely it is by chance, in words; "" when that was not computed."""
    log = alert.measured.detail.chance
    if not log:
        return ""
    if log <= -6:
        return str(_("偶然出现的可能性小于百万分之一。"))
    if log <= -4:
        return str(_("偶然出现的可能性小于万分之一。"))
    if log <= -3:
        return str(_("偶然出现的可能性小于千分之一。"))
    return str(_("偶然出现的可能性小于百分之%(p)s。", p=max(1, round(100 * 10**log))))


def _figure(alert: Alert, value: float) -> str:
    if alert.measure == NEGATIVE_SHARE:
        return f"{100 * value:.0f}%"
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"

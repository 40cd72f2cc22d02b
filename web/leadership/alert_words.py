"""An alert as a sentence: what happened where, and how unlikely it is."""

from __future__ import annotations

from flask_babel import gettext as _
from markupsafe import Markup, escape

from casework.storage.alert_detail import Driver
from casework.storage.alerts import Alert
from casework.storage.judgements import split_topic
from monitor.alerts import URGENT
from monitor.findings import NEGATIVE_SHARE
from monitor.index.interface import Dimension
from monitor.slow_rise import SLOW_RISE
from monitor.topic_watch import WATCHED
from web.pages import department, topic
from web.wording import word

WORD = "word"
"""The dimension of a driver that is a word."""
RISES = ("rise-7d", SLOW_RISE.id)
"""Rules that tell of what rises slowly."""
MOST = 0.5
"""The share of the messages behind an alert from which one word or topic is what it is about."""


def headline(alert: Alert) -> Markup:
    """东澜区：供暖，来件突然增多; of no topic of its own: 松岭县：来件突然增多，多数说的是“自来水”"""
    happened = {
        URGENT: _("有人可能有危险"),
        NEGATIVE_SHARE: _("负面来件占比上升"),
    }.get(alert.measure, _("来件慢慢增多") if alert.rule in RISES else _("来件突然增多"))
    if alert.measure == WATCHED:
        name = Markup('“<span lang="zh-CN">{}</span>”').format(watched_name(alert.rule))
        return escape(_("全市：关注的话题%(what)s有来件")) % {"what": name}
    if alert.word:
        named = Markup('“<span lang="zh-CN">{}</span>”').format(alert.word)
        return _told_where(alert, escape(_("全市：说到%(what)s的突然增多")) % {"what": named})
    return _told_where(alert, _of_series(alert, happened))


def _of_series(alert: Alert, happened: str) -> Markup:
    mostly = None if alert.topic else _mostly(alert)
    if mostly is None:
        sentence = _("%(where)s：%(what)s，%(happened)s")
        what = topic(alert.topic, last_only=True) if alert.topic else _("各类事项")
    else:
        sentence, what = _("%(where)s：%(happened)s，多数说的是%(what)s"), _named(mostly)
    return escape(sentence) % {
        "where": _where(alert),
        "what": what,
        "happened": happened,
    }


def _told_where(alert: Alert, sentence: Markup) -> Markup:
    """With the district that most of the messages are from, where the alert has none of its own."""
    shares = {
        driver.value: driver.share
        for driver in alert.measured.detail.drivers
        if driver.dimension == Dimension.DISTRICT and driver.share > MOST
    }
    if alert.district or not shares:
        return sentence
    most = max(shares, key=lambda code: shares[code])
    return escape(_("%(headline)s，多数在%(where)s")) % {
        "headline": sentence,
        "where": department(most),
    }


def _where(alert: Alert) -> Markup | str:
    """东澜区; 全市，社交媒体"""
    where = department(alert.district) if alert.district else _("全市")
    if not alert.channel:
        return where
    return escape(_("%(where)s，%(channel)s")) % {
        "where": where,
        "channel": word("channel", alert.channel),
    }


def matter_headline(newest: Alert, messages: int) -> Markup:
    """松岭县：自来水供应，14件来件里有人可能有危险"""
    return escape(_("%(where)s：%(what)s，%(n)s件来件里有人可能有危险")) % {
        "where": department(newest.district) if newest.district else _("全市"),
        "what": topic(newest.topic, last_only=True) if newest.topic else _("各类事项"),
        "n": messages,
    }


def watched_name(rule: str) -> str:
    """The name of the watched topic behind a rule; of another rule ""."""
    return rule.removeprefix("watch:") if rule.startswith("watch:") else ""


def _mostly(alert: Alert) -> Driver | None:
    """What more than half of the messages behind an alert are about: the most telling word or
    topic, or None."""
    about = [
        driver
        for driver in alert.measured.detail.drivers
        if driver.dimension in (WORD, Dimension.LEAF_TOPIC) and driver.share > MOST
    ]
    return max(about, key=lambda driver: driver.lift, default=None)


def _named(driver: Driver) -> Markup | str:
    if driver.dimension == WORD:
        return Markup('“<span lang="zh-CN">{}</span>”').format(driver.value)
    return topic(split_topic(driver.value), last_only=True)


def observed(alert: Alert) -> str:
    """The observed figure with its unit."""
    return _figure(alert, alert.measured.observed)


def expected(alert: Alert) -> str:
    """The expected figure with its unit; "—" for a single message."""
    return "—" if alert.measure in (URGENT, WATCHED) else _figure(alert, alert.measured.expected)


def times(alert: Alert) -> str:
    """How many times the expected; "" when less than one was: 447 times a tenth of a message says
    nothing that "62, where none is usual" does not."""
    if alert.measured.expected < 1:
        return ""
    return f"{alert.measured.observed / alert.measured.expected:.1f}"


def chance(alert: Alert) -> str:
    """How likely it is by chance, in words; "" when that was not computed."""
    log = alert.measured.detail.chance
    return improbable(log) if log else ""


def improbable(log: float) -> str:
    """How improbable, in words. log: of the probability, to base 10."""
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

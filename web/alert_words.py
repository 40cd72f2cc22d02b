"""The words for alerts: how grave they are, where they stand, and what was done about them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

SEVERITIES = {
    "blue": _l("蓝色"),
    "yellow": _l("黄色"),
    "orange": _l("橙色"),
    "red": _l("红色"),
}
ALERT_STATES = {
    "raised": _l("待认领"),
    "acknowledged": _l("已认领"),
    "judged": _l("已判断"),
    "closed": _l("已了结"),
}
HANDINGS = {
    "owns": _l("现在负责"),
    "asked": _l("等它回应"),
    "answered": _l("回应了"),
    "handed_on": _l("又转给了别人"),
    "taken_back": _l("收回了"),
}
VERDICTS = {"true": _l("属实"), "false": _l("误报")}
RESPONSES = {
    "information": _l("发布权威信息"),
    "briefing": _l("举行新闻发布会"),
    "reply": _l("作出回应"),
}
CAUSE_KINDS = {
    "storm": _l("天气"),
    "campaign": _l("专项行动"),
    "works": _l("施工、检修"),
    "other": _l("其他"),
    "holiday": _l("节假日"),
    "make_up": _l("调休上班"),
}

ALERT_TABLES: dict[str, dict[Any, Any]] = {
    "severity": SEVERITIES,
    "alert_state": ALERT_STATES,
    "handing": HANDINGS,
    "verdict": VERDICTS,
    "response": RESPONSES,
    "cause": CAUSE_KINDS,
}

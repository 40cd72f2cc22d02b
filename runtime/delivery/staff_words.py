"""What messages to staff say: which clocks of which tickets, which alerts, and no word of a citizen.

They go through other people's servers: neither what was written nor who wrote it stands in them.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from casework.storage.staff_lines import Line
from casework.storage.staff_messages import StaffMessage

MOST_LINES = 40
_CLOCKS = {
    "dispatch": ("派单", "dispatch"),
    "sign": ("签收", "signing"),
    "contact": ("首次联系", "first contact"),
    "report": ("初报", "interim report"),
    "reply": ("答复", "answer"),
    "call_back": ("回访", "call back"),
    "co_handle": ("会办", "contribution"),
}
_RESPONSES = {
    "information": ("发布权威信息", "information"),
    "briefing": ("举行新闻发布会", "press briefing"),
    "reply": ("作出回应", "reply"),
}
_SEVERITIES = {
    "blue": ("蓝色", "blue"),
    "yellow": ("黄色", "yellow"),
    "orange": ("橙色", "orange"),
    "red": ("红色", "red"),
}
_ALERT_STEPS = {
    "raised": ("新发出", "raised"),
    "last": ("快到期了", "nearly due"),
    "over": ("到期没有做", "overdue"),
    "handed": ("转给您了", "handed to you"),
    "taken_back": ("收回去了", "taken back"),
    "answered": ("单位回应了", "the department has answered"),
}
_STEPS = {
    "early": ("提前提醒", "an early reminder"),
    "half": ("时间过半", "half of the time is over"),
    "last": ("快到期了", "nearly over"),
    "over": ("到期了", "overdue"),
    "next_day": ("过期1个工作日", "overdue by a working day"),
    "five_days": ("过期5个工作日", "overdue by five working days"),
    "supervised": ("领导督办", "a leader supervises it"),
    "co_asked": ("请您单位会办", "your unit is asked for it"),
    "co_given": ("会办单位给了意见", "given"),
    "co_declined": ("会办单位说办不了", "declined"),
    "co_expired": ("外单位没有回复，链接到期了", "no answer from outside, the link has ended"),
    "co_withdrawn": ("不用您单位会办了", "your unit is no longer asked for it"),
    "report_again": ("同一人再次举报，期限重新算", "reported again, counted anew"),
    "urged": ("反映人催办", "the citizen asks to hurry"),
}
_WORDS = {
    "zh": {
        "one": "民声：{number}{clock}，{step}",
        "many": "民声：{many}件工单的时限",
        "alert": "民声：{number}{severity}预警，{step}",
        "alerts": "民声：{alerts}个预警",
        "both": "民声：{alerts}个预警，{many}件工单的时限",
        "alert_line": "{number}　{severity}预警　{step}",
        "alert_due": "　{clock}最迟{due:%m-%d %H:%M}",
        "urgent": "【紧急】",
        "due": "{number}　{clock}　{step}　最迟{due:%m-%d %H:%M}",
        "no_due": "{number}　{clock}　{step}",
        "more": "还有{more}件，请在网页上看。",
        "where": "在这里看：{link}",
        "why": "按您选的方式发给您；换方式：{link}",
    },
    "en": {
        "one": "Minsheng: {number} {clock}, {step}",
        "many": "Minsheng: clocks of {many} tickets",
        "alert": "Minsheng: {number} {severity} alert, {step}",
        "alerts": "Minsheng: {alerts} alerts",
        "both": "Minsheng: {alerts} alerts, clocks of {many} tickets",
        "alert_line": "{number}  {severity} alert: {step}",
        "alert_due": ", {clock} due {due:%Y-%m-%d %H:%M}",
        "urgent": "[Urgent] ",
        "due": "{number}  {clock}: {step}, due {due:%Y-%m-%d %H:%M}",
        "no_due": "{number}  {clock}: {step}",
        "more": "{more} more: see the pages.",
        "where": "To read them: {link}",
        "why": "Sent the way you chose; to change it: {link}",
    },
}


def staff_words(message: StaffMessage, address: str, zone: ZoneInfo) -> tuple[str, str]:
    """Subject and text of what is to be told. address: of the pages, "" when there is none."""
    words, lines = _WORDS[message.language], message.lines
    told = [_line(line, message, zone) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        told.append(words["more"].format(more=len(lines) - MOST_LINES))
    if address:
        told += ["", words["where"].format(link=address + _path(lines))]
        told.append(words["why"].format(link=f"{address}/notices"))
    return _subject(message), "\n".join(told) + "\n"


def _path(lines: tuple[Line, ...]) -> str:
    """Where what is told can be read: the page of the one thing, unless it can be seen no longer; of
    alerts alone their list."""
    if len(lines) == 1 and (lines[0].severity or lines[0].due_at):
        return f"{_page(lines[0])}/{lines[0].number}"
    pages = {_page(line) for line in lines}
    return pages.pop() if len(pages) == 1 and lines[0].severity else "/desk"


def _page(line: Line) -> str:
    if not line.severity:
        return "/tickets"
    return "/alerts" if line.for_unit else "/leadership/alerts"


def _subject(message: StaffMessage) -> str:
    words, lines = _WORDS[message.language], message.lines
    tickets = {line.number for line in lines if not line.severity}
    alerts = {line.number for line in lines if line.severity}
    urgent = words["urgent"] if message.urgent else ""
    if len(lines) == 1:
        kind = "alert" if alerts else "one"
        return urgent + words[kind].format(number=lines[0].number, **_names(lines[0], message))
    kind = "both" if tickets and alerts else "alerts" if alerts else "many"
    return urgent + words[kind].format(many=len(tickets), alerts=len(alerts))


def _line(line: Line, message: StaffMessage, zone: ZoneInfo) -> str:
    words, names = _WORDS[message.language], _names(line, message)
    due = line.due_at.astimezone(zone) if line.due_at else None
    if not line.severity:
        return words["due" if due else "no_due"].format(number=line.number, due=due, **names)
    told = words["alert_line"].format(number=line.number, **names)
    return told + words["alert_due"].format(due=due, **names) if due else told


def _names(line: Line, message: StaffMessage) -> dict[str, str]:
    """Clock, step and severity; a step of the city's own without a word is shown by its name."""
    at = 1 if message.language == "en" else 0
    clocks, steps = (_RESPONSES, _ALERT_STEPS) if line.severity else (_CLOCKS, _STEPS)
    return {
        "clock": clocks.get(line.clock, (line.clock, line.clock))[at],
        "step": steps.get(line.step, (line.step, line.step))[at],
        "severity": _SEVERITIES.get(line.severity, ("", ""))[at],
    }

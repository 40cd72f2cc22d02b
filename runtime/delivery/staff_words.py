"""What messages to staff say: which clocks of which tickets, and no word of a citizen.

They go through other people's servers: neither what was written nor who wrote it stands in them.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from casework.storage.staff_messages import Line, StaffMessage

MOST_LINES = 40
_CLOCKS = {
    "dispatch": ("派单", "dispatch"),
    "sign": ("签收", "signing"),
    "contact": ("首次联系", "first contact"),
    "report": ("初报", "interim report"),
    "reply": ("答复", "answer"),
    "call_back": ("回访", "call back"),
}
_STEPS = {
    "half": ("时间过半", "half of the time is over"),
    "last": ("快到期了", "nearly over"),
    "over": ("到期了", "overdue"),
    "next_day": ("过期1个工作日", "overdue by a working day"),
    "five_days": ("过期5个工作日", "overdue by five working days"),
    "urged": ("反映人催办", "the citizen asks to hurry"),
}
_WORDS = {
    "zh": {
        "one": "民声：{number}{clock}，{step}",
        "many": "民声：{many}件工单的时限",
        "urgent": "【紧急】",
        "due": "{number}　{clock}　{step}　最迟{due:%m-%d %H:%M}",
        "more": "还有{more}件，请在网页上看。",
        "where": "在这里看：{link}",
        "why": "按您选的方式发给您；换方式：{link}",
    },
    "en": {
        "one": "Minsheng: {number} {clock}, {step}",
        "many": "Minsheng: clocks of {many} tickets",
        "urgent": "[Urgent] ",
        "due": "{number}  {clock}: {step}, due {due:%Y-%m-%d %H:%M}",
        "more": "{more} more: see the pages.",
        "where": "To read them: {link}",
        "why": "Sent the way you chose; to change it: {link}",
    },
}


def staff_words(message: StaffMessage, address: str, zone: ZoneInfo) -> tuple[str, str]:
    """Subject and text of what is to be told. address: of the pages, "" when there is none."""
    words, lines = _WORDS[message.language], message.lines
    told = [_line(line, message.language, zone) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        told.append(words["more"].format(more=len(lines) - MOST_LINES))
    if address:
        link = f"{address}/tickets/{lines[0].number}" if len(lines) == 1 else f"{address}/desk"
        told += ["", words["where"].format(link=link)]
        told.append(words["why"].format(link=f"{address}/notices"))
    return _subject(message), "\n".join(told) + "\n"


def _subject(message: StaffMessage) -> str:
    words, lines = _WORDS[message.language], message.lines
    tickets = len({line.number for line in lines})
    urgent = words["urgent"] if message.urgent else ""
    if len(lines) == 1:
        clock, step = _names(lines[0], message.language)
        return urgent + words["one"].format(number=lines[0].number, clock=clock, step=step)
    return urgent + words["many"].format(many=tickets)


def _line(line: Line, language: str, zone: ZoneInfo) -> str:
    clock, step = _names(line, language)
    due = line.due_at.astimezone(zone)
    return _WORDS[language]["due"].format(number=line.number, clock=clock, step=step, due=due)


def _names(line: Line, language: str) -> tuple[str, str]:
    """Clock and step; a step of the city's own without a word is shown by its name."""
    at = 1 if language == "en" else 0
    clock = _CLOCKS.get(line.clock, (line.clock, line.clock))[at]
    return clock, _STEPS.get(line.step, (line.step, line.step))[at]

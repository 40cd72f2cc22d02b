"""What mails to subscribers say."""

from __future__ import annotations

from datetime import datetime

from casework.events import EventName

WORDS = {
    "zh": {
        "ask_subject": "民声：请确认订阅",
        "ask": (
            "有人用这个邮箱订阅了民声的消息。是您的话，请打开下面的链接确认：\n\n{link}\n\n"
            "不是您，不用管它；{hours}小时内没有确认就作废，不会再给您发信。"
        ),
        "case_subject": "民声：您的留言{number}有进展",
        "answers_subject": "民声：新公开的答复",
        "end": "不想再收，打开这个链接，点一下就停：\n{link}",
    },
    "en": {
        "ask_subject": "Minsheng: please confirm your subscription",
        "ask": (
            "Somebody has subscribed this address to news from Minsheng. If it was you, please "
            "confirm by this link:\n\n{link}\n\nIf not, do nothing: without confirmation within "
            "{hours} hours it ends, and nothing more is sent to you."
        ),
        "case_subject": "Minsheng: news of your message {number}",
        "answers_subject": "Minsheng: newly published answers",
        "end": "To stop these mails, open this link and press once:\n{link}",
    },
}
_STEPS = {
    EventName.RECEIVED: ("收到", "received"),
    EventName.QUEUED_FOR_SCREENING: ("由人来定由谁办", "a person decides who answers"),
    EventName.ASSIGNED: ("转给了负责单位", "passed to the department responsible"),
    EventName.REASSIGNED: ("换了负责单位", "passed to another department"),
    EventName.SIGNED: ("负责单位已经接手", "taken on by the department"),
    EventName.CONTACTED: ("负责单位联系了您", "the department has contacted you"),
    EventName.REPORTED: ("有了初步情况", "there is an interim result"),
    EventName.RETURN_MOVED: ("换了负责单位", "passed to another department"),
    EventName.EXTENDED: ("答复的日子往后移了", "more time is needed"),
    EventName.SUSPENDED: (
        "要等一等，这段时间不计",
        "waiting for something, that time is not counted",
    ),
    EventName.RESUMED: ("接着办", "work goes on"),
    EventName.REOPENED: ("重新办", "being dealt with again"),
    EventName.ANSWERED: ("已经答复", "answered"),
    EventName.ANSWERED_AT_ONCE: ("当场答复", "answered at once"),
    EventName.CLOSED: ("办结", "closed"),
    EventName.CODE_RENEWED: ("换了查询码", "a new query code was made"),
    EventName.MERGED: ("和另一件并在一起办", "handled together with another"),
    EventName.REFUSED: ("没有受理，可以提出异议", "not taken up; you can object"),
    EventName.UNDONE: ("上一步撤回了", "the last step was taken back"),
    EventName.TAKEN_UP: ("重新受理", "taken up again"),
    EventName.URGED: ("收到了您的催办", "your reminder has been received"),
    EventName.OBJECTED: ("收到了您的异议", "your objection has been received"),
}


def step_words(language: str, name: EventName, at: datetime) -> str:
    """A step with its day. Raises KeyError for an event citizens are not told of."""
    chinese, english = _STEPS[name]
    return f"{at:%Y-%m-%d %H:%M}  {english if language == 'en' else chinese}"

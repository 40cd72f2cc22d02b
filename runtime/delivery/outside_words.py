"""What mails to bodies outside say: that they are asked, by when, and the link; no word of a citizen.

They go through other people's servers: what is asked is read behind the link.
"""

from __future__ import annotations

from datetime import tzinfo

from casework.storage import notices
from casework.storage.notices import Notice

_WORDS = {
    notices.OUTSIDE_ASKED: (
        "民声：请协助说明情况 {number}",
        (
            "{body}：\n\n{unit}在办的工单{number}需要贵单位说明情况。请打开下面的链接，看要说明什么，"
            "并在页面上填写：\n\n{link}\n\n链接到{until}为止，只能填写一次。请不要把它转给无关的人，"
            "也不要直接回复这封邮件。有疑问请打{hotline}，报上面的编号。\n\n"
            "Minsheng, ticket {number}: please answer by the link above, once, until {until}.\n"
        ),
    ),
    notices.OUTSIDE_REMINDED: (
        "民声：请协助说明情况，快到期了 {number}",
        (
            "{body}：\n\n{unit}请贵单位说明工单{number}的情况，还没有收到。链接到{until}为止：\n\n{link}\n\n"
            "办不了，也请在页面上写明原因。有疑问请打{hotline}，报上面的编号。\n\n"
            "Minsheng, ticket {number}: the link above ends at {until}.\n"
        ),
    ),
    notices.OUTSIDE_LET_OFF: (
        "民声：不用再说明情况 {number}",
        (
            "{body}：\n\n工单{number}不再需要贵单位说明情况，先前的链接已经停用。\n\n"
            "Minsheng, ticket {number}: no answer is needed any more.\n"
        ),
    ),
}


def outside_words(notice: Notice, address: str, zone: tzinfo, hotline: str) -> tuple[str, str]:
    """Subject and text. Raises KeyError for another kind of notice."""
    subject, text = _WORDS[notice.kind]
    until = notice.until.astimezone(zone) if notice.until else None
    filled = {
        "body": notice.body,
        "unit": notice.unit,
        "number": notice.number,
        "link": f"{address}/outside/{notice.token}",
        "until": f"{until:%Y-%m-%d %H:%M}" if until else "",
        "hotline": hotline,
    }
    return subject.format(**filled), text.format(**filled)

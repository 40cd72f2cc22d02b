"""Delivering notices, one by one, and marking those that went out.

The mail goes first and the record follows: when the process dies between the two the notice is
sent again, a new query code with another code, and the last one mailed is the one that opens.
"""

from __future__ import annotations

import smtplib
from datetime import datetime

from casework.codes import new_code, show_code
from casework.storage import notices
from casework.storage.notices import Notice
from casework.storage.records import Records
from runtime.delivery.desk_words import DESK_MAILS
from runtime.delivery.mail import SendMail

NO_CHANNEL = "no channel for telephone numbers"

_TEXTS = {
    ("zh", notices.NEW_CODE): (
        "民声：新的查询码 {number}",
        (
            "您申请了新的查询码。\n\n编号：{number}\n查询码：{code}\n\n旧的查询码不能再用。"
            "工作人员不会向您要查询码。不是您申请的，请打{hotline}告诉我们。\n"
        ),
    ),
    ("en", notices.NEW_CODE): (
        "Minsheng: new query code for {number}",
        (
            "You asked for a new query code.\n\nNumber: {number}\nQuery code: {code}\n\n"
            "The old code no longer works. Our staff will never ask you for it. If you did not ask "
            "for a new code, please call {hotline}.\n"
        ),
    ),
    ("zh", "answered"): (
        "民声：您的留言已经答复 {number}",
        "您的留言（编号{number}）已经答复。请凭编号和查询码查看。\n",
    ),
    ("en", "answered"): (
        "Minsheng: your message {number} has been answered",
        (
            "Your message {number} has been answered. Read the answer with the number and your "
            "query code.\n"
        ),
    ),
    **DESK_MAILS,
}


def deliver_notices(
    records: Records, send: SendMail, hotline: str, now: datetime
) -> tuple[int, int]:
    """Send what waits; returns (sent, failed). Telephone numbers have no channel yet: their
    notices stay on record with that reason."""
    with records.read() as work:
        found = notices.waiting(work, now)
    done = 0
    for notice in found:
        done += _deliver(records, send, hotline, notice, now)
    return done, len(found) - done


def _deliver(records: Records, send: SendMail, hotline: str, notice: Notice, now: datetime) -> bool:
    code = new_code() if notice.kind == notices.NEW_CODE else ""
    try:
        if "@" not in notice.recipient:
            raise OSError(NO_CHANNEL)
        subject, text = _TEXTS[notice.language, notice.kind]
        filled = {"number": notice.number, "code": show_code(code), "hotline": hotline}
        # No transaction is open here: a slow mail server must not hold up the records.
        send(notice.recipient, subject.format(**filled), text.format(**filled))
    except (OSError, smtplib.SMTPException) as error:
        with records.write() as work:
            notices.failed(work, notice.id, str(error))
            work.commit()
        return False
    with records.write() as work:
        if code:
            notices.renew_code(work, notice.id, code, now)
        notices.sent(work, notice.id, now)
        work.commit()
    return True

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
    ("zh", "received"): (
        "民声：您的来电已经记下 {number}",
        "您的来电已经记下，编号{number}。查询码已在电话里告诉您；工作人员不会向您要查询码。\n",
    ),
    ("en", "received"): (
        "Minsheng: your call has been recorded, {number}",
        (
            "Your call has been recorded under the number {number}. The query code was told to you "
            "on the telephone; our staff will never ask you for it.\n"
        ),
    ),
    ("zh", "merged"): (
        "民声：您的留言和另一件并在一起办 {number}",
        "您的留言（编号{number}）和另一件是同一件事，并在一起办。您的编号照常能用，结果凭编号和查询码查看。\n",
    ),
    ("en", "merged"): (
        "Minsheng: your message {number} is handled together with another",
        (
            "Your message {number} is about the same matter as another one and is handled with it. "
            "Your number keeps working: read the result with it and your query code.\n"
        ),
    ),
    ("zh", "refused"): (
        "民声：您的留言没有受理 {number}",
        "您的留言（编号{number}）没有受理。原因和依据请凭编号和查询码查看；不同意可以在那里提出异议。\n",
    ),
    ("en", "refused"): (
        "Minsheng: your message {number} was not taken up",
        (
            "Your message {number} was not taken up. Read the reason and its basis with the number "
            "and your query code; if you disagree, you can object there.\n"
        ),
    ),
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

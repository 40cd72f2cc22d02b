"""What notices say: by mail at length, by text message in a line."""

from __future__ import annotations

from casework.codes import show_code
from casework.storage import notices
from casework.storage.notices import Notice
from runtime.delivery.desk_words import DESK_MAILS, DESK_TEXTS

_MAILS = {
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
    ("zh", notices.RECEIVED): (
        "民声：收到了您的留言 {number}",
        (
            "您的留言已经收到。\n\n编号：{number}\n查询码：{code}\n\n凭编号和查询码可以随时查看办到"
            "哪一步。工作人员不会向您要查询码。急事请打{hotline}。\n"
        ),
    ),
    ("en", notices.RECEIVED): (
        "Minsheng: we have received your message {number}",
        (
            "We have received your message.\n\nNumber: {number}\nQuery code: {code}\n\n"
            "With both you can see at any time how far it is. Our staff will never ask you for the "
            "code. If it is urgent, please call {hotline}.\n"
        ),
    ),
    ("zh", notices.ANSWERED): (
        "民声：您的留言已经答复 {number}",
        "您的留言（编号{number}）已经答复。请凭编号和查询码查看。\n{answer}",
    ),
    ("en", notices.ANSWERED): (
        "Minsheng: your message {number} has been answered",
        (
            "Your message {number} has been answered. Read the answer with the number and your "
            "query code.\n{answer}"
        ),
    ),
    **DESK_MAILS,
}
_TEXTS = {
    ("zh", notices.NEW_CODE): "【民声】留言{number}的新查询码：{code}。不是您申请的请打{hotline}。",
    ("en", notices.NEW_CODE): "Minsheng: new query code for {number}: {code}.",
    ("zh", notices.RECEIVED): "【民声】已收到您的留言，编号{number}，查询码{code}。",
    ("en", notices.RECEIVED): "Minsheng: message received. Number {number}, query code {code}.",
    ("zh", notices.ANSWERED): "【民声】您的留言{number}已经答复，请凭编号和查询码查看。",
    ("en", notices.ANSWERED): "Minsheng: message {number} has been answered; see number and code.",
    ("zh", notices.HOW_TO_WRITE): (
        "【民声】没看到要反映的内容。请发：12345#姓名#地址#要反映的事。急事请打{hotline}。"
    ),
    **DESK_TEXTS,
}


def mail_words(notice: Notice, hotline: str) -> tuple[str, str]:
    """Subject and text. Raises KeyError for a kind that is not told by mail."""
    subject, text = _MAILS[notice.language, notice.kind]
    filled = _filled(notice, hotline)
    return subject.format(**filled), text.format(**filled)


def text_words(notice: Notice, hotline: str) -> str:
    """The text message. Raises KeyError for a kind that is not told so."""
    return _TEXTS[notice.language, notice.kind].format(**_filled(notice, hotline))


def _filled(notice: Notice, hotline: str) -> dict[str, str]:
    return {
        "number": notice.number,
        "code": show_code(notice.code),
        "hotline": hotline,
        "answer": f"\n{notice.answer}\n" if notice.answer else "",
    }

"""What notices of the telephone and screening desks say: by mail at length, by text message in a line.

None carries a query code: the code of a call was read out, and making another would end it.
"""

from __future__ import annotations

from casework.storage.replies import CALL_RECEIVED, MERGED, REFUSED

DESK_MAILS = {
    ("zh", CALL_RECEIVED): (
        "民声：您的来电已经记下 {number}",
        "您的来电已经记下，编号{number}。查询码已在电话里告诉您；工作人员不会向您要查询码。\n",
    ),
    ("en", CALL_RECEIVED): (
        "Minsheng: your call has been recorded, {number}",
        (
            "Your call has been recorded under the number {number}. The query code was told to you "
            "on the telephone; our staff will never ask you for it.\n"
        ),
    ),
    ("zh", MERGED): (
        "民声：您的留言和另一件并在一起办 {number}",
        "您的留言（编号{number}）和另一件是同一件事，并在一起办。您的编号照常能用，结果凭编号和查询码查看。\n",
    ),
    ("en", MERGED): (
        "Minsheng: your message {number} is handled together with another",
        (
            "Your message {number} is about the same matter as another one and is handled with it. "
            "Your number keeps working: read the result with it and your query code.\n"
        ),
    ),
    ("zh", REFUSED): (
        "民声：您的留言没有受理 {number}",
        "您的留言（编号{number}）没有受理。原因和依据请凭编号和查询码查看；不同意可以在那里提出异议。\n",
    ),
    ("en", REFUSED): (
        "Minsheng: your message {number} was not taken up",
        (
            "Your message {number} was not taken up. Read the reason and its basis with the number "
            "and your query code; if you disagree, you can object there.\n"
        ),
    ),
}
"""By language and kind: subject and text."""

DESK_TEXTS = {
    ("zh", CALL_RECEIVED): "【民声】您的来电已记下，编号{number}，查询码已在电话里告诉您。",
    ("en", CALL_RECEIVED): "Minsheng: call recorded. Number {number}; the code was told to you.",
    ("zh", MERGED): "【民声】留言{number}和另一件是同一件事，并在一起办，编号照常能用。",
    ("en", MERGED): "Minsheng: message {number} is handled together with another one.",
    ("zh", REFUSED): "【民声】留言{number}没有受理，原因和异议请凭编号和查询码查看。",
    ("en", REFUSED): "Minsheng: message {number} was not taken up; see why with number and code.",
}
"""By language and kind: one line, for telephones."""

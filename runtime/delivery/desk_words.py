"""What notices of the telephone and screening desks say: by mail at length, by text message in a line.

None carries a query code: the code of a call was read out, and making another would end it.
"""

from __future__ import annotations

from casework.storage.replies import (
    CALL_RECEIVED,
    EXTENDED,
    MERGED,
    REFUSED,
    REOPENED,
    RESUMED,
    SUSPENDED,
)

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
    ("zh", EXTENDED): (
        "民声：答复您的日子往后移了 {number}",
        "您的留言（编号{number}）要多用一些时间。新的日子和原因请凭编号和查询码查看。\n",
    ),
    ("en", EXTENDED): (
        "Minsheng: your message {number} needs more time",
        (
            "Your message {number} needs more time. Read the new day and the reason with the number "
            "and your query code.\n"
        ),
    ),
    ("zh", SUSPENDED): (
        "民声：您的留言要等一等 {number}",
        (
            "您的留言（编号{number}）要等一等，这段时间不计入答复的期限。在等什么、要不要您补充材料，"
            "请凭编号和查询码查看。\n"
        ),
    ),
    ("en", SUSPENDED): (
        "Minsheng: your message {number} has to wait",
        (
            "Your message {number} has to wait for something; that time is not counted. What for, and "
            "whether you are asked to supply anything, you can read with the number and your query "
            "code.\n"
        ),
    ),
    ("zh", RESUMED): (
        "民声：您的留言接着办 {number}",
        "您的留言（编号{number}）接着办。答复的日子请凭编号和查询码查看。\n",
    ),
    ("en", RESUMED): (
        "Minsheng: work on your message {number} goes on",
        (
            "Work on your message {number} goes on. Read the day of the answer with the number and "
            "your query code.\n"
        ),
    ),
    ("zh", REOPENED): (
        "民声：您的留言重新办 {number}",
        "您的留言（编号{number}）重新办，答复的日子重新算。原因和日子请凭编号和查询码查看。\n",
    ),
    ("en", REOPENED): (
        "Minsheng: your message {number} is being dealt with again",
        (
            "Your message {number} is being dealt with again. Read why, and the new day, with the "
            "number and your query code.\n"
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
    ("zh", EXTENDED): "【民声】留言{number}要多用一些时间，新的日子和原因请凭编号和查询码查看。",
    ("en", EXTENDED): "Minsheng: message {number} needs more time; see the new day and why.",
    ("zh", SUSPENDED): "【民声】留言{number}要等一等，在等什么请凭编号和查询码查看。",
    ("en", SUSPENDED): "Minsheng: message {number} has to wait; see what for with number and code.",
    ("zh", RESUMED): "【民声】留言{number}接着办，答复的日子请凭编号和查询码查看。",
    ("en", RESUMED): "Minsheng: work on message {number} goes on.",
    ("zh", REOPENED): "【民声】留言{number}重新办，原因和日子请凭编号和查询码查看。",
    ("en", REOPENED): "Minsheng: message {number} is being dealt with again; see why.",
}
"""By language and kind: one line, for telephones."""

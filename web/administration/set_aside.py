"""What sources sent and nobody took in, with the reason: so that nothing disappears unseen."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from casework.permissions import Action
from casework.storage import sources
from casework.storage.set_aside import PAGE_SIZE, list_set_aside
from web.access import requires
from web.city import city
from web.tickets.filters import page_number

blueprint = Blueprint("set_aside", __name__, url_prefix="/administration/set-aside")

REASONS = {
    "too_large": _l("太大，没有取"),
    "empty": _l("没有内容"),
    "automatic": _l("机器自动发的"),
    "bounce": _l("退信"),
    "own": _l("自己发的"),
    "too_short": _l("短信太短，看不出要说什么；已经告诉对方怎么写"),
    "error": _l("读不出来，程序出错；原件还在来源里"),
    "too_long": _l("正文太长"),
    "characters": _l("里面有看不见的控制字符"),
    "future": _l("写的时间在将来"),
    "required": _l("缺必须有的内容"),
}
"""Of a reason without words its key is shown."""


@blueprint.get("/")
@requires(Action.ADMINISTER)
def items() -> Any:
    """The latest first, of one source or of all. Who sent an item, and what it said, is not told:
    an administrator reads no messages."""
    wanted = request.args.get("source", "")[:60]
    page = page_number(request.args)
    with city().records.read() as work:
        known = sources.sources(work)
        found = list_set_aside(work, wanted, PAGE_SIZE + 1, (page - 1) * PAGE_SIZE)
    return render_template(
        "administration/set_aside.html",
        items=found[:PAGE_SIZE],
        more=len(found) > PAGE_SIZE,
        page=page,
        wanted=wanted,
        sources=known,
        reasons=REASONS,
        names={one.code: one.name for one in known},
    )

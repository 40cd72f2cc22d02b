"""How one wants to be told of one's tickets' clocks, and of alerts."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, redirect, render_template, request, url_for

from casework.errors import Rejected
from casework.permissions import Action
from casework.storage.notice_choices import (
    LONGEST_ADDRESS,
    AlertWish,
    Channel,
    NoticeChoice,
    Pace,
    choice_of,
    choose,
    office_mail_of,
)
from web.access import me, signed_in
from web.city import city
from web.clock import now
from web.reasons import in_words

blueprint = Blueprint("notices", __name__, url_prefix="/notices")
Chosen = TypeVar("Chosen", bound=StrEnum)


@blueprint.get("/")
@signed_in
def choice() -> Any:
    """What is chosen now."""
    with city().records.read() as work:
        return _page(choice_of(work, me().username))


@blueprint.post("/")
@signed_in
def keep() -> Any:
    """Choose."""
    try:
        chosen = NoticeChoice(
            _one_of(Channel, "channel"),
            request.form.get("address", "")[: LONGEST_ADDRESS + 1],
            _one_of(Pace, "pace"),
            request.form.get("language", ""),
            _one_of(AlertWish, "alerts") if me().may(Action.READ_TRENDS) else AlertWish.ALL,
        )
    except Rejected as error:
        return _page(NoticeChoice(), in_words(error)), 400
    try:
        with city().records.write() as work:
            choose(work, me().username, chosen, now())
            work.commit()
    except Rejected as error:
        return _page(chosen, in_words(error)), 400
    return redirect(url_for("notices.choice", kept=1), 303)


def _one_of(kind: type[Chosen], field: str) -> Chosen:
    try:
        return kind(request.form.get(field, ""))
    except ValueError:
        raise Rejected("unknown", field) from None


def _page(chosen: NoticeChoice, problem: str = "") -> str:
    settings = city().settings
    with city().records.read() as work:
        office_mail = office_mail_of(work, me().department) or settings.office_mail
    offered = [Channel.OFFICE]
    offered += [Channel.MAIL] if settings.smtp_url else []
    offered += [Channel.CHAT] if settings.chat_url else []
    if chosen.channel not in offered:
        offered.append(chosen.channel)
    return render_template(
        "account/notices.html",
        chosen=chosen,
        offered=offered,
        wishes=tuple(AlertWish) if me().may(Action.READ_TRENDS) else (),
        office_mail=office_mail,
        quiet=settings.quiet_hours,
        gather=int(settings.digest.total_seconds() // 60),
        problem=problem,
        kept=bool(request.args.get("kept")),
    )

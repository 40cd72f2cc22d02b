"""Submitting a message in three steps and a receipt. Works without script and keeps no state:
what was written goes along in the form."""

from __future__ import annotations

import logging
from typing import Any

from flask import make_response, render_template, request

from casework.departments import Department
from casework.errors import RecordsUnavailable, Rejected
from casework.model import Contact, Receipt
from casework.storage.contacts import mask
from casework.storage.form_files import send_with_message
from casework.storage.records import Work
from casework.taxonomy import URGENT
from intake.receive import MAX_BODY, Preview, Together, preview, receive
from web.appearance import language
from web.city import city
from web.clock import now
from web.public.forms import MessageForm, new_message_form, read_message_form
from web.public.photographs import waiting, with_photographs
from web.public.promises import promises
from web.security import keep_nowhere
from web.sent_files import file_rules

log = logging.getLogger(__name__)

FIRST_STEP_FIELDS = frozenset({"kind", "text"})


def submit() -> Any:
    """Show a step, or take the message in."""
    if request.method == "GET":
        return first(new_message_form(request.args.get("kind", "")))
    form = with_photographs(read_message_form(request.form))
    asked = request.form.get("do", "")
    if asked == "first":
        return first(form)
    form = form.checked_first()
    if form.errors or form.not_taken:
        return first(form)
    if asked == "second":
        return second(form)
    form = form.checked_second()
    if form.errors:
        return second(form)
    return third(form) if asked != "send" else send(form)


def first(form: MessageForm) -> Any:
    """What happened."""
    page = render_template(
        "public/submit_first.html",
        form=form,
        promises=promises(city().office(), now()),
        limit=MAX_BODY,
        file_limits=file_rules(),
    )
    return page, 400 if form.errors or form.not_taken else 200


def second(form: MessageForm) -> Any:
    """Where, and how to reach the citizen."""
    page = render_template(
        "public/submit_second.html", form=form, districts=_districts(), urgent=_urgent_rule(form)
    )
    return page, 400 if form.errors else 200


def third(form: MessageForm, status: int = 200, unavailable: bool = False) -> Any:
    """Everything once more, with the unit and the day, before it is sent."""
    try:
        seen: Preview = preview(city().intake, form.draft(now(), language()), now())
    except Rejected as error:
        return _where_wrong(form.refused(error))
    page = render_template(
        "public/submit_check.html",
        form=form,
        preview=seen,
        masked=mask(Contact(form.name, form.phone, form.email)),
        urgent=seen.urgency_rule if seen.urgency == URGENT else "",
        unavailable=unavailable,
    )
    return page, status


def send(form: MessageForm) -> Any:
    """Take the message in and show the receipt, once."""
    form = form.checked_third()
    if form.errors:
        return third(form, 400)
    try:
        receipt = receive(city().intake, form.draft(now(), language()), now(), _photographs(form))
    except Rejected as error:
        return _where_wrong(form.refused(error))
    except RecordsUnavailable as error:
        log.error("a message was not recorded: %s", error)
        return third(form, 503, unavailable=True)
    return keep_nowhere(
        make_response(
            render_template(
                "public/receipt.html",
                receipt=receipt,
                form=form,
                received_at=now(),
                left=waiting(form.token),
            )
        )
    )


def _photographs(form: MessageForm) -> Together:
    """Gives what waits in the form to the message, in the transaction that records it."""

    def send(work: Work, receipt: Receipt) -> None:
        send_with_message(work, form.token, receipt.message_id, receipt.ticket_id, now())

    return send


def _where_wrong(form: MessageForm) -> Any:
    return first(form) if FIRST_STEP_FIELDS & form.errors.keys() else second(form)


def _urgent_rule(form: MessageForm) -> str:
    try:
        seen = preview(city().intake, form.draft(now(), language()), now())
    except Rejected:
        return ""
    return seen.urgency_rule if seen.urgency == URGENT else ""


def _districts() -> list[Department]:
    return [d for d in city().office().departments if d.level == "district" and d.active]

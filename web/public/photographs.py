"""Photographs that go with a message: kept aside under the form's name while it is filled in."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from flask import request

from casework.errors import Conflict, RecordsUnavailable, Rejected
from casework.storage import form_files
from casework.storage.attachments import Attachment, waiting_in_form
from intake.attached.take_file import take_file
from web.city import city
from web.clock import now
from web.public.forms import MessageForm
from web.sent_files import file_rules, sent_files

FIELD = "photographs"
REMOVE = "remove_photograph"


def with_photographs(form: MessageForm) -> MessageForm:
    """The form with what was struck out gone, what was chosen now put aside, and everything that
    waits listed. Whatever is not taken is in `not_taken`, with its reason; the rest of the form is
    as it was."""
    for file_id in request.form.getlist(REMOVE):
        _take_out(form.token, file_id)
    not_taken = []
    for name, data in sent_files(FIELD):
        try:
            _put_aside(form.token, name, data)
        except Rejected as error:
            not_taken.append(error)
    return replace(form, photographs=waiting(form.token), not_taken=tuple(not_taken))


def waiting(form_token: str) -> tuple[Attachment, ...]:
    """What waits in the form; nothing while the records are away, since nothing is sent then."""
    with suppress(RecordsUnavailable), city().records.read() as work:
        return waiting_in_form(work, form_token)
    return ()


def _put_aside(form_token: str, name: str, data: bytes) -> None:
    rules = file_rules()
    try:
        file = take_file(rules, name, data, photographs_only=True)
        with city().records.write() as work:
            form_files.keep_for_form(work, form_token, file, rules.most, now())
            work.commit()
    except (RecordsUnavailable, Conflict) as error:
        raise Rejected("file_not_kept", "file", name=name) from error


def _take_out(form_token: str, file_id: str) -> None:
    with suppress(ValueError), city().records.write() as work:
        form_files.remove_from_form(work, form_token, UUID(file_id))
        work.commit()

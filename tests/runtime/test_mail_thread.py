"""A mail, from the mailbox to the answer in its thread, against real servers for both ways."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update

from casework.codes import read_code
from casework.office import Office
from casework.permissions import Person, Role
from casework.storage import sources
from casework.storage.records import Records
from casework.storage.sources import Source, SourceKind
from casework.storage.tables import NoticeRow, TicketRow
from intake.examine import Intake
from intake.mailbox import poll_mailbox
from routing.handle import ReplyParts, answer, sign
from runtime.delivery.mail import mail_sender
from runtime.delivery.notices import Channels, deliver_notices
from tests.conftest import NOW, lacking
from tests.intake.mails import mail
from tests.runtime.test_delivery import Mailbox, mailbox, waiting_notice  # noqa: F401  # a fixture
from tests.services import dovecot

CLERK = Person(UUID(int=1), "clerk", "某", frozenset({Role.DEPARTMENT}), "CGJ", frozenset({"CGJ"}))
PARTS = ReplyParts("查了，四盏灯的线断了。", "", "已经修好。", "不同意可以再反映。", "市政科")


def test_acknowledgement_and_answer_stand_in_the_thread(
    intake: Intake,
    records: Records,
    office: Office,
    mailbox: tuple[Mailbox, str],  # noqa: F811
    tmp_path: Path,
) -> None:
    box, address = mailbox
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(dovecot.running())
        except dovecot.NotInstalled as error:
            lacking(str(error))
        settings = {
            "host": "127.0.0.1",
            "port": server.port,
            "tls": "none",
            "user": dovecot.USER,
            "address": "letters@city.example",
        }
        source = Source("box", "信箱", SourceKind.MAILBOX, "mailbox", settings)
        with records.write() as work:
            sources.save_source(work, source, "guanli", NOW)
            sources.add_key(work, "box", dovecot.PASSWORD, "guanli", NOW)
            work.commit()
        server.put(mail(References="<zero@example.org>"))
        assert poll_mailbox(intake, source, tmp_path, NOW).new == 1
    channels = Channels(mail=mail_sender(address, "minsheng@example.org"))
    assert deliver_notices(records, channels, "12345", NOW) == (1, 0)
    (first,) = box.messages
    assert (first["From"], first["To"]) == ("letters@city.example", "zhou@example.org")
    assert (first["Subject"], first["In-Reply-To"]) == ("Re: 路灯不亮", "<one@example.org>")
    assert first["References"] == "<zero@example.org> <one@example.org>"
    assert first["Auto-Submitted"] == "auto-generated"
    code = re.search(r"(?:[0-9A-Z]{4} ){3}[0-9A-Z]{4}", first.get_content())
    assert code is not None
    with records.read() as work:
        ticket = work.session.scalars(select(TicketRow)).one()
    assert ticket.code_digest == records.vault.digest("query code", read_code(code[0]))
    _answer(records, office, ticket)
    assert deliver_notices(records, channels, "12345", NOW) == (1, 0)
    second = box.messages[1]
    assert second["In-Reply-To"] == "<one@example.org>"
    assert "已经修好。" in second.get_content()
    assert second["Message-ID"] != first["Message-ID"]


def test_sent_again_after_a_crash_it_is_the_same_mail(
    records: Records,
    mailbox: tuple[Mailbox, str],  # noqa: F811
) -> None:
    box, address = mailbox
    waiting_notice(records, "received", "li@example.org")
    channels = Channels(mail=mail_sender(address, "minsheng@example.org"))
    assert deliver_notices(records, channels, "12345", NOW) == (1, 0)
    with records.write() as work:  # as if the process had died before it could be marked
        work.session.execute(update(NoticeRow).values(sent_at=None, attempts=0))
        work.commit()
    assert deliver_notices(records, channels, "12345", NOW) == (1, 0)
    first, second = box.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_content() == second.get_content()


def _answer(records: Records, office: Office, ticket: TicketRow) -> None:
    with records.write() as work:
        row = work.session.get_one(TicketRow, ticket.id)
        row.lead_department, row.state = "CGJ", "assigned"
        work.commit()
        version = row.version
    sign(records, office, ticket.id, CLERK, version, NOW)
    answer(records, office, ticket.id, CLERK, version + 1, PARTS, NOW)

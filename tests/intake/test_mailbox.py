"""A real mailbox, taken in: never lost, never twice, and whatever comes, the rest goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from casework.errors import RecordsUnavailable
from casework.storage import sources
from casework.storage.attachments import of_message
from casework.storage.mails import our_mail_id
from casework.storage.records import Records
from casework.storage.set_aside import list_set_aside
from casework.storage.sources import Source, SourceKind
from casework.storage.tables import MessageRow, NoticeRow
from intake.connectors import imap
from intake.examine import Intake
from intake.mailbox import poll_mailbox
from intake.poll import Polled
from tests.conftest import NOW, lacking
from tests.intake.mails import LAMPS, mail, raw
from tests.services import dovecot


@pytest.fixture(scope="module")
def server() -> Iterator[dovecot.Server]:
    with contextlib.ExitStack() as stack:
        try:
            yield stack.enter_context(dovecot.running())
        except dovecot.NotInstalled as error:
            lacking(str(error))


@pytest.fixture
def box(server: dovecot.Server, records: Records) -> Source:
    """The mailbox, empty, as a source."""
    client = server.client()
    client.uid("STORE", "1:*", "+FLAGS", r"(\Deleted)")
    client.expunge()
    client.logout()
    settings = {
        "host": "127.0.0.1",
        "port": server.port,
        "tls": "none",
        "user": dovecot.USER,
        "largest_mb": 1,
    }
    source = Source("box", "区长信箱", SourceKind.MAILBOX, "mailbox", settings)
    with records.write() as work:
        sources.save_source(work, source, "guanli", NOW)
        sources.add_key(work, "box", dovecot.PASSWORD, "guanli", NOW)
        work.commit()
    return source


@pytest.fixture
def poll(intake: Intake, box: Source, tmp_path: Path) -> Any:
    return lambda: poll_mailbox(intake, box, tmp_path / "attachments", NOW)


def rows(records: Records, table: Any = MessageRow) -> int:
    with records.read() as work:
        return work.session.scalar(select(func.count()).select_from(table)) or 0


def messages(records: Records) -> list[MessageRow]:
    with records.read() as work:
        return list(work.session.scalars(select(MessageRow).order_by(MessageRow.id)))


def test_a_mail_becomes_a_ticket_and_is_acknowledged(
    server: dovecot.Server, poll: Any, records: Records, tmp_path: Path
) -> None:
    server.put(mail(files=[("../../照片.jpg", b"\xff\xd8\xff 1"), ("说明.exe", b"MZ")]))
    assert poll() == Polled(new=1)
    (message,) = messages(records)
    assert (message.subject, message.body, message.channel) == ("路灯不亮", LAMPS, "mailbox")
    assert (message.contact_email, message.contact_name) == ("zhou@example.org", "周某")
    with records.read() as work:
        notice = work.session.scalars(select(NoticeRow)).one()
        files = of_message(work, message.id)
        health = sources.source(work, "box").health
    assert (notice.kind, notice.recipient) == ("received", "zhou@example.org")
    assert [(one.file.name, one.file.media_type) for one in files] == [
        ("照片.jpg", "image/jpeg"),
        ("说明.exe", "text/plain"),
    ]
    digest = files[0].file.digest
    assert (tmp_path / "attachments" / digest[:2] / digest).read_bytes() == b"\xff\xd8\xff 1"
    assert (health.items, health.failures) == (1, 0)
    assert r"\Seen" in server.flags()[0]
    assert poll() == Polled()


def test_after_a_crash_before_the_flag_it_is_only_flagged(
    server: dovecot.Server, poll: Any, records: Records
) -> None:
    server.put(mail(), mail("再说一件事情，公园的椅子坏了。", Message_ID=""))
    assert poll().new == 2
    server.unsee()
    assert poll() == Polled(duplicates=2)
    server.unsee()
    server.count_anew()
    assert poll() == Polled(duplicates=2)
    assert (rows(records), rows(records, NoticeRow)) == (2, 2)
    assert all(r"\Seen" in flags for flags in server.flags())


def test_what_cannot_be_taken_in_is_set_aside_and_the_rest_goes_on(
    server: dovecot.Server, poll: Any, records: Records
) -> None:
    server.put(
        mail("x" * 2_000_000),
        raw('From: a@b.example\nSubject: =?broken?Q?=ZZ\nContent-Type: nonsense; charset="'),
        raw("From: a@b.example", b""),
        mail(Auto_Submitted="auto-replied", Message_ID="<two@example.org>"),
        mail(Return_Path="<>", Message_ID="<three@example.org>"),
        mail("长" * 30_000, Message_ID="<four@example.org>"),
        mail(Message_ID="<five@example.org>"),
    )
    assert poll() == Polled(new=3, rejected=4)
    with records.read() as work:
        aside = list_set_aside(work, "box")
    assert {one.reason for one in aside} == {"too_large", "empty", "automatic", "bounce"}
    flags = server.flags()
    assert r"\Flagged" in flags[0]
    assert r"\Flagged" not in flags[3]
    assert rows(records, NoticeRow) == 3  # no machine is answered
    long = next(message for message in messages(records) if len(message.body) > 10_000)
    assert len(long.body) == 20_000
    with records.read() as work:
        (whole,) = of_message(work, long.id)
    assert whole.file.size == 90_000
    assert poll() == Polled()


def test_a_mail_that_answers_ours_is_linked(
    server: dovecot.Server, poll: Any, records: Records
) -> None:
    server.put(mail())
    poll()
    with records.read() as work:
        notice = work.session.scalars(select(NoticeRow.id)).one()
    ours = our_mail_id(notice, "box@city.example")
    server.put(mail("还是没有修好。", Message_ID="<2@example.org>", In_Reply_To=ours))
    server.put(mail("与此无关的事情。", Message_ID="<3@example.org>", References="<x@y> " + ours))
    assert poll().new == 2
    first, second, third = messages(records)
    assert (second.repeats_id, third.repeats_id) == (first.id, first.id)


def test_the_records_gone_half_way_leave_the_mail_unseen(
    server: dovecot.Server, poll: Any, records: Records
) -> None:
    server.put(mail())

    def rename(one: str, other: str) -> None:
        with records.engine.connect() as connection:
            connection.execute(text(f"ALTER TABLE {one} RENAME TO {other}"))
            connection.commit()

    rename("messages", "elsewhere")
    with pytest.raises(RecordsUnavailable):
        poll()
    assert r"\Seen" not in server.flags()[0]
    rename("elsewhere", "messages")
    assert poll().new == 1


def test_a_machine_that_does_not_say_so_is_not_answered_for_ever(
    server: dovecot.Server, poll: Any, records: Records
) -> None:
    mails = [mail(f"我不在办公室，有事请留言。{n}", Message_ID=f"<{n}@x>") for n in range(8)]
    server.put(*mails)
    assert poll().new == 8
    assert rows(records, NoticeRow) == 5


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"port": 9}, "mailbox"),
        ({"user": "nobody@city.example"}, "sign_in"),
        ({"folder": "Nowhere"}, "folder"),
        ({"host": ""}, "host"),
        ({"tls": "perhaps"}, "tls"),
        ({"port": "many"}, "port"),
    ],
)
def test_a_mailbox_that_cannot_be_read_is_told_and_waits(
    intake: Intake,
    box: Source,
    records: Records,
    tmp_path: Path,
    change: dict[str, Any],
    error: str,
) -> None:
    changed = replace(box, settings={**box.settings, **change})
    polled = poll_mailbox(intake, changed, tmp_path, NOW)
    assert polled.error.startswith(error)
    with records.read() as work:
        health = sources.source(work, "box").health
    assert (health.failures, health.last_error.startswith(error)) == (1, True)
    assert health.next_at is not None
    assert health.next_at > NOW


def test_the_servers_clock_counts_with_its_zone() -> None:
    line = b'1 (UID 7 RFC822.SIZE 12 INTERNALDATE " 8-Nov-2026 14:00:00 -0800")'
    unseen = imap._unseen(line)
    assert unseen is not None
    assert unseen.arrived_at is not None
    assert unseen.arrived_at.isoformat() == "2026-11-08T14:00:00-08:00"
    assert imap._unseen(b"garbage") is None

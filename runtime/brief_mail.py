"""The timetable's share of briefs: a mail that one is ready, to whoever asked for it.

The mail holds a link and no figure: what is in a brief is read signed in.
"""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime, time

from casework.storage import brief_subscriptions
from casework.storage.brief_subscriptions import ToTell
from casework.storage.records import Records
from monitor.brief import BriefKind
from monitor.brief_periods import last_ended
from monitor.trends import Period
from runtime.clock import now
from runtime.delivery.mail import Letter, SendMail, mail_sender
from runtime.office_source import OfficeSource
from runtime.wiring import City

log = logging.getLogger(__name__)

READY_FROM = time(7, 30)
PERIODS = (BriefKind.DAILY, BriefKind.WEEKLY, BriefKind.MONTHLY)
NAMES = {
    ("zh", BriefKind.DAILY): "民声日报",
    ("zh", BriefKind.WEEKLY): "民声周报",
    ("zh", BriefKind.MONTHLY): "民声月报",
    ("en", BriefKind.DAILY): "Minsheng daily brief",
    ("en", BriefKind.WEEKLY): "Minsheng weekly brief",
    ("en", BriefKind.MONTHLY): "Minsheng monthly brief",
}
TEXTS = {
    "zh": "{name}（{first}至{last}）可以看了：\n{link}\n\n不想再收，在专报页改：{every}\n",
    "en": "The {name} ({first} to {last}) is ready:\n{link}\n\nTo stop: {every}\n",
}


def tell_of_briefs(city: City) -> None:
    """Tell of the briefs that are ready; needs mail and the address of the pages."""
    settings = city.settings
    if settings.smtp_url and settings.address:
        send = mail_sender(settings.smtp_url, settings.smtp_from)
        local = now().astimezone(settings.zone)
        tell(city.records, city.office, send, settings.address, local)


def tell(
    records: Records, office: OfficeSource, send: SendMail, address: str, local: datetime
) -> int:
    """Tell everybody who was not told yet; how many mails went out. local: in the city's zone.

    A mail goes first and the record follows: whoever is told twice gets the same Message-ID.
    """
    if local.time() < READY_FROM:
        return 0
    sent = 0
    for kind in PERIODS:
        period = last_ended(kind, local.date(), office())
        with records.read() as work:
            waiting = brief_subscriptions.to_tell(work, kind, period.from_day)
        sent += sum(_tell(records, send, address, one, period) for one in waiting)
    return sent


def _tell(records: Records, send: SendMail, address: str, one: ToTell, period: Period) -> bool:
    kind, language = BriefKind(one.kind), one.language if one.language in TEXTS else "zh"
    first, last = period.from_day.isoformat(), period.to_day.isoformat()
    name, every = NAMES[language, kind], f"{address}/leadership/briefs/"
    link = f"{every}{kind}/{first}"
    letter = Letter(
        recipient=one.email,
        subject=f"{name} {first}",
        text=TEXTS[language].format(name=name, first=first, last=last, link=link, every=every),
        mail_id=f"<{one.user_id}.{kind}.{first}@briefs.minsheng>",
    )
    try:
        send(letter)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        log.warning("a reader of briefs could not be told: %s", type(error).__name__)
        return False
    with records.write() as work:
        brief_subscriptions.told(work, one, period.from_day)
        work.commit()
    return True

"""Composing the messages of ninety days, by a fixed seed: the same messages every time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from math import exp
from random import Random
from zoneinfo import ZoneInfo

from casework.model import Contact, MessageDraft
from casework.taxonomy import ENQUIRY, REPORT
from casework.workdays import WorkingCalendar
from runtime.demonstration.sentences import Matter, Street, Words, matters, streets

SEED = 20261122
DAYS = 90
WORKING_DAY_MEAN = 38.0
REST_DAY_MEAN = 22.0
HOURS = (2, 1, 1, 1, 1, 2, 5, 10, 18, 22, 22, 18, 12, 12, 16, 18, 17, 15, 12, 12, 11, 9, 6, 4)
"""How messages spread over the hours of a day."""
CHANNELS = {"hotline": 42, "web": 30, "wechat": 16, "app": 7, "weibo": 3, "letter": 2}
BURST_MESSAGES = 64
BURST_DISTRICT = "SLX"
BURST_BEGAN = timedelta(hours=26)
SLOW_RISE_DISTRICT = "WHQ"
SLOW_RISE_DAYS = 42
SLOW_RISE_MOST = 3.0
"""Messages a day the slow rise reaches in the end."""
URGENT_A_DAY = 0.12
KIND_STATED = 0.7
SLOWEST_ANSWER = 8.0
FORGOTTEN = 0.006
AGREES = 3
"""One in so many senders agrees that the answer be published."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A draft, and how it was answered: department code, words and time; the time is None for
    what nobody has answered yet."""

    draft: MessageDraft
    department: str
    answer: str
    answered_at: datetime | None


def compose(now: datetime, zone: ZoneInfo, calendar: WorkingCalendar) -> list[Composed]:
    """All messages of the ninety days before `now`, in the order in which they came."""
    composer = _Composer(now, zone)
    composed = [
        *composer.ordinary(calendar),
        *composer.slow_rise(),
        *composer.burst(),
    ]
    composed.sort(key=lambda entry: entry.draft.received_at)
    return [
        replace(
            entry,
            draft=replace(
                entry.draft,
                source_ref=f"demonstration-{number:05d}",
                publishable=number % AGREES == 0,
            ),
        )
        for number, entry in enumerate(composed)
    ]


class _Composer:
    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        self._now = now.astimezone(zone).replace(microsecond=0)
        self._random = Random(SEED)  # noqa: S311 — the same city every time is the point
        self._words = Words()
        self._streets = streets()

    def ordinary(self, calendar: WorkingCalendar) -> Iterator[Composed]:
        usual, urgent = matters("matters"), matters("urgent")
        for back in range(DAYS, -1, -1):
            day = (self._now - timedelta(days=back)).date()
            mean = WORKING_DAY_MEAN if calendar.day(day).working else REST_DAY_MEAN
            midnight = datetime.combine(day, time(), tzinfo=self._now.tzinfo)
            for _ in range(self._poisson(mean)):
                yield from self._message(usual, self._streets, self._moment(midnight))
            for _ in range(self._poisson(URGENT_A_DAY)):
                yield from self._message(urgent, self._streets, self._moment(midnight))

    def slow_rise(self) -> Iterator[Composed]:
        rising = matters("slow_rise")
        near = [street for street in self._streets if street.district == SLOW_RISE_DISTRICT]
        for back in range(SLOW_RISE_DAYS, -1, -1):
            day = (self._now - timedelta(days=back)).date()
            midnight = datetime.combine(day, time(), tzinfo=self._now.tzinfo)
            for _ in range(self._poisson(SLOW_RISE_MOST * (1 - back / SLOW_RISE_DAYS))):
                yield from self._message(rising, near, self._moment(midnight))

    def burst(self) -> Iterator[Composed]:
        foul = matters("burst")
        near = [street for street in self._streets if street.district == BURST_DISTRICT]
        for number in range(BURST_MESSAGES):
            # More and more of them, up to an hour ago.
            part = (number / BURST_MESSAGES) ** 0.7
            at = self._now - BURST_BEGAN + (BURST_BEGAN - timedelta(hours=1)) * part
            yield from self._message(
                foul, near, at + timedelta(seconds=self._random.randint(0, 900))
            )

    def _message(
        self, choice: Sequence[Matter], near: Sequence[Street], at: datetime
    ) -> Iterator[Composed]:
        random = self._random
        matter = random.choices(choice, [entry.weight for entry in choice])[0]
        street = random.choices(near, [entry.weight for entry in near])[0]
        slots = self._words.slots(random, street)
        opening = self._words.pick(random, "opening")
        closing = self._words.pick(random, "closing")
        caller = f"{self._words.pick(random, 'surname')}某（演示）"
        # Half of the telephone book: the same people call again now and then.
        phone = f"1380000{random.randint(0, 4999):04d}"
        channel = random.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        stated = matter.kind if random.random() < KIND_STATED else ""
        if matter.kind == REPORT:
            stated = REPORT
        answered_at = self._answered_at(at, matter.kind)
        if at >= self._now:
            return
        draft = MessageDraft(
            channel=channel,
            source="demonstration",
            subject=matter.subject.format(**slots),
            body=opening + matter.body.format(**slots) + closing,
            received_at=at,
            sender=phone,
            contact=Contact(name=caller, phone=phone),
            place=f"{street.district_name}{street.name}",
            district=street.district,
            kind_stated=stated,
        )
        answer = matter.answer.format(**slots)
        yield Composed(draft, matter.department, answer, answered_at if answer else None)

    def _answered_at(self, at: datetime, kind: str) -> datetime | None:
        """When the office answers: mostly in time; now and then not at all."""
        slowest, usual = (1.9, 0.4) if kind == ENQUIRY else (SLOWEST_ANSWER, 2.0)
        days = self._random.triangular(0.1, slowest, usual)
        forgotten = self._random.random() < FORGOTTEN
        answered = at + timedelta(days=days)
        if forgotten or answered >= self._now:
            return None
        return answered

    def _moment(self, midnight: datetime) -> datetime:
        hour = self._random.choices(range(24), HOURS)[0]
        return midnight + timedelta(hours=hour, seconds=self._random.randint(0, 3599))

    def _poisson(self, mean: float) -> int:
        """Knuth's multiplication method; fine for the small means used here."""
        limit, count, product = exp(-mean), 0, self._random.random()
        while product > limit:
            count += 1
            product *= self._random.random()
        return count

"""Fifty people at two hundred tickets at once, with the sweep beside them: one wins, the other is told."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from casework.errors import Conflict, NotAllowed, NotFound, Rejected
from casework.life import OPEN_STATES
from casework.office import Office
from casework.replay import replayed
from casework.storage import audit
from casework.storage.engine import open_engine
from casework.storage.records import Records
from casework.storage.sweep import sweep
from tests.builders import RECEIVED, draft, new_case, record_one
from tests.routing.desks import Desk
from tests.routing.test_life import ACTS, _trail, replace_department

HANDS, TICKETS, DOORS = 50, 200, 5
SECONDS = min(60.0, float(os.environ.get("MINSHENG_CHAOS_SECONDS", "10")))


@pytest.fixture
def doors(records: Records) -> Iterator[list[Records]]:
    """The same records opened several times, as several processes would."""
    address = records.engine.url.render_as_string(hide_password=False)
    opened = [Records(open_engine(address, records.vault), records.vault) for _ in range(DOORS)]
    yield opened
    for one in opened:
        one.close()


@pytest.mark.postgresql
@pytest.mark.timeout(300)
def test_fifty_people_at_two_hundred_tickets(
    records: Records, office: Office, doors: list[Records]
) -> None:
    tickets = [
        record_one(records, new_case(draft(body=f"第{n}盏路灯不亮。"), lead="")).ticket_id
        for n in range(TICKETS)
    ]
    end = time.monotonic() + SECONDS
    told: Counter[str] = Counter()
    counting = threading.Lock()

    def work(hand: int) -> None:
        by_chance = random.Random(hand)
        mine: Counter[str] = Counter()
        while time.monotonic() < end:
            mine[_one_act(doors[hand % DOORS], office, by_chance, tickets)] += 1
        with counting:
            told.update(mine)

    def sweeps() -> None:
        while time.monotonic() < end:
            sweep(doors[0], office, RECEIVED + timedelta(days=40))

    with ThreadPoolExecutor(HANDS + 1) as hands:
        done = [hands.submit(work, hand) for hand in range(HANDS)]
        done.append(hands.submit(sweeps))
        for each in done:
            each.result()
    sweep(records, office, RECEIVED + timedelta(days=400))
    print(dict(told))
    assert told["done"]
    with records.read() as opened:
        assert list(audit.verify(opened)) == []
    for ticket_id in tickets:
        desk = Desk(records, office, ticket_id)
        assert replayed(_trail(desk)) == desk.row().state
        if desk.row().state in OPEN_STATES:
            assert desk.row().clocks
        assert desk.row().message.body


def _one_act(
    records: Records, office: Office, by_chance: random.Random, tickets: list[UUID]
) -> str:
    desk = Desk(records, office, by_chance.choice(tickets))
    at = RECEIVED + timedelta(minutes=by_chance.randrange(60 * 24 * 10))
    names = [name for name in ACTS if name != "by_itself"]
    try:
        desk.unit = replace_department(desk)  # type: ignore[assignment]
        ACTS[by_chance.choice(names)](desk, at)
    except Conflict as error:
        return error.reason
    except (NotAllowed, NotFound, Rejected) as error:
        return type(error).__name__
    return "done"

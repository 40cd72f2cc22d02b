"""Which turn is due, over days, midnights and changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from runtime.turns import DailyAt, Every

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
times = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))


@given(times, st.sampled_from([Every(2), Every(300), DailyAt(3, 20), DailyAt(23, 59)]))
def test_the_turn_that_is_due_began_and_the_next_has_not(now: datetime, when: Every) -> None:
    for zone in (SHANGHAI, BERLIN):
        turn = when.due(now, zone)
        assert when.began(turn, zone) <= now < when.began(turn + 1, zone)


def test_a_missed_night_is_due_in_the_morning() -> None:
    night = DailyAt(3, 20)
    before = datetime(2026, 11, 20, 3, 19, tzinfo=SHANGHAI)
    assert night.due(before, SHANGHAI) + 1 == night.due(before + timedelta(hours=6), SHANGHAI)

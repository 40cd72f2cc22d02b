"""The table of past hours says of every past window what the index says, and is right whatever befalls
its file."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alike_days import Works, works_on_weekdays
from monitor.baseline import back, read_past, read_window
from monitor.hour_table import HOUR, HourTable, count_hours, past_of
from monitor.index.embedded import EmbeddedIndex
from monitor.kept_table import night_before, table_for
from monitor.tallies import NONE, Series, read_tallies
from tests.monitor.documents import ZONE
from tests.monitor.simulated import FIRST, quiet

NOW = (FIRST + timedelta(days=66, hours=11)).astimezone(UTC)
NIGHT = night_before(NOW, ZONE)


@pytest.fixture
def filled(index: EmbeddedIndex) -> EmbeddedIndex:
    with index.rebuilding() as build:
        build.put(quiet(41, per_day=60, days=68))
    return index


def same(one: HourTable, other: HourTable) -> bool:
    rows = [
        sorted(
            (hour, list(table.names)[place], count, negative)
            for hour in range(len(table.borders) - 1)
            for place, count, negative in zip(
                *(
                    column[table.borders[hour] : table.borders[hour + 1]].tolist()
                    for column in (table.places, table.counts, table.negatives)
                ),
                strict=True,
            )
        )
        for table in (one, other)
    ]
    return one.first == other.first and rows[0] == rows[1]


@pytest.mark.parametrize(
    ("length", "holiday"),
    [(timedelta(hours=3), False), (timedelta(hours=24), True), (timedelta(days=7), False)],
)
def test_a_whole_hour_is_expected_as_if_counted_now(
    filled: EmbeddedIndex, length: timedelta, holiday: bool
) -> None:
    days_off = {(NOW - length / 2).astimezone(ZONE).date()} if holiday else set()

    def works(day: object) -> bool:
        return day not in days_off and works_on_weekdays(day)  # type: ignore[arg-type]

    calendar: Works = works
    table = count_hours(filled, NIGHT)
    for days in (0, 3, 6):
        at = NOW + timedelta(days=days)
        direct, kept = read_past(filled, at, ZONE), past_of(table, at, ZONE)
        assert direct is not None
        assert kept is not None
        assert direct.ago == kept.ago
        one = read_window(filled, at, length, ZONE, direct, calendar)
        other = read_window(filled, at, length, ZONE, kept, calendar)
        assert len(one.past) == len(other.past)
        for series in direct.names:
            assert one.same_hours(series) == other.same_hours(series)
            assert one.weeks(series) == other.weeks(series)
        assert one.usual_part() == other.usual_part()


def test_an_hour_that_is_cut_counts_in_part(filled: EmbeddedIndex) -> None:
    table = count_hours(filled, NIGHT)
    start = NIGHT - 30 * HOUR
    whole = [table.between(start + n * HOUR, start + (n + 1) * HOUR)[0] for n in range(3)]
    minutes = timedelta(minutes=15)
    cut = table.between(start + minutes, start + 2 * HOUR + minutes)[0]
    assert cut == pytest.approx(0.75 * whole[0] + whole[1] + 0.25 * whole[2])
    with pytest.raises(ValueError, match="reach"):
        table.between(NIGHT, NIGHT + HOUR)


def test_negative_messages_are_counted_too(filled: EmbeddedIndex) -> None:
    table = count_hours(filled, NIGHT)
    start, end = NIGHT - 50 * HOUR, NIGHT - 26 * HOUR
    told = read_tallies(filled, start, end)
    counts, negatives = table.between(start, end)
    for series, place in table.names.items():
        wanted = told.get(series, NONE)
        assert (counts[place], negatives[place]) == (wanted.count, wanted.negative)


def test_clocks_put_forward_shift_the_past_by_an_hour(index: EmbeddedIndex) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    with index.rebuilding() as build:
        build.put(quiet(42, per_day=60, days=80))
    # Clocks went back on 25 October 2026.
    at = datetime(2026, 10, 28, 9, tzinfo=berlin).astimezone(UTC)
    table = count_hours(index, night_before(at, berlin))
    kept, direct = past_of(table, at, berlin), read_past(index, at, berlin)
    assert kept is not None
    assert direct is not None
    start, end = back(at, 8, berlin) - 3 * HOUR, back(at, 8, berlin)
    place, other = kept.names[Series()], direct.names[Series()]
    assert kept.between(start, end)[0][place] == direct.between(start, end)[0][other]
    assert kept.whole[-1][place] == direct.whole[-1][other]


def test_the_night_before() -> None:
    assert night_before(datetime(2026, 10, 3, 3, 59, tzinfo=ZONE), ZONE).astimezone(ZONE).day == 2
    four = datetime(2026, 10, 3, 4, tzinfo=ZONE)
    assert night_before(four, ZONE) == four == night_before(four + timedelta(hours=23), ZONE)


def test_it_is_kept_and_read_again(filled: EmbeddedIndex, tmp_path: Path) -> None:
    file = tmp_path / "home" / "past.npz"
    first = table_for(filled, file, NOW, ZONE)
    written = file.read_bytes()
    again = table_for(filled, file, NOW + timedelta(hours=5), ZONE)
    assert same(first, again)
    assert file.read_bytes() == written
    assert same(first, count_hours(filled, NIGHT))
    later = table_for(filled, file, NOW + timedelta(days=1), ZONE)
    assert later.end == first.end + timedelta(days=1)
    assert file.read_bytes() != written
    assert list(file.parent.iterdir()) == [file]


def test_what_a_killed_process_left_is_removed(filled: EmbeddedIndex, tmp_path: Path) -> None:
    file = tmp_path / "past.npz"
    (tmp_path / "past.npz.0badcafe.new").write_bytes(b"half of it")
    table_for(filled, file, NOW, ZONE)
    assert list(tmp_path.glob("past.npz*")) == [file]


def test_a_damaged_one_is_counted_anew(
    filled: EmbeddedIndex, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "past.npz"
    wanted = table_for(filled, file, NOW, ZONE)
    whole = file.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    for damaged in (b"", whole[:middle], flipped, pickled(tmp_path / "other.npz")):
        file.write_bytes(damaged)
        assert same(table_for(filled, file, NOW, ZONE), wanted)
    assert caplog.text.count("cannot be read") == 4


def pickled(file: Path) -> bytes:
    """A file that would run something when read without care."""
    np.savez_compressed(file, about=np.array([{"format": 1}], dtype=object))
    return file.read_bytes()


def test_a_folder_that_cannot_be_written_stops_nothing(
    filled: EmbeddedIndex, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        table = table_for(filled, tmp_path / "home" / "past.npz", NOW, ZONE)
    assert table.end == NIGHT
    assert "cannot be kept" in caplog.text


def test_a_history_taken_over_is_counted_at_once_a_straggler_the_next_night(
    filled: EmbeddedIndex, tmp_path: Path
) -> None:
    file = tmp_path / "past.npz"
    before = table_for(filled, file, NOW, ZONE)
    more = [one for one in quiet(43, per_day=80, days=60) if one.received_at > before.first]
    filled.put([*more[:9]])
    filled.commit()
    assert table_for(filled, file, NOW, ZONE).messages == before.messages
    filled.put(more)
    filled.commit()
    assert table_for(filled, file, NOW, ZONE).messages > before.messages


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 3000), st.integers(61, 3000), st.integers(1, 60))
def test_days_added_up_beforehand_change_no_sum(begin: int, minutes: int, hours: int) -> None:
    chance = np.random.default_rng(hours)
    each = chance.integers(0, 4, hours + 101)
    borders = np.concatenate([[0], np.cumsum(each)])
    counts = chance.integers(1, 9, borders[-1])
    places = chance.integers(0, 3, borders[-1])
    names = {Series((name,)): place for place, name in enumerate("abc")}
    table = HourTable(FIRST, names, borders, places, counts, counts // 2)
    start, end = begin / 60, min(begin + minutes, len(each) * 60) / 60
    if end - start < 1:
        return
    wanted = np.zeros(3)
    for hour in range(len(each)):
        inside = max(0.0, min(end, hour + 1) - max(start, hour))
        rows = slice(borders[hour], borders[hour + 1])
        wanted += inside * np.bincount(places[rows], counts[rows], 3)
    found, _ = table.between(FIRST + start * HOUR, FIRST + end * HOUR)
    assert found == pytest.approx(wanted)

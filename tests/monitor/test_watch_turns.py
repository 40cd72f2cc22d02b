"""The watch raises the same alerts however often its process is stopped, and whatever the clock does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.storage import outbox
from casework.storage.alerts import all_alerts
from casework.storage.office import fact
from casework.storage.records import Records
from casework.storage.trend_documents import TrendDocument
from monitor.index.embedded import EmbeddedIndex
from monitor.kept_table import table_for
from monitor.watch_turns import LOOKED_UNTIL, MADE_UP, PATIENCE, WAIT, look
from tests.monitor.documents import ZONE, search_words, uuid, words
from tests.monitor.recorded import city, record_all
from tests.monitor.simulated import FIRST, burst, quiet

TURN = timedelta(hours=3)
TOPIC, OTHER = ("城乡建设", "供水供热"), ("交通运输", "公共交通")
START = (FIRST + timedelta(days=60, hours=2)).astimezone(UTC)
END = START + timedelta(days=3)
Raised = list[tuple[str, tuple[str, ...], str, datetime, datetime]]


def a_city() -> list[TrendDocument]:
    return [
        *quiet(31, days=66),
        *burst(32, START + timedelta(hours=20), 30, timedelta(hours=5), TOPIC, "D2"),
        *burst(33, START + timedelta(hours=50), 40, timedelta(hours=9), OTHER, "D3"),
    ]


def fill(index: EmbeddedIndex, documents: Iterable[TrendDocument]) -> None:
    with index.rebuilding() as build:
        build.put(list(documents))


def raised(records: Records) -> Raised:
    with records.read() as work:
        found = all_alerts(work)
    return sorted((a.rule, a.topic, a.district, a.since, a.raised_at) for a in found)


def look_every(
    records: Records,
    index: EmbeddedIndex,
    times: Iterable[datetime],
    turn: timedelta = TURN,
    table_file: Path | None = None,
) -> Raised:
    for now in times:
        look(records, index, ZONE, now, turn, table_file=table_file)
    return raised(records)


def every(step: timedelta, start: datetime = START, end: datetime = END) -> list[datetime]:
    count = (end - start) // step
    return [start + n * step + WAIT for n in range(count + 1)]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Raised:
    folder = tmp_path_factory.mktemp("undisturbed")
    index = EmbeddedIndex(folder / "index", words, search_words, "test")
    fill(index, a_city())
    with city(f"sqlite:///{folder / 'records.db'}") as records:
        found = look_every(records, index, every(TURN), table_file=folder / "past.npz")
    index.close()
    assert len(found) >= 2
    return found


def test_a_day_without_the_process(
    records: Records, index: EmbeddedIndex, undisturbed: Raised, tmp_path: Path
) -> None:
    fill(index, a_city())
    times = every(TURN)
    away = [now for now in times if not 10 <= (now - START) / timedelta(hours=1) < 34]
    assert look_every(records, index, away, table_file=tmp_path / "past.npz") == undisturbed


def test_a_past_counted_anew_at_every_turn(
    records: Records, index: EmbeddedIndex, undisturbed: Raised
) -> None:
    fill(index, a_city())
    assert look_every(records, index, every(TURN)) == undisturbed


def test_a_kept_past_that_is_damaged_lost_and_of_another_time(
    records: Records, index: EmbeddedIndex, undisturbed: Raised, tmp_path: Path
) -> None:
    fill(index, a_city())
    file, times = tmp_path / "past.npz", every(TURN)
    look_every(records, index, times[:6], table_file=file)
    file.write_bytes(file.read_bytes()[:200])
    look_every(records, index, times[6:8], table_file=file)
    file.unlink()
    look_every(records, index, times[8:9], table_file=file)
    table_for(index, file, END - timedelta(days=5), ZONE)
    assert look_every(records, index, times[9:], table_file=file) == undisturbed


@pytest.mark.parametrize("left", [0, 1, 3])
def test_killed_in_the_middle(
    records: Records, index: EmbeddedIndex, tmp_path: Path, undisturbed: Raised, left: int
) -> None:
    fill(index, a_city())
    look_at = START + timedelta(hours=18)
    look_every(records, index, every(TURN, end=look_at))
    url = records.engine.url.render_as_string(hide_password=False)
    file = tmp_path / "past.npz"
    arguments = [
        url,
        str(tmp_path / "index"),
        str(file),
        (look_at + 4 * TURN).isoformat(),
        str(left),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "tests.monitor.killed_watch", *arguments],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 9, done.stderr
    assert look_every(records, index, every(TURN, start=look_at), table_file=file) == undisturbed


def test_a_clock_that_jumps(records: Records, index: EmbeddedIndex, undisturbed: Raised) -> None:
    fill(index, a_city())
    times = every(TURN)
    jumped = [*times[:8], times[3], times[2], END + timedelta(days=400), *times[8:]]
    assert look_every(records, index, jumped) == undisturbed


def test_messages_on_their_way_to_the_index_are_waited_for(
    records: Records, index: EmbeddedIndex
) -> None:
    fill(index, quiet(31, days=66))
    sudden = burst(32, START, 30, timedelta(hours=2), TOPIC, "D2")
    first = START + timedelta(hours=3)
    look(records, index, ZONE, START + WAIT, TURN)
    record_all(records, sudden)
    assert look(records, index, ZONE, first + WAIT, TURN) == ()
    with records.read() as work:
        assert fact(work, LOOKED_UNTIL) == START.isoformat()
        waiting = outbox.waiting(work, 100)
    index.put(sudden)
    index.commit()
    with records.write() as work:
        outbox.delivered(work, waiting)
        work.commit()
    [alert] = look(records, index, ZONE, first + WAIT + timedelta(minutes=2), TURN)
    [(rule, topic, district, _, at)] = raised(records)
    assert (rule, topic, district, at) == ("surge-3h", TOPIC, "D2", first)
    assert alert


def test_a_message_stuck_before_the_index_does_not_stop_the_watch(
    records: Records, index: EmbeddedIndex
) -> None:
    fill(index, quiet(31, days=66))
    record_all(records, quiet(34, days=1)[:1])
    look(records, index, ZONE, START + WAIT, TURN)
    look(records, index, ZONE, START + TURN + PATIENCE + WAIT, TURN)
    with records.read() as work:
        assert fact(work, LOOKED_UNTIL) == (START + TURN).isoformat()


def test_what_comes_hours_late_is_seen_by_the_window_of_a_day(
    records: Records, index: EmbeddedIndex
) -> None:
    fill(index, quiet(31, days=66))
    times = every(TURN, end=START + timedelta(hours=24))
    look_every(records, index, times[:5])
    index.put(burst(32, START + timedelta(hours=1), 30, timedelta(hours=2), TOPIC, "D2"))
    index.commit()
    [(rule, topic, district, _, at)] = look_every(records, index, times[5:])
    assert (rule, topic, district, at) == ("surge-24h", TOPIC, "D2", START + 5 * TURN)


def test_what_was_missed_long_ago_is_let_go(records: Records, index: EmbeddedIndex) -> None:
    fill(index, quiet(31, days=10))
    turns = timedelta(days=1)
    look(records, index, ZONE, START + WAIT, turns)
    asked = []
    back = START + timedelta(days=60)
    look(records, index, ZONE, back, turns, lambda: asked.append(uuid(1)) or False)  # type: ignore[func-returns-value]
    assert MADE_UP.days <= len(asked) <= MADE_UP.days + 1


def test_the_end_of_the_process_is_seen_between_two_turns(
    records: Records, index: EmbeddedIndex
) -> None:
    fill(index, quiet(31, days=10))
    look(records, index, ZONE, START + WAIT, TURN)
    look(records, index, ZONE, END, TURN, lambda: True)
    with records.read() as work:
        assert fact(work, LOOKED_UNTIL) == START.isoformat()

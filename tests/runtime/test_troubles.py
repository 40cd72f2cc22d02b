"""A job that goes on failing does not fill the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from casework.errors import IndexUnavailable, RecordsUnavailable
from runtime.troubles import Troubles

BEGAN = datetime(2026, 11, 29, 3, 20, tzinfo=UTC)
AWAY = IndexUnavailable("the cluster is away")


def test_a_day_of_failing_every_two_seconds_is_a_few_lines() -> None:
    troubles = Troubles()
    turns = [BEGAN + timedelta(seconds=2 * n) for n in range(43_200)]
    said = [(at - BEGAN, line) for at in turns if (line := troubles.befell("relay", AWAY, at))]
    minutes = [after.total_seconds() / 60 for after, _line in said]
    assert minutes[:7] == [0, 1, 3, 7, 15, 31, 63]
    assert {later - sooner for sooner, later in zip(minutes[7:], minutes[8:], strict=False)} == {60}
    assert said[0][1] == "the cluster is away"
    assert said[1][1] == "the cluster is away (31 times since 2026-11-29 03:20:00)"
    assert troubles.over("relay") == "well again after 43200 failures since 2026-11-29 03:20:00"
    assert troubles.over("relay") == ""
    assert troubles.befell("relay", AWAY, BEGAN) == "the cluster is away"


def test_other_jobs_and_other_errors_are_troubles_of_their_own() -> None:
    troubles = Troubles()
    assert troubles.befell("relay", AWAY, BEGAN)
    assert troubles.befell("look_for_alerts", AWAY, BEGAN)
    assert troubles.befell("relay", RecordsUnavailable("no disk"), BEGAN) == "no disk"
    assert troubles.befell("relay", RecordsUnavailable("no disk"), BEGAN) == ""
    assert troubles.over("send_notices") == ""

import contextlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import Rejected
from intake.connectors.times import read_time

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    "text",
    [
        "2019/02/28 11:25:05",
        "2019/2/28 11:25:05",
        "2019-02-28T11:25:05",
        "2019-02-28 11:25:05.000",
        "2019-02-28T11:25:05+08:00",
        "2019-02-28T03:25:05Z",
        "2019年2月28日 11时25分05秒",
        "２０１９-０２-２８ １１：２５：０５",
        " 2019.02.28 11:25:05 ",
    ],
)
def test_times_as_other_systems_write_them(text: str) -> None:
    assert read_time(text, "received_at", ZONE) == datetime(2019, 2, 28, 11, 25, 5, tzinfo=ZONE)


def test_a_date_alone_is_midnight_in_the_city() -> None:
    assert read_time("2020-08-17", "received_at", ZONE) == datetime(2020, 8, 16, 16, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "  ", "　"])
def test_an_empty_time_says_so(text: str) -> None:
    with pytest.raises(Rejected) as caught:
        read_time(text, "received_at", ZONE)
    assert (caught.value.reason, caught.value.field) == ("time_empty", "received_at")


@pytest.mark.parametrize(
    "text",
    [
        "昨天",
        "2019-02-30",
        "2019-13-01",
        "28/02/2019",
        "2019-02-28 25:00",
        "43524.47",
        "0000-01-01",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Rejected) as caught:
        read_time(text, "received_at", ZONE)
    assert caught.value.reason == "time"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Rejected):
        assert read_time(text, "received_at", ZONE).tzinfo is not None

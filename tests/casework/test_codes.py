from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from casework.codes import ALPHABET, new_code, new_number, read_code, read_number, show_code


def test_a_code_has_eighty_random_bits() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(len(code) == 16 for code in codes)


@given(st.text(ALPHABET, min_size=16, max_size=16))
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    assert read_code(show_code(code)) == code
    assert read_code(show_code(code).lower().replace("0", "o").replace("1", "l")) == code
    assert read_code("".join(chr(ord(char) + 0xFEE0) for char in code)) == code  # full width


def test_a_number_carries_the_date_in_the_city() -> None:
    late = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai
    assert new_number(late, ZoneInfo("Asia/Shanghai")).startswith("2026-1121-")


def test_a_number_is_read_however_it_is_typed() -> None:
    for typed in (
        "2026-1120-04817",
        " 2026 1120 04817",
        "２０２６１１２００４８１７",
        "2026—".replace("—", "-") + "112004817",
    ):
        assert read_number(typed) == "2026-1120-04817"


@given(st.text(max_size=40))
def test_anything_typed_is_read_without_an_error(typed: str) -> None:
    assert isinstance(read_number(typed), str)
    assert isinstance(read_code(typed), str)

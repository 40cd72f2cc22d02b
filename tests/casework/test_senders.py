"""One form for one telephone, however it is typed."""

from __future__ import annotations

import pytest

from casework.senders import is_mobile, plain_sender


@pytest.mark.parametrize(
    "typed",
    [
        "13800006621",
        "138 0000 6621",
        "+86 138-0000-6621",
        "0086 13800006621",
        "１３８００００６６２１",
    ],
)
def test_a_telephone(typed: str) -> None:
    assert plain_sender(typed) == "13800006621"
    assert is_mobile(typed)


def test_what_is_no_telephone_stays() -> None:
    assert plain_sender(" Li@Example.org ") == "li@example.org"
    assert plain_sender("weibo:某某1") == "weibo:某某1"
    assert plain_sender("") == ""
    assert not is_mobile("0571-88001234")

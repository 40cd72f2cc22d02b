import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.privacy import IDENTITY_CHECKS, IDENTITY_WEIGHTS, find, luhn_is_valid, mask


def identity(first17: str) -> str:
    total = sum(int(d) * w for d, w in zip(first17, IDENTITY_WEIGHTS, strict=True))
    return first17 + IDENTITY_CHECKS[total % 11]


def card(first: str) -> str:
    return next(
        first + str(n) for n in range(10) if luhn_is_valid([int(d) for d in first + str(n)])
    )


IDENTITY = identity("11010519491231002")
CARD = card("621700386000012345")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请打13800001234。", "请打138****1234。"),
        ("请打 +86 138-0000-1234", "请打 138****1234"),
        ("１３８００００１２３４", "138****1234"),
        (f"身份证{IDENTITY}，急", "身份证〔身份证号〕，急"),
        (f"身份证{IDENTITY.lower()}", "身份证〔身份证号〕"),
        ("老证号110105491231002", "老证号〔身份证号〕"),
        (f"卡号{CARD}", "卡号〔银行卡号〕"),
        (f"卡号{CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:16]} {CARD[16:]}", "卡号〔银行卡号〕"),
        ("邮箱zhou.li@example.cn，谢谢", "邮箱〔邮箱〕，谢谢"),
        ("座机0731-88880000", "座机〔座机号码〕"),
        ("座机(0731)88880000", "座机〔座机号码〕"),
        ("联系电话：88665544", "联系电话：〔座机号码〕"),
        ("车牌湘A·12345乱停", "车牌湘A·*****乱停"),
        ("粤BD12345是新能源", "粤B·*****是新能源"),
    ],
)
def test_personal_details_are_masked(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2026年11月20日15:22，3号楼1201室",
        "订单202011221234567890没发货",
        "编号110105194912310021不是身份证",  # wrong check character
        "面积12345678平方米",
        "12345热线，110报警",
        "12388举报电话",
        "湘江边A栋",
        "1234567890123456789012",
        "价格1999999999元",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text) == text


def test_an_identity_number_is_not_taken_for_a_card() -> None:
    assert [detail.kind for detail in find(f"{IDENTITY} {CARD}")] == ["identity", "card"]


@given(st.text(st.sampled_from("0123456789Xx-·@.湘A（） 电话\n\0\ud800"), max_size=300))
def test_details_never_overlap_and_masking_never_fails(text: str) -> None:
    found = find(text)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
    mask(text)


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_mobile_number_is_masked_wherever_it_stands(before: str, after: str) -> None:
    before = before.rstrip("0123456789+- ") or "，"
    after = after.lstrip("0123456789- ") or "。"
    if any(char.isdigit() for char in (before[-1], after[0])):
        return
    assert "138****1234" in mask(f"{before}，13800001234，{after}")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", ["1", "6222 ", "a@", "a.", "电话", "1380000", "湘A", "(0731)8"])
def test_no_input_makes_masking_hang(unit: str) -> None:
    # A pattern that backtracks would need hours for a million characters.
    mask(unit * (1_000_000 // len(unit)))

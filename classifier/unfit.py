"""Whether a message looks as if there were nothing in it to take up: empty, advertising, insults.

Plain rules and a suggestion only: a person reads the message and decides, and nothing is ever
refused by them alone. Whoever complains about an advertisement quotes it, so words of complaint
speak against advertising.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from classifier.segmentation import normalised

EMPTY, SPAM, ABUSE = "empty", "spam", "abuse"

FEWEST_LETTERS = 4
SHORT_INSULT = 40
REPEATED_SHARE = 0.6
FEWEST_DIFFERENT = 0.15

_LETTER = re.compile(r"[\w]")
_REACH = re.compile(
    r"https?://|www\.|\b[a-z0-9-]+\.(?:com|cn|net|top|vip|xyz)\b|1[3-9]\d{9}|\b\d{5,11}\b"
    r"|(?:微信|薇信|威信|vx|v信|qq|扣扣)\s*(?:号|群)?\s*[:：]?\s*[a-z0-9_-]{4,}",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"加(?:我)?(?:微信|薇信|威信|v信|vx|qq|群)|扫码(?:进群|领取|关注)|代开发票|低息贷款|无抵押|秒批|秒到账|日赚|月入过万"
    r"|躺赚|招代理|诚招|兼职日结|刷单返|包过|代考|办证刻章|免费领取|限时优惠|特价促销|厂家直销|信用卡套现|提额"
    r"|棋牌平台|真人荷官|网投|澳门新",
    re.IGNORECASE,
)
_COMPLAINT = re.compile(r"举报|投诉|被骗|诈骗|骗子|骗了|骗人|曝光|查处|反映")
_INSULT = re.compile(
    r"傻[逼比b叉]|煞笔|沙比|妈的|他妈|你妈|操你|草你|狗日|王八蛋|混蛋|滚蛋|去死|废物|畜生|垃圾东西|脑残|白痴|贱人|\bnmsl\b|\bsb\b",
    re.IGNORECASE,
)
_MATTER = re.compile(
    r"路|水|电|楼|车|房|学校|医院|工资|社保|小区|街道|村|证|费|噪|垃圾堆|污染|施工|物业|单位|局"
)


@dataclass(frozen=True, slots=True)
class Unfit:
    """reason: EMPTY, SPAM or ABUSE. evidence: the words that say so, "" for none."""

    reason: str
    evidence: str


def unfit(text: str) -> Unfit | None:
    """What speaks against taking the message up, or None."""
    plain = normalised(text)
    letters = _LETTER.findall(plain)
    if len(letters) < FEWEST_LETTERS:
        return Unfit(EMPTY, plain.strip()[:20])
    repeated = _repeated(letters)
    if repeated:
        return Unfit(EMPTY, repeated)
    offers = _OFFER.findall(plain)
    reach = _REACH.search(plain)
    if not _COMPLAINT.search(plain) and (len(offers) > 1 or (offers and reach)):
        return Unfit(SPAM, offers[0])
    insult = _INSULT.search(plain)
    if insult and len(letters) <= SHORT_INSULT and not _MATTER.search(plain):
        return Unfit(ABUSE, insult.group())
    return None


def _repeated(letters: list[str]) -> str:
    """The character a text mostly is, or ""."""
    if len(letters) < 2 * FEWEST_LETTERS:
        return ""
    counted = Counter(letters)
    letter, times = counted.most_common(1)[0]
    alike = times / len(letters) >= REPEATED_SHARE
    few = len(letters) >= 40 and len(counted) / len(letters) <= FEWEST_DIFFERENT
    return letter * 3 if alike or few else ""

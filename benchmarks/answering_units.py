"""Which body answered a message, read from the official reply: a weak truth to learn the unit from.

A reply is signed by a bureau, or says who looked into the matter. Old names are those of before the
reform of 2018. Bodies that are only named (courts, discipline inspection, the front desk) are no
answering units and are left out; so are letters that `routing evaluate` is measured on.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

DATA = Path(__file__).parents[2] / "shared" / "data"

NAMES = {
    "JYJ": "教育体育局|教体局|教育局|教育厅",
    "GAJ": "交警(?:支队|大队|中队)|公安局|公安分局|派出所|公安机关",
    "JTJ": "交通运输局|交通局|公路局|运管(?:所|处)|公路管理局|交通部门",
    "RSJ": "人社局|人力资源(?:和)?社会保障局|人事局|劳动局|社保局|劳动(?:和社会)?保障局|劳动监察",
    "ZJJ": "住建局|住房和城乡建设局|住建委|住房和城乡建设委|住房保障局|房产局|房产管理局|房管局"
    "|城乡建设局|建设局|住房和城乡规划建设局",
    "CGJ": "城管局|城管执法局|城市管理(?:和|与)?(?:综合|行政)?执法局|行政执法局|环卫局"
    "|城市管理局|城管大队|城管执法(?:大队|中队)|城管中队|市政局",
    "STJ": "环保局|环境保护局|生态环境(?:分)?局|环保部门",
    "MZJ": "民政局",
    "ZGJ": "规划局|规划分局|国土资源局|国土局|国土分局|自然资源(?:和规划)?局|不动产登记中心"
    "|国土规划局|国土所|征地补偿",
    "SLJ": "水利局|水务局|水利水电局",
    "FGW": "发改局|发改委|发展和改革(?:局|委)|物价局",
    "YJJ": "安监局|应急管理局|安全生产监督",
    "LYJ": "林业局|园林局|林管站",
    "WJW": "卫计委|卫计局|卫生局|卫健(?:委|局)|卫生健康(?:委|局)"
    "|卫生(?:和)?计(?:划)?生(?:育)?(?:委|局)|疾控中心|计生局",
    "NYJ": "扶贫办|农业局|农业农村局|农林局|畜牧(?:兽医)?水产局|畜牧局|农业机械化管理局|农委"
    "|乡村振兴局|农办",
    "SHJ": "商务局|商粮局|经济和科技商务局",
    "SCJ": "工商局|工商分局|质监局|市场监督管理局|市场和质量监督管理局|食药监局"
    "|食品药品(?:工商质量)?监督管理局|食药工商质监局|工商行政管理局|食安委|质量技术监督局",
    "SFJ": "司法局|法律援助",
    "YBJ": "医疗保障局|医保局|医保中心|合管办|新农合",
    "CZJ": "财政局",
    "SWJ": "税务局|国税局|地税局",
    "WLJ": "文广新?局|文化广电|文体局|旅游局|文旅局|文化局|旅游外侨",
    "TYU": "体育局",
    "TYJ": "退役军人|双拥",
    "GJJ": "公积金(?:管理)?中心",
    "GYQ": "自来水公司|水业|供水公司|电力局|电力公司|供电公司|供电局|国网|燃气公司|公交公司"
    "|轨道(?:交通)?(?:集团|公司)|供电所|公共交通",
    "GXJ": "经信局|经信委|工信局|工信委",
    "KJJ": "科技局",
    "XFJ": "消防(?:大队|支队)",
    "JRB": "金融办|银监分?局|金融工作",
    "YZJ": "邮政管理局",
}
"""Codes of routing/catalogue/departments.csv and how replies call the bodies. A name that holds
another stands before it."""

ONLY_NAMED = "法院|纪委|监委|纪检|信访局|组织部|行政审批|政务服务中心|政务中心|电子政务"

_ANY = re.compile(
    "|".join(f"(?P<{code}>{names})" for code, names in NAMES.items()) + f"|(?P<none>{ONLY_NAMED})"
)
_HANDED_TO = re.compile(
    r"(?:经|交由|转|责成|请|由|联系|向|安排|组织|协调|据)[\u4e00-\u9fffA-Z0-9]{0,8}$"
)
_DATED = re.compile(r"[\d年月日.。，,、\-/]+$")
SIGNATURE = 24
"""A signature stands within so many characters of the end."""
FEWEST = 5
SHORTEST = 6
CLEAR = 0.5
"""A body is taken when it has more than this share of what the reply names."""


def answering_unit(reply: str) -> str:
    """The code of the body that signed, or that a reply names first and most; "" when none is clear."""
    text = re.sub(r"\s+", "", reply)
    end = _DATED.sub("", text)[-SIGNATURE:]
    signed = [found for found in _ANY.finditer(end) if found.end() == len(end)]
    if signed:
        return _code(signed[-1])
    shares: defaultdict[str, float] = defaultdict(float)
    handed: list[str] = []
    for place, found in enumerate(_ANY.finditer(text)):
        shares[_code(found)] += 2 / (2 + place)
        if _HANDED_TO.search(text[max(0, found.start() - 12) : found.start()]):
            handed.append(_code(found))
    for code in handed[:3]:
        shares[code] += 0.7
    if not shares:
        return ""
    code = max(shares, key=lambda one: shares[one])
    return code if shares[code] > CLEAR * sum(shares.values()) else ""


def _code(found: re.Match[str]) -> str:
    return "" if found.lastgroup in (None, "none") else str(found.lastgroup)


def answered_messages() -> list[tuple[str, str]]:
    """Messages whose reply says who answered, subject in the first line, and the body's code. Bodies
    met fewer than five times are left out."""
    rows = [(text, unit) for text, unit in _rows() if unit]
    counts = Counter(unit for _, unit in rows)
    return [row for row in rows if counts[row[1]] >= FEWEST]


def with_subjects(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each message, and its subject by itself: callers say in one line what letters say in twenty."""
    for text, unit in rows:
        yield text, unit
        subject = text.partition("\n")[0]
        if len(subject) >= SHORTEST:
            yield subject, unit


def write_answering_units(path: Path) -> None:
    """A CSV file to train the unit on: text, unit."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "unit"])
        writer.writerows(with_subjects(answered_messages()))


def _rows() -> Iterator[tuple[str, str]]:
    messages = {row["留言编号"]: row for row in _read("tipdm_messages.csv")}
    for row in _read("tipdm_replies.csv"):
        message = messages[row["留言编号"]]
        text = f"{message['留言主题']}\n{message['留言详情'].strip()}"
        yield text, answering_unit(row["答复意见"])
    measured = _pieces(row["text"] for row in _read("routing_units.csv"))
    for row in _read("mailbox_letters.csv"):
        text = f"{row['subject']}\n{row['text']}"
        if measured.isdisjoint(_pieces([text])):
            # The front desk answers a third itself; it is no unit.
            by = "" if "信息" in row["agency_raw"] else row["agency_raw"]
            yield text, answering_unit(row["reply"] + by)


def _pieces(texts: Iterable[str]) -> set[str]:
    """Every run of twenty letters of each text: copies share some."""
    found = set()
    for text in texts:
        letters = re.sub(r"\W", "", text)
        found.update(letters[start : start + 20] for start in range(max(1, len(letters) - 19)))
    return found


def _read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

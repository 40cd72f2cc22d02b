"""How names of places end, what is no name although it ends so, and where a name cannot begin."""

from __future__ import annotations

from pathlib import Path

_WORDS = Path(__file__).parent / "words"

ENDINGS: dict[str, str] = {
    **dict.fromkeys(("区", "县", "新区", "开发区", "高新区", "经开区"), "district"),
    **dict.fromkeys(("街道", "街道办", "镇", "乡"), "street"),
    **dict.fromkeys(("社区", "村", "居委会", "村委会"), "community"),
    **dict.fromkeys(
        ("路", "大道", "街", "巷", "弄", "大街", "国道", "省道", "县道", "高速", "大桥", "环线"),
        "road",
    ),
    **dict.fromkeys(
        (
            "小区",
            "花园",
            "公寓",
            "苑",
            "家园",
            "山庄",
            "华府",
            "新城",
            "豪庭",
            "雅苑",
            "佳园",
            "名城",
        )
        + (
            "公馆",
            "华庭",
            "府邸",
            "别墅",
            "大厦",
            "华城",
            "嘉园",
            "馨苑",
            "新村",
            "庄园",
            "国际城",
        ),
        "compound",
    ),
    **dict.fromkeys(("路公交", "路公交车", "路车", "路公共汽车", "号线"), "bus"),
    **dict.fromkeys(
        (
            "市",
            "省",
            "小学",
            "中学",
            "大学",
            "学院",
            "幼儿园",
            "医院",
            "公园",
            "广场",
            "水库",
            "车站",
        ),
        "other",
    ),
}
"""Ending to kind, as in Place."""

GENERIC = frozenset((_WORDS / "place_generic.txt").read_text(encoding="utf-8").split())
"""Words that end like a place and name none."""

BARRIERS = frozenset((_WORDS / "place_barriers.txt").read_text(encoding="utf-8").split())
"""Words no name of a place begins with or contains."""

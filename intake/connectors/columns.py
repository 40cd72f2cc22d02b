"""Which column of a table is which field of a message: given, saved, or guessed by its name."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from casework.errors import FileUnreadable, Rejected

FIELDS = (
    "subject",
    "body",
    "received_at",
    "source_ref",
    "sender",
    "department",
    "reply",
    "replied_at",
)
REQUIRED = ("body", "received_at")

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "subject": ("主题", "标题", "留言主题", "来信标题", "诉求标题", "subject", "title"),
    "body": (
        "详情", "内容", "正文", "留言详情", "留言内容", "来信内容", "诉求内容", "反映内容",
        "body", "text", "content", "message",
    ),
    "received_at": (
        "时间", "来件时间", "留言时间", "来信时间", "受理时间", "登记时间", "反映时间", "日期",
        "time", "date", "received_at", "created_at",
    ),
    "source_ref": (
        "编号", "留言编号", "工单编号", "工单号", "来件编号", "信件编号", "序号", "id", "ref",
        "number", "source_ref",
    ),
    "sender": (
        "反映人", "留言用户", "来信人", "诉求人", "发帖人", "用户", "作者", "来电号码",
        "sender", "author", "user",
    ),
    "department": ("单位", "承办单位", "答复单位", "受理单位", "部门", "agency", "department"),
    "reply": ("答复", "答复意见", "答复内容", "回复", "回复内容", "办理结果", "reply", "answer"),
    "replied_at": ("答复时间", "回复时间", "办结时间", "reply_date", "replied_at"),
}  # fmt: skip
"""What offices call their columns, the most usual first."""


def read_mapping(text: str) -> dict[str, str]:
    """ "subject=留言主题,body=留言详情" as a mapping. Raises what `check_mapping` raises."""
    columns: dict[str, str] = {}
    for pair in filter(None, text.split(",")):
        field, equals, column = pair.partition("=")
        if not equals or not column.strip():
            raise Rejected("mapping", "map", value=pair)
        columns[field.strip()] = column.strip()
    return check_mapping(columns)


def check_mapping(columns: Mapping[str, object]) -> dict[str, str]:
    """The mapping, field → column name, if it makes sense.

    Raises Rejected("mapping" | "mapping_missing", "map").
    """
    for field, column in columns.items():
        if field not in FIELDS or not isinstance(column, str) or not column.strip():
            raise Rejected("mapping", "map", value=f"{field}={column}")
    missing = [field for field in REQUIRED if field not in columns]
    if missing:
        raise Rejected("mapping_missing", "map", value=", ".join(missing))
    return {field: str(column) for field, column in columns.items()}


def guess_mapping(names: Sequence[str]) -> dict[str, str]:
    """Field → column for every column whose name is a usual one; no column is used twice."""
    plain = {_plain(name): name for name in reversed(names)}
    guessed: dict[str, str] = {}
    for field, usual in USUAL_NAMES.items():
        found = next((plain[name] for name in usual if name in plain), None)
        if found is not None and found not in guessed.values():
            guessed[field] = found
    return guessed


def places(columns: Mapping[str, str], names: Sequence[str]) -> dict[str, int]:
    """Field → index of its column. Raises FileUnreadable("missing_column")."""
    for column in columns.values():
        if column not in names:
            raise FileUnreadable("missing_column", column=column, columns="、".join(names))
    return {field: names.index(column) for field, column in columns.items()}


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()

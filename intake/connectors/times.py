"""Reading the times other systems write."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

from casework.errors import Rejected

_TIME = re.compile(
    r"""(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?
        (?:[T\s]*(?P<hour>\d{1,2})[:时点](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})
        (?:\.\d{1,9})?)?[秒分]?)?
        \s*(?P<offset>Z|[+-]\d{2}:?\d{2})?""",
    re.VERBOSE,
)


def read_time(text: str, field: str, zone: ZoneInfo) -> datetime:
    """An aware time from "2019/2/28 11:25:05", "2019-02-28", "2019年2月28日 11时25分", ISO 8601 …

    A time without an offset is the city's. Raises Rejected("time_empty" | "time", field).
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        raise Rejected("time_empty", field)
    match = _TIME.fullmatch(plain)
    if match is None:
        raise Rejected("time", field, value=text[:40])
    try:
        return _aware(match, zone)
    except ValueError:
        raise Rejected("time", field, value=text[:40]) from None


def _aware(match: re.Match[str], zone: ZoneInfo) -> datetime:
    numbers = [
        int(match[part] or 0) for part in ("year", "month", "day", "hour", "minute", "second")
    ]
    year, month, day, hour, minute, second = numbers
    local = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    if not match["offset"]:
        return local
    offset = match["offset"].replace("Z", "+0000")
    return datetime.strptime(f"{local:%Y%m%d%H%M%S}{offset}", "%Y%m%d%H%M%S%z")

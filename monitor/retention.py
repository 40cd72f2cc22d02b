"""How long messages stay in the trend index. A month that is dropped is added up first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from casework.permissions import EVERYTHING
from casework.storage.index_checks import save_month_counts
from casework.storage.records import Records
from monitor.index.interface import Dimension, Order, TrendFilter, TrendIndex
from monitor.index.spans import day_start

ADDED_UP = (
    Dimension.LEAF_TOPIC,
    Dimension.DEPARTMENT,
    Dimension.DISTRICT,
    Dimension.CHANNEL,
    Dimension.KIND,
    Dimension.URGENCY,
)


@dataclass(frozen=True, slots=True)
class Retention:
    """months: kept, the present one included; 0 keeps all. zone: of the city."""

    months: int = 0
    zone: ZoneInfo = ZoneInfo("UTC")

    def first_day(self, now: datetime) -> date | None:
        """The first day kept, or None for all."""
        if not self.months:
            return None
        today = now.astimezone(self.zone).date()
        number = max(12, today.year * 12 + today.month - self.months)
        return date(number // 12, number % 12 + 1, 1)

    def kept_from(self, now: datetime) -> datetime:
        """Messages received before are not in the index."""
        first = self.first_day(now)
        return datetime.min.replace(tzinfo=UTC) if first is None else day_start(first, self.zone)


KEEP_ALL = Retention()


def drop_old_months(
    records: Records, index: TrendIndex, retention: Retention, now: datetime
) -> tuple[str, ...]:
    """Add up the months older than the policy, and drop them from an engine that is divided by
    months; the names of those added up, YYYY-MM, newest first.

    Raises IndexUnavailable; then nothing is dropped that is not added up.
    """
    first = retention.first_day(now)
    if first is None:
        return ()
    months = []
    end = day_start(first, retention.zone)
    while True:
        newest = index.search(TrendFilter(end=end), EVERYTHING, 0, 1, Order.DATE).hits
        if not newest:
            break
        day = newest[0].received_at.astimezone(retention.zone).date().replace(day=1)
        start = day_start(day, retention.zone)
        _add_up(records, index, f"{day:%Y-%m}", TrendFilter(start=start, end=end))
        months.append(f"{day:%Y-%m}")
        end = start
    index.drop_before(first)
    return tuple(months)


def _add_up(records: Records, index: TrendIndex, month: str, within: TrendFilter) -> None:
    found = [
        (dimension, index.counts([dimension, Dimension.SENTIMENT], within, EVERYTHING))
        for dimension in ADDED_UP
    ]
    with records.write() as work:
        for dimension, counts in found:
            pairs = {(key[0], key[1]): count for key, count in counts.items()}
            save_month_counts(work, month, dimension.value, pairs)
        work.commit()

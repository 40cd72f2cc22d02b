"""Forecasts in the record: kept as they were made, and checked once a week is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from casework.storage.locks import lock
from casework.storage.records import Work
from casework.storage.tables import ForecastRow

WEEK = timedelta(7)


@dataclass(frozen=True, slots=True)
class Forecast:
    """See ForecastRow."""

    monday: date
    ahead: int
    dimension: str
    value: str
    mean: float
    low: int
    high: int
    naive: int
    came: int | None = None


@dataclass(frozen=True, slots=True)
class ForecastError:
    """How the forecasts of a dimension so many weeks ahead did. error, naive_error: mean absolute
    errors; inside: of `weeks` those that lay in their interval. late: made when the week was over."""

    dimension: str
    ahead: int
    weeks: int
    mean: float
    error: float
    naive_error: float
    inside: int
    late: int


def begin(work: Work) -> None:
    """Wait until nobody else makes forecasts, with this unit of work."""
    lock(work, ["forecasts"])


def made_on(work: Work, monday: date) -> bool:
    """Whether a forecast was made for the weeks from this Monday on."""
    found = select(ForecastRow.value).where(ForecastRow.monday == monday, ForecastRow.ahead == 1)
    return work.session.scalar(found.limit(1)) is not None


def keep(work: Work, made: Iterable[Forecast], now: datetime) -> None:
    """Record forecasts."""
    for one in made:
        work.session.add(
            ForecastRow(
                monday=one.monday,
                ahead=one.ahead,
                dimension=one.dimension,
                value=one.value,
                mean=one.mean,
                low=one.low,
                high=one.high,
                naive=one.naive,
                made_at=now,
            )
        )


def unchecked(work: Work, before: date) -> tuple[date, ...]:
    """The weeks that began before this day and are not checked yet, the first first."""
    rows = work.session.scalars(
        select(ForecastRow.monday)
        .where(ForecastRow.monday < before, ForecastRow.came.is_(None))
        .distinct()
        .order_by(ForecastRow.monday)
    )
    return tuple(rows)


def check(work: Work, monday: date, came: Mapping[tuple[str, str], int]) -> None:
    """Record what came in a week, by dimension and value; nothing came of what is not named."""
    rows = work.session.scalars(
        select(ForecastRow).where(ForecastRow.monday == monday, ForecastRow.came.is_(None))
    )
    for row in rows:
        row.came = came.get((row.dimension, row.value), 0)


def latest(work: Work) -> tuple[Forecast, ...]:
    """The forecast made last: by dimension, then value, then week."""
    newest = work.session.scalar(select(func.max(ForecastRow.monday)).where(ForecastRow.ahead == 1))
    if newest is None:
        return ()
    rows = work.session.scalars(
        select(ForecastRow)
        .where(ForecastRow.monday >= newest)
        .order_by(ForecastRow.dimension, ForecastRow.value, ForecastRow.ahead)
    )
    return tuple(_forecast(row) for row in rows if row.monday == newest + (row.ahead - 1) * WEEK)


def checked(work: Work, since: date, dimension: str, value: str) -> tuple[Forecast, ...]:
    """The weeks since then that are over, as they were forecast one week ahead."""
    rows = work.session.scalars(
        select(ForecastRow)
        .where(
            ForecastRow.monday >= since,
            ForecastRow.ahead == 1,
            ForecastRow.dimension == dimension,
            ForecastRow.value == value,
            ForecastRow.came.is_not(None),
        )
        .order_by(ForecastRow.monday)
    )
    return tuple(_forecast(row) for row in rows)


def errors(work: Work, since: date, zone: ZoneInfo) -> tuple[ForecastError, ...]:
    """How the forecasts of the weeks since then did, by dimension and weeks ahead."""
    rows = work.session.scalars(
        select(ForecastRow).where(ForecastRow.monday >= since, ForecastRow.came.is_not(None))
    )
    grouped: dict[tuple[str, int], list[ForecastRow]] = {}
    for row in rows:
        grouped.setdefault((row.dimension, row.ahead), []).append(row)
    return tuple(_error(*key, grouped[key], zone) for key in sorted(grouped))


def _error(
    dimension: str, ahead: int, rows: Sequence[ForecastRow], zone: ZoneInfo
) -> ForecastError:
    def mean(values: Iterable[float]) -> float:
        return sum(values) / len(rows)

    return ForecastError(
        dimension=dimension,
        ahead=ahead,
        weeks=len(rows),
        mean=mean(row.came or 0 for row in rows),
        error=mean(abs(row.mean - (row.came or 0)) for row in rows),
        naive_error=mean(abs(row.naive - (row.came or 0)) for row in rows),
        inside=sum(row.low <= (row.came or 0) <= row.high for row in rows),
        late=sum(row.made_at.astimezone(zone).date() >= row.monday + WEEK for row in rows),
    )


def _forecast(row: ForecastRow) -> Forecast:
    return Forecast(
        row.monday,
        row.ahead,
        row.dimension,
        row.value,
        row.mean,
        row.low,
        row.high,
        row.naive,
        row.came,
    )

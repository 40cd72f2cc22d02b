"""Column types: aware times, sealed text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime, Dialect, LargeBinary, TypeDecorator

if TYPE_CHECKING:
    from casework.storage.vault import Vault


class AwareTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. A naive one is an error, not a guess."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}")
        value = value.astimezone(UTC)
        # SQLite has no zone: store the UTC wall time, whose text sorts as time does.
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Sealed(TypeDecorator[str]):
    """Text encrypted at rest. `place` names table and column and is bound into the cipher.

    The key hangs on the engine's dialect (see engine.py), so that two cities opened by one
    process keep their keys apart.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _vault(dialect).seal(value, self.place)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else _vault(dialect).open(value, self.place)


def _vault(dialect: Dialect) -> Vault:
    vault: Vault = dialect.minsheng_vault  # type: ignore[attr-defined]  # set in engine.py
    return vault

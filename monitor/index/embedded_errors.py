"""What Tantivy throws, as our errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from casework.errors import IndexUnavailable


@contextmanager
def translated() -> Iterator[None]:
    """Tantivy reports damage and missing files as ValueError, a full disk as OSError, and a broken
    invariant as a panic, which is no Exception."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise IndexUnavailable(f"the index cannot be used: {error}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise IndexUnavailable(f"the index is damaged: {error}") from error

"""The exception tree. Everything the project raises on purpose descends from MinshengError.

MinshengError
├── Rejected                a message or an act cannot be accepted as it is; says which field and why
│   └── NotAllowed          the person may not do this
├── NotFound                no such ticket, department, alert … (or not for this person)
├── Conflict                somebody else was faster, or the ticket is in another state
├── FileUnreadable          an import file cannot be read: encoding, missing column
├── SourceUnreadable        a source cannot be read now: down, refused, or not what it should be
├── RecordsUnavailable      the database is locked, full or gone; nothing was written
├── LeaseHeld               another process holds what only one may hold
└── IndexUnavailable        the trend index cannot answer now; the records are not touched
    └── IndexHeld           another process is writing the index
"""

from __future__ import annotations


class MinshengError(Exception):
    """Base of every error raised on purpose."""


class Rejected(MinshengError):
    """Input that cannot be accepted.

    `reason` is a stable key (see web/errors.py for its words in each language), `field` the form
    field or column it belongs to, `values` what the sentence needs to be filled in.
    """

    def __init__(self, reason: str, field: str = "", **values: object) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.reason = reason
        self.field = field
        self.values = values


class NotAllowed(Rejected):
    """The person lacks the permission for this act."""


class NotFound(MinshengError):
    """The thing does not exist, or this person must not learn that it does."""

    def __init__(self, what: str, key: str = "") -> None:
        super().__init__(f"{what} {key}".strip())
        self.what = what
        self.key = key


class Conflict(MinshengError):
    """The state has moved on; `reason` is a stable key as in Rejected."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FileUnreadable(MinshengError):
    """An import file cannot be read at all; `reason` as in Rejected."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


class SourceUnreadable(MinshengError):
    """A source cannot be read at the moment; `reason` as in Rejected. It is tried again later."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


class RecordsUnavailable(MinshengError):
    """The database did not take the transaction; nothing of it was written."""


class LeaseHeld(MinshengError):
    """Another process holds the lease; `holder` names it."""

    def __init__(self, name: str, holder: str) -> None:
        super().__init__(f"{name} is held by {holder}")
        self.holder = holder


class IndexUnavailable(MinshengError):
    """The trend index cannot answer at the moment."""


class IndexHeld(IndexUnavailable):
    """Another process holds the index for writing; `holder` names it."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"the index is being written by {holder}")
        self.holder = holder

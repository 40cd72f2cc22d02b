"""The secret in the link a body outside answers by.

It is made of the contribution's id with a key of the city's, so that a mail tried again carries the same;
of the link only a digest is kept.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from uuid import UUID

from casework.storage.records import Work


def token_for(work: Work, contribution_id: UUID) -> str:
    """The secret of a contribution's link: 43 characters, 256 bits."""
    keyed = work.vault.digest("outside link", contribution_id.hex)
    return urlsafe_b64encode(keyed).decode().rstrip("=")


def digest_of(token: str) -> bytes:
    """What is kept of a link, and looked for."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

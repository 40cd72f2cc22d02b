"""Keys of one city: sealing contact data, digesting codes and senders.

One key file, made at first start with mode 600; every use has a key of its own derived from it.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casework.errors import RecordsUnavailable

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = b"\x01"  # first byte of everything sealed, so that a later cipher can live beside this one


class Vault:
    """Seals and opens text, and makes keyed digests, with keys derived from one secret."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"the key must have {KEY_BYTES} bytes")
        self._secret = secret
        self._cipher = AESGCM(self._derive("sealed columns"))
        self._digest_keys = {
            purpose: self._derive(purpose)
            for purpose in ("query code", "sender", "attempt", "notice code", "outside link")
        }

    def _derive(self, purpose: str) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(self._secret)

    def seal(self, text: str, place: str) -> bytes:
        """Encrypt `text` for one column (`place`); opened at another place it fails."""
        nonce = os.urandom(NONCE_BYTES)
        return FORMAT + nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """Decrypt. Raises RecordsUnavailable when the key is not the one it was sealed with."""
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, body, place.encode()).decode()
        except InvalidTag:
            raise RecordsUnavailable(
                f"{place} cannot be opened: the key file is not the one it was sealed with"
            ) from None

    def digest(self, purpose: str, text: str) -> bytes:
        """Keyed SHA-256 of `text`; purpose is "query code", "sender", "attempt",
        "notice code" or "outside link"."""
        return hmac.digest(self._digest_keys[purpose], text.encode(), hashlib.sha256)

    def web_secret(self) -> bytes:
        """The key that signs web sessions."""
        return self._derive("web sessions")


def open_vault(path: Path) -> Vault:
    """The vault of the key file; the file is made when there is none.

    Two processes may start at once: the file is linked into place whole, the later one reads
    what the first wrote. Raises RecordsUnavailable when the file is damaged.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)
        finally:
            fresh.unlink()
    secret = path.read_bytes()
    if len(secret) != KEY_BYTES:
        raise RecordsUnavailable(f"{path} is damaged: {len(secret)} bytes instead of {KEY_BYTES}")
    return Vault(secret)

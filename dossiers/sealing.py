"""Keeps contact details unreadable in the database, and lets them be found again by whoever knows them.

One secret makes two keys (HKDF): one encrypts (Fernet), one makes keyed hashes. Earlier secrets still open what they
sealed, so that a secret can be replaced; hashes are made with the last of them, so that they stay the same.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unreadable(Exception):
    """It was sealed with a secret that is not known any more."""


class Sealer:
    """Seals, opens and hashes. ``secrets``: the newest first."""

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets:
            raise ValueError("a secret is needed to seal contact details")
        self._box = MultiFernet([Fernet(base64.urlsafe_b64encode(_key(secret, b"seal"))) for secret in secrets])
        self._hash = _key(secrets[-1], b"find")

    def seal(self, text: str) -> str:
        """The text, encrypted; different every time."""
        return self._box.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again.

        Raises:
            Unreadable: no known secret opens it.
        """
        try:
            return self._box.decrypt(sealed).decode()
        except (InvalidToken, ValueError):
            raise Unreadable from None

    def mark(self, *parts: str) -> str:
        """A keyed hash of these parts: the same for the same, and of no use to whoever has only the database."""
        return hmac.new(self._hash, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()


def _key(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"contact details: " + purpose).derive(secret.encode())

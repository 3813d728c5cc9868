"""Passwords: how they are stored, made and checked."""

from __future__ import annotations

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dossiers.accounts.errors import AccountError

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
NONE = ""  # the hash of an account that has no password

_AT_ONCE = threading.BoundedSemaphore(4)  # each check takes 64 MiB
_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """A hash to check against when there is no password, so that the answer takes the same time."""
    return _hasher.hash(secrets.token_urlsafe(24))


def random_password() -> str:
    """A password to give to an agent: 120 bits, without characters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(6)) for _ in range(4))


def hash_password(password: str) -> str:
    """How a password is stored.

    Raises:
        AccountError: it is too short or too long.

    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountError(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    with _AT_ONCE:
        return _hasher.hash(password)


def matches(stored: str, password: str) -> bool:
    """Whether this is the password. Takes as long when there is none."""
    if len(password) > LONGEST_PASSWORD:
        password = ""
    try:
        with _AT_ONCE:
            return _hasher.verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return bool(stored) and _hasher.check_needs_rehash(stored)

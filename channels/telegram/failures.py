"""What the errors of the library mean for a message: not now, never, or nobody knows.

The library turns every error of `httpx` into `NetworkError` or `TimedOut` and keeps the original as its cause. Only an
error from before there was a connection proves that nothing was sent; a server error may come after the message was
taken.
"""

from __future__ import annotations

import datetime as dt

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from channels.platform import Later, Refused, Unknown

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
WITHOUT_TOKEN = 60.0  # seconds until it is tried again whether the token was put right
GONE = ("chat not found", "user not found", "peer_id_invalid", "chat_id is empty", "user is deactivated")
FORM = ("entities", "entity", "button", "keyboard", "reply markup", "reply_markup", "wrong http url")
NOT_MODIFIED = "message is not modified"


def failure(error: TelegramError) -> Later | Refused | Unknown:
    """What an error on sending means."""
    if isinstance(error, RetryAfter):
        return Later("rate_limit", seconds(error))
    if isinstance(error, Forbidden):
        return Refused("gone" if _says(error, GONE) else "blocked")
    if isinstance(error, BadRequest):
        return Refused("gone" if _says(error, GONE) else "invalid")
    if isinstance(error, ChatMigrated):
        return Refused("gone")
    if isinstance(error, EndPointNotFound):
        return Refused("unsupported")
    if isinstance(error, InvalidToken):
        return Later("token_refused", WITHOUT_TOKEN, everybody=True)
    if isinstance(error, NetworkError) and isinstance(error.__cause__, NEVER_SENT):
        return Later("unreachable")
    return Unknown(type(error).__name__)


def seconds(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    given = error.retry_after
    return given.total_seconds() if isinstance(given, dt.timedelta) else float(given)


def not_modified(error: BadRequest) -> bool:
    """Whether an edit failed because the message is already exactly so: then it is there, and our own."""
    return _says(error, (NOT_MODIFIED,))


def of_form(error: BadRequest) -> bool:
    """Whether the form of the text or of the buttons is at fault: without it the words can still be sent."""
    return not not_modified(error) and _says(error, FORM)


def _says(error: TelegramError, phrases: tuple[str, ...]) -> bool:
    said = error.message.casefold()
    return any(phrase in said for phrase in phrases)

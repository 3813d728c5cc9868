"""How much one visitor may send. Counts live in memory only; no address is stored."""

from __future__ import annotations

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from channels.web.errors import ApiError


class RateLimits:
    """Moving windows of one minute."""

    def __init__(self, *, messages: int, conversations: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._messages = RateLimitItemPerMinute(messages)
        self._conversations = RateLimitItemPerMinute(conversations)

    def message(self, conversation_id: str) -> None:
        """Counts a message.

        Raises:
            ApiError: 429, too many in this conversation.
        """
        if not self._limiter.hit(self._messages, "message", conversation_id):
            raise ApiError(429, "too_fast", "You are sending messages very fast. Please wait a minute and go on then.")

    def conversation(self, address: str) -> None:
        """Counts a new conversation from an address.

        Raises:
            ApiError: 429, too many from this address.
        """
        if not self._limiter.hit(self._conversations, "conversation", address):
            raise ApiError(429, "too_many", "Many conversations were started from here. Please try again in a minute.")

"""How much one visitor may send. Counts live in memory only; no address is stored."""

from __future__ import annotations

import ipaddress

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from channels.web.errors import ApiError

TYPING = 40  # signs that the person types, a minute: the widget gives one every three seconds
OWN_NETWORK = 64  # of an IPv6 address: what one household has; the rest it may choose anew for each request


def visitor(request: Request) -> str:
    """Who asks, for counting: the address, of IPv6 only the part that a visitor cannot choose."""
    host = request.client.host if request.client else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address.packed, OWN_NETWORK), strict=False))


class RateLimits:
    """Moving windows of one minute."""

    def __init__(self, *, messages: int, conversations: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._messages = RateLimitItemPerMinute(messages)
        self._conversations = RateLimitItemPerMinute(conversations)
        self._typing = RateLimitItemPerMinute(TYPING)

    def message(self, conversation_id: str) -> None:
        """Counts a message.

        Raises:
            ApiError: 429, too many in this conversation.
        """
        if not self._limiter.hit(self._messages, "message", conversation_id):
            raise ApiError(429, "too_fast", "You are sending messages very fast. Please wait a minute and go on then.")

    def typing(self, conversation_id: str) -> None:
        """Counts a sign that the person types.

        Raises:
            ApiError: 429, too many in this conversation.
        """
        if not self._limiter.hit(self._typing, "typing", conversation_id):
            raise ApiError(429, "too_fast", "Too many signs at once. Your messages are not affected.")

    def conversation(self, address: str) -> None:
        """Counts a new conversation from an address.

        Raises:
            ApiError: 429, too many from this address.
        """
        if not self._limiter.hit(self._conversations, "conversation", address):
            raise ApiError(429, "too_many", "Many conversations were started from here. Please try again in a minute.")
